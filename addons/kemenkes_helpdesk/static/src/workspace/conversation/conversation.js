import { Composer } from "@mail/core/common/composer";
import { Thread } from "@mail/core/common/thread";
import { Component, useChildSubEnv, useEffect, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { TicketHeader } from "../ticket_header/ticket_header";
import { composerRegistry } from "../workspace_registries";

/** The open ticket: its head, everything that was said, and where the agent writes. */
export class Conversation extends Component {
    static template = "kemenkes_helpdesk.Conversation";
    static components = { Composer, Thread, TicketHeader };
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.mail = useState(useService("mail.store"));
        const bus = useService("bus_service");
        const handling = useService("helpdesk_handling");
        this.state = useState({ type: "message", focus: 0, jump: 0 });
        // the messages are here already: the thread needs to ask for older ones only
        useChildSubEnv({ inChatter: { aside: false, disabled: false }, chatter: { fetchMessages: false } });
        useEffect(
            (ticketId) => {
                const channel = `helpdesk.ticket_${ticketId}`;
                const leave = handling.enter(ticketId);
                bus.addChannel(channel);
                return () => {
                    bus.deleteChannel(channel);
                    leave();
                };
            },
            () => [this.ticket.id],
        );
    }

    get ticket() {
        return this.store.ticket;
    }

    get thread() {
        return this.mail.Thread.insert({ model: "helpdesk.ticket", id: this.ticket.id });
    }

    get composerParts() {
        return composerRegistry
            .getEntries()
            .map(([key, part]) => ({ key, ...part }))
            .filter(({ isShown }) => !isShown || isShown(this.ticket));
    }

    write(type) {
        this.state.type = type;
        this.state.focus++;
    }

    async onPosted() {
        this.state.jump++;
        await Promise.all([this.thread.fetchNewMessages(), this.store.refreshTicket()]);
    }
}

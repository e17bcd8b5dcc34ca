import { Thread } from "@mail/core/common/thread";
import { Component, onWillUnmount, useChildSubEnv, useEffect, useRef, useState } from "@odoo/owl";
import { useBus, useService } from "@web/core/utils/hooks";
import { MacroDialog } from "../composer/macro_dialog";
import { WorkspaceComposer } from "../composer/workspace_composer";
import { OutboxStrip } from "../outbox/outbox_strip";
import { TicketHeader } from "../ticket_header/ticket_header";
import { composerRegistry } from "../workspace_registries";

/** The open ticket: its head, everything that was said, and where the agent writes. */
export class Conversation extends Component {
    static template = "kemenkes_helpdesk.Conversation";
    static components = { OutboxStrip, Thread, TicketHeader, WorkspaceComposer };
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.mail = useState(useService("mail.store"));
        this.dialog = useService("dialog");
        this.root = useRef("root");
        const bus = useService("bus_service");
        const handling = useService("helpdesk_handling");
        this.state = useState({ type: "message", focus: 0, jump: 0 });
        // the messages are here already: the thread needs to ask for older ones only
        useChildSubEnv({
            inWorkspace: true,
            inChatter: { aside: false, disabled: false },
            chatter: { fetchMessages: false },
        });
        useEffect(
            (ticketId) => {
                const channel = `helpdesk.ticket_${ticketId}`;
                const leave = handling.enter(ticketId);
                bus.addChannel(channel);
                this.store.watchers.enter(ticketId);
                return () => {
                    bus.deleteChannel(channel);
                    leave();
                };
            },
            () => [this.ticket.id],
        );
        useEffect(
            (text) => text && this.store.watchers.tellTyping(),
            () => [this.thread.composer.composerText],
        );
        onWillUnmount(() => this.store.watchers.leave());
        useBus(this.env.bus, "HELPDESK:WORKSPACE_WRITE", ({ detail }) => this.write(detail.type, detail.text));
        useBus(this.env.bus, "HELPDESK:WORKSPACE_SENT", ({ detail }) => {
            // while the next ticket is being read there is none
            if (detail.ticketId === this.ticket?.id) {
                this.state.jump++;
            }
        });
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

    /** What the customer will read where placeholders stand, or "" without any. */
    get preview() {
        const text = this.thread.composer.composerText;
        if (this.type !== "message" || !text.includes("{{")) {
            return "";
        }
        return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (all, name) => this.ticket.placeholders[name] ?? all);
    }

    get mayReply() {
        return this.store.mayAnswer && this.ticket.may_write && !this.ticket.merged_into;
    }

    get type() {
        return this.mayReply ? this.state.type : "note";
    }

    /**
     * Put the cursor where an answer or a note is written.
     *
     * @param {"message"|"note"} type
     * @param {string} [text] put in front of the cursor
     */
    write(type, text) {
        if (!this.ticket) {
            return;
        }
        this.state.type = type;
        this.state.focus++;
        if (text) {
            const { composer } = this.thread;
            composer.insertText(text, composer.composerText.length, { moveCursorToEnd: true });
        }
    }

    runMacro(macro) {
        this.dialog.add(MacroDialog, { store: this.store, macro });
    }

    /** Back to the conversation, where single keys are shortcuts. */
    leaveComposer() {
        document.querySelector(".o_helpdesk_thread .o-mail-Thread")?.focus();
    }
}

import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useEffect } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { registry } from "@web/core/registry";

const SAID = "helpdesk.ticket/said";

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        const bus = useService("bus_service");
        useEffect(
            (channel) => {
                if (channel) {
                    bus.addChannel(channel);
                    return () => bus.deleteChannel(channel);
                }
            },
            () => [this.isTicket && this.props.threadId && `helpdesk.ticket_${this.props.threadId}`],
        );
    },
});

/** What is said on a ticket that is on the screen appears there, without anybody reading the page anew. */
registry.category("services").add("helpdesk_thread_live", {
    dependencies: ["bus_service", "mail.store"],
    start(env, { bus_service: bus, "mail.store": store }) {
        bus.subscribe(SAID, ({ ticket_id: id, anew }) => {
            const thread = store.Thread.get({ model: "helpdesk.ticket", id });
            if (!thread) {
                return;
            }
            if (anew) {
                thread.messages = [];
                thread.isLoaded = false;
            }
            thread.fetchNewMessages();
            env.bus.trigger("HELPDESK:TICKET_SAID", { ticketId: id });
        });
    },
});

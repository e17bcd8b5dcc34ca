import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useEffect } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { registry } from "@web/core/registry";
import { delay } from "@web/core/utils/concurrency";

const SAID = "helpdesk.ticket/said";
const IDLE_MILLISECONDS = 100;

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

/** Reads what is new in threads; what is said while one is being read is read right after. */
export class ThreadReader {
    constructor() {
        /** Thread → whether something was said while it was being read. */
        this.reading = new Map();
    }

    async read(thread) {
        if (this.reading.has(thread.id)) {
            this.reading.set(thread.id, true);
            return;
        }
        do {
            this.reading.set(thread.id, false);
            await this.isIdle(thread);
            await thread.fetchNewMessages();
        } while (this.reading.get(thread.id));
        this.reading.delete(thread.id);
    }

    /** While older messages are on their way, Odoo's thread does not ask for newer ones. */
    async isIdle(thread) {
        while (thread.status === "loading") {
            await delay(IDLE_MILLISECONDS);
        }
    }
}

/** What is said on a ticket that is on the screen appears there, without anybody reading the page anew. */
registry.category("services").add("helpdesk_thread_live", {
    dependencies: ["bus_service", "mail.store"],
    start(env, { bus_service: bus, "mail.store": store }) {
        const reader = new ThreadReader();
        bus.subscribe(SAID, ({ ticket_id: id, anew }) => {
            const thread = store.Thread.get({ model: "helpdesk.ticket", id });
            if (!thread) {
                return;
            }
            if (anew) {
                thread.messages = [];
                thread.isLoaded = false;
            }
            reader.read(thread);
            env.bus.trigger("HELPDESK:TICKET_SAID", { ticketId: id });
        });
    },
});

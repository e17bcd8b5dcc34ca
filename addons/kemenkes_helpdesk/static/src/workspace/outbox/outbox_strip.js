import { Component, reactive, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { shortDateTime } from "../due";

/** What of the open ticket is on its way: time to take it back, and what hinders it. */
export class OutboxStrip extends Component {
    static template = "kemenkes_helpdesk.OutboxStrip";
    static props = { store: Object, thread: Object };

    setup() {
        this.store = useState(this.props.store);
        // not observed: what is begun here ends when the strip, and the conversation around it, may have gone
        this.acting = reactive(this.props.store);
    }

    get outbox() {
        return this.store.outbox;
    }

    get items() {
        return this.outbox.of(this.store.ticketId).filter(({ isArrived }) => !isArrived);
    }

    get scheduled() {
        return this.store.ticket.scheduled;
    }

    shownDate({ date }) {
        return shortDateTime(deserializeDateTime(date));
    }

    /** The words go back into the composer, in front of what was written since. */
    undo(item) {
        const taken = this.acting.outbox.undo(item.key);
        if (taken) {
            this.acting.putBack(taken);
        }
    }

    sendAnyway(item) {
        this.acting.outbox.sendAnyway(item.key, this.props.thread.newestPersistentMessage?.id);
    }
}

import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { ageText, dueText } from "../due";
import { channelIcon, channelLabel } from "../channel";

const HOUR = 3600000;

/** One ticket of a queue: who, what, by which channel, the last words, and how long there is time. */
export class TicketRow extends Component {
    static template = "kemenkes_helpdesk.TicketRow";
    static props = { row: Object, isOpen: Boolean, now: Number, open: Function };

    get icon() {
        return channelIcon(this.props.row.channel);
    }

    get channelLabel() {
        return channelLabel(this.props.row.channel);
    }

    /** The customer spoke last. */
    get isWaiting() {
        return Boolean(this.props.row.waiting_since);
    }

    get due() {
        const { next_due_date: due } = this.props.row;
        if (!due) {
            return null;
        }
        const date = deserializeDateTime(due);
        const left = date.toMillis() - this.props.now;
        return { text: dueText(left), isLate: left < 0, isSoon: left >= 0 && left < HOUR };
    }

    /** Written out once: rows are drawn again each second, and dates take long. */
    get dueDate() {
        const { next_due_date: due } = this.props.row;
        if (this.dueShown?.due !== due) {
            this.dueShown = { due, text: formatDateTime(deserializeDateTime(due)) };
        }
        return this.dueShown.text;
    }

    get lastDate() {
        const {
            last_customer_message_date: asked,
            last_agent_message_date: answered,
            create_date: created,
        } = this.props.row;
        const last = [asked, answered, created].filter(Boolean).sort().at(-1);
        return last ? deserializeDateTime(last) : null;
    }

    get age() {
        return this.lastDate ? ageText(this.props.now - this.lastDate.toMillis()) : "";
    }
}

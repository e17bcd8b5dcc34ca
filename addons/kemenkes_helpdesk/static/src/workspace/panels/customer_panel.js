import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { channelIcon, channelLabel } from "../channel";
import { useSurroundings } from "./surroundings";

const DONE_KINDS = ["solved", "closed"];

/** Who it is, over all channels, and everything they ever came with. */
export class CustomerPanel extends Component {
    static template = "kemenkes_helpdesk.CustomerPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.orm = useService("orm");
        this.around = useSurroundings();
        this.state = useState({ older: [], said: {} });
        onWillUpdateProps(({ ticket }) => {
            if (ticket.id !== this.props.ticket.id) {
                Object.assign(this.state, { older: [], said: {} });
            }
        });
    }

    get history() {
        return this.around.value.history;
    }

    get tickets() {
        return [...this.history.tickets, ...this.state.older];
    }

    get others() {
        return this.tickets.filter(({ id }) => id !== this.props.ticket.id);
    }

    get hasOlder() {
        return this.tickets.length < this.history.total;
    }

    get summary() {
        const count = this.history.total - 1;
        if (count <= 0) {
            return _t("Writes for the first time");
        }
        const open = this.others.filter((ticket) => !this.isDone(ticket)).length;
        return open ? _t("%(count)s other tickets, %(open)s open", { count, open }) : _t("%s other tickets", count);
    }

    get name() {
        return this.props.ticket.customer_name || _t("Unknown");
    }

    saidLabel(ticket) {
        return _t("What was said on %s", ticket.reference);
    }

    otherWords({ name, kinds, ticket_count: count }) {
        return _t("%(name)s has the same address or number (%(kinds)s) and %(count)s tickets.", {
            name,
            kinds: kinds.join(", "),
            count,
        });
    }

    get mayAsk() {
        return this.props.ticket.personal_data === "on_request";
    }

    isDone(ticket) {
        return DONE_KINDS.includes(ticket.kind);
    }

    icon(ticket) {
        return channelIcon(ticket.channel);
    }

    channel(ticket) {
        return channelLabel(ticket.channel);
    }

    day(ticket) {
        return formatDateTime(deserializeDateTime(ticket.created), { format: "d MMM yyyy" });
    }

    who(message) {
        return { in: _t("Customer"), out: _t("Agent"), auto: _t("Automatic"), note: _t("Note") }[message.direction];
    }

    async reveal() {
        await this.props.store.callTicket("action_reveal_personal_data");
        await this.around.reload();
    }

    async readOlder() {
        const page = await this.props.store.call("get_history_page", this.props.ticket.id, this.tickets.length);
        this.state.older.push(...page.tickets);
    }

    async toggle(ticket) {
        if (this.state.said[ticket.id]) {
            delete this.state.said[ticket.id];
            return;
        }
        this.state.said[ticket.id] = await this.orm.call("helpdesk.ticket", "get_conversation", [[ticket.id]]);
    }

    /** The ticket is another customer's whom we know by this address or number. */
    async assignTo(customer) {
        await this.props.store.write({ partner_id: customer.id });
        await this.around.reload();
    }
}

registry
    .category("helpdesk_workspace_panels")
    .add("customer", { Component: CustomerPanel, label: _t("Customer") }, { sequence: 10 });

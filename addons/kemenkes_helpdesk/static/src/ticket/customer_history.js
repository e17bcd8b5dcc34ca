import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { shortDateTime } from "../workspace/due";

/** Everything a customer ever came with: tickets over all channels, and what was said on each, on demand. */
export class CustomerHistory extends Component {
    static template = "kemenkes_helpdesk.CustomerHistory";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ tickets: [], total: 0, identities: [], leads: [], open: {} });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps(async (next) => {
            if (next.record.resId !== this.props.record.resId) {
                await this.load(next.record.resId);
            }
        });
    }

    async load(ticketId) {
        if (!ticketId) {
            return;
        }
        Object.assign(this.state, await this.fetch(ticketId, 0), { open: {} });
    }

    async loadMore() {
        const page = await this.fetch(this.props.record.resId, this.state.tickets.length);
        this.state.tickets.push(...page.tickets);
    }

    fetch(ticketId, offset) {
        return this.orm.call("helpdesk.ticket", "get_customer_history", [[ticketId]], { offset });
    }

    async toggle(ticket) {
        if (this.state.open[ticket.id]) {
            delete this.state.open[ticket.id];
            return;
        }
        this.state.open[ticket.id] = await this.orm.call("helpdesk.ticket", "get_conversation", [[ticket.id]]);
    }

    openTicket(ticket) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    isCurrent(ticket) {
        return ticket.id === this.props.record.resId;
    }

    time(value) {
        return value ? shortDateTime(deserializeDateTime(value)) : "";
    }

    who(message) {
        return { in: _t("Customer"), out: _t("Agent"), auto: _t("Automatic"), note: _t("Note") }[message.direction];
    }
}

registry.category("view_widgets").add("helpdesk_customer_history", { component: CustomerHistory });

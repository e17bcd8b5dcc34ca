import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { readAnewAction } from "../ticket/read_anew";

/** Tickets that are probably the same case: a quiet list that is not there when there are none. */
export class Duplicates extends Component {
    static template = "kemenkes_helpdesk.Duplicates";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ tickets: [] });
        // not awaited: the form shows at once, the proposals when they are there
        onWillStart(() => void this.load(this.props.record.resId));
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.tickets = [];
                this.load(next.record.resId);
            }
        });
    }

    async load(ticketId) {
        const tickets = ticketId ? await this.orm.silent.call("helpdesk.ticket", "get_duplicates", [[ticketId]]) : [];
        // the answer may come after the reader has gone on to another ticket
        if (ticketId === this.props.record.resId) {
            this.state.tickets = tickets;
        }
    }

    async merge(ticket) {
        if (!(await this.props.record.save())) {
            return;
        }
        const action = await this.call("merge_duplicate", ticket);
        const { resId } = this.props.record;
        if (action.res_model !== "helpdesk.ticket") {
            this.action.doAction(action);
        } else if (action.res_id !== resId) {
            this.action.doAction(readAnewAction([action.res_id], action));
        } else {
            await this.action.doAction(readAnewAction([resId]));
            await this.props.record.load();
            await this.load(resId);
        }
    }

    async dismiss(ticket) {
        await this.call("dismiss_duplicate", ticket);
        await this.load(this.props.record.resId);
    }

    call(method, ticket) {
        return this.orm.call("helpdesk.ticket", method, [[this.props.record.resId], ticket.id]);
    }

    open(ticket) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    relative(ticket) {
        return deserializeDateTime(ticket.created).toRelative();
    }

    exact(ticket) {
        return formatDateTime(deserializeDateTime(ticket.created));
    }
}

registry.category("view_widgets").add("helpdesk_duplicates", { component: Duplicates });

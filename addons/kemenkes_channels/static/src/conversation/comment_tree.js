import { shortDateTime } from "@kemenkes_helpdesk/workspace/due";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Where a comment stands: the post, the comments below it, the replies below these, ours and everybody's. */
export class CommentTree extends Component {
    static template = "kemenkes_channels.CommentTree";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ posts: [] });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((next) => this.load(next.record.resId));
        useBus(this.env.bus, "HELPDESK:TICKET_SAID", ({ detail }) => {
            if (detail.ticketId === this.props.record.resId) {
                this.load(detail.ticketId);
            }
        });
    }

    async load(ticketId) {
        this.state.posts = ticketId
            ? await this.orm.silent.call("helpdesk.ticket", "get_comment_tree", [[ticketId]])
            : [];
    }

    dateOf(comment) {
        return shortDateTime(deserializeDateTime(comment.date));
    }

    openTicket(comment) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: comment.ticket_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("helpdesk_comment_tree", { component: CommentTree });

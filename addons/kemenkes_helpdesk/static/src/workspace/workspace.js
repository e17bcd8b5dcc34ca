import { Component, onWillDestroy, onWillStart, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { WorkspaceBar } from "./bar/workspace_bar";
import { Conversation } from "./conversation/conversation";
import { PanelColumn } from "./panel_column/panel_column";
import { QueueList } from "./queue_list/queue_list";
import { TicketListView } from "./ticket_list/ticket_list";
import { WorkspaceStore } from "./workspace_store";

/** Where an agent works all day: queues on the left, the conversation in the middle, what is known on the right. */
export class Workspace extends Component {
    static template = "kemenkes_helpdesk.Workspace";
    static components = { Conversation, PanelColumn, QueueList, TicketListView, WorkspaceBar };
    static props = { ...standardActionServiceProps };

    setup() {
        const services = {
            orm: useService("orm"),
            bus_service: useService("bus_service"),
            "mail.store": useService("mail.store"),
        };
        this.store = useState(WorkspaceStore.create(this.env, services));
        onWillStart(() => this.store.start(this.props.resId || this.props.action.context?.active_id));
        onWillDestroy(() => this.store.stop());
        useEffect(
            (ticketId) => this.props.updateActionState?.({ resId: ticketId || false }),
            () => [this.store.ticketId],
        );
    }
}

registry.category("actions").add("kemenkes_helpdesk.workspace", Workspace);

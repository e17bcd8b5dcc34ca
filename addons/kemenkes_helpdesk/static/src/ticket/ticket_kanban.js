import { utils } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { kanbanView } from "@web/views/kanban/kanban_view";

const DEFAULT_GROUP_BY = "stage_id";

/** A phone has room for one column, and the first stage is often empty: there the cards stand in one list. */
export class TicketKanbanModel extends RelationalModel {
    async load(params = {}) {
        const groupBy = params.groupBy || [];
        if (utils.isSmall() && groupBy.length === 1 && groupBy[0] === DEFAULT_GROUP_BY) {
            params = { ...params, groupBy: [] };
        }
        return super.load(params);
    }
}

registry.category("views").add("helpdesk_ticket_kanban", { ...kanbanView, Model: TicketKanbanModel });

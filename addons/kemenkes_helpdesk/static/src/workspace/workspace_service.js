import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

/**
 * Where a ticket is opened from anywhere: in the workspace when it is on the screen, else in its form.
 */
export const workspaceService = {
    dependencies: ["action"],
    start(env, { action }) {
        return reactive({
            /** The store of the workspace on the screen. */
            store: null,

            /** @param {number} ticketId */
            openTicket(ticketId) {
                if (this.store) {
                    return this.store.openTicket(ticketId);
                }
                return action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "helpdesk.ticket",
                    res_id: ticketId,
                    views: [[false, "form"]],
                });
            },
        });
    },
};

registry.category("services").add("helpdesk_workspace", workspaceService);

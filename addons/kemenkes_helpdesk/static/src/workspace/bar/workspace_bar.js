import { Component } from "@odoo/owl";
import { barRegistry } from "../workspace_registries";

/** The line on top of the workspace: what addons show there, from left to right. */
export class WorkspaceBar extends Component {
    static template = "kemenkes_helpdesk.WorkspaceBar";
    static props = { store: Object };

    get items() {
        return barRegistry.getEntries().map(([key, item]) => ({ key, ...item }));
    }
}

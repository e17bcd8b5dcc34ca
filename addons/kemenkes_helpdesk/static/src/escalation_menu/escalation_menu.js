import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/** How many escalations wait for the teams of this account; one click opens their inbox. */
export class EscalationMenu extends Component {
    static props = [];
    static template = "kemenkes_helpdesk.EscalationMenu";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.bus = useService("bus_service");
        this.state = useState({ isAgent: false, countByTeam: {} });
        onWillStart(async () => {
            this.state.isAgent = await user.hasGroup("kemenkes_helpdesk.group_agent");
            if (this.state.isAgent) {
                this.state.countByTeam = await this.orm.silent.call("helpdesk.escalation", "get_waiting_counts", []);
            }
        });
        const onWaiting = ({ team_id, count }) => {
            this.state.countByTeam[team_id] = count;
        };
        this.bus.subscribe("helpdesk.escalation/waiting", onWaiting);
        onWillDestroy(() => this.bus.unsubscribe("helpdesk.escalation/waiting", onWaiting));
    }

    get count() {
        return Object.values(this.state.countByTeam).reduce((sum, count) => sum + count, 0);
    }

    open() {
        this.action.doAction("kemenkes_helpdesk.helpdesk_escalation_action_inbox", { clearBreadcrumbs: true });
    }
}

registry.category("systray").add("kemenkes_helpdesk.escalation_menu", { Component: EscalationMenu }, { sequence: 22 });

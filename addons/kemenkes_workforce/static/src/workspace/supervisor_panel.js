import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { KINDS } from "../monitor/labels";

const MODEL = "helpdesk.monitor";

/** The supervisor listens in by looking; here are the whisper and the take-over, as on the floor plan. */
export class SupervisorPanel extends Component {
    static template = "kemenkes_workforce.SupervisorPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ whisper: "", isBusy: false });
        onWillUpdateProps(({ ticket }) => {
            if (ticket.id !== this.props.ticket.id) {
                this.state.whisper = "";
            }
        });
    }

    get agent() {
        return this.props.ticket.directed_agent;
    }

    get status() {
        return this.agent.status || KINDS[this.agent.kind].label;
    }

    get whisperHint() {
        return _t("Whisper: only %s sees it", this.agent.name);
    }

    async whisper() {
        await this.run("whisper", this.agent.id, this.state.whisper, this.props.ticket.id);
        this.state.whisper = "";
        this.notification.add(_t("Only %s sees it.", this.agent.name), { type: "success" });
    }

    async takeOver() {
        await this.run("take_over", [this.props.ticket.id]);
        await this.props.store.refreshTicket();
    }

    async run(method, ...args) {
        this.state.isBusy = true;
        try {
            await this.orm.call(MODEL, method, args);
        } finally {
            this.state.isBusy = false;
        }
    }

    async move() {
        await this.action.doAction("kemenkes_workforce.helpdesk_redistribute_action", {
            additionalContext: { active_model: "helpdesk.ticket", active_ids: [this.props.ticket.id] },
            onClose: () => this.props.store.refreshTicket(),
        });
    }
}

registry.category("helpdesk_workspace_panels").add(
    "supervisor",
    {
        Component: SupervisorPanel,
        label: _t("Agent of this ticket"),
        isShown: ({ directed_agent: agent, merged_into: merged }) => Boolean(agent) && !merged,
    },
    { sequence: 5 },
);

import { Component, useState } from "@odoo/owl";
import { shortDateTime } from "@kemenkes_helpdesk/workspace/due";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { CallControls } from "../call/call_controls";
import { CALL_STATES } from "../call/call_stack";
import { clock } from "../call/clock";

/** The telephone: the call about this ticket that goes on, calling the customer, and the calls before. */
export class CallPanel extends Component {
    static template = "kemenkes_channels.CallPanel";
    static components = { CallControls };
    static props = { ticket: Object, store: Object };

    setup() {
        this.action = useService("action");
        this.calls = useState(useService("helpdesk_calls"));
        this.state = useState({ isDialling: false });
    }

    get live() {
        return this.calls.list.filter((call) => call.ticket?.id === this.props.ticket.id);
    }

    stateOf(call) {
        return CALL_STATES[call.state];
    }

    /** How long it has been so; after the end nothing counts here. */
    duration(call) {
        const since = call.answered || call.started;
        return since && !call.ended
            ? clock(Math.max(0, (this.calls.now - deserializeDateTime(since).toMillis()) / 1000))
            : "";
    }

    facts(call) {
        const date = call.date && shortDateTime(deserializeDateTime(call.date));
        return [date, call.talk_seconds && clock(call.talk_seconds), call.agent].filter(Boolean).join(" · ");
    }

    async dial() {
        this.state.isDialling = true;
        try {
            await this.props.store.callTicket("action_dial");
        } finally {
            this.state.isDialling = false;
        }
    }

    async writeDown() {
        const action = await this.props.store.callTicket("action_write_down_call");
        await this.action.doAction(action, { onClose: () => this.props.store.refreshTicket() });
    }
}

registry.category("helpdesk_workspace_panels").add(
    "calls",
    {
        Component: CallPanel,
        label: _t("Telephone"),
        isShown: (ticket) => Boolean(ticket.can_dial || ticket.call_count),
    },
    { sequence: 30 },
);

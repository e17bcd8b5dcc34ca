import { Component, useState } from "@odoo/owl";

import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { CallControls } from "./call_controls";
import { clock } from "./clock";

export const CALL_STATES = {
    requested: { icon: "fa-spinner fa-spin", label: _t("Being connected …") },
    ringing: { icon: "fa-phone", label: _t("Ringing") },
    talking: { icon: "fa-volume-control-phone", label: _t("Talking") },
    held: { icon: "fa-pause", label: _t("On hold") },
    ended: { icon: "fa-pencil", label: _t("Wrap-up") },
    failed: { icon: "fa-exclamation-circle", label: _t("Not connected") },
};

/** The screen pop: above everything, beside what one works on, never taking the keyboard from it. */
export class CallStack extends Component {
    static components = { CallControls };
    static props = {};
    static template = "kemenkes_channels.CallStack";

    setup() {
        this.workspace = useService("helpdesk_workspace");
        this.calls = useState(useService("helpdesk_calls"));
    }

    stateOf(call) {
        return CALL_STATES[call.state];
    }

    who(call) {
        return call.partner.name || call.number || _t("Number withheld");
    }

    /** How long the caller has been waiting, the talk goes on, or the wrap-up takes. */
    clock(call) {
        const since =
            { ringing: call.started, requested: call.started, ended: call.ended }[call.state] || call.answered;
        if (!since || call.state === "failed") {
            return "";
        }
        return clock(Math.max(0, (this.calls.now - deserializeDateTime(since).toMillis()) / 1000));
    }

    isOver(call) {
        return ["ended", "failed"].includes(call.state);
    }

    date(value) {
        return formatDateTime(deserializeDateTime(value), { format: "d MMM yyyy" });
    }

    async open(ticketId) {
        await this.workspace.openTicket(ticketId);
    }

    async move(call, ticketId = false) {
        await this.open(await this.calls.move(call, ticketId));
    }
}

registry.category("main_components").add("kemenkes_channels.CallStack", { Component: CallStack });

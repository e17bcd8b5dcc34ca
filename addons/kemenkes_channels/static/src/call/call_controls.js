import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const COMMANDS = {
    hold: { icon: "fa-pause", label: _t("Hold"), look: "btn-secondary" },
    unhold: { icon: "fa-play", label: _t("Go on"), look: "btn-secondary" },
    hangup: { icon: "fa-phone", label: _t("Hang up"), look: "btn-danger" },
};

/** What can be done with a call at the moment, as its telephone system takes it. */
export class CallControls extends Component {
    static props = { call: Object };
    static template = "kemenkes_channels.CallControls";

    setup() {
        this.calls = useState(useService("helpdesk_calls"));
        this.state = useState({ isAsked: false });
    }

    get commands() {
        return (this.props.call.commands || []).map((name) => ({ name, ...COMMANDS[name] }));
    }

    async ask(command) {
        this.state.isAsked = true;
        try {
            await this.calls.control(this.props.call, command.name);
        } finally {
            this.state.isAsked = false;
        }
    }
}

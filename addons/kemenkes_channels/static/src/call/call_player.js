import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { clock } from "./clock";

const SPEAKERS = {
    agent: _t("Agent"),
    petugas: _t("Agent"),
    caller: _t("Customer"),
    customer: _t("Customer"),
    pelanggan: _t("Customer"),
    warga: _t("Customer"),
};

/** A call to be heard, and its words beside it: a click on a line plays from there. */
export class CallPlayer extends Component {
    static template = "kemenkes_channels.CallPlayer";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.audio = useRef("audio");
        this.state = useState({ call: null, at: -1 });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps(async (next) => {
            if (next.record.resId !== this.props.record.resId) {
                await this.load(next.record.resId);
            }
        });
    }

    async load(callId) {
        this.state.call = callId ? await this.orm.call("helpdesk.call", "get_player", [[callId]]) : null;
    }

    speaker(name) {
        return SPEAKERS[name.toLowerCase()] || name;
    }

    clock(seconds) {
        return clock(seconds);
    }

    follow(event) {
        this.state.at = event.target.currentTime;
    }

    isNow(segment) {
        return segment.start <= this.state.at && this.state.at < segment.stop;
    }

    playFrom(segment) {
        if (this.audio.el) {
            this.audio.el.currentTime = segment.start;
            this.audio.el.play().catch(() => {});
        }
    }

    async fetchAgain(recording) {
        await this.orm.call("helpdesk.call.recording", "action_fetch_again", [[recording.id]]);
        await this.load(this.props.record.resId);
    }

    async writeAgain(transcript) {
        await this.orm.call("helpdesk.call.transcript", "action_write_again", [[transcript.id]]);
        await this.load(this.props.record.resId);
    }
}

registry.category("view_widgets").add("helpdesk_call_player", { component: CallPlayer });

import { Component, onWillDestroy, useState } from "@odoo/owl";
import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Notices } from "./notices";

const { DateTime } = luxon;

/** The bell: allows the browser to tell of news, then turns the sound on and off. */
export class NoticesItem extends Component {
    static template = "kemenkes_helpdesk.NoticesItem";
    static props = { store: Object };

    setup() {
        this.permission = useState(useService("mail.notification.permission"));
        this.notices = useState(
            new Notices(this.props.store, {
                orm: useService("orm"),
                bus: useService("bus_service"),
                sound: useService("mail.sound_effects"),
                notification: useService("notification"),
                permission: this.permission,
            }),
        );
        this.notices.start(serializeDateTime(DateTime.now()));
        onWillDestroy(() => this.notices.stop());
    }

    get look() {
        if (this.permission.permission === "prompt") {
            return { icon: "fa-bell-slash-o", label: _t("Turn on notifications") };
        }
        const { isMuted } = this.notices;
        return isMuted
            ? { icon: "fa-bell-slash-o", label: _t("Sound is off") }
            : { icon: "fa-bell-o", label: _t("Sound is on") };
    }

    get title() {
        return this.permission.permission === "denied"
            ? _t("This browser may not show notifications; allow them in its settings.")
            : this.look.label;
    }
}

registry.category("helpdesk_workspace_bar").add("notices", { Component: NoticesItem }, { sequence: 80 });

import { Component, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;
const REFRESH_MILLISECONDS = 15000;

/** Log in to work, choose a seat and a status with its reason, log out; the status stands there in words. */
export class WorkMenu extends Component {
    static components = { Dropdown, DropdownItem };
    static props = [];
    static template = "kemenkes_workforce.WorkMenu";

    setup() {
        this.work = useState(useService("helpdesk_work"));
        this.clock = useState({ now: DateTime.now() });
        const timer = browser.setInterval(() => (this.clock.now = DateTime.now()), REFRESH_MILLISECONDS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get label() {
        const { session, joined } = this.work;
        if (!session) {
            return _t("Not at work");
        }
        return joined ? session.status : _t("At work elsewhere");
    }

    /** How long the status has lasted, as hours and minutes. */
    get duration() {
        const { hours, minutes } = this.clock.now.diff(this.work.session.since, ["hours", "minutes"]).toObject();
        return `${Math.max(hours, 0)}:${String(Math.max(Math.floor(minutes), 0)).padStart(2, "0")}`;
    }

    get freeSeats() {
        return this.work.seats.filter((seat) => !seat.taken_by);
    }

    isCurrent(status, reason) {
        const { session } = this.work;
        return session.status_id === status.id && (!reason || session.reason === reason.name);
    }
}

registry.category("systray").add("kemenkes_workforce.work_menu", { Component: WorkMenu }, { sequence: 30 });

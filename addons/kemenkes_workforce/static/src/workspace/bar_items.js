import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { TARGET_STATES, useOwnActivity } from "../own_activity/own_activity";
import { WorkMenu } from "../work_status/work_menu";

const TICK_MILLISECONDS = 30000;
const MINUTE = 60 * 1000;
const SOON_MINUTES = 15;
const TARGETS_SHOWN = 3;
const STATE_ICONS = { none: "fa-minus", good: "fa-check", risk: "fa-arrow-up", missed: "fa-clock-o" };

/** Status and seat, when the next break is due, and how long the duty goes on. */
export class StatusItem extends Component {
    static template = "kemenkes_workforce.StatusItem";
    static components = { WorkMenu };
    static props = { store: Object };

    setup() {
        this.work = useState(useService("helpdesk_work"));
        this.clock = useState({ now: Date.now() });
        const timer = browser.setInterval(() => (this.clock.now = Date.now()), TICK_MILLISECONDS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get session() {
        return this.work.isAtWork ? this.work.session : null;
    }

    /** "Break in 1 h 5 min"; what is overdue is said kindly. */
    get breakWords() {
        const { break_by: by } = this.session;
        if (!by) {
            return "";
        }
        const minutes = Math.floor((deserializeDateTime(by).toMillis() - this.clock.now) / MINUTE);
        if (minutes <= 0) {
            return _t("Time for a break");
        }
        const hours = Math.floor(minutes / 60);
        return hours
            ? _t("Break in %(hours)s h %(minutes)s min at the latest", { hours, minutes: minutes % 60 })
            : _t("Break in %s min at the latest", minutes);
    }

    get isBreakNear() {
        const { break_by: by } = this.session;
        return Boolean(by) && deserializeDateTime(by).toMillis() - this.clock.now < SOON_MINUTES * MINUTE;
    }

    get dutyEnd() {
        const { duty_end: end } = this.session;
        return end ? _t("On duty until %s", formatDateTime(deserializeDateTime(end), { format: "HH:mm" })) : "";
    }
}

/** Today's figures against the targets, in kind words; a click opens the whole day. */
export class TodayItem extends Component {
    static template = "kemenkes_workforce.TodayItem";
    static props = { store: Object };

    setup() {
        this.action = useService("action");
        this.state = useOwnActivity(() => user.hasGroup("kemenkes_helpdesk.group_agent"));
    }

    get solvedWords() {
        return _t("%s solved today", this.state.activity.today.solved_count);
    }

    get targets() {
        return this.state.activity.targets
            .filter(({ state }) => state !== "none")
            .slice(0, TARGETS_SHOWN)
            .map((target) => ({
                ...target,
                icon: STATE_ICONS[target.state],
                words: TARGET_STATES[target.state],
                goalWords: target.higher_is_better ? _t("at least %s", target.goal) : _t("at most %s", target.goal),
            }));
    }

    open() {
        this.action.doAction("kemenkes_workforce.own_activity_action");
    }
}

registry
    .category("helpdesk_workspace_bar")
    .add("status", { Component: StatusItem }, { sequence: 10 })
    .add("today", { Component: TodayItem }, { sequence: 20 });

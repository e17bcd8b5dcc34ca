import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { formatSeconds } from "@kemenkes_helpdesk/ticket/duration_field";

const { DateTime } = luxon;
/** The report behind it is brought up to date as often. */
const REFRESH_MILLISECONDS = 5 * 60 * 1000;
const PARTS = [
    ["handling_seconds", _t("Handling"), "o_own_handling"],
    ["wrap_up_seconds", _t("Wrap-up"), "o_own_wrap_up"],
    ["standby_seconds", _t("Standby"), "o_own_standby"],
    ["training_seconds", _t("Training and coaching"), "o_own_training"],
    ["break_seconds", _t("Breaks"), "o_own_break"],
];

/** In words and kindly: colours alone say nothing, and nobody is scolded by a machine. */
export const TARGET_STATES = {
    none: _t("No figure yet"),
    good: _t("Reached"),
    risk: _t("Almost"),
    missed: _t("Not yet"),
};

/** Reads an agent's own figures, and again from time to time. */
export function useOwnActivity(mayRead = async () => true) {
    const orm = useService("orm");
    const state = useState({ activity: null });
    let timer = null;
    let isGone = false;
    const read = async () => {
        if (document.visibilityState === "visible" || !state.activity) {
            state.activity = await orm.silent.call("res.users", "get_own_activity", []);
        }
    };
    const start = async () => {
        if ((await mayRead()) && !isGone) {
            timer = setInterval(read, REFRESH_MILLISECONDS);
            await read();
        }
    };
    // not awaited: nothing else on the screen waits for figures
    onWillStart(() => void start());
    onWillDestroy(() => {
        isGone = true;
        clearInterval(timer);
    });
    return state;
}

/** "My day": what the agent did, and how it stands against the targets. */
export class OwnActivity extends Component {
    static props = { ...standardActionServiceProps };
    static template = "kemenkes_workforce.OwnActivity";

    setup() {
        this.state = useOwnActivity();
        this.formatSeconds = (seconds) => formatSeconds(seconds) || "–";
    }

    get today() {
        return this.state.activity.today;
    }

    get tiles() {
        return [
            { label: _t("Tickets worked on"), value: this.today.ticket_count },
            { label: _t("Tickets solved"), value: this.today.solved_count },
            { label: _t("Average handling time"), value: this.formatSeconds(this.today.average_handling_seconds) },
            { label: _t("Work time"), value: this.formatSeconds(this.today.work_seconds) },
        ];
    }

    get parts() {
        const whole = PARTS.reduce((sum, [name]) => sum + this.today[name], 0);
        return PARTS.filter(([name]) => this.today[name]).map(([name, label, className]) => ({
            name,
            label,
            className,
            text: this.formatSeconds(this.today[name]),
            percent: (100 * this.today[name]) / whole,
        }));
    }

    get days() {
        const most = Math.max(1, ...this.state.activity.days.map((day) => day.ticket_count));
        return this.state.activity.days.map((day) => ({
            date: day.date,
            label: DateTime.fromISO(day.date).toLocaleString({ weekday: "short", day: "numeric" }),
            count: day.ticket_count,
            percent: (100 * day.ticket_count) / most,
        }));
    }

    stateLabel(target) {
        return TARGET_STATES[target.state];
    }
}

/** The same in the bar at the top, always visible: tickets of today and how many targets are reached. */
export class OwnActivityMenu extends Component {
    static props = [];
    static template = "kemenkes_workforce.OwnActivityMenu";

    setup() {
        this.action = useService("action");
        this.state = useOwnActivity(() => user.hasGroup("kemenkes_helpdesk.group_agent"));
    }

    get targets() {
        return this.state.activity.targets.filter((target) => target.state !== "none");
    }

    get reached() {
        return this.targets.filter((target) => target.state === "good").length;
    }

    get title() {
        return this.state.activity.message;
    }

    open() {
        this.action.doAction("kemenkes_workforce.own_activity_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("kemenkes_workforce.own_activity", OwnActivity);
registry
    .category("systray")
    .add("kemenkes_workforce.own_activity_menu", { Component: OwnActivityMenu }, { sequence: 24 });

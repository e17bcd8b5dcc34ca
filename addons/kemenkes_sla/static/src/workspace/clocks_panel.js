import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { dueText } from "@kemenkes_helpdesk/workspace/due";

const SECOND = 1000;
const SOON = 60 * 60 * SECOND;

/** What is told of a clock beside its colour. */
const LOOKS = {
    late: { icon: "fa-exclamation-triangle", words: (time) => _t("Overdue by %s", time) },
    soon: { icon: "fa-clock-o", words: (time) => _t("Due soon, in %s", time) },
    good: { icon: "fa-hourglass-half", words: (time) => _t("Due in %s", time) },
    paused: { icon: "fa-pause", words: () => _t("Paused") },
    reached: { icon: "fa-check", words: () => _t("Met") },
    failed: { icon: "fa-times", words: () => _t("Breached") },
};

/** The ticket's SLA clocks, counting down by themselves: the server is not asked. */
export class ClocksPanel extends Component {
    static template = "kemenkes_sla.ClocksPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.clock = useState({ now: Date.now() });
        const timer = browser.setInterval(() => (this.clock.now = Date.now()), SECOND);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    /** What is still waited for first, the most urgent on top. */
    get clocks() {
        const due = ({ deadline }) => (deadline ? deserializeDateTime(deadline).toMillis() : Infinity);
        return [...this.props.ticket.clocks]
            .sort((one, other) => Boolean(one.ended) - Boolean(other.ended) || due(one) - due(other))
            .map((clock) => ({ ...clock, ...this.look(clock) }));
    }

    look(clock) {
        const left = clock.deadline ? deserializeDateTime(clock.deadline).toMillis() - this.clock.now : 0;
        const kind = this.kind(clock, left);
        return {
            kind,
            icon: LOOKS[kind].icon,
            words: LOOKS[kind].words(dueText(Math.abs(left))),
            exact: clock.deadline ? formatDateTime(deserializeDateTime(clock.deadline)) : "",
        };
    }

    kind({ state, ended, deadline }, left) {
        if (ended || !deadline) {
            return { ongoing: "paused" }[state] || state;
        }
        if (left < 0) {
            return "late";
        }
        return left < SOON ? "soon" : "good";
    }
}

registry
    .category("helpdesk_workspace_panels")
    .add(
        "clocks",
        { Component: ClocksPanel, label: _t("Service levels"), isShown: ({ clocks }) => Boolean(clocks?.length) },
        { sequence: 20 },
    );

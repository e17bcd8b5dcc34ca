import { _t } from "@web/core/l10n/translation";

/** What a status means, for those who don't see the colour: `{kind: {icon, label}}`. */
export const KINDS = {
    ready: { icon: "fa-check-circle", label: _t("Ready") },
    busy: { icon: "fa-comments", label: _t("Busy") },
    wrap_up: { icon: "fa-pencil", label: _t("Wrap-up") },
    break: { icon: "fa-coffee", label: _t("Break") },
    training: { icon: "fa-graduation-cap", label: _t("Training") },
    coaching: { icon: "fa-handshake-o", label: _t("Coaching") },
    away: { icon: "fa-chain-broken", label: _t("Away") },
    offline: { icon: "fa-power-off", label: _t("Offline") },
};

export const URGENCIES = {
    late: { icon: "fa-exclamation-triangle", label: _t("Overdue") },
    soon: { icon: "fa-clock-o", label: _t("Due within an hour") },
    good: { icon: "fa-check", label: _t("In time") },
    none: { icon: "fa-minus", label: _t("Nothing due") },
};

const number = (value) => Math.round(value);
const percent = (value) => `${number(value)}%`;
const minutes = (value) => _t("%s min", number(value));

/** A threshold as a warning says it; `value` is null where there is nothing to measure any more. */
function words(label, format, { value, limit }) {
    return { label, value: value === null ? "–" : format(value), limit: _t("(limit %s)", format(limit)) };
}

/** `{figure of a threshold: (threshold) => {label, value, limit}}`, as a warning says them. */
export const THRESHOLDS = {
    waiting: (threshold) => words(_t("tickets in the queue"), number, threshold),
    longest_wait: (threshold) => words(_t("longest wait"), minutes, threshold),
    service_level: (threshold) => words(_t("service level"), percent, threshold),
    reject_rate: (threshold) => words(_t("reject rate"), percent, threshold),
    occupancy: (threshold) => words(_t("occupancy"), percent, threshold),
};

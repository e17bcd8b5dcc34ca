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

function words(label, value, limit) {
    return { label, value, limit: _t("(limit %s)", limit) };
}

const percent = (number) => `${Math.round(number)}%`;
const minutes = (number) => _t("%s min", Math.round(number));

/** `{figure of a threshold: (threshold) => {label, value, limit}}`, as a warning says them. */
export const THRESHOLDS = {
    waiting: ({ value, limit }) => words(_t("tickets in the queue"), Math.round(value), Math.round(limit)),
    longest_wait: ({ value, limit }) => words(_t("longest wait"), minutes(value), minutes(limit)),
    service_level: ({ value, limit }) => words(_t("service level"), percent(value), percent(limit)),
    reject_rate: ({ value, limit }) => words(_t("reject rate"), percent(value), percent(limit)),
    occupancy: ({ value, limit }) => words(_t("occupancy"), percent(value), percent(limit)),
};

import { formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (number) => String(Math.floor(number)).padStart(2, "0");

/**
 * "04:09" in the last hour, "1:04 h" before, "2 d 3 h"; with a minus sign when it is over.
 *
 * @param {number} left milliseconds
 */
export function dueText(left) {
    const sign = left < 0 ? "−" : "";
    const rest = Math.abs(left);
    if (rest >= DAY) {
        return (
            sign +
            _t("%(days)s d %(hours)s h", { days: Math.floor(rest / DAY), hours: Math.floor((rest % DAY) / HOUR) })
        );
    }
    if (rest >= HOUR) {
        return sign + _t("%s h", `${Math.floor(rest / HOUR)}:${two((rest % HOUR) / MINUTE)}`);
    }
    return `${sign}${two(rest / MINUTE)}:${two((rest % MINUTE) / SECOND)}`;
}

/**
 * How long ago something was, as short as a row has room for: "5 min ago", "3 h ago", "2 d ago".
 *
 * @param {number} passed milliseconds
 */
export function ageText(passed) {
    if (passed >= DAY) {
        return _t("%s d ago", Math.floor(passed / DAY));
    }
    if (passed >= HOUR) {
        return _t("%s h ago", Math.floor(passed / HOUR));
    }
    return passed >= MINUTE ? _t("%s min ago", Math.floor(passed / MINUTE)) : _t("just now");
}

/** Day and time of an appointment: nobody keeps one to the second. */
export function dateTimeFormat() {
    return `${localization.dateFormat} HH:mm`;
}

export function shortDateTime(date) {
    return formatDateTime(date, { format: dateTimeFormat() });
}

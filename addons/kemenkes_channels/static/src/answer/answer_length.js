import { _t } from "@web/core/l10n/translation";

const URLS = /https?:\/\/\S+/g;
const URL_WEIGHT = 23;
/** Ranges that count once; everything else (emoji, Chinese, Japanese …) counts twice. */
const LIGHT = /[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]/u;

function weigh(text) {
    const urls = text.match(URLS) || [];
    const rest = text.replace(URLS, "");
    const segments = [...new Intl.Segmenter().segment(rest)].map(({ segment }) => segment);
    const weight = segments.reduce(
        (sum, segment) =>
            sum +
            (/\p{Extended_Pictographic}/u.test(segment)
                ? 2
                : [...segment].reduce((n, c) => n + (LIGHT.test(c) ? 1 : 2), 0)),
        0,
    );
    return weight + urls.length * URL_WEIGHT;
}

/**
 * How long a text is, as the service counts it.
 *
 * @param {string} text
 * @param {"characters"|"bytes"|"weighted"} unit
 */
export function answerLength(text, unit) {
    if (unit === "bytes") {
        return new TextEncoder().encode(text).length;
    }
    return unit === "weighted" ? weigh(text) : [...text].length;
}

/** "21 h 14 min", "9 min" */
export function timeLeft(milliseconds) {
    const minutes = Math.max(0, Math.floor(milliseconds / 60000));
    const hours = Math.floor(minutes / 60);
    return hours ? _t("%(hours)s h %(minutes)s min", { hours, minutes: minutes % 60 }) : _t("%s min", minutes);
}

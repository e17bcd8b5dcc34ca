import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";

const STARS = [1, 2, 3, 4, 5];
const WORDS = {
    1: _t("Not satisfied at all"),
    2: _t("Not satisfied"),
    3: _t("So-so"),
    4: _t("Satisfied"),
    5: _t("Very satisfied"),
};

/** What the customer thought of our answers so far: stars with their words, newest first. */
export class SatisfactionPanel extends Component {
    static template = "kemenkes_qa.SatisfactionPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.stars = STARS;
    }

    get satisfaction() {
        return this.props.ticket.satisfaction;
    }

    get summary() {
        const { count } = this.satisfaction;
        const average = formatFloat(this.satisfaction.average, { digits: [false, 1], trailingZeros: false });
        return count === 1
            ? _t("%s of 5 stars, one answer", average)
            : _t("%(average)s of 5 stars, from %(count)s answers", { average, count });
    }

    words(rating) {
        return WORDS[rating.score];
    }

    spoken(rating) {
        return _t("%(stars)s of 5 stars: %(words)s", { stars: rating.score, words: this.words(rating) });
    }

    day(rating) {
        return formatDateTime(deserializeDateTime(rating.date), { format: "d MMM yyyy" });
    }
}

registry.category("helpdesk_workspace_panels").add(
    "satisfaction",
    {
        Component: SatisfactionPanel,
        label: _t("Satisfaction"),
        isShown: ({ satisfaction }) => Boolean(satisfaction?.count),
    },
    { sequence: 70 },
);

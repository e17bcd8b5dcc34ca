import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";

// Up to so many stars the reasons for low ratings are shown.
const LOW = 3;

/**
 * The visitor's stars, reasons and words at the end of a chat.
 *
 * `choices` is what `/im_livechat/rating_choices` answers; empty where nothing is asked.
 */
export class LivechatRating extends Component {
    static template = "kemenkes_channels.LivechatRating";
    static props = { thread: Object, choices: Object };

    setup() {
        const { score = 0, feedback = "", reasons = [] } = this.props.choices;
        this.scores = [
            { value: 1, title: _t("Not satisfied at all") },
            { value: 2, title: _t("Not satisfied") },
            { value: 3, title: _t("So-so") },
            { value: 4, title: _t("Satisfied") },
            { value: 5, title: _t("Very satisfied") },
        ];
        this.state = useState({
            score,
            feedback,
            chosen: Object.fromEntries(reasons.map((reason) => [reason.id, reason.is_chosen])),
            isSent: false,
            isSending: false,
            error: "",
        });
    }

    get isAsked() {
        return Boolean(this.props.choices.reasons);
    }

    get reasons() {
        const { score } = this.state;
        return this.props.choices.reasons.filter(
            ({ shown_for }) => shown_for === "all" || (shown_for === "low") === score <= LOW,
        );
    }

    get meaning() {
        return this.scores.find(({ value }) => value === this.state.score)?.title ?? "";
    }

    get thanks() {
        return _t("Thank you, %s of 5 stars", this.state.score);
    }

    choose(score) {
        this.state.score = score;
    }

    /** Arrow keys choose, as in every group of choices of which one holds. */
    onKeydown(ev) {
        const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[ev.key];
        if (!step) {
            return;
        }
        ev.preventDefault();
        this.choose(Math.min(5, Math.max(1, this.state.score + step)));
        ev.currentTarget.querySelector(`[data-score="${this.state.score}"]`).focus();
    }

    toggle(reasonId) {
        this.state.chosen[reasonId] = !this.state.chosen[reasonId];
    }

    async send() {
        this.state.isSending = true;
        this.state.error = "";
        try {
            const result = await rpc("/im_livechat/feedback", {
                channel_id: this.props.thread.id,
                rate: this.state.score,
                reason: this.state.feedback,
                reason_ids: this.reasons.filter(({ id }) => this.state.chosen[id]).map(({ id }) => id),
            });
            this.state.error = result.error || "";
            this.state.isSent = !result.error;
        } catch {
            this.state.error = _t("Your rating did not arrive. Try again.");
        }
        this.state.isSending = false;
    }

    change() {
        this.state.isSent = false;
    }
}

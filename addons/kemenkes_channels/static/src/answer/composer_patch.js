import { Composer } from "@mail/core/common/composer";
import { Composer as ComposerModel } from "@mail/core/common/composer_model";
import { fields } from "@mail/core/common/record";
import { patch } from "@web/core/utils/patch";
import { answerLength } from "./answer_length";

patch(ComposerModel.prototype, {
    setup() {
        super.setup(...arguments);
        /** What an answer on this ticket's channel may be, and how the agent wants it sent. */
        this.helpdesk_answer = fields.Attr(undefined);
    },
    clear() {
        super.clear(...arguments);
        if (this.helpdesk_answer) {
            this.helpdesk_answer = { ...this.helpdesk_answer, template: undefined, values: {} };
        }
    },
});

patch(Composer.prototype, {
    get helpdeskAnswer() {
        const isAnswer = this.props.type === "message" && this.thread?.model === "helpdesk.ticket";
        return isAnswer ? this.props.composer.helpdesk_answer : undefined;
    },

    get helpdeskLength() {
        const { limits } = this.helpdeskAnswer;
        return answerLength(this.props.composer.composerText.trim(), limits.text_unit);
    },

    get helpdeskMost() {
        const { limits, mode } = this.helpdeskAnswer;
        return mode === "private" ? limits.private_text_length : limits.text_length;
    },

    get isHelpdeskTooLong() {
        return Boolean(this.helpdeskMost) && this.helpdeskLength > this.helpdeskMost;
    },

    get isSendButtonDisabled() {
        if (super.isSendButtonDisabled) {
            return true;
        }
        const answer = this.helpdeskAnswer;
        if (!answer) {
            return false;
        }
        if (answer.template) {
            return answer.template.parameters.some((name) => !answer.values[name]?.trim());
        }
        return this.isHelpdeskTooLong || answer.isClosed;
    },

    async sendMessage() {
        // the keyboard sends past the button
        if (this.helpdeskAnswer && this.isSendButtonDisabled) {
            return;
        }
        return super.sendMessage(...arguments);
    },

    get extraData() {
        const answer = this.helpdeskAnswer;
        if (!answer) {
            return super.extraData;
        }
        const { mode, tag, template, values, channelId } = answer;
        const asked = {
            mode,
            tag: tag || "",
            template_id: template?.id || false,
            values: values || {},
            channel_id: channelId || false,
        };
        return { ...super.extraData, context: { helpdesk_answer: asked } };
    },
});

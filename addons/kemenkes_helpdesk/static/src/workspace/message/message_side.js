import { Message } from "@mail/core/common/message";
import { Message as MessageModel } from "@mail/core/common/message_model";
import { fields } from "@mail/core/common/record";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const OURS = ["out", "auto"];

patch(MessageModel.prototype, {
    setup() {
        super.setup(...arguments);
        this.helpdesk_direction = fields.Attr(undefined);
    },

    /** On a ticket the colour tells who speaks to whom, whoever of the colleagues it was. */
    get bubbleColor() {
        const color = super.bubbleColor;
        if (!color || this.thread?.model !== "helpdesk.ticket" || !this.helpdesk_direction) {
            return color;
        }
        return OURS.includes(this.helpdesk_direction) ? "green" : "blue";
    },
});

/** In the workspace the customer stands on the left and we on the right; notes are seen to be notes. */
patch(Message.prototype, {
    /** The button that unfolds what was quoted has a name for those who do not see its three dots. */
    prepareMessageBody(bodyEl) {
        super.prepareMessageBody(...arguments);
        for (const button of bodyEl?.querySelectorAll(".o-mail-ellipsis") || []) {
            button.setAttribute("aria-label", _t("What was quoted"));
        }
    },

    get isAlignedRight() {
        const isOurs = this.env.inWorkspace && OURS.includes(this.message.helpdesk_direction);
        return isOurs || super.isAlignedRight;
    },

    get attClass() {
        const direction = this.message.helpdesk_direction;
        return {
            ...super.attClass,
            o_helpdesk_ours: this.env.inWorkspace && OURS.includes(direction),
            o_helpdesk_mail: this.message.message_type?.includes("email"),
            o_helpdesk_automatic: direction === "auto",
            o_helpdesk_note: this.env.inWorkspace && this.message.isNote && this.message.message_type === "comment",
        };
    },
});

import { Message } from "@mail/core/common/message_model";
import { fields } from "@mail/core/common/record";
import { patch } from "@web/core/utils/patch";

/** What the server says of a message beside its words: how it came from outside, and how far it got. */
patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.helpdesk_outside = fields.Attr(undefined);
        this.helpdesk_delivery = fields.Attr(undefined);
    },

    /** A picture without words that is still to be fetched is no removed message. */
    computeIsEmpty() {
        return super.computeIsEmpty() && !this.helpdesk_outside?.media?.length;
    },
});

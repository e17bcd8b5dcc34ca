import { Message } from "@mail/core/common/message";
import { patch } from "@web/core/utils/patch";

/** A message from outside looks like what it is: a sticker has no frame, a reply to a comment stands below it. */
patch(Message.prototype, {
    get attClass() {
        const outside = this.message.helpdesk_outside;
        if (!outside) {
            return super.attClass;
        }
        return {
            ...super.attClass,
            [`o_helpdesk_kind_${outside.kind || "text"}`]: true,
            o_helpdesk_said_in_public: outside.is_public,
            o_helpdesk_said_below: outside.is_public && outside.is_reply,
            o_helpdesk_said_aside: outside.is_hidden || outside.is_deleted,
        };
    },
});

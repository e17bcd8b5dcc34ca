import { Chatter } from "@mail/chatter/web_portal/chatter";
import { patch } from "@web/core/utils/patch";

patch(Chatter.prototype, {
    /** Who only reads tickets may leave internal notes, and can't write to the customer. */
    get canAnswerCustomer() {
        const { thread } = this.state;
        return thread.model !== "helpdesk.ticket" || !this.props.threadId || thread.hasWriteAccess;
    },
});

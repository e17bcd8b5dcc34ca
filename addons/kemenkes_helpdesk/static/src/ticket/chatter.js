import { Chatter } from "@mail/chatter/web_portal/chatter";
import { patch } from "@web/core/utils/patch";

patch(Chatter.prototype, {
    get isTicket() {
        return this.state.thread.model === "helpdesk.ticket";
    },

    /** Who only reads tickets may leave internal notes, and can't write to the customer. */
    get canAnswerCustomer() {
        return !this.isTicket || !this.props.threadId || this.state.thread.hasWriteAccess;
    },

    /** An answer goes out on the customer's channel, whoever follows the ticket: "Siti Aminah · E-mail". */
    get answerTarget() {
        const { partner_name: name, channel_id: channel } = this.props.record?.data || {};
        return [name, channel?.display_name].filter(Boolean).join(" · ");
    },
});

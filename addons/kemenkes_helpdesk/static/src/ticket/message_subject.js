import { Message } from "@mail/core/common/message_model";
import { patch } from "@web/core/utils/patch";

const REPLY_MARKS = /^((re|fw|fwd|bls)\s*:\s*)+/i;
const REFERENCE_MARK = /\[[A-Z]+-\d{4}-\d+\]\s*/g;

function plainSubject(text) {
    return (text || "").replace(REFERENCE_MARK, "").replace(REPLY_MARKS, "").trim().toLowerCase();
}

patch(Message.prototype, {
    /** A ticket's name has its reference in front, and mail clients add "Re:"; neither makes it another subject. */
    get isSubjectSimilarToThreadName() {
        if (this.thread?.model !== "helpdesk.ticket") {
            return super.isSubjectSimilarToThreadName;
        }
        return plainSubject(this.subject) === plainSubject(this.thread.display_name);
    },
});

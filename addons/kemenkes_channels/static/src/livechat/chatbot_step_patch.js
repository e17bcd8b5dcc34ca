import { ChatbotStep } from "@im_livechat/core/common/chatbot_step_model";
import { createDocumentFragmentFromContent } from "@web/core/utils/html";
import { patch } from "@web/core/utils/patch";

// Steps of the helpdesk's chatbots that wait for words of the visitor.
const ASKING = ["question_name", "question_nik", "lookup_ticket"];

patch(ChatbotStep.prototype, {
    get expectAnswer() {
        return ASKING.includes(this.step_type) || super.expectAnswer;
    },

    get answer() {
        return ASKING.includes(this.step_type)
            ? createDocumentFragmentFromContent(this.rawAnswer).body.textContent
            : super.answer;
    },
});

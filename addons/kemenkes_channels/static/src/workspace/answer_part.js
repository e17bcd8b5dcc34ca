import { registry } from "@web/core/registry";
import { AnswerBar } from "../answer/answer_bar";

registry.category("helpdesk_workspace_composer").add("answer_bar", {
    Component: AnswerBar,
    isShown: (ticket) => Boolean(ticket.answer_limits?.kind),
});

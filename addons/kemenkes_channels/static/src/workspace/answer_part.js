import { WorkspaceComposer } from "@kemenkes_helpdesk/workspace/composer/workspace_composer";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { AnswerBar } from "../answer/answer_bar";

patch(WorkspaceComposer.prototype, {
    /** Where free words reach nobody, the composer says what does. */
    get placeholder() {
        const answer = this.helpdeskAnswer;
        return answer?.isClosed && answer.limits.templates.length
            ? _t("Choose a template: other words do not reach the customer now")
            : super.placeholder;
    },
});

registry.category("helpdesk_workspace_composer").add("answer_bar", {
    Component: AnswerBar,
    isShown: (ticket) => Boolean(ticket.answer_limits?.kind),
});

import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { useSurroundings } from "./surroundings";

/** How we answered this before: one click, and the words stand in the reply. */
export class AnswersPanel extends Component {
    static template = "kemenkes_helpdesk.AnswersPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.around = useSurroundings();
        this.state = useState({ opened: null });
        onWillUpdateProps(({ ticket }) => {
            if (ticket.id !== this.props.ticket.id) {
                this.state.opened = null;
            }
        });
    }

    get answers() {
        return this.around.value.answers;
    }

    get mayInsert() {
        return this.props.store.mayAnswer && !this.props.ticket.merged_into;
    }

    facts(answer) {
        const day = answer.solved && formatDateTime(deserializeDateTime(answer.solved), { format: "d MMM yyyy" });
        const times = answer.times > 1 && _t("%s times", answer.times);
        return [answer.reference, day, times].filter(Boolean).join(" · ");
    }

    toggle(answer) {
        this.state.opened = this.state.opened === answer.ticket_id ? null : answer.ticket_id;
    }

    /** Behind what the agent has written; nothing of it is lost. */
    insert(answer) {
        const { composer } = this.props.store.thread(this.props.ticket.id);
        const text = composer.composerText;
        composer.insertText(text.trim() ? `\n\n${answer.text}` : answer.text, text.length, { moveCursorToEnd: true });
        composer.autofocus++;
    }
}

registry.category("helpdesk_workspace_panels").add(
    "answers",
    {
        Component: AnswersPanel,
        label: _t("How we answered this before"),
        isShown: (ticket) => ticket.may_write && Boolean(ticket.product),
    },
    { sequence: 50 },
);

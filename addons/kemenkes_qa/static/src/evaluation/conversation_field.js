import { shortDateTime } from "@kemenkes_helpdesk/workspace/due";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const DIRECTIONS = {
    in: _t("Customer"),
    out: _t("Agent"),
    auto: _t("Automatic reply"),
    note: _t("Internal note"),
};

/** The conversation beside the scorecard, each message with the number by which answers refer to it. */
export class EvaluatedConversationField extends Component {
    static template = "kemenkes_qa.EvaluatedConversationField";
    static props = { ...standardFieldProps };

    setup() {
        this.conversation = useService("helpdesk_qa_conversation");
        this.state = useState({ messages: [] });
        onWillStart(() => {
            this.conversation.forget();
            return this.load(this.props);
        });
        onWillUpdateProps((next) => this.load(next));
    }

    async load(props) {
        const ticketId = props.record.data[props.name].id;
        this.state.messages = ticketId ? await this.conversation.load(ticketId) : [];
    }

    who(message) {
        return DIRECTIONS[message.direction];
    }

    time(value) {
        return shortDateTime(deserializeDateTime(value));
    }
}

registry.category("fields").add("helpdesk_evaluated_conversation", {
    component: EvaluatedConversationField,
    supportedTypes: ["many2one"],
});

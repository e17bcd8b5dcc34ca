import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Which message an answer is about, by its number in the conversation. */
export class PinnedMessageField extends Component {
    static template = "kemenkes_qa.PinnedMessageField";
    static props = { ...standardFieldProps };

    setup() {
        this.conversation = useService("helpdesk_qa_conversation");
        this.state = useState({ messages: [] });
        onWillStart(async () => {
            const ticket = this.env.model.root.data.ticket_id;
            this.state.messages = ticket ? await this.conversation.load(ticket.id) : [];
        });
    }

    get chosen() {
        const value = this.props.record.data[this.props.name];
        return this.state.messages.find((message) => message.id === value?.id);
    }

    choose(messageId) {
        const message = this.state.messages.find(({ id }) => id === Number(messageId));
        const value = message ? { id: message.id, display_name: `#${message.number}` } : false;
        return this.props.record.update({ [this.props.name]: value });
    }
}

registry.category("fields").add("helpdesk_pinned_message", {
    component: PinnedMessageField,
    supportedTypes: ["many2one"],
});

import { useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { TextField, textField } from "@web/views/fields/text/text_field";

/** A text with a counter that runs while one types; `limit_field` names the field with the longest length. */
export class CountedTextField extends TextField {
    static template = "kemenkes_channels.CountedTextField";
    static props = { ...TextField.props, limitField: { type: String, optional: true } };

    setup() {
        super.setup();
        this.typed = useState({ text: null });
    }

    onInput(ev) {
        this.typed.text = ev.target.value;
    }

    get limit() {
        return this.props.record.data[this.props.limitField] || 0;
    }

    get length() {
        const text = this.typed.text ?? this.props.record.data[this.props.name] ?? "";
        // the server counts characters, JavaScript the halves of an emoji
        return [...(text || "").trim()].length;
    }

    get left() {
        return this.limit - this.length;
    }
}

registry.category("fields").add("helpdesk_counted_text", {
    ...textField,
    component: CountedTextField,
    extractProps: (info, dynamicInfo) => ({
        ...textField.extractProps(info, dynamicInfo),
        limitField: info.options.limit_field,
    }),
});

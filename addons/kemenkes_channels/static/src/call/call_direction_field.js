import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = { in: "fa-arrow-down text-success", out: "fa-arrow-up text-info" };

/** Incoming or outgoing as an arrow, with its name for screen readers and on hover. */
export class CallDirectionField extends Component {
    static template = "kemenkes_channels.CallDirectionField";
    static props = { ...standardFieldProps };

    get icon() {
        return ICONS[this.props.record.data[this.props.name]] || "";
    }

    get label() {
        const { record, name } = this.props;
        return record.fields[name].selection.find(([key]) => key === record.data[name])?.[1] || "";
    }
}

registry.category("fields").add("helpdesk_call_direction", {
    component: CallDirectionField,
    supportedTypes: ["selection"],
});

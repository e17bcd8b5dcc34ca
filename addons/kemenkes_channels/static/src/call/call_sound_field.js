import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Whether there is a recording: a sign where there is one, nothing where there is none. */
export class CallSoundField extends Component {
    static template = "kemenkes_channels.CallSoundField";
    static props = { ...standardFieldProps };

    get has() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return _t("With a recording");
    }
}

registry.category("fields").add("helpdesk_call_sound", {
    component: CallSoundField,
    supportedTypes: ["boolean"],
});

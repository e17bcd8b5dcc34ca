import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STARS = [1, 2, 3, 4, 5];

/** A number from one to five as stars, said as a number to screen readers. */
export class StarsField extends Component {
    static template = "kemenkes_channels.StarsField";
    static props = { ...standardFieldProps };

    get stars() {
        const count = this.props.record.data[this.props.name];
        return STARS.map((number) => ({ number, full: number <= count }));
    }

    get label() {
        return _t("%s of 5 stars", this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("helpdesk_stars", {
    component: StarsField,
    supportedTypes: ["integer"],
});

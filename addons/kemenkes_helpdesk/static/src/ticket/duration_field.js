import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * @param {number|false} seconds
 * @returns {string} the two largest units, such as "2 d 4 h" or "12 min"
 */
export function formatSeconds(seconds) {
    if (!seconds) {
        return "";
    }
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    if (days) {
        return _t("%(days)s d %(hours)s h", { days, hours });
    }
    if (hours) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes });
    }
    if (minutes) {
        return _t("%s min", minutes);
    }
    return _t("%s s", Math.round(seconds));
}

/** Seconds in words people use. */
export class DurationField extends Component {
    static template = "kemenkes_helpdesk.DurationField";
    static props = { ...standardFieldProps };

    get text() {
        return formatSeconds(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("helpdesk_duration", {
    component: DurationField,
    supportedTypes: ["integer", "float"],
});
registry.category("formatters").add("helpdesk_duration", formatSeconds);

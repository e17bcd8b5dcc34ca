import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { shortDateTime } from "../workspace/due";

const { DateTime } = luxon;
const REFRESH_MILLISECONDS = 30000;
const SOON_MILLISECONDS = 3600000;

/**
 * "3 hours ago" or "in 20 minutes", going on by itself; in lists the short form, "3 hr. ago". A deadline says by its
 * weight and icon that it is near.
 */
export class RelativeTimeField extends Component {
    static template = "kemenkes_helpdesk.RelativeTimeField";
    static props = {
        ...standardFieldProps,
        deadline: { type: Boolean, optional: true },
        short: { type: Boolean, optional: true },
    };

    setup() {
        this.clock = useState({ now: DateTime.now() });
        const timer = browser.setInterval(() => (this.clock.now = DateTime.now()), REFRESH_MILLISECONDS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        const style = this.props.short ? "short" : "long";
        return this.value ? this.value.toRelative({ base: this.clock.now, style }) : "";
    }

    get exact() {
        return shortDateTime(this.value);
    }

    get remaining() {
        return this.value - this.clock.now;
    }

    get isLate() {
        return this.props.deadline && this.value && this.remaining < 0;
    }

    get isSoon() {
        return this.props.deadline && this.value && !this.isLate && this.remaining < SOON_MILLISECONDS;
    }
}

registry.category("fields").add("helpdesk_relative_time", {
    component: RelativeTimeField,
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({ deadline: Boolean(options.deadline), short: Boolean(options.short) }),
});

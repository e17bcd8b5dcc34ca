import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "04:09", "1:04" or "2 d 03:15" until something is due, with a minus sign after it, counting down by itself: the server is not
 * asked. What is no longer waited for is shown as a date.
 */
export class DueField extends Component {
    static template = "kemenkes_sla.DueField";
    static props = { ...standardFieldProps, running: { type: String, optional: true } };

    setup() {
        this.clock = useState({ now: DateTime.now() });
        this.timer = browser.setInterval(() => this.tick(), SECOND);
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    /** Seconds are shown in the last hour only; before, a minute is soon enough. */
    tick() {
        const now = DateTime.now();
        if (this.isRunning && (Math.abs(this.value - now) < HOUR || now - this.clock.now >= MINUTE)) {
            this.clock.now = now;
        }
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isRunning() {
        const { running, record } = this.props;
        return Boolean(this.value) && (!running || record.data[running]);
    }

    get left() {
        return this.value - this.clock.now;
    }

    get exact() {
        return this.value ? formatDateTime(this.value) : "";
    }

    get text() {
        if (!this.value) {
            return "";
        }
        if (!this.isRunning) {
            return toLocaleDateTimeString(this.value, { showSeconds: false });
        }
        const sign = this.left < 0 ? "−" : "";
        return sign + this.format(Math.abs(this.left));
    }

    format(left) {
        const two = (number) => String(Math.floor(number)).padStart(2, "0");
        const hours = Math.floor((left % DAY) / HOUR);
        const minutes = (left % HOUR) / MINUTE;
        if (left >= DAY) {
            return _t("%(days)s d %(time)s", {
                days: Math.floor(left / DAY),
                time: `${two(hours)}:${two(minutes)}`,
            });
        }
        if (left >= HOUR) {
            return `${hours}:${two(minutes)}`;
        }
        return `${two(minutes)}:${two((left % MINUTE) / SECOND)}`;
    }

    get isLate() {
        return this.isRunning && this.left < 0;
    }

    get isSoon() {
        return this.isRunning && !this.isLate && this.left < HOUR;
    }
}

registry.category("fields").add("helpdesk_due", {
    component: DueField,
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({ running: options.running }),
});

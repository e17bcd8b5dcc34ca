import { Component, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dialog } from "@web/core/dialog/dialog";
import { dateTimeFormat, shortDateTime } from "../due";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;
const MORNING = { hour: 8, minute: 0, second: 0, millisecond: 0 };

/** When an answer goes out that is not to go out at once. */
export class ScheduleDialog extends Component {
    static template = "kemenkes_helpdesk.ScheduleDialog";
    static components = { DateTimeInput, Dialog };
    static props = { choose: Function, close: Function };

    setup() {
        const now = DateTime.now().startOf("minute");
        this.state = useState({ date: now.plus({ hours: 1 }) });
        const monday = now.plus({ days: 8 - now.weekday }).set(MORNING);
        this.proposals = [
            { label: _t("In one hour"), date: now.plus({ hours: 1 }) },
            { label: _t("In three hours"), date: now.plus({ hours: 3 }) },
            { label: _t("Tomorrow morning"), date: now.plus({ days: 1 }).set(MORNING) },
            { label: _t("Monday morning"), date: monday },
        ];
    }

    shown(date) {
        return shortDateTime(date);
    }

    get format() {
        return dateTimeFormat();
    }

    get isOver() {
        return !this.state.date || this.state.date <= DateTime.now();
    }

    choose(date) {
        this.props.choose(date);
        this.props.close();
    }
}

import { Component, onWillStart, useState } from "@odoo/owl";

import { formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;

/** Tells an account above all screens that its agreement ends soon, or why it sees no tickets. */
export class NdaNotice extends Component {
    static props = [];
    static template = "kemenkes_workforce.NdaNotice";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ notice: {}, hidden: false });
        onWillStart(async () => {
            if (await user.hasGroup("kemenkes_helpdesk.group_user")) {
                this.state.notice = await this.orm.silent.call("res.users", "get_nda_notice", []);
            }
        });
    }

    get isShutOut() {
        return this.state.notice.state !== "ending";
    }

    get isShown() {
        return Boolean(this.state.notice.state) && !this.state.hidden;
    }

    get lastDay() {
        const day = this.state.notice.valid_to;
        return day ? formatDate(DateTime.fromISO(day)) : "";
    }

    open() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.nda",
            res_id: this.state.notice.nda_id,
            views: [[false, "form"]],
        });
    }
}

// Beside the items of the top bar, since it belongs to every screen; where it stands is said in the style sheet.
registry.category("systray").add("kemenkes_workforce.nda_notice", { Component: NdaNotice }, { sequence: 1 });

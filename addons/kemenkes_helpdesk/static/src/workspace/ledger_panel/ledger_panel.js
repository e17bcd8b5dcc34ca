import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { panelRegistry } from "../workspace_registries";

const MOST_ROWS = 80;

/** What the ledger tells of the ticket, read when somebody wants to see it. */
export class LedgerPanel extends Component {
    static template = "kemenkes_helpdesk.LedgerPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ rows: null });
        onWillUpdateProps((next) => {
            if (next.ticket.id !== this.props.ticket.id) {
                this.state.rows = null;
            }
        });
    }

    async load() {
        this.state.rows = await this.orm.searchRead(
            "helpdesk.event",
            [["ticket_id", "=", this.props.ticket.id]],
            ["date", "user_id", "description"],
            { limit: MOST_ROWS, order: "date desc, id desc" },
        );
    }

    shownDate({ date }) {
        return formatDateTime(deserializeDateTime(date), { showSeconds: false });
    }
}

panelRegistry.add(
    "ledger",
    { Component: LedgerPanel, label: _t("Ledger"), isShown: (ticket) => ticket.may_read_ledger },
    { sequence: 90 },
);

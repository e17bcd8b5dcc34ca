import { Component, markRaw, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { shortDateTime } from "../due";
import { panelRegistry } from "../workspace_registries";

const MOST_ROWS = 80;

/** What the ledger tells of the ticket, read when somebody wants to see it: here, and between the messages. */
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
        const ticketId = this.props.ticket.id;
        const rows = await this.orm.searchRead(
            "helpdesk.event",
            [["ticket_id", "=", ticketId]],
            ["date", "kind", "user_id", "description"],
            { limit: MOST_ROWS, order: "date desc, id desc" },
        );
        // the agent may have gone on to another ticket meanwhile
        if (this.props.ticket.id === ticketId) {
            this.state.rows = rows;
            this.props.store.ledger = markRaw({ ticketId, rows });
        }
    }

    shownDate({ date }) {
        return shortDateTime(deserializeDateTime(date));
    }
}

panelRegistry.add(
    "ledger",
    { Component: LedgerPanel, label: _t("Ledger"), isShown: (ticket) => ticket.may_read_ledger },
    { sequence: 90 },
);

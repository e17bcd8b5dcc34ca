from odoo import api, fields, models
from odoo.tools import SQL

CHANGED = "helpdesk.workspace/tickets"
SUBCHANNEL = "workspace"
# What changes a row of a queue, and of these what was said.
SAID_KINDS = {"message_in", "message_out", "message_auto", "note"}
TOLD_KINDS = SAID_KINDS | {
    "created", "assigned", "unassigned", "accepted", "rejected", "team_changed", "stage_changed", "priority_changed",
    "category_changed", "product_changed", "merged", "unmerged", "sla_recalculated", "handed_over",
}  # fmt: skip
# Beyond this the workspaces read their queues anew, once, instead of being told of each ticket.
MOST_TOLD = 100
PENDING = "helpdesk.workspace"
COLUMNS = (
    "id", "team_id", "user_id", "stage_kind", "priority", "next_due_date", "waiting_since",
    "last_customer_message_date", "last_agent_message_date",
)  # fmt: skip


class HelpdeskWorkspace(models.AbstractModel):
    """Reader of the ledger that tells the workspaces: one message for each transaction and team, with the change in it.

    It is made when the transaction is about to be committed, from what the tickets have become by then. It holds ids,
    kinds and times; words are read by those who may, with their own rights.
    """

    _inherit = "helpdesk.workspace"

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: notes which tickets the workspaces are to be told of.

        :param list events: rows of the ledger as dicts
        """
        rows = [event for event in events if event["ticket_id"] and event["kind"] in TOLD_KINDS]
        if not rows:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {"tickets": set(), "said": set(), "teams": set(), "users": set()}
            precommit.add(self.sudo()._tell_pending)
        pending = precommit.data[PENDING]
        for row in rows:
            pending["tickets"].add(row["ticket_id"])
            if row["kind"] in SAID_KINDS:
                pending["said"].add(row["ticket_id"])
            # where it is now, and where it was
            pending["teams"].update(self._places(row, row["team_id"], ("team_changed",)))
            pending["users"].update(self._places(row, row["agent_id"], ("assigned", "unassigned")))

    @staticmethod
    def _places(row, place_id, kinds):
        former_id = (row["data"] or {}).get("old") if row["kind"] in kinds else None
        return {place_id, former_id} - {None}

    @api.model
    def _tell_pending(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        payload = self._prepare_change(pending["tickets"])
        teams = self.env["helpdesk.team"].browse(pending["teams"])
        bus = self.env["bus.bus"]
        for team in teams:
            bus._sendone((team, SUBCHANNEL), CHANGED, payload)
        for user in self.env["res.users"].browse(pending["users"]):
            # members of the teams have heard it already
            if not user.helpdesk_team_ids & teams:
                user._bus_send(CHANGED, payload)
        if len(pending["said"]) <= MOST_TOLD:
            self.env["helpdesk.ticket"].browse(pending["said"])._tell_watchers()

    @api.model
    def _prepare_change(self, ticket_ids):
        if len(ticket_ids) > MOST_TOLD:
            return {"many": True}
        self.env["helpdesk.ticket"].browse(ticket_ids).flush_recordset(COLUMNS[1:])
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM helpdesk_ticket WHERE id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                list(ticket_ids),
            )
        )
        return {"rows": [{name: self._plain(value) for name, value in row.items()} for row in rows]}

    @staticmethod
    def _plain(value):
        return fields.Datetime.to_string(value) if hasattr(value, "isoformat") else value

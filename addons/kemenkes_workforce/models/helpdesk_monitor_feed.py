from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS

from .helpdesk_monitor import TICKET_COLUMNS

# What changes a ticket on the screens.
TOLD_KINDS = {
    "created", "message_in", "message_out", "assigned", "unassigned", "accepted", "rejected", "team_changed",
    "stage_changed", "priority_changed", "merged", "unmerged", "sla_recalculated",
}  # fmt: skip
# Beyond this a screen reads anew, once, instead of being told of each.
MOST_TOLD = 300
PENDING = "helpdesk.monitor"


class HelpdeskMonitor(models.AbstractModel):
    """Reader of the ledger that tells the screens: one message for each transaction and site, with the change in it.

    It is made when the transaction is about to be committed, from what the tickets have become by then.
    """

    _inherit = "helpdesk.monitor"

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: notes which tickets the screens are to be told of.

        :param list events: rows of the ledger as dicts
        """
        rows = [event for event in events if event["ticket_id"] and event["kind"] in TOLD_KINDS]
        if not rows:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {"tickets": set(), "teams": set(), "users": set()}
            precommit.add(self.sudo()._tell_pending)
        pending = precommit.data[PENDING]
        for row in rows:
            pending["tickets"].add(row["ticket_id"])
            # where it is now, and where it was
            self._note_place(pending, "teams", "team_changed", row, row["team_id"])
            self._note_place(pending, "users", "assigned", row, row["agent_id"])

    @staticmethod
    def _note_place(pending, places, kind, row, place_id):
        pending[places].add(place_id)
        if row["kind"] == kind or (row["kind"], kind) == ("unassigned", "assigned"):
            pending[places].add((row["data"] or {}).get("old"))

    def _tell_pending(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        payload = self._prepare_payload(pending["tickets"])
        for site in self._concerned_sites(pending):
            site._tell_floor("helpdesk.floor/tickets", payload)

    def _prepare_payload(self, ticket_ids):
        if len(ticket_ids) > MOST_TOLD:
            return {"many": True}
        rows = self._select_tickets([("id", "in", list(ticket_ids)), ("active", "in", [True, False])])
        kind = TICKET_COLUMNS.index("stage_kind")
        return {
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "rows": [row for row in rows if row[kind] not in DONE_KINDS],
            # with all columns too: the service level counts a first answer that solved the ticket at once
            "done": [row for row in rows if row[kind] in DONE_KINDS],
        }

    def _concerned_sites(self, pending):
        teams = self.env["helpdesk.team"].browse(team_id for team_id in pending["teams"] if team_id)
        users = self.env["res.users"].browse(user_id for user_id in pending["users"] if user_id)
        return teams.site_id | users._work_session().site_id

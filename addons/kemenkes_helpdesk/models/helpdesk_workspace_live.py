from odoo import api, fields, models

from .helpdesk_ticket_live import SAID

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


class HelpdeskWorkspace(models.AbstractModel):
    """Reader of the ledger that tells the workspaces: one message for each transaction and team, with the change in it.

    It is made when the transaction is about to be committed and holds ids, kinds and times; the rest is read by those
    who may, with their own rights. A message that was said is told to those who have its ticket open.
    """

    _inherit = "helpdesk.workspace"

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: notes what the workspaces are to be told. It asks the database nothing.

        :param list events: rows of the ledger as dicts
        """
        rows = [event for event in events if event["ticket_id"] and event["kind"] in TOLD_KINDS]
        if not rows:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {"tickets": {}, "said": set(), "teams": set(), "users": set()}
            precommit.add(self.sudo()._tell_pending)
        pending = precommit.data[PENDING]
        for row in rows:
            # the last row tells how the ticket is in the end
            former = pending["tickets"].get(row["ticket_id"])
            pending["tickets"][row["ticket_id"]] = self._prepare_change(row, former)
            if row["kind"] in SAID_KINDS:
                pending["said"].add(row["ticket_id"])
            # where it is now, and where it was
            pending["teams"].update(self._places(row, row["team_id"], ("team_changed",)))
            pending["users"].update(self._places(row, row["agent_id"], ("assigned", "unassigned")))

    @api.model
    def _prepare_change(self, row, former=None):
        """What is told of a row of the ledger.

        :param dict former: what was to be told of the same ticket before
        :return: dict; with ``customer_wrote`` (a UTC text) when the customer wrote in this transaction
        """
        change = {
            "id": row["ticket_id"],
            "team_id": row["team_id"],
            "user_id": row["agent_id"],
            "stage_kind": row["stage_kind"],
        }
        if row["kind"] == "message_in":
            return {**change, "customer_wrote": fields.Datetime.to_string(row["date"])}
        if former and "customer_wrote" in former:
            return {**change, "customer_wrote": former["customer_wrote"]}
        return change

    @staticmethod
    def _places(row, place_id, kinds):
        former_id = (row["data"] or {}).get("old") if row["kind"] in kinds else None
        return {place_id, former_id} - {None, False}

    @api.model
    def _tell_pending(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        tickets = list(pending["tickets"].values())
        payload = {"rows": tickets} if len(tickets) <= MOST_TOLD else {"many": True}
        places = [
            *self.env["helpdesk.team"].browse(sorted(pending["teams"])),
            *self.env["res.users"].browse(sorted(pending["users"])),
        ]
        for place in places:
            self.env["bus.bus"]._sendone((place, SUBCHANNEL), CHANGED, payload)
        if len(pending["said"]) <= MOST_TOLD:
            for ticket in self.env["helpdesk.ticket"].browse(sorted(pending["said"])):
                ticket._bus_send(SAID, {"ticket_id": ticket.id, "anew": False})

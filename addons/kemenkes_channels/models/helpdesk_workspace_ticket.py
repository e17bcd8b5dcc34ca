from odoo import api, fields, models

from .helpdesk_call import LIVE_STATES

LATEST_CALLS = 5


class HelpdeskWorkspace(models.AbstractModel):
    """Calls and bots of a ticket in the workspace."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        calls = self.env["helpdesk.call"].search([("ticket_id", "in", tickets.ids)]).grouped("ticket_id")
        for ticket in tickets:
            of_ticket = calls.get(ticket, self.env["helpdesk.call"])
            prepared[ticket.id].update(
                can_dial=ticket.can_dial,
                call_count=len(of_ticket),
                calls=[self._prepare_call(call) for call in of_ticket.sorted("id", reverse=True)[:LATEST_CALLS]],
                can_give_to_bot=ticket._may_give_to_bot(),
                can_pass=ticket.can_pass_conversation and ticket.has_access("write"),
            )
        return prepared

    @api.model
    def _prepare_call(self, call):
        return {
            "id": call.id,
            "label": call._label(),
            "is_live": call.state in LIVE_STATES,
            "date": fields.Datetime.to_string(call.start_date) or False,
            "talk_seconds": call.talk_seconds,
            "agent": call.user_id.name or "",
            "note": call._shown("note") or "",
        }

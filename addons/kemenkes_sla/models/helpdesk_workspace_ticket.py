from odoo import api, fields, models

from ..tools.facts import CANCELLED


class HelpdeskWorkspace(models.AbstractModel):
    """The clocks of a ticket in the workspace; the browser counts them down by itself."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        clocks = self.env["helpdesk.sla.status"].search_fetch(
            [("ticket_id", "in", tickets.ids), ("state", "!=", CANCELLED)],
            ["ticket_id", "sla_id", "target", "number", "state", "deadline", "reached_date", "end_date"],
        )
        by_ticket = clocks.grouped("ticket_id")
        for ticket in tickets:
            of_ticket = by_ticket.get(ticket, clocks.browse())
            prepared[ticket.id]["clocks"] = [self._prepare_clock(one) for one in of_ticket]
        return prepared

    @api.model
    def _prepare_clock(self, clock):
        return {
            "id": clock.id,
            "label": clock._fields["target"].convert_to_export(clock.target, clock),
            "number": clock.number,
            "policy": clock.sla_id.name,
            "state": clock.state,
            "deadline": fields.Datetime.to_string(clock.deadline) or False,
            "ended": fields.Datetime.to_string(clock.reached_date or clock.end_date) or False,
        }

from odoo import api, models


class HelpdeskWorkspace(models.AbstractModel):
    """What an answer on the ticket's channel may be comes with the ticket, so that opening it asks once."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        for ticket in tickets:
            prepared[ticket.id]["answer_limits"] = ticket.get_answer_limits()
        return prepared

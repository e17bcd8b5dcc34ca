from odoo import api, models


class HelpdeskWorkspace(models.AbstractModel):
    """What is still missing before a ticket may be solved comes with it, so that the agent is asked at once."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        for ticket in tickets:
            prepared[ticket.id]["wrap_up"] = ticket._missing_for_wrap_up()
        return prepared

from odoo import api, models


class HelpdeskWorkspace(models.AbstractModel):
    """What stands for placeholders on a ticket, so that agents read an answer as the customer will."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        for ticket in tickets:
            prepared[ticket.id]["placeholders"] = {
                **ticket._placeholder_values(),
                "customer": ticket._shown("partner_name") or self.env._("Sir or Madam"),
                "subject": ticket._shown("name") or "",
                # signed links are the customer's
                "status_link": self.env._("(link to the status of the ticket)"),
            }
        return prepared

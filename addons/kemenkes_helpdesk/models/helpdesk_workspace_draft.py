from odoo import api, models

LONGEST_DRAFT = 20000


class HelpdeskWorkspace(models.AbstractModel):
    """Drafts: what an agent types is kept, on the agent's computer at once and here a moment later."""

    _inherit = "helpdesk.workspace"

    @api.model
    def save_draft(self, ticket_id, text):
        """Keep what the account has begun to write on a ticket.

        :param str text: plain; empty when there is nothing any more
        """
        ticket = self._ticket(ticket_id)
        self.env["helpdesk.draft"]._keep(ticket, (text or "")[:LONGEST_DRAFT])

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        drafts = self.env["helpdesk.draft"].search([("user_id", "=", self.env.uid), ("ticket_id", "in", tickets.ids)])
        for values in prepared.values():
            values["draft"] = ""
        for draft in drafts:
            prepared[draft.ticket_id.id]["draft"] = draft.text
        return prepared

from odoo import api, models


class HelpdeskWorkspace(models.AbstractModel):
    """Macros in the workspace: chosen with "/", their answer read before it goes out."""

    _inherit = "helpdesk.workspace"

    @api.model
    def preview_macro(self, ticket_id, macro_id):
        """What a macro would say on a ticket.

        :return: ``{"name", "description", "reply": html, "note": html}`` with the ticket's values in place
        """
        ticket = self._ticket(ticket_id)
        macro = self.env["helpdesk.macro"].browse(int(macro_id))
        return {
            "name": macro.name,
            "description": macro.description or "",
            "reply": ticket._render_placeholders(macro.reply or ""),
            "note": ticket._render_placeholders(macro.note or ""),
        }

    @api.model
    def run_macro(self, ticket_id, macro_id):
        """Run a macro on one ticket.

        :return: as :meth:`get_ticket`
        """
        ticket = self._ticket(ticket_id)
        self.env["helpdesk.macro"].browse(int(macro_id)).run(ticket)
        return self._prepare_answer(ticket)

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        macros = self.env["helpdesk.macro"]
        if macros.has_access("read"):
            macros = macros.search([])
        for ticket in tickets:
            prepared[ticket.id]["macros"] = [
                {"id": macro.id, "name": macro.name, "description": macro.description or ""}
                for macro in macros._for_ticket(ticket)
            ]
        return prepared

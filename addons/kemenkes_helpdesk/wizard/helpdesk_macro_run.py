from odoo import api, fields, models


class HelpdeskMacroRun(models.TransientModel):
    """Choose a macro for tickets, read its answer as the customer will, run it."""

    _name = "helpdesk.macro.run"
    _description = "Run a Macro"

    ticket_ids = fields.Many2many("helpdesk.ticket", required=True)
    available_macro_ids = fields.Many2many("helpdesk.macro", compute="_compute_available_macro_ids")
    macro_id = fields.Many2one("helpdesk.macro", required=True, domain="[('id', 'in', available_macro_ids)]")
    preview = fields.Html(compute="_compute_preview")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            values["ticket_ids"] = [fields.Command.set(self.env.context.get("active_ids", []))]
        return values

    @api.depends("ticket_ids")
    def _compute_available_macro_ids(self):
        macros = self.env["helpdesk.macro"].search([])
        for run in self:
            available = macros
            for ticket in run.ticket_ids:
                available = available._for_ticket(ticket)
            run.available_macro_ids = available

    @api.depends("macro_id", "ticket_ids")
    def _compute_preview(self):
        for run in self:
            run.preview = run.ticket_ids[:1]._render_placeholders(run.macro_id.reply or "")

    def action_run(self):
        self.macro_id.run(self.ticket_ids)
        return {"type": "ir.actions.act_window_close"}

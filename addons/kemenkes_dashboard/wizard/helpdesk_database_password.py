from odoo import fields, models


class HelpdeskDatabasePassword(models.TransientModel):
    """Shows a password once: nothing of it is stored, the browser has it from the action's context."""

    _name = "helpdesk.database.password"
    _description = "Password of a Log-in to the Database"

    login_id = fields.Many2one("helpdesk.database.login", readonly=True, ondelete="cascade")
    password = fields.Char(store=False, readonly=True)
    role_name = fields.Char(related="login_id.role_name")
    connection = fields.Char(compute="_compute_connection")

    def _compute_connection(self):
        for shown in self:
            shown.connection = shown.login_id._connection() if shown.login_id else ""

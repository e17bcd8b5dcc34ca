from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    helpdesk_has_mail_server = fields.Boolean(compute="_compute_helpdesk_has_mail_server")

    def _compute_helpdesk_has_mail_server(self):
        self.helpdesk_has_mail_server = self.env["ir.mail_server"]._has_way_out()

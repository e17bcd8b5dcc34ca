from odoo import api, models


class MailCannedResponse(models.Model):
    _inherit = "mail.canned.response"

    @api.constrains("substitution")
    def _check_substitution(self):
        tickets = self.env["helpdesk.ticket"]
        for response in self:
            tickets._check_placeholders(response.substitution)

from odoo import models

from ..personal_fields import HandleChar, PersonalName


class MailFollowers(models.Model):
    _name = "mail.followers"
    _inherit = ["mail.followers", "helpdesk.guard.mixin", "helpdesk.personal.mixin"]

    name = PersonalName()
    email = HandleChar()

    def _holds_customer_data(self):
        return self.sudo().partner_id._holds_customer_data()

    def _is_revealed(self):
        return self.sudo().partner_id._is_revealed()

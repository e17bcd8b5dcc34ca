from odoo import api, models

from ..personal_fields import PersonalChar, PersonalHtml, PersonalText
from .helpdesk_personal_mixin import CUSTOMER_MODELS


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "helpdesk.guard.mixin", "helpdesk.personal.mixin"]

    res_name = PersonalChar()
    summary = PersonalChar()
    note = PersonalHtml()
    feedback = PersonalText()

    def _holds_customer_data(self):
        return self.sudo().res_model in CUSTOMER_MODELS

    @api.depends_context("uid")
    def _compute_display_name(self):
        super()._compute_display_name()
        field = self._fields["summary"]
        for activity in self.filtered(field._is_hidden):
            activity.display_name = field.mask(activity.display_name)

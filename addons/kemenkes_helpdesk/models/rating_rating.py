from odoo import models

from ..personal_fields import PersonalChar, PersonalText
from .helpdesk_personal_mixin import CUSTOMER_MODELS


class RatingRating(models.Model):
    _name = "rating.rating"
    _inherit = ["rating.rating", "helpdesk.guard.mixin", "helpdesk.personal.mixin"]

    res_name = PersonalChar()
    feedback = PersonalText()
    publisher_comment = PersonalText()

    def _holds_customer_data(self):
        return self.sudo().res_model in CUSTOMER_MODELS

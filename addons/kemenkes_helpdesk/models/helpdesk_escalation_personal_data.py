from odoo import models

from ..personal_fields import PersonalText


class HelpdeskEscalation(models.Model):
    _name = "helpdesk.escalation"
    _inherit = ["helpdesk.escalation", "helpdesk.personal.mixin"]

    reason = PersonalText()
    return_reason = PersonalText()

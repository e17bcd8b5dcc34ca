from odoo import models

from ..personal_fields import PersonalChar, PersonalText


class HelpdeskEscalation(models.Model):
    _name = "helpdesk.escalation"
    _inherit = ["helpdesk.escalation", "helpdesk.personal.mixin"]

    ticket_name = PersonalChar()
    reason = PersonalText()
    return_reason = PersonalText()

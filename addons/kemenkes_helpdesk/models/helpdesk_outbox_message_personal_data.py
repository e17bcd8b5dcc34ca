from odoo import models

from ..personal_fields import HandleChar, PersonalText


class HelpdeskOutboxMessage(models.Model):
    _name = "helpdesk.outbox.message"
    _inherit = ["helpdesk.outbox.message", "helpdesk.personal.mixin"]

    recipient = HandleChar()
    error = PersonalText()

    def _is_revealed(self):
        return self.ticket_id._is_revealed()

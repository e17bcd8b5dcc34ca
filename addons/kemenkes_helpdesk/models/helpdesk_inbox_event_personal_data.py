from odoo import models

from ..personal_fields import HandleChar, PersonalChar, PersonalText


class HelpdeskInboxEvent(models.Model):
    _name = "helpdesk.inbox.event"
    _inherit = ["helpdesk.inbox.event", "helpdesk.personal.mixin"]

    sender = HandleChar()
    summary = PersonalChar()
    error = PersonalText()
    form_text = PersonalText()

    def _is_revealed(self):
        return bool(self.ticket_id) and self.ticket_id._is_revealed()

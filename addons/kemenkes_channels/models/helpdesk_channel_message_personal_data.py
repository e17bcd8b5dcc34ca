from odoo import models

from odoo.addons.kemenkes_helpdesk.personal_fields import HandleChar


class HelpdeskChannelMessage(models.Model):
    """A customer's number or id at a service is masked like their other addresses."""

    _name = "helpdesk.channel.message"
    _inherit = ["helpdesk.channel.message", "helpdesk.personal.mixin"]

    recipient = HandleChar()
    conversation = HandleChar()

    def _is_revealed(self):
        return self.ticket_id._is_revealed()

from odoo import api, models


class HelpdeskEvent(models.Model):
    """The ledger, as it wakes those who tell other systems of it, and moves agents in live chats."""

    _inherit = "helpdesk.event"

    @api.model
    def _readers(self):
        readers = super()._readers()
        # empty while a past is taken over: it is told to nobody, and nobody chats
        return [*readers, "helpdesk.webhook", "discuss.channel"] if readers else readers

from odoo import api, models


class HelpdeskEvent(models.Model):
    """The ledger, as it wakes those who tell other systems of it."""

    _inherit = "helpdesk.event"

    @api.model
    def _readers(self):
        readers = super()._readers()
        # empty while a past is taken over: it is told to nobody
        return [*readers, "helpdesk.webhook"] if readers else readers

from odoo import api, models


class HelpdeskEvent(models.AbstractModel):
    _name = "helpdesk.event"
    _description = "Ledger Event"

    @api.model
    def _record(self, rows):
        """Placeholder until the ledger lands."""
        return rows

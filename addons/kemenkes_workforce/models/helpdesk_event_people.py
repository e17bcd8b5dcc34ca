from odoo import fields, models


class HelpdeskEvent(models.Model):
    """What happens to people's accounts, in the ledger."""

    _inherit = "helpdesk.event"

    kind = fields.Selection(
        selection_add=[
            ("nda_changed", "Confidentiality agreement"),
            ("replacement", "Replacement of an agent"),
        ]
    )

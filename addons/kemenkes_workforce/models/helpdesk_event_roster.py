from odoo import fields, models


class HelpdeskEvent(models.Model):
    _inherit = "helpdesk.event"

    # rows of the ledger stay when the addon goes
    kind = fields.Selection(
        selection_add=[
            ("roster_published", "Roster published"),
            ("roster_change", "Roster change"),
        ],
        ondelete={
            "roster_published": lambda _rows: None,
            "roster_change": lambda _rows: None,
        },
    )

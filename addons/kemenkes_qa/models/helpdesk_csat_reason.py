from odoo import fields, models


class HelpdeskCsatReason(models.Model):
    """What customers may tick beside their stars."""

    _name = "helpdesk.csat.reason"
    _description = "Reason of a Rating"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    shown_for = fields.Selection(
        [("all", "Any rating"), ("low", "1 to 3 stars"), ("high", "4 and 5 stars")],
        "Shown for",
        required=True,
        default="all",
    )

from odoo import fields, models


class HelpdeskTicket(models.Model):
    """What the sender of a web form agreed to (UU 27/2022, article 24)."""

    _inherit = "helpdesk.ticket"

    consent_id = fields.Many2one(
        "helpdesk.consent.text",
        "Agreed to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

from odoo import models


class ResPartner(models.Model):
    """Callers are looked up by their number, while their telephone rings."""

    _inherit = "res.partner"

    _phone_sanitized_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

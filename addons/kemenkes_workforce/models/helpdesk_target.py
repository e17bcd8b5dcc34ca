from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import Figure

from .helpdesk_offer import REFUSED, WITHDRAWN


class HelpdeskTarget(models.Model):
    """The reject rate among the figures that shall be reached (R25.c.2)."""

    _inherit = "helpdesk.target"

    metric = fields.Selection(selection_add=[("reject_rate", "Reject rate")], ondelete={"reject_rate": "cascade"})

    def _figures(self):
        figure = Figure("percent", action="kemenkes_workforce.helpdesk_offer_action", date_field="answer_date")
        return {**super()._figures(), "reject_rate": figure}

    def _measure_reject_rate(self, start, end):
        """Offers rejected or missed, of all that got an answer or should have."""
        domain = self._scope() & Domain("answer_date", ">=", start) & Domain("answer_date", "<", end)
        domain &= Domain("state", "not in", ("open", WITHDRAWN))
        offers = self.env["helpdesk.offer"]
        count = offers.search_count(domain)
        refused = offers.search_count(domain & Domain("state", "in", REFUSED))
        return (100 * refused / count if count else None), count

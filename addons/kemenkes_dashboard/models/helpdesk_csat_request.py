from odoo import models


class HelpdeskCsatRequest(models.Model):
    """A survey sent is counted with the day's figures, as its answer is."""

    _inherit = "helpdesk.csat.request"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("sent_date", "answer_date", "score")):
            self.env["helpdesk.kpi.stale"]._mark(self.ticket_id)
        return result

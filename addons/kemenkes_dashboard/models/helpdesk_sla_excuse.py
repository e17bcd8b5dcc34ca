from odoo import models


class HelpdeskSlaExcuse(models.Model):
    """A breach that is excused counts no longer."""

    _inherit = "helpdesk.sla.excuse"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["helpdesk.kpi.stale"]._mark(self.ticket_id)
        return result

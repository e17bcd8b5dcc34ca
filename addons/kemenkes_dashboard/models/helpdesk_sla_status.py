from odoo import models


class HelpdeskSlaStatus(models.Model):
    """A breach is found by the sweep, and nothing has happened to its ticket."""

    _inherit = "helpdesk.sla.status"

    def _work_off(self):
        super()._work_off()
        self.env["helpdesk.kpi.stale"]._mark(self.ticket_id)

from odoo import models


class HelpdeskSlaVersion(models.Model):
    """A policy was applied to tickets of the past."""

    _inherit = "helpdesk.sla.version"

    def _refresh(self, tickets):
        result = super()._refresh(tickets)
        self.env["helpdesk.kpi.stale"]._mark(tickets)
        return result

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import Figure


class HelpdeskTarget(models.Model):
    """The share of promises kept as a figure with a target (R14)."""

    _inherit = "helpdesk.target"

    metric = fields.Selection(
        selection_add=[("sla_attainment", "SLA attainment"), ("backlog_age",)],
        ondelete={"sla_attainment": "cascade"},
    )

    def _figures(self):
        attainment = Figure(
            "percent",
            higher_is_better=True,
            action="kemenkes_sla.helpdesk_sla_attainment_action",
            date_field="date",
        )
        return {**super()._figures(), "sla_attainment": attainment}

    def _measure_sla_attainment(self, start, end):
        domain = self._scope() & Domain("date", ">=", start) & Domain("date", "<", end)
        ((met, breached),) = self.env["helpdesk.sla.attainment"]._read_group(
            domain, [], ["met_count:sum", "breached_count:sum"]
        )
        count = (met or 0) + (breached or 0)
        return (100 * met / count if count else None), count

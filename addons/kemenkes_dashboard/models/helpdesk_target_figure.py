from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE, Figure

from ..tools.indicators import INDICATORS

ACTION = "kemenkes_dashboard.helpdesk_kpi_report_action"
# Figures of the days that no other addon measures for targets: value of the metric -> indicator.
METRICS = {
    "negative_share": "negative_percent",
    "escalated_share": "escalated_percent",
    "reopened_share": "reopened_percent",
    "csat_response": "csat_response_percent",
    "resolution_hours": "resolution_hours",
}
# What other addons measure already, from records of their own.
KNOWN = {
    "handling_minutes": "handling_time", "first_response_minutes": "first_response",
    "first_contact_percent": "first_contact_resolution", "sla_percent": "sla_attainment", "csat_score": "csat",
    "qa_percent": "qa", "reject_percent": "reject_rate",
}  # fmt: skip


class HelpdeskTarget(models.Model):
    """Thresholds for the figures of the days, with the warnings that targets give (R25.c.2)."""

    _inherit = "helpdesk.target"

    metric = fields.Selection(
        selection_add=[
            ("negative_share", "Negative messages"),
            ("escalated_share", "Escalated tickets"),
            ("reopened_share", "Reopened tickets"),
            ("csat_response", "Response rate of surveys"),
            ("resolution_hours", "Average resolution"),
        ],
        ondelete=dict.fromkeys(METRICS, "cascade"),
    )

    def _figures(self):
        figures = {
            metric: Figure(INDICATORS[name].unit, INDICATORS[name].higher_is_better, action=ACTION, date_field="date")
            for metric, name in METRICS.items()
        }
        return {**super()._figures(), **figures}

    @api.model
    def _metric_by_indicator(self):
        """Which target watches a figure of the days: ``{name: metric}``."""
        return {**KNOWN, **{name: metric for metric, name in METRICS.items()}}

    def _measure_negative_share(self, start, end):
        return self._measure_indicator("negative_percent", start, end)

    def _measure_escalated_share(self, start, end):
        return self._measure_indicator("escalated_percent", start, end)

    def _measure_reopened_share(self, start, end):
        return self._measure_indicator("reopened_percent", start, end)

    def _measure_csat_response(self, start, end):
        return self._measure_indicator("csat_response_percent", start, end)

    def _measure_resolution_hours(self, start, end):
        return self._measure_indicator("resolution_hours", start, end)

    def _measure_indicator(self, name, start, end):
        counted = INDICATORS[name].denominator
        ((value, *counts),) = self.env["helpdesk.kpi.report"]._read_group(
            self._days_domain(start, end), [], [f"{name}:avg", *(f"{one}:sum" for one in counted)]
        )
        count = int(sum(one or 0 for one in counts))
        return (value if count else None), count

    def _days_domain(self, start, end):
        """The period's days at the site: figures have no time of day."""
        zone = ZoneInfo(self.sudo().site_id.timezone or HOME_ZONE)  # sudo: the clock of a site is no secret
        first, after = (moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date() for moment in (start, end))
        return self._scope() & Domain("date", ">=", first) & Domain("date", "<=", after - timedelta(days=1))

    def _figure_domain(self, start, end):
        if self.metric in METRICS:
            return self._days_domain(start, end)
        return super()._figure_domain(start, end)

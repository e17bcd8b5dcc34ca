from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import Figure

from .helpdesk_qa_evaluation import COUNTED


class HelpdeskTarget(models.Model):
    """Satisfaction and quality as figures with a target (R1.b.4)."""

    _inherit = "helpdesk.target"

    metric = fields.Selection(
        selection_add=[("csat", "Satisfaction"), ("qa", "Quality score")],
        ondelete={"csat": "cascade", "qa": "cascade"},
    )

    def _figures(self):
        return {
            **super()._figures(),
            "csat": Figure(
                "score",
                higher_is_better=True,
                action="kemenkes_qa.helpdesk_csat_request_action",
                date_field="answer_date",
            ),
            "qa": Figure(
                "percent",
                higher_is_better=True,
                action="kemenkes_qa.helpdesk_qa_evaluation_action",
                date_field="published_date",
            ),
        }

    def _measure_csat(self, start, end):
        domain = self._own_scope() & Domain("answer_date", ">=", start) & Domain("answer_date", "<", end)
        ((mean, count),) = self.env["helpdesk.csat.request"]._read_group(domain, [], ["score:avg", "__count"])
        return (mean if count else None), count

    def _measure_qa(self, start, end):
        domain = (
            self._own_scope()
            & Domain("state", "in", COUNTED)
            & Domain("published_date", ">=", start)
            & Domain("published_date", "<", end)
        )
        ((mean, count),) = self.env["helpdesk.qa.evaluation"]._read_group(domain, [], ["score:avg", "__count"])
        return (mean if count else None), count

    def _own_scope(self):
        """The scope, for records that freeze whose work it was in ``agent_id``."""
        return self._scope().map_conditions(
            lambda condition: (
                Domain("agent_id", condition.operator, condition.value)
                if condition.field_expr == "user_id"
                else condition
            )
        )

    def _figure_domain(self, start, end):
        domain = super()._figure_domain(start, end)
        if self.metric not in ("csat", "qa"):
            return domain
        date_field = self._figures()[self.metric].date_field
        return self._own_scope() & Domain(date_field, ">=", start) & Domain(date_field, "<", end)

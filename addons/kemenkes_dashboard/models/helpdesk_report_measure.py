from odoo import api, fields, models

from ..tools.indicators import INDICATORS, MEASURES


class HelpdeskReportMeasure(models.Model):
    """A column of a report: one of the figures of the days."""

    _name = "helpdesk.report.measure"
    _description = "Column of a Report"
    _order = "sequence, id"
    _rec_name = "measure"

    report_id = fields.Many2one("helpdesk.report", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    measure = fields.Selection(lambda self: self._selection_measure(), "Figure", required=True)
    explanation = fields.Char(compute="_compute_explanation")

    _measure_unique = models.Constraint("UNIQUE(report_id, measure)", "Each figure stands in a report once.")

    @api.model
    def _selection_measure(self):
        figures = self.env["helpdesk.kpi.report"]
        return [(name, figures._label(name)) for name in (*INDICATORS, *MEASURES)]

    @api.depends("measure")
    @api.depends_context("lang")
    def _compute_explanation(self):
        known = self.env["helpdesk.kpi.report"]._fields
        for column in self:
            column.explanation = column.measure and known[column.measure]._description_help(self.env)

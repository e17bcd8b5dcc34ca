from odoo import api, fields, models


class HelpdeskQaSection(models.Model):
    """A part of a scorecard: greeting, solution, records."""

    _name = "helpdesk.qa.section"
    _description = "Scorecard Section"
    _order = "scorecard_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    scorecard_id = fields.Many2one("helpdesk.qa.scorecard", required=True, index=True, ondelete="cascade")
    criterion_ids = fields.One2many("helpdesk.qa.criterion", "section_id", "Criteria", copy=True)

    @api.model_create_multi
    def create(self, vals_list):
        sections = super().create(vals_list)
        sections.scorecard_id._check_may_change()
        return sections

    def write(self, vals):
        self.scorecard_id._check_may_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scorecard_id._check_may_change()

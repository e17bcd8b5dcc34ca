from odoo import fields, models


class HelpdeskQaSection(models.Model):
    """A part of a scorecard: greeting, solution, records."""

    _name = "helpdesk.qa.section"
    _inherit = ["helpdesk.qa.part.mixin"]
    _description = "Scorecard Section"
    _order = "scorecard_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    scorecard_id = fields.Many2one("helpdesk.qa.scorecard", required=True, index=True, ondelete="cascade")
    criterion_ids = fields.One2many("helpdesk.qa.criterion", "section_id", "Criteria", copy=True)

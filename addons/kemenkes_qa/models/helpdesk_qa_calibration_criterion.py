from odoo import api, fields, models

from .helpdesk_qa_calibration import agreement_of


class HelpdeskQaCalibrationCriterion(models.Model):
    """How far the evaluators of a calibration agree about one criterion."""

    _name = "helpdesk.qa.calibration.criterion"
    _description = "Agreement by Criterion"
    _order = "has_alpha desc, alpha, id"
    _rec_name = "criterion_id"

    calibration_id = fields.Many2one(
        "helpdesk.qa.calibration", required=True, readonly=True, index=True, ondelete="cascade"
    )
    criterion_id = fields.Many2one("helpdesk.qa.criterion", required=True, readonly=True, ondelete="restrict")
    alpha = fields.Float("Agreement (alpha)", readonly=True, digits=(4, 3), aggregator=None)
    has_alpha = fields.Boolean(readonly=True)
    agreement = fields.Selection(
        [("reliable", "Reliable"), ("tentative", "Talk about it"), ("poor", "Too different")],
        compute="_compute_agreement",
    )
    lowest = fields.Float("Strictest (%)", readonly=True, digits=(5, 1), aggregator=None)
    highest = fields.Float("Mildest (%)", readonly=True, digits=(5, 1), aggregator=None)

    @api.depends("alpha", "has_alpha")
    def _compute_agreement(self):
        for result in self:
            result.agreement = result.has_alpha and agreement_of(result.alpha)

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalText

from ..tools.score import Answer


class HelpdeskQaEvaluationLine(models.Model):
    """The answer to one criterion, with what the evaluator says of it and where in the conversation it shows."""

    _name = "helpdesk.qa.evaluation.line"
    _description = "Evaluation Answer"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "section_sequence, sequence, id"
    _rec_name = "criterion_id"

    evaluation_id = fields.Many2one(
        "helpdesk.qa.evaluation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # as in the evaluation, for reports by criterion
    evaluator_id = fields.Many2one(related="evaluation_id.evaluator_id", store=True)
    agent_id = fields.Many2one(related="evaluation_id.agent_id", store=True)
    team_id = fields.Many2one(related="evaluation_id.team_id", store=True)
    site_id = fields.Many2one(related="evaluation_id.site_id", store=True)
    product_id = fields.Many2one(related="evaluation_id.product_id", store=True)
    channel_id = fields.Many2one(related="evaluation_id.channel_id", store=True)
    published_date = fields.Datetime(related="evaluation_id.published_date", store=True)
    criterion_id = fields.Many2one(
        "helpdesk.qa.criterion", required=True, readonly=True, index=True, ondelete="restrict"
    )
    section_id = fields.Many2one(related="criterion_id.section_id", store=True)
    section_sequence = fields.Integer(related="criterion_id.section_sequence", store=True)
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    kind = fields.Selection(related="criterion_id.kind")
    maximum = fields.Integer(related="criterion_id.maximum")
    is_critical = fields.Boolean(related="criterion_id.is_critical")
    allows_not_applicable = fields.Boolean(related="criterion_id.allows_not_applicable")
    guidance = fields.Text(related="criterion_id.guidance")
    points = fields.Integer(aggregator=None, help="0 to the most points; for yes or no: 1 or 0.")
    is_not_applicable = fields.Boolean("Does not apply")
    is_answered = fields.Boolean("Answered", help="An answer was given: points, or that the criterion does not apply.")
    share = fields.Float("Reached (%)", compute="_compute_share", store=True, aggregator="avg", digits=(5, 2))
    proposal = fields.Selection(
        [("met", "Met"), ("missed", "Missed"), ("unknown", "Can't tell")],
        "Machine's proposal",
        readonly=True,
    )
    comment = PersonalText()
    message_id = fields.Many2one("mail.message", "About this message", ondelete="set null", index="btree_not_null")
    recording_seconds = fields.Integer("Time in the recording (s)", aggregator=None)

    _published_idx = models.Index("(published_date) WHERE published_date IS NOT NULL")
    _one_answer = models.Constraint("UNIQUE(evaluation_id, criterion_id)", "A criterion is answered once.")

    @api.depends("points", "is_not_applicable", "is_answered", "criterion_id")
    def _compute_share(self):
        for line in self:
            answered = line.is_answered and not line.is_not_applicable
            line.share = 100 * line.points / line.criterion_id._points() if answered else 0

    @api.constrains("points", "is_not_applicable", "criterion_id")
    def _check_answer(self):
        for line in self:
            most = line.criterion_id._points()
            if not 0 <= line.points <= most:
                raise ValidationError(
                    self.env._(
                        "%(criterion)s is worth 0 to %(most)s points.", criterion=line.criterion_id.name, most=most
                    )
                )
            if line.is_not_applicable and not line.allows_not_applicable:
                raise ValidationError(self.env._("%s always applies.", line.criterion_id.name))

    @api.constrains("message_id", "evaluation_id")
    def _check_message(self):
        for line in self:
            message = line.message_id.sudo()  # only whether it belongs to the conversation is told
            if message and (message.model, message.res_id) != ("helpdesk.ticket", line.evaluation_id.ticket_id.id):
                raise ValidationError(self.env._("That message is not part of this conversation."))

    def write(self, vals):
        if not self.env.su:
            self.evaluation_id._check_may_score()
        return super().write(vals)

    def _answer(self):
        """The answer as the arithmetic takes it."""
        share = None if self.is_not_applicable else self.points / self.criterion_id._points()
        return Answer(self.criterion_id.weight, share, self.is_critical)

    # WHAT THE MACHINE CAN TELL

    @api.model
    def _prepare_for(self, ticket, agent, criteria):
        """Values of an evaluation's lines, in the card's order, with the machine's proposals.

        :return: list of dicts
        """
        return [
            self._prepare_line(criterion, criterion._propose(ticket, agent) if criterion.machine else None)
            for criterion in criteria
        ]

    @api.model
    def _prepare_line(self, criterion, met):
        values = {"criterion_id": criterion.id}
        if not criterion.machine:
            return values
        if met is None:
            return {**values, "proposal": "unknown"}
        return {
            **values,
            "proposal": "met" if met else "missed",
            "points": criterion._points() if met else 0,
            "is_answered": True,
        }

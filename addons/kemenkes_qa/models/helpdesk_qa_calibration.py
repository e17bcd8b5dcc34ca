from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.agreement import RELIABLE, TENTATIVE, alpha


class HelpdeskQaCalibration(models.Model):
    """Several evaluators judge the same conversations, each without the others' answers; how far they agree is
    measured, and they talk about what they see differently.

    These evaluations are for the evaluators: they are never published to an agent, and count in no report.
    """

    _name = "helpdesk.qa.calibration"
    _description = "Calibration"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True)
    scorecard_id = fields.Many2one(
        "helpdesk.qa.scorecard", required=True, ondelete="restrict", domain=[("state", "=", "active")]
    )
    ticket_ids = fields.Many2many("helpdesk.ticket", string="Conversations", domain=[("user_id", "!=", False)])
    evaluator_ids = fields.Many2many(
        "res.users",
        "helpdesk_qa_calibration_evaluator_rel",
        "calibration_id",
        "user_id",
        string="Evaluators",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("kemenkes_helpdesk.group_quality").ids)],
    )
    deadline = fields.Date("Judged until")
    meeting_date = fields.Datetime("Meeting")
    note = fields.Text("What was agreed", help="Which criterion is understood how from now on.")
    state = fields.Selection(
        [("draft", "Draft"), ("open", "Being judged"), ("closed", "Compared")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    evaluation_ids = fields.One2many("helpdesk.qa.evaluation", "calibration_id", "Evaluations", copy=False)
    criterion_ids = fields.One2many(
        "helpdesk.qa.calibration.criterion", "calibration_id", "Agreement by criterion", readonly=True, copy=False
    )
    alpha = fields.Float("Agreement (alpha)", readonly=True, copy=False, digits=(4, 3), aggregator="avg")
    has_alpha = fields.Boolean(readonly=True, copy=False)
    agreement = fields.Selection(
        [("reliable", "Reliable"), ("tentative", "Talk about it"), ("poor", "Too different")],
        compute="_compute_agreement",
    )
    handed_in_count = fields.Integer("Handed in", compute="_compute_progress")
    evaluation_count = fields.Integer("Asked for", compute="_compute_progress")
    is_mine_open = fields.Boolean(compute="_compute_progress")

    @api.depends("alpha", "has_alpha")
    def _compute_agreement(self):
        for calibration in self:
            calibration.agreement = calibration.has_alpha and agreement_of(calibration.alpha)

    @api.depends("evaluation_ids.is_handed_in")
    @api.depends_context("uid")
    def _compute_progress(self):
        for calibration in self:
            # sudo: how many have handed in says nothing of how they judged
            evaluations = calibration.sudo().evaluation_ids
            calibration.evaluation_count = len(evaluations)
            calibration.handed_in_count = len(evaluations.filtered("is_handed_in"))
            calibration.is_mine_open = any(
                evaluation.evaluator_id.id == self.env.uid and not evaluation.is_handed_in for evaluation in evaluations
            )

    # THE WAY

    def action_open(self):
        """Give each evaluator the conversations to judge.

        :raise ValidationError: fewer than two evaluators, or no conversation
        :raise UserError: an evaluator may not read a conversation, or has worked on it
        """
        for calibration in self.filtered(lambda calibration: calibration.state == "draft"):
            calibration._check_ready()
            # sudo: evaluations are begun by their evaluators; here all at once, by whom the record rules let do it
            self.env["helpdesk.qa.evaluation"].sudo().create(
                [
                    calibration._prepare_evaluation(ticket, evaluator)
                    for ticket in calibration.ticket_ids
                    for evaluator in calibration.evaluator_ids
                ]
            )
            calibration.state = "open"
            for evaluator in calibration.evaluator_ids:
                evaluator._notify_in_one(self.env._("Conversations to judge"), [calibration.name])

    def _check_ready(self):
        if len(self.evaluator_ids) < 2:
            raise ValidationError(self.env._("Agreement is between two evaluators or more."))
        if not self.ticket_ids:
            raise ValidationError(self.env._("Choose the conversations to judge."))
        for evaluator in self.evaluator_ids:
            for ticket in self.ticket_ids:
                if ticket.user_id == evaluator:
                    raise UserError(
                        self.env._(
                            "%(person)s has worked on %(ticket)s: nobody evaluates their own conversation.",
                            person=evaluator.name,
                            ticket=ticket.ticket_ref,
                        )
                    )
            if hidden := self.ticket_ids - self.ticket_ids.with_user(evaluator)._filtered_access("read"):
                raise UserError(
                    self.env._(
                        "%(person)s may not read %(tickets)s.",
                        person=evaluator.name,
                        tickets=", ".join(hidden.mapped("ticket_ref")),
                    )
                )

    def _prepare_evaluation(self, ticket, evaluator):
        # no proposals: what the machine fills in for all would look like agreement
        lines = [(0, 0, {"criterion_id": criterion.id}) for criterion in self.scorecard_id.criterion_ids]
        return {
            **self.env["helpdesk.qa.evaluation"]._prepare_whose(ticket, ticket.user_id),
            "calibration_id": self.id,
            "scorecard_id": self.scorecard_id.id,
            "evaluator_id": evaluator.id,
            "line_ids": lines,
        }

    def action_close(self):
        """Compare what was handed in; from then on the evaluators see one another's answers.

        :raise UserError: fewer than two evaluators have handed in
        """
        for calibration in self.filtered(lambda calibration: calibration.state == "open"):
            # sudo: the answers are compared for all; nobody sees them before
            handed_in = calibration.sudo().evaluation_ids.filtered("is_handed_in")
            if len(handed_in.evaluator_id) < 2:
                raise UserError(self.env._("Wait until two evaluators have handed in."))
            calibration.sudo()._compare(handed_in)
            calibration.state = "closed"

    def action_reopen(self):
        """Let evaluators go on judging (undo); the comparison is made anew afterwards."""
        closed = self.filtered(lambda calibration: calibration.state == "closed")
        closed.sudo().criterion_ids.unlink()  # sudo: nobody writes results by hand
        closed.write({"state": "open", "has_alpha": False, "alpha": 0})

    def action_open_evaluations(self):
        """The evaluations that the user may see: their own while it is open, all once it is closed.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_qa.helpdesk_qa_evaluation_action")
        return {**action, "name": self.name, "domain": [("calibration_id", "=", self.id)], "context": {}}

    def action_open_answers(self):
        """Criteria beside evaluators, with the answers behind each number.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_qa.helpdesk_qa_evaluation_line_action")
        return {
            **action,
            "name": self.name,
            "domain": [("evaluation_id.calibration_id", "=", self.id), ("is_answered", "=", True)],
            "context": {
                "pivot_row_groupby": ["criterion_id", "evaluation_id"],
                "pivot_column_groupby": ["evaluator_id"],
            },
        }

    # COMPARING

    def _compare(self, evaluations):
        criteria = self.scorecard_id.criterion_ids
        shares = {
            (line.evaluation_id.evaluator_id, line.evaluation_id.ticket_id, line.criterion_id): line.share
            for line in evaluations.line_ids
            if line.is_answered and not line.is_not_applicable
        }
        answers = {
            criterion: [
                [shares.get((evaluator, ticket, criterion)) for ticket in self.ticket_ids]
                for evaluator in evaluations.evaluator_id
            ]
            for criterion in criteria
        }
        self.criterion_ids.unlink()
        self.criterion_ids.create([self._prepare_criterion(criterion, answers[criterion]) for criterion in criteria])
        # one row for each evaluator, with all criteria of all conversations
        rows = [[value for part in parts for value in part] for parts in zip(*answers.values(), strict=True)]
        total = alpha(rows)
        self.write({"has_alpha": total is not None, "alpha": total or 0})

    def _prepare_criterion(self, criterion, answers):
        found = alpha(answers, "nominal" if criterion.kind == "yes_no" else "ordinal")
        given = [[value for value in row if value is not None] for row in answers]
        means = [sum(row) / len(row) for row in given if row]
        return {
            "calibration_id": self.id,
            "criterion_id": criterion.id,
            "has_alpha": found is not None,
            "alpha": found or 0,
            "lowest": min(means, default=0),
            "highest": max(means, default=0),
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(calibration.state != "draft" for calibration in self):
            raise UserError(self.env._("A calibration that was judged stays. Only drafts can be thrown away."))

    def write(self, vals):
        fixed = {"scorecard_id", "ticket_ids", "evaluator_ids"} & set(vals)
        if fixed and any(calibration.state != "draft" for calibration in self):
            raise UserError(self.env._("What is judged, and by whom, is fixed once the evaluators have begun."))
        return super().write(vals)


def agreement_of(value):
    """What an alpha allows: see :mod:`..tools.agreement`."""
    return "reliable" if value >= RELIABLE else "tentative" if value >= TENTATIVE else "poor"

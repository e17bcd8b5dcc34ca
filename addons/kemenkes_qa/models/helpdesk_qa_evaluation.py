from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar, PersonalText

from ..tools.score import score

# Work of the evaluator alone, until it is published.
DRAFT = "draft"
# What counts in reports.
COUNTED = ("published", "acknowledged", "disputed", "final")
# What the evaluator writes; the rest is written by the methods of this model.
EVALUATOR_FIELDS = {"summary", "improvement", "root_cause_id", "line_ids"}


class HelpdeskQaEvaluation(models.Model):
    """A conversation judged on a scorecard (R27.c.2).

    Draft, published to the agent, acknowledged or disputed by the agent, a dispute decided by somebody else, final. To
    whom the work counts (agent, team, site, product, channel) is frozen when the evaluation begins.
    """

    _name = "helpdesk.qa.evaluation"
    _description = "Evaluation"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="restrict")
    ticket_ref = fields.Char(related="ticket_id.ticket_ref", string="Reference")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")
    scorecard_id = fields.Many2one("helpdesk.qa.scorecard", required=True, readonly=True, ondelete="restrict")
    evaluator_id = fields.Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.user)
    agent_id = fields.Many2one("res.users", required=True, readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    state = fields.Selection(
        [
            (DRAFT, "Draft"),
            ("published", "Published"),
            ("acknowledged", "Acknowledged"),
            ("disputed", "Disputed"),
            ("final", "Final"),
        ],
        required=True,
        default=DRAFT,
        readonly=True,
    )
    calibration_id = fields.Many2one(
        "helpdesk.qa.calibration", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    calibration_state = fields.Selection(related="calibration_id.state")
    is_handed_in = fields.Boolean("Handed in", readonly=True, help="Judged for a calibration, and done.")
    line_ids = fields.One2many("helpdesk.qa.evaluation.line", "evaluation_id", "Answers")
    score = fields.Float("Score (%)", compute="_compute_score", store=True, aggregator="avg", digits=(5, 2))
    has_score = fields.Boolean("Scored", compute="_compute_score", store=True)
    is_failed = fields.Boolean("Critical criterion missed", compute="_compute_score", store=True)
    is_passed = fields.Boolean("Passed", compute="_compute_score", store=True)
    summary = PersonalText("What went well")
    improvement = PersonalText("What to do better")
    root_cause_id = fields.Many2one("helpdesk.qa.root.cause", ondelete="restrict")
    published_date = fields.Datetime("Published on", readonly=True)
    acknowledged_date = fields.Datetime("Acknowledged on", readonly=True)
    dispute_reason = PersonalText("Why the agent disagrees", readonly=True)
    disputed_score = fields.Float("Score before the dispute (%)", readonly=True, aggregator=None, digits=(5, 2))
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decision_note = PersonalText("Decision", readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")
    may_decide = fields.Boolean(compute="_compute_is_mine")
    may_score = fields.Boolean(compute="_compute_is_mine")

    _evaluator_is_not_agent = models.Constraint(
        "CHECK(evaluator_id != agent_id)", "Nobody evaluates their own conversation."
    )
    _one_for_each_evaluator = models.UniqueIndex(
        "(ticket_id, agent_id, evaluator_id, COALESCE(calibration_id, 0))",
        "You have evaluated this agent's work on this ticket already.",
    )
    _agent_idx = models.Index("(agent_id, published_date)")
    _published_idx = models.Index("(published_date) WHERE state != 'draft'")
    _evaluator_draft_idx = models.Index("(evaluator_id, id) WHERE state = 'draft'")
    _disputed_idx = models.Index("(id) WHERE state = 'disputed'")

    @api.depends("line_ids.points", "line_ids.is_not_applicable", "line_ids.is_answered", "scorecard_id")
    def _compute_score(self):
        for evaluation in self:
            result = score(line._answer() for line in evaluation.line_ids if line.is_answered)
            evaluation.has_score = result.percent is not None
            evaluation.score = result.percent or 0
            evaluation.is_failed = result.is_failed
            evaluation.is_passed = evaluation.has_score and evaluation.score >= evaluation.scorecard_id.pass_percent

    @api.depends("ticket_id.ticket_ref", "agent_id")
    def _compute_display_name(self):
        for evaluation in self:
            evaluation.display_name = f"{evaluation.ticket_ref} · {evaluation.agent_id.name}"

    @api.depends("agent_id", "evaluator_id", "state", "is_handed_in", "calibration_id.state")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        user = self.env.user
        for evaluation in self:
            evaluation.is_mine = evaluation.agent_id == user
            evaluation.may_decide = evaluation.state == "disputed" and evaluation._is_decider(user)
            evaluation.may_score = evaluation._may_score()

    # BEGIN

    @api.model
    def _start(self, ticket, agent=None, scorecard=None):
        """Begin to judge an agent's work on a ticket; what the machine can tell is proposed.

        :param ticket: ``helpdesk.ticket``, one record that the evaluator may read
        :param agent: ``res.users``; by default who is assigned
        :param scorecard: a card in use; by default the first that fits
        :return: the evaluation, a draft
        :raise UserError: nobody to evaluate, no card that fits, or one's own work
        """
        ticket.check_access("read")
        agent = agent or ticket.user_id
        if not agent:
            raise UserError(self.env._("Nobody has worked on %s yet: there is nothing to evaluate.", ticket.ticket_ref))
        if agent == self.env.user:
            raise UserError(self.env._("Nobody evaluates their own conversation."))
        scorecard = scorecard or self.env["helpdesk.qa.scorecard"]._find_for(ticket)
        if not scorecard:
            raise UserError(self.env._("No scorecard in use fits %s.", ticket.ticket_ref))
        known = self.search(
            [
                ("ticket_id", "=", ticket.id),
                ("agent_id", "=", agent.id),
                ("evaluator_id", "=", self.env.uid),
                ("calibration_id", "=", False),
            ],
            limit=1,
        )
        return known or self.create(self._prepare_start(ticket, agent, scorecard))

    @api.model
    def _prepare_start(self, ticket, agent, scorecard):
        lines = self.env["helpdesk.qa.evaluation.line"]
        return {
            **self._prepare_whose(ticket, agent),
            "scorecard_id": scorecard.id,
            "evaluator_id": self.env.uid,
            "line_ids": [(0, 0, values) for values in lines._prepare_for(ticket, agent, scorecard.criterion_ids)],
        }

    @api.model
    def _prepare_whose(self, ticket, agent):
        """Whose work it is that is judged, frozen."""
        return {
            "ticket_id": ticket.id,
            "agent_id": agent.id,
            "team_id": ticket.team_id.id,
            "site_id": ticket.site_id.id,
            "product_id": ticket.product_id.id,
            "channel_id": ticket.channel_id.id,
        }

    # WHO WRITES WHAT WHEN

    @api.model_create_multi
    def create(self, vals_list):
        evaluations = super().create(vals_list)
        if not self.env.su and any(evaluation.evaluator_id != self.env.user for evaluation in evaluations):
            raise AccessError(self.env._("An evaluation is begun by its evaluator."))
        return evaluations

    def write(self, vals):
        if not self.env.su and set(vals) & EVALUATOR_FIELDS:
            self._check_may_score()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(evaluation.calibration_id for evaluation in self):
            raise UserError(self.env._("What a calibration compares is not thrown away."))
        if any(evaluation.state != DRAFT for evaluation in self):
            raise UserError(self.env._("A published evaluation stays. Only drafts can be thrown away."))

    def _may_score(self):
        user = self.env.user
        if self.calibration_id:
            return self.evaluator_id == user and not self.is_handed_in and self.calibration_id.state == "open"
        return (self.state == DRAFT and self.evaluator_id == user) or (
            self.state == "disputed" and self._is_decider(user)
        )

    def _check_may_score(self):
        for evaluation in self:
            if not evaluation._may_score():
                raise UserError(self.env._("%s can't be changed any more, or not by you.", evaluation.display_name))

    def _is_decider(self, user):
        """Whether ``user`` may decide the dispute: neither the evaluator nor the agent, and in quality or above."""
        return user not in (self.evaluator_id, self.agent_id) and (
            user.has_group("kemenkes_helpdesk.group_quality") or user.has_group("kemenkes_helpdesk.group_supervisor")
        )

    # THE WAY

    def action_publish(self):
        """Show the evaluations to their agents.

        :raise ValidationError: a criterion has no answer
        :raise AccessError: somebody else's draft
        """
        drafts = self.filtered(lambda evaluation: evaluation.state == DRAFT)
        if drafts.calibration_id:
            raise UserError(self.env._("What was judged for a calibration is handed in, not published."))
        for evaluation in drafts:
            if evaluation.evaluator_id != self.env.user and not self.env.su:
                raise AccessError(self.env._("Only the evaluator publishes an evaluation."))
            evaluation._check_complete()
        # sudo: state and date are written by these methods only; the evaluator was checked
        drafts.sudo().write({"state": "published", "published_date": fields.Datetime.now()})
        drafts._log("evaluated")
        self.env["helpdesk.qa.sample"]._note_published(drafts)
        for evaluation in drafts:
            evaluation._tell(evaluation.agent_id, self.env._("Your work on %s was evaluated."))

    def _check_complete(self):
        missing = self.line_ids.filtered(lambda line: not line.is_answered)
        if missing:
            raise ValidationError(self.env._("%s has no answer yet.", missing[0].criterion_id.name))
        if not self.has_score:
            raise ValidationError(self.env._("No criterion applies: there is nothing to publish."))

    def action_hand_in(self):
        """Done with judging for a calibration.

        :raise UserError: somebody else's, or the calibration is not open
        :raise ValidationError: a criterion has no answer
        """
        for evaluation in self:
            evaluation._check_may_score()
            evaluation._check_complete()
        # sudo: written by this method only; who it is was checked
        self.sudo().is_handed_in = True

    def action_take_back(self):
        """Judge once more what was handed in, while the calibration is open (undo)."""
        self.check_access("read")
        if any(evaluation.evaluator_id != self.env.user for evaluation in self):
            raise AccessError(self.env._("Another evaluator judges this conversation."))
        # sudo: as above
        self.filtered(lambda evaluation: evaluation.calibration_id.state == "open").sudo().is_handed_in = False

    def action_acknowledge(self):
        """The agent has read it and agrees.

        :raise AccessError: somebody else's evaluation
        """
        self._check_agent()
        read = self.filtered(lambda evaluation: evaluation.state == "published")
        # sudo: agents write nothing but this; they were checked
        read.sudo().write({"state": "acknowledged", "acknowledged_date": fields.Datetime.now()})
        read._log("evaluation_acknowledged")

    def _dispute(self, reason):
        """The agent disagrees.

        :param str reason: why
        :raise AccessError: somebody else's evaluation
        :raise UserError: no reason, or not open to a dispute any more
        """
        self.ensure_one()
        self._check_agent()
        if not (reason or "").strip():
            raise UserError(self.env._("Say what you disagree with, so that somebody can decide."))
        if self.state not in ("published", "acknowledged"):
            raise UserError(self.env._("This evaluation can't be disputed any more."))
        # sudo: agents write nothing but this; they were checked
        self.sudo().write({"state": "disputed", "dispute_reason": reason.strip(), "disputed_score": self.score})
        self._log("evaluation_disputed")
        self._tell(self.evaluator_id, self.env._("Your evaluation of %s is disputed."))

    def _decide(self, note):
        """End a dispute with the answers as they stand now.

        :param str note: for the agent, why
        :raise AccessError: the evaluator, the agent, or a role that does not decide
        :raise UserError: no reason, or nothing to decide
        """
        self.ensure_one()
        if self.state != "disputed":
            raise UserError(self.env._("There is no dispute to decide."))
        if not self._is_decider(self.env.user):
            raise AccessError(self.env._("A dispute is decided by somebody else in quality, or by a supervisor."))
        if not (note or "").strip():
            raise UserError(self.env._("Say why, the agent will read it."))
        self._check_complete()
        # sudo: the outcome is written by this method only; the decider was checked
        self.sudo().write({"state": "final", "decision_note": note.strip(), "decided_by_id": self.env.uid})
        self._log("evaluation_decided")
        self._tell(self.agent_id | self.evaluator_id, self.env._("The dispute about %s is decided."))

    def action_open_dispute(self):
        """Ask the agent why.

        :return: an action
        """
        self._check_agent()
        return self._action_reason("dispute", self.env._("Disagree"))

    def action_open_decide(self):
        """Ask the decider why.

        :return: an action
        """
        return self._action_reason("decide", self.env._("Decide"))

    def _action_reason(self, purpose, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "helpdesk.qa.reason",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_evaluation_id": self.id, "default_purpose": purpose},
        }

    def action_open_ticket(self):
        """Open the conversation.

        :return: an action
        """
        self.ensure_one()
        return self.ticket_id._action_open()

    def action_coach(self):
        """Plan a talk with the agent about these evaluations.

        :return: an action that opens the session
        :raise UserError: they are about several agents
        """
        self.check_access("read")
        if len(self.agent_id) != 1:
            raise UserError(self.env._("A session is with one agent: choose evaluations of one."))
        coaching = self.env["helpdesk.qa.coaching"].create(
            {"agent_id": self.agent_id.id, "evaluation_ids": [(6, 0, self.ids)]}
        )
        return self._action_form(coaching)

    def action_make_example(self):
        """Put what was said well into the library of good examples.

        :return: an action that opens the example
        """
        self.ensure_one()
        return self._action_form(self.env["helpdesk.qa.example"]._of_evaluation(self))

    @api.model
    def _action_form(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _last_words(self):
        """The agent's last message to the customer."""
        domain = self.ticket_id._own_messages_domain() & Domain(
            [("author_id", "=", self.agent_id.partner_id.id), ("helpdesk_direction", "=", "out")]
        )
        return self.env["mail.message"].search(domain, order="date desc, id desc", limit=1)

    def _check_agent(self):
        self.check_access("read")
        if any(evaluation.agent_id != self.env.user for evaluation in self):
            raise AccessError(self.env._("Only the agent concerned answers an evaluation."))

    def _tell(self, users, sentence):
        """A notice in Odoo; ``sentence`` holds %s for the reference."""
        for user in users - self.env.user:
            user._notify_in_one(self.env._("Evaluations"), [sentence % self.ticket_ref])

    def _log(self, kind):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": kind,
                    "ticket_id": evaluation.ticket_id.id,
                    "target_user_id": evaluation.agent_id.id,
                    "data": {
                        "evaluation": evaluation.id,
                        "score": evaluation.score,
                        "passed": evaluation.is_passed,
                        "version": evaluation.scorecard_id.id,
                    },
                }
                for evaluation in self
            ]
        )

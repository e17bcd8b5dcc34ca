from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class HelpdeskTrainingResult(models.Model):
    """How far somebody is with a course: to be passed, passed and for how long (R21)."""

    _name = "helpdesk.training.result"
    _description = "Training Result"
    _order = "state, due_date, id"
    _rec_name = "course_id"

    course_id = fields.Many2one(
        "helpdesk.training.course", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", "Who", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", compute="_compute_place", store=True, index="btree_not_null")
    site_id = fields.Many2one("helpdesk.site", compute="_compute_place", store=True, index="btree_not_null")
    state = fields.Selection(
        [("to_do", "To be passed"), ("passed", "Passed"), ("expired", "Expired")],
        required=True,
        readonly=True,
        default="to_do",
    )
    is_mandatory = fields.Boolean(related="course_id.is_mandatory", store=True)
    due_date = fields.Date("To be passed until", readonly=True)
    score = fields.Float("Best score (%)", readonly=True, aggregator="avg", digits=(5, 1))
    attempt_count = fields.Integer("Attempts", readonly=True, aggregator="sum")
    passed_date = fields.Date("Passed on", readonly=True)
    expiry_date = fields.Date("Valid until", readonly=True)
    certificate_number = fields.Char(readonly=True, copy=False)
    is_warned = fields.Boolean(
        readonly=True, help="Told already that the certificate ends, or that the test is overdue."
    )
    is_overdue = fields.Boolean(compute="_compute_urgency")
    is_ending = fields.Boolean("Ends soon", compute="_compute_urgency")
    is_mine = fields.Boolean(compute="_compute_urgency")
    answer_ids = fields.Many2many("survey.user_input", string="Tests taken", readonly=True, copy=False)

    _one_each = models.Constraint("UNIQUE(course_id, user_id)", "Somebody has a course once.")
    _user_idx = models.Index("(user_id, state)")
    _expiry_idx = models.Index("(expiry_date) WHERE state = 'passed'")

    @api.depends("user_id")
    def _compute_place(self):
        for result in self:
            # sudo: where somebody works decides who sees the result
            user = result.user_id.sudo()
            result.team_id = user.helpdesk_team_ids[:1]
            result.site_id = user.helpdesk_site_ids[:1] or result.team_id.site_id

    @api.depends("state", "due_date", "expiry_date")
    @api.depends_context("uid")
    def _compute_urgency(self):
        today = fields.Date.context_today(self)
        for result in self:
            result.is_overdue = result.state != "passed" and bool(result.due_date) and result.due_date < today
            result.is_ending = result.state == "passed" and result._warning_day() <= today
            result.is_mine = result.user_id == self.env.user

    def _warning_day(self):
        if not self.expiry_date:
            return fields.Date.to_date("9999-12-31")
        return self.expiry_date - relativedelta(days=self.course_id.warning_days)

    @api.model
    def _of(self, course, user):
        """The result of ``user`` in ``course``, made if there is none."""
        return self.search([("course_id", "=", course.id), ("user_id", "=", user.id)]) or self.create(
            {
                "course_id": course.id,
                "user_id": user.id,
                "due_date": fields.Date.context_today(self) + relativedelta(days=course.days_to_pass),
            }
        )

    def _open_answer(self):
        """A test that was begun and not ended."""
        answers = self.env["survey.user_input"].search(
            [
                ("survey_id", "=", self.course_id.survey_id.id),
                ("partner_id", "=", self.user_id.partner_id.id),
                ("state", "!=", "done"),
                ("test_entry", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        return answers.filtered(lambda answer: not answer.survey_time_limit_reached)

    # PASSED, EXPIRED

    def action_begin(self):
        """Take the test.

        :return: an action that opens it
        :raise AccessError: it is somebody else's
        """
        self.ensure_one()
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Only %s can take this test.", self.user_id.name))
        return self.course_id.action_begin()

    def action_note_passed(self):
        """The trainer has seen that they can do it, where a course has no test.

        :raise UserError: the course has a test
        """
        self.check_access("read")
        if not self.env.user.has_groups("kemenkes_helpdesk.group_trainer,kemenkes_helpdesk.group_supervisor"):
            raise AccessError(self.env._("Trainers and supervisors note who has passed."))
        if self.course_id.survey_id:
            raise UserError(self.env._("This course has a test: who passes it is noted by itself."))
        if self.env.user in self.user_id:
            raise UserError(self.env._("Nobody certifies themselves."))
        # sudo: results are written by these methods only; who it is was checked
        self.sudo()._pass()

    @api.model
    def _note_answers(self, answers):
        """Tests have been handed in.

        :param answers: ``survey.user_input``
        """
        courses = self.env["helpdesk.training.course"].search([("survey_id", "in", answers.survey_id.ids)])
        for answer in answers.filtered(lambda answer: not answer.test_entry and answer.partner_id.user_ids):
            for course in courses.filtered(lambda course, answer=answer: course.survey_id == answer.survey_id):
                self._of(course, answer.partner_id.user_ids[0])._note_answer(answer)

    def _note_answer(self, answer):
        self.write(
            {
                "attempt_count": self.attempt_count + 1,
                "score": max(self.score, answer.scoring_percentage),
                "answer_ids": [(4, answer.id)],
            }
        )
        if answer.scoring_success:
            self._pass()

    def _pass(self):
        today = fields.Date.context_today(self)
        for result in self:
            months = result.course_id.validity_months
            result.write(
                {
                    "state": "passed",
                    "passed_date": today,
                    "expiry_date": today + relativedelta(months=months) if months else False,
                    "certificate_number": f"{today:%Y%m}-{result.id:05d}",
                    "is_warned": False,
                }
            )
        self._log("certified")

    @api.model
    def _follow(self):
        """End certificates whose time is over, and warn: each person, and the leader of their team, in one message."""
        today = fields.Date.context_today(self)
        over = self.search([("state", "=", "passed"), ("expiry_date", "<", today)])
        over.write({"state": "expired", "is_warned": False})
        for result in over:
            result.due_date = today + relativedelta(days=result.course_id.days_to_pass)
        over._log("certificate_expired")
        unwarned = self.search([("is_warned", "=", False), ("user_id.active", "=", True)])
        ending = unwarned.filtered("is_ending")
        overdue = unwarned.filtered("is_overdue")
        concerned = over | ending | overdue
        for user, own in concerned.grouped("user_id").items():
            user._notify_in_one(self.env._("Your training"), [result._warning() for result in own])
        for leader, theirs in concerned.grouped(lambda result: result.team_id.user_id).items():
            if leader:
                lines = [f"{result.user_id.name}: {result._warning()}" for result in theirs if result.user_id != leader]
                if lines:
                    leader._notify_in_one(self.env._("Training of your team"), lines)
        (ending | overdue).is_warned = True

    def _warning(self):
        if self.state == "expired":
            return self.env._("%s has expired", self.course_id.name)
        if self.state == "passed":
            return self.env._(
                "%(course)s ends on %(day)s", course=self.course_id.name, day=f"{self.expiry_date:%d/%m/%Y}"
            )
        return self.env._("%s is overdue", self.course_id.name)

    def _log(self, kind):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": kind,
                    "target_user_id": result.user_id.id,
                    "data": {"course": result.course_id.id, "result": result.id, "score": result.score},
                }
                for result in self
            ]
        )

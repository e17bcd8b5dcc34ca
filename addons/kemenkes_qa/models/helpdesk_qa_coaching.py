from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalText

from .helpdesk_qa_evaluation import COUNTED

# Scores of so many days before and after a session are compared.
EFFECT_DAYS = 30
# What the agent writes; the rest is the coach's.
AGENT_FIELDS = {"agent_note"}


class HelpdeskQaCoaching(models.Model):
    """A talk between a coach and an agent about evaluated conversations: goals, and what came of it (R24.b)."""

    _name = "helpdesk.qa.coaching"
    _description = "Coaching Session"
    _inherit = ["helpdesk.personal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "session_date desc, id desc"
    _rec_name = "agent_id"

    agent_id = fields.Many2one("res.users", required=True, index=True)
    coach_id = fields.Many2one("res.users", required=True, default=lambda self: self.env.user)
    team_id = fields.Many2one("helpdesk.team", compute="_compute_whose", store=True, index="btree_not_null")
    site_id = fields.Many2one("helpdesk.site", compute="_compute_whose", store=True, index="btree_not_null")
    session_date = fields.Datetime("Session", required=True, default=fields.Datetime.now)
    follow_up_date = fields.Date("Look again on")
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("closed", "Closed")],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        tracking=True,
    )
    evaluation_ids = fields.Many2many(
        "helpdesk.qa.evaluation",
        string="Evaluations",
        domain="[('agent_id', '=', agent_id), ('state', '!=', 'draft')]",
    )
    note = PersonalText("What was talked about")
    agent_note = PersonalText("What the agent takes along")
    goal_ids = fields.One2many("helpdesk.qa.coaching.goal", "coaching_id", "Goals", copy=True)
    goal_count = fields.Integer("Goal count", compute="_compute_goals")
    reached_goal_count = fields.Integer("Goals reached", compute="_compute_goals")
    before_score = fields.Float("Score before (%)", compute="_compute_effect", digits=(5, 1))
    before_count = fields.Integer("Evaluations before", compute="_compute_effect")
    after_score = fields.Float("Score after (%)", compute="_compute_effect", digits=(5, 1))
    after_count = fields.Integer("Evaluations after", compute="_compute_effect")
    effect = fields.Float("Change (points)", compute="_compute_effect", digits=(5, 1))
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _not_oneself = models.Constraint("CHECK(agent_id != coach_id)", "Nobody coaches themselves.")
    _coach_idx = models.Index("(coach_id, session_date)")

    @api.depends("agent_id")
    def _compute_whose(self):
        """As it is when the session is planned; a later change of the agent's teams leaves it."""
        for coaching in self:
            # sudo: where an agent works decides who sees the session
            agent = coaching.agent_id.sudo()
            coaching.team_id = agent.helpdesk_team_ids[:1]
            coaching.site_id = agent.helpdesk_site_ids[:1] or coaching.team_id.site_id

    @api.depends("goal_ids.state")
    def _compute_goals(self):
        for coaching in self:
            coaching.goal_count = len(coaching.goal_ids)
            coaching.reached_goal_count = len(coaching.goal_ids.filtered(lambda goal: goal.state == "reached"))

    @api.depends("agent_id", "session_date")
    def _compute_effect(self):
        """Mean of the published scores of the days before the session, and of those from it on."""
        for coaching in self:
            before, coaching.before_count = coaching._mean(-EFFECT_DAYS, 0)
            after, coaching.after_count = coaching._mean(0, EFFECT_DAYS)
            coaching.before_score, coaching.after_score = before or 0, after or 0
            coaching.effect = after - before if before is not None and after is not None else 0

    def _mean(self, first_day, last_day, criterion=None):
        """Mean score of the agent's evaluations published between two days counted from the session.

        :param criterion: ``helpdesk.qa.criterion``: what was reached of it (in any version of the card) instead
        :return: ``(percent or None, number of evaluations)``
        """
        if not self.agent_id or not self.session_date:
            return None, 0
        published = (
            Domain("agent_id", "in", self.agent_id.ids)
            & Domain("published_date", ">=", self.session_date + timedelta(days=first_day))
            & Domain("published_date", "<", self.session_date + timedelta(days=last_day))
        )
        # sudo: who may see the session may see what it is about
        if criterion:
            lines = self.env["helpdesk.qa.evaluation.line"].sudo()
            domain = published & Domain(
                [
                    ("evaluation_id.state", "in", COUNTED),
                    ("criterion_id.name", "=", criterion.name),
                    ("is_answered", "=", True),
                    ("is_not_applicable", "=", False),
                ]
            )
            ((mean, count),) = lines._read_group(domain, [], ["share:avg", "__count"])
        else:
            evaluations = self.env["helpdesk.qa.evaluation"].sudo()
            domain = published & Domain("state", "in", COUNTED) & Domain("has_score", "=", True)
            ((mean, count),) = evaluations._read_group(domain, [], ["score:avg", "__count"])
        return (mean if count else None), count

    @api.depends("agent_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for coaching in self:
            coaching.is_mine = coaching.agent_id == self.env.user

    # WHO WRITES WHAT

    def write(self, vals):
        if not self.env.su and set(vals) - AGENT_FIELDS and self.env.user in self.agent_id:
            raise AccessError(self.env._("The session is your coach's; you may write what you take along."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        if any(coaching.state != "planned" for coaching in self):
            raise UserError(self.env._("A session that was held stays."))

    # THE WAY

    def action_hold(self):
        """The session has taken place: the agent is told, and the coach is reminded on the day to look again.

        :raise UserError: nothing was agreed
        """
        for coaching in self.filtered(lambda coaching: coaching.state == "planned"):
            if not coaching.goal_ids and not coaching.note:
                raise UserError(self.env._("Write down a goal or what was talked about."))
            coaching.state = "held"
            if coaching.follow_up_date:
                coaching.activity_schedule(
                    "mail.mail_activity_data_todo",
                    coaching.follow_up_date,
                    summary=self.env._("Look again"),
                    user_id=coaching.coach_id.id,
                )
            coaching.agent_id._notify_in_one(
                self.env._("Coaching"), [self.env._("%s has noted what you agreed on.", coaching.coach_id.name)]
            )
            coaching._log()

    def action_close(self):
        """Goals have been looked at again.

        :raise UserError: a goal is still open
        """
        for coaching in self.filtered(lambda coaching: coaching.state == "held"):
            if coaching.goal_ids.filtered(lambda goal: goal.state == "open"):
                raise UserError(self.env._("Say of each goal whether it was reached."))
            coaching.state = "closed"
            coaching.activity_ids.action_done()
            coaching._log()

    def action_reopen(self):
        """Go on with a closed session (undo)."""
        self.filtered(lambda coaching: coaching.state == "closed").state = "held"

    def _log(self):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "coached",
                    "target_user_id": coaching.agent_id.id,
                    "data": {
                        "session": coaching.id,
                        "state": coaching.state,
                        "evaluations": coaching.evaluation_ids.ids,
                    },
                }
                for coaching in self
            ]
        )

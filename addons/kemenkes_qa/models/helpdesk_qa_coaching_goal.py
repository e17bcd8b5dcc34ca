from odoo import api, fields, models

from .helpdesk_qa_coaching import EFFECT_DAYS


class HelpdeskQaCoachingGoal(models.Model):
    """What an agent wants to do better, by when, and what the evaluations say of it since."""

    _name = "helpdesk.qa.coaching.goal"
    _description = "Coaching Goal"
    _order = "coaching_id, id"

    coaching_id = fields.Many2one("helpdesk.qa.coaching", required=True, index=True, ondelete="cascade")
    name = fields.Char("Goal", required=True)
    criterion_id = fields.Many2one(
        "helpdesk.qa.criterion",
        ondelete="set null",
        domain=[("scorecard_id.state", "=", "active")],
        help="Where the goal is about one, its scores before and after the session are shown.",
    )
    due_date = fields.Date("Until")
    state = fields.Selection(
        [("open", "Open"), ("reached", "Reached"), ("missed", "Not reached")], required=True, default="open"
    )
    before_score = fields.Float("Before (%)", compute="_compute_effect", digits=(5, 1))
    after_score = fields.Float("After (%)", compute="_compute_effect", digits=(5, 1))
    has_effect = fields.Boolean(compute="_compute_effect")

    @api.depends("criterion_id", "coaching_id.agent_id", "coaching_id.session_date")
    def _compute_effect(self):
        for goal in self:
            before = after = None
            if goal.criterion_id:
                before, _count = goal.coaching_id._mean(-EFFECT_DAYS, 0, goal.criterion_id)
                after, _count = goal.coaching_id._mean(0, EFFECT_DAYS, goal.criterion_id)
            goal.before_score, goal.after_score = before or 0, after or 0
            goal.has_effect = before is not None and after is not None

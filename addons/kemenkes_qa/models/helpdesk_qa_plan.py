import secrets
from collections import Counter
from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_channel import CHANNEL_KINDS
from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS

from ..tools.sampling import Candidate, draw, share_out

PERIODS = {"week": relativedelta(weeks=1), "month": relativedelta(months=1)}
# More than PostgreSQL's biggest integer would not fit its column.
SEEDS = 2**31


class HelpdeskQaPlan(models.Model):
    """How many conversations of each agent are judged in a week or month, which ones, and by whom."""

    _name = "helpdesk.qa.plan"
    _description = "Sampling Plan"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    period = fields.Selection([("week", "Week"), ("month", "Month")], required=True, default="week")
    number = fields.Integer("Conversations an agent", required=True, default=5)
    rule = fields.Selection(
        [
            ("any", "Any, by chance"),
            ("low_rating", "Low satisfaction"),
            ("late", "Service level missed"),
            ("long", "Long handling"),
            ("reopened", "Reopened"),
            ("escalated", "Escalated"),
        ],
        "Which conversations",
        required=True,
        default="any",
    )
    long_minutes = fields.Integer("Handled longer than (minutes)", default=30)
    team_ids = fields.Many2many("helpdesk.team", string="Teams", required=True)
    channel_kind = fields.Selection(CHANNEL_KINDS, help="Empty: every channel, evenly.")
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Empty: every product.")
    evaluator_ids = fields.Many2many(
        "res.users",
        "helpdesk_qa_plan_evaluator_rel",
        "plan_id",
        "user_id",
        string="Evaluators",
        required=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref("kemenkes_helpdesk.group_quality").ids)],
    )
    next_date = fields.Date("Next draw", required=True, default=fields.Date.context_today)
    sample_ids = fields.One2many("helpdesk.qa.sample", "plan_id", "Samples")
    open_count = fields.Integer("To be judged", compute="_compute_progress")
    done_count = fields.Integer("Judged", compute="_compute_progress")
    progress = fields.Float("Progress (%)", compute="_compute_progress")

    _number_positive = models.Constraint(
        "CHECK(number BETWEEN 1 AND 100)", "A plan draws 1 to 100 conversations an agent."
    )
    _long_positive = models.Constraint("CHECK(long_minutes > 0)", "Long handling begins at one minute or more.")

    def _compute_progress(self):
        rows = self.env["helpdesk.qa.sample"]._read_group(
            [("plan_id", "in", self.ids)], ["plan_id", "state"], ["__count"]
        )
        counts = {(plan, state): count for plan, state, count in rows}
        for plan in self:
            plan.open_count = counts.get((plan, "open"), 0)
            plan.done_count = counts.get((plan, "done"), 0)
            total = plan.open_count + plan.done_count
            plan.progress = 100 * plan.done_count / total if total else 0

    # DRAWING

    def action_draw(self):
        """Draw the conversations of the period that ended last, now.

        :return: an action that opens them
        :raise UserError: no conversation fits
        """
        self.ensure_one()
        samples = self._draw(fields.Date.context_today(self))
        if not samples:
            raise UserError(self.env._("No conversation of the last period fits this plan, or all have been drawn."))
        return self.action_open_samples()

    def action_open_samples(self):
        """The conversations drawn.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_qa.helpdesk_qa_sample_action")
        return {**action, "domain": [("plan_id", "=", self.id)], "context": {}}

    def _draw(self, day, seed=None):
        """Draw the conversations solved in the period before ``day``; those drawn before are not drawn again.

        :param date day: the first day that no longer counts
        :param int seed: by default a new one; it is kept with the samples
        :return: ``helpdesk.qa.sample``
        """
        self.ensure_one()
        seed = secrets.randbelow(SEEDS) if seed is None else seed
        start = day - PERIODS[self.period]
        candidates = self._candidates(start, day)
        drawn = draw(candidates, self.number, seed)
        evaluators = share_out(drawn, self._loads())
        return self.env["helpdesk.qa.sample"].create(
            [
                {
                    "plan_id": self.id,
                    "ticket_id": candidate.ticket,
                    "agent_id": candidate.agent,
                    "evaluator_id": evaluator,
                    "seed": seed,
                    "candidate_count": len(candidates),
                    "date_from": start,
                    "date_to": day - relativedelta(days=1),
                }
                for candidate, evaluator in zip(drawn, evaluators, strict=True)
                if evaluator is not None
            ]
        )

    def _candidates(self, start, end):
        # sudo: a plan is for all the tickets of its teams; only ids leave this method
        tickets = self.env["helpdesk.ticket"].sudo().search(self._candidate_domain(start, end))
        if self.rule == "late":
            tickets = tickets.filtered(lambda ticket: ticket._was_in_time("full_resolution") is False)
        zone = self._zone()
        return [
            Candidate(
                ticket.id,
                ticket.user_id.id,
                ticket.channel_id.id,
                pytz.utc.localize(ticket.solved_date).astimezone(zone).date(),
            )
            for ticket in tickets
        ]

    def _zone(self):
        """Days begin where the plan's first team is."""
        return pytz.timezone(self.team_ids[:1].site_id.timezone or "UTC")

    def _midnight(self, day):
        """The beginning of ``day``, naive UTC."""
        midnight = self._zone().localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def _candidate_domain(self, start, end):
        drawn = self.env["helpdesk.qa.sample"].sudo()._search([("plan_id", "=", self.id), ("date_to", ">=", start)])
        domain = (
            Domain("team_id", "in", self.team_ids.ids)
            & Domain("user_id", "!=", False)
            & Domain("stage_kind", "in", DONE_KINDS)
            & Domain("solved_date", ">=", self._midnight(start))
            & Domain("solved_date", "<", self._midnight(end))
            & Domain("reply_count", ">", 0)
            & Domain("id", "not in", drawn.select("ticket_id") if drawn else [])
        )
        if self.channel_kind:
            domain &= Domain("channel_id.kind", "=", self.channel_kind)
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        return domain & self._rule_domain()

    def _rule_domain(self):
        rules = {
            "long": Domain("handling_seconds", ">", 60 * self.long_minutes),
            "reopened": Domain("reopen_count", ">", 0),
            "escalated": Domain("escalation_ids", "!=", False),
            "low_rating": self._low_rating_domain(),
        }
        return rules.get(self.rule, Domain.TRUE)

    def _low_rating_domain(self):
        # sudo: only which tickets were rated low is asked
        ratings = self.env["rating.rating"].sudo()
        low = ratings._search(
            [("res_model", "=", "helpdesk.ticket"), ("consumed", "=", True), ("rating", "<=", 2), ("rating", ">", 0)]
        )
        return Domain("id", "in", low.select("res_id"))

    def _loads(self):
        """``{evaluator id: open samples}`` of this plan's evaluators."""
        rows = (
            self.env["helpdesk.qa.sample"]
            .sudo()
            ._read_group(
                [("evaluator_id", "in", self.evaluator_ids.ids), ("state", "=", "open")], ["evaluator_id"], ["__count"]
            )
        )
        return {**dict.fromkeys(self.evaluator_ids.ids, 0), **{user.id: count for user, count in rows}}

    @api.model
    def _cron_draw(self):
        """Draw for each plan whose day has come; one that fails holds up no other."""
        today = fields.Date.context_today(self)
        due = self.search([("next_date", "<=", today)])
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for plan in due:
            samples = plan._draw(plan.next_date)
            plan.next_date += PERIODS[plan.period]
            plan._tell_evaluators(samples)
            self.env["ir.cron"]._commit_progress(1)

    def _tell_evaluators(self, samples):
        for evaluator, number in Counter(sample.evaluator_id for sample in samples).items():
            evaluator._notify_in_one(self.env._("Conversations to judge"), [f"{self.name}: {number}"])

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import roster, rotation


class HelpdeskRosterGenerate(models.TransientModel):
    """Fills a month from a rotation, as a proposal that is looked at before it is confirmed (R3)."""

    _name = "helpdesk.roster.generate"
    _description = "Fill a Roster"

    roster_id = fields.Many2one("helpdesk.roster", required=True, readonly=True)
    site_id = fields.Many2one(related="roster_id.site_id")
    pattern_id = fields.Many2one(
        "helpdesk.roster.pattern", "Rotation", required=True, domain="[('site_id', '=', site_id)]"
    )
    user_ids = fields.Many2many("res.users", string="Agents", required=True, domain="[('id', 'in', agent_ids)]")
    agent_ids = fields.Many2many("res.users", compute="_compute_agent_ids")
    planned_count = fields.Integer("Duties proposed", compute="_compute_preview")
    uncovered_count = fields.Integer("Still uncovered", compute="_compute_preview")
    skipped = fields.Text("Left out", compute="_compute_preview")

    @api.depends("roster_id")
    def _compute_agent_ids(self):
        for wizard in self:
            wizard.agent_ids = wizard._agents()

    def _agents(self):
        """Who works at the site: members of its teams who answer customers."""
        # sudo: memberships; names of colleagues are no secret
        teams = self.env["helpdesk.team"].sudo().search([("site_id", "=", self.site_id.id), ("tier", "=", "1")])
        leaders = teams.user_id
        return (teams.member_ids - leaders).filtered(
            lambda user: not user.share and not user.has_group("kemenkes_helpdesk.group_team_leader")
        )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get("roster_id"):
            site = self.env["helpdesk.roster"].browse(values["roster_id"]).site_id
            wizard = self.new({"roster_id": values["roster_id"]})
            values["user_ids"] = [(6, 0, wizard._agents().ids)]
            values["pattern_id"] = self.env["helpdesk.roster.pattern"].search([("site_id", "=", site.id)], limit=1).id
        return values

    @api.depends("roster_id", "pattern_id", "user_ids")
    def _compute_preview(self):
        for wizard in self:
            planned, skipped = wizard._plan() if wizard.pattern_id and wizard.user_ids else ([], [])
            wizard.planned_count = len(planned)
            wizard.uncovered_count = wizard._count_uncovered(planned)
            wizard.skipped = wizard._tell_skipped(skipped)

    def _plan(self):
        one = self.roster_id
        days = one._days()
        agents = self.user_ids._origin or self.user_ids
        # sudo: rules look at all that an agent does, at other sites too
        duties = (
            self.env["helpdesk.shift.assignment"]
            .sudo()
            .search(
                [
                    ("user_id", "!=", False),
                    ("date", ">=", days[0] - roster.timedelta(days=roster.DAYS_OF_A_WEEK)),
                    ("date", "<=", days[-1] + roster.timedelta(days=roster.DAYS_OF_A_WEEK)),
                    "|",
                    ("user_id", "in", agents.ids),
                    ("site_id", "=", one.site_id.id),
                ]
            )
        )
        known = [
            roster.Duty(duty.shift_id.id, duty.user_id.id, duty.date, duty.start_date, duty.stop_date)
            for duty in duties
        ]
        absences = self.env["helpdesk.roster.change"]._absences(agents, days[0], days[-1])
        return rotation.rotate(
            self.pattern_id._plain_cycle(),
            agents.ids,
            days,
            one.site_id.timezone,
            one.site_id._roster_limits(),
            known,
            absences,
        )

    def _count_uncovered(self, planned):
        filled = Counter((duty.key, duty.day) for duty in planned)
        groups = self.env["helpdesk.shift.assignment"]._read_group(
            [("roster_id", "=", self.roster_id.id), ("uncovered", "=", True)], ["shift_id", "date:day"], ["__count"]
        )
        return sum(max(0, count - filled[shift.id, fields.Date.to_date(day)]) for shift, day, count in groups)

    def _tell_skipped(self, skipped):
        reasons = {
            "overlap": self.env._("already on another shift"),
            "rest": self.env._("too little rest"),
            "hours": self.env._("too many hours a day"),
            "days": self.env._("too many days a week"),
            "leave": self.env._("on leave"),
            "full": self.env._("shift full"),
        }
        counts = Counter((one.agent, one.rule) for one in skipped)
        names = dict(self.user_ids._origin.mapped(lambda user: (user.id, user.name)))
        return "\n".join(
            self.env._(
                "%(agent)s: %(count)s days, %(reason)s", agent=names.get(agent, ""), count=count, reason=reasons[rule]
            )
            for (agent, rule), count in sorted(counts.items(), key=lambda item: -item[1])
        )

    def action_propose(self):
        """Put the proposal on the roster, to be confirmed or discarded there.

        :return: an action that opens it
        :raise UserError: the roster is published, or nothing can be proposed
        """
        self.ensure_one()
        one = self.roster_id
        if one.state == "published":
            raise UserError(self.env._("The roster of %s is published already.", one.display_name))
        one.action_discard_proposal()
        planned, _skipped = self._plan()
        if not planned:
            raise UserError(self.env._("The rotation gives nobody a duty that the rules allow."))
        number = max(one.generation, *one.assignment_ids.mapped("generation"), 0) + 1
        self.env["helpdesk.shift.assignment"].create(
            [
                {
                    "user_id": duty.agent,
                    "shift_id": duty.key,
                    "date": duty.day,
                    "proposed": True,
                    "generation": number,
                }
                for duty in planned
            ]
        )
        return one.action_open_duties()

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import OPEN_KINDS

from .helpdesk_offer import REFUSED

METRICS = [
    ("waiting", "Tickets in the queue"),
    ("longest_wait", "Longest wait in the queue"),
    ("service_level", "Service level now"),
    ("reject_rate", "Reject rate"),
    ("occupancy", "Occupancy"),
]
UNITS = {
    "waiting": "tickets",
    "longest_wait": "minutes",
    "service_level": "percent",
    "reject_rate": "percent",
    "occupancy": "percent",
}
# Others are the better, the lower they are.
HIGHER_IS_BETTER = ("service_level",)
# Reject rate, occupancy and service level are those of so many minutes up to now.
WINDOW_MINUTES = 60
# Statuses in which an agent works on something, and those in which one could.
BUSY_KINDS = ("busy", "wrap_up")
STAFFED_KINDS = ("ready", *BUSY_KINDS)


class HelpdeskThreshold(models.Model):
    """A limit of a live figure, of a team or of all teams of a site, and who is warned when it is crossed (R25.c.2).

    One warning for each crossing: the next one comes after the figure has been good again for a while, so a figure that
    trembles about its limit doesn't flood anybody.
    """

    _name = "helpdesk.threshold"
    _description = "Threshold"
    _order = "site_id, team_id, metric, id"

    active = fields.Boolean(default=True)
    metric = fields.Selection(METRICS, "Figure", required=True)
    limit = fields.Float(required=True)
    unit = fields.Selection([("tickets", "tickets"), ("minutes", "minutes"), ("percent", "%")], compute="_compute_unit")
    site_id = fields.Many2one("helpdesk.site", required=True, index=True, default=lambda self: self._default_site())
    team_id = fields.Many2one("helpdesk.team", domain="[('site_id', '=', site_id)]", help="Empty: all of the site.")
    quiet_minutes = fields.Integer(
        "Good again for (minutes)", default=10, help="So long the figure must be good before it may warn anew."
    )
    user_ids = fields.Many2many("res.users", string="Who is warned", domain=[("share", "=", False)])
    value = fields.Float("At the last look", readonly=True, aggregator=None)
    has_value = fields.Boolean(readonly=True)
    crossed_date = fields.Datetime("Crossed since", readonly=True)
    good_date = fields.Datetime("Good again since", readonly=True)

    _limit_positive = models.Constraint('CHECK("limit" >= 0)', "A limit can't be negative.")
    _quiet_positive = models.Constraint("CHECK(quiet_minutes >= 0)", "The minutes can't be negative.")

    @api.model
    def _default_site(self):
        return self.env.user.helpdesk_site_ids[:1] or self.env["helpdesk.site"].search([], limit=1)

    @api.depends("metric")
    def _compute_unit(self):
        for threshold in self:
            threshold.unit = UNITS.get(threshold.metric)

    @api.depends("metric", "site_id", "team_id")
    def _compute_display_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for threshold in self:
            place = threshold.team_id.name or threshold.site_id.name
            threshold.display_name = f"{labels.get(threshold.metric, '')} · {place}"

    @api.constrains("site_id", "team_id")
    def _check_team(self):
        for threshold in self:
            if threshold.team_id and threshold.team_id.site_id != threshold.site_id:
                raise ValidationError(self.env._("%s is a team of another site.", threshold.team_id.name))

    @api.constrains("metric", "limit")
    def _check_share(self):
        for threshold in self:
            if threshold.unit == "percent" and threshold.limit > 100:
                raise ValidationError(self.env._("A share is at most 100 percent."))

    # LOOKING

    @api.model
    def _cron_check(self):
        """Look at every figure, warn of those that have crossed their limit since the last look."""
        self.search([])._look()

    def _look(self):
        # sudo: a figure of all tickets and agents tells about none of them
        thresholds = self.sudo()
        figures = thresholds._measure()
        crossed = self.browse()
        for threshold in thresholds:
            if threshold._note(figures[threshold]):
                crossed |= threshold
        crossed._warn()

    def _note(self, value):
        """Keep the figure of this look.

        :return: whether it has just crossed its limit
        """
        now = fields.Datetime.now()
        before = bool(self.crossed_date)
        values = {"value": value or 0, "has_value": value is not None}
        if value is not None and self._is_beyond(value):
            values |= {"good_date": False} if before else {"crossed_date": now, "good_date": False}
        elif before and not self.good_date:
            values["good_date"] = now
        elif before and self.good_date <= now - timedelta(minutes=self.quiet_minutes):
            values |= {"crossed_date": False, "good_date": False}
        changes = {name: new for name, new in values.items() if self[name] != new}
        if changes:
            self.write(changes)
        if before != bool(self.crossed_date):
            self.site_id._tell_floor("helpdesk.floor/threshold", self._floor_payload())
        return not before and bool(self.crossed_date)

    def _is_beyond(self, value):
        return value < self.limit if self.metric in HIGHER_IS_BETTER else value > self.limit

    def _floor_payload(self):
        """The threshold as supervisors' screens are told of it."""
        return {
            "id": self.id,
            "metric": self.metric,
            "limit": self.limit,
            "site_id": self.site_id.id,
            "team_id": self.team_id.id,
            "value": self.value if self.has_value else None,
            "crossed": self.crossed_date and fields.Datetime.to_string(self.crossed_date),
        }

    # WARNING

    def _warn(self):
        """One message for each person, however many thresholds were crossed."""
        rows = [
            {
                "kind": "threshold_crossed",
                "site_id": threshold.site_id.id,
                "team_id": threshold.team_id.id,
                "data": {"threshold": threshold.id, "value": round(threshold.value, 1), "limit": threshold.limit},
            }
            for threshold in self
        ]
        self.env["helpdesk.event"]._record(rows)
        for user in self._people():
            theirs = self.filtered(lambda threshold, user=user: user in threshold._people())
            theirs.with_context(lang=user.lang)._warn_user(user)

    def _people(self):
        """Those named, else the leaders of the teams concerned."""
        people = self.env["res.users"]
        for threshold in self:
            teams = threshold.team_id or threshold.site_id.team_ids
            people |= threshold.user_ids or teams.user_id
        return people.filtered(lambda user: user.active and not user.share)

    def _warn_user(self, user):
        lines = [
            self.env._(
                "%(threshold)s: %(value)s, limit %(limit)s",
                threshold=threshold.display_name,
                value=threshold._format(threshold.value),
                limit=threshold._format(threshold.limit),
            )
            for threshold in self
        ]
        user._notify_in_one(self.env._("Thresholds crossed: %s", len(self)), lines)

    def _format(self, value):
        unit = dict(self._fields["unit"]._description_selection(self.env)).get(self.unit, "")
        number = f"{value:.0f}"
        return f"{number}%" if self.unit == "percent" else f"{number} {unit}"

    # MEASURING, each figure for all teams in one query

    def _measure(self):
        """``{threshold: figure in its unit, or None}``."""
        figures = {}
        for metric, thresholds in self.grouped("metric").items():
            teams = thresholds._teams()
            by_team = getattr(self, f"_count_{metric}")(teams.ids)
            summarize = getattr(self, f"_sum_{metric}")
            for threshold in thresholds:
                counts = [by_team[team.id] for team in threshold._teams() if team.id in by_team]
                figures[threshold] = summarize(counts)
        return figures

    def _teams(self):
        teams = self.env["helpdesk.team"]
        for threshold in self:
            teams |= threshold.team_id or threshold.site_id.team_ids
        return teams

    def _queue_domain(self, team_ids):
        return [
            ("team_id", "in", team_ids),
            ("stage_kind", "in", [kind for kind in OPEN_KINDS if kind != "waiting_customer"]),
            ("user_id", "=", False),
        ]

    def _count_waiting(self, team_ids):
        rows = self.env["helpdesk.ticket"]._read_group(self._queue_domain(team_ids), ["team_id"], ["__count"])
        return {team.id: count for team, count in rows}

    def _sum_waiting(self, counts):
        return sum(counts)

    def _count_longest_wait(self, team_ids):
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(self._queue_domain(team_ids))
        team, since, created = (
            tickets._field_to_sql(query.table, name) for name in ("team_id", "waiting_since", "create_date")
        )
        query.groupby = team
        rows = self.env.execute_query(query.select(team, SQL("min(COALESCE(%s, %s))", since, created)))
        return dict(rows)

    def _sum_longest_wait(self, moments):
        if not moments:
            return 0
        return (fields.Datetime.now() - min(moments)).total_seconds() / 60

    def _since(self):
        return fields.Datetime.now() - timedelta(minutes=WINDOW_MINUTES)

    def _count_service_level(self, team_ids):
        """``{team: (in time, all)}``: answered in the window, or due in it and not answered."""
        self.env["helpdesk.ticket"].flush_model(["first_response_date", "first_response_seconds", "team_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT team.id,
                       count(*) FILTER (WHERE ticket.first_response_seconds <= team.answer_seconds), count(*)
                  FROM helpdesk_ticket ticket JOIN helpdesk_team team ON team.id = ticket.team_id
                 WHERE team.id = ANY(%(teams)s)
                   AND (ticket.first_response_date >= %(since)s
                        OR ticket.first_response_date IS NULL AND ticket.stage_kind = ANY(%(open)s)
                           AND ticket.create_date + team.answer_seconds * interval '1 second'
                               BETWEEN %(since)s AND %(now)s)
              GROUP BY team.id
                """,
                teams=team_ids,
                since=self._since(),
                now=fields.Datetime.now(),
                open=list(OPEN_KINDS),
            )
        )
        return {team_id: (in_time, count) for team_id, in_time, count in rows}

    def _sum_service_level(self, pairs):
        return self._share(pairs)

    def _count_reject_rate(self, team_ids):
        """``{team: (rejected or missed, answered or missed)}``; withdrawn offers are nobody's doing."""
        rows = self.env["helpdesk.offer"]._read_group(
            [
                ("team_id", "in", team_ids),
                ("offered_date", ">=", self._since()),
                ("state", "in", ["accepted", *REFUSED]),
            ],
            ["team_id", "state"],
            ["__count"],
        )
        counts = {}
        for team, state, count in rows:
            refused, answered = counts.get(team.id, (0, 0))
            counts[team.id] = (refused + count * (state in REFUSED), answered + count)
        return counts

    def _sum_reject_rate(self, pairs):
        return self._share(pairs)

    def _count_occupancy(self, team_ids):
        """``{team: (seconds at work on something, seconds at work or ready)}``."""
        self.env["helpdesk.agent.interval"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT team_id, sum(seconds) FILTER (WHERE kind = ANY(%(busy)s)), sum(seconds)
                  FROM (SELECT team_id, kind,
                               extract(epoch FROM COALESCE(end_date, %(now)s) - greatest(start_date, %(since)s))
                                   AS seconds
                          FROM helpdesk_agent_interval
                         WHERE team_id = ANY(%(teams)s) AND kind = ANY(%(staffed)s)
                           AND start_date >= %(earliest)s AND COALESCE(end_date, %(now)s) > %(since)s) AS times
              GROUP BY team_id
                """,
                busy=list(BUSY_KINDS),
                staffed=list(STAFFED_KINDS),
                teams=team_ids,
                now=fields.Datetime.now(),
                since=self._since(),
                earliest=self._since() - timedelta(days=1),  # nobody stays in one status for longer
            )
        )
        return {team_id: (busy or 0, seconds) for team_id, busy, seconds in rows}

    def _sum_occupancy(self, pairs):
        return self._share(pairs)

    @staticmethod
    def _share(pairs):
        part, whole = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        return float(100 * part / whole) if whole else None

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import adherence

# Intervals are closed by then, also those of agents whose connection was lost at the end of the shift.
SETTLED_MINUTES = 60
BATCH = 500
ABSENT_KINDS = ("offline", "away")


class HelpdeskAdherence(models.Model):
    """How a duty of a published roster went: planned against real, one row for each duty that is over (R25.c.1)."""

    _name = "helpdesk.adherence"
    _description = "Adherence"
    _order = "date desc, id desc"
    _rec_name = "user_id"

    assignment_id = fields.Many2one(
        "helpdesk.shift.assignment", "Duty", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="restrict")
    site_id = fields.Many2one("helpdesk.site", required=True, readonly=True, ondelete="restrict")
    shift_id = fields.Many2one("helpdesk.shift", required=True, readonly=True, ondelete="restrict")
    date = fields.Date("Day", required=True, readonly=True)
    planned_seconds = fields.Integer("Planned", required=True, readonly=True)
    present_seconds = fields.Integer(
        "At work", required=True, readonly=True, help="Logged in to work within the shift."
    )
    late_seconds = fields.Integer("Late by", required=True, readonly=True)
    early_seconds = fields.Integer("Left early by", required=True, readonly=True)
    percent = fields.Float("Adherence (%)", readonly=True, digits=(5, 1), aggregator="avg")
    state = fields.Selection(
        [
            ("kept", "Kept"),
            ("late", "Late"),
            ("early", "Left early"),
            ("late_early", "Late and left early"),
            ("interrupted", "Interrupted"),
            ("missing", "Missing"),
        ],
        required=True,
        readonly=True,
    )

    _once = models.UniqueIndex("(assignment_id)")
    _user_date_idx = models.Index("(user_id, date)")
    _site_date_idx = models.Index("(site_id, date)")

    @api.model
    def _cron_measure(self):
        """Measure the duties that are over, batch after batch."""
        while duties := self._unmeasured():
            self._measure(duties)
            if not self.env["ir.cron"]._commit_progress(len(duties)):
                return

    @api.model
    def _unmeasured(self):
        over = fields.Datetime.subtract(fields.Datetime.now(), minutes=SETTLED_MINUTES)
        return self.env["helpdesk.shift.assignment"].search(
            [
                ("state", "=", "published"),
                ("user_id", "!=", False),
                ("stop_date", "<=", over),
                ("adherence_ids", "=", False),
            ],
            order="start_date",
            limit=BATCH,
        )

    @api.model
    def _measure(self, duties):
        """Write down how duties went.

        :param duties: ``helpdesk.shift.assignment`` that are over
        :return: the new records
        """
        real = self._presence(duties)
        return self.create([self._prepare(duty, real[duty.user_id.id]) for duty in duties])

    @api.model
    def _sql_presence(self):
        """When agents were at work: what adherence means wherever it is shown, for a duty here, for a day in
        ``helpdesk.activity``.

        :return: ``SQL``, a query of ``user_id``, ``starts``, ``ends``; naive UTC, what goes on ends now
        """
        return SQL(
            """
            SELECT user_id, start_date AS starts, COALESCE(end_date, %s) AS ends
              FROM helpdesk_agent_interval WHERE kind NOT IN %s
            """,
            self.env.cr.now(),
            ABSENT_KINDS,
        )

    @api.model
    def _sql_duties(self):
        """What published rosters ask of whom.

        :return: ``SQL``, a query of ``user_id``, ``site_id``, ``team_id`` (the agent's at the site), ``date`` (on which
            it begins), ``starts``, ``ends``; naive UTC
        """
        return SQL(
            """
            SELECT duty.user_id, duty.site_id, duty.date, duty.start_date AS starts, duty.stop_date AS ends,
                   (SELECT min(team.id) FROM helpdesk_team_user_rel member
                      JOIN helpdesk_team team ON team.id = member.team_id AND team.site_id = duty.site_id
                     WHERE member.user_id = duty.user_id) AS team_id
              FROM helpdesk_shift_assignment duty WHERE duty.state = 'published' AND duty.user_id IS NOT NULL
            """
        )

    def _presence(self, duties):
        """``{user id: [(start, end)]}`` in which agents were at work, around these duties."""
        self.env["helpdesk.agent.interval"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, starts, ends FROM (%s) present WHERE user_id = ANY(%s) AND starts < %s AND ends > %s",
                self._sql_presence(),
                duties.user_id.ids,
                max(duties.mapped("stop_date")),
                min(duties.mapped("start_date")),
            )
        )
        presence = defaultdict(list)
        for user_id, starts, ends in rows:
            presence[user_id].append((starts, ends))
        return presence

    def _prepare(self, duty, real):
        went = adherence.measure(duty.start_date, duty.stop_date, real)
        teams = duty.user_id.helpdesk_team_ids.filtered(lambda team: team.site_id == duty.site_id)
        return {
            "assignment_id": duty.id,
            "user_id": duty.user_id.id,
            "team_id": teams[:1].id,
            "site_id": duty.site_id.id,
            "shift_id": duty.shift_id.id,
            "date": duty.date,
            "planned_seconds": went.planned,
            "present_seconds": went.present,
            "late_seconds": went.late,
            "early_seconds": went.early,
            "percent": 100 * went.share,
            "state": went.state,
        }

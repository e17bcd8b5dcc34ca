from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import handling, working_time
from .helpdesk_handling import ACCEPTED_SECONDS, SOURCES

# How often a browser tells, in seconds.
REPORT_SECONDS = 30
# Without mouse or keyboard for so long, nobody works.
IDLE_SECONDS = 120
MOST_SIGNS = 100


class HelpdeskHandlingSign(models.Model):
    """Signs that an agent works on a ticket, as they come in; counted and removed a few minutes later.

    Only ever added to, so that two windows of an agent that tell at once never wait for each other. They may overlap,
    repeat and come in any order: :mod:`~..tools.handling` makes sense of them.
    """

    _name = "helpdesk.handling.sign"
    _description = "Sign of Work"
    _log_access = False
    _order = "start, id"

    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="cascade")
    source = fields.Selection(SOURCES, required=True, readonly=True)
    start = fields.Datetime(required=True, readonly=True)
    stop = fields.Datetime(required=True, readonly=True)

    _user_idx = models.Index("(user_id, start)")

    @api.model
    def _take_reports(self, reports):
        """Note what a browser tells of its user's work in ticket forms.

        The server's clock decides: what lies in the future or further back than :data:`ACCEPTED_SECONDS` is cut off,
        so nobody can have worked longer than time has passed. Who may not answer on a ticket produces nothing.

        :param list reports: dicts with ``ticket`` (id), ``start`` and ``stop`` (seconds since 1970 UTC, by the clock
            that an earlier answer told)
        :return: ``{"now": seconds since 1970, "measured": whether this account's work is, "idle_seconds": …,
            "report_seconds": …}``
        :raise UserError: reports of another shape
        """
        now = working_time.to_seconds(fields.Datetime.now())
        measured = self.env.user.has_group("kemenkes_helpdesk.group_agent")
        if measured:
            first = now - ACCEPTED_SECONDS
            checked = self._check_reports(reports)
            self._note_work("focus", [(ticket, max(start, first), stop) for ticket, start, stop in checked])
        return {
            "now": now,
            "measured": measured,
            "idle_seconds": self._idle_seconds(),
            "report_seconds": REPORT_SECONDS,
        }

    @api.model
    def _note_work(self, source, reports):
        """Note signs of the current user's work; calls and wrap-up come in here too.

        How far back they may lie is for the caller to say, who knows whom it believes; what has been counted for that
        time is not counted again.

        :param str source: a key of ``SOURCES``
        :param list reports: ``(ticket id, start, stop)``, seconds since 1970 UTC
        """
        now = working_time.to_seconds(fields.Datetime.now())
        bounded = [(ticket_id, start, min(stop, now)) for ticket_id, start, stop in reports if start < min(stop, now)]
        team_by_ticket = self._worked_on({ticket_id for ticket_id, _start, _stop in bounded})
        # sudo: written by the system only; whose work counts was just decided
        self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "ticket_id": ticket_id,
                    "team_id": team_by_ticket[ticket_id],
                    "source": source,
                    "start": working_time.from_seconds(start),
                    "stop": working_time.from_seconds(stop),
                }
                for ticket_id, start, stop in bounded
                if ticket_id in team_by_ticket
            ]
        )

    @api.model
    def _worked_on(self, ticket_ids):
        """``{ticket id: team id}`` of the tickets on which the current user works: assigned, or of an own team.

        Supervisors who look over a shoulder work on something else, and a closed ticket is read, not handled.
        """
        if not ticket_ids:
            return {}
        tickets = self.env["helpdesk.ticket"].search_fetch(
            [
                ("id", "in", list(ticket_ids)),
                ("stage_kind", "!=", "closed"),
                "|",
                ("user_id", "=", self.env.uid),
                ("team_id.member_ids", "in", self.env.uid),
            ],
            ["team_id"],
        )
        return {ticket.id: ticket.team_id.id for ticket in tickets}

    @api.model
    def _check_reports(self, reports):
        try:
            checked = [(report["ticket"], report["start"], report["stop"]) for report in reports[:MOST_SIGNS]]
        except (KeyError, TypeError):
            checked = [(None,)]
        if not all(type(value) is int and 0 < value < 2**32 for report in checked for value in report):
            raise UserError(self.env._("A report of work names a ticket, a start and a stop."))
        return checked

    @api.model
    def _idle_seconds(self):
        # sudo: a setting that every browser needs
        value = self.env["ir.config_parameter"].sudo().get_param("kemenkes_helpdesk.idle_seconds")
        return int(value) if value and value.isdigit() and int(value) else IDLE_SECONDS

    def _plain(self):
        """These records as :class:`~..tools.handling.Sign`."""
        return [
            handling.Sign(
                working_time.to_seconds(sign.start),
                working_time.to_seconds(sign.stop),
                sign.ticket_id.id,
                sign.source,
                sign.team_id.id,
            )
            for sign in self
        ]

from datetime import datetime, time, timedelta

import pytz
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import handling, working_time

SOURCES = [
    ("focus", "Ticket form"),
    ("call", "Call"),
    ("wrap_up", "Wrap-up"),
    ("correction", "Correction"),
]
# How old a sign of work may be when it arrives: a browser that was offline for longer has lost it.
ACCEPTED_SECONDS = 180
# A transaction that notes signs takes no longer than this.
SLOWEST_SECONDS = 60
DAY_SECONDS = 24 * 60 * 60


class HelpdeskHandling(models.Model):
    """Handling time: when an agent really worked on a ticket, measured, one row for each interval (R1.b.1).

    The intervals of an agent never overlap. Nothing is rewritten: a supervisor's correction is a row of its own, and
    each row is told to the ledger. Team, site, product and channel are those at the time of the work.
    """

    _name = "helpdesk.handling"
    _description = "Handling Time"
    _order = "date desc, start desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    start = fields.Datetime(readonly=True)
    stop = fields.Datetime(readonly=True)
    date = fields.Date("Day", required=True, readonly=True, help="The day at the ticket's site.")
    seconds = fields.Integer("Duration", required=True, readonly=True)
    reason = fields.Text("Reason of the correction", readonly=True)
    corrected_by_id = fields.Many2one("res.users", "Corrected by", readonly=True)

    _interval = models.Constraint(
        "CHECK(source = 'correction' AND start IS NULL AND stop IS NULL AND reason IS NOT NULL"
        " OR source != 'correction' AND start < stop AND seconds = EXTRACT(EPOCH FROM stop - start))",
        "An interval has a start and a stop, a correction has a reason.",
    )
    _user_idx = models.Index("(user_id, start)")
    _user_date_idx = models.Index("(user_id, date)")
    _team_date_idx = models.Index("(team_id, date)")
    _date_idx = models.Index("(date)")

    # COUNTING

    @api.model
    def _cron_count(self):
        """Count the signs of work that are complete, one agent after the other."""
        final = working_time.to_seconds(fields.Datetime.now()) - self._latest_seconds()
        waiting = self.env["helpdesk.handling.sign"]._read_group(
            [("start", "<", working_time.from_seconds(final))], ["user_id"]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for (user,) in waiting:
            try:
                self._count(user, final)
            except TransactionRollbackError:
                self.env.cr.rollback()  # somebody writes on the same ticket at this moment: the next run counts it
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _latest_seconds(self):
        """How long after the work a sign of it may come to be seen."""
        return ACCEPTED_SECONDS + SLOWEST_SECONDS

    @api.model
    def _count(self, user, final):
        """Turn the complete signs of an agent into intervals.

        :param user: ``res.users``, one record
        :param int final: seconds since 1970; no sign of an earlier moment will come any more
        :return: the new records
        """
        signs = self.env["helpdesk.handling.sign"].search([("user_id", "=", user.id)])
        plain = signs._plain()
        settled = handling.settled_until(plain, final)
        if settled is None:
            return self
        work = handling.one_at_a_time(handling.until(plain, settled), self._counted(user, plain))
        end = working_time.from_seconds(settled)
        told = signs.filtered(lambda sign: sign.stop <= end)
        (signs - told).filtered(lambda sign: sign.start < end).write({"start": end})
        told.unlink()
        return self._add(user, work)

    @api.model
    def _counted(self, user, signs):
        """Intervals of an agent that are on record already, from the first of ``signs`` on."""
        first = working_time.from_seconds(min(sign.start for sign in signs))
        known = self.search([("user_id", "=", user.id), ("stop", ">", first)])
        return [(working_time.to_seconds(one.start), working_time.to_seconds(one.stop)) for one in known]

    @api.model
    def _add(self, user, work):
        """Write down intervals, cut at midnight of the ticket's site, and tell the ledger.

        :param user: ``res.users``, one record
        :param list work: :class:`~..tools.handling.Sign` that don't overlap
        :return: the new records
        """
        tickets = {ticket.id: ticket for ticket in self.env["helpdesk.ticket"].browse({one.ticket for one in work})}
        added = self.create(
            [
                {
                    **self._prepare_place(tickets[one.ticket], one.place),
                    "user_id": user.id,
                    "source": one.source,
                    "start": working_time.from_seconds(start),
                    "stop": working_time.from_seconds(stop),
                    "date": day,
                    "seconds": stop - start,
                }
                for one in work
                for day, start, stop in self._by_day(one, tickets[one.ticket].site_id.timezone)
            ]
        )
        self.env["helpdesk.event"]._record([one._prepare_event() for one in added])
        return added

    @api.model
    def _prepare_place(self, ticket, team_id):
        return {
            "ticket_id": ticket.id,
            "team_id": team_id,
            "site_id": ticket.site_id.id,
            "product_id": ticket.product_id.id,
            "channel_id": ticket.channel_id.id,
        }

    def _prepare_event(self):
        """The row of the ledger; ``target_user_id`` is the agent whose time it is."""
        self.ensure_one()
        row = {
            "kind": "handled",
            "ticket_id": self.ticket_id.id,
            "target_user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "tier": self.team_id.tier,
            "data": {"seconds": self.seconds, "source": self.source},
        }
        if self.source == "correction":
            return row
        # in the agent's name: the machine only counts
        return {**row, "date": self.stop, "user_id": self.user_id.id, "real_user_id": self.user_id.id}

    @api.model
    def _by_day(self, work, timezone):
        """``[(day, start, stop)]``: the interval, cut where the day changes in ``timezone``."""
        zone = pytz.timezone(timezone)

        def day_of(moment):
            return datetime.fromtimestamp(moment, zone).date()

        day, midnights = day_of(work.start), []
        while day < day_of(work.stop):
            day += timedelta(days=1)
            midnights.append(int(zone.localize(datetime.combine(day, time.min)).timestamp()))
        return [(day_of(start), start, stop) for start, stop in handling.cut_at(work.start, work.stop, midnights)]

    # CORRECTION

    @api.model
    def _recorded_seconds(self, ticket, user, day):
        """What is on record for an agent on a ticket on a day, corrections included."""
        domain = [("ticket_id", "=", ticket.id), ("user_id", "=", user.id), ("date", "=", day)]
        return self._read_group(domain, [], ["seconds:sum"])[0][0] or 0

    @api.model
    def _correct(self, ticket, user, day, seconds, reason):
        """Set right the time of an agent on a ticket on a day, by a row of the difference.

        :param ticket: ``helpdesk.ticket``, one record
        :param user: ``res.users``, one record
        :param date day: at the ticket's site
        :param int seconds: what it really was
        :param str reason: why, for whoever asks later
        :return: the new record
        :raise AccessError: the account may not write the ticket
        :raise UserError: no reason, no difference, a day to come, or more than a day has
        """
        ticket.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the time is corrected."))
        if not 0 <= seconds <= DAY_SECONDS:
            raise UserError(self.env._("A day has 24 hours: give a time from 0 to 1440 minutes."))
        if day > datetime.now(pytz.timezone(ticket.site_id.timezone)).date():
            raise UserError(self.env._("That day is still to come."))
        # sudo: written by the system only; who may correct was checked with the ticket and the dialog's rights
        rows = self.sudo()
        difference = seconds - rows._recorded_seconds(ticket, user, day)
        if not difference:
            raise UserError(self.env._("This is the time on record: there is nothing to correct."))
        correction = rows.create(
            {
                **self._prepare_place(ticket, ticket.team_id.id),
                "user_id": user.id,
                "source": "correction",
                "date": day,
                "seconds": difference,
                "reason": reason.strip(),
                "corrected_by_id": self.env.uid,
            }
        )
        self.env["helpdesk.event"]._record([correction._prepare_event()])
        return correction.sudo(False)

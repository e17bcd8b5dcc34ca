from collections import Counter
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools import erlang, roster, staffing

PERCENT = 100


class HelpdeskStaffing(models.Model):
    """What a queue of a site shall reach, and how many agents that takes in each half hour of a week (R3).

    Arrivals are the tickets created in past weeks, as the ledger has them: on every channel a call, a chat or a mail
    begins with its ticket. Handling time is what was measured on tickets of the same channels.
    """

    _name = "helpdesk.staffing"
    _description = "Staffing Need"
    _order = "site_id, name"

    name = fields.Char(required=True, translate=True)
    site_id = fields.Many2one(
        "helpdesk.site", required=True, index=True, default=lambda self: self.env.user.helpdesk_site_ids[:1]
    )
    channel_ids = fields.Many2many(
        "helpdesk.channel", string="Channels", domain="[('site_id', '=', site_id)]", help="Empty: all of the site."
    )
    target = fields.Float("Service level (%)", required=True, default=80, help="Share answered in time.")
    within_seconds = fields.Integer("Answered within (seconds)", required=True, default=20)
    occupancy = fields.Float("Greatest occupancy (%)", required=True, default=85)
    shrinkage = fields.Float(
        "Shrinkage (%)", required=True, default=30, help="Paid time in breaks, training, meetings, illness."
    )
    concurrency = fields.Integer(
        "Conversations at once",
        required=True,
        default=1,
        help="1 for calls; chats that an agent holds at the same time.",
    )
    weeks = fields.Integer("Weeks of history", required=True, default=8)
    default_handling_seconds = fields.Integer("Handling time if none is measured (seconds)", required=True, default=300)
    handling_seconds = fields.Float("Average handling time (seconds)", readonly=True)
    calculated_date = fields.Datetime("Calculated on", readonly=True)
    need_ids = fields.One2many("helpdesk.staffing.need", "staffing_id", readonly=True)
    peak = fields.Integer(compute="_compute_peak", help="Most agents needed on the roster in any half hour.")
    active = fields.Boolean(default=True)

    _target_share = models.Constraint(
        "CHECK(target >= 0 AND target < 100)", "A service level is at least 0 and below 100 %."
    )
    _within_seconds = models.Constraint("CHECK(within_seconds >= 0)", "The time to answer can't be negative.")
    _occupancy_share = models.Constraint(
        "CHECK(occupancy > 0 AND occupancy <= 100)", "Occupancy is above 0 and at most 100 %."
    )
    _shrinkage_share = models.Constraint(
        "CHECK(shrinkage >= 0 AND shrinkage < 100)", "Shrinkage is at least 0 and below 100 %."
    )
    _positive = models.Constraint(
        "CHECK(concurrency >= 1 AND weeks BETWEEN 1 AND 104 AND default_handling_seconds > 0)",
        "Conversations, weeks (up to 104) and handling time are at least 1.",
    )

    @api.depends("need_ids.agents")
    def _compute_peak(self):
        groups = self.env["helpdesk.staffing.need"]._read_group(
            [("staffing_id", "in", self.ids)], ["staffing_id"], ["agents:max"]
        )
        peaks = {one.id: peak for one, peak in groups}
        for one in self:
            one.peak = peaks.get(one.id, 0)

    def action_calculate(self):
        """Work out the need from the arrivals of the past weeks."""
        self.check_access("write")
        for one in self:
            one._calculate()

    def _calculate(self):
        first, stop = self._window()
        handling = self._measured_handling(first, stop) or self.default_handling_seconds
        arrivals = self._count_arrivals(first, stop)
        days = Counter(
            (first + timedelta(days=number)).weekday() for number in range((stop - first).days)
        )  # fmt: skip
        # sudo: results of the calculation, which nobody enters by hand
        needs = self.env["helpdesk.staffing.need"].sudo()
        needs.search([("staffing_id", "=", self.id)]).unlink()
        needs.create(
            [
                self._prepare_need(weekday, slot, arrivals[weekday, slot] / (days[weekday] or 1), handling)
                for weekday in range(roster.DAYS_OF_A_WEEK)
                for slot in range(staffing.SLOTS)
            ]
        )
        self.write({"handling_seconds": handling, "calculated_date": fields.Datetime.now()})

    def _prepare_need(self, weekday, slot, arrivals, handling):
        try:
            at_work = erlang.agents_needed(
                arrivals,
                staffing.SLOT_SECONDS,
                handling,
                self.target / PERCENT,
                self.within_seconds,
                self.occupancy / PERCENT,
                self.concurrency,
            )
        except ValueError:
            raise ValidationError(
                self.env._("%s asks for a service level that no number of agents reaches.", self.name)
            ) from None
        return {
            "staffing_id": self.id,
            "weekday": str(weekday),
            "slot": slot,
            "arrivals": arrivals,
            "at_work": at_work,
            "agents": erlang.with_shrinkage(at_work, self.shrinkage / PERCENT),
        }

    def _window(self):
        """The days that count, at the site: whole weeks before today, not before the first ticket.

        :return: first day, and the day after the last
        """
        stop = roster.local_day(fields.Datetime.now(), self.site_id.timezone)
        first = stop - timedelta(weeks=self.weeks)
        # sudo: counts of tickets, without anything of them
        self.env["helpdesk.event"].sudo().flush_model()
        [[oldest]] = self.env.execute_query(
            SQL(
                "SELECT min(date) FROM helpdesk_event WHERE kind = 'created' AND site_id = %s AND date >= %s",
                self.site_id.id,
                self._midnight(first),
            )
        )
        return max(first, roster.local_day(oldest, self.site_id.timezone)) if oldest else first, stop

    def _midnight(self, day):
        local = datetime.combine(day, time.min, tzinfo=ZoneInfo(self.site_id.timezone))
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    def _count_arrivals(self, first, stop):
        """Tickets created, by weekday and half hour of the site's clock.

        :return: ``Counter`` by (weekday, number of the half hour)
        """
        channels = SQL("AND channel_id = ANY(%s)", self.channel_ids.ids) if self.channel_ids else SQL()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT EXTRACT(ISODOW FROM local)::integer - 1,
                       (EXTRACT(HOUR FROM local) * 2 + floor(EXTRACT(MINUTE FROM local) / 30))::integer,
                       count(*)
                  FROM (SELECT date AT TIME ZONE 'UTC' AT TIME ZONE %s AS local
                          FROM helpdesk_event
                         WHERE kind = 'created' AND site_id = %s AND date >= %s AND date < %s %s) AS arrival
                 GROUP BY 1, 2
                """,
                self.site_id.timezone,
                self.site_id.id,
                self._midnight(first),
                self._midnight(stop),
                channels,
            )
        )
        return Counter({(weekday, slot): count for weekday, slot, count in rows})

    def _measured_handling(self, first, stop):
        """Average handling time of a ticket in seconds; 0 when none was measured."""
        domain = [("site_id", "=", self.site_id.id), ("date", ">=", first), ("date", "<", stop)]
        if self.channel_ids:
            domain.append(("channel_id", "in", self.channel_ids.ids))
        # sudo: an average, without anything of tickets or agents
        [[seconds, tickets]] = (
            self.env["helpdesk.handling"].sudo()._read_group(domain, [], ["seconds:sum", "ticket_id:count_distinct"])
        )
        return (seconds or 0) / tickets if tickets else 0

    @api.model
    def _need_of(self, site, weekday):
        """Agents needed on the roster in each half hour of a weekday, over all queues of a site.

        :return: list of int
        """
        groups = self.env["helpdesk.staffing.need"]._read_group(
            [("staffing_id.site_id", "=", site.id), ("staffing_id.active", "=", True), ("weekday", "=", str(weekday))],
            ["slot"],
            ["agents:sum"],
        )
        need = dict(groups)
        return [need.get(slot, 0) for slot in range(staffing.SLOTS)]

import functools

import pytz

from odoo import api, fields, models, tools
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS
from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar
from odoo.addons.kemenkes_helpdesk.tools.working_time import from_seconds, to_seconds

from ..tools import clock
from ..tools.facts import CANCELLED, KINDS, REACHED, read_facts, tells_of_other
from ..tools.waiting import Merges
from .helpdesk_sla import TARGETS

STATES = [
    (clock.ONGOING, "Running"),
    (clock.PAUSED, "Paused"),
    (REACHED, "Met"),
    (clock.FAILED, "Breached"),
    (CANCELLED, "Not counted"),
]
CAUSES = [
    (clock.UNASSIGNED, "Nobody had taken it up"),
    (clock.AGENT, "Was with an agent"),
    (clock.NEXT_TIER, "Was with a higher tier"),
    (clock.COLLEAGUES, "Waited for colleagues"),
    (clock.CUSTOMER, "Waited for the customer"),
    (clock.TOUCHES, "Took more than one touch"),
]
ROW_COLUMNS = (
    "kind", "data", "site_id", "product_id", "channel_id", "team_id", "agent_id", "tier", "stage_kind", "category_id",
    "other_ticket_id",
)  # fmt: skip


# Seconds. Since 1972 all the world's zones are whole quarters of an hour from UTC, so none begins a day within one.
QUARTER = 15 * 60


@functools.lru_cache(maxsize=2**16)
def _day_in(zone, quarter):
    moment = pytz.utc.localize(from_seconds(quarter * QUARTER))
    return moment.astimezone(pytz.timezone(zone)).date()


class HelpdeskSlaStatus(models.Model):
    """A clock of a ticket under a policy (R14), as worked out from the ledger when something happened last.

    Nothing is changed by hand: :meth:`_refresh` writes what :func:`..tools.clock.run` says, in the transaction in
    which something happens to the ticket, and from the sweep when a due time has passed.
    """

    _name = "helpdesk.sla.status"
    _inherit = ["helpdesk.personal.mixin"]
    _description = "SLA Clock"
    _order = "is_open desc, deadline, id"
    _rec_name = "sla_id"
    _log_access = False

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    sla_id = fields.Many2one("helpdesk.sla", "Policy", required=True, readonly=True, ondelete="restrict")
    version_id = fields.Many2one("helpdesk.sla.version", required=True, readonly=True, ondelete="restrict", index=True)
    target = fields.Selection(TARGETS, required=True, readonly=True)
    number = fields.Integer(
        readonly=True, aggregator=None, help="Which of the ticket's waits for an answer, or which tier."
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    is_open = fields.Boolean("Still waited for", readonly=True)
    start_date = fields.Datetime("Started", readonly=True)
    deadline = fields.Datetime("Due", readonly=True, help="Empty while the clock is paused.")
    reached_date = fields.Datetime("Done on", readonly=True)
    end_date = fields.Datetime("Ended", readonly=True)
    result_date = fields.Datetime("Met or breached on", readonly=True, help="The day to which the result counts.")
    result_day = fields.Date("Day of the result", readonly=True, help="At the ticket's site.")
    elapsed_seconds = fields.Integer("Counted", readonly=True, aggregator="avg", help="Seconds, pauses left out.")
    late_seconds = fields.Integer(
        "Late by", readonly=True, aggregator="avg", help="Counted seconds after the due time."
    )
    cause = fields.Selection(CAUSES, "Cause of the breach", readonly=True, help="With whom it was when time ran out.")
    paused_seconds = fields.Integer("Paused for", readonly=True, aggregator="avg")
    pauses = fields.Json(readonly=True, help="Beginning and end of each pause, in seconds since 1970.")
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    tier = fields.Selection(TIERS, readonly=True)

    check_date = fields.Datetime(readonly=True, help="When the sweep has to look at the clock next.")
    is_stale = fields.Boolean(readonly=True, help="Working hours have changed since it was worked out.")
    warned_percent = fields.Integer(readonly=True, aggregator=None)
    untold_percent = fields.Integer(readonly=True, aggregator=None, help="A warning that nobody has been told yet.")

    ticket_ref = fields.Char(related="ticket_id.ticket_ref")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")
    ticket_stage_id = fields.Many2one(related="ticket_id.stage_id")

    _clock = models.UniqueIndex("(ticket_id, target, number)", "A ticket has one clock for each thing waited for.")
    _check_idx = models.Index("(check_date) WHERE check_date IS NOT NULL")
    _open_idx = models.Index("(deadline) WHERE is_open")
    _ended_idx = models.Index("(sla_id, end_date) WHERE end_date IS NOT NULL")
    _end_date_idx = models.Index("(end_date) WHERE end_date IS NOT NULL")
    _result_date_idx = models.Index("(result_date) WHERE result_date IS NOT NULL")
    _untold_idx = models.Index("(untold_percent) WHERE untold_percent > 0")

    # READER OF THE LEDGER

    @api.model
    def _read_events(self, events):
        """Reader of the ledger, inside the transaction: a due time is right at once.

        :param list events: rows of the ledger as dicts
        """
        ticket_ids = {event["ticket_id"] for event in events if event["kind"] in KINDS and event["ticket_id"]}
        if not ticket_ids or not any(policy for versions in self._book() for _from, _open, policy in versions):
            return
        tickets = self.env["helpdesk.ticket"].browse(sorted(ticket_ids))
        if any(event["kind"] == "customer_changed" for event in events):
            tickets |= tickets.survivor_id  # there it is who waits for an answer
        self._refresh(tickets)

    @api.model
    def _book(self):
        return self.env["helpdesk.sla.version"]._book()

    @api.model
    def _refresh(self, tickets):
        """Work out all clocks of ``tickets`` and write what differs: the same few statements for any number of them.

        :param tickets: ``helpdesk.ticket``
        :return: the tickets of which something differed
        """
        now = to_seconds(self.env.cr.now())
        clocks = self._work_out(tickets, now, self._book())
        stored = {(one.ticket_id.id, one.target, one.number): one for one in self._of(tickets)}
        new, breached, changed = [], [], set()
        for ticket_id, ticket_clocks in clocks.items():
            for one in ticket_clocks:
                status = stored.pop((ticket_id, one.target, one.number), self.browse())
                values = status._difference(ticket_id, one, now)
                if not values:
                    continue
                changed.add(ticket_id)
                if values.get("state") == clock.FAILED:
                    breached.append((ticket_id, one))
                if status:
                    status.write(values)
                else:
                    new.append(values)
        left = self.browse(status.id for status in stored.values() if status.is_open)
        left._cancel(from_seconds(now))
        self.create(new)
        self._write_next_due(tickets, clocks)
        self._log_breaches(breached)
        return self.env["helpdesk.ticket"].browse(changed) | left.ticket_id

    def _of(self, tickets):
        return self.search_fetch([("ticket_id", "in", tickets.ids)], self._stored_fields(), order="id")

    @api.model
    def _stored_fields(self):
        return [name for name, field in self._fields.items() if field.store and name != "id"]

    # WORKING OUT

    @api.model
    def _work_out(self, tickets, now, book):
        """``{ticket id: [Clock]}`` from the ledger alone; a ticket that was deleted meanwhile has no clocks.

        :param int now: the present in seconds since 1970
        :param book: versions of policies, as :meth:`helpdesk.sla.version._book` gives them
        """
        rows_by_ticket = self._read_rows_with_merged(tickets.ids)
        # all that were ever merged into these, too
        known = tickets.browse(rows_by_ticket).with_context(active_test=False)
        # one read for all, tags too
        known.fetch(["priority", "tag_ids", "partner_id"])
        found = known._fields["priority"]._get_cache(known.env)
        known = known.browse(ticket_id for ticket_id in known.ids if ticket_id in found)
        groups_of = self._customer_groups(book, known, rows_by_ticket)
        merges = Merges(
            {
                ticket.id: read_facts(
                    rows_by_ticket[ticket.id], ticket.priority, ticket.tag_ids.ids, ticket.partner_id.id, groups_of
                )
                for ticket in known
            }
        )
        working_time = self._working_times()
        return {
            ticket_id: clock.run(merges.facts(ticket_id), book, working_time, now)
            for ticket_id in (tickets & known).ids
        }

    @api.model
    def _read_rows_with_merged(self, ticket_ids):
        """As :meth:`_read_rows`, for these tickets and all that were ever merged into them, by any number of steps."""
        rows_by_ticket = {}
        while ticket_ids:
            rows_by_ticket |= {ticket_id: [] for ticket_id in ticket_ids}
            rows_by_ticket |= (read := self._read_rows(ticket_ids))
            others = {row["other_ticket_id"] for rows in read.values() for row in rows if tells_of_other(row)}
            # a ticket that was deleted leaves its rows
            others = self.env["helpdesk.ticket"].browse(sorted(others - set(rows_by_ticket))).exists()
            ticket_ids = others.ids
        return rows_by_ticket

    @api.model
    def _read_rows(self, ticket_ids):
        """The ledger's rows that clocks look at, by ticket, oldest first."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT ticket_id, EXTRACT(EPOCH FROM date_trunc('second', date))::bigint AS at, %s
                  FROM helpdesk_event
                 WHERE chain = ANY(%s) AND kind = ANY(%s)
              ORDER BY chain, date, sequence
                """,
                SQL(", ").join(map(SQL.identifier, ROW_COLUMNS)),
                ticket_ids,
                list(KINDS),
            )
        )
        by_ticket = {}
        for row in rows:
            by_ticket.setdefault(row["ticket_id"], []).append(row)
        return by_ticket

    @api.model
    def _customer_groups(self, book, tickets, rows_by_ticket):
        """Function of a customer's id that returns its groups as they are now, read when a policy asks."""
        nobody = frozenset()
        policies = [policy for versions in book for _from, _open, policy in versions if policy]
        if not any(name == "customer_group" for policy in policies for name, _values in policy.conditions):
            return lambda _customer: nobody
        former = {
            row["data"].get("old")
            for rows in rows_by_ticket.values()
            for row in rows
            if row["kind"] == "customer_changed" and row["data"]
        }
        customers = self.env["res.partner"].browse(filter(None, former)).exists() | tickets.partner_id
        groups = {customer.id: frozenset(customer.category_id.ids) for customer in customers}
        return lambda customer: groups.get(customer, nobody)

    @api.model
    def _working_times(self):
        """Function of ``(policy, state)`` that returns the arithmetic of the policy's hours; each is read once."""
        known = {}

        def working_time(policy, state):
            key = policy.hours and (policy.hours, state.site)
            if key not in known:
                known[key] = self._working_time(policy.hours, state.site)
            return known[key]

        return working_time

    @api.model
    def _working_time(self, hours, site_id):
        if not hours:
            return self.env["resource.calendar"]._working_time()
        calendar_id, zone = self._resolve_hours(hours, site_id)
        return self.env["resource.calendar"].browse(calendar_id or ())._working_time(zone)

    @api.model
    @tools.ormcache("hours", "site_id")
    def _resolve_hours(self, hours, site_id):
        """``(calendar id or False, time zone)`` of a policy's hours at a site.

        :param hours: "site" or the id of a calendar; one that is gone leaves the hours of the site
        """
        site = self.env["helpdesk.site"].sudo().browse(site_id)
        calendar = self.env["resource.calendar"].sudo().browse(hours if hours != "site" else ()).exists()
        return (calendar or site.resource_calendar_id).id, site.timezone

    @api.model
    def _day_at(self, seconds, site_id):
        """The day on the wall of a site: worked out once, since reports ask for it a million times.

        :param int seconds: since 1970, or None
        :return: a date, or False
        """
        if seconds is None:
            return False
        _calendar_id, zone = self._resolve_hours("site", site_id)
        return _day_in(zone or "UTC", seconds // QUARTER)

    # WRITING

    def _difference(self, ticket_id, one, now):
        """What of this record (or a new one) differs from ``one``, as values to write.

        A clock that has ended stays as it was then, whatever has become of calendars since.
        """
        if self._is_settled(one, now):
            return {}
        values = {**self._prepare(ticket_id, one), **self._prepare_checks(one, now), "is_stale": False}
        return {name: value for name, value in values.items() if not self or self._raw(name) != value}

    def _is_settled(self, one, now):
        """Whether nothing can change any more: it ended before this second, as it does now, by the same version."""
        return (
            bool(self)
            and not self.is_open
            and not one.is_open
            and one.ended < now
            and self.version_id.id == one.policy.version
            and self.end_date == from_seconds(one.ended)
            and self.state != CANCELLED
        )

    def _raw(self, name):
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    @api.model
    def _prepare(self, ticket_id, one):
        """A clock in the words of the database; what there is to tell about it is in :meth:`_prepare_checks`."""

        def date(seconds):
            return from_seconds(seconds) if seconds is not None else False

        return {
            "ticket_id": ticket_id,
            "target": one.target,
            "number": one.number,
            "sla_id": one.policy.sla,
            "version_id": one.policy.version,
            "state": one.state,
            "is_open": one.is_open,
            "start_date": date(one.start),
            "deadline": date(one.due),
            "reached_date": date(one.reached),
            "end_date": date(one.ended),
            "result_date": date(one.result_at),
            "result_day": self._day_at(one.result_at, one.last.site),
            "elapsed_seconds": one.elapsed,
            "cause": one.cause or False,
            "late_seconds": max(one.elapsed - one.policy.seconds, 0),
            "paused_seconds": sum(end - start for start, end in one.pauses if end is not None),
            "pauses": [list(pause) for pause in one.pauses] or False,
            "site_id": one.last.site or False,
            "product_id": one.last.product or False,
            "team_id": one.last.team or False,
            "user_id": one.last.agent or False,
            "tier": str(one.last.tier) if one.last.tier else False,
        }

    def _prepare_checks(self, one, now):
        """When to look next, and what there is to tell."""
        told = self.warned_percent
        passed = [percent for percent, moment in one.warnings if moment is not None and moment <= now]
        if one.state == clock.FAILED and 100 in one.policy.warnings:
            passed = [100]
        warned = max([told, *passed])
        coming = [moment for percent, moment in one.warnings if moment is not None and percent > warned]
        if one.state == clock.ONGOING and one.due is not None:
            coming.append(one.due)
        untold = warned if warned > told else self.untold_percent
        # what ended in time needs no warning any more
        is_over = not one.is_open and one.state != clock.FAILED
        return {
            "check_date": from_seconds(min(coming)) if coming and one.state == clock.ONGOING else False,
            "warned_percent": warned,
            "untold_percent": 0 if is_over else untold,
        }

    def _cancel(self, now):
        """No policy is about these clocks any more."""
        if self:
            self.write(
                {
                    "state": CANCELLED,
                    "is_open": False,
                    "end_date": now,
                    "deadline": False,
                    "result_date": False,
                    "result_day": False,
                    "check_date": False,
                    "untold_percent": 0,
                }
            )

    @api.model
    def _write_next_due(self, tickets, clocks):
        """The earliest open due time of each ticket, in one statement; the ticket's own dates stay as they are."""
        dues = {
            ticket_id: min((one.due for one in ticket_clocks if one.is_open and one.due is not None), default=None)
            for ticket_id, ticket_clocks in clocks.items()
        }
        tickets.flush_recordset(["next_due_date"])
        self.env.execute_query(
            SQL(
                """
                UPDATE helpdesk_ticket ticket SET next_due_date = new.due
                  FROM unnest(%s::integer[], %s::timestamp[]) AS new(id, due)
                 WHERE ticket.id = new.id AND ticket.next_due_date IS DISTINCT FROM new.due
             RETURNING ticket.id
                """,
                list(dues),
                [due and from_seconds(due) for due in dues.values()],
            )
        )
        tickets.invalidate_recordset(["next_due_date"], flush=False)

    @api.model
    def _log_breaches(self, breached):
        """A row in the ledger for each, dated with the due time: it doesn't matter who noticed, or when."""
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "sla_breached",
                    "ticket_id": ticket_id,
                    "date": from_seconds(one.breached),
                    "data": {
                        "sla": one.policy.sla,
                        "version": one.policy.version,
                        "target": one.target,
                        "number": one.number,
                        "seconds": one.policy.seconds,
                    },
                }
                for ticket_id, one in breached
            ]
        )

    # PROOF

    @api.model
    def _compare(self, tickets):
        """What is stored beside what the ledger says now; for the check that both agree.

        :return: list of ``(ticket id, target, number, {field: (stored, worked out)})``; empty: they agree
        """
        now = to_seconds(self.env.cr.now())
        stored = {(one.ticket_id.id, one.target, one.number): one for one in self._of(tickets)}
        found = []
        for ticket_id, ticket_clocks in self._work_out(tickets, now, self._book()).items():
            for one in ticket_clocks:
                status = stored.pop((ticket_id, one.target, one.number), self.browse())
                values = self._prepare(ticket_id, one)
                different = {
                    name: (status and status._raw(name), value)
                    for name, value in values.items()
                    if not status or status._raw(name) != value
                }
                if different:
                    found.append((ticket_id, one.target, one.number, different))
        found += [
            (status.ticket_id.id, status.target, status.number, {"state": (status.state, None)})
            for status in stored.values()
            if status.state != CANCELLED
        ]
        return found

    # ACTIONS

    def action_open_ticket(self):
        """Open the ticket of a clock.

        :return: an action
        """
        self.ensure_one()
        return self.ticket_id._action_open()

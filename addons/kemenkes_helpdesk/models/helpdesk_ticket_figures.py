from dataclasses import asdict
from dataclasses import fields as figure_fields

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

from ..tools.figures import KINDS, Figures, concerns, follow
from ..tools.working_time import AroundTheClock, from_seconds, to_seconds
from .helpdesk_channel import DEFAULT_FIRST_CONTACT_DAYS

COLUMNS = [figure.name for figure in figure_fields(Figures)]
KEPT = [name for name in COLUMNS if name != "create_date"]
ROW_COLUMNS = ("kind", "date", "stage_kind", "tier", "site_id", "channel_id", "other_ticket_id", "data")


class FigureRules:
    """What the figures of tickets need to know of sites and channels; each is asked for once.

    :param env: in sudo
    """

    def __init__(self, env):
        self.env = env
        self._working_times = {}

    def working_seconds(self, site_id, start, end):
        """Working seconds of a site between two times (seconds since 1970)."""
        if site_id not in self._working_times:
            self._working_times[site_id] = self._working_time(site_id)
        return self._working_times[site_id].seconds_between(start, end)

    def _working_time(self, site_id):
        try:
            return self.env["helpdesk.site"].browse(site_id)._working_time() if site_id else AroundTheClock()
        except MissingError:  # the ledger remembers sites that were deleted
            return AroundTheClock()

    def first_contact_days(self, channel_id):
        """For how many days a ticket of a channel must stay solved."""
        channel = self.env["helpdesk.channel"].browse(channel_id).exists()
        return channel.first_contact_days if channel else DEFAULT_FIRST_CONTACT_DAYS


class HelpdeskTicket(models.Model):
    """Figures of a ticket: a reader of the ledger, which can count them anew at any time.

    Written in SQL, because the ORM knows no empty number: a ticket that is not solved has no resolution time, and an
    average must leave it out.
    """

    _inherit = "helpdesk.ticket"

    first_response_date = fields.Datetime(readonly=True, copy=False)
    first_response_seconds = fields.Integer("First response", readonly=True, copy=False, aggregator="avg")
    first_response_working_seconds = fields.Integer(
        "First response (working time)", readonly=True, copy=False, aggregator="avg"
    )
    reply_count = fields.Integer("Replies", readonly=True, copy=False, default=0)
    reopen_count = fields.Integer("Reopened", readonly=True, copy=False, default=0)
    first_contact_resolution = fields.Boolean("Solved with one reply", readonly=True, copy=False)
    first_contact_rate = fields.Float(
        "First contact resolution",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1: solved with one reply, and not reopened in the days that the channel says. 0: it took more. "
        "Empty: not solved yet, or solved without a reply.",
    )
    solved_date = fields.Datetime(readonly=True, copy=False)
    resolution_seconds = fields.Integer("Resolution", readonly=True, copy=False, aggregator="avg")
    resolution_working_seconds = fields.Integer(
        "Resolution (working time)", readonly=True, copy=False, aggregator="avg"
    )
    waiting_on = fields.Selection(
        [("customer", "Customer"), ("pusdatin", "Pusdatin")], "Waiting for", readonly=True, copy=False
    )
    waiting_on_since = fields.Datetime("Waiting for them since", readonly=True, copy=False)
    customer_waiting_seconds = fields.Integer(
        "Waited for the customer", readonly=True, copy=False, default=0, aggregator="avg"
    )
    customer_waiting_working_seconds = fields.Integer(
        "Waited for the customer (working time)", readonly=True, copy=False, default=0, aggregator="avg"
    )
    pusdatin_waiting_seconds = fields.Integer(
        "Waited for Pusdatin", readonly=True, copy=False, default=0, aggregator="avg"
    )
    pusdatin_waiting_working_seconds = fields.Integer(
        "Waited for Pusdatin (working time)", readonly=True, copy=False, default=0, aggregator="avg"
    )
    handling_seconds = fields.Integer("Handling", readonly=True, copy=False, aggregator="avg")
    customer_waiting_now_seconds = fields.Integer("Waited for the customer so far", compute="_compute_waiting_now")
    pusdatin_waiting_now_seconds = fields.Integer("Waited for Pusdatin so far", compute="_compute_waiting_now")

    _solved_date_idx = models.Index("(solved_date) WHERE solved_date IS NOT NULL")
    _waiting_on_idx = models.Index("(waiting_on, id) WHERE waiting_on IS NOT NULL")

    @api.depends("waiting_on", "waiting_on_since", "customer_waiting_seconds", "pusdatin_waiting_seconds")
    def _compute_waiting_now(self):
        """The stored sums and the wait that goes on, in seconds of the clock on the wall."""
        now = fields.Datetime.now()
        for ticket in self:
            running = (now - ticket.waiting_on_since).total_seconds() if ticket.waiting_on else 0
            for whom in ("customer", "pusdatin"):
                ended = ticket[f"{whom}_waiting_seconds"]
                ticket[f"{whom}_waiting_now_seconds"] = ended + (running if ticket.waiting_on == whom else 0)

    def action_open_handling(self):
        """Open the intervals in which agents worked on the ticket, as far as the account may see them.

        :return: an action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_handling_action")
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"group_by": ["user_id"]}}

    # READER

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: brings the figures up to date, two statements for the batch.

        :param list events: rows of the ledger as dicts, in order
        """
        rows = [row for row in events if row["ticket_id"] and concerns(row)]
        if not rows:
            return
        figures = self._read_figures({row["ticket_id"] for row in rows})
        before = {ticket_id: asdict(kept) for ticket_id, kept in figures.items()}
        rules = FigureRules(self.env)
        for row in rows:
            if row["ticket_id"] in figures:
                follow(figures[row["ticket_id"]], {**row, "date": to_seconds(row["date"])}, rules)
        self._write_figures({key: kept for key, kept in figures.items() if asdict(kept) != before[key]})

    @api.model
    def _read_figures(self, ticket_ids):
        """``{ticket id: Figures}`` as stored; tickets that were deleted are left out."""
        self.browse(ticket_ids).flush_recordset(COLUMNS)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM helpdesk_ticket WHERE id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                list(ticket_ids),
            )
        )
        return {ticket_id: Figures(*self._plain_figures(values)) for ticket_id, *values in rows}

    @api.model
    def _plain_figures(self, values):
        for name, value in zip(COLUMNS, values, strict=True):
            kind = self._fields[name].type
            if kind == "boolean":
                yield bool(value)  # empty on a new ticket
            elif kind == "datetime" and value:
                yield to_seconds(value)
            else:
                yield value

    @api.model
    def _write_figures(self, figures):
        """
        :param dict figures: ``{ticket id: Figures}``
        """
        if not figures:
            return
        types = {name: SQL(self._fields[name].column_type[1]) for name in KEPT}
        assignments = [
            SQL("%s = counted.%s::%s", SQL.identifier(name), SQL.identifier(name), types[name]) for name in KEPT
        ]
        self.env.execute_query(
            SQL(
                "UPDATE helpdesk_ticket SET %s FROM (VALUES %s) AS counted (id, %s)"
                " WHERE helpdesk_ticket.id = counted.id RETURNING helpdesk_ticket.id",
                SQL(", ").join(assignments),
                SQL(", ").join(self._figures_row(ticket_id, kept) for ticket_id, kept in figures.items()),
                SQL(", ").join(map(SQL.identifier, KEPT)),
            )
        )
        self.browse(figures).invalidate_recordset(KEPT, flush=False)

    @api.model
    def _figures_row(self, ticket_id, kept):
        values = []
        for name in KEPT:
            value = getattr(kept, name)
            if value is not None and self._fields[name].type == "datetime":
                value = from_seconds(value)
            values.append(SQL("%s::%s", value, SQL(self._fields[name].column_type[1])))
        return SQL("(%s, %s)", ticket_id, SQL(", ").join(values))

    # FROM THE BEGINNING

    def _count_figures(self):
        """The figures of these tickets counted from the first row of the ledger, by today's calendars and settings.

        :return: ``{ticket id: Figures}``
        """
        # sudo: figures follow from what happened, whoever asks
        rules = FigureRules(self.sudo().env)
        figures = {}
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT ticket_id, %s FROM helpdesk_event WHERE chain = ANY(%s) AND kind = ANY(%s)"
                " ORDER BY chain, sequence",
                SQL(", ").join(map(SQL.identifier, ROW_COLUMNS)),
                self.ids,
                list(KINDS),
            )
        )
        for row in rows:
            row["date"] = to_seconds(row["date"])
            follow(figures.setdefault(row["ticket_id"], Figures()), row, rules)
        return figures

    def _rebuild_figures(self):
        """Write the figures of these tickets as the ledger tells them.

        Working time follows the calendars, and the days of first contact resolution the channels, as they are today:
        changing these does not rewrite the past until this is called (administrators: "Count figures anew" in the
        list of tickets, and for all tickets in the configuration). Tickets of which nothing differs are not written to.
        """
        counted, stored = self._count_figures(), self._read_figures(self.ids)
        self._write_figures({key: kept for key, kept in counted.items() if kept != stored.get(key)})

    def _was_in_time(self, target):
        """Whether this ticket kept a service level; an addon that has service levels answers.

        :param str target: first_response, next_response, first_touch_resolution, tier_resolution or full_resolution
        :return: True, False, or None while it is open or nothing was promised
        """
        self.ensure_one()

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

from ..tools.indicators import DIMENSIONS, combination
from .helpdesk_kpi import sql_names

AGES = [
    ("0", "Same day"),
    ("1", "1 day"),
    ("3", "2 to 3 days"),
    ("7", "4 to 7 days"),
    ("30", "8 to 30 days"),
    ("more", "More than 30 days"),
]
# From how many days to how many.
AGE_DAYS = {"0": (0, 0), "1": (1, 1), "3": (2, 3), "7": (4, 7), "30": (8, 30), "more": (31, None)}
# Told in the ledger and changing neither stage nor owner: they would only make spans of one day.
QUIET = ("viewed", "revealed", "exported", "raw_read", "attachment_downloaded", "delivery", "handled")
KEY = ("date", "age", *DIMENSIONS)


class HelpdeskBacklogDay(models.Model):
    """How many tickets were open at the end of each day, by age; of the day that runs: so far.

    Kept up by the same job as the figures, from the ledger. Not to be added up over days: the average over days is the
    average backlog.
    """

    _name = "helpdesk.backlog.day"
    _inherit = ["helpdesk.kpi.question.mixin", "helpdesk.kpi.dimension.mixin"]
    _description = "Backlog of a Day"
    _order = "date desc, id"
    _rec_name = "date"
    _log_access = False
    _sums_tables = {"helpdesk_backlog_day": ("age", *DIMENSIONS)}
    _sums_measures = ("open_count", "age_days")
    _sums_aggregates = frozenset({"__count", "open_count:sum", "age_days:sum"})

    date = fields.Date("Day", required=True, readonly=True)
    age = fields.Selection(AGES, required=True, readonly=True, help="Days since the ticket was created.")
    open_count = fields.Integer("Open tickets", readonly=True)
    age_days = fields.Float("Sum of ages in days", readonly=True, digits=(16, 0))

    _combination = models.UniqueIndex(
        f"(date, age, {combination(DIMENSIONS)})",
        "A combination stands in one row.",
    )

    @property
    def _table_query(self):
        return self._sql_sums()

    def action_open_tickets(self):
        """The tickets that were open on these days, of these rows: those that one may see.

        :return: an action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        domain = Domain.OR(row._span_domain() for row in self)
        # sudo: which tickets a figure is made of; the list opens only those that its reader may see
        tickets = self.env["helpdesk.backlog.span"].sudo().search(domain).ticket_id
        return {**action, "domain": [("id", "in", tickets.ids)], "context": {"active_test": False}}

    def _span_domain(self):
        domain = Domain("first_date", "<=", self.date) & (
            Domain("end_date", "=", False) | Domain("end_date", ">", self.date)
        )
        youngest, oldest = AGE_DAYS[self.age]
        domain &= Domain("created_date", "<=", self.date - timedelta(days=youngest))
        if oldest is not None:
            domain &= Domain("created_date", ">=", self.date - timedelta(days=oldest))
        for name in DIMENSIONS:
            domain &= Domain(name, "=", self[name].id if self._fields[name].relational else self[name])
        return domain

    # COUNTING

    @api.model
    def _today(self):
        """The day that runs, at the ministry."""
        return self.env.cr.now().replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(HOME_ZONE)).date()

    @api.model
    def _begin_days(self):
        """Count the days that have begun since the last one counted, from the spans as they stand."""
        [[last]] = self.env.execute_query(SQL("SELECT max(date) FROM helpdesk_backlog_day"))
        self._insert_days(last + timedelta(days=1) if last else date.min, self._today())

    @api.model
    def _insert_days(self, first, last):
        """Count days that have no rows yet, from the spans as they stand; none after the day that runs.

        :param date first: the first day
        :param date last: the last day
        """
        last = min(last, self._today())
        if first > last:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_backlog_day (%(key)s, open_count, age_days)
                SELECT %(key)s, COUNT(*), SUM(days)
                  FROM (SELECT day::date AS date, %(age)s AS age, day::date - span.created_date AS days, %(own)s
                          FROM helpdesk_backlog_span span
                    CROSS JOIN LATERAL generate_series(
                                   GREATEST(span.first_date, %(first)s),
                                   LEAST(COALESCE(span.end_date - 1, %(last)s), %(last)s), '1 day') day
                         WHERE span.first_date <= %(last)s AND (span.end_date IS NULL OR span.end_date > %(first)s)
                       ) open
              GROUP BY %(key)s
                """,
                first=first,
                last=last,
                key=sql_names(KEY),
                own=sql_names(DIMENSIONS),
                age=self._sql_age(SQL("day::date")),
            )
        )

    @api.model
    def _count(self, condition):
        """Make the spans of tickets anew, and add to the days counted by how much they differ.

        :param SQL condition: on a ticket's id, as the right side of a comparison
        """
        [[last]] = self.env.execute_query(SQL("SELECT max(date) FROM helpdesk_backlog_day"))
        last = last or self._today()
        days = self.env.execute_query(
            SQL(
                """
                WITH old AS (
                    DELETE FROM helpdesk_backlog_span WHERE ticket_id %(condition)s RETURNING *
                ), new AS (
                    INSERT INTO helpdesk_backlog_span (ticket_id, created_date, first_date, end_date, %(own)s)
                    %(spans)s RETURNING *
                ), signed AS (
                    SELECT -1 AS sign, * FROM old UNION ALL SELECT 1, * FROM new
                ), expanded AS (
                    SELECT sign, day::date AS date, %(age)s AS age, day::date - span.created_date AS days, %(own)s
                      FROM signed span
                CROSS JOIN LATERAL generate_series(
                               span.first_date, LEAST(COALESCE(span.end_date - 1, %(last)s), %(last)s), '1 day') day
                )
                INSERT INTO helpdesk_backlog_day (%(key)s, open_count, age_days)
                SELECT %(key)s, SUM(sign), SUM(sign * days) FROM expanded
              GROUP BY %(key)s HAVING SUM(sign) <> 0 OR SUM(sign * days) <> 0
                ON CONFLICT (date, age, %(combination)s)
                DO UPDATE SET open_count = helpdesk_backlog_day.open_count + EXCLUDED.open_count,
                              age_days = helpdesk_backlog_day.age_days + EXCLUDED.age_days
                RETURNING date
                """,
                combination=SQL(combination(DIMENSIONS)),
                condition=condition,
                spans=self._sql_spans(condition),
                own=sql_names(DIMENSIONS),
                key=sql_names(KEY),
                last=last,
                age=self._sql_age(SQL("day::date")),
            )
        )
        self.env.cr.execute(
            "DELETE FROM helpdesk_backlog_day WHERE date = ANY(%s) AND open_count = 0", [[day for (day,) in days]]
        )

    @api.model
    def _insert_spans(self, condition):
        """The spans of tickets that have none."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO helpdesk_backlog_span (ticket_id, created_date, first_date, end_date, %s) %s",
                sql_names(DIMENSIONS),
                self._sql_spans(condition),
            )
        )

    @api.model
    def _sql_age(self, day):
        """The kind of age of ``span`` on ``day``."""
        *limited, (oldest, _days) = AGE_DAYS.items()
        whens = [SQL("WHEN %s - span.created_date <= %s THEN %s", day, most, age) for age, (_least, most) in limited]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), oldest)

    @api.model
    def _sql_spans(self, condition):
        """The last row of the ledger of each day tells how the day ended; the state stays until the next such day."""
        return SQL(
            """
            SELECT state.ticket_id, state.created_date, state.date, state.end_date,
                   state.site_id, state.team_id, state.agent_id, state.tier,
                   ticket.product_id, ticket.channel_id, ticket.category_id
              FROM (SELECT ended.*,
                           LEAD(date) OVER (PARTITION BY ticket_id ORDER BY date) AS end_date,
                           MIN(date) OVER (PARTITION BY ticket_id) AS created_date
                      FROM (SELECT DISTINCT ON (event.chain, day.date)
                                   event.ticket_id, day.date, event.site_id, event.team_id, event.agent_id,
                                   event.tier::text AS tier, event.stage_kind
                              FROM helpdesk_event event
                         LEFT JOIN helpdesk_site site ON site.id = event.site_id
                        CROSS JOIN LATERAL (
                                   SELECT (event.date AT TIME ZONE 'UTC'
                                           AT TIME ZONE COALESCE(site.timezone, %(home)s))::date AS date
                                   ) day
                             WHERE event.chain %(condition)s AND event.kind != ALL(%(quiet)s)
                          ORDER BY event.chain, day.date, event.date DESC, event.sequence DESC
                           ) ended
                   ) state
              JOIN helpdesk_ticket ticket ON ticket.id = state.ticket_id
             WHERE state.stage_kind NOT IN ('solved', 'closed')
            """,
            home=HOME_ZONE,
            condition=condition,
            quiet=list(QUIET),
        )

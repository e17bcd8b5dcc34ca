from odoo import api, models
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

from ..tools.filling import indexed_afterwards
from ..tools.indicators import CLOCKS, DAY_TABLES, DIMENSIONS, MEASURES, combination

READER = "kpi"
BATCH = 2000
REBUILD_BATCH = 50000
KEY = ("date", *DIMENSIONS)
# What each ticket adds to the days, and the days.
PARTS = ("helpdesk_kpi_fact", "helpdesk_backlog_span")
SUMS = (*DAY_TABLES, "helpdesk_backlog_day")
# Days told apart by less, made from the days.
SUM_MODELS = ("helpdesk.kpi.agent.day", "helpdesk.kpi.team.day")
# Kinds of the ledger that are counted as they are: kind -> measure.
COUNTED = {
    "created": "created",
    "message_in": "message_in",
    "message_out": "message_out",
    "solved": "solved",
    "reopened": "reopened",
    "escalated": "escalated",
    "escalation_returned": "returned",
}

# A condition on ``date``.
EVERY_DAY = SQL("TRUE")

# Whole numbers are added up several times faster than those with decimals, which only one measure has.
ZEROS = {"qa_sum": SQL("0::numeric")}


def sql_names(names):
    """Columns, with commas between them."""
    return SQL(", ").join(map(SQL.identifier, names))


def sql_sums():
    """The sums of all measures, by their names."""
    return SQL(", ").join(SQL("SUM(%s) AS %s", SQL.identifier(name), SQL.identifier(name)) for name in MEASURES)


class HelpdeskKpi(models.AbstractModel):
    """How the figures are counted: for some tickets at a time, always all that these tickets add to any day.

    What a ticket adds is a function of the ledger and of what is worked out from it (figures of the ticket, clocks,
    ratings, evaluations, offers, labels). So a late event corrects the past, a reopened ticket takes its solution back,
    and counting everything anew gives the same rows.
    """

    _name = "helpdesk.kpi"
    _description = "Counting of Figures"

    @api.model
    def _cron_refresh(self):
        """Count the tickets to which something has happened since the last time; then go on with counting all anew."""
        cursor = self.env["helpdesk.event.cursor"]
        while True:
            rows = cursor._consume(READER, limit=BATCH)
            ticket_ids = {row["ticket_id"] for row in rows if row["ticket_id"]}
            steps_left = 0
            if len(rows) < BATCH:
                ticket_ids |= self.env["helpdesk.kpi.stale"]._take()
            self._count(ticket_ids)
            if len(rows) < BATCH:
                steps_left = self.env["helpdesk.kpi.rebuild"]._go_on()
            done = len(rows) + bool(steps_left)
            has_time = self.env["ir.cron"]._commit_progress(done, remaining=steps_left)
            if not has_time or (len(rows) < BATCH and not steps_left):
                return

    @api.model
    def _count(self, ticket_ids):
        """Count these tickets anew, and whatever has changed of the days by it.

        :param ticket_ids: ids of ``helpdesk.ticket``
        """
        self.env["helpdesk.backlog.day"]._begin_days()
        if ticket_ids:
            self._count_where(SQL("= ANY(%s)", sorted(ticket_ids)))

    @api.model
    def _count_where(self, condition):
        """As :meth:`_count`.

        :param SQL condition: on a ticket's id, as the right side of a comparison
        """
        self.env.flush_all()
        self._count_days(condition)
        self.env["helpdesk.backlog.day"]._count(condition)
        self.env.invalidate_all()

    @api.model
    def _rebuild(self):
        """Count all tickets from the beginning."""
        self._empty()
        with indexed_afterwards(self.env.cr, PARTS):
            for first in range(1, self._last_ticket() + 1, REBUILD_BATCH):
                self._insert_parts(SQL("BETWEEN %s AND %s", first, first + REBUILD_BATCH - 1))
        self._sum_up()

    @api.model
    def _empty(self):
        """Forget everything that was counted."""
        self.env.flush_all()
        self.env["helpdesk.kpi.stale"]._take()
        self.env.cr.execute(SQL("TRUNCATE %s", sql_names((*PARTS, *SUMS))))

    @api.model
    def _insert_parts(self, condition):
        """What tickets add to the days, of tickets that have added nothing yet.

        :param SQL condition: on a ticket's id, as the right side of a comparison
        """
        self._insert_facts(condition)
        self.env["helpdesk.backlog.day"]._insert_spans(condition)

    @api.model
    def _sum_up(self):
        """The days, from what all tickets have added."""
        with indexed_afterwards(self.env.cr, SUMS):
            self._insert_days()
            self._add_up_days()
            self.env["helpdesk.backlog.day"]._begin_days()
        self.env.invalidate_all()

    @api.model
    def _last_ticket(self):
        """The highest id of a ticket that is there, or was when it was counted."""
        columns = [("helpdesk_ticket", "id"), *((table, "ticket_id") for table in PARTS)]
        highest = [
            SQL("(SELECT max(%s) FROM %s)", SQL.identifier(column), SQL.identifier(table)) for table, column in columns
        ]
        [[last]] = self.env.execute_query(SQL("SELECT COALESCE(GREATEST(%s), 0)", SQL(", ").join(highest)))
        return last

    @api.model
    def _days_counted(self):
        """The first and the last day of which there is any figure; without any, the day that runs."""
        columns = [(table, "date") for table in ("helpdesk_kpi_fact", *SUMS)]
        columns.append(("helpdesk_backlog_span", "first_date"))
        bounds = [
            SQL(
                "SELECT min(%(day)s), max(%(day)s) FROM %(table)s", day=SQL.identifier(day), table=SQL.identifier(table)
            )
            for table, day in columns
        ]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(bounds))
        days = [day for row in rows for day in row if day] or [self.env["helpdesk.backlog.day"]._today()]
        return min(days), max(days)

    @api.model
    def _sum_days(self, first, last):
        """Make these days anew from what the tickets have added to them, whatever they were.

        :param date first: the first day
        :param date last: the last day
        """
        days = SQL("date BETWEEN %s AND %s", first, last)
        for table in SUMS:
            self.env.cr.execute(SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), days))
        self._insert_days(days)
        for model in SUM_MODELS:
            self.env[model]._insert_sums(days)
        self.env["helpdesk.backlog.day"]._insert_days(first, last)
        self.env.invalidate_all()

    @api.model
    def _count_days(self, condition):
        days = [day for (day,) in self.env.execute_query(self._sql_count(condition))]
        nothing = SQL(" AND ").join(SQL("%s = 0", SQL.identifier(name)) for name in MEASURES)
        for table in DAY_TABLES:
            self.env.cr.execute(SQL("DELETE FROM %s WHERE date = ANY(%s) AND %s", SQL.identifier(table), days, nothing))

    @api.model
    def _insert_facts(self, condition):
        """The facts of tickets that have none.

        :param SQL condition: on a ticket's id, as the right side of a comparison
        """
        self.env.cr.execute(self._sql_insert_facts(condition))

    @api.model
    def _insert_days(self, days=EVERY_DAY):
        """The days of all facts, where there are no days yet.

        :param SQL days: of which days, a condition
        """
        self.env.cr.execute(
            SQL(
                "INSERT INTO helpdesk_kpi_day (%(key)s, %(measures)s)"
                " SELECT %(key)s, %(sums)s FROM helpdesk_kpi_fact WHERE %(days)s GROUP BY %(key)s",
                days=days,
                key=sql_names(KEY),
                measures=sql_names(MEASURES),
                sums=sql_sums(),
            )
        )

    @api.model
    def _add_up_days(self):
        """Make the smaller tables of the days anew, from the days."""
        for model in SUM_MODELS:
            self.env[model]._add_up()

    # SQL

    @api.model
    def _sql_insert_facts(self, condition):
        return SQL(
            "INSERT INTO helpdesk_kpi_fact (ticket_id, %s, %s) %s",
            sql_names(KEY),
            sql_names(MEASURES),
            self._sql_facts(condition),
        )

    @api.model
    def _sql_count(self, condition):
        """Replace the facts of tickets, and add to the days by how much they differ.

        :param SQL condition: on a ticket's id, as the right side of a comparison
        """
        return SQL(
            """
            WITH old AS (
                DELETE FROM helpdesk_kpi_fact WHERE ticket_id %(condition)s RETURNING *
            ), new AS (
                %(insert_facts)s RETURNING *
            ), signed AS (
                SELECT -1 AS sign, %(key)s, %(measures)s FROM old UNION ALL SELECT 1, %(key)s, %(measures)s FROM new
            ), %(changes)s
            SELECT DISTINCT date FROM changed_helpdesk_kpi_day
            """,
            condition=condition,
            key=sql_names(KEY),
            measures=sql_names(MEASURES),
            insert_facts=self._sql_insert_facts(condition),
            changes=SQL(", ").join(
                SQL("%s AS (%s RETURNING date)", SQL.identifier(f"changed_{table}"), self._sql_add_signed(table))
                for table in DAY_TABLES
            ),
        )

    @api.model
    def _sql_add_signed(self, table):
        """Add the rows of ``signed`` to the sums of a table of the days."""
        dimensions = DAY_TABLES[table]
        signed = SQL(", ").join(
            SQL("SUM(sign * %s) AS %s", SQL.identifier(name), SQL.identifier(name)) for name in MEASURES
        )
        differs = SQL(" OR ").join(SQL("SUM(sign * %s) <> 0", SQL.identifier(name)) for name in MEASURES)
        added = SQL(", ").join(
            SQL("%s = %s + EXCLUDED.%s", SQL.identifier(name), SQL.identifier(table, name), SQL.identifier(name))
            for name in MEASURES
        )
        return SQL(
            """
            INSERT INTO %(table)s (%(key)s, %(measures)s)
            SELECT %(key)s, %(signed)s FROM signed GROUP BY %(key)s HAVING %(differs)s
            ON CONFLICT (date, %(combination)s)
            DO UPDATE SET %(added)s
            """,
            table=SQL.identifier(table),
            key=sql_names(("date", *dimensions)),
            measures=sql_names(MEASURES),
            signed=signed,
            differs=differs,
            combination=SQL(combination(dimensions)),
            added=added,
        )

    @api.model
    def _sql_facts(self, condition):
        """What tickets add to the days, from all sources."""
        sums = SQL(", ").join(SQL("SUM(source.%s) AS %s", *[SQL.identifier(name)] * 2) for name in MEASURES)
        nothing = SQL(" AND ").join(SQL("SUM(source.%s) = 0", SQL.identifier(name)) for name in MEASURES)
        return SQL(
            """
            SELECT source.ticket_id,
                   (source.at AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(site.timezone, %(home)s))::date AS date,
                   source.site_id, source.team_id, source.user_id, source.tier,
                   ticket.product_id, ticket.channel_id, ticket.category_id,
                   %(sums)s
              FROM (%(sources)s) AS source
              JOIN helpdesk_ticket ticket ON ticket.id = source.ticket_id
         LEFT JOIN helpdesk_site site ON site.id = source.site_id
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
            HAVING NOT (%(nothing)s)
            """,
            home=HOME_ZONE,
            sums=sums,
            sources=SQL(" UNION ALL ").join(self._sources(condition)),
            nothing=nothing,
        )

    @api.model
    def _sources(self, condition):
        """One SELECT for each source: ticket, time (naive UTC), who had it, and the measures in their order.

        :param SQL condition: on a ticket's id
        :rtype: list of SQL
        """
        return [
            self._source_ledger(condition),
            self._source_first_response(condition),
            self._source_resolution(condition),
            self._source_clocks(condition),
            self._source_asked(condition),
            self._source_ratings(condition),
            self._source_evaluations(condition),
            self._source_offers(condition),
            self._source_sentiment(condition),
        ]

    @api.model
    def _source(self, owner, measures, rest):
        """
        :param SQL owner: the columns ticket_id, at, site_id, team_id, user_id, tier
        :param dict measures: ``{measure: SQL}``; the others are 0
        :param SQL rest: from FROM on
        """
        columns = SQL(", ").join(
            SQL("%s AS %s", measures.get(name, ZEROS.get(name, SQL("0"))), SQL.identifier(name)) for name in MEASURES
        )
        return SQL("SELECT %s, %s %s", owner, columns, rest)

    @api.model
    def _source_ledger(self, condition):
        measures = {measure: SQL("(event.kind = %s)::integer", kind) for kind, measure in COUNTED.items()}
        return self._source(
            SQL(
                "event.ticket_id, event.date AS at, event.site_id, event.team_id, event.agent_id AS user_id,"
                " event.tier::text AS tier"
            ),
            measures,
            SQL("FROM helpdesk_event event WHERE event.chain %s AND event.kind = ANY(%s)", condition, list(COUNTED)),
        )

    @api.model
    def _source_first_response(self, condition):
        """Counts for whom the ticket was assigned to when the first reply was written."""
        return self._source(
            SQL(
                "ticket.id, ticket.first_response_date, event.site_id, event.team_id, event.agent_id, event.tier::text"
            ),
            {"first_response_count": SQL("1"), "first_response_seconds": SQL("ticket.first_response_seconds")},
            SQL(
                """
                FROM helpdesk_ticket ticket
                CROSS JOIN LATERAL (
                    SELECT * FROM helpdesk_event reply
                     WHERE reply.chain = ticket.id AND reply.kind = 'message_out' AND reply.other_ticket_id IS NULL
                  ORDER BY reply.sequence LIMIT 1
                ) event
                WHERE ticket.first_response_date IS NOT NULL AND ticket.id %s
                """,
                condition,
            ),
        )

    @api.model
    def _source_resolution(self, condition):
        """Counts for whom the ticket was assigned to when it was solved the last time."""
        return self._source(
            SQL("ticket.id, ticket.solved_date, event.site_id, event.team_id, event.agent_id, event.tier::text"),
            {
                "resolution_count": SQL("1"),
                "resolution_seconds": SQL("ticket.resolution_seconds"),
                "handling_count": SQL("(ticket.handling_seconds IS NOT NULL)::integer"),
                "handling_seconds": SQL("COALESCE(ticket.handling_seconds, 0)"),
                "first_contact_count": SQL("(ticket.first_contact_rate IS NOT NULL)::integer"),
                "one_reply_count": SQL("COALESCE(ticket.first_contact_rate, 0)::integer"),
            },
            SQL(
                """
                FROM helpdesk_ticket ticket
                CROSS JOIN LATERAL (
                    SELECT * FROM helpdesk_event solution
                     WHERE solution.chain = ticket.id AND solution.kind = 'solved'
                  ORDER BY solution.sequence DESC LIMIT 1
                ) event
                WHERE ticket.solved_date IS NOT NULL AND ticket.id %s
                """,
                condition,
            ),
        )

    @api.model
    def _source_clocks(self, condition):
        measures = {}
        for target, name in CLOCKS.items():
            for result in ("met", "breached"):
                measures[f"{name}_{result}"] = SQL("(clock.target = %s AND clock.result = %s)::integer", target, result)
        return self._source(
            SQL("clock.ticket_id, clock.date, clock.site_id, clock.team_id, clock.user_id, clock.tier"),
            measures,
            SQL(
                "FROM (%s) AS clock WHERE clock.ticket_id %s",
                self.env["helpdesk.sla.attainment"]._table_query,
                condition,
            ),
        )

    @api.model
    def _source_asked(self, condition):
        return self._source(
            SQL("request.ticket_id, request.sent_date, request.site_id, request.team_id, request.agent_id, NULL"),
            {"csat_asked": SQL("1")},
            SQL(
                "FROM helpdesk_csat_request request WHERE request.sent_date IS NOT NULL AND request.ticket_id %s",
                condition,
            ),
        )

    @api.model
    def _source_ratings(self, condition):
        return self._source(
            SQL("request.ticket_id, request.answer_date, request.site_id, request.team_id, request.agent_id, NULL"),
            {"csat_count": SQL("1"), "csat_sum": SQL("request.score")},
            SQL(
                "FROM helpdesk_csat_request request"
                " WHERE request.answer_date IS NOT NULL AND request.score > 0 AND request.ticket_id %s",
                condition,
            ),
        )

    @api.model
    def _source_evaluations(self, condition):
        return self._source(
            SQL(
                "evaluation.ticket_id, evaluation.published_date, evaluation.site_id, evaluation.team_id,"
                " evaluation.agent_id, NULL"
            ),
            {"qa_count": SQL("1"), "qa_sum": SQL("evaluation.score")},
            SQL(
                "FROM helpdesk_qa_evaluation evaluation"
                " WHERE evaluation.state != 'draft' AND evaluation.has_score AND evaluation.ticket_id %s",
                condition,
            ),
        )

    @api.model
    def _source_offers(self, condition):
        return self._source(
            SQL("offer.ticket_id, offer.answer_date, offer.site_id, offer.team_id, offer.user_id, NULL"),
            {"offered": SQL("1"), "rejected": SQL("(offer.state IN ('rejected', 'missed'))::integer")},
            SQL(
                "FROM helpdesk_offer offer WHERE offer.answer_date IS NOT NULL"
                " AND offer.state IN ('accepted', 'rejected', 'missed') AND offer.ticket_id %s",
                condition,
            ),
        )

    @api.model
    def _source_sentiment(self, condition):
        measures = {
            f"sentiment_{value}": SQL("(label.value = %s)::integer", value)
            for value in ("negative", "neutral", "positive")
        }
        return self._source(
            SQL("label.ticket_id, label.date, label.site_id, NULL::integer, NULL::integer, NULL"),
            measures,
            SQL("FROM helpdesk_sentiment label WHERE label.ticket_id %s", condition),
        )

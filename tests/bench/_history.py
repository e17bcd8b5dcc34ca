"""The ledger and the clocks of tickets that `_tickets.fill` has made in this session, as if they had been worked on.

Rows of the ledger are chained and hashed by the ledger's own formula, in SQL: first all first rows of the chains, then
all second rows, and so on. Figures and clocks are worked out by the product itself.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import odoo
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

BATCH = 2000
CLOCK_PROCESSES = 2


def write_ledger(env):
    """One row for each thing that happened to a ticket; how many rows."""
    from odoo.addons.kemenkes_helpdesk.tools import ledger

    cursor = env.cr
    for statement in _plan_statements():
        cursor.execute(statement)
    cursor.execute("SELECT max(sequence) FROM bench_event")
    [longest] = cursor.fetchone()
    columns = [*ledger.COLUMNS]
    for sequence in range(1, longest + 1):
        cursor.execute(
            SQL(
                """
                INSERT INTO helpdesk_event (%(columns)s, hash)
                SELECT %(columns)s, sha256(%(canonical)s) FROM (
                    SELECT nextval('helpdesk_event_id_seq') AS id,
                           pg_current_xact_id()::text::bigint + (SELECT shift FROM helpdesk_event_epoch) AS xact,
                           ticket.id::bigint AS chain, event.sequence, event.kind, event.date,
                           now() at time zone 'UTC' AS recorded_date, event.user_id, event.user_id AS real_user_id,
                           NULL::int AS target_user_id, ticket.id::bigint AS ticket_id, NULL::bigint AS other_ticket_id,
                           event.message_id, ticket.team_id, event.agent_id, ticket.site_id, ticket.product_id,
                           ticket.channel_id, ticket.category_id, ticket.tier::smallint AS tier, stage.id AS stage_id,
                           event.stage_kind, event.data, head.hash AS previous_hash
                      FROM bench_event event
                      JOIN helpdesk_ticket ticket ON ticket.id = event.ticket_id
                      JOIN (SELECT DISTINCT ON (kind) kind, id FROM helpdesk_stage ORDER BY kind, sequence, id) stage
                        ON stage.kind = event.stage_kind
                      LEFT JOIN helpdesk_event head ON head.chain = ticket.id AND head.sequence = event.sequence - 1
                     WHERE event.sequence = %(sequence)s
                     ORDER BY ticket.id) AS this
                """,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                canonical=SQL(ledger.canonical_sql("this")),
                sequence=sequence,
            )
        )
        cursor.execute("ANALYZE helpdesk_event")
    cursor.execute("""
        INSERT INTO helpdesk_event_head (chain, sequence, last_id, hash)
        SELECT DISTINCT ON (chain) chain, sequence, id, hash FROM helpdesk_event
         WHERE chain IN (SELECT id FROM bench_plan) ORDER BY chain, sequence DESC
    """)
    # readers begin with what comes from now on: roll-ups are counted from the tickets, nobody is told of the past
    cursor.execute("""
        UPDATE helpdesk_event_cursor SET last_xact = last.xact, last_id = last.id
          FROM (SELECT xact, id FROM helpdesk_event ORDER BY xact DESC, id DESC LIMIT 1) last
    """)
    cursor.execute("SELECT count(*) FROM bench_event")
    [count] = cursor.fetchone()
    cursor.commit()
    env.invalidate_all()
    return count


def _plan_statements():
    """What happened to each ticket, numbered in the order in which it did."""
    yield """
        CREATE TEMP TABLE bench_event AS
        SELECT ticket_id, kind, date, message_id, user_id, agent_id, stage_kind, data,
               row_number() OVER (PARTITION BY ticket_id ORDER BY date, rank, message_id)::int AS sequence
          FROM (
            SELECT id AS ticket_id, 'created' AS kind, create_date AS date, NULL::bigint AS message_id, 1 AS user_id,
                   NULL::int AS agent_id, 'new' AS stage_kind, NULL::jsonb AS data, 0 AS rank
              FROM helpdesk_ticket WHERE id IN (SELECT id FROM bench_plan)
            UNION ALL
            SELECT ticket.id, 'message_' || message.helpdesk_direction, message.date, message.id,
                   CASE message.helpdesk_direction WHEN 'out' THEN COALESCE(ticket.user_id, 1) ELSE 1 END,
                   CASE WHEN message.date >= ticket.assign_date THEN ticket.user_id END,
                   CASE WHEN message.date >= ticket.assign_date THEN 'open' ELSE 'new' END, NULL, 2
              FROM mail_message message
              JOIN helpdesk_ticket ticket ON ticket.id = message.res_id
             WHERE message.model = 'helpdesk.ticket' AND message.helpdesk_direction IS NOT NULL
               AND ticket.id IN (SELECT id FROM bench_plan)
            UNION ALL
            SELECT id, 'assigned', assign_date, NULL, user_id, user_id, 'open', jsonb_build_object('new', user_id), 1
              FROM helpdesk_ticket WHERE assign_date IS NOT NULL AND id IN (SELECT id FROM bench_plan)
            UNION ALL
            SELECT id, kind.name, solved_date, NULL, COALESCE(user_id, 1), user_id, stage_kind, NULL, kind.rank
              FROM helpdesk_ticket
              JOIN (VALUES ('stage_changed', 3), ('solved', 4), ('closed', 5)) kind (name, rank)
                ON kind.name != 'closed' OR stage_kind = 'closed'
             WHERE solved_date IS NOT NULL AND id IN (SELECT id FROM bench_plan)
            UNION ALL
            SELECT id, 'stage_changed', first_response_date, NULL, COALESCE(user_id, 1), user_id, stage_kind, NULL, 3
              FROM helpdesk_ticket
             WHERE stage_kind LIKE 'waiting%' AND first_response_date IS NOT NULL
               AND id IN (SELECT id FROM bench_plan)) AS step
    """
    yield "CREATE INDEX ON bench_event (sequence)"
    yield "ANALYZE bench_event"


def work_out_clocks(database, first, last):
    """Figures and clocks of all tickets from one id to another, by the product, in several processes."""
    ranges = [(database, start, min(start + BATCH - 1, last)) for start in range(first, last + 1, BATCH)]
    # not forked: two processes would talk through one connection of this one's
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(CLOCK_PROCESSES, mp_context=fresh, initializer=_read_settings) as pool:
        list(pool.map(_work_out_some, ranges))


def _read_settings():
    import logging
    import os

    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)


def _work_out_some(task):
    database, first, last = task
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        tickets = env["helpdesk.ticket"].search([("id", ">=", first), ("id", "<=", last)])
        tickets._count_figures()
        env["helpdesk.sla.status"]._refresh(tickets)

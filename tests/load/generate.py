"""Fills the database GENERATE_DATABASE as years of work would leave it.

Tickets, conversations, customers, files, the ledger with its chains, figures, clocks and roll-ups. GENERATE_TICKETS
says how many (1,000,000). Prints how long each part took, how large it is, and whether the ledger's chains hold and
figures and clocks are what the ledger gives; ends with 1 when not.

Slices of tickets are written by one process for each core, into tables without indexes and foreign keys.
"""

import functools
import gc
import logging
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import SQL, config, convert_file

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import _bulk as bulk
import _tickets as tickets
import history

DATABASE = os.environ["GENERATE_DATABASE"]
COUNT = int(os.environ.get("GENERATE_TICKETS", "1000000"))
SLICE = 10_000
FILLED = (*tickets.TABLES, "helpdesk_event", "helpdesk_event_head", "helpdesk_sla_status")
# The whole chain of so many rows is checked; checking everything takes as long as making it.
CHECKED_TICKETS = 20_000
# Worked out anew, one by one, spread over all years.
COMPARED_TICKETS = 2_000
SETTINGS = "SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'"
SIZES = """
    SELECT (SELECT count(*) FROM helpdesk_ticket), (SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket'),
           (SELECT count(*) FROM helpdesk_event), (SELECT count(*) FROM helpdesk_sla_status),
           pg_database_size(current_database())
"""
# Readers begin with what comes from now on: roll-ups are counted from the tickets, nobody is told of the past.
CATCH_UP = """
    UPDATE helpdesk_event_cursor SET last_xact = last.xact, last_id = last.id
      FROM (SELECT xact, id FROM helpdesk_event ORDER BY xact DESC, id DESC LIMIT 1) last
"""


def timed(name, work):
    start = time.perf_counter()
    result = work()
    print(f"{name:<46}{time.perf_counter() - start:8.0f} s", flush=True)
    return result


def make_policies(env):
    """The demo's policies, as old as the tickets."""
    convert_file(env, "kemenkes_sla", "demo/helpdesk_sla_demo.xml", {}, mode="init", noupdate=True)
    env["helpdesk.sla.version"].search([]).valid_from = "2020-01-01 00:00:00"
    env.flush_all()


# IN EACH PROCESS


@functools.cache
def own_env():
    """The environment of this process, made when it is first asked for."""
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    cursor = Registry(DATABASE).cursor()
    # millions of dicts, none of them in a circle
    gc.disable()
    cursor.execute(SETTINGS)
    cursor.commit()
    return odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"no_reset_password": True})


@functools.cache
def own_history():
    return history.History(own_env())


def write_slice(first):
    writer, cursor = own_history(), own_env().cr
    word = writer.last_word()
    ids = tickets.fill_slice(cursor, COUNT, first, min(first + SLICE - 1, COUNT))
    writer.write(*ids, word)
    cursor.commit()


def execute(statement):
    cursor = own_env().cr
    cursor.execute(statement)
    cursor.commit()


def vacuum(table):
    tickets.vacuum(own_env().cr, table)


def count_figures(first):
    env = own_env()
    env["helpdesk.kpi"]._insert_parts(SQL("BETWEEN %s AND %s", first, first + SLICE - 1))
    env.cr.commit()


def sum_days(span):
    env = own_env()
    env["helpdesk.kpi"]._sum_days(*span)
    env.cr.commit()


# STEP BY STEP


def fill(env, everywhere):
    """Everything but the figures of days; ids of the first and the last ticket."""
    cursor = env.cr
    env["ir.cron"].search([]).active = False
    make_policies(env)
    timed("people", lambda: tickets.make_people(env))
    indexes, keys = bulk.strip(cursor, FILLED)
    timed("stories", lambda: tickets.make_pools(env))
    timed("customers", lambda: tickets.fill_customers(cursor, COUNT))
    cursor.execute("SELECT id + 1, id + %s FROM bench_base", [COUNT])
    first, last = cursor.fetchone()
    cursor.commit()
    timed("tickets, ledger, figures, clocks", lambda: everywhere(write_slice, range(1, COUNT + 1, SLICE)))
    timed("indexes", lambda: everywhere(execute, by_size(cursor, indexes)))
    timed("foreign keys", lambda: [execute(statement) for statement in keys])
    cursor.execute(CATCH_UP)
    cursor.commit()
    timed("vacuum", lambda: everywhere(vacuum, FILLED))
    return first, last


def by_size(cursor, indexes):
    """SQL of indexes, those of the largest tables first: at the end no process waits for another."""
    cursor.commit()

    def size(statement):
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [statement.split(" ON ", 1)[1].split(" ", 1)[0]])
        return ("USING gin" in statement, cursor.fetchone()[0])

    return sorted(indexes, key=size, reverse=True)


def fill_days(env, everywhere, first, last):
    """The figures of days, in several processes."""
    # only now: our addons are found once the settings are read
    from odoo.addons.kemenkes_dashboard.models.helpdesk_kpi import PARTS, SUMS

    kpi = env["helpdesk.kpi"]
    kpi._empty()
    indexes, keys = bulk.strip(env.cr, PARTS)
    sum_indexes, sum_keys = bulk.strip(env.cr, SUMS)
    env.cr.commit()
    everywhere(count_figures, range(first, last + 1, SLICE))
    everywhere(execute, indexes)
    everywhere(sum_days, spans_of_days(env))
    everywhere(execute, by_size(env.cr, sum_indexes))
    for statement in (*keys, *sum_keys):
        execute(statement)
    everywhere(vacuum, (*PARTS, *SUMS))


def spans_of_days(env):
    """First and last days, two spans for each process, up to the day that runs."""
    first, last = env["helpdesk.kpi"]._days_counted()
    last = max(last, env["helpdesk.backlog.day"]._today())
    length = -(-((last - first).days + 1) // (2 * os.cpu_count()))
    starts = [first + timedelta(days=days) for days in range(0, (last - first).days + 1, length)]
    return [(start, start + timedelta(days=length - 1)) for start in starts]


def differences(env, first, last):
    """Tickets whose figures or clocks are not what the ledger gives, of those whose clocks nobody has to look at."""
    step = max(1, (last - first) // COMPARED_TICKETS)
    due = env["helpdesk.sla.status"].search([("check_date", "<=", env.cr.now())]).ticket_id
    some = env["helpdesk.ticket"].browse(range(first, last + 1, step)) - due
    counted, stored = some._count_figures(), some._read_figures(some.ids)
    wrong = {ticket_id for ticket_id in some.ids if counted[ticket_id] != stored[ticket_id]}
    return wrong | {ticket_id for ticket_id, *_clock in env["helpdesk.sla.status"]._compare(some)}


def main():
    start = time.perf_counter()
    env = own_env()
    cursor = env.cr
    # not forked: two processes would talk through one connection of this one's
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh) as pool:

        def everywhere(work, tasks):
            list(pool.map(work, tasks))

        first, last = timed("everything but the figures of days", lambda: fill(env, everywhere))
        timed("figures of days", lambda: fill_days(env, everywhere, first, last))
    tickets.check_documents(cursor)
    cursor.execute(f"DROP TABLE {', '.join(tickets.POOLS)}")
    cursor.commit()
    print(f"{'all together':<46}{time.perf_counter() - start:8.0f} s")
    cursor.execute(SIZES)
    *counts, size = cursor.fetchone()
    names = ("tickets", "messages", "rows of the ledger", "clocks")
    print(", ".join(f"{count:,} {name}" for name, count in zip(names, counts, strict=True)))
    print(f"{size / 1e9:.1f} GB; at ten million tickets {size / COUNT * 1e7 / 1e9:.0f} GB")
    checked = [("ticket_id", ">=", last - CHECKED_TICKETS), ("ticket_id", "<=", last)]
    ledger = env["helpdesk.event"]
    broken = timed(f"ledger of {CHECKED_TICKETS} tickets checked", lambda: ledger.verify(checked, limit=10))
    wrong = timed(f"{COMPARED_TICKETS} tickets worked out anew", lambda: differences(env, first, last))
    print(f"rows whose chain is broken: {len(broken)}; tickets whose figures or clocks differ: {len(wrong)}")
    return 1 if broken or wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Fills the database GENERATE_DATABASE as years of work would leave it.

Tickets, conversations, customers, files, the ledger with its chains, figures, clocks and roll-ups. GENERATE_TICKETS
says how many (1,000,000). Prints how long each part took, how large it is, and whether the ledger's chains hold.
"""

import logging
import os
import sys
import time
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config, convert_file

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import _history as history
import _tickets as tickets

DATABASE = os.environ["GENERATE_DATABASE"]
COUNT = int(os.environ.get("GENERATE_TICKETS", "1000000"))
# The whole chain of so many rows is checked; checking everything takes as long as making it.
CHECKED_TICKETS = 20_000
SIZES = """
    SELECT (SELECT count(*) FROM helpdesk_ticket), (SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket'),
           (SELECT count(*) FROM helpdesk_event), (SELECT count(*) FROM helpdesk_sla_status),
           pg_database_size(current_database())
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
    env.cr.commit()


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    start = time.perf_counter()
    with Registry(DATABASE).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"no_reset_password": True})
        env["ir.cron"].search([]).active = False
        make_policies(env)
        timed("tickets, conversations, customers, files", lambda: tickets.fill(env, COUNT))
        timed("rows of the ledger, chained", lambda: history.write_ledger(env))
        cursor.execute("SELECT min(id), max(id) FROM bench_plan")
        first, last = cursor.fetchone()
        timed("figures and clocks", lambda: history.work_out_clocks(DATABASE, first, last))
        timed("figures of the days", env["helpdesk.kpi"]._rebuild)
        cursor.commit()
        tickets.vacuum(cursor, "helpdesk_event", "helpdesk_event_head", "helpdesk_sla_status", "helpdesk_kpi_fact")
        print(f"{'all together':<46}{time.perf_counter() - start:8.0f} s")
        cursor.execute(SIZES)
        counts = cursor.fetchone()
        names = ("tickets", "messages", "rows of the ledger", "clocks")
        print(", ".join(f"{count:,} {name}" for name, count in zip(names, counts, strict=False)))
        size = counts[-1]
        print(f"{size / 1e9:.1f} GB; at ten million tickets {size / COUNT * 1e7 / 1e9:.0f} GB")
        checked = [("ticket_id", ">=", last - CHECKED_TICKETS), ("ticket_id", "<=", last)]
        broken = timed(
            f"ledger of {CHECKED_TICKETS} tickets checked", lambda: env["helpdesk.event"].verify(checked, limit=10)
        )
        print(f"rows whose chain is broken: {len(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

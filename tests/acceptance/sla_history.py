"""A random history of many tickets, then: are all clocks what the ledger says? (R14)

    ODOO_RC=odoo.conf python tests/acceptance/sla_history.py --database NAME [--tickets 10000] [--seed 1]

The database is one that may be filled with tickets. Days pass while people ask, answer, solve, reopen, escalate,
return, merge, undo, change priorities, customers, categories and sites; the sweep runs in between. Ends with 1 where a
stored clock differs from what the ledger gives, a ticket's next due time from its clocks, or a breach is not told.
"""

import argparse
import collections
import logging
import os
import random
import sys
import time
from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

import odoo
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor
from odoo.tools import config, split_every

START = datetime(2026, 3, 2, 2, 0)
THINGS_PER_TICKET = 6
AT_ONCE = 120
MERGED_AT_ONCE = 12
BATCH = 500


def make_history(env, chance):
    """A world for the tickets, and what may happen to them; words are said in batches, as mails come in."""
    from odoo.addons.kemenkes_sla.tests.random_history import (  # after Odoo's addons path is known
        RandomHistory,
        create_policies,
    )

    class BatchedHistory(RandomHistory):
        def hear(self, tickets):
            by_survivor = {ticket._survivor(): ticket for ticket in tickets}
            customer = self.world.customers[0]
            messages = tickets._create_messages(dict.fromkeys(by_survivor.values(), "Hello?"), customer, "email", "in")
            tickets._note_customer_messages(
                {survivor: messages[ticket].with_env(env) for survivor, ticket in by_survivor.items()}
            )

        def answer(self, tickets):
            tickets._post_answers(dict.fromkeys(tickets, "Hello"), self.chance.choice(self.world.agents).partner_id)

        def do_merge(self, tickets, everything):
            super().do_merge(tickets[:MERGED_AT_ONCE], everything)

        def do_unmerge(self, tickets, everything):
            super().do_unmerge(tickets[:MERGED_AT_ONCE], everything)

    sites = env["helpdesk.site"].create(
        [
            {"name": "West", "code": "history-west"},
            {"name": "East", "code": "history-east", "timezone": "Asia/Jayapura"},
        ]
    )
    team, next_team = (
        env["helpdesk.team"].create({"name": f"History {tier}", "tier": tier, "site_id": sites[0].id}) for tier in "12"
    )
    team.escalation_team_ids = next_team
    agents = env["res.users"].create(
        [
            {
                "name": f"Agent {number}",
                "login": f"agent{number}@history.example",
                "email": f"agent{number}@history.example",
                "group_ids": [(4, env.ref("kemenkes_helpdesk.group_operation_manager").id)],
            }
            for number in range(3)
        ]
    )
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}", "email": f"c{number}@customer.example"} for number in range(50)]
    )
    world = SimpleNamespace(
        team=team,
        team_l2=next_team,
        sites=(sites[0], sites[0], sites[1]),
        category=env["helpdesk.category"].create({"name": "History"}),
        tag=env["helpdesk.tag"].create({"name": "History"}),
        customers=tuple(customers),
        agents=agents,
    )
    create_policies(env, world).version_ids.valid_from = START - timedelta(days=1)
    return BatchedHistory(env, world, chance)


def play(env, history, count, clock):
    """Let ``count`` tickets come in and things happen to them.

    :return: the tickets
    """
    chance, world = history.chance, history.world
    channel = env["helpdesk.channel"].create(
        {"name": "History", "kind": "email", "site_id": world.sites[0].id, "team_id": world.team.id}
    )
    tickets = env["helpdesk.ticket"]
    steps = count * THINGS_PER_TICKET // AT_ONCE
    for step in range(steps):
        clock.now += timedelta(minutes=chance.choice((0, 0, 1, 7, 20, 45)))
        if len(tickets) < count:
            tickets |= env["helpdesk.ticket"].create(
                [
                    {
                        "name": "History",
                        "team_id": world.team.id,
                        "site_id": world.sites[0].id,
                        "channel_id": channel.id,
                        "partner_id": chance.choice(world.customers).id,
                    }
                    for _number in range(min(2 * count // steps + 1, count - len(tickets)))
                ]
            )
        some = tickets.browse(chance.sample(tickets.ids, min(AT_ONCE, len(tickets))))
        history.do_something(some, tickets)
        if not step % 20:
            sweep(env)
        env.cr.commit()
        env.invalidate_all()
    sweep(env)
    env.cr.commit()
    return tickets


def sweep(env):
    """What the job does each minute."""
    with patch.object(type(env["ir.cron"]), "_commit_progress", lambda *_args, **_values: True):
        env["helpdesk.sla.status"]._cron_sweep()


def check(env, tickets):
    """What is wrong, as texts; read anew from the database."""
    from odoo.addons.kemenkes_sla.tests.random_history import find_differences

    found = []
    for batch in split_every(BATCH, tickets.ids):
        env.invalidate_all()
        found += find_differences(env, tickets.browse(batch))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--tickets", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    clock = SimpleNamespace(now=START)
    with (
        Registry(options.database).cursor() as cursor,
        patch.object(Cursor, "now", lambda _cursor: clock.now),
        patch("odoo.fields.Datetime.now", lambda *_args: clock.now.replace(microsecond=0)),
    ):
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"tracking_disable": True})
        started = time.perf_counter()
        tickets = play(env, make_history(env, random.Random(options.seed)), options.tickets, clock)
        played = time.perf_counter()
        found = check(env, tickets)
        checked = time.perf_counter()
        rows = env["helpdesk.event"].search_count([("ticket_id", "in", tickets.ids)])
        states = collections.Counter(
            dict(env["helpdesk.sla.status"]._read_group([("ticket_id", "in", tickets.ids)], ["state"], ["__count"]))
        )
        merged = tickets.with_context(active_test=False).search_count([("merged_into_id", "!=", False)])
    print(f"{len(tickets)} tickets, {rows} ledger rows, {merged} merged at the end; seed {options.seed}")
    print(f"clocks: {sum(states.values())} ({', '.join(f'{state} {count}' for state, count in states.items())})")
    print(f"played in {played - started:.0f} s, checked in {checked - played:.0f} s")
    print(f"clocks that are not what the ledger says, next due times that differ, breaches not told: {len(found)}")
    for text in found[:10]:
        print(f"  {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

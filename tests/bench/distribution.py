"""Handing out 10,000 waiting tickets to 100 agents: how long it takes, and whether it is right with four processes.

First one process alone, beside the way helpdesks do it that have no distribution of their own: ticket by ticket, each
time to the member with the fewest open tickets. Then four processes at once: agents come, go on breaks, solve and
leave in each of them, and each hands out; one is killed (SIGKILL) in the middle. What came of it is read from the
ledger afterwards. At last a server is started, and tickets are sent to it one after the other: how long from sending
to the moment when an agent is asked. The program ends with 1 when a rule was broken or that took a second.
"""

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import requests
from psycopg2 import IntegrityError
from psycopg2.extensions import TransactionRollbackError

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from config.environment import odoo_command

sys.path.insert(0, os.path.dirname(__file__))
from _floor import make_agents, make_tickets, set_capacity

TICKETS = int(os.environ.get("BENCH_TICKETS", "10000"))
AGENTS = 100
ONE_BY_ONE = 200
PROCESSES = 4
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
CAPACITY = 40  # in the parallel run: small, so that it is reached all the time
PATIENCE_SECONDS = 300
ARRIVALS = 100
MOST_SECONDS = 1.0


def environment(cursor, user_id=odoo.SUPERUSER_ID):
    return odoo.api.Environment(cursor, user_id, {})


def prepare(registry):
    with registry.cursor() as cursor:
        env = environment(cursor)
        env["helpdesk.auto.reply"].search([]).active = False
        env["helpdesk.keyword.rule"].search([]).active = False
        team, users = make_agents(env, AGENTS)
        channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
        set_capacity(env, "email", TICKETS // AGENTS, 0)
        cursor.commit()
        make_tickets(env, team, channel, TICKETS + ONE_BY_ONE)
        return team.id, users.ids


def waiting(cursor, team_id):
    cursor.execute(
        "SELECT id FROM helpdesk_ticket WHERE team_id = %s AND queue_date IS NOT NULL ORDER BY id", [team_id]
    )
    return [row[0] for row in cursor.fetchall()]


def count_by_agent(cursor, team_id):
    cursor.execute(
        "SELECT user_id, count(*) FROM helpdesk_ticket WHERE team_id = %s AND user_id IS NOT NULL GROUP BY user_id",
        [team_id],
    )
    return Counter(dict(cursor.fetchall()))


def hand_out_one_by_one(registry, team_id, user_ids):
    """As helpdesks do it that look for the least loaded member each time; tickets a second."""
    with registry.cursor() as cursor:
        env = environment(cursor)
        tickets = env["helpdesk.ticket"].browse(waiting(cursor, team_id)[:ONE_BY_ONE])
        start = time.perf_counter()
        for ticket in tickets.with_context(helpdesk_distributing=True):
            groups = env["helpdesk.ticket"]._read_group(
                [("user_id", "in", user_ids), ("stage_kind", "in", ("new", "open"))], ["user_id"], ["__count"]
            )
            counts = {user.id: count for user, count in groups}
            ticket.user_id = min(user_ids, key=lambda user_id: (counts.get(user_id, 0), user_id))
            env.flush_all()
        seconds = time.perf_counter() - start
        cursor.rollback()
        tickets.invalidate_recordset()
        cursor.execute("UPDATE helpdesk_ticket SET queue_date = NULL, active = FALSE WHERE id = ANY(%s)", [tickets.ids])
    return ONE_BY_ONE / seconds


def measure_alone(registry, team_id, user_ids):
    rate = hand_out_one_by_one(registry, team_id, user_ids)
    with registry.cursor() as cursor:
        environment(cursor)["res.users"].browse(user_ids)._start_work()
        cursor.postcommit.clear()
    with registry.cursor() as cursor:
        distribution = environment(cursor)["helpdesk.distribution"]
        start, own = time.perf_counter(), time.process_time()
        given = distribution._run(registry, PATIENCE_SECONDS)
        seconds, own = time.perf_counter() - start, time.process_time() - own
        counts = count_by_agent(cursor, team_id)
    spread = max(counts.values()) - min(counts.values()) if len(counts) == AGENTS else "?"
    print(f"{given} tickets to {AGENTS} agents, one process: {seconds:.1f} s, loads differ by {spread}")
    print(f"  {given / seconds:8.0f} a second, {given / seconds / rate:.0f} x one by one ({rate:.0f} a second)")
    print(f"  {own:8.1f} s of a processor in this process, the rest in the database and waiting for a processor")
    return given == TICKETS and spread == 0


# FOUR PROCESSES


def reset(registry, team_id, user_ids):
    with registry.cursor() as cursor:
        env = environment(cursor)
        env["res.users"].browse(user_ids)._end_work("supervisor")
        cursor.execute("SELECT id FROM helpdesk_ticket WHERE team_id = %s AND user_id IS NOT NULL", [team_id])
        ids = [row[0] for row in cursor.fetchall()]
        env["helpdesk.ticket"].browse(ids).with_context(helpdesk_distributing=True).write({"user_id": False})
        set_capacity(env, "email", CAPACITY, 0)
        env["res.users"].browse(user_ids[: AGENTS // 2])._start_work()
        cursor.execute("SELECT max(id) FROM helpdesk_event")
        last = cursor.fetchone()[0]
        cursor.postcommit.clear()
    return last


def work(database, team_id, seed, seconds):
    """One process: agents come and go, solve and take breaks; what that sets going runs here, as in a worker."""
    registry = Registry(database)
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with registry.cursor() as cursor:
                step(environment(cursor), team_id, chance)
        except (TransactionRollbackError, IntegrityError, odoo.exceptions.UserError):
            continue  # another process was faster; Odoo would replay the request, or tell its user


def step(env, team_id, chance):
    users = env["helpdesk.team"].browse(team_id).member_ids
    user = chance.choice(users)
    at_work = user._work_session()
    deed = chance.random()
    if not at_work:
        user.with_user(user)._start_work()
    elif deed < 0.1:
        user.with_user(user)._end_work("agent")
    elif deed < 0.3:
        kind = "busy" if at_work.is_available else "ready"
        user.with_user(user)._set_status(env["helpdesk.agent.status"]._get_by_kind(kind))
    else:
        mine = env["helpdesk.ticket"].search([("user_id", "=", user.id), ("stage_kind", "=", "new")], limit=10)
        mine.with_user(user).action_solve()


def measure_parallel(registry, database, team_id, user_ids):
    last = reset(registry, team_id, user_ids)
    command = [sys.executable, __file__, "work", database, str(team_id)]
    start = time.perf_counter()
    processes = [subprocess.Popen([*command, str(seed), str(SECONDS)]) for seed in range(PROCESSES)]
    time.sleep(SECONDS / 2)
    processes[0].send_signal(signal.SIGKILL)
    codes = [process.wait() for process in processes]
    with registry.cursor() as cursor:
        environment(cursor)["helpdesk.distribution"]._run(registry, PATIENCE_SECONDS)  # the sweep
    seconds = time.perf_counter() - start
    with registry.cursor() as cursor:
        handed_out, most, problems = check(cursor, team_id, last)
        left = len(waiting(cursor, team_id))
    print(f"{PROCESSES} processes, agents coming and going, one killed: {handed_out} handed out in {seconds:.0f} s")
    print(f"  {left} wait; the fullest agent had {most} of {CAPACITY}; broken rules: {len(problems)}")
    for problem in problems[:10]:
        print(f"  {problem}")
    return codes == [-signal.SIGKILL, *[0] * (PROCESSES - 1)] and not problems and handed_out


def check(cursor, team_id, last):
    """Replay the ledger's rows after ``last``.

    :return: ``(how many were handed out, most that an agent had, broken rules)``
    """
    cursor.execute(
        """
        SELECT event.kind, event.ticket_id, event.target_user_id, event.data, ticket.next_due_date
          FROM helpdesk_event event JOIN helpdesk_ticket ticket ON ticket.id = event.ticket_id
         WHERE event.id > %s AND event.kind IN ('distributed', 'taken_back', 'solved') AND ticket.team_id = %s
      ORDER BY event.id
        """,
        [last, team_id],
    )
    owner, load, seen, problems = {}, Counter(), set(), []
    handed_out = most = 0
    previous_due = None
    for kind, ticket_id, user_id, _data, due in cursor.fetchall():
        if kind == "distributed":
            handed_out += 1
            if owner.get(ticket_id):
                problems.append(f"ticket {ticket_id} went to two agents")
            owner[ticket_id] = user_id
            load[user_id] += 1
            most = max(most, load[user_id])
            if load[user_id] > CAPACITY:
                problems.append(f"agent {user_id} had {load[user_id]}")
            if ticket_id not in seen:
                if previous_due and due < previous_due:
                    problems.append(f"ticket {ticket_id} was due before the one that went before it")
                previous_due = due
                seen.add(ticket_id)
        elif owner.get(ticket_id):
            load[owner.pop(ticket_id)] -= 1
    cursor.execute(
        "SELECT id, user_id FROM helpdesk_ticket WHERE team_id = %s AND active AND stage_kind = 'new'", [team_id]
    )
    for ticket_id, user_id in cursor.fetchall():
        if owner.get(ticket_id) != user_id:
            problems.append(f"ticket {ticket_id} is with {user_id}, the ledger says {owner.get(ticket_id)}")
    return handed_out, most, problems


# ON A RUNNING SERVER


def measure_arrivals(registry, database, team_id, user_ids):
    with registry.cursor() as cursor:
        env = environment(cursor)
        team = env["helpdesk.team"].browse(team_id)
        env["helpdesk.ticket"].search([("team_id", "=", team_id)]).with_context(
            helpdesk_distributing=True
        ).active = False
        team.write({"distribution_mode": "offer", "ring_seconds": 3600})
        env["res.users"].browse(user_ids)._start_work()
        ready = env["helpdesk.agent.status"]._get_by_kind("ready")
        env["res.users"].browse(user_ids)._set_status(ready)
        channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
        values = {"name": "Tidak bisa masuk", "team_id": team_id, "site_id": team.site_id.id, "channel_id": channel.id}
        cursor.postcommit.clear()
    port = os.environ["BENCH_PORT"]
    options = ("-d", database, "--http-interface", "127.0.0.1", "--http-port", port, "--log-level", "critical")
    workers = ("--workers", "2", "--max-cron-threads", "1", "--gevent-port", str(int(port) + 1))
    server = subprocess.Popen(odoo_command.words("server", *options, *workers))
    try:
        seconds = sorted(send_tickets(registry, f"http://127.0.0.1:{port}", database, values))
    finally:
        server.terminate()
        server.wait()
    middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(f"running server, {ARRIVALS} tickets one after the other, from sending to an agent being asked:")
    print(f"  half within {middle * 1000:.0f} ms, 95% within {late * 1000:.0f} ms")
    return late < MOST_SECONDS


def send_tickets(registry, address, database, values):
    wait_for(address)
    browser = requests.Session()
    account = {"db": database, "login": "admin", "password": "admin"}
    call(browser, f"{address}/web/session/authenticate", account)
    path = f"{address}/web/dataset/call_kw/helpdesk.ticket/create"
    params = {"model": "helpdesk.ticket", "method": "create", "args": [[values]], "kwargs": {}}
    for _number in range(ARRIVALS):
        start = time.perf_counter()
        [ticket_id] = call(browser, path, params)
        wait_for_offer(registry, ticket_id)
        yield time.perf_counter() - start


def call(browser, path, params):
    answer = browser.post(path, json={"jsonrpc": "2.0", "method": "call", "params": params}, timeout=60).json()
    if "error" in answer:
        raise SystemExit(answer["error"]["data"]["message"])
    return answer["result"]


def wait_for(address):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            return requests.get(f"{address}/web/health", timeout=10).raise_for_status()
        except requests.RequestException:
            time.sleep(0.5)
    raise SystemExit("The server does not answer.")


def wait_for_offer(registry, ticket_id):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with registry.cursor() as cursor:
            cursor.execute("SELECT FROM helpdesk_offer WHERE ticket_id = %s", [ticket_id])
            if cursor.rowcount:
                return
        time.sleep(0.01)
    raise SystemExit("Nobody was asked.")


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.CRITICAL)
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
        return 0
    database = os.environ["BENCH_DATABASE"]
    registry = Registry(database)
    team_id, user_ids = prepare(registry)
    right = measure_alone(registry, team_id, user_ids)
    right = measure_parallel(registry, database, team_id, user_ids) and right
    right = measure_arrivals(registry, database, team_id, user_ids) and right
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())

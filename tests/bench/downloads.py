"""A hundred downloads of raw data begin in one moment while agents work on a running server with several workers: how
long the agents' requests take without and with them, and whether every download comes whole."""

import concurrent.futures
import csv
import io
import logging
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter

import requests

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from config.environment import odoo_command

sys.path.insert(0, os.path.dirname(__file__))
import _tickets as tickets

TICKETS = int(os.environ.get("BENCH_TICKETS", "20000"))
DOWNLOADS = int(os.environ.get("BENCH_DOWNLOADS", "100"))
AGENTS = int(os.environ.get("BENCH_AGENTS", "16"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "40"))
WORKERS = 4
# Every fifth download is a file made in the background.
BACKGROUND_SHARE = 5
# One account begins so many at once.
ACCOUNTS = DOWNLOADS // 10 or 1
PATIENCE_SECONDS = 600
# Beyond this an agent waits for a screen.
AGENT_GOAL_SECONDS = 1
LIST_FIELDS = ("ticket_ref", "name", "partner_name", "stage_id", "priority", "user_id", "next_due_date")
FORM_FIELDS = (*LIST_FIELDS, "description", "team_id", "product_id", "category_id", "channel_id")


def fill(database):
    """Tickets with their conversations, agents, and accounts that download; how many tickets each of these may have."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"no_reset_password": True})
        viewer = tickets.fill(env, TICKETS)["viewer"]
        receivers = env["res.users"].create(
            [
                {
                    "name": f"Receiver {number}",
                    "login": f"receiver{number}",
                    "tz": "Asia/Jakarta",
                    "group_ids": [(6, 0, env.ref("kemenkes_helpdesk.group_pusdatin_viewer").ids)],
                    "helpdesk_product_ids": [(6, 0, viewer.helpdesk_product_ids.ids)],
                    "helpdesk_site_ids": [(6, 0, viewer.helpdesk_site_ids.ids)],
                }
                for number in range(ACCOUNTS)
            ]
        )
        tickets.give_password(receivers)
        datasets = env(user=viewer.id)["helpdesk.export.dataset"]
        return datasets._read(datasets._get("tickets"), {})[0]


class Person:
    """An account's session."""

    def __init__(self, address, database, login):
        self.address, self.http = address, requests.Session()
        self.ask("/web/session/authenticate", {"db": database, "login": login, "password": tickets.PASSWORD})

    def ask(self, path, params):
        """A JSON-RPC request; its result."""
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.http.post(self.address + path, json=body, timeout=PATIENCE_SECONDS).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        """A public method of a model."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.ask(f"/web/dataset/call_kw/{model}/{method}", params)


class Agent(Person):
    """Opens the list, reads a ticket with its conversation, answers; notes how long each request took."""

    def __init__(self, *args):
        super().__init__(*args)
        self.spent, self.failures = [], []

    def work(self, is_over):
        while not is_over():
            for act in (self.list, self.read, self.talk, self.answer):
                start = time.monotonic()
                try:
                    act()
                except (RuntimeError, requests.RequestException, ValueError) as error:
                    self.failures.append(str(error)[:200])
                self.spent.append(time.monotonic() - start)
                time.sleep(random.uniform(0.5, 1.5))

    def list(self):
        domain, fields = [["stage_kind", "in", ["new", "open"]]], {name: {} for name in LIST_FIELDS}
        found = self.call("helpdesk.ticket", "web_search_read", domain, fields, limit=80, order="next_due_date, id")
        self.ticket_id = random.choice(found["records"])["id"]

    def read(self):
        self.call("helpdesk.ticket", "web_read", [self.ticket_id], {name: {} for name in FORM_FIELDS})

    def talk(self):
        self.ask("/mail/thread/messages", {"thread_model": "helpdesk.ticket", "thread_id": self.ticket_id})

    def answer(self):
        self.call("helpdesk.ticket", "message_post", [self.ticket_id], body="Kami periksa dan kabari hari ini.")


class Receiver(Person):
    """Fetches raw data, and waits where it is told to."""

    refused = Counter()
    lock = threading.Lock()

    def stream(self, expected):
        """The tickets as CSV, at once."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = self.http.get(f"{self.address}/helpdesk/export/tickets.csv", timeout=PATIENCE_SECONDS)
            if answer.status_code == 200:
                rows = sum(1 for _row in csv.reader(io.StringIO(answer.text))) - 1
                return None if rows == expected else f"{rows} rows of {expected}"
            with self.lock:
                self.refused[answer.status_code] += 1
            if answer.status_code not in (429, 503):
                return f"answer {answer.status_code}"
            time.sleep(float(answer.headers.get("Retry-After", 5)) * random.uniform(0.5, 1.5))
        return "never came"

    def order(self, expected):
        """The tickets as a workbook, made in the background."""
        values = {"dataset": "tickets", "file_format": "xlsx", "date_from": False, "date_to": False}
        [export_id] = self.call("helpdesk.export", "create", [values])
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            [export] = self.call("helpdesk.export", "read", [export_id], ["state", "row_count"])
            if export["state"] == "done":
                return None if export["row_count"] == expected else f"{export['row_count']} rows of {expected}"
            if export["state"] == "failed":
                return "failed"
            time.sleep(5)
        return "never came"


def start_server(database, port):
    options = ("-d", database, "--http-interface", "127.0.0.1", "--http-port", port, "--log-level", "critical")
    workers = ("--workers", str(WORKERS), "--max-cron-threads", "1", "--gevent-port", str(int(port) + 1))
    server = subprocess.Popen(odoo_command.words("server", *options, *workers), start_new_session=True)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if requests.get(f"http://127.0.0.1:{port}/web/health", timeout=5).ok:
                return server
        except requests.RequestException:
            time.sleep(0.5)
    raise SystemExit("the server does not answer")


def work_alone(agents, pool):
    """The agents' requests of a time in which nobody downloads."""
    end = time.monotonic() + SECONDS
    for job in [pool.submit(agent.work, lambda: time.monotonic() > end) for agent in agents]:
        job.result()
    return take(agents)


def work_beside(agents, receivers, expected, pool):
    """The agents' requests while the downloads are made, the failures of these, and how long the last one took."""
    over = threading.Event()
    agents_at_work = [pool.submit(agent.work, over.is_set) for agent in agents]
    start = time.monotonic()
    downloads = [
        pool.submit(fetch, receivers[number * len(receivers) // DOWNLOADS], number, expected)
        for number in range(DOWNLOADS)
    ]
    failures = [failure for failure in (download.result() for download in downloads) if failure]
    spent = time.monotonic() - start
    over.set()
    for job in agents_at_work:
        job.result()
    return take(agents), failures, spent


def fetch(receiver, number, expected):
    """What failed of a download; every fifth is ordered, the others come at once."""
    try:
        return receiver.stream(expected) if number % BACKGROUND_SHARE else receiver.order(expected)
    except (RuntimeError, requests.RequestException, ValueError) as error:
        return str(error)[:200]


def take(agents):
    spent, failures = [], []
    for agent in agents:
        spent += agent.spent
        failures += agent.failures
        agent.spent, agent.failures = [], []
    return spent, failures


def show(name, spent):
    late = statistics.quantiles(spent, n=20)[-1]
    print(
        f"  {name:28}{len(spent):6} requests, half within {statistics.median(spent) * 1000:5.0f} ms,"
        f" 95% within {late * 1000:5.0f} ms, longest {max(spent) * 1000:6.0f} ms"
    )
    return late


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    database, port = os.environ["BENCH_DATABASE"], os.environ["BENCH_PORT"]
    expected = fill(database)
    odoo.sql_db.close_all()
    address = f"http://127.0.0.1:{port}"
    server = start_server(database, port)
    try:
        agents = [Agent(address, database, f"agent{number}") for number in range(AGENTS)]
        receivers = [Receiver(address, database, f"receiver{number}") for number in range(ACCOUNTS)]
        with concurrent.futures.ThreadPoolExecutor(AGENTS + DOWNLOADS) as pool:
            print(f"{AGENTS} agents, {WORKERS} workers, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
            alone, failed_alone = work_alone(agents, pool)
            (beside, failed_beside), downloads_failed, spent = work_beside(agents, receivers, expected, pool)
    finally:
        server.terminate()
        server.wait()
    before, after = show("agents alone", alone), show(f"beside {DOWNLOADS} downloads", beside)
    print(f"  95% take {after / before:.1f} times as long")
    failures = [*failed_alone, *failed_beside]
    print(
        f"  {DOWNLOADS} downloads of {expected} rows, all there after {spent:.0f} s; told to wait"
        f" {dict(Receiver.refused)}; downloads that failed {len(downloads_failed)}, agents' requests that failed"
        f" {len(failures)}"
    )
    for failure in [*downloads_failed, *failures][:5]:
        print(f"    {failure}")
    held = after < AGENT_GOAL_SECONDS
    print(
        f"goal 95% of agents' requests under {AGENT_GOAL_SECONDS} s beside downloads: {'reached' if held else 'MISSED'}"
    )
    return int(not held or bool(downloads_failed) or bool(failures))


if __name__ == "__main__":
    sys.exit(main())

"""The load test: a server and a receiver on the database LOAD_DATABASE, Locust's people on them, and what it cost.

LOAD_USERS people (200, of whom 120 are agents) for LOAD_MINUTES (10), LOAD_WORKERS Odoo processes (4). Prints a table
for each action (requests, failures, half, 95 and 99 of a hundred within so many milliseconds), then processor time,
memory, what came of the webhooks and the database's growth, all since everybody has logged in; ends with 1 when one
request in a hundred failed. The machine under load bears the people and the helpdesk's own jobs as well.
"""

import contextlib
import csv
import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psutil
import psycopg2
from psycopg2.extensions import make_dsn

import odoo
from odoo.modules.registry import Registry
from odoo.sql_db import close_all, connection_info_for
from odoo.tools import config

from config.environment import machine, odoo_command, places, rehearsal

from . import whatsapp

DATABASE = os.environ["LOAD_DATABASE"]
FOLDER = Path(os.environ["LOAD_FOLDER"])
# The people make this file when all have logged in and a while has passed.
COUNTING = FOLDER / "counting"
USERS = int(os.environ.get("LOAD_USERS", "200"))
MINUTES = float(os.environ.get("LOAD_MINUTES", "10"))
WORKERS = int(os.environ.get("LOAD_WORKERS", "4"))
# A log-in costs half a second of a core: a password's hash is meant to.
SPAWN_A_SECOND = 1
START_SECONDS = 120
SAMPLE_SECONDS = 5
MOST_FAILURES = 0.01
COLUMNS = ("Request Count", "Failure Count", "50%", "95%", "99%")
SIZES = """
    SELECT pg_database_size(current_database()),
        (SELECT count(*) FROM mail_message),
        (SELECT count(*) FROM helpdesk_ticket),
        (SELECT count(*) FROM helpdesk_inbox_event),
        (SELECT count(*) FROM helpdesk_inbox_event WHERE state IN ('new', 'failed', 'dead'))
"""


class Meter(threading.Thread):
    """Processor time and memory of Odoo and of the database, sampled."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self._odoo, self._end = psutil.Process(server.pid), threading.Event()
        self.memory = {"Odoo": [], "PostgreSQL": []}
        self._first, self._busy = {}, {}

    def run(self):
        while not self._end.wait(SAMPLE_SECONDS):
            self._sample("Odoo", [self._odoo, *self._odoo.children(recursive=True)])
            servers = [one for one in psutil.process_iter(["name"]) if (one.info["name"] or "").startswith("postgres")]
            self._sample("PostgreSQL", servers)

    def _sample(self, name, processes):
        memory = 0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                # shared pages are counted once: what is the process's own
                memory += process.memory_full_info().uss
                times = process.cpu_times()
                self._busy[name, process.pid] = times.user + times.system
                self._first.setdefault((name, process.pid), times.user + times.system)
        self.memory[name].append(memory)

    def stop(self):
        self._end.set()
        self.join(timeout=2 * SAMPLE_SECONDS)

    def seconds(self, name):
        """Processor seconds of all processes that were seen, since they were seen first."""
        return sum(seconds - self._first[key] for key, seconds in self._busy.items() if key[0] == name)


def start(port):
    """Odoo, answering."""
    options = ["--http-port", str(port), "--gevent-port", str(machine.free_port()), "--workers", str(WORKERS)]
    words = odoo_command.words("server", "-d", DATABASE, *options, "--max-cron-threads", "1", "--log-level", "warn")
    with (FOLDER / "odoo.log").open("w") as log:
        server = subprocess.Popen(
            words, env=odoo_command.environment(), cwd=places.ROOT, stdout=log, stderr=subprocess.STDOUT
        )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(f"http://localhost:{port}/web/health", timeout=5).status == 200:
                return server
        time.sleep(0.5)
    server.terminate()
    sys.exit(f"Odoo does not answer, see {FOLDER}/odoo.log")


def open_door():
    """A WhatsApp channel of its own that takes webhooks; its address's token."""
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    with Registry(DATABASE).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        # nothing leaves: there is no service that takes it
        env["helpdesk.auto.reply"].search([]).active = False
        team = env["helpdesk.team"].search([("tier", "=", "1")], limit=1)
        channels = env["helpdesk.channel"]
        channel = channels.search([("account_ref", "=", whatsapp.NUMBER)], limit=1) or channels.create(
            {
                "name": "WhatsApp",
                "kind": "whatsapp",
                "account_ref": whatsapp.NUMBER,
                "app_secret": whatsapp.SECRET,
                "verify_token": "kenal",
                "site_id": team.site_id.id,
                "team_id": team.id,
            }
        )
        token = channel.webhook_token
        start_jobs(env)
    close_all()
    return token


def start_jobs(env):
    """Those of the helpdesk work as on any day; scripts/generate has stopped them."""
    ours = [("model", "=", "ir.cron"), ("module", "=like", "kemenkes\\_%")]
    env["ir.cron"].browse(env["ir.model.data"].search(ours).mapped("res_id")).active = True


def start_receiver(port):
    """The light receiver, where services bring their webhooks."""
    _name, info = connection_info_for(DATABASE)
    words = [sys.executable, "-m", "receiver", "--port", str(port), "--dsn", make_dsn(**info)]
    environment = {**os.environ, "PYTHONPATH": str(places.ROOT / "addons" / "kemenkes_channels")}
    with (FOLDER / "receiver.log").open("w") as log:
        return subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT)


def crowd(port, receiver_port, token):
    """Locust's people, a process; Locust's table is left in FOLDER."""
    words = [str(rehearsal.VENV / "bin" / "locust"), "-f", str(Path(__file__).with_name("locustfile.py"))]
    words += ["--headless", "--host", f"http://localhost:{port}", "--users", str(USERS)]
    words += ["--spawn-rate", str(SPAWN_A_SECOND)]
    words += ["--csv", str(FOLDER / "load"), "--html", str(FOLDER / "load.html"), "--only-summary"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["LOAD_WEBHOOKS"] = f"http://localhost:{receiver_port}/helpdesk/webhook/{token}"
    COUNTING.unlink(missing_ok=True)
    with (FOLDER / "locust.log").open("w") as log:
        return subprocess.Popen(words, env=environment, cwd=FOLDER, stdout=log, stderr=subprocess.STDOUT)


def wait_for_counting(people):
    while not COUNTING.exists():
        if people.poll() is not None:
            sys.exit(f"the people have gone home before they were counted, see {FOLDER}/locust.log")
        time.sleep(0.5)


def sizes():
    """Bytes of the database; messages, tickets, webhooks, and those of them not worked off."""
    with contextlib.closing(psycopg2.connect(dbname=DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(SIZES)
        return cursor.fetchone()


def tell(before, after, meter, seconds):
    """Print the tables; the share of requests that failed."""
    with (FOLDER / "load_stats.csv").open() as file:
        rows = list(csv.DictReader(file))
    print(f"\n{'milliseconds':<34}{'requests':>9}{'failed':>8}{'half':>8}{'95 %':>8}{'99 %':>8}")
    for row in rows:
        print(f"{row['Name']:<34}" + "".join(f"{row[name]:>{9 if name == COLUMNS[0] else 8}}" for name in COLUMNS))
    for name, memory in meter.memory.items():
        busy = meter.seconds(name) / seconds
        early, most, last = (size / 1e6 for size in (memory[len(memory) // 10], max(memory), memory[-1]))
        print(f"{name}: {busy:.2f} cores, memory {early:.0f} MB early, {most:.0f} at most, {last:.0f} at the end")
    grown, messages, made, webhooks, _waiting = (now - then for now, then in zip(after, before, strict=True))
    print(f"webhooks taken in {webhooks}, not worked off at the end {after[-1]}; tickets made {made}")
    print(f"database grown by {grown / 1e6:.0f} MB with {messages} messages")
    errors = sum(" ERROR " in line for line in (FOLDER / "odoo.log").read_text().splitlines())
    print(f"errors in Odoo's log: {errors}")
    total = rows[-1]
    return int(total["Failure Count"]) / max(1, int(total["Request Count"]))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    token = open_door()
    port, receiver_port = machine.free_port(), machine.free_port()
    server, receiver = start(port), start_receiver(receiver_port)
    people = None
    try:
        people = crowd(port, receiver_port, token)
        wait_for_counting(people)
        meter = Meter(server)
        before, began = sizes(), time.monotonic()
        meter.start()
        people.wait()
        meter.stop()
    finally:
        if people:
            people.terminate()
        receiver.terminate()
        server.terminate()
        server.wait(timeout=60)
    share = tell(before, sizes(), meter, time.monotonic() - began)
    print(
        f"{USERS} people for {MINUTES:g} minutes, {WORKERS} Odoo processes, {os.cpu_count()} cores; failed: {share:.2%}"
    )
    return 1 if share > MOST_FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())

"""Webhooks through the light receiver: how many a second, how long an answer takes, and whether anything is lost or
doubled while receiver and worker are killed at random.

Three parts, each on the same database:
1. speed: genuine payloads from parallel connections at full speed; the receiver is held on one processor core;
2. storm: the same with repeats, disorder and bad signatures, while the receiver, the workers that work the inbox off
   and Odoo, the other door of the same address, are ended with SIGKILL at random moments; whoever gets no 200 sends
   again, as services do; twenty connections bring one more payload at the same moment: one message;
3. working off: what waits becomes messages on tickets, in one worker.

BENCH_EVENTS (20000) for the first, BENCH_STORM (3000) for the second, BENCH_KILLS (6), BENCH_CONNECTIONS (32),
BENCH_WORKERS (1) of the storm.
"""

import hashlib
import hmac
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
from psycopg2.extensions import make_dsn

import odoo
from odoo.modules.registry import Registry
from odoo.sql_db import connection_info_for
from odoo.tools import config

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "addons" / "kemenkes_channels"
EVENTS = int(os.environ.get("BENCH_EVENTS", "20000"))
STORM = int(os.environ.get("BENCH_STORM", "3000"))
KILLS = int(os.environ.get("BENCH_KILLS", "6"))
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "32"))
WORKERS = int(os.environ.get("BENCH_WORKERS", "1"))
# One payload in so many comes by Odoo's door, which is much slower.
TO_ODOO = 200
AT_ONCE, AT_ONCE_NUMBER = 20, 9 * 10**7
REPEATED, FORGED = 0.2, 0.01
SECRET, NUMBER = "rahasia-uji", "700800900100200"
DATABASE = os.environ["BENCH_DATABASE"]
PORT = int(os.environ["BENCH_PORT"])
ODOO_PORT = PORT + 1
ODOO = Path(odoo.__path__[0]).parents[3] / "bin/odoo"
PATIENCE_SECONDS = 180


def payload(number):
    """A WhatsApp payload: one text message of one of 500 customers."""
    person = number % 500
    message = {
        "from": f"62812{person:08d}",
        "from_user_id": f"ID.{person:020d}",
        "id": f"wamid.bench.{number}",
        "timestamp": str(1795489200 + number),
        "type": "text",
        "text": {"body": f"Sertifikat vaksin saya tidak muncul ({number})."},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": NUMBER},
        "contacts": [
            {"profile": {"name": f"Pelanggan {person}"}, "wa_id": message["from"], "user_id": message["from_user_id"]}
        ],
        "messages": [message],
    }
    entry = {"id": "900", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def sign(raw, secret=SECRET):
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


class Program:
    """A process that is killed and started again."""

    def __init__(self, words, environment, cores=None):
        self.words, self.environment, self.cores = words, environment, cores
        self.process, self.kills = None, 0

    def start(self):
        self.process = subprocess.Popen(
            self.words, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if self.cores:
            psutil.Process(self.process.pid).cpu_affinity(self.cores)
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def processor_seconds(self):
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def memory(self):
        """Megabytes it holds at present."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


def make_receiver():
    _name, info = connection_info_for(DATABASE)
    words = [sys.executable, "-m", "receiver", "--port", str(PORT), "--dsn", make_dsn(**info)]
    return Program(words, {**os.environ, "PYTHONPATH": str(ADDON)}, cores=[0])


def make_worker():
    return Program([sys.executable, __file__, "work"], dict(os.environ))


def make_odoo():
    """Odoo with its own door for webhooks; its jobs are the workers' here."""
    words = [sys.executable, str(ODOO), "server", "-c", os.environ["ODOO_RC"], "-d", DATABASE]
    words += [
        "--http-interface",
        "127.0.0.1",
        "--http-port",
        str(ODOO_PORT),
        "--max-cron-threads",
        "0",
        "--workers",
        "0",
    ]
    return Program(words, dict(os.environ))


def wait_until_it_answers(port=PORT, path="/helpdesk/webhook-health"):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


def bring(token, jobs, latencies, accepted, refused, port=PORT):
    """Send jobs on one connection until each has its answer; a broken connection is made anew."""
    connection = None
    for raw, signature, id_ in jobs:
        while True:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                start = time.perf_counter()
                headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
                connection.request("POST", f"/helpdesk/webhook/{token}", raw, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection = None
                time.sleep(0.02)
                continue
            latencies.append(time.perf_counter() - start)
            if answer.status == 200:
                accepted.add(id_)
                break
            if answer.status in (401, 403):
                refused.add(id_)
                break
            time.sleep(0.02)


def send(token, jobs, odoo_jobs=()):
    """``(seconds, latencies, accepted, refused)`` of jobs brought over CONNECTIONS connections.

    :param odoo_jobs: brought to Odoo's door over one more; how long that takes is not counted
    """
    latencies, accepted, refused = [], set(), set()
    threads = [
        threading.Thread(target=bring, args=(token, jobs[number::CONNECTIONS], latencies, accepted, refused))
        for number in range(CONNECTIONS)
    ]
    threads.append(threading.Thread(target=bring, args=(token, odoo_jobs, [], accepted, refused, ODOO_PORT)))
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start, latencies, accepted, refused


def send_from_processes(token, first, count):
    """As :func:`send`, by a process of its own, so that the sender is not what is measured."""
    words = [sys.executable, __file__, "send", token, str(first), str(count)]
    result = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def speed(token, receiver):
    send_from_processes(token, 10**7, 200)  # warm
    before = receiver.processor_seconds()
    outcome = send_from_processes(token, 2 * 10**7, EVENTS)
    busy = receiver.processor_seconds() - before
    print(f"accepted and durable   {EVENTS / outcome['seconds']:8.0f} a second, receiver on one core")
    # what the clock says depends on who else works on the machine; this does not
    print(f"                       {EVENTS / busy:8.0f} for each second of the receiver's processor time")
    print(f"answer                 {outcome['p50'] * 1000:8.1f} ms p50, {outcome['p99'] * 1000:.1f} ms p99")
    print(f"memory of the receiver {receiver.memory():8.0f} MB")


def storm(token, receiver):
    chance = random.Random(7)
    jobs = []
    for number in range(STORM):
        raw = payload(number)
        forged = chance.random() < FORGED
        job = (raw, sign(raw, "salah" if forged else SECRET), f"wamid.bench.{number}")
        jobs.append(job)
        if chance.random() < REPEATED:
            jobs.append(job)
    chance.shuffle(jobs)
    workers, web = [make_worker().start() for _worker in range(WORKERS)], make_odoo().start()
    wait_until_it_answers(ODOO_PORT, "/web/health")
    stop, start, odoo_share = threading.Event(), time.perf_counter(), len(jobs) // TO_ODOO

    def chaos():
        victims = [receiver, *workers] * 4 + [web]
        for _kill in range(KILLS):
            if stop.wait(chance.uniform(0.3, 2.0) * max(1, STORM / 20_000)):
                return
            victim = chance.choice(victims)
            victim.kill()
            victim.start()

    killer = threading.Thread(target=chaos)
    killer.start()
    seconds, latencies, accepted, refused = send(token, jobs[odoo_share:], jobs[:odoo_share])
    accepted |= bring_at_once(token)
    killer.join()
    stop.set()
    wait_until_worked_off()
    took = time.perf_counter() - start
    memory = max(worker.memory() for worker in workers)
    for program in (*workers, web):
        program.kill()
    wanted = {f"wamid.bench.{number}" for number in (*range(STORM), AT_ONCE_NUMBER)}
    found = Counter(id_ for id_ in external_ids() if id_ in wanted)
    lost, doubled = accepted - set(found), [id_ for id_, count in found.items() if count > 1]
    print(f"storm                  {len(jobs):8d} payloads, {len(accepted)} accepted, {len(refused)} refused")
    killed = sum(worker.kills - 1 for worker in workers)
    print(f"killed                 {receiver.kills:8d} times the receiver, {killed} a worker, {web.kills - 1} Odoo")
    print(f"accepted               {len(jobs) / seconds:8.0f} payloads a second, in {seconds:.0f} s")
    print(f"answer of the receiver {statistics.quantiles(latencies, n=100)[98] * 1000:8.1f} ms p99")
    print(f"worked off             {len(found) / took:8.0f} messages a second, all after {took:.0f} s")
    print(f"memory                 {receiver.memory():8.0f} MB the receiver, {memory:.0f} MB a worker")
    print(f"20 at once             {found[f'wamid.bench.{AT_ONCE_NUMBER}']:8d} message")
    print(f"lost, doubled, foreign {len(lost):8d}, {len(doubled)}, {len(set(found) - accepted)}")
    return not lost and not doubled and not set(found) - accepted


def bring_at_once(token):
    """The same payload from AT_ONCE connections; the ids that were accepted."""
    raw, accepted = payload(AT_ONCE_NUMBER), set()
    job = (raw, sign(raw), f"wamid.bench.{AT_ONCE_NUMBER}")
    threads = [threading.Thread(target=bring, args=(token, [job], [], accepted, set())) for _copy in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return accepted


def rows(query):
    with Registry(DATABASE).cursor() as cr:
        cr.execute(query)
        return cr.fetchall()


def external_ids():
    # every message in a thread, joined to what it is outside: a doubled one would show twice
    return [
        id_
        for (id_,) in rows(
            """
            SELECT outside.external_id FROM helpdesk_channel_message AS outside
              JOIN mail_message AS message ON message.id = outside.message_id
            """
        )
    ]


def wait_until_worked_off():
    """Until nothing waits any more; a storm of any size may take its time as long as something moves."""
    waiting, end = None, 0
    while True:
        [(now_waiting,)] = rows("SELECT count(*) FROM helpdesk_inbox_event WHERE state IN ('new', 'failed')")
        if not now_waiting:
            return
        if now_waiting != waiting:
            waiting, end = now_waiting, time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > end:
            raise SystemExit(f"the inbox was not worked off: {now_waiting} events wait")
        time.sleep(2)


def work():
    """The worker: works the inbox off until it is killed."""
    from psycopg2.extensions import TransactionRollbackError

    registry = Registry(DATABASE)
    while True:
        try:
            with registry.cursor() as cr:
                done = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})["helpdesk.inbox.event"]._process_pending()
        except TransactionRollbackError:
            continue
        if not done:
            time.sleep(0.1)


def working_off(count):
    registry = Registry(DATABASE)
    process, start = psutil.Process(), time.perf_counter()
    before, done = sum(process.cpu_times()[:2]), 0
    while done < count:
        with registry.cursor() as cr:
            env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
            some = env["helpdesk.inbox.event"]._process_pending()
        if not some:
            break
        done += some
    seconds = time.perf_counter() - start
    busy = sum(process.cpu_times()[:2]) - before
    print(f"worked off             {done / seconds:8.0f} messages a second in one worker")
    print(f"                       {done / busy:8.0f} for each second of the worker's processor time")
    print(f"memory of the worker   {process.memory_info().rss / 1e6:8.0f} MB")


def prepare():
    with Registry(DATABASE).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        env["ir.cron"].search([]).active = False
        env["helpdesk.auto.reply"].search([]).active = False
        channel = env["helpdesk.channel"].create(
            {
                "name": "WhatsApp",
                "kind": "whatsapp",
                "account_ref": NUMBER,
                "app_secret": SECRET,
                "verify_token": "kenal",
                "site_id": env["helpdesk.site"].search([], limit=1).id,
                "team_id": env["helpdesk.team"].search([], limit=1).id,
            }
        )
        return channel.webhook_token


def main():
    token = prepare()
    receiver = make_receiver().start()
    try:
        wait_until_it_answers()
        speed(token, receiver)
        working_off(min(EVENTS, 3000))
        # what is left of the first part is not the storm's
        with Registry(DATABASE).cursor() as cr:
            cr.execute("UPDATE helpdesk_inbox_event SET state = 'ignored' WHERE state = 'new'")
        is_whole = storm(token, receiver)
    finally:
        receiver.kill()
    return 0 if is_whole else 1


def send_and_tell(token, first, count):
    """The sender's process: prints what it measured as JSON."""
    jobs = [(raw, sign(raw), number) for number in range(first, first + count) for raw in [payload(number)]]
    seconds, latencies, _accepted, _refused = send(token, jobs)
    cuts = statistics.quantiles(latencies, n=100)
    print(json.dumps({"seconds": seconds, "p50": cuts[49], "p99": cuts[98]}))


if __name__ == "__main__":
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    if sys.argv[1:2] == ["work"]:
        work()
    elif sys.argv[1:2] == ["send"]:
        send_and_tell(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(main())

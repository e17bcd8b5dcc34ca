import contextlib
import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from psycopg2.extensions import make_dsn

from odoo.sql_db import connection_info_for
from odoo.tests import get_db_name, tagged

from odoo.addons.kemenkes_helpdesk.tests.parallel_common import ParallelCase

ADDON = Path(__file__).parents[1]
SECRET = "rahasia-uji"
PATIENCE_SECONDS = 60


def batch(*ids, number="700800900100200"):
    """A WhatsApp payload with a text message per id."""
    messages = [
        {
            "from": "6281200000001",
            "from_user_id": "ID.90000000000000000001",
            "id": id_,
            "timestamp": "1795489205",
            "type": "text",
            "text": {"body": f"Pesan {id_}"},
        }
        for id_ in ids
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number},
        "contacts": [{"profile": {"name": "Rina"}, "wa_id": "6281200000001", "user_id": "ID.90000000000000000001"}],
        "messages": messages,
    }
    entry = {"id": "900", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


class Wire:
    """What lies between the receiver and the database, and can be cut: silently, as a network is, or with a refusal."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = threading.Event()
        self._open.set()
        self._ends = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """From now on nothing passes, and nobody is told."""
        self._open.clear()

    def break_off(self):
        """All connections end, as when the database's process is killed; new ones get no answer."""
        self.cut()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self._open.set()

    def close(self):
        self.break_off()
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                far = self._connect()
                self._ends += (near, far)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _connect(self):
        host, port = self._target
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far

    def _carry(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


class ReceiverCase(ParallelCase):
    """A channel, and the receiver as a process of its own."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            site = env["helpdesk.site"].search([], limit=1)
            team = env["helpdesk.team"].search([], limit=1)
            channel = env["helpdesk.channel"].create(
                {
                    "name": self.mark,
                    "kind": "whatsapp",
                    "account_ref": self.mark,
                    "app_secret": SECRET,
                    "verify_token": "kenal",
                    "site_id": site.id,
                    "team_id": team.id,
                }
            )
            self.channel_id, self.token = channel.id, channel.webhook_token
            env["helpdesk.auto.reply"].search([]).active = False
        self.addCleanup(self.clean_up)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        self.addCleanup(self.kill)
        self.prepare()
        self.start()

    def prepare(self):
        """What has to be there before the receiver starts."""

    def clean_up(self):
        with self.transaction() as env:
            env["helpdesk.auto.reply"].with_context(active_test=False).search([]).active = True
            self.remove_tickets(env, env["helpdesk.channel"].browse(self.channel_id))

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "receiver", "--port", str(self.port), *self.options()],
            env={**os.environ, "PYTHONPATH": str(ADDON)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                if self.request("GET", "/helpdesk/webhook-health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        self.fail("the receiver did not start")

    def options(self):
        _name, info = connection_info_for(get_db_name())
        return ["--dsn", make_dsn(**info)]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def post(self, raw, secret=SECRET, token=None, **headers):
        signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        all_headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json", **headers}
        return self.request("POST", f"/helpdesk/webhook/{token or self.token}", raw, all_headers)[0]

    def events(self):
        with self.transaction() as env:
            events = env["helpdesk.inbox.event"].search([("channel_id", "=", self.channel_id)])
            return [(event.external_id, event._raw()) for event in events]

    def work_off(self):
        def work(env):
            env["helpdesk.inbox.event"]._process_pending()
            messages = env["helpdesk.channel.message"].search([("channel_id", "=", self.channel_id)])
            return sorted(messages.mapped("external_id"))

        return self.replayed(work)


@tagged("post_install", "-at_install")
class TestReceiver(ReceiverCase):
    """R23.a.1: the light receiver, a process of its own, answers as Odoo does and loses nothing when it is killed."""

    def test_same_payload_from_many_connections(self):
        """One payload at the same moment from 20 connections is one row and one message."""
        raw = batch("wamid.A", "wamid.B", number=self.mark)
        statuses = self.at_once(*[lambda: self.post(raw)] * 20)
        self.assertEqual(statuses, [200] * 20)
        self.assertEqual([stored for _key, stored in self.events()], [raw])
        self.assertEqual(self.work_off(), ["wamid.A", "wamid.B"])
        # … nor does a batch of another composition double what is there
        self.assertEqual(self.post(batch("wamid.B", "wamid.C", number=self.mark)), 200)
        self.assertEqual(self.work_off(), ["wamid.A", "wamid.B", "wamid.C"])

    def test_answers_like_the_controller(self):
        raw = batch("wamid.1", number=self.mark)
        self.assertEqual(self.post(raw, secret="salah"), 403)
        self.assertEqual(self.post(raw, token="tebakan"), 404)
        self.assertEqual(self.request("POST", f"/helpdesk/webhook/{self.token}", raw)[0], 401)
        self.assertEqual(self.request("PUT", f"/helpdesk/webhook/{self.token}", raw)[0], 405)
        self.assertEqual(self.post(b"x" * (8 * 1024 * 1024 + 1)), 413)
        self.assertEqual(self.events(), [])
        path = f"/helpdesk/webhook/{self.token}?hub.mode=subscribe&hub.challenge=77&hub.verify_token="
        self.assertEqual(self.request("GET", path + "kenal"), (200, "77"))
        self.assertEqual(self.request("GET", path + "bukan")[0], 403)

    def test_settings_hold_without_restart(self):
        """A secret that is changed in Odoo holds in the receiver, without a restart of either."""
        with self.transaction() as env:
            env["helpdesk.channel"].browse(self.channel_id).app_secret = "baru"
        end = time.monotonic() + PATIENCE_SECONDS
        while self.post(batch("wamid.N", number=self.mark), secret="baru") != 200:
            self.assertLess(time.monotonic(), end, "the new secret does not hold")
            time.sleep(0.1)
        self.assertEqual(self.post(batch("wamid.O", number=self.mark)), 403)

    def test_killed_at_any_moment(self):
        """What the receiver has answered 200 for is there, once, whenever it is killed; the rest is sent again."""
        accepted = set()

        def bring(number):
            id_ = f"wamid.{number}"
            end = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < end:
                try:
                    if self.post(batch(id_, number=self.mark)) == 200:
                        accepted.add(id_)
                        return
                except (OSError, http.client.HTTPException):
                    time.sleep(0.05)
            raise AssertionError("never accepted")

        def storm(start):
            for number in range(start, start + 20):
                bring(number)

        def chaos():
            for _kill in range(3):
                target, end = len(accepted) + 5, time.monotonic() + PATIENCE_SECONDS
                while len(accepted) < target and time.monotonic() < end:
                    time.sleep(0.005)
                self.kill()
                self.start()

        self.at_once(*[lambda start=start: storm(start) for start in (0, 20, 40)], chaos)
        self.assertEqual(len(accepted), 60)
        self.assertEqual(set(self.work_off()), accepted)
        self.assertEqual(len(self.work_off()), 60)


@tagged("post_install", "-at_install")
class TestReceiverSpool(ReceiverCase):
    """R13: while the database is away the receiver goes on accepting; nothing is lost, doubled or out of order."""

    def prepare(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.spool, self.megabytes = Path(folder.name), 64
        _name, info = connection_info_for(get_db_name())
        self.wire = Wire((info.get("host") or "/var/run/postgresql", int(info.get("port") or 5432)))
        self.addCleanup(self.wire.close)

    def options(self):
        _name, info = connection_info_for(get_db_name())
        dsn = make_dsn(**{**info, "host": "127.0.0.1", "port": self.wire.port})
        return ["--dsn", dsn, "--spool", str(self.spool), "--spool-megabytes", str(self.megabytes)]

    def bring(self, *numbers):
        return [self.post(batch(f"wamid.{number:03d}", number=self.mark)) for number in numbers]

    def figures(self):
        text = self.request("GET", "/metrics")[1]
        return dict(line.removeprefix("helpdesk_receiver_").split() for line in text.splitlines() if line[0] != "#")

    def wait_until_replayed(self):
        end = time.monotonic() + PATIENCE_SECONDS
        while float(self.figures()["spool_batches"]):
            self.assertLess(time.monotonic(), end, "the spool is not replayed")
            time.sleep(0.05)

    def arrived(self):
        with self.transaction() as env:
            events = env["helpdesk.inbox.event"].search([("channel_id", "=", self.channel_id)], order="id")
            return [
                json.loads(event._raw())["entry"][0]["changes"][0]["value"]["messages"][0]["id"] for event in events
            ]

    def test_database_cut_off_and_receiver_killed(self):
        self.assertEqual(self.bring(0, 1), [200] * 2)
        self.wire.cut()
        self.assertEqual(self.bring(2, 3, 4), [200] * 3)
        self.assertEqual(self.request("GET", "/helpdesk/webhook-health"), (200, "spooling"))
        # … nor does it forget what waits when it is killed, and it knows the channels with no database at all
        self.wire.break_off()
        self.kill()
        self.start()
        self.assertEqual(self.bring(4, 5), [200] * 2)
        self.assertEqual(self.post(batch("wamid.X", number=self.mark), secret="salah"), 403)
        self.assertGreater(float(self.figures()["spool_age_seconds"]), 0)
        self.wire.mend()
        self.wait_until_replayed()
        self.assertEqual(self.bring(6), [200])
        expected = [f"wamid.{number:03d}" for number in range(7)]
        self.assertEqual(self.arrived(), expected)
        self.assertEqual(self.work_off(), expected)

    def test_killed_between_the_database_and_the_spool(self):
        """A batch that is in the database and still in the spool is replayed, and stays one row; and keeps its time."""
        self.wire.break_off()
        self.assertEqual(self.bring(1), [200])
        [file] = self.spool.glob("*.batch")
        content = file.read_bytes()
        self.wire.mend()
        self.wait_until_replayed()
        self.kill()
        moment = "2026-03-02T03:04:05"
        line = {**json.loads(content), "key": "kemarin", "received": moment}
        file.write_bytes(content + json.dumps(line).encode() + b"\n")
        self.start()
        self.wait_until_replayed()
        with self.transaction() as env:
            events = env["helpdesk.inbox.event"].search([("channel_id", "=", self.channel_id)], order="id")
            self.assertEqual(len(events), 2)
            self.assertEqual(events[1].create_date.isoformat(), moment)

    def test_what_the_database_refuses_holds_nothing_up(self):
        self.wire.break_off()
        self.assertEqual(self.bring(1, 2), [200] * 2)
        file = min(self.spool.glob("*.batch"))
        line = {**json.loads(file.read_bytes()), "channel_id": 2**31 - 1}
        file.write_bytes(json.dumps(line).encode() + b"\n" + file.read_bytes())
        self.wire.mend()
        self.wait_until_replayed()
        self.assertEqual(self.arrived(), ["wamid.001", "wamid.002"])
        self.assertEqual(float(self.figures()["spool_rejected"]), 1)

    def test_a_full_spool_says_so(self):
        """Nobody hears "200" for what has no room; the service sends it again later."""
        self.kill()
        self.megabytes = 0
        self.start()
        self.assertEqual(self.bring(1), [200])
        self.wire.break_off()
        self.assertEqual(self.bring(2), [503])
        self.wire.mend()
        self.assertEqual(self.bring(2), [200])
        self.assertEqual(self.arrived(), ["wamid.001", "wamid.002"])

import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
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


@tagged("post_install", "-at_install")
class TestReceiver(ParallelCase):
    """R23.a.1: the light receiver, a process of its own, answers as Odoo does and loses nothing when it is killed."""

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
        self.start()

    def clean_up(self):
        with self.transaction() as env:
            env["helpdesk.auto.reply"].with_context(active_test=False).search([]).active = True
            self.remove_tickets(env, env["helpdesk.channel"].browse(self.channel_id))

    def start(self):
        _name, info = connection_info_for(get_db_name())
        self.process = subprocess.Popen(
            [sys.executable, "-m", "receiver", "--port", str(self.port), "--dsn", make_dsn(**info)],
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

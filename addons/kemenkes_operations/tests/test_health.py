import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

from prometheus_client.parser import text_string_to_metric_families

from odoo import fields
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..controllers.health import TOKEN_VARIABLE
from ..models import helpdesk_health
from ..tools import checks, recent

TOKEN = "rahasia-pemantau"
DISK = "odoo.addons.kemenkes_operations.models.helpdesk_health.shutil.disk_usage"


class FullDisk:
    total, used, free = 1000, 990, 10


@tagged("post_install", "-at_install")
class TestHealthAddress(HttpCase, HelpdeskCase):
    """R13: what watches the system sees how it is; strangers see one word."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, {TOKEN_VARIABLE: TOKEN}))
        helpdesk_health.REMEMBERED.forget()
        self.addCleanup(helpdesk_health.REMEMBERED.forget)
        for login in ("agent", "manager"):
            self.users[login].password = f"sandi-{login}-12345"

    def health(self, token=None, path="/helpdesk/health"):
        return self.url_open(path, headers={"Authorization": f"Bearer {token}"} if token else {})

    def test_strangers_read_one_word(self):
        for token in (None, "salah"):
            answer = self.health(token)
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(set(answer.json()), {"status"})
            self.assertEqual(self.health(token, "/helpdesk/metrics").status_code, 403)

    def test_an_empty_token_opens_nothing(self):
        with patch.dict(os.environ, {TOKEN_VARIABLE: ""}):
            self.assertEqual(set(self.health("").json()), {"status"})
            self.assertEqual(self.health("", "/helpdesk/metrics").status_code, 403)

    def test_details_with_the_token(self):
        answer = self.health(TOKEN).json()
        by_name = {check["name"]: check for check in answer["checks"]}
        self.assertLessEqual(
            {"database_seconds", "inbox_waiting", "outbox_age_seconds", "disk_free_share"}, set(by_name)
        )
        self.assertEqual(by_name["database_read_only"]["state"], "ok")
        self.assertTrue(answer["node"])

    def test_details_for_administrators_only(self):
        self.authenticate("test_agent", "sandi-agent-12345")
        self.assertEqual(set(self.health().json()), {"status"})
        self.assertEqual(self.health(path="/helpdesk/health/page").status_code, 403)
        self.authenticate("test_manager", "sandi-manager-12345")
        self.assertIn("checks", self.health().json())
        self.assertIn("inbox_waiting", self.health(path="/helpdesk/health/page").text)

    def test_people_read_first_what_needs_them(self):
        values = {
            "database_seconds": 0.001,
            "inbox_dead": 3,
            "jobs_failing": None,
            "second_factor_unsent": 1,
            "disk_free_share": 0,
        }
        readings = [checks.Reading(checks.BY_NAME[name], value) for name, value in values.items()]
        self.authenticate("test_manager", "sandi-manager-12345")
        with patch.object(self.registry["helpdesk.health"], "_recent_readings", lambda _self: readings):
            page = self.health(path="/helpdesk/health/page").text
        names = re.findall("<code[^>]*>([a-z_]+)</code>", page)
        self.assertEqual(
            names, ["disk_free_share", "jobs_failing", "inbox_dead", "second_factor_unsent", "database_seconds"]
        )

    def test_many_strangers_cost_one_reading(self):
        """Who asks again within some seconds gets what was read; then it is read anew."""
        health = self.registry["helpdesk.health"]
        with (
            patch.object(helpdesk_health.REMEMBERED, "clock", lambda: self.seconds),
            patch.object(health, "_probe_disk", autospec=True, return_value={"disk_free_share": 0.5}) as probe,
        ):
            self.seconds = 100.0
            for token in (None, "salah", TOKEN, None):
                self.health(token)
            self.health(TOKEN, "/helpdesk/metrics")
            self.assertEqual(probe.call_count, 1)
            self.seconds += helpdesk_health.REMEMBERED.seconds
            self.health()
            self.assertEqual(probe.call_count, 2)

    def test_a_node_that_cannot_serve_gets_no_requests(self):
        with patch(DISK, lambda path: FullDisk):
            answer = self.health()
        self.assertEqual((answer.status_code, answer.json()), (503, {"status": "critical"}))

    def test_metrics(self):
        """Each check and counter is a figure that Prometheus can read."""
        answer = self.health(TOKEN, "/helpdesk/metrics")
        found = {family.name: family for family in text_string_to_metric_families(answer.text)}
        self.assertEqual(found["helpdesk_up"].samples[0].value, 1)
        self.assertLessEqual({f"helpdesk_{name}" for name in checks.COUNTERS}, set(found))
        states = {sample.labels["check"] for sample in found["helpdesk_check_state"].samples}
        self.assertIn("job_delay_seconds", states)
        self.assertEqual(found["helpdesk_tickets"].type, "counter")


@tagged("post_install", "-at_install")
class TestRecent(BaseCase):
    """What is remembered for some seconds, among threads."""

    def test_many_threads_make_one(self):
        """Those who ask while it is made wait for it the first time; later they get the old value at once."""
        seconds, made, begun, go_on = [0.0], [], threading.Event(), threading.Event()
        remembered = recent.Recent(5, clock=lambda: seconds[0])

        def make():
            begun.set()
            go_on.wait(10)
            made.append(None)
            return len(made)

        with ThreadPoolExecutor(4) as pool:
            first = [pool.submit(remembered.get, "a", make) for _asker in range(4)]
            begun.wait(10)
            self.assertFalse(any(answer.done() for answer in first))
            go_on.set()
            self.assertEqual([answer.result() for answer in first], [1] * 4)
            begun.clear()
            go_on.clear()
            seconds[0] = 5.0
            late = pool.submit(remembered.get, "a", make)
            begun.wait(10)
            self.assertEqual(remembered.get("a", make), 1, "waits although it knows something")
            go_on.set()
            self.assertEqual(late.result(), 2)

    def test_what_fails_is_not_remembered(self):
        remembered = recent.Recent(5)
        with self.assertRaises(ZeroDivisionError):
            remembered.get("a", lambda: 1 / 0)
        self.assertEqual(remembered.get("a", lambda: 7), 7)
        self.assertEqual(remembered.get("b", lambda: 8), 8)


@tagged("post_install", "-at_install")
class TestHealth(HelpdeskCase):
    """R13, R17: each figure that is watched."""

    def readings(self):
        return {reading.check.name: reading for reading in self.env["helpdesk.health"]._readings()}

    def test_what_waits(self):
        """A message that nobody works on and an answer that is not sent are told by their age."""
        now = fields.Datetime.now()
        before = self.readings()
        self.assertEqual(before["inbox_dead"].value, 0)
        waiting, dead = self.env["helpdesk.inbox.event"].create(
            [{"channel_id": self.channel_email.id, "external_id": key, "state": state}
             for key, state in (("a", "new"), ("b", "dead"))]
        )  # fmt: skip
        ticket = self.create_ticket()
        message = ticket.message_post(body="Halo")
        answer = self.env["helpdesk.outbox.message"].create(
            {
                "message_id": message.id,
                "ticket_id": ticket.id,
                "channel_id": self.channel_email.id,
                "recipient": "siti@customer.example",
                "next_attempt_date": now - timedelta(hours=3),
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_inbox_event SET create_date = %s WHERE id = %s", [now - timedelta(minutes=10), waiting.id]
        )
        after = self.readings()
        self.assertEqual(after["inbox_age_seconds"].state, "warning")
        self.assertAlmostEqual(after["inbox_age_seconds"].value, 600, delta=60)
        self.assertEqual(after["inbox_waiting"].value, before["inbox_waiting"].value + 1)
        self.assertEqual((after["inbox_dead"].value, after["inbox_dead"].state), (1, "warning"))
        self.assertEqual(after["outbox_age_seconds"].state, "critical")
        answer.state = "failed"
        self.env.flush_all()
        self.assertEqual(self.readings()["outbox_failed_day"].value, before["outbox_failed_day"].value + 1)
        self.assertTrue(dead)

    def test_jobs_and_mailboxes(self):
        job = self.env.ref("kemenkes_helpdesk.ir_cron_inbox")
        self.env["ir.cron"].search([]).nextcall = fields.Datetime.now() + timedelta(hours=1)
        self.env.flush_all()
        self.assertEqual(self.readings()["job_delay_seconds"].value, 0)
        job.write({"nextcall": fields.Datetime.now() - timedelta(minutes=20), "failure_count": 2})
        self.env.flush_all()
        found = self.readings()
        self.assertEqual((found["job_delay_seconds"].state, found["jobs_failing"].state), ("warning", "warning"))
        self.assertNotIn("mailbox_silent_seconds", found)
        self.env["fetchmail.server"].create(
            {"name": "Kotak", "state": "done", "date": fields.Datetime.now() - timedelta(hours=5)}
        )
        self.assertEqual(self.readings()["mailbox_silent_seconds"].state, "critical")

    def test_a_missing_standby(self):
        self.assertNotIn("standbys_missing", self.readings())
        with patch.dict(os.environ, {helpdesk_health.STANDBYS_VARIABLE: "1"}):
            self.assertEqual(self.readings()["standbys_missing"].state, "warning")

    def test_what_cannot_be_read_hides_nothing_else(self):
        variables = {helpdesk_health.CERTIFICATE_VARIABLE: "/nowhere.pem", helpdesk_health.BACKUP_VARIABLE: __file__}
        with (
            patch.dict(os.environ, variables),
            patch.object(self.registry["helpdesk.health"], "_probe_jobs", lambda self: self._row("SELECT nonsense")),
            mute_logger("odoo.sql_db", "odoo.addons.kemenkes_operations.models.helpdesk_health"),
        ):
            found = self.readings()
        self.assertEqual((found["jobs_failing"].state, found["certificate_days"].state), ("unknown", "unknown"))
        self.assertGreater(found["backup_age_seconds"].value, 0)
        self.assertEqual(found["database_read_only"].state, "ok")
        self.assertTrue(self.env["helpdesk.health"]._can_serve(found.values()))

    def test_limits(self):
        more, less = checks.BY_NAME["job_delay_seconds"], checks.BY_NAME["certificate_days"]
        self.assertEqual([more.state_of(value) for value in (0, 900, 7200)], ["ok", "warning", "critical"])
        self.assertEqual([less.state_of(value) for value in (22, 21, 7, -3)], ["ok", "warning", "critical", "critical"])
        self.assertEqual(more.state_of(None), "unknown")

import io
import os
import smtplib
import socket
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pandas as pd
import paramiko

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.kemenkes_helpdesk.tests.clock_common import ClockCase

from ..tools import file_places
from ..tools.file_places import PlaceError
from .fake_places import FakeS3, FakeSftp
from .kpi_common import store_days

NETWORKS = "kemenkes_dashboard.delivery_networks"
# 08:00 in Jakarta, a Monday.
MORNING = datetime(2026, 3, 9, 1)


class PlaceMixin:
    """A server of each kind, reached because its network is listed."""

    def make_sftp(self, **values):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        fake = FakeSftp(folder.name, **values)
        self.addCleanup(fake.close)
        return fake

    def make_s3(self):
        fake = FakeS3()
        self.addCleanup(fake.close)
        return fake


@tagged("post_install", "-at_install")
class TestFilePlaces(PlaceMixin, TransactionCase):
    """R12: files put by the real protocols; nothing goes to a server that is not the one meant."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "x.csv"
        self.path.write_bytes(b"a,b\n1,2\n")
        self.local = file_places.guarded_session.ipaddress.ip_network("127.0.0.0/8")

    def sftp(self, fake, **values):
        settings = {"host_key": fake.key.fingerprint, "password": "rahasia", "allowed": (self.local,)}
        port = values.pop("port", fake.port)
        return file_places.Sftp("127.0.0.1", port, "pusdatin", "", **{**settings, **values})

    def s3(self, fake, **values):
        settings = {
            "endpoint": f"127.0.0.1:{fake.port}", "secret_key": fake.secret_key, "is_encrypted": False,
            "allowed": (self.local,), "bucket": "mentah",
        }  # fmt: skip
        return file_places.S3(region=fake.region, folder="harian", access_key=fake.access_key, **{**settings, **values})

    def assert_refused(self, reason, work):
        with self.assertRaises(PlaceError) as caught, mute_logger("paramiko.transport"):
            work()
        self.assertEqual(caught.exception.reason, reason)
        self.assertNotIn("rahasia", str(caught.exception))

    def test_sftp(self):
        """Whole files under their names; the same one again is not sent again."""
        fake = self.make_sftp()
        place = self.sftp(fake)
        self.assertEqual(place.fetch_host_key(), fake.key.fingerprint)
        place.check()
        place.put(self.path, "tiket.csv")
        place.put(self.path, "tiket.csv")
        self.assertEqual(os.listdir(fake.folder), ["tiket.csv"])
        self.assertEqual((Path(fake.folder) / "tiket.csv").read_bytes(), b"a,b\n1,2\n")
        self.assertEqual(fake.renamed, ["tiket.csv"])

    def test_sftp_with_a_key(self):
        key = paramiko.RSAKey.generate(2048)
        text = io.StringIO()
        key.write_private_key(text)
        fake = self.make_sftp(public_key=key)
        self.sftp(fake, password="", private_key=text.getvalue()).put(self.path, "tiket.csv")
        self.assertEqual(fake.renamed, ["tiket.csv"])
        self.assert_refused("key", lambda: self.sftp(fake, password="", private_key="kunci").check())
        other = io.StringIO()
        paramiko.RSAKey.generate(2048).write_private_key(other)
        self.assert_refused("login", lambda: self.sftp(fake, password="", private_key=other.getvalue()).check())

    def test_sftp_of_somebody_else(self):
        """Another key than the one on file: no password leaves."""
        fake = self.make_sftp()
        for shown in ("SHA256:AAAA", ""):
            self.assert_refused("host_key", lambda shown=shown: self.sftp(fake, host_key=shown).put(self.path, "x"))
        self.assertEqual(fake.logins, [])
        self.assert_refused("login", lambda: self.sftp(fake, password="salah").check())

    def test_no_private_network(self):
        """Unless it is listed: not a single connection."""
        sftp, s3 = self.make_sftp(), self.make_s3()
        other = (file_places.guarded_session.ipaddress.ip_network("10.0.0.0/8"),)
        for allowed in ((), other):
            self.assert_refused("private", lambda allowed=allowed: self.sftp(sftp, allowed=allowed).check())
            self.assert_refused("private", lambda allowed=allowed: self.s3(s3, allowed=allowed).put(self.path, "x"))
        self.assertEqual((sftp.greetings, s3.writes), (0, []))

    def test_nobody_there(self):
        """Nothing listens, another program answers, there is no such name: each is told as what it is."""
        sftp, s3 = self.make_sftp(), self.make_s3()
        self.assert_refused("protocol", lambda: self.sftp(sftp, port=s3.port).check())
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        self.assert_refused("closed", lambda: self.sftp(sftp, port=port).check())
        self.assert_refused("closed", lambda: self.s3(s3, endpoint=f"127.0.0.1:{port}").put(self.path, "x"))
        unknown = socket.gaierror(socket.EAI_NONAME, "unknown")
        with patch.object(file_places.guarded_session.socket, "getaddrinfo", side_effect=unknown):
            self.assert_refused("name", lambda: self.sftp(sftp).check())
            self.assert_refused("name", lambda: self.s3(s3).check())

    def test_s3(self):
        """Signed, whole, also in parts; a wrong key or bucket is told as such."""
        fake = self.make_s3()
        place = self.s3(fake)
        place.check()
        place.put(self.path, "tiket.csv")
        self.assertEqual(fake.objects, {"harian/tiket.csv": b"a,b\n1,2\n"})
        content = os.urandom(12 * 1024 * 1024)
        self.path.write_bytes(content)
        with patch.object(file_places, "PART_BYTES", 5 * 1024 * 1024):
            place.put(self.path, "besar.csv")
        self.assertEqual(fake.objects["harian/besar.csv"], content)
        self.assert_refused("login", lambda: self.s3(fake, secret_key="lain").put(self.path, "x"))
        self.assert_refused("refused", lambda: self.s3(fake, bucket="lain-lagi").check())


@tagged("post_install", "-at_install")
class TestDelivery(PlaceMixin, ClockCase):
    """R12, R27.c.4: reports and raw data go out by themselves, once, each in its receiver's rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env.ref("kemenkes_dashboard.helpdesk_report_executive")
        for login in ("analyst", "viewer", "manager"):
            cls.users[login].email = f"{login}@helpdesk.example"
        store_days(
            cls.env,
            [
                {"date": "2026-03-08", "site_id": cls.site.id, "product_id": product.id, "created": created}
                for product, created in ((cls.product_a, 7), (cls.product_b, 1000))
            ],
        )

    def setUp(self):
        super().setUp()
        self.now = MORNING
        self.env.flush_all()
        # the test's transaction stays one
        self.startPatcher(patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_options: 60))
        self.sent = []
        # mails go as far as the server's door, which is ours: a test sends none at all otherwise
        self.startPatcher(patch.object(self.registry["ir.mail_server"], "_disable_send", lambda *_a: False))
        self.startPatcher(patch.object(self.registry["ir.mail_server"], "_connect__", lambda *_a, **_o: None))
        self.startPatcher(patch.object(self.registry["ir.mail_server"], "send_email", self.take_mail))

    def take_mail(self, message, *_args, **_options):
        self.sent.append(message)
        return message["Message-Id"]

    def create_delivery(self, login="analyst", **values):
        deliveries = self.env["helpdesk.delivery"].with_user(self.users[login])
        return deliveries.create(
            {"name": "Setiap pagi", "report_id": self.report.id, "recipient_ids": self.users[login].ids, **values}
        )

    def go_on(self, minutes=0):
        """Let time pass, and the jobs run."""
        self.env.flush_all()
        self.now += timedelta(minutes=minutes)
        runs = self.env["helpdesk.delivery.run"]
        self.env["helpdesk.delivery"]._cron_plan()
        runs._cron_work()
        with self.enter_registry_test_mode():
            self.env["helpdesk.export"]._cron_run()
        # what the end of an export triggers
        first = runs.search([("state", "=", "waiting"), ("export_id.state", "=", "done"), ("attempts", "=", 0)])
        first.next_attempt_date = self.now
        runs._cron_work()

    def runs(self, delivery):
        return delivery.sudo().run_ids

    def files(self, message):
        return {part.get_filename(): part.get_payload(decode=True) for part in message.walk() if part.get_filename()}

    def reports(self):
        """The mails that carry what was ordered; who keeps the delivery is told by mail as well."""
        return [message for message in self.sent if self.files(message)]

    def test_times(self):
        """R27.c.4: on the clock of who is responsible, in Jakarta and in Jayapura."""
        for zone, frequency, more, expected in (
            ("Asia/Jakarta", "day", {"hour": 7}, datetime(2026, 3, 10, 0)),
            ("Asia/Jayapura", "day", {"hour": 11}, datetime(2026, 3, 9, 2)),
            ("Asia/Jakarta", "week", {"hour": 9, "weekday": "0"}, datetime(2026, 3, 9, 2)),
            ("Asia/Jakarta", "week", {"hour": 8, "weekday": "0"}, datetime(2026, 3, 16, 1)),
            ("Asia/Jakarta", "month", {"hour": 0, "month_day": 28}, datetime(2026, 3, 27, 17)),
        ):
            self.users["analyst"].tz = zone
            delivery = self.create_delivery(frequency=frequency, **more)
            self.assertEqual(delivery.next_date, expected, (zone, frequency, more))

    def test_a_report_by_mail_in_each_receivers_rights(self):
        """R12: the viewer's products only; PDF and Excel; once, also after a standstill of days."""
        delivery = self.create_delivery(
            "operation_manager",
            hour=9,
            period="yesterday",
            recipient_ids=(self.users["viewer"] | self.users["manager"]).ids,
        )
        self.go_on()
        self.assertEqual(self.sent, [])
        self.go_on(61)
        self.assertEqual(set(self.runs(delivery).mapped("state")), {"done"})
        totals = {}
        for message in self.sent:
            files = self.files(message)
            self.assertEqual(sorted(name.rpartition(".")[2] for name in files), ["pdf", "xlsx"])
            (book,) = (content for name, content in files.items() if name.endswith("xlsx"))
            self.assertTrue(
                next(content for name, content in files.items() if name.endswith("pdf")).startswith(b"%PDF")
            )
            sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
            totals[message["To"]] = sheet["B6"].value
        self.assertEqual(totals["viewer@helpdesk.example"], 7)
        self.assertGreaterEqual(totals["manager@helpdesk.example"], 1007)
        self.go_on()
        self.go_on(60 * 24 * 5)
        self.assertEqual(len(self.sent), 4, "once for the five days of standstill")

    def test_raw_data_to_sftp(self):
        """R12: tried again while it fails, seen, one file in the end."""
        fake = self.make_sftp()
        self.env["ir.config_parameter"].set_param(NETWORKS, "127.0.0.0/8")
        place = self.env["helpdesk.delivery.place"].create(
            {
                "name": "Pusdatin", "host": "127.0.0.1", "port": fake.port, "login": "pusdatin", "password": "rahasia",
                "host_key": "SHA256:lain", "user_ids": self.users["analyst"].ids,
            }
        )  # fmt: skip
        delivery = self.create_delivery(
            content="export", dataset="figures", file_format="csv", way="place", place_id=place.id, hour=9
        )
        self.go_on(60)
        run = self.runs(delivery)
        self.assertEqual((run.state, run.attempts), ("waiting", 1))
        self.assertIn(fake.key.fingerprint, run.error)
        place.action_fetch_host_key()
        fake.refusals = 1
        self.go_on(5)
        self.assertEqual((run.state, run.attempts), ("waiting", 2))
        self.go_on(15)
        self.assertEqual((run.state, run.error), ("done", False))
        (name,) = os.listdir(fake.folder)
        frame = pd.read_csv(Path(fake.folder) / name)
        self.assertEqual([*frame["created"]], [7])
        self.go_on(60)
        self.assertEqual(fake.renamed, [name])
        self.assertFalse(
            self.env["mail.message"].search([("partner_ids", "in", self.users["analyst"].partner_id.ids)], limit=1)
        )

    def test_raw_data_to_s3(self):
        fake = self.make_s3()
        self.env["ir.config_parameter"].set_param(NETWORKS, "127.0.0.0/8")
        place = self.env["helpdesk.delivery.place"].create(
            {
                "name": "S3", "kind": "s3", "host": "127.0.0.1", "port": fake.port, "login": fake.access_key,
                "password": fake.secret_key, "bucket": fake.bucket, "region": fake.region, "folder": "harian",
                "is_encrypted": False, "user_ids": self.users["analyst"].ids,
            }
        )  # fmt: skip
        place.action_check()
        delivery = self.create_delivery(
            content="export", dataset="figures", file_format="xlsx", way="place", place_id=place.id, hour=9
        )
        self.go_on(60)
        self.assertEqual(self.runs(delivery).mapped("error"), [False])
        ((name, content),) = fake.objects.items()
        self.assertTrue(name.startswith("harian/figures-2026-03-08-2026-03-08-"))
        self.assertEqual([*pd.read_excel(io.BytesIO(content), sheet_name="Data")["created"]], [7])
        self.assertEqual(fake.writes, [name])

    def test_why_a_mail_failed_is_said_in_the_language_of_who_keeps_it(self):
        """R27.c.4: a server that is not reached, and one that refuses; the job itself has no language."""
        self.env["res.lang"]._activate_lang("id_ID")
        self.users["analyst"].lang = "id_ID"
        for cause, expected in (
            (ConnectionRefusedError(111, "refused"), "Peladen surel tidak terjangkau: [Errno 111] refused"),
            (smtplib.SMTPServerDisconnected("too large"), "Peladen surel tidak menerimanya: too large"),
        ):
            delivery = self.create_delivery(hour=9)
            with (
                patch.object(
                    self.registry["ir.mail_server"], "send_email", side_effect=MailDeliveryException("down", cause)
                ),
                mute_logger("odoo.addons.mail.models.mail_mail"),
            ):
                self.go_on(24 * 60)
            self.assertEqual(self.runs(delivery)[:1].error, expected)

    def test_mail_that_fails(self):
        """Tried again five times, then told; what may have left is not sent again."""
        delivery = self.create_delivery(hour=9)
        error = MailDeliveryException("down", smtplib.SMTPServerDisconnected("down"))
        with (
            patch.object(self.registry["ir.mail_server"], "send_email", side_effect=error),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.go_on(60)
            run = self.runs(delivery)
            self.assertEqual((run.state, run.attempts), ("waiting", 1))
            for minutes in (5, 15, 60, 240, 720):
                self.go_on(minutes)
        self.assertEqual((run.state, run.attempts), ("failed", 6))
        notice = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["analyst"].partner_id.ids)], order="id desc", limit=1
        )
        self.assertIn("Setiap pagi", str(notice.body))
        run.with_user(self.users["analyst"]).action_send_again()
        self.go_on()
        self.assertEqual((run.state, len(self.reports())), ("done", 1))
        run.state = "sending"
        self.env.flush_all()
        self.env.cr.execute("UPDATE helpdesk_delivery_run SET write_date = %s WHERE id = %s", [self.now, run.id])
        self.env.invalidate_all()
        self.go_on(29)
        self.assertEqual(run.state, "sending")
        self.go_on(2)
        self.assertEqual((run.state, len(self.reports())), ("failed", 1), [mail["Subject"] for mail in self.sent])

    def test_who_may_have_what(self):
        """R7: nobody gets what they may not see, nor sends where they may not; secrets are the administrator's."""
        private = self.report.copy({"group_ids": False, "user_id": self.users["analyst"].id})
        with self.assertRaises(ValidationError):
            self.create_delivery(report_id=private.id, recipient_ids=self.users["viewer"].ids)
        with self.assertRaises(ValidationError):
            self.create_delivery(content="export", recipient_ids=self.users["supervisor"].ids)
        place = self.env["helpdesk.delivery.place"].create({"name": "S", "host": "sftp.example", "password": "rahasia"})
        with self.assertRaises(UserError):
            self.create_delivery(content="export", way="place", place_id=place.id)
        with self.assertRaises(AccessError):
            self.create_delivery("agent")
        # nobody sends with another one's eyes
        delivery = self.create_delivery("operation_manager", user_id=self.users["manager"].id)
        self.assertEqual(delivery.user_id, self.users["operation_manager"])
        delivery.with_user(self.users["manager"]).period = "this_month"
        self.assertEqual(delivery.user_id, self.users["manager"])
        place.user_ids = self.users["analyst"]
        mine = place.with_user(self.users["analyst"])
        self.assertEqual(mine.name, "S")
        for name in ("password", "private_key", "host"):
            with self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            mine.action_check()
        with self.assertRaises(AccessError):
            self.create_delivery().with_user(self.users["supervisor"]).action_send_now()

    def test_rights_that_were_lost_meanwhile(self):
        delivery = self.create_delivery("operation_manager", hour=9, recipient_ids=self.users["viewer"].ids)
        self.report.group_ids = False
        self.go_on(60)
        self.assertEqual((self.runs(delivery).state, self.sent), ("waiting", []))
        self.assertTrue(self.runs(delivery).error)

    def test_without_tls_only_where_listed(self):
        with self.assertRaises(ValidationError):
            self.env["helpdesk.delivery.place"].create(
                {"name": "S3", "kind": "s3", "host": "s3.example", "is_encrypted": False}
            )
        self.env["ir.config_parameter"].set_param(NETWORKS, "sepuluh")
        with self.assertRaises(UserError):
            self.env["helpdesk.delivery.place"]._networks()
        self.assertTrue(fields.Datetime.now())

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.kemenkes_helpdesk.tests.email_common import EmailCase, make_mail

LOGGER = "odoo.addons.kemenkes_helpdesk.models.helpdesk_inbox_event"


@tagged("post_install", "-at_install")
class TestInbox(EmailCase, CronMixinCase):
    """Idea 3: nothing said by a customer is lost, nothing is doubled."""

    def poison(self, text):
        """Let every mail whose text holds ``text`` fail while it is worked on."""
        prepare = self.env.registry["helpdesk.inbox.event"]._prepare_body

        def fail(events, incoming):
            if text in incoming.mail.text:
                raise ValueError("poison")
            return prepare(events, incoming)

        return patch.object(self.env.registry["helpdesk.inbox.event"], "_prepare_body", fail)

    def test_raw_is_kept_as_it_came(self):
        raw = make_mail(text="Halo \xe9") + b"\x00\xff"
        event = self.inbox._receive_pushed_email(self.channel_email, raw)
        self.assertEqual((event.state, event._raw()), ("new", raw))
        self.assertIn("Halo", event.raw_text)

    def test_repeat_is_the_same_row(self):
        raw = make_mail()
        first, again = self.receive(raw, raw)[:1], self.inbox._receive_pushed_email(self.channel_email, raw)
        self.assertEqual(first, again)
        self.assertEqual(self.inbox.search_count([("external_id", "=", first.external_id)]), 1)

    @mute_logger(LOGGER)
    def test_poison_in_a_batch_fails_alone(self):
        """One bad mail among a hundred: the others become tickets, it is tried again later and then shown."""
        raws = [
            make_mail(text="racun" if number == 37 else "sehat", sender=f"a{number}@rs.example")
            for number in range(100)
        ]
        with self.poison("racun"):
            events = self.receive(*raws)
        bad = events[37]
        self.assertEqual(set((events - bad).mapped("state")), {"done"})
        self.assertEqual(len((events - bad).ticket_id), 99)
        self.assertEqual((bad.state, bad.attempts, bad.error), ("failed", 1, "ValueError: poison"))
        self.assertGreater(bad.next_attempt_date, fields.Datetime.now())
        self.assertFalse(bad.ticket_id)

    @mute_logger(LOGGER)
    def test_failed_waits_and_then_succeeds(self):
        with self.poison("racun"):
            event = self.receive(make_mail(text="racun"))
        self.assertEqual(self.inbox._process_pending(), 0, "not before its time")
        event.next_attempt_date = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.inbox._process_pending(), 1)
        self.assertEqual((event.state, event.outcome), ("done", "ticket"))

    @mute_logger(LOGGER)
    def test_dead_is_a_ticket_with_the_raw_mail(self):
        raw = make_mail(text="racun")
        with self.poison("racun"):
            event = self.receive(raw)
            for _attempt in range(5):
                self.assertEqual(event.state, "failed")
                event.next_attempt_date = fields.Datetime.now()
                self.inbox._process_pending()
        self.assertEqual((event.state, event.outcome, event.attempts), ("dead", "unparsable", 6))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", event.ticket_id.id)]
        )
        self.assertEqual(attachment.raw, raw)
        self.assertIn(attachment, event.ticket_id.message_ids.attachment_ids)

    @mute_logger(LOGGER)
    def test_replay(self):
        """A supervisor works a dead event off again; an agent may not, and nothing is worked off twice."""
        with self.poison("racun"):
            event = self.receive(make_mail(text="racun"))
        event.state = "dead"
        with self.assertRaises(AccessError):
            event.with_user(self.users["agent"]).action_replay()
        event.with_user(self.users["supervisor"]).action_replay()
        self.inbox._process_pending()
        self.assertEqual(event.state, "done")
        with self.assertRaises(UserError):
            event.with_user(self.users["supervisor"]).action_replay()

    def test_kind_without_reader(self):
        event = self.inbox._receive(self.create_channel("api", account_ref="1"), b"{}")
        self.inbox._process_pending()
        self.assertEqual(event.state, "dead")
        self.assertIn("api", event.error)

    def test_rights(self):
        """Raw mails are for supervisors; nobody changes them."""
        event = self.receive(make_mail())
        for login in ("agent", "leader", "viewer", "analyst"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                event.with_user(self.users[login]).read(["payload"])
        with self.assertRaises(AccessError):
            event.with_user(self.users["manager"]).write({"state": "dead"})
        with self.assertRaises(AccessError):
            event.with_user(self.users["manager"]).unlink()

    def test_worker_is_woken_once(self):
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("kemenkes_helpdesk.ir_cron_inbox").id)]
        )
        triggers.unlink()
        with self.capture_triggers("kemenkes_helpdesk.ir_cron_inbox") as captured:
            for _number in range(3):
                self.inbox._receive_pushed_email(self.channel_email, make_mail())
        self.assertEqual(len(captured.records), 1)

    def test_job_works_off_everything(self):
        for number in range(130):
            self.inbox._receive_pushed_email(self.channel_email, make_mail(sender=f"b{number}@rs.example"))
        with self.enter_registry_test_mode():
            self.env.ref("kemenkes_helpdesk.ir_cron_inbox").method_direct_trigger()
        self.assertFalse(self.inbox.search_count([("state", "=", "new")]))

    def test_queries_of_a_batch(self):
        """R24.a: queries are counted per batch: 60 mails cost as many as 20, but for the rows themselves."""
        self.receive(*[make_mail(sender=f"w{number}@rs.example") for number in range(5)])

        def cost(count, prefix):
            for number in range(count):
                self.inbox._receive_pushed_email(self.channel_email, make_mail(sender=f"{prefix}{number}@rs.example"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.inbox._process_pending()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        small, large = cost(20, "s"), cost(60, "l")
        self.assertLessEqual(large, small + 3)
        self.assertLessEqual(large, 110)

    # WHO SEES WHAT CAME IN, AND FOR HOW LONG

    def test_raw_is_for_administrators(self):
        """UU 27/2022: others see what became of a message; who reads it raw stands in the ledger."""
        event = self.receive(make_mail(sender="budi@rs.example", subject="Halo"))
        for role in ("supervisor", "operation_manager"):
            values = event.with_user(self.users[role]).read()[0]
            self.assertEqual(
                (values["state"], values["summary"], values["sender"]), ("done", "Halo", "b•••@rs.example")
            )
            for name in ("payload", "headers", "raw_text"):
                self.assertNotIn(name, values)
                with self.assertRaises(AccessError):
                    event.with_user(self.users[role]).read([name])
            self.assertFalse(self.inbox.with_user(self.users[role]).search([("sender", "ilike", "budi@rs")]))
            with self.assertRaises(AccessError):
                event.with_user(self.users[role]).action_download()
        self.assertNotIn("raw_read", self.kinds_of(event.ticket_id))
        manager = event.with_user(self.users["manager"])
        self.assertIn("budi@rs.example", manager.read(["raw_text"])[0]["raw_text"])
        self.assertEqual(self.kinds_of(event.ticket_id).count("raw_read"), 1)
        with self.assertRaises(AccessError):
            manager.read(["payload"])

    def test_raw_goes_when_its_time_is_over(self):
        """What is settled is purged; what failed waits for somebody, and what channels keep for ever stays."""
        done, ignored, dead, young, kept = self.inbox.create(
            [
                {"channel_id": channel.id, "external_id": str(number), "payload": b"eA==", "state": state}
                for number, (channel, state) in enumerate(
                    [
                        (self.channel_email, "done"),
                        (self.channel_email, "ignored"),
                        (self.channel_email, "dead"),
                        (self.channel_email, "done"),
                        (self.channel_form, "done"),
                    ]
                )
            ]
        )
        self.channel_email.raw_keep_days = 30
        self.channel_form.raw_keep_days = 0
        events = done | ignored | dead | young | kept
        self.env.flush_all()
        long_ago = fields.Datetime.now() - timedelta(days=31)
        self.env.cr.execute(
            "UPDATE helpdesk_inbox_event SET create_date = %s WHERE id = ANY(%s)", [long_ago, (events - young).ids]
        )
        self.env["ir.attachment"].create(
            {"name": "a", "res_model": self.inbox._name, "res_id": ignored.id, "raw": b"x"}
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("kemenkes_helpdesk.ir_cron_inbox_purge").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual([bool(event._raw()) for event in events], [False, False, True, True, True])
        self.assertEqual([bool(event.purge_date) for event in events], [True, True, False, False, False])
        self.assertFalse(ignored.file_ids)
        with self.assertRaises(UserError):
            ignored.action_replay()

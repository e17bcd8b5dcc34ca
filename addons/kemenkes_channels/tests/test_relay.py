from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.meta_common import RINA, MetaCase


@tagged("post_install", "-at_install")
class TestRelay(MetaCase):
    """R23.c.3: an office computer may send WhatsApp answers, text only, off unless turned on, marked unconfirmed."""

    def setUp(self):
        super().setUp()
        self.channel = self.channels["whatsapp"]
        said = self.graph.act("whatsapp", RINA, "text", {"text": "Halo"})
        self.bring()
        self.ticket = self.ticket_of(said.id, "whatsapp")
        relay = self.create_plain_user("relay@office.example", "base.group_user,kemenkes_channels.group_relay")
        self.relay = self.outbox.with_user(relay)

    def test_off_by_default(self):
        self.answer(self.ticket, "Jawaban")
        self.assertEqual(self.relay.relay_take(), {})
        self.send()
        self.assertEqual(len(self.asked("/messages")), 1)

    def test_one_at_a_time_unconfirmed(self):
        self.channel.uses_relay = True
        first, second = self.answer(self.ticket, "Satu"), self.answer(self.ticket, "Dua")
        self.send()
        self.assertFalse(self.asked("/messages"), "the service itself is not asked")
        taken = self.relay.relay_take()
        self.assertEqual(taken, {"id": first.id, "phone": f"+{RINA.id}", "text": "Satu"})
        self.assertEqual(self.relay.relay_take(), {}, "the second waits for the first")
        self.relay.relay_report(first.id)
        self.assertEqual(first.state, "sent")
        self.assertIn("unconfirmed", first.error)
        self.assertEqual(self.relay.relay_take()["text"], "Dua")
        self.relay.relay_report(second.id, "RuntimeError: no browser")
        self.assertEqual((second.state, second.error), ("queued", "RuntimeError: no browser"))

    def test_nobody_else(self):
        self.channel.uses_relay = True
        row = self.answer(self.ticket, "Satu")
        agent = self.outbox.with_user(self.users["agent"])
        with self.assertRaises(AccessError):
            agent.relay_take()
        with self.assertRaises(AccessError):
            agent.relay_report(row.id)
        self.channel.uses_relay = False
        with self.assertRaises(AccessError):
            self.relay.relay_report(row.id)

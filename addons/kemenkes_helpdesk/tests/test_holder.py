from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestHolder(HelpdeskCase):
    """R23.c.1: who holds a conversation is always known; a bot hands over to people with what was said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket()

    def test_hand_over(self):
        self.assertEqual(self.ticket.holder, "people")
        self.ticket._give_to_bot("outside_bot", "Asisten SATUSEHAT")
        self.assertEqual((self.ticket.holder, self.ticket.holder_name), ("outside_bot", "Asisten SATUSEHAT"))
        self.customer_says(self.ticket, "Lupa kata sandi")
        self.assertFalse(self.ticket.waiting_since, "the bot answers")
        self.ticket._give_to_people("Pelanggan minta petugas.", "NIK sudah diperiksa <b>")
        self.assertEqual((self.ticket.holder, self.ticket.holder_name), ("people", False))
        self.assertTrue(self.ticket.waiting_since)
        note = self.ticket.message_ids[0]
        self.assertEqual(note.message_type, "notification")
        for words in ("Asisten SATUSEHAT", "Pelanggan minta petugas.", "NIK sudah diperiksa &lt;b&gt;"):
            self.assertIn(words, note.body)
        self.ticket._give_to_people()
        self.assertEqual([kind for kind in self.kinds_of(self.ticket) if kind in ("bot_held", "handed_over")],
                         ["bot_held", "handed_over"])  # fmt: skip

    def test_people_come_first(self):
        """Who takes the ticket, or answers, holds it; a bot can't take it from an agent."""
        self.ticket._give_to_bot("bot", "Chatbot")
        self.ticket.with_user(self.users["agent"]).action_take()
        self.assertEqual(self.ticket.holder, "people")
        with self.assertRaisesRegex(UserError, self.ticket.ticket_ref):
            self.ticket._give_to_bot("outside_bot", "Asisten")
        other = self.create_ticket()
        other._give_to_bot("bot", "Chatbot")
        self.agent_says(other, "Kami bantu.")
        self.assertEqual((other.holder, other.user_id), ("people", self.users["agent"]))

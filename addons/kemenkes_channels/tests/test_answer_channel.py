from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.call_common import CallCase
from odoo.addons.kemenkes_channels.tests.channels_common import ChannelsCase, said
from odoo.addons.kemenkes_helpdesk.tests.email_common import make_mail


@tagged("post_install", "-at_install")
class TestAnswerCaller(CallCase):
    """R24.a, R27.a.1: who called is answered in writing where an address is known, in the same thread."""

    def setUp(self):
        super().setUp()
        self.ticket = self.tell(*self.usual()).ticket_id
        self.outbox = self.env["helpdesk.outbox.message"]

    def test_no_address(self):
        limits = self.ticket.with_user(self.agent).get_answer_limits()
        self.assertIn("e-mail", limits["blocked"])
        self.assertFalse(limits["ways"])
        with self.assertRaisesRegex(UserError, "e-mail|surel"):
            self.agent_says(self.ticket, "Halo")

    def test_by_mail_and_back(self):
        self.ticket.partner_email = "dewi@customer.example"
        limits = self.ticket.with_user(self.agent).get_answer_limits()
        self.assertEqual((limits["kind"], limits["channel_id"]), ("email", self.channel_email.id))
        self.assertTrue(limits["is_elsewhere"])
        self.assertFalse(limits["blocked"])
        message = self.agent_says(self.ticket, "Ini panduannya.")
        row = self.outbox.search([("message_id", "=", message.id)])
        self.assertEqual((row.channel_id, row.recipient), (self.channel_email, "dewi@customer.example"))
        mail = row._build_mail()
        self.assertIn(self.ticket.ticket_ref, mail["Subject"])
        self.assertEqual(mail["From"], "Halo Kemkes <halo@helpdesk.example>")
        self.assertEqual((self.ticket.channel_id, message.helpdesk_channel_id), (self.channel, self.channel_email))
        raw = make_mail("Re: Panggilan", "Terima kasih", "dewi@customer.example", In_Reply_To=message.message_id)
        self.inbox._receive_pushed_email(self.channel_email, raw)
        self.inbox._process_pending()
        last = self.ticket.message_ids.sorted("id")[-1]
        self.assertEqual((last.helpdesk_direction, last.helpdesk_channel_id), ("in", self.channel_email))

    def test_automatic_words(self):
        """What the machine says goes by mail as well."""
        self.ticket.partner_email = "dewi@customer.example"
        message = self.ticket._post_automatic({self.ticket: "Selesai"})[self.ticket]
        self.assertEqual(self.outbox.search([("message_id", "=", message.id)]).channel_id, self.channel_email)


@tagged("post_install", "-at_install")
class TestAnswerChannel(ChannelsCase):
    """R23.a.1, R27.a.1: an agent answers by another channel of the customer, and the conversation stays one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chat = cls.take_in(said("Halo", at=int(fields.Datetime.now().timestamp()))).ticket_id
        cls.customer = cls.chat.partner_id
        cls.customer.email = "budi@customer.example"
        cls.ticket = cls.create_ticket(partner_id=cls.customer.id, partner_email="budi@customer.example")

    def rows(self, message):
        return self.outbox.search([("message_id", "=", message.id)])

    def answer_by(self, channel, ticket=None, body="Silakan coba lagi."):
        ticket = (ticket or self.ticket).with_context(helpdesk_answer={"channel_id": channel.id})
        return self.rows(self.agent_says(ticket, body))

    def test_what_is_offered(self):
        ways = self.ticket.with_user(self.users["agent"]).get_answer_limits()["ways"]
        self.assertEqual([way["id"] for way in ways], [self.channel_email.id, self.channel.id])
        ways = self.chat.with_user(self.users["agent"]).get_answer_limits()["ways"]
        self.assertEqual([way["id"] for way in ways], [self.channel.id])
        self.chat.partner_email = "budi@customer.example"
        ways = self.chat.with_user(self.users["agent"]).get_answer_limits()["ways"]
        self.assertEqual([way["kind"] for way in ways], ["telegram", "email"])

    def test_limits_are_those_of_the_channel(self):
        agent = self.ticket.with_user(self.users["agent"])
        self.assertEqual(agent.get_answer_limits()["text_length"], 0)
        self.assertTrue(agent.get_answer_limits(self.channel.id)["text_length"])
        most = agent.get_answer_limits(self.channel.id)["text_length"]
        with self.assertRaises(UserError):
            self.answer_by(self.channel, body="x" * (most + 1))

    def test_by_chat_and_back(self):
        """A mail's ticket answered by chat: the customer's reply there belongs to it, until the chat's own goes on."""
        row = self.answer_by(self.channel)
        self.assertEqual((row.channel_id, row.recipient), (self.channel, "8100"))
        row._keep_outside(["out-1"])
        reply = self.take_in(said("Sudah bisa, terima kasih"))
        self.assertEqual(reply.ticket_id, self.ticket)
        # by default an answer still goes the ticket's own way
        message = self.agent_says(self.ticket, "Sama-sama")
        self.assertEqual(self.rows(message).channel_id, self.channel_email)
        self.chat.last_agent_message_date = "2100-01-01 00:00:00"
        self.assertEqual(self.take_in(said("Satu lagi")).ticket_id, self.chat)

    def test_by_mail_instead_of_chat(self):
        self.chat.partner_email = "budi@customer.example"
        row = self.answer_by(self.channel_email, self.chat)
        self.assertEqual((row.channel_id, row.recipient), (self.channel_email, "budi@customer.example"))

    def test_along_with_others(self):
        """What an answer says on other tickets, too, goes their own way."""
        stranger = self.env["res.partner"].create({"name": "Sri", "email": "sri@customer.example"})
        other = self.create_ticket(partner_id=stranger.id)
        ticket = other.with_context(helpdesk_answer={"channel_id": self.channel.id})
        message = ticket._post_automatic({ticket: "Selesai"})[ticket]
        self.assertEqual(self.rows(message).channel_id, self.channel_email)

    def test_not_by_any_channel(self):
        """R27.a.3: neither where the customer never wrote, nor by another product's or site's account."""
        stranger = self.create_channel("telegram", name="Bot B", account_ref="bot-b", product_id=self.product_b.id)
        self.take_in(said("Halo B"), channel=stranger)
        unused = self.create_channel("telegram", name="Bot C", account_ref="bot-c")
        for channel in (stranger, unused, self.channel_form):
            with self.assertRaises(UserError):
                self.answer_by(channel)

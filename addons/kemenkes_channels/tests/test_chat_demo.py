from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

DAY = timedelta(days=1)


@tagged("post_install", "-at_install", "demo_data")
class TestChatDemo(TransactionCase):
    """R24.a: at the first log-in an agent finds conversations on the channels where people chat."""

    def ticket(self, code):
        return self.env.ref(f"kemenkes_channels.demo_ticket_{code}")

    def limits(self, code):
        agent = self.env.ref("kemenkes_helpdesk.demo_user_agen1")
        return self.ticket(code).with_user(agent).get_answer_limits()

    def test_they_are_the_agents(self):
        agent = self.env.ref("kemenkes_helpdesk.demo_user_agen1")
        for code in ("whatsapp_open", "whatsapp_closed", "instagram", "messenger", "facebook"):
            ticket = self.ticket(code)
            self.assertEqual((ticket.user_id, ticket.channel_kind), (agent, code.partition("_")[0]), code)
            self.assertIn(ticket.stage_kind, ("new", "open"), code)
            self.assertFalse(self.limits(code)["blocked"], code)

    def test_windows_on_whatsapp(self):
        """R24.a: one window is open until a day after the customer's last words, the other has long been closed."""
        is_open, is_closed = (self.ticket(code) for code in ("whatsapp_open", "whatsapp_closed"))
        for ticket, code in ((is_open, "whatsapp_open"), (is_closed, "whatsapp_closed")):
            end = fields.Datetime.to_datetime(self.limits(code)["window_end"])
            self.assertEqual(end, ticket.last_customer_message_date + DAY)
        loaded = is_open.create_date
        self.assertLess(is_closed.last_customer_message_date + DAY, loaded)
        self.assertGreater(is_open.last_customer_message_date + DAY, loaded + DAY)
        names = [template["name"] for template in self.limits("whatsapp_closed")["templates"]]
        self.assertEqual(names, ["lanjut_percakapan", "pembaruan_tiket"])

    def test_public_and_a_persons_answer(self):
        """R24.a: a comment can be answered in public and in private, Messenger for seven days by a person."""
        self.assertTrue(self.limits("facebook")["is_public"] and self.limits("facebook")["has_private_reply"])
        limits = self.limits("messenger")
        week = fields.Datetime.to_datetime(limits["tag_end"]) - fields.Datetime.to_datetime(limits["window_end"])
        self.assertEqual(week, timedelta(days=6))

    def test_the_past_was_said_at_the_services_too(self):
        """A customer of the past can be reached on the channel they wrote on."""
        outside = self.env["helpdesk.channel.message"]
        past = self.env["helpdesk.ticket"].search([("channel_kind", "=", "whatsapp"), ("stage_kind", "=", "closed")])
        self.assertTrue(past)
        self.assertEqual(outside.search([("ticket_id", "in", past.ids)]).ticket_id.sorted("id"), past.sorted("id"))

    def test_once(self):
        self.assertFalse(self.env["helpdesk.demo"]._load_chats())

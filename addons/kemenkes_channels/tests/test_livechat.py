from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .livechat_common import LivechatCase


@tagged("post_install", "-at_install")
class TestLivechat(LivechatCase):
    """R6, R23.b.1, R23.c.1: live chat on the ministry's pages: each word once in the chat and once on the ticket."""

    # BOTH WAYS

    def test_both_ways(self):
        """The agent answers from the chat or from the ticket; the visitor's words are in both at once."""
        self.set_online(self.agent)
        visitor = self.visit("Saya tidak bisa masuk SATUSEHAT", "Sejak kemarin")
        ticket = visitor.ticket
        self.assertEqual(
            (ticket.user_id, ticket.product_id, ticket.team_id), (self.agent, self.product_a, self.team_l1)
        )
        self.assertFalse(ticket.first_response_date)
        visitor.chat.with_user(self.agent).message_post(
            body="Selamat pagi, saya bantu.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(ticket.first_response_date, "a person has answered")
        self.agent_says(ticket, "Sudah coba lupa kata sandi?")
        visitor.say("Sudah")
        said = [
            ("in", "Saya tidak bisa masuk SATUSEHAT"),
            ("in", "Sejak kemarin"),
            ("out", "Selamat pagi, saya bantu."),
            ("out", "Sudah coba lupa kata sandi?"),
            ("in", "Sudah"),
        ]
        self.assertEqual(self.thread_of(ticket), said)
        self.assertEqual([text for text in visitor.heard() if "Test agent" not in text], [text for _, text in said])
        kinds = self.kinds_of(ticket)
        self.assertEqual((kinds.count("message_in"), kinds.count("message_out")), (3, 2))
        self.assertFalse(self.env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)]))

    def test_hostile_words(self):
        """What a visitor writes is text, on the ticket and in the agent's chat window."""
        visitor = self.visit('<img src="http://mata.example/x.png" onerror="alert(1)">halo <b>tebal</b>')
        for message in visitor.chat.message_ids | visitor.ticket.message_ids:
            self.assertNotIn("<img", str(message.body))
            self.assertNotIn("<b>", str(message.body))
        self.assertIn("halo", str(visitor.ticket.message_ids.filtered("helpdesk_direction").body))

    def test_changed_words(self):
        """A visitor takes a message back: it is gone from the ticket's thread, its versions are kept."""
        visitor = self.visit("Sandi saya rahasia123")
        message = visitor.chat.message_ids.filtered(lambda said: "rahasia123" in said.body)
        visitor.call(
            "/im_livechat/cors/message/update_content",
            message_id=message.id,
            update_data={"body": "", "attachment_ids": []},
        )
        self.env.invalidate_all()
        copy = visitor.ticket.message_ids.filtered(lambda said: said.helpdesk_direction == "in")
        self.assertFalse(copy.body)
        row = copy.helpdesk_outside_ids
        self.assertTrue(row.deleted_date)
        self.assertIn("rahasia123", row.sudo().versions[0]["body"])

    # THE QUEUE

    def test_queue(self):
        """Visitors hear their place; it goes down by itself; agents come by the ticket's assignment."""
        self.set_online()
        first, second = self.visit("Pertama"), self.visit("Kedua")
        self.assertIn("Anda berikutnya", first.heard()[-1])
        self.assertIn("nomor 2", second.heard()[-1])
        first.ticket.user_id = self.agent
        self.assertEqual(first.chat.livechat_operator_id, self.agent.partner_id)
        self.assertIn(self.agent.partner_id, first.chat.channel_member_ids.partner_id)
        self.assertIn("Anda terhubung dengan Test agent", first.heard()[-1])
        self.env.ref("kemenkes_channels.ir_cron_chat_queue").method_direct_trigger()
        self.assertIn("Anda berikutnya", second.heard()[-1])
        self.assertEqual(len(second.heard()), 2, "the message changed, there is no second one")
        self.assertEqual([direction for direction, _text in self.thread_of(second.ticket)], ["in"])

    def test_agent_comes_later(self):
        """Without an addon that distributes, the job asks again: whoever comes online gets who waits."""
        self.set_online()
        visitor = self.visit("Halo")
        self.assertFalse(visitor.ticket.user_id)
        self.set_online(self.leader)
        self.env.ref("kemenkes_channels.ir_cron_chat_queue").method_direct_trigger()
        self.assertEqual(visitor.ticket.user_id, self.leader)
        self.assertEqual(visitor.chat.livechat_operator_id, self.leader.partner_id)

    def test_agent_leaves(self):
        """The visitor goes back to the queue; the chat goes on."""
        self.set_online(self.agent)
        visitor = self.visit("Halo")
        self.set_online()
        visitor.chat.with_user(self.agent).action_unfollow()
        self.assertFalse(visitor.ticket.user_id)
        self.assertFalse(visitor.chat.livechat_end_dt)
        self.assertTrue(visitor.chat.helpdesk_wait_date)
        self.assertNotIn(self.agent.partner_id, visitor.chat.channel_member_ids.partner_id)
        self.assertIn("Anda berikutnya", visitor.heard()[-1])

    def test_transfer(self):
        """Another agent, or another team: the old one is out of the chat, and of its words."""
        self.set_online(self.agent)
        visitor = self.visit("Halo")
        visitor.ticket.user_id = self.leader
        people = visitor.chat.channel_member_ids.partner_id
        self.assertIn(self.leader.partner_id, people)
        self.assertNotIn(self.agent.partner_id, people)
        visitor.ticket.write({"team_id": self.team_l2.id, "user_id": False})
        self.assertNotIn(self.leader.partner_id, visitor.chat.channel_member_ids.partner_id)
        self.assertTrue(visitor.chat.helpdesk_wait_date)
        visitor.ticket.user_id = self.users["expert"]
        self.assertEqual(visitor.chat.livechat_operator_id, self.users["expert"].partner_id)

    # COMING AND GOING

    def test_leaves_and_returns(self):
        """The same browser goes on with its ticket; an answer meanwhile goes by mail where the address is known."""
        self.set_online(self.agent)
        visitor = self.visit("Halo")
        ticket = visitor.ticket
        visitor.leave()
        self.assertTrue(visitor.chat.livechat_end_dt)
        self.assertTrue(ticket.with_user(self.agent).get_answer_limits()["blocked"])
        ticket.partner_email = "ani@customer.example"
        self.assertFalse(ticket.with_user(self.agent).get_answer_limits()["blocked"])
        self.agent_says(ticket, "Kami kirim lewat surel.")
        self.assertEqual(self.env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)]).recipient,
                         "ani@customer.example")  # fmt: skip
        visitor.chat_id = None
        visitor.say("Saya kembali")
        self.assertEqual(visitor.ticket, ticket)
        self.assertEqual(visitor.chat.livechat_operator_id, self.agent.partner_id)

    def test_solved(self):
        """Solving ends the chat, and the transcript is mailed to the visitor."""
        self.set_online(self.agent)
        visitor = self.visit("Halo")
        visitor.ticket.partner_email = "ani@customer.example"
        self.agent_says(visitor.ticket, "Beres ya.")
        visitor.ticket.with_user(self.agent).action_solve()
        self.assertTrue(visitor.chat.livechat_end_dt)
        self.assertIn("selesai", visitor.heard()[-1])
        mail = self.env["mail.mail"].search([("email_to", "=", "ani@customer.example")])
        self.assertEqual(len(mail), 1)
        self.assertIn("Beres ya.", mail.body_html)

    def test_closed(self):
        """Outside the opening hours nobody waits in vain: a ticket, when it opens, and the address for the answer."""
        calendar = self.env["resource.calendar"].create({"name": "Jam chat", "tz": "Asia/Jakarta"})
        self.channel.opening_calendar_id = calendar
        sunday = datetime(2026, 3, 1, 3)
        with freeze_all_time(sunday):
            visitor = self.visit("Kapan buka?")
            self.assertIn("tutup", visitor.heard()[-1])
            self.assertIn(visitor.ticket.ticket_ref, visitor.heard()[-1])
            self.assertIn("Senin, 2 Maret, 08:00", visitor.heard()[-1])
            visitor.say("ke ani@customer.example ya")
        self.assertEqual(visitor.ticket.partner_email, "ani@customer.example")

    # WHO MAY READ IT

    def test_rights(self):
        """R7, R8: whoever can't read the ticket can't read its chat, by no door."""
        self.set_online(self.agent)
        visitor = self.visit("Rahasia pasien")
        chat, message = visitor.chat, visitor.chat.message_ids[-1]
        stranger = self.create_user("stranger", "group_agent", products=self.product_b)
        livechat_manager = self.create_user("chats", "group_agent", products=self.product_b)
        livechat_manager.group_ids += self.env.ref("im_livechat.im_livechat_group_manager")
        chat._add_members(users=stranger | livechat_manager)
        readers = {
            self.agent: True,
            self.users["supervisor"]: False,  # sees the ticket, is not in the chat
            stranger: False,
            livechat_manager: False,
            self.users["quality"]: False,
        }
        for user, may in readers.items():
            with self.subTest(user=user.login):
                found = self.env["discuss.channel"].with_user(user).search([("id", "=", chat.id)])
                self.assertEqual(bool(found), may)
                self.assertEqual(message.with_user(user).has_access("read"), may)
                said = self.env["mail.message"].with_user(user).search([("id", "=", message.id)])
                self.assertEqual(bool(said), may)
        self.agent.helpdesk_product_ids = self.product_b
        visitor.ticket.user_id = self.leader
        self.assertFalse(self.env["discuss.channel"].with_user(self.agent).search([("id", "=", chat.id)]))
        with self.assertRaises(UserError):
            chat.with_user(self.leader)._email_livechat_transcript("leader@private.example")

    def test_erasure(self):
        """UU 27/2022: what a visitor said is gone from the chat as from the ticket."""
        visitor = self.visit("Nama saya Ani Rahasia")
        visitor.ticket.partner_id._erase_personal_data("requested")
        self.env.flush_all()
        for table in ("mail_message", "discuss_channel", "mail_guest", "helpdesk_ticket"):
            self.env.cr.execute(f"SELECT count(*) FROM {table} AS this WHERE this::text ~ 'Ani Rahasia'")
            self.assertEqual(self.env.cr.fetchone(), (0,), table)

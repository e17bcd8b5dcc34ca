from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.meta_common import REFS, RINA, MetaCase
from odoo.addons.kemenkes_channels.tests.stores_common import StoresCase


class AskingMixin:
    """A customer of a channel whose ticket is solved is asked at once, whatever the hour."""

    def solved(self, ticket):
        ticket.with_user(self.users["agent"]).action_solve()
        self.env.flush_all()
        request = self.env["helpdesk.csat.request"].search([("ticket_id", "=", ticket.id)])
        request.send_date = fields.Datetime.now() - timedelta(minutes=1)
        return request

    def ask(self, request):
        self.run_job("kemenkes_qa.ir_cron_ask")
        self.run_job("kemenkes_helpdesk.ir_cron_outbox")
        return request

    def make_old(self, ticket):
        """The customer wrote two days ago."""
        rows = self.env["helpdesk.channel.message"].search([("ticket_id", "=", ticket.id)])
        rows.date = fields.Datetime.now() - timedelta(days=2)


@tagged("post_install", "-at_install")
class TestCsatMeta(AskingMixin, MetaCase):
    """R15: asked on the channel that the customer used, and answered there."""

    def begin(self, kind, text="Kartu vaksin tidak tampil"):
        said = self.graph.act(kind, RINA, "text", {"text": text})
        self.bring()
        ticket = self.ticket_of(said.id, kind.partition("_")[0])
        self.answer(ticket, "Silakan perbarui aplikasi.")
        self.send()
        return ticket

    def press(self, kind, row, title):
        self.graph.act(kind, RINA, "press", {"payload": row, "text": title})
        self.bring()

    def test_whatsapp_list(self):
        """Five stars as a list; a choice is a rating, another one changes it, and the customer is thanked once."""
        ticket = self.begin("whatsapp")
        request = self.ask(self.solved(ticket))
        self.assertEqual(request.state, "sent")
        interactive = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json["interactive"]
        rows = interactive["action"]["sections"][0]["rows"]
        self.assertEqual([row["id"] for row in rows], [f"csat:{score}" for score in (5, 4, 3, 2, 1)])
        self.assertTrue(all(row["description"] for row in rows))
        self.assertIn(ticket.ticket_ref, interactive["body"]["text"])
        self.assertNotIn("http", interactive["body"]["text"])
        self.press("whatsapp", rows[1]["id"], rows[1]["title"])
        self.assertEqual((request.state, request.score, ticket.stage_kind), ("answered", 4, "solved"))
        self.send()
        thanks = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json["text"]["body"]
        self.assertIn(request.token, thanks, "where the customer may say why")
        count = len(self.asked(f"/{REFS['whatsapp']}/messages"))
        self.press("whatsapp", rows[1]["id"], rows[1]["title"])
        self.press("whatsapp", rows[4]["id"], rows[4]["title"])
        self.send()
        self.assertEqual((request.score, ticket.stage_kind), (1, "solved"))
        self.assertEqual(len(self.asked(f"/{REFS['whatsapp']}/messages")), count, "thanked once")
        shown = ticket.with_user(self.users["agent"]).message_ids.mapped("body")
        self.assertIn(request.token, "".join(ticket.message_ids.sudo().mapped("body")))
        read = self.env["mail.message"].with_user(self.users["agent"]).browse(ticket.message_ids.ids).read(["body"])
        self.assertTrue(shown and read)
        self.assertNotIn(request.token, str(read), "who works on the ticket can't rate it")

    def test_messenger_quick_replies(self):
        ticket = self.begin("messenger")
        request = self.ask(self.solved(ticket))
        message = self.asked(f"/{REFS['messenger']}/messages")[-1].json["message"]
        replies = message["quick_replies"]
        self.assertEqual(len(replies), 5)
        self.press("messenger", replies[0]["payload"], replies[0]["title"])
        self.assertEqual((request.score, ticket.stage_kind), (5, "solved"))

    def test_whatsapp_outside_the_window(self):
        """Pain point 29: an approved template, or nobody is asked and nothing fails."""
        ticket = self.begin("whatsapp")
        request = self.solved(ticket)
        self.make_old(ticket)
        channel = self.channels["whatsapp"]
        channel.question_template_id = self.env["helpdesk.channel.template"].create(
            {
                "channel_id": channel.id,
                "name": "kepuasan",
                "language": "id",
                "state": "approved",
                "body": "Seberapa puas Anda dengan bantuan kami untuk {{1}}? {{2}}",
                "parameters": ["1", "2"],
            }
        )
        self.ask(request)
        self.assertEqual(request.state, "sent")
        template = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json["template"]
        values = [parameter["text"] for parameter in template["components"][0]["parameters"]]
        self.assertEqual(template["name"], "kepuasan")
        self.assertEqual(values[0], ticket.ticket_ref)
        self.assertIn(request.token, values[1])

    def test_nobody_is_asked_who_may_not_be_written_to(self):
        for kind in ("whatsapp", "messenger"):
            with self.subTest(kind=kind):
                ticket = self.begin(kind)
                request = self.solved(ticket)
                self.make_old(ticket)
                count = len(self.graph.taken)
                self.ask(request)
                self.assertEqual((request.state, request.left_out_reason), ("left_out", "unreachable"))
                self.assertEqual(len(self.graph.taken), count)

    def test_a_comment_is_asked_about_in_private(self):
        """The link to rate never stands where everybody reads it."""
        said = self.graph.act("instagram_comments", RINA, "text", {"text": "Kenapa hilang?"})
        self.bring()
        ticket = self.ticket_of(said.id, "instagram")
        self.answer(ticket, "Kami cek ya.", mode="public")
        self.send()
        request = self.ask(self.solved(ticket))
        body = self.asked(f"/{REFS['instagram']}/messages")[-1].json
        self.assertEqual(body["recipient"], {"comment_id": said.id})
        self.assertIn(request.token, body["message"]["text"])


@tagged("post_install", "-at_install")
class TestCsatTelegram(AskingMixin, StoresCase):
    """R15: on Telegram by buttons below the question."""

    def run_job(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def test_buttons(self):
        said = self.act("telegram", text="Kartu tidak tampil")
        ticket = self.ticket_of("telegram", f"{RINA.id}:{said.number}")
        self.agent_says(ticket, "Silakan perbarui aplikasi.")
        self.run_job("kemenkes_helpdesk.ir_cron_outbox")
        request = self.ask(self.solved(ticket))
        asked = self.asked("telegram", "/sendMessage")[-1].json
        buttons = [button for row in asked["reply_markup"]["inline_keyboard"] for button in row]
        self.assertEqual(
            [button["callback_data"] for button in buttons], [f"csat:{score}" for score in (5, 4, 3, 2, 1)]
        )
        question = self.env["helpdesk.channel.message"].search(
            [("ticket_id", "=", ticket.id), ("direction", "=", "out")], limit=1
        )
        self.act("telegram", "press", target=question.external_id.split(":")[1], payload="csat:3")
        self.assertEqual((request.score, ticket.stage_kind), (3, "solved"))

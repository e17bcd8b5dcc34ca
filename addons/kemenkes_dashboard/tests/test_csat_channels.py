import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_channels.tests.livechat_common import LivechatCase
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

    def rate_by_link(self, request, text):
        """The customer opens the link in ``text``; a program that opened every star of it before has not voted."""
        (link,) = re.findall(r"https?://\S+/helpdesk/rate\?\S+", text)
        path = urlsplit(link)._replace(scheme="", netloc="").geturl()
        for score in range(1, 6):
            self.assertEqual(self.url_open(f"{path}&score={score}").status_code, 200)
        self.env.invalidate_all()
        self.assertEqual((request.state, request.score), ("sent", 0), "a program voted")
        for score in (2, 2, 5):
            page = self.url_open(path)
            csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
            token = re.search(r'name="access_token" value="([^"]+)"', page.text)[1]
            self.url_open("/helpdesk/rate", data={"csrf_token": csrf, "access_token": token, "score": str(score)})
        self.env.invalidate_all()
        self.assertEqual((request.state, request.score), ("answered", 5))
        rows = self.env["helpdesk.event"].sudo().search([("ticket_id", "=", request.ticket_id.id)])
        self.assertEqual(rows.mapped("kind").count("rated"), 2, "twice the same is one answer, another one changes it")

    def make_old(self, ticket):
        """The customer wrote two days ago."""
        rows = self.env["helpdesk.channel.message"].search([("ticket_id", "=", ticket.id)])
        rows.date = fields.Datetime.now() - timedelta(days=2)


@tagged("post_install", "-at_install")
class TestCsatMeta(AskingMixin, MetaCase, HttpCase):
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

    def test_instagram_messages(self):
        ticket = self.begin("instagram")
        request = self.ask(self.solved(ticket))
        replies = self.asked(f"/{REFS['instagram']}/messages")[-1].json["message"]["quick_replies"]
        self.press("instagram", replies[1]["payload"], replies[1]["title"])
        self.assertEqual((request.score, ticket.stage_kind), (4, "solved"))

    def call_of(self, partner):
        """A ticket of a call by a customer, answered."""
        channel = self.create_channel("call", name="Telepon uji", product_id=self.product_a.id)
        ticket = self.create_ticket(
            channel_id=channel.id, partner_id=partner.id, partner_email=False, user_id=self.users["agent"].id
        )
        ticket.reply_count = 1
        return ticket

    def test_a_caller_is_asked_on_whatsapp(self):
        """By a link: who called and has written on WhatsApp before is known there; outside the window by a template."""
        written = self.begin("whatsapp")
        request = self.ask(self.solved(self.call_of(written.partner_id)))
        self.assertEqual(request.state, "sent")
        sent = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json
        self.assertEqual(sent["to"].lstrip("+"), RINA.id)
        self.rate_by_link(request, sent["text"]["body"])

    def test_a_caller_is_asked_by_template(self):
        written = self.begin("whatsapp")
        self.make_old(written)
        self.allow_template()
        request = self.ask(self.solved(self.call_of(written.partner_id)))
        template = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json["template"]
        self.rate_by_link(request, template["components"][0]["parameters"][1]["text"])

    def test_nobody_else_says_where_callers_are_written_to(self):
        """A remote call can't choose the address of a message by its context."""
        ticket = self.call_of(self.customer)
        places = {ticket.id: [self.channels["whatsapp"].id, RINA.id, {}]}
        ticket.with_context(helpdesk_places=places)._post_automatic({ticket: "<p>Halo</p>"})
        self.assertFalse(self.outbox.search([("ticket_id", "=", ticket.id), ("recipient", "=", RINA.id)]))

    def allow_template(self):
        """The service has approved a text to ask by."""
        channel = self.channels["whatsapp"]
        body = "Seberapa puas Anda dengan bantuan kami untuk {{1}}? {{2}}"
        parts = [{"type": "BODY", "text": body}]
        known = {"name": "kepuasan", "status": "APPROVED", "language": "id", "components": parts}
        self.graph.template_list.append(known)
        self.addCleanup(self.graph.template_list.remove, known)
        channel.question_template_id = self.env["helpdesk.channel.template"].create(
            {
                "channel_id": channel.id,
                "name": "kepuasan",
                "language": "id",
                "state": "approved",
                "body": body,
                "parameters": ["1", "2"],
            }
        )

    def test_whatsapp_outside_the_window(self):
        """Pain point 29: an approved template, or nobody is asked and nothing fails."""
        ticket = self.begin("whatsapp")
        request = self.solved(ticket)
        self.make_old(ticket)
        self.allow_template()
        self.ask(request)
        self.assertEqual(request.state, "sent")
        template = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json["template"]
        values = [parameter["text"] for parameter in template["components"][0]["parameters"]]
        self.assertEqual(template["name"], "kepuasan")
        self.assertEqual(values[0], ticket.ticket_ref)
        self.rate_by_link(request, values[1])

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
        for room, kind in (("instagram_comments", "instagram"), ("facebook", "facebook")):
            with self.subTest(kind=kind):
                said = self.graph.act(room, RINA, "text", {"text": "Kenapa hilang?"})
                self.bring()
                ticket = self.ticket_of(said.id, kind)
                self.answer(ticket, "Kami cek ya.", mode="public")
                self.send()
                request = self.ask(self.solved(ticket))
                self.assertEqual(request.state, "sent")
                body = self.asked("/messages")[-1].json
                self.assertEqual(body["recipient"], {"comment_id": said.id})
                self.rate_by_link(request, body["message"]["text"])


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


@tagged("post_install", "-at_install")
class TestCsatX(AskingMixin, StoresCase):
    """R15: on X by a link in a direct message, also to who wrote where everybody reads it."""

    def solved_in(self, room):
        ticket = self.ticket_of("x", self.act(room, text="kenapa tidak bisa masuk?").id)
        self.answer(ticket, "Kami cek dulu ya.")
        self.send()
        return self.solved(ticket)

    def test_mention(self):
        request = self.solved_in("x")
        posts = len(self.asked("x", "/2/tweets"))
        self.ask(request)
        self.assertEqual(len(self.asked("x", "/2/tweets")), posts, "asked in public")
        self.rate_by_link(request, self.asked("x", "/messages")[-1].json["text"])

    def test_message(self):
        request = self.ask(self.solved_in("x_messages"))
        self.rate_by_link(request, self.asked("x", "/messages")[-1].json["text"])

    def test_nobody_is_asked_whom_the_question_does_not_reach(self):
        """Who takes no direct messages was not asked: the answer rate doesn't count them."""
        request = self.solved_in("x")
        self.played.fakes["x"].closed.add(RINA.id)
        self.addCleanup(self.played.fakes["x"].closed.clear)
        self.ask(request)
        self.assertEqual((request.state, request.left_out_reason), ("left_out", "unreachable"))


@tagged("post_install", "-at_install")
class TestCsatLivechat(AskingMixin, LivechatCase):
    """R15: five stars on the screen at the end of a chat, in the same record as on every other channel."""

    def rate(self, visitor, rate, **values):
        return visitor.call("/im_livechat/cors/feedback", channel_id=visitor.chat_id, rate=rate, **values)

    def served(self):
        self.set_online(self.agent)
        visitor = self.visit("Halo")
        self.agent_says(visitor.ticket, "Silakan coba lagi.")
        return visitor

    def requests_of(self, visitor):
        self.env.invalidate_all()
        return self.env["helpdesk.csat.request"].search([("ticket_id", "=", visitor.ticket.id)])

    def test_after_the_agent_has_solved(self):
        """The answer ends the question that was planned; a double click is one answer, another one changes it."""
        visitor = self.served()
        visitor.ticket.with_user(self.agent).action_solve()
        self.env.flush_all()
        slow = self.env.ref("kemenkes_qa.csat_reason_slow")
        choices = visitor.call("/im_livechat/cors/rating_choices", channel_id=visitor.chat_id)
        self.assertIn(slow.id, [reason["id"] for reason in choices["reasons"]])
        for _click in range(2):
            given = self.rate(visitor, 2, reason="<b>lama</b>", reason_ids=[slow.id])
            self.assertEqual(given, {"is_kept": True})
        request = self.requests_of(visitor)
        self.assertEqual((len(request), request.state, request.score), (1, "answered", 2))
        self.assertEqual((request.feedback, request.reason_ids), ("<b>lama</b>", slow))
        self.assertEqual(request.rating_id.rated_partner_id, self.agent.partner_id)
        self.rate(visitor, 4)
        self.assertEqual((self.requests_of(visitor).score, self.requests_of(visitor).rating_id.rating), (4, 4))
        self.assertEqual(self.kinds_of(visitor.ticket).count("rated"), 2)
        self.assertFalse(visitor.chat.rating_ids, "Odoo's three faces are stored as well")

    def test_before_the_agent_has_solved(self):
        """Who leaves may rate at once; the solution that follows asks nothing again."""
        visitor = self.served()
        visitor.leave()
        self.assertEqual(self.rate(visitor, 5), {"is_kept": True})
        visitor.ticket.with_user(self.agent).action_solve()
        self.env.flush_all()
        request = self.requests_of(visitor)
        self.assertEqual((len(request), request.score, request.agent_id), (1, 5, self.agent))
        self.assertTrue(request.solved_date)

    def test_only_the_visitor_rates(self):
        visitor = self.served()
        stranger = self.visit("Halo juga")
        bad = ({"rate": 0}, {"rate": 6}, {"rate": "5"}, {"rate": None}, {"rate": 5.5})
        for values in bad:
            self.assertIn("error", visitor.call("/im_livechat/cors/feedback", channel_id=visitor.chat_id, **values))
        self.rate(visitor, 3, reason={"a": 1}, reason_ids="x")
        self.assertEqual(self.requests_of(visitor).score, 3)
        answer = stranger.call("/im_livechat/cors/feedback", channel_id=visitor.chat_id, rate=1)
        self.assertFalse(answer)
        self.authenticate("test_agent", "test_agent")
        own = self.make_jsonrpc_request("/im_livechat/feedback", {"channel_id": visitor.chat_id, "rate": 5})
        self.assertEqual(own, {"is_kept": False}, "the agent rates the agent")
        self.assertEqual(self.requests_of(visitor).score, 3)

    def test_nobody_helped(self):
        """Nothing is asked about help that nobody got."""
        visitor = self.visit("Halo")
        visitor.leave()
        self.assertEqual(visitor.call("/im_livechat/cors/rating_choices", channel_id=visitor.chat_id), {})
        self.assertEqual(self.rate(visitor, 1), {"is_kept": False})


@tagged("post_install", "-at_install")
class TestCsatCaller(AskingMixin, LivechatCase):
    """R15: who called is asked by e-mail, by a link."""

    def run_job(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def called(self, **values):
        channel = self.create_channel("call", name="Telepon uji", product_id=self.product_a.id)
        ticket = self.create_ticket(channel_id=channel.id, user_id=self.agent.id, **values)
        ticket.reply_count = 1
        return self.ask(self.solved(ticket))

    def test_by_mail(self):
        request = self.called()
        row = self.env["helpdesk.outbox.message"].search([("ticket_id", "=", request.ticket_id.id)])
        self.assertEqual((row.kind, row.recipient), ("email", "siti@customer.example"))
        self.assertEqual(row.channel_id.site_id, request.ticket_id.site_id)
        mail = row._build_mail()
        self.assertIn("siti@customer.example", mail["To"])
        (link,) = set(re.findall(r"http[^\"]+/helpdesk/rate\?access_token=[\w-]+", str(row.message_id.body)))
        self.assertEqual(request.state, "sent")
        self.rate_by_link(request, link)

    def test_no_address(self):
        nobody = self.env["res.partner"].create({"name": "Penelepon", "phone": "+6281299990000"})
        request = self.called(partner_id=nobody.id, partner_email=False)
        self.assertEqual((request.state, request.left_out_reason), ("left_out", "unreachable"))

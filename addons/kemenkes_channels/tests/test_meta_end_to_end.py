from datetime import timedelta

import requests

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_channels.tests.meta_common import REFS, RINA, MetaCase, samples_of
from odoo.addons.mail.tests.common import freeze_all_time

TOP_COMMENT = "320000000000010_500000000000001"
INSTAGRAM_COMMENT = "17870000000000001"
# What these write when a service is down is what the tests are about.
JOBS = "odoo.addons.kemenkes_channels.models.helpdesk_outbox_message", "odoo.addons.base.models.ir_cron"


@tagged("post_install", "-at_install")
class TestMetaEndToEnd(MetaCase):
    """R6, R23.c.1, R23.c.3, R25.a.1: from the customer's phone to the ticket and back over HTTP, by Meta's services."""

    # IN

    def test_every_sample(self):
        """Each documented payload comes in by its webhook; delivered once more, nothing is there twice."""
        for kind in REFS:
            for name, payloads in samples_of(kind).items():
                with self.subTest(kind=kind, sample=name):
                    for payload in payloads:
                        self.graph.replay(kind, payload)
                        self.bring()
                    channel = self.channels[kind]
                    events = self.inbox.search([("channel_id", "=", channel.id)])
                    self.assertFalse(events.filtered(lambda event: event.state == "dead"), events.mapped("error"))
                    known = self.outside.search_count([("channel_id", "=", channel.id)])
                    self.courier.weather.doubled = 1
                    for payload in payloads:
                        self.graph.replay(kind, payload)
                        self.bring()
                    self.courier.weather.doubled = 0
                    self.assertEqual(self.inbox.search([("channel_id", "=", channel.id)]), events)
                    self.assertEqual(self.outside.search_count([("channel_id", "=", channel.id)]), known)

    # THERE AND BACK

    def test_whatsapp(self):
        (payload,) = samples_of("whatsapp")["inbound_text"]
        self.graph.replay("whatsapp", payload)
        self.bring()
        ticket = self.ticket_of("wamid.VUpJLXRla3MtMQ==", "whatsapp")
        self.assertEqual((ticket.partner_name, ticket.partner_phone), ("Rina Contoh", "+6280012340001"))
        row = self.answer(ticket, "Terima kasih, Kak Rina.")
        self.send()
        (asked,) = self.asked(f"/{REFS['whatsapp']}/messages")
        self.assertEqual((asked.json["to"], asked.json["type"]), ("+6280012340001", "text"))
        self.assertEqual(asked.json["text"]["body"], "Terima kasih, Kak Rina.")
        self.assertEqual(row.state, "delivered")
        self.graph.read(list(self.graph.said.values()))
        self.bring()
        self.assertEqual(row.state, "read")

    def test_private_messages(self):
        """Messenger and Instagram: the echo of our own answer is no second message; read is shown."""
        for kind, sample, message_id in (
            ("messenger", "text_and_quick_reply", "m_UJI-1"),
            ("instagram", "dm_text_and_replies", "aWdfZ-UJI-1"),
        ):
            with self.subTest(kind=kind):
                (payload,) = samples_of(kind)[sample]
                self.graph.replay(kind, payload)
                self.bring()
                ticket = self.ticket_of(message_id, kind)
                row = self.answer(ticket, "Kami bantu ya.")
                self.send()
                asked = self.asked(f"/{REFS[kind]}/messages")[-1]
                self.assertEqual(asked.json["message"]["text"], "Kami bantu ya.")
                self.assertIn(row.state, ("sent", "delivered"), row.error)
                self.graph.read(list(self.graph.said.values()))
                self.bring()
                self.assertEqual(row.state, "read")
                said = [str(message.preview) for message in ticket.message_ids if message.helpdesk_direction == "out"]
                self.assertEqual(said, ["Kami bantu ya."])

    def test_comments(self):
        """A comment is answered in public or in private; our own comment comes back and is not taken twice."""
        for kind, sample, comment, reply_path in (
            ("facebook", "comment_add", TOP_COMMENT, f"/{TOP_COMMENT}/comments"),
            ("instagram", "comment_top_level", INSTAGRAM_COMMENT, f"/{INSTAGRAM_COMMENT}/replies"),
        ):
            with self.subTest(kind=kind):
                (payload,) = samples_of(kind)[sample]
                self.graph.replay(kind, payload)
                self.bring()
                ticket = self.ticket_of(comment, kind)
                row = self.answer(ticket, "Kami cek ya.", mode="public")
                self.send()
                (asked,) = self.asked(reply_path)
                self.assertEqual({**asked.form, **(asked.json or {})}["message"], "Kami cek ya.")
                self.assertEqual(row.state, "sent")
                private = self.answer(ticket, "Boleh kirim nomor versinya?", mode="private")
                self.send()
                asked = self.asked(f"/{REFS[kind]}/messages")[-1]
                self.assertEqual(asked.json["recipient"], {"comment_id": comment})
                self.assertEqual(private.state, "sent")
                said = [str(message.preview) for message in ticket.message_ids if message.helpdesk_direction == "out"]
                self.assertEqual(sorted(said), ["Boleh kirim nomor versinya?", "Kami cek ya."])

    def test_figures_of_social_media(self):
        """R25.a.2: first response, first contact resolution and handling time of a comment, as of any ticket."""
        comment = self.graph.act("facebook", RINA, "text", {"text": "Kapan buka?"})
        self.bring()
        ticket = self.ticket_of(comment.id, "facebook")
        self.assertFalse(ticket.first_response_date)
        self.answer(ticket, "Senin, Kak.", mode="public")
        agent = ticket.with_user(self.users["agent"])
        stop = int(fields.Datetime.now().timestamp())
        self.env["helpdesk.handling.sign"].with_user(agent.env.user)._note_work("focus", [(ticket.id, stop - 60, stop)])
        agent.action_solve()
        # work is counted once no sign of it can be under way any more
        with freeze_all_time(fields.Datetime.now() + timedelta(minutes=10)):
            self.run_job("kemenkes_helpdesk.ir_cron_handling")
        self.assertTrue(ticket.first_response_date)
        self.assertEqual((ticket.user_id, ticket.reply_count), (self.users["agent"], 1))
        self.assertEqual(ticket.handling_seconds, 60)
        self.assertTrue(ticket.resolution_seconds >= ticket.first_response_seconds >= 0)
        self.assertFalse(ticket.reopen_count)

    def test_comment_tree(self):
        """Post, comment, reply: the agent sees where a comment stands, also what others wrote (R25.a.1)."""
        top = self.graph.act("instagram_comments", RINA, "text", {"text": "Kenapa hilang?"})
        other = self.graph.act(
            "instagram_comments", type(RINA)("62899", "tetangga"), "reply", {"text": "Sama", "target": top.id}
        )
        self.bring()
        ticket = self.ticket_of(top.id, "instagram")
        self.assertNotEqual(self.ticket_of(other.id, "instagram"), ticket)
        self.answer(ticket, "Kami cek ya.", mode="public")
        self.send()
        self.run_job("kemenkes_channels.ir_cron_post")
        (tree,) = ticket.with_user(self.users["agent"]).get_comment_tree()
        self.assertIn("Cek Kesehatan Gratis", tree["post"]["text"])
        self.assertEqual(
            [
                (comment["text"], comment["depth"], comment["direction"], comment["is_own"])
                for comment in tree["comments"]
            ],
            [("Kenapa hilang?", 0, "in", True), ("Sama", 1, "in", False), ("Kami cek ya.", 1, "out", True)],
        )

    def test_files_both_ways(self):
        self.graph.act(
            "whatsapp", RINA, "file", {"files": [("layar.png", "image/png", PICTURE)], "text": "Ini layarnya"}
        )
        self.graph.act("whatsapp", RINA, "voice", {})
        self.bring()
        self.run_job("kemenkes_channels.ir_cron_media")
        ticket = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channels["whatsapp"].id)])
        voice, picture = ticket.message_ids.filtered(lambda message: message.helpdesk_direction == "in")[:2]
        self.assertEqual(picture.attachment_ids.raw, PICTURE)
        self.assertTrue(voice.attachment_ids.voice_ids)
        message = ticket.with_user(self.users["agent"]).message_post(
            body="Panduan",
            attachments=[("panduan.pdf", b"%PDF-1.4 panduan")],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.send()
        (upload,) = self.asked(f"/{REFS['whatsapp']}/media")
        self.assertEqual(upload.files["file"][2], b"%PDF-1.4 panduan")
        document = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json["document"]
        self.assertEqual((document["filename"], document["caption"]), ("panduan.pdf", "Panduan"))
        self.assertEqual(self.outbox.search([("message_id", "=", message.id)]).state, "delivered")

    def test_what_happens_to_messages(self):
        said = self.graph.act("whatsapp", RINA, "text", {"text": "Tidak bisa masuk ke apliksi"})
        self.graph.act("whatsapp", RINA, "location", {})
        self.graph.act("whatsapp", RINA, "contact", {})
        self.bring()
        ticket = self.ticket_of(said.id, "whatsapp")
        bodies = " ".join(str(message.body) for message in ticket.message_ids)
        self.assertIn("o_helpdesk_location", bodies)
        self.assertIn("Sari Pendamping", bodies)
        self.graph.act("whatsapp", RINA, "edit", {"target": said.id, "text": "Tidak bisa masuk ke aplikasi"})
        row = self.answer(ticket, "Sudah dicoba lagi?")
        self.send()
        sent = next(entry for entry in self.graph.said.values() if entry.by == "helpdesk")
        self.graph.act("whatsapp", RINA, "react", {"target": sent.id, "emoji": "👍"})
        self.bring()
        first = self.outside.search([("external_id", "=", said.id)]).message_id
        self.assertIn("aplikasi", first.body)
        self.assertEqual(row.message_id.reaction_ids.content, "👍")
        self.graph.act("whatsapp", RINA, "unsend", {"target": said.id})
        self.bring()
        self.assertFalse(first.body)

    # BAD DAYS

    @mute_logger(*JOBS)
    def test_bad_day(self):
        """The service is down, busy, or loses an answer: the reply waits, the agent reads why, it goes out once."""
        for kind in ("whatsapp", "messenger", "instagram"):
            said = self.graph.act(kind, RINA, "text", {"text": "Halo"})
            self.bring()
            ticket = self.ticket_of(said.id, kind)
            for fault, reason in (
                ("server", "unavailable"),
                ("temporary", "unavailable"),
                ("rate", "rate"),
                ("cut", "unavailable"),
                ("lost", "unavailable"),
            ):
                with self.subTest(kind=kind, fault=fault):
                    words = f"Jawaban lewat {kind} setelah {fault}"
                    row = self.answer(ticket, words)
                    self.graph.fail_next(self.graph.fault_named(fault))
                    self.run_job("kemenkes_helpdesk.ir_cron_outbox")
                    self.assertEqual((row.state, row.reason), ("queued", reason))
                    self.assertTrue(row.error)
                    self.bring()
                    for _attempt in range(2):
                        if row.state == "queued":
                            row.sudo().attempt_date = row.attempt_date and "2020-01-01 00:00:00"
                            self.due_again(row)
                        self.send()
                    self.assertIn(row.state, ("sent", "delivered"))
                    sent = [entry for entry in self.graph.said.values() if entry.text == words]
                    self.assertEqual(len(sent), 1)

    @mute_logger(*JOBS)
    def test_bad_day_in_public(self):
        """The same below a public post: a comment is written once, however often the service fails."""
        said = self.graph.act("facebook", RINA, "text", {"text": "Kapan buka?"})
        self.bring()
        row = self.answer(self.ticket_of(said.id, "facebook"), "Senin, Kak.", mode="public")
        for fault, reason in (("server", "unavailable"), ("rate", "rate"), ("cut", "unavailable")):
            with self.subTest(fault=fault):
                self.graph.fail_next(self.graph.fault_named(fault))
                self.run_job("kemenkes_helpdesk.ir_cron_outbox")
                self.assertEqual((row.state, row.reason), ("queued", reason))
                self.assertTrue(row.error)
                row.sudo().attempt_date = row.attempt_date and "2020-01-01 00:00:00"
                self.due_again(row)
        self.graph.fail_next(self.graph.fault_named("lost"))
        self.run_job("kemenkes_helpdesk.ir_cron_outbox")
        self.bring()
        for _attempt in range(2):
            if row.state == "queued":
                row.sudo().attempt_date = row.attempt_date and "2020-01-01 00:00:00"
                self.due_again(row)
            self.send()
        self.assertEqual(row.state, "sent", row.error)
        self.assertEqual([entry.text for entry in self.graph.said.values() if entry.by == "helpdesk"], ["Senin, Kak."])

    @mute_logger(*JOBS)
    def test_expired_token(self):
        """While the access has expired replies wait for an administrator; then they go out, once (R25.a.1)."""
        for kind in ("whatsapp", "messenger", "facebook", "instagram"):
            with self.subTest(kind=kind):
                said = self.graph.act(kind, RINA, "text", {"text": "Halo"})
                self.bring()
                # a Page's comments and its Messenger have one token
                accounts = [account for account in self.graph.accounts.values() if account.account_ref == REFS[kind]]
                for account in accounts:
                    account.token = "baru"
                row = self.answer(self.ticket_of(said.id, kind), "Jawaban")
                self.run_job("kemenkes_helpdesk.ir_cron_outbox")
                self.assertEqual((row.state, row.reason), ("queued", "token"))
                self.assertTrue(self.channels[kind].stop_reason)
                self.channels[kind].access_token = "baru"
                self.due_again(row)
                self.send()
                self.assertIn(row.state, ("sent", "delivered"))
                for account in accounts:
                    account.token = "UJI"

    def test_bad_road(self):
        """Twice, forged and in any order: each message is there once, in the order of the service's clock."""
        self.courier.weather.__init__(doubled=1, shuffled=True, forged=0.3)
        for number in range(8):
            self.graph.clock = lambda number=number: 1795489200 + number
            self.graph.act("whatsapp", RINA, "text", {"text": f"Pesan {number}"})
        self.graph.clock = type(self.graph)(self.courier).clock
        with mute_logger("odoo.addons.kemenkes_channels.controllers.webhook"):
            self.bring()
        rows = self.outside.search([("channel_id", "=", self.channels["whatsapp"].id)])
        self.assertEqual(len(rows), 8)
        self.assertEqual(len(rows.ticket_id), 1)
        in_order = rows.sorted("date").mapped("message_id.preview")
        self.assertEqual([str(preview) for preview in in_order], [f"Pesan {number}" for number in range(8)])

    def test_citizens_page(self):
        """The page on which one writes as a citizen shows the helpdesk's answer."""
        form = {"action": "text", "citizen": RINA.id, "name": RINA.name, "text": "Dari halaman warga"}
        requests.post(f"{self.played.base}/page/api/whatsapp/act", data=form, timeout=10).raise_for_status()
        self.bring()
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "Dari halaman warga")])
        self.answer(ticket, "Dibalas petugas")
        self.send()
        query = {"citizen": RINA.id}
        entries = requests.get(f"{self.played.base}/page/api/whatsapp/entries", params=query, timeout=10).json()
        self.assertEqual([entry["text"] for entry in entries], ["Dari halaman warga", "Dibalas petugas"])


# One point of red, as PNG.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)

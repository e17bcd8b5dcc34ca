from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .review_common import load_sample
from .stores_common import REFS, RINA, StoresCase


@tagged("post_install", "-at_install")
class TestStoresEndToEnd(StoresCase):
    """R24.a, R25.a.1, R26.a: from a citizen's words to the answer at the service and its status, over HTTP."""

    # X

    def test_x_samples_become_tickets(self):
        """R25.a.1: each documented event of X by the webhook."""
        texts = {
            "xaa_post_mention_create": "kenapa aplikasi error terus waktu cek jadwal dokter",
            "xaa_post_reply_create": "Masih belum bisa, min",
            "xaa_dm_received": "saya kirim data lewat DM ya",
            "xaa_chat_received_encrypted": "chat.received",
        }
        for name, text in texts.items():
            with self.subTest(name):
                self.assertEqual(self.post_sample("x", load_sample(f"x_twitter/{name}")), 200)
                message = self.env["mail.message"].search(
                    [("helpdesk_channel_id", "=", self.channels["x"].id)], limit=1
                )
                self.assertIn(text, message.body)
                self.assertEqual(message.helpdesk_direction, "in")
        tickets = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channels["x"].id)])
        self.assertEqual(tickets.partner_id.mapped("name"), ["Putri Uji"], "one customer, one ticket")
        self.assertEqual(len(tickets), 1)

    def test_x_signature_and_challenge(self):
        """R25.a.1: a forged body is refused, the challenge is answered."""
        address = f"/helpdesk/webhook/{self.channels['x'].webhook_token}"
        forged = self.url_open(address, b"{}", headers={"x-twitter-webhooks-signature": "sha256=AAAA"})
        self.assertEqual(forged.status_code, 403)
        challenge = self.url_open(f"{address}?crc_token=uji")
        self.assertTrue(challenge.json()["response_token"].startswith("sha256="))

    def test_x_mention_answered_in_public_and_privately(self):
        """R25.a.1: the reply stands below the post; a private answer is a direct message."""
        post = self.act("x", text="kenapa tidak bisa masuk?")
        ticket = self.ticket_of("x", post.id)
        row = self.answer(ticket, "Halo Kak, kami cek dulu ya.")
        self.send()
        self.assertEqual(row.state, "sent")
        (request,) = self.asked("x", "/2/tweets")
        self.assertEqual(
            request.json, {"text": "Halo Kak, kami cek dulu ya.", "reply": {"in_reply_to_tweet_id": post.id}}
        )
        private = self.answer(ticket, "Boleh kirim detailnya di sini?", mode="private")
        self.send()
        self.assertEqual(private.state, "sent", private.error)
        (request,) = self.asked("x", "/messages")
        self.assertEqual(request.json, {"text": "Boleh kirim detailnya di sini?"})
        back = self.act("x", "reply", target=row.external_id, text="sudah bisa, terima kasih")
        self.assertEqual(self.ticket_of("x", back.id), ticket)

    def test_x_pushed_and_asked_for_is_one(self):
        """R25.a.1: a mention that came by webhook and is seen again when asked for stays one message."""
        self.act("x", text="halo satu")
        self.courier.send = lambda *_webhook: 503
        lost = self.played.fakes["x"].act("x", RINA, "text", {"text": "halo dua"})
        self.courier.waiting.clear()
        self.assertEqual(self.pull("x"), 1, "only the one whose webhook was lost")
        self.assertTrue(self.ticket_of("x", lost.id))
        self.assertEqual(self.pull("x"), 0)

    def test_x_bad_days(self):
        """R25.a.1: replies wait for better times and go out once; the agent sees why."""
        post = self.act("x", text="tolong dibantu")
        row = self.answer(self.ticket_of("x", post.id), "Baik Kak")
        service = self.played.fakes["x"]
        # with a token that holds, so that the reply meets the faults and not the renewal before it
        ends = fields.Datetime.now() + timedelta(hours=2)
        self.channels["x"].sudo().write({"short_token": "kunci", "short_token_date": ends})
        # after the lost answer, what fails is the question whether the reply is there
        faults = ("rate", "rate"), ("server", "unavailable"), ("lost", "unavailable"), ("cut", "unavailable")
        self.endure("x", row, (*faults, ("token", "token")))
        self.send()
        self.assertEqual(row.state, "sent", row.error)
        ours = [said for said in service.said.values() if said.by == "helpdesk"]
        self.assertEqual(len(ours), 1)

    def test_x_token_of_two_hours_is_renewed(self):
        """R25.a.1: the token is renewed before a reply, and the refresh token with it."""
        post = self.act("x", text="tolong")
        self.channels["x"].access_token = "kedaluwarsa"
        row = self.answer(self.ticket_of("x", post.id), "Baik")
        self.send()
        self.assertEqual(row.state, "sent", row.error)
        option = self.channels["x"].option_ids.filtered(lambda line: line.name == "refresh_token")
        self.assertNotEqual(option.value, "rahasia_konsumen_uji")

    def test_x_who_did_not_mention_us(self):
        """R25.a.1: X refuses; the agent is told, nothing is tried again."""
        post = self.act("x", text="tolong")
        service = self.played.fakes["x"]
        service.said[post.id].text = "tanpa sebutan"
        row = self.answer(self.ticket_of("x", post.id), "Halo")
        self.send()
        self.assertEqual((row.state, row.reason), ("failed", "not_mentioned"))

    # TELEGRAM

    def test_telegram_samples(self):
        """R24.a: each documented update of Telegram by the webhook."""
        for name in (
            "message_text_command_reply",
            "message_location_contact",
            "edited_reaction_callback",
            "my_chat_member_blocked",
        ):
            updates = load_sample(f"telegram/{name}")
            for update in updates if isinstance(updates, list) else [updates]:
                self.assertEqual(self.post_sample("telegram", update), 200)
        ticket = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channels["telegram"].id)])
        self.assertEqual(len(ticket), 1)
        said = " ".join(ticket.message_ids.mapped("body"))
        for part in ("Kartu digital ISTRI saya", "-7.257500", "6280012340002", "csat:5"):
            self.assertIn(part, said)
        events = self.inbox.search([("channel_id", "=", self.channels["telegram"].id)])
        self.assertNotIn("dead", events.mapped("state"))

    def test_telegram_conversation(self):
        """R24.a: text, file, quote, reaction, blocked."""
        said = self.act("telegram", text="Kartu tidak tampil")
        ticket = self.ticket_of("telegram", f"{RINA.id}:{said.number}")
        row = self.answer(ticket, "Baik, kami cek.")
        self.send()
        self.assertEqual(row.state, "sent", row.error)
        (request,) = self.asked("telegram", "/sendMessage")
        self.assertEqual((request.json["chat_id"], request.json["text"]), (int(RINA.id), "Baik, kami cek."))
        self.act("telegram", "react", target=row.external_id.split(":")[1], emoji="👍")
        self.act("telegram", "block")
        row = self.answer(ticket, "Sudah bisa?")
        self.send()
        self.assertEqual((row.state, row.reason), ("failed", "refused"))

    def test_telegram_bad_days(self):
        """R24.a: a flood wait, an outage and an unknown token."""
        said = self.act("telegram", text="Halo")
        row = self.answer(self.ticket_of("telegram", f"{RINA.id}:{said.number}"), "Halo juga")
        service = self.played.fakes["telegram"]
        faults = ("flood", "rate"), ("server", "unavailable"), ("token", "token"), ("cut", "unavailable")
        self.endure("telegram", row, faults)
        self.send()
        self.assertEqual(row.state, "sent", row.error)
        self.assertEqual([entry.text for entry in service.said.values() if entry.by == "helpdesk"], ["Halo juga"])

    # STORES

    def test_play_review_answered(self):
        """R26.a, R26.c: pulled, made a ticket by a rule, answered, published."""
        self.env["helpdesk.review.rule"].create({"name": "Buruk"})
        service = self.played.fakes["playstore"]
        one = service.write(REFS["playstore"], RINA, 1, "Tidak bisa masuk sama sekali")
        self.assertEqual(self.pull("playstore"), 1)
        review = self.reviews.search([("external_id", "=", one.id)])
        self.assertTrue(review.ticket_id)
        review.with_user(self.users["agent"]).answer("Mohon perbarui ke versi 5.2.1.", solve=True)
        self.send()
        (request,) = self.asked("playstore", ":reply")
        self.assertEqual(request.json, {"replyText": "Mohon perbarui ke versi 5.2.1."})
        self.assertEqual((review.state, review.reply_state), ("answered", "published"))
        self.assertEqual(one.reply, "Mohon perbarui ke versi 5.2.1.")
        self.pull("playstore")
        self.assertEqual(review.reply_user_id, self.users["agent"], "our own answer is no news")
        service.act("playstore", RINA, "edit", {"target": one.id, "text": "Sudah diperbarui tetap gagal"})
        one.at += 60
        self.pull("playstore")
        self.assertEqual((review.state, review.edition_count), ("changed", 2))
        self.assertEqual(review.ticket_id.stage_kind, "open")

    def test_play_hundreds_in_pages_each_once(self):
        """R26.a: all pages, in one go; asked again, nothing is stored twice."""
        service = self.played.fakes["playstore"]
        now = service.clock()
        rows = [(f"Warga {number}", number % 5 + 1, f"ulasan {number}", now - number) for number in range(230)]
        service.write_many(REFS["playstore"], rows)
        self.assertEqual(self.pull("playstore"), 230)
        self.assertEqual(self.pull("playstore"), 0)
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.channels["playstore"].id)]), 230)
        service.write(REFS["playstore"], RINA, 5, "satu lagi")
        self.assertEqual(self.pull("playstore"), 1)
        event = self.inbox.search([("channel_id", "=", self.channels["playstore"].id)], limit=1)
        self.assertLess(len(event._raw()), 1000, "of the page only what is new is stored")

    def test_play_bad_days(self):
        """R26.a: quota, outage, an early end of the token: the answer waits and goes out once."""
        service = self.played.fakes["playstore"]
        one = service.write(REFS["playstore"], RINA, 1, "Lambat")
        self.pull("playstore")
        review = self.reviews.search([("external_id", "=", one.id)])
        review.with_user(self.users["agent"]).answer("Terima kasih.")
        row = self.outbox.search([("ticket_id", "=", review.ticket_id.id)])
        faults = ("quota", "rate"), ("server", "unavailable"), ("token", "token"), ("cut", "unavailable")
        self.endure("playstore", row, (*faults, ("lost", "unavailable")))
        self.assertEqual(review.reply_state, "queued")
        service.tokens.clear()
        self.send()
        self.due_again(row)
        self.send()
        self.assertEqual((row.state, review.state), ("sent", "answered"), row.error)

    def test_pull_on_bad_days(self):
        """R26.a: why asking failed is shown; what came meanwhile comes later."""
        service, channel = self.played.fakes["playstore"], self.channels["playstore"]
        service.write(REFS["playstore"], RINA, 1, "Lambat")
        for name in ("quota", "server", "token"):
            service.fail_next(service.fault_named(name))
            self.assertEqual(self.pull("playstore"), 0)
            self.assertTrue(channel.pull_error)
        self.assertEqual(self.pull("playstore"), 1)
        self.assertFalse(channel.pull_error)

    def test_apple_review_answered(self):
        """R26.a, R26.c: pulled, answered, published a while later; the answer is changed, even in the same second."""
        service = self.played.fakes["appstore"]
        now = service.clock()
        self.patch(service, "clock", lambda: now)
        one = service.write(REFS["appstore"], RINA, 2, "Gagal", "Foto KTP selalu gagal")
        self.assertEqual(self.pull("appstore"), 1)
        review = self.reviews.search([("external_id", "=", one.id)])
        for text in ("Mohon coba lagi.", "Sudah kami perbaiki."):
            review.with_user(self.users["agent"]).answer(text)
            self.send()
            self.assertEqual((review.reply_state, review.published_reply, one.reply), ("pending", text, text))
        self.pull("appstore")
        self.pull("appstore")
        self.assertEqual((review.state, review.reply_state), ("answered", "published"))

    def test_apple_bad_days(self):
        service = self.played.fakes["appstore"]
        one = service.write(REFS["appstore"], RINA, 2, "Gagal", "Foto KTP selalu gagal")
        self.pull("appstore")
        review = self.reviews.search([("external_id", "=", one.id)])
        review.with_user(self.users["agent"]).answer("Mohon coba lagi.")
        row = self.outbox.search([("ticket_id", "=", review.ticket_id.id)])
        faults = ("rate", "rate"), ("server", "unavailable"), ("token", "token"), ("role", "permission")
        self.endure("appstore", row, (*faults, ("cut", "unavailable"), ("lost", "unavailable")))
        self.send()
        self.assertEqual((row.state, review.state), ("sent", "answered"), row.error)

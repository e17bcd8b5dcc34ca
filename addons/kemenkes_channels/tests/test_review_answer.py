from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .review_common import MORNING, NOW, ReviewCase, load_sample, play_review

HOUR = 3600


@tagged("post_install", "-at_install")
class TestReviewAnswer(ReviewCase):
    """R26.a, R26.c: a review is answered from the helpdesk, and one sees which are."""

    def answer(self, reviews, text, login="agent", **values):
        reviews.with_user(self.users[login]).answer(text, **values)

    def sent(self, review, minutes=30):
        """The store takes the answer."""
        row = self.outbox_of(review)[-1]
        row.write({"state": "sent", "sent_date": NOW + timedelta(minutes=minutes)})

    def test_answer_from_the_list(self):
        """R26.a: the dialog over chosen reviews; each gets a ticket, the words, and an outgoing message."""
        reviews = self.take_play(play_review(1), play_review(2))
        wizard = Form(
            self.env["helpdesk.review.answer"]
            .with_user(self.users["agent"])
            .with_context(active_model="helpdesk.review", active_ids=reviews.ids)
        )
        wizard.text = "Mohon perbarui ke versi 5.2.1."
        self.assertEqual(wizard.limit, 350)
        wizard.save().action_answer()
        for review in reviews:
            self.assertEqual((review.reply_state, review.state), ("queued", "unanswered"))
            self.assertEqual(review.reply_user_id, self.users["agent"])
            row = self.outbox_of(review)
            self.assertEqual((row.kind, row.recipient, row.state), ("playstore", review.external_id, "queued"))
            self.assertEqual(review.ticket_id.stage_kind, "solved")
            self.assertEqual(review.ticket_id.user_id, self.users["agent"])

    def test_answered_once_the_store_has_it(self):
        """R26.c: state, time to answer and share are those of what the store has taken."""
        review, other = self.take_play(play_review(1), play_review(2))
        self.answer(review, "Terima kasih.")
        self.assertEqual(review.answered_percent, 0)
        self.sent(review)
        self.assertEqual((review.state, review.reply_state), ("answered", "published"))
        self.assertEqual(review.published_reply, "Terima kasih.")
        self.assertEqual(review.answer_seconds, 4.5 * HOUR)
        ((average, share),) = self.reviews._read_group(
            [("id", "in", (review | other).ids)], aggregates=["answer_seconds:avg", "answered_percent:avg"]
        )
        self.assertEqual((average, share), (4.5 * HOUR, 50), "who was not answered has no time to answer")

    def test_changed_answer_replaces_the_first(self):
        """R26.a: the second answer goes out as the first did; the time to answer stays that of the first."""
        review = self.take_play(play_review(1))
        self.answer(review, "Satu")
        self.sent(review)
        self.answer(review, "Dua")
        self.assertEqual((review.reply_text, review.published_reply, review.state), ("Dua", "Satu", "answered"))
        self.sent(review, minutes=60)
        self.assertEqual((review.published_reply, review.answer_seconds), ("Dua", 4.5 * HOUR))
        self.assertEqual(len(self.outbox_of(review)), 2)

    def test_review_changed_after_the_answer(self):
        """R26.c: an edit after the answer asks for another look."""
        review = self.take_play(play_review(1))
        self.answer(review, "Mohon dicoba lagi.")
        self.sent(review, minutes=0)
        edited = play_review(1, "Masih", at=MORNING + 5 * HOUR, reply=("Mohon dicoba lagi.", MORNING + 4 * HOUR))
        self.take_play(edited)
        self.assertEqual(review.state, "changed")
        self.assertIn(review, self.reviews.search([("state", "!=", "answered")]))

    def test_answer_that_was_not_taken(self):
        """R26.c: the agent sees why, and what the store still shows."""
        review = self.take_play(play_review(1))
        self.answer(review, "Satu")
        self.sent(review)
        self.answer(review, "Dua")
        self.outbox_of(review)[-1]._give_up("Kuota habis")
        self.assertEqual((review.reply_state, review.reply_error), ("failed", "Kuota habis"))
        self.assertEqual((review.published_reply, review.state), ("Satu", "answered"))

    def test_own_answer_comes_back(self):
        """What the next pull tells of our answer is no news."""
        self.create_rule()
        review = self.take_play(play_review(1))
        self.answer(review, "Baris satu.\nBaris dua.")
        self.sent(review)
        count = len(review.ticket_id.message_ids)
        self.take_play(play_review(1, reply=("Baris satu. Baris dua.", MORNING + 4 * HOUR)))
        self.assertEqual(review.reply_user_id, self.users["agent"])
        self.assertEqual(len(review.ticket_id.message_ids), count)

    def test_answer_given_in_the_store(self):
        """R26.c: answered is answered, whoever did it; the ticket says so."""
        self.create_rule()
        review = self.take_play(play_review(1))
        self.take_play(play_review(1, reply=("Dari konsol", MORNING + HOUR)))
        self.assertEqual(
            (review.state, review.published_reply, review.answer_seconds), ("answered", "Dari konsol", HOUR)
        )
        self.assertFalse(review.reply_user_id)
        self.assertIn("Dari konsol", review.ticket_id.message_ids[0].body)

    def test_apple_publishes_later(self):
        self.take_in(load_sample("app_store/customer_reviews_page"), self.apple)
        review = self.reviews.search([("external_id", "=", "00000099-aaaa-0001-0000-000000000001")])
        self.answer(review, "Terima kasih, mohon perbarui ke versi 5.2.1.")
        self.sent(review)
        self.assertEqual((review.state, review.reply_state), ("answered", "pending"))
        page = load_sample("app_store/customer_review_with_included_response")
        page["included"][0]["attributes"]["state"] = "PUBLISHED"
        self.take_in(page, self.apple)
        self.assertEqual(review.reply_state, "published")

    def test_too_long_is_refused_before_anything_happens(self):
        """R26.a: 350 characters at Google, 5,970 at Apple; nothing is cut."""
        review = self.take_play(play_review(1))
        with self.assertRaisesRegex(UserError, "350"):
            self.answer(review, "a" * 351)
        self.assertFalse(review.ticket_id)
        self.answer(review, "a" * 350)
        with self.assertRaisesRegex(UserError, "350"):
            self.agent_says(review.ticket_id, "b" * 351)

    def test_answer_on_the_ticket_is_the_answer_to_the_review(self):
        self.create_rule()
        review = self.take_play(play_review(1))
        self.agent_says(review.ticket_id, "Kami cek ya")
        self.assertEqual((review.reply_text, review.reply_state), ("Kami cek ya", "queued"))

    def test_no_personal_data_in_public(self):
        """Everybody reads the answer: numbers are not asked for and not told."""
        review = self.take_play(play_review(1))
        for text in ("Mohon kirim NIK Anda di sini", "Balas dengan nomor HP ya", "NIK 3174012345678901 sudah kami cek"):
            with self.assertRaises(UserError):
                self.answer(review, text)
        self.answer(review, "Jangan menuliskan NIK di sini. Kirim NIK lewat DM ya.")

    def test_who_may_answer(self):
        """Those who do not speak to customers read reviews; whose product it is not, sees none."""
        review = self.take_play(play_review(1))
        with self.assertRaises(AccessError):
            self.answer(review, "Halo", login="quality")
        self.play.product_id = self.product_b
        other = self.take_play(play_review(2))
        self.assertFalse(self.reviews.with_user(self.users["agent"]).search([("id", "in", other.ids)]))
        with self.assertRaises(AccessError):
            self.answer(other, "Halo")

    def test_found_by_words_stars_date_version(self):
        """R26.b: by date, stars, text; words are found by their beginnings."""
        first, second = self.take_play(
            play_review(1, "Aplikasinya lambat sekali", 1, appVersionName="5.2.0"),
            play_review(2, "Lancar dan cepat", 5, at=MORNING + 3 * 24 * HOUR, appVersionName="5.3.0"),
        )
        seen = self.reviews.with_user(self.users["agent"])
        both = [("id", "in", (first | second).ids)]
        self.assertEqual(seen.search([*both, ("search_text", "ilike", "aplikasi lamb")]), first.with_env(seen.env))
        self.assertEqual(seen.search([*both, ("search_text", "ilike", "-lambat")]), second.with_env(seen.env))
        self.assertEqual(seen.search([*both, ("stars", "=", 5)]), second.with_env(seen.env))
        self.assertEqual(seen.search([*both, ("date", "<", "2026-11-25")]), first.with_env(seen.env))
        groups = seen._read_group(both, ["app_version"], ["stars:avg", "__count"])
        self.assertEqual(groups, [("5.2.0", 1.0, 1), ("5.3.0", 5.0, 1)])

    def test_words_search_uses_its_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.reviews._search([("search_text", "ilike", "lambat")])
        self.env.cr.execute("EXPLAIN " + self.env.cr.mogrify(query.select()).decode())
        self.assertIn("helpdesk_review_words_idx", str(self.env.cr.fetchall()))

    def test_masked_for_readers(self):
        """Roles that see texts masked see those of reviews masked."""
        review = self.take_play(play_review(1, "NIK saya 3174012345678901 ditolak"))
        reader = review.with_user(self.users["analyst"])
        self.assertNotIn("3174012345678901", reader.read(["text"])[0]["text"])
        self.assertNotIn("3174012345678901", reader.display_name)

    def test_export_and_views(self):
        """R26.b, R28.b.1: raw data and analysis."""
        review = self.take_play(play_review(1))
        names = ["stars", "text", "date", "app_version", "device", "language", "state", "reply_text", "ticket_id"]
        rows = review.with_user(self.users["analyst"]).export_data(names)["datas"]
        self.assertEqual(rows[0][:2], [1, "Tidak bisa masuk"])
        for view in ("list", "kanban", "form", "search", "graph", "pivot"):
            self.assertTrue(self.reviews.with_user(self.users["agent"]).get_view(view_type=view)["arch"], view)

    def test_number_of_reviews_by_channel(self):
        """R26.a: how many came in by each store, and how many wait."""
        self.take_play(play_review(1), play_review(2, reply=("a", MORNING + 1)))
        counts = self.reviews.with_user(self.users["agent"])._count_by_channel()
        self.assertEqual(counts[self.play.id], (2, 1))

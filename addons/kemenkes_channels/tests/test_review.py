from datetime import datetime

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .review_common import MORNING, NOW, ReviewCase, load_sample, play_review

HOUR = 3600


@tagged("post_install", "-at_install")
class TestReviewTaking(ReviewCase):
    """R26.a, R26.b: reviews come in by the inbox, each once, each version kept."""

    def test_samples_of_google_play(self):
        """R26.a: what Google sends is stored as it stands there."""
        event = self.take_in(load_sample("google_play/reviews_list_page1"))
        self.assertEqual(event.state, "done")
        review = self.reviews.search([("external_id", "=", "uji-ulasan-0001")])
        self.assertRecordValues(
            review,
            [
                {
                    "stars": 1,
                    "author": "Pengguna Uji Satu",
                    "app_version": "5.2.0",
                    "device": "UJI-A1 (Ponsel Uji)",
                    "language": "id",
                    "date": datetime(2026, 11, 24, 2, 0),
                    "state": "unanswered",
                    "product_id": self.product_a.id,
                    "helpful_count": 12,
                }
            ],
        )
        self.assertEqual(review.display_name, "★☆☆☆☆ Setelah pembaruan tidak bisa masuk, selalu diminta verifika…")
        self.take_in(load_sample("google_play/review_tab_title_and_translation"))
        translated = self.reviews.search([("external_id", "=", "uji-ulasan-0003")])
        self.assertEqual((translated.title, translated.original_text), ("Login", "Tidak bisa masuk setelah pembaruan"))

    def test_samples_of_the_app_store(self):
        """R26.a: Apple's reviews, and the answer that appears with one later."""
        self.take_in(load_sample("app_store/customer_reviews_page"), self.apple)
        review = self.reviews.search([("external_id", "=", "00000099-aaaa-0001-0000-000000000001")])
        self.assertEqual((review.stars, review.title, review.territory), (1, "Tidak bisa daftar", "IDN"))
        self.assertEqual(review.state, "unanswered")
        self.take_in(load_sample("app_store/customer_review_with_included_response"), self.apple)
        self.assertEqual((review.state, review.reply_state), ("answered", "pending"))
        self.assertEqual(review.edition_count, 1, "the review itself is the same")

    def test_a_review_in_several_pages_is_one(self):
        """R26.a: another page with the same review doubles nothing."""
        self.take_play(play_review(1), play_review(2))
        again = self.take_in({"reviews": [play_review(2), play_review(1), play_review(3)]})
        self.assertEqual(again.state, "done")
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.play.id)]), 3)
        same = self.take_in({"reviews": [play_review(3), play_review(2)]})
        self.assertEqual(same.state, "ignored")

    def test_an_edit_is_a_version(self):
        """R26.b: an edited review keeps what it said before; a late, older version changes nothing."""
        review = self.take_play(play_review(1, "Buruk", 1, at=MORNING + HOUR))
        self.take_play(play_review(1, "Sudah bisa, terima kasih", 5, at=MORNING + 2 * HOUR))
        self.assertEqual((review.stars, review.text, review.edition_count), (5, "Sudah bisa, terima kasih", 2))
        self.assertEqual(review.date, datetime(2026, 11, 24, 3, 0))
        self.assertEqual(review.edit_date, datetime(2026, 11, 24, 4, 0))
        self.take_play(play_review(1, "Awal sekali", 3, at=MORNING))
        self.assertEqual((review.stars, review.edition_count), (5, 3))
        self.assertEqual(review.edition_ids.sorted("date").mapped("text"), ["Awal sekali", "Buruk", review.text])

    def test_apple_gives_no_date_of_an_edit(self):
        """R26.b: other words under the same id are a new version, dated when we saw it."""
        page = load_sample("app_store/customer_reviews_page")
        self.take_in(page, self.apple)
        review = self.reviews.search([("external_id", "=", page["data"][0]["id"])])
        page["data"][0]["attributes"].update(body="Sudah bisa", rating=4)
        self.take_in(page, self.apple)
        self.assertEqual((review.stars, review.text, review.edition_count), (4, "Sudah bisa", 2))
        self.assertEqual(review.edit_date, NOW)

    @mute_logger("odoo.addons.kemenkes_channels.models.helpdesk_inbox_event")
    def test_a_bad_review_harms_no_other(self):
        """R26.a: what can't be read stays in the inbox, the others are there."""
        event = self.take_in({"reviews": [play_review(1), {"reviewId": "x"}, "?", play_review(2)]})
        self.assertEqual(event.state, "done")
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.play.id)]), 2)

    def test_many_reviews_take_few_queries(self):
        """A page of a hundred is a handful of statements for each review at most."""
        self.take_play(play_review(0))
        page = {"reviews": [play_review(number) for number in range(1, 101)]}
        with self.assertQueryCount(60):
            self.take_in(page)


@tagged("post_install", "-at_install")
class TestReviewRules(ReviewCase):
    """R26.a, R26.c: which reviews become tickets."""

    def test_stars_words_language_product(self):
        self.create_rule(max_stars=2, words="tidak bisa masuk\notp", language="id", product_ids=self.product_a.ids)
        bad, good, other_words, english = self.take_play(
            play_review(1, "Sudah dicoba, tapi tidak  bisa MASUK"),
            play_review(2, "Tidak bisa masuk tapi bagus", 3),
            play_review(3, "Jelek sekali aplikasi ini"),
            play_review(4, "The otp does not work for my account"),
        )
        self.assertTrue(bad.ticket_id)
        self.assertFalse((good | other_words | english).ticket_id)

    def test_the_ticket_of_a_review(self):
        """R26.a: the review is its customer's first message; the rule gives team, category, priority, tags."""
        tag = self.env["helpdesk.tag"].create({"name": "App"})
        self.create_rule(team_id=self.team_l2.id, category_id=self.category.id, priority="2", tag_ids=tag.ids)
        review = self.take_play(play_review(1, "Foto KTP\tselalu gagal", 2, appVersionName="5.2.0"))
        self.assertRecordValues(
            review.ticket_id,
            [
                {
                    "name": "Foto KTP",
                    "team_id": self.team_l2.id,
                    "category_id": self.category.id,
                    "priority": "2",
                    "tag_ids": tag.ids,
                    "channel_id": self.play.id,
                    "product_id": self.product_a.id,
                    "stage_kind": "new",
                    "partner_name": "Pengguna 1",
                }
            ],
        )
        message = review.ticket_id.message_ids.filtered("helpdesk_direction")
        self.assertEqual(message.helpdesk_direction, "in")
        self.assertIn("★★☆☆☆", message.body)
        self.assertIn("selalu gagal", message.body)
        self.assertIn("5.2.0", message.body)
        self.assertEqual(self.kinds_of(review.ticket_id)[:2], ["created", "message_in"])

    def test_the_first_rule_decides(self):
        self.create_rule(sequence=2, priority="3")
        self.create_rule(sequence=1, priority="0", words="masuk")
        first, second = self.take_play(play_review(1), play_review(2, "Jelek"))
        self.assertEqual((first | second).ticket_id.mapped("priority"), ["0", "3"])

    def test_an_edit_opens_the_ticket_again(self):
        """R26.c: the ticket hears the new words; five stars that became one make a ticket now."""
        self.create_rule()
        bad, praised = self.take_play(play_review(1), play_review(2, "Bagus", 5))
        bad.ticket_id.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")
        self.take_play(
            play_review(1, "Masih belum bisa", at=MORNING + HOUR), play_review(2, "Jadi rusak", 1, at=MORNING + HOUR)
        )
        self.assertEqual(bad.ticket_id.stage_kind, "open")
        self.assertEqual(len(bad.ticket_id.message_ids.filtered(lambda m: m.helpdesk_direction == "in")), 2)
        self.assertTrue(praised.ticket_id)

    def test_no_machine_answers_below_a_review(self):
        """Automatic replies and warnings of silence would be published."""
        self.env["helpdesk.auto.reply"].create(
            [{"name": trigger, "trigger": trigger, "body": "Terima kasih"} for trigger in ("created", "solved")]
        )
        self.create_rule()
        review = self.take_play(play_review(1))
        review.ticket_id.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")
        self.assertFalse(self.outbox_of(review))

    def test_rules_that_can_not_be(self):
        with self.assertRaises(CheckViolation), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.create_rule(min_stars=4, max_stars=2)
        with self.assertRaises(UserError):
            self.create_rule(words=" \n ")

from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase
from odoo.addons.mail.tests.common import freeze_all_time

from ..tools import topics

# A Thursday, ten in the morning at Jakarta.
NOW = datetime(2026, 3, 5, 3, 0)


@tagged("post_install", "-at_install")
class TestTopicWords(BaseCase):
    """R12.b: which words stand out, by counting."""

    def test_terms(self):
        found = topics.terms("Mohon bantuannya kak, OTP gk masuk. Kode OTP tidak terkirim!!!", {"gk": "tidak"})
        self.assertIn("otp", found)
        self.assertIn("kode otp", found)
        self.assertNotIn("mohon", found)
        self.assertNotIn("masuk kode", found, "a pair does not reach over the end of a clause")
        self.assertFalse(
            [term for term in topics.terms("NIK 3275014512900004 a@b.id 0812", {}) if any(map(str.isdigit, term))]
        )
        self.assertEqual(topics.terms("Siti sinkron", {}, {"siti"}), {"sinkron"})

    def test_rise_is_against_what_was_usual(self):
        """R12.b: what was as frequent before is no topic, however frequent it is."""
        before = Counter({"login": 300, "otp": 10})
        now = Counter({"login": 31, "otp": 30, "sertifikat": 2})
        found = topics.standing_out(now, 100, before, 1000)
        self.assertEqual([(topic.term, topic.count, topic.expected) for topic in found], [("otp", 30, 1.0)])
        self.assertEqual(topics.standing_out(now, 100, Counter(), 0), [], "nothing to compare with")

    def test_word_and_its_pair_are_one_topic(self):
        now = Counter({"kode otp": 28, "otp": 30, "kode": 29, "sinkron": 20})
        found = topics.standing_out(now, 100, Counter(), 1000)
        self.assertEqual([topic.term for topic in found], ["kode otp", "sinkron"])
        now = Counter({"kode otp": 8, "otp": 30, "kode": 9})
        found = topics.standing_out(now, 100, Counter(), 1000)
        self.assertEqual([topic.term for topic in found], ["otp", "kode"])

    @settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 50)),
        st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 50)),
    )
    def test_any_counts(self, now, before):
        found = topics.standing_out(Counter(now), 50, Counter(before), 50)
        for topic in found:
            self.assertGreater(topic.count, topic.expected)
            self.assertGreaterEqual(topic.score, topics.SUREST)

    def test_pairs_of_one_sentence_are_one_topic(self):
        texts = [topics.terms("rumah sakit boleh punya user", {})] * 4 + [{"otp"}] * 3
        found = topics.standing_out(topics.count_terms(texts), len(texts), Counter(), 100)
        self.assertEqual(len(topics.distinct(found, texts, 10)), 2)

    def test_chance(self):
        """Against the table of the Poisson distribution."""
        self.assertAlmostEqual(topics.chance_of(3, 1), 0.0803, 4)
        self.assertAlmostEqual(topics.chance_of(10, 5), 0.0318, 4)
        self.assertEqual(topics.chance_of(0, 0), 1)
        self.assertLess(topics.chance_of(30, 5), 1e-9)


@tagged("post_install", "-at_install")
class TestTopic(HelpdeskCase):
    """R12.b: topics of each product and week, and rises of negative messages."""

    def said(self, moment, body, label="negative", product=None, count=1):
        """Tickets of ``count`` customers who wrote at ``moment``, labelled."""
        product = product or self.product_a
        labels = self.env["helpdesk.sentiment"]
        for _number in range(count):
            ticket = self.create_ticket(product_id=product.id)
            message = self.customer_says(ticket, body)
            labels |= labels.sudo().create(
                {
                    "message_id": message.id,
                    "ticket_id": ticket.id,
                    "date": moment,
                    "product_id": product.id,
                    "label": label,
                }
            )
        return labels

    def find(self, moment=NOW):
        self.env["helpdesk.product"].search([("id", "not in", (self.product_a | self.product_b).ids)]).active = False
        with freeze_all_time(moment), patch.object(self.registry["ir.cron"], "_commit_progress"):
            self.env["helpdesk.topic"]._cron_find()
        return self.env["helpdesk.topic"].search([("product_id", "=", self.product_a.id)])

    def watch(self, moment=NOW):
        """How many products each message names that the job writes to the supervisor."""
        messages = self.env["mail.message"]
        known = messages.search([])
        with freeze_all_time(moment):
            self.env.flush_all()
            self.env["helpdesk.sentiment.alert"]._cron_watch()
        partner = self.users["supervisor"].partner_id
        new = messages.search([]) - known
        return [str(one.body).count("<li>") for one in new if partner in one.notified_partner_ids]

    def test_topic_of_the_week(self):
        """R12.b: what rises this week, its examples, how it sounds; counted by ticket, names left out."""
        for week in range(1, 5):
            self.said(NOW - timedelta(weeks=week), "Aplikasi lambat", "neutral", count=4)
        self.said(NOW - timedelta(hours=2), "Sertifikat hilang. Sertifikat hilang! Siti Aminah", count=4)
        self.said(NOW - timedelta(hours=1), "Aplikasi lambat", "neutral", count=2)
        self.said(NOW - timedelta(hours=2), "Sertifikat hilang", product=self.product_b, count=2)
        found = self.find()
        self.assertEqual(len(found), 1, found.mapped("term"))
        self.assertIn("sertifikat", found.term)
        self.assertEqual((found.kind, str(found.date), found.text_count), ("message", "2026-03-02", 4))
        self.assertEqual((found.negative_percent, len(found.ticket_ids)), (100, 4))
        action = found.with_user(self.users["agent"]).action_open_examples()
        self.assertEqual(action["domain"], [("id", "in", found.ticket_ids.ids)])
        self.assertEqual(len(self.find()), 1, "found anew, it stands there once")

    def test_products_are_a_wall(self):
        """R12.b, R7: topics and rises of a product are for those who have it."""
        self.env["helpdesk.topic"].create(
            {"kind": "message", "date": "2026-03-02", "product_id": self.product_b.id, "term": "rahasia"}
        )
        for login, count in (("agent", 0), ("supervisor", 0), ("operation_manager", 1)):
            topics_of = self.env["helpdesk.topic"].with_user(self.users[login])
            self.assertEqual(topics_of.search_count([("term", "=", "rahasia")]), count)
        for login in ("viewer", "agent"):
            with self.assertRaises(AccessError):
                self.env["helpdesk.sentiment.alert"].with_user(self.users[login]).search([])

    def test_rise_is_told_once(self):
        """R12.b: supervisors of the product hear of a sudden rise once, however long it lasts."""
        for day in range(1, 15):
            self.said(NOW - timedelta(days=day, hours=1), "Lambat", count=1)
        self.assertEqual(self.watch(), [])
        self.said(NOW - timedelta(minutes=50), "Gagal masuk", count=9)
        self.assertEqual(self.watch(), [], "too few to wake anybody")
        self.said(NOW - timedelta(minutes=40), "Gagal masuk", count=3)
        self.said(NOW - timedelta(minutes=40), "Terima kasih", "positive", count=2)
        self.assertEqual(self.watch(), [1])
        alert = self.env["helpdesk.sentiment.alert"].search([("product_id", "=", self.product_a.id)])
        self.assertEqual((alert.negative_count, alert.message_count, alert.expected_count), (12, 14, 1))
        self.assertIn("gagal", alert.words)
        self.said(NOW, "Gagal masuk", count=5)
        self.assertEqual(self.watch(NOW + timedelta(minutes=5)), [], "told already")
        self.assertEqual(alert.negative_count, 17)
        self.assertEqual(self.watch(NOW + timedelta(hours=5)), [])
        self.assertEqual(self.watch(NOW + timedelta(hours=7, minutes=10)), [])
        self.assertTrue(alert.end_date)
        self.said(NOW + timedelta(hours=8), "Gagal lagi", count=15)
        self.assertEqual(self.watch(NOW + timedelta(hours=8, minutes=1)), [1], "a new rise")

    def test_new_product_has_no_usual(self):
        """R12.b: without a week of history nothing is unusual."""
        self.said(NOW - timedelta(hours=1), "Gagal masuk", count=20)
        self.assertEqual(self.watch(), [])

    def test_words_behind_low_stars(self):
        """R26.b, R28.b.1: what one and two stars are about, that the others are not."""
        channel = self.create_channel("playstore", name="App", product_id=self.product_a.id, account_ref="id.go.app")
        texts = (
            [(1, "OTP tidak masuk")] * 4 + [(2, "otp gagal")] * 2 + [(5, "Aplikasi bagus")] * 8 + [(1, "aplikasi")] * 3
        )
        self.env["helpdesk.review"].sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "store": "playstore",
                    "product_id": self.product_a.id,
                    "site_id": self.site.id,
                    "external_id": str(number),
                    "stars": stars,
                    "text": text,
                    "date": NOW - timedelta(days=number),
                    "edit_date": NOW - timedelta(days=number),
                }
                for number, (stars, text) in enumerate(texts)
            ]
        )
        found = self.find()
        self.assertEqual([(topic.kind, topic.term, topic.text_count) for topic in found], [("review", "otp", 6)])
        self.assertEqual(set(found.review_ids.mapped("stars")), {1, 2})
        self.assertEqual(found.action_open_examples()["res_model"], "helpdesk.review")

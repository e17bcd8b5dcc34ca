from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..tools import sentiment


@tagged("post_install", "-at_install")
class TestModel(BaseCase):
    """R12.b: the model that ships, on texts written for this test."""

    def test_formal_and_colloquial(self):
        model = sentiment.load()
        for text, label in (
            ("Aplikasi sangat membantu, terima kasih banyak", "positive"),
            ("mantap bgt, cepet dan gampang dipake", "positive"),
            ("Layanan ini mengecewakan dan lambat sekali", "negative"),
            ("gak bisa login, otp ga masuk terus", "negative"),
            ("SUDAH 3 KALI LAPOR TIDAK ADA JAWABAN!!!", "negative"),
            ("tidak bagus", "negative"),
            ("", "neutral"),
            ("   \n", "neutral"),
        ):
            self.assertEqual(sentiment.score(text, model).label, label, text)

    def test_negation_reaches_three_words_and_ends_with_the_clause(self):
        self.assertEqual(
            sentiment.words("tidak cepat dan mudah dipakai", {}),
            ["tidak", "NOT_cepat", "NOT_dan", "NOT_mudah", "dipakai"],
        )
        self.assertEqual(sentiment.words("belum! bagus", {}), ["belum", "!", "bagus"])
        self.assertEqual(sentiment.words("ga bgus", {"ga": "tidak", "bgus": "bagus"}), ["tidak", "NOT_bagus"])

    def test_hostile_texts(self):
        """Whatever is written, there is a label, and it does not take for ever."""
        model = sentiment.load()
        for text in ("a" * 1_000_000, "!" * 100_000, "\x00\ufffd\u202e", "😀" * 10_000, "tidak " * 50_000):
            self.assertIn(sentiment.score(text, model).label, sentiment.LABELS)

    def test_dumped_model_is_the_same(self):
        model = sentiment.Model({"bagus": [1.5, -1.0, 0.0, 1.0]}, (0.0, 0.1, 0.0), {"bgs": "bagus"})
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "model.json.gz"
        sentiment.dump(model, path, "test")
        first = path.read_bytes()
        sentiment.dump(model, path, "test")
        self.assertEqual(path.read_bytes(), first)
        again = sentiment.load.__wrapped__(path)
        self.assertEqual(sentiment.score("bgs", again), sentiment.score("bagus", model))


@tagged("post_install", "-at_install")
class TestSentiment(HelpdeskCase):
    """R12.b: what customers write is labelled behind their message, and corrected by people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket()
        cls.good = cls.customer_says(cls.ticket, "Terima kasih, petugasnya ramah dan sangat membantu")
        cls.bad = cls.customer_says(cls.ticket, "Kecewa, aplikasi lambat sekali dan tidak bisa dibuka")
        cls.agent_says(cls.ticket, "Mohon maaf atas kendalanya")
        rows = cls.env["helpdesk.event"].sudo().search_read([("ticket_id", "=", cls.ticket.id)])
        ids = ("ticket_id", "message_id", "product_id", "site_id", "channel_id", "category_id")
        cls.events = [{**row, **{name: row[name] and row[name][0] for name in ids}} for row in rows]
        cls.labels = cls.env["helpdesk.sentiment"].sudo()._score_events(cls.events)

    def test_customers_messages_only_and_once(self):
        self.assertEqual(self.labels.message_id, self.good | self.bad)
        by_message = {label.message_id: label.value for label in self.labels}
        self.assertEqual((by_message[self.good], by_message[self.bad]), ("positive", "negative"))
        self.assertEqual(self.labels.product_id, self.product_a)
        self.assertFalse(self.env["helpdesk.sentiment"].sudo()._score_events(self.events), "labelled twice")

    def test_ticket_sounds_like_its_last_message(self):
        self.assertEqual(self.ticket.sentiment, "negative")
        found = self.env["helpdesk.ticket"].with_user(self.users["agent"]).search([("sentiment", "=", "negative")])
        self.assertIn(self.ticket, found)
        self.assertNotIn(self.ticket, self.env["helpdesk.ticket"].search([("sentiment", "=", "positive")]))

    def test_correction_is_kept_beside_the_models_word(self):
        label = self.labels.filtered(lambda label: label.message_id == self.bad)
        mine = label.with_user(self.users["quality"])
        mine.corrected_label = "neutral"
        self.assertEqual(
            (label.label, label.value, label.corrected_by_id), ("negative", "neutral", self.users["quality"])
        )
        self.assertEqual(self.ticket.sentiment, "neutral")
        mine.corrected_label = False
        self.assertEqual((label.value, label.corrected_by_id.ids), ("negative", []))

    def test_rights_follow_the_ticket(self):
        stranger = self.create_user("stranger", "group_agent", products=self.product_b)
        self.assertFalse(
            self.env["helpdesk.sentiment"].with_user(stranger).search([("ticket_id", "=", self.ticket.id)])
        )
        with self.assertRaises(AccessError):
            self.labels[0].with_user(stranger).write({"corrected_label": "positive"})
        with self.assertRaises(AccessError):
            self.labels[0].with_user(self.users["analyst"]).write({"corrected_label": "positive"})

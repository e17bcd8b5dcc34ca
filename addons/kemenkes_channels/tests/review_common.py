import json
from datetime import datetime
from pathlib import Path

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase
from odoo.addons.mail.tests.common import freeze_all_time

SAMPLES = Path(__file__).parent / "samples"
# Tuesday, 24 November 2026, 02:00 UTC
MORNING = 1795485600
NOW = datetime(2026, 11, 24, 6, 0)


def load_sample(name):
    """A sample payload, such as ``google_play/reviews_list_page1``."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def play_review(number, text="Tidak bisa masuk", stars=1, at=MORNING, reply=None, **said):
    """One review as Google Play gives it.

    :param tuple reply: ``(text, seconds since 1970)`` of the developer's answer
    """
    comments = [{"userComment": {"text": text, "starRating": stars, "lastModified": {"seconds": str(at)}, **said}}]
    if reply:
        comments.append({"developerComment": {"text": reply[0], "lastModified": {"seconds": str(reply[1])}}})
    return {"reviewId": f"r{number}", "authorName": f"Pengguna {number}", "comments": comments}


class ReviewStores(HelpdeskCase):
    """One app in both stores; what comes in goes the way of the inbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviews = cls.env["helpdesk.review"]
        cls.inbox = cls.env["helpdesk.inbox.event"]
        cls.outbox = cls.env["helpdesk.outbox.message"]
        cls.env["helpdesk.review.rule"].search([]).active = False
        cls.play = cls.create_channel(
            "playstore", name="App in Play", account_ref="id.contoh.sehatkita", product_id=cls.product_a.id
        )
        cls.apple = cls.create_channel(
            "appstore", name="App at Apple", account_ref="6400000001", product_id=cls.product_a.id
        )

    @classmethod
    def take_in(cls, payload, channel=None):
        """Store one page of a store and work it off."""
        event = cls.inbox._receive_payload(channel or cls.play, json.dumps(payload).encode())
        cls.inbox._process_pending()
        return event

    @classmethod
    def take_play(cls, *items):
        """Reviews of Google Play: the records, in the order of ``items``."""
        cls.take_in({"reviews": list(items)})
        found = cls.reviews.search([("channel_id", "=", cls.play.id)])
        by_id = {review.external_id: review for review in found}
        return cls.reviews.browse(by_id[item["reviewId"]].id for item in items)

    @classmethod
    def create_rule(cls, **values):
        return cls.env["helpdesk.review.rule"].create({"name": "Bad ones", **values})

    def outbox_of(self, review):
        return self.outbox.search([("ticket_id", "=", review.ticket_id.id)], order="id")


class ReviewCase(ReviewStores):
    """The same while time stands still."""

    def setUp(self):
        super().setUp()
        frozen = freeze_all_time(NOW)
        frozen.__enter__()
        self.addCleanup(frozen.__exit__, None, None, None)

import json
import random
from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from odoo import api, fields, models
from odoo.tools import file_open

from ..providers.records import Handle, Person, Review

DAYS = 56
REVIEWS = 260
# The months before, with fewer a day.
PAST_DAYS = 182
PAST_REVIEWS = 240
# How many of a hundred give one to five stars: before the outage of the last weeks' version, and after.
STARS_BEFORE, STARS_AFTER = (14, 9, 12, 20, 45), (38, 16, 11, 12, 23)
ANSWERED_PERCENT = 62
PAST_ANSWERED_PERCENT = 90
# The last ones have not been seen by anybody yet.
FRESH_HOURS = 5


class HelpdeskDemo(models.AbstractModel):
    """Half a year of app reviews, most of them answered, a few edited."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_reviews(self, now=None):
        """Write the demo's reviews, once.

        :return: the reviews
        """
        reviews = self.env["helpdesk.review"]
        now = now or fields.Datetime.now()
        channels = [self.env.ref(f"kemenkes_channels.demo_channel_{kind}") for kind in ("playstore", "appstore")]
        if reviews.search_count([("channel_id", "in", [channel.id for channel in channels])], limit=1):
            return reviews
        self._make_demo_key(channels[1])
        told = reviews._take(self._tell_reviews(channels, now))
        # of the older ones nobody made tickets
        fresh = reviews.browse(
            review.id for review, news in told if news == "new" and review.date > now - timedelta(days=6)
        )
        fresh.filtered(lambda review: review.state == "unanswered")._follow_rules()
        return reviews.browse(review.id for review, _news in told)

    def _make_demo_key(self, channel):
        """The App Store we play wants a signature like the real one; a key of its own for each demo."""
        key = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        values = {"key_id": "DEMO000001", "private_key": key.decode()}
        for option in channel.option_ids:
            option.value = values.get(option.name)

    def _tell_reviews(self, channels, now):
        """``[(helpdesk.channel, records.Review), …]``, the oldest first; the same day tells the same."""
        chance = random.Random(f"reviews {now:%Y-%m-%d}")
        with file_open("kemenkes_channels/demo/reviews.json") as file:
            script = json.load(file)
        found = []
        for number, date in enumerate(self._tell_dates(chance, now)):
            channel = channels[chance.random() < 0.25]
            found.append((channel, self._tell_review(chance, script, channel, number, date, now)))
        edits = [(channel, self._edit(record, script, now)) for channel, record in found[-60:-20:13]]
        return sorted([*found, *edits], key=lambda pair: pair[1].date)

    def _tell_dates(self, chance, now):
        for first, last, count in ((PAST_DAYS, DAYS, PAST_REVIEWS), (DAYS, 0, REVIEWS)):
            for number in range(count):
                days = first - (first - last) * number / count
                yield now - timedelta(days=days, minutes=chance.randrange(600)) - timedelta(minutes=20)

    def _tell_review(self, chance, script, channel, number, date, now):
        days = PAST_DAYS - (now - date).days
        version = [name for first, name in script["versions"] if first <= days][-1]
        weights = STARS_AFTER if version == "5.2.0" else STARS_BEFORE
        stars = chance.choices(range(1, 6), weights)[0]
        words = chance.choice(script["words"][str(stars)])
        external_id = f"demo-{number}"
        is_android = channel.kind == "playstore"
        reply, reply_date = self._tell_reply(chance, script, stars, date, now)
        stamp = f"{int(date.timestamp())}.000"
        title, text = ("", words) if is_android else (words.split(",")[0].rstrip(".!"), words)
        return Review(
            key="+".join([f"{external_id}@{stamp}", *(["jawaban"] if reply else [])]),
            date=date.replace(microsecond=0),
            external_id=external_id,
            sender=Person((Handle(channel.kind, external_id),), chance.choice(script["names"])),
            stars=stars,
            title=title,
            text=text,
            language="id",
            territory="" if is_android else "IDN",
            app_version=version,
            os_version=f"Android API {chance.choice((31, 33, 34))}" if is_android else "",
            device=chance.choice(script["devices"]) if is_android else "",
            helpful_count=chance.choice((0, 0, 0, 1, 2, 7)) if stars < 3 else 0,
            created_date=date.replace(microsecond=0),
            reply=reply,
            reply_date=reply_date,
            reply_state="published" if reply else "",
        )

    def _tell_reply(self, chance, script, stars, date, now):
        hours = chance.triangular(0.3, 30, 2)
        answered = (date + timedelta(hours=hours)).replace(microsecond=0)
        percent = ANSWERED_PERCENT if date > now - timedelta(days=DAYS) else PAST_ANSWERED_PERCENT
        is_answered = chance.random() * 100 < percent and answered < now - timedelta(hours=FRESH_HOURS)
        if not is_answered:
            return "", None
        return chance.choice(script["answers"]["bad" if stars < 4 else "good"]), answered

    def _edit(self, record, script, now):
        """The same reviewer, some days later, content."""
        date = min(record.date + timedelta(days=3), now - timedelta(hours=1)).replace(microsecond=0)
        return replace(
            record,
            key=f"{record.external_id}@{int(date.timestamp())}.000",
            date=date,
            stars=4,
            title="",
            text=script["edited"],
            reply="",
            reply_date=None,
            reply_state="",
        )

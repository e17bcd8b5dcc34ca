"""The months before the four weeks of :mod:`story`: told from the same scripts, fewer tickets the longer ago it is.

Everything told here has come to its end: it gives the figures a past, and the queues nothing to do.
"""

import random
from datetime import timedelta

from .story import DAYS, Teller

PAST_DAYS = 182
# How many write in at the beginning, compared with the end.
FIRST_SHARE = 0.35
OUTAGE_DAYS_AGO = 95
OUTAGE_TICKETS = 24
# Who writes where people talk; offices, hospitals and vendors write mails.
CHATTING = ("citizen", "citizen_en", "health", "staff")


def tell_past(now, count, shares):
    """The stories of the months before the last four weeks, oldest first.

    :param datetime now: as for :func:`story.tell`
    :param int count: how many stories
    :param dict shares: ``{kind of channel: (percent at the beginning, at the end)}`` of citizens' stories; the others
        keep the channel of their script
    """
    return PastTeller(now, shares).tell(count)


class PastTeller(Teller):
    """Draws stories that have ended by now."""

    def __init__(self, now, shares):
        super().__init__(now)
        self.chance = random.Random(f"kemenkes past {now:%Y-%m-%d}")
        self.begin = self.now - timedelta(days=PAST_DAYS)
        self.shares = shares
        self.every_day = [script for script in self.every_day if _comes_to_an_end(script)]
        self.incident_start = self._incident_on_a_tuesday(OUTAGE_DAYS_AGO)

    def tell(self, count):
        stories = self._tell_ended(count - OUTAGE_TICKETS, OUTAGE_TICKETS)
        return sorted(stories, key=lambda story: story.start)

    def _draw_starts(self, count):
        hours = [self.begin + timedelta(hours=number) for number in range((PAST_DAYS - DAYS) * 24)]
        drawn = self.chance.choices(hours, [self._traffic(hour) * self._growth(hour) for hour in hours], k=count)
        return [hour + timedelta(minutes=self.chance.uniform(0, 60)) for hour in drawn]

    def _progress(self, when):
        """0 at the beginning, 1 at the end."""
        return (when - self.begin) / timedelta(days=PAST_DAYS - DAYS)

    def _growth(self, when):
        return FIRST_SHARE + (1 - FIRST_SHARE) * self._progress(when)

    def _channel(self, script, start):
        if script["customer"] not in CHATTING:
            return super()._channel(script, start)
        progress, drawn = self._progress(start), self.chance.uniform(0, 100)
        for kind, (first, last) in self.shares.items():
            drawn -= first + (last - first) * progress
            if drawn < 0:
                return kind
        return super()._channel(script, start)


def _comes_to_an_end(script):
    last = script["steps"][-1]
    return last["do"] == "close" or last.get("then") == "wait"

"""Working time as arithmetic: plain Python, no Odoo, whole seconds since 1970-01-01 UTC.

A calendar is read as lists of working intervals, one list for each stretch of :data:`STRETCH` seconds, so that a
deadline of any distance is found without knowing beforehand how far to read, and without reading a stretch twice.
Around the clock nothing is read at all.

``resource.calendar._working_time`` makes these from Odoo's calendars.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import accumulate

EPOCH = datetime(1970, 1, 1)
DAY = 24 * 60 * 60
STRETCH = 91 * DAY
# A calendar that has no working second for so many stretches (almost two years) has none.
EMPTY_STRETCHES = 8


def to_seconds(moment):
    """Whole seconds since 1970 of a naive UTC ``datetime``, as the database holds it; fractions are cut off."""
    passed = moment - EPOCH
    return passed.days * DAY + passed.seconds


def from_seconds(seconds):
    """The naive UTC ``datetime`` of whole seconds since 1970."""
    return EPOCH + timedelta(seconds=seconds)


def merge(intervals):
    """Intervals in order, without overlaps, touching ones joined, empty ones left out.

    :param intervals: ``(start, end)`` in seconds, in any order
    :return: list of ``(start, end)``
    """
    merged = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def subtract(intervals, others):
    """What is left of merged ``intervals`` without ``others`` (in any order).

    :return: list of ``(start, end)``, merged
    """
    left = []
    others = merge(others)
    for start, end in intervals:
        begin = start
        for other_start, other_end in clip(others, start, end):
            left.append((begin, other_start))
            begin = other_end
        left.append((begin, end))
    return [(start, end) for start, end in left if start < end]


def clip(intervals, start, end):
    """The parts of merged ``intervals`` between ``start`` and ``end``."""
    return [(max(start, one), min(end, other)) for one, other in intervals if one < end and other > start]


class AroundTheClock:
    """Every second is working time."""

    def seconds_between(self, start, end):
        """Seconds from ``start`` to ``end``; 0 when ``end`` is not later."""
        return max(end - start, 0)

    def add_seconds(self, start, seconds):
        """The moment ``seconds`` after ``start``.

        :raise ValueError: ``seconds`` is negative
        """
        _refuse_negative(seconds)
        return start + seconds


class WorkingTime:
    """The working time of one calendar.

    :param read: function of the number of a stretch (it begins at number times :data:`STRETCH`) that returns its
        :class:`Stretch`; asked once for each number as long as this object lives
    """

    def __init__(self, read):
        self._read = read
        self._stretches = {}

    def seconds_between(self, start, end):
        """Working seconds from ``start`` to ``end``; 0 when ``end`` is not later."""
        if end <= start:
            return 0
        first, last = start // STRETCH, end // STRETCH
        if first == last:
            return self._stretch(first).worked(end) - self._stretch(first).worked(start)
        between = sum(self._stretch(number).total for number in range(first + 1, last))
        return (
            self._stretch(first).total - self._stretch(first).worked(start) + between + self._stretch(last).worked(end)
        )

    def add_seconds(self, start, seconds):
        """The first moment at which ``seconds`` of working time have passed since ``start``.

        :return: seconds since 1970, or None when the calendar never has that much working time
        :raise ValueError: ``seconds`` is negative
        """
        _refuse_negative(seconds)
        if not seconds:
            return start
        number = start // STRETCH
        # counted from the beginning of the first stretch
        wanted = self._stretch(number).worked(start) + seconds
        empty = 0
        while empty < EMPTY_STRETCHES:
            stretch = self._stretch(number)
            if wanted <= stretch.total:
                return stretch.moment(wanted)
            wanted -= stretch.total
            empty = 0 if stretch.total else empty + 1
            number += 1
        return None

    def _stretch(self, number):
        if number not in self._stretches:
            self._stretches[number] = self._read(number)
        return self._stretches[number]


class Stretch:
    """Merged working intervals of a limited time, with sums, so that each question is one binary search."""

    __slots__ = ("_ends", "_starts", "_sums", "total")

    def __init__(self, intervals):
        self._starts = tuple(start for start, _end in intervals)
        self._ends = tuple(end for _start, end in intervals)
        self._sums = (0, *accumulate(end - start for start, end in intervals))
        self.total = self._sums[-1]

    def worked(self, moment):
        """Working seconds from the beginning of the stretch to ``moment``."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._sums[index] + min(moment, self._ends[index]) - self._starts[index]

    def moment(self, worked):
        """The first moment at which ``worked`` seconds (1 to ``total``) have passed since the beginning."""
        index = bisect_right(self._sums, worked - 1) - 1
        return self._starts[index] + worked - self._sums[index]


def _refuse_negative(seconds):
    if seconds < 0:
        raise ValueError("A time to work is not negative.")

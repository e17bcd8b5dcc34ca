"""Who worked on what, from signs of work that overlap, repeat and come in any order: plain Python, no Odoo.

A sign says that an agent worked on a ticket from one moment to another. An agent works on one ticket at a time: where
signs of several tickets overlap, the agent is on the call, else on the ticket turned to last. Times are whole seconds
since 1970 UTC.
"""

import itertools
from typing import NamedTuple

from .working_time import subtract

# Signs of the same work that are so close together are one stretch: messages take time to arrive.
JOINED_SECONDS = 5
# Whoever works longer without a break is counted in parts, so that figures of the day are not hours behind.
LONGEST_SECONDS = 60 * 60
# Talking goes before looking at another ticket meanwhile.
RANKS = {"call": 1}


class Sign(NamedTuple):
    """``place`` is the team that the ticket was with."""

    start: int
    stop: int
    ticket: int
    source: str
    place: int


def settled_until(signs, final):
    """The moment up to which the work that ``signs`` tell of can be counted for good.

    :param signs: of one agent
    :param int final: no sign of an earlier moment will come any more
    :return: a moment, not after ``final``, that no stretch of work goes on over, unless it is longer than
        :data:`LONGEST_SECONDS`; None: nothing can be counted yet
    """
    settled = None
    for start, stop in _busy(signs):
        if stop + JOINED_SECONDS <= final:
            settled = stop
        elif start + LONGEST_SECONDS < final:
            settled = final
    return settled


def one_at_a_time(signs, counted=()):
    """The work that ``signs`` tell of, as intervals that don't overlap.

    :param signs: of one agent, in any order, with repeats
    :param counted: intervals ``(start, stop)`` that were counted before
    :return: list of :class:`Sign`, in order
    """
    stretches = _stretches(signs)
    moments = sorted({moment for stretch in stretches for moment in (stretch.start, stretch.stop)})
    work = []
    for start, stop in itertools.pairwise(moments):
        during = [stretch for stretch in stretches if stretch.start <= start and stretch.stop >= stop]
        if not during:
            continue
        on = max(during, key=lambda stretch: (RANKS.get(stretch.source, 0), stretch.start, stretch))
        last = work[-1] if work else None
        if last and last.stop == start and (last.ticket, last.source) == (on.ticket, on.source):
            work[-1] = last._replace(stop=stop)
        else:
            work.append(on._replace(start=start, stop=stop))
    return [
        sign._replace(start=start, stop=stop)
        for sign in work
        for start, stop in subtract([(sign.start, sign.stop)], counted)
    ]


def cut_at(start, stop, moments):
    """``(start, stop)`` cut at each of ``moments`` (in order) that lies within."""
    edges = [start, *(moment for moment in moments if start < moment < stop), stop]
    return list(itertools.pairwise(edges))


def until(signs, moment):
    """The signs up to ``moment``; those that go on over it are cut."""
    return [sign._replace(stop=min(sign.stop, moment)) for sign in signs if sign.start < moment]


def _stretches(signs):
    """Signs of the same ticket and source, joined; the place is that where a stretch begins."""
    stretches = []
    for sign in sorted(set(signs), key=lambda one: (one.ticket, one.source, one)):
        last = stretches[-1] if stretches else None
        if (
            last
            and (last.ticket, last.source) == (sign.ticket, sign.source)
            and sign.start <= last.stop + JOINED_SECONDS
        ):
            stretches[-1] = last._replace(stop=max(last.stop, sign.stop))
        else:
            stretches.append(sign)
    return stretches


def _busy(signs):
    """Times without a break, as ``(start, stop)``: stretches that overlap are one; those that touch are not."""
    busy = []
    for stretch in sorted(_stretches(signs)):
        if busy and stretch.start < busy[-1][1]:
            busy[-1] = (busy[-1][0], max(busy[-1][1], stretch.stop))
        else:
            busy.append((stretch.start, stretch.stop))
    return busy

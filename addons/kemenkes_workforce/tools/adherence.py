"""What was planned against what was: plain Python, no Odoo. Moments are naive UTC.

Adherence is the share of planned time in which the agent was in, whatever they did then (ready, busy, on a break): the
roster says when somebody is at work, not what they do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Adherence:
    """A planned duty and how it went; seconds.

    ``state`` is "kept", "late", "early" (left early), "late_early", "interrupted" (there at both ends, gone in between)
    or "missing"; ``late`` and ``early`` say by how much, also when it was within what is tolerated.
    """

    start: datetime
    stop: datetime
    present: int
    late: int
    early: int
    state: str

    @property
    def planned(self):
        """Seconds that were planned."""
        return int((self.stop - self.start).total_seconds())

    @property
    def share(self):
        """Of the planned time, 0 to 1."""
        return self.present / self.planned if self.planned else 1.0


def merge(intervals):
    """Intervals in order, without overlaps, touching ones joined."""
    merged = []
    for start, stop in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def measure(start, stop, real, tolerance=300):
    """How a duty went.

    :param datetime start: planned
    :param datetime stop: planned, later than ``start``
    :param real: (start, stop) in which the agent was in, of any days, in any order, may overlap
    :param int tolerance: seconds of being late, early or gone in between that nobody minds
    :return: :class:`Adherence`
    """
    inside = [(max(start, begun), min(stop, ended)) for begun, ended in merge(real) if begun < stop and ended > start]
    planned = int((stop - start).total_seconds())
    if not inside:
        return Adherence(start, stop, 0, planned, 0, "missing")
    present = int(sum((ended - begun for begun, ended in inside), timedelta()).total_seconds())
    late = int((inside[0][0] - start).total_seconds())
    early = int((stop - inside[-1][1]).total_seconds())
    words = [word for word, seconds in (("late", late), ("early", early)) if seconds > tolerance]
    gone = planned - present - late - early
    state = "_".join(words) or ("interrupted" if gone > tolerance else "kept")
    return Adherence(start, stop, present, late, early, state)

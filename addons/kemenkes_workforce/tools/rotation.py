"""A month filled from a rotation: plain Python, no Odoo."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from . import roster

# What stands for a day off in a rotation.
DAY_OFF = "-"


@dataclass(frozen=True)
class Shift:
    """A shift as the rotation needs it. ``maximum`` 0: any number of agents."""

    key: int
    start_hour: float
    hours: float
    maximum: int = 0


@dataclass(frozen=True)
class Skipped:
    """A day of the rotation on which an agent could not be planned, and the rule that kept them from it.

    ``rule`` is one of :class:`~.roster.Violation`, or "full" for a shift that has its most agents already.
    """

    agent: int
    day: date
    shift: int
    rule: str


def read_cycle(text):
    """The codes of a rotation: ``"P P S S M - -"`` → ``["P", "P", "S", "S", "M", "-", "-"]``.

    :param str text: codes of shifts and hyphens for days off, separated by blanks
    :return: list of codes
    """
    return (text or "").split()


def rotate(cycle, agents, days, zone, limits, known=(), absences=(), anchor=date(2024, 1, 1)):
    """Who works when, by a rotation in which each agent begins where the agents before are spread out.

    Whoever can't work a day without breaking a rule has that day off; nobody is put on another shift instead, so the
    proposal stays the rotation that people know.

    :param list cycle: :class:`Shift` or None for a day off, one for each day of the rotation
    :param list agents: ids, in the order in which they enter the rotation
    :param list days: the days to fill
    :param str zone: name of the site's time zone
    :param Limits limits: what may be asked of an agent
    :param known: :class:`~.roster.Duty` that stand already: of these agents, and others' on these shifts, the shift as
        ``key``
    :param absences: :class:`~.roster.Absence`
    :param date anchor: day on which the first agent begins the cycle, so that months follow on each other
    :return: list of :class:`~.roster.Duty` with the shift as ``key``, and list of :class:`Skipped`
    """
    taken = Counter((duty.key, duty.day) for duty in known)
    own = {agent: [duty for duty in known if duty.agent == agent] for agent in agents}
    planned, skipped = [], []
    for day in days:
        for number, agent in enumerate(agents):
            offset = number * len(cycle) // len(agents)
            shift = cycle[((day - anchor).days + offset) % len(cycle)]
            if shift is None:
                continue
            duty = roster.Duty(shift.key, agent, day, *roster.shift_times(day, shift.start_hour, shift.hours, zone))
            near = [other for other in own[agent] if abs((other.day - day).days) <= roster.DAYS_OF_A_WEEK]
            if shift.maximum and taken[shift.key, day] >= shift.maximum:
                skipped.append(Skipped(agent, day, shift.key, "full"))
            elif broken := roster.violations([*near, duty], limits, absences):
                skipped.append(Skipped(agent, day, shift.key, broken[0].rule))
            else:
                planned.append(duty)
                own[agent].append(duty)
                taken[shift.key, day] += 1
    return planned, skipped

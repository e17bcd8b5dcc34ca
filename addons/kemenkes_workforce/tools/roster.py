"""The rules of a roster: plain Python, no Odoo.

Moments are naive UTC, as the database holds them; days are those of the site, and a shift belongs to the day on which
it starts there, so a night shift that ends on the next morning counts once.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HOUR_SECONDS = 3600
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class Duty:
    """An agent at work on one shift."""

    key: object  # what the caller knows it by
    agent: int
    day: date
    start: datetime
    stop: datetime

    @property
    def hours(self):
        """How long it lasts."""
        return (self.stop - self.start).total_seconds() / HOUR_SECONDS


@dataclass(frozen=True)
class Absence:
    """An agent is on leave from the first to the last day, both included."""

    agent: int
    first: date
    last: date


@dataclass(frozen=True)
class Limits:
    """What may be asked of an agent."""

    days_a_week: int = 5
    hours_a_day: float = 8
    rest_hours: float = 11


@dataclass(frozen=True)
class Violation:
    """A duty that breaks a rule.

    ``rule`` is "overlap", "rest", "hours", "days" or "leave"; ``other`` the duty it collides with (overlap, rest) or
    None; ``figure`` what was found: hours of rest or of the day, days of the week.
    """

    rule: str
    duty: Duty
    other: Duty | None = None
    figure: float = 0


def shift_times(day, start_hour, hours, zone):
    """When a shift of a day starts and stops.

    :param date day: at the site
    :param float start_hour: by the clock on the wall of the site, 0 to below 24; 22.5 is half past ten in the evening
    :param float hours: how long the shift lasts
    :param str zone: name of the site's time zone
    :return: start and stop, naive UTC; where clocks are put on or back the shift still lasts ``hours``
    """
    wall = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(hours=start_hour)
    start = wall.astimezone(timezone.utc).replace(tzinfo=None)
    return start, start + timedelta(hours=hours)


def local_day(moment, zone):
    """The day at the site of a naive UTC moment."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def nearest_shift(moment, start_hours, zone):
    """The shift that starts closest to a moment, for what is dropped anywhere on a calendar.

    :param datetime moment: naive UTC
    :param dict start_hours: shift → hour at which it starts, not empty
    :param str zone: name of the site's time zone
    :return: the shift and the day on which it starts; of two equally near ones the earlier
    """
    today = local_day(moment, zone)
    candidates = [
        (start, day, shift)
        for day in (today + timedelta(days=days) for days in (-1, 0, 1))
        for shift, hour in start_hours.items()
        for start in [shift_times(day, hour, 0, zone)[0]]
    ]
    _start, day, shift = min(candidates, key=lambda candidate: (abs(candidate[0] - moment), candidate[0]))
    return shift, day


def monday(day):
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def month_days(first):
    """The days of the month that begins on ``first``.

    :return: list of ``date``
    """
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return [first + timedelta(days=number) for number in range((following - first).days)]


def violations(duties, limits, absences=()):
    """What is wrong with the duties of any number of agents.

    :param duties: :class:`Duty`, in any order
    :param Limits limits: what may be asked of an agent
    :param absences: :class:`Absence`
    :return: list of :class:`Violation`, agent by agent in order of time; the later of two colliding duties is blamed
    """
    by_agent = defaultdict(list)
    for duty in duties:
        by_agent[duty.agent].append(duty)
    leaves = defaultdict(list)
    for absence in absences:
        leaves[absence.agent].append(absence)
    found = []
    for agent, own in by_agent.items():
        own.sort(key=lambda duty: (duty.start, duty.stop))
        found += _collisions(own, limits)
        found += _long_days(own, limits)
        found += _long_weeks(own, limits)
        found += [
            Violation("leave", duty)
            for duty in own
            if any(absence.first <= duty.day <= absence.last for absence in leaves[agent])
        ]
    return found


def _collisions(own, limits):
    found = []
    last = None
    for duty in own:
        if last:
            rest = (duty.start - last.stop).total_seconds() / HOUR_SECONDS
            if rest < 0:
                found.append(Violation("overlap", duty, last))
            elif rest < limits.rest_hours:
                found.append(Violation("rest", duty, last, rest))
        # a short duty within a long one does not end the long one
        if not last or duty.stop > last.stop:
            last = duty
    return found


def _long_days(own, limits):
    hours = defaultdict(float)
    found = []
    for duty in own:
        hours[duty.day] += duty.hours
        if hours[duty.day] > limits.hours_a_day:
            found.append(Violation("hours", duty, figure=hours[duty.day]))
    return found


def _long_weeks(own, limits):
    days = defaultdict(set)
    found = []
    for duty in own:
        week = days[monday(duty.day)]
        if duty.day in week:
            continue
        week.add(duty.day)
        if len(week) > limits.days_a_week:
            found.append(Violation("days", duty, figure=len(week)))
    return found

"""The clocks of one ticket: plain Python, no Odoo. What the ledger says, and the policies, give due times and results.

Nothing is counted up while time passes. A clock is worked out from the facts of the ticket whenever it is asked for, so
it comes out the same whoever asks, whenever, and in whatever order things were written down.

All times are whole seconds since 1970, UTC. The rules:

* ``first_response``: from the ticket's beginning to the first reply of a person.
* ``next_response``: from each word of the customer after that, to the next reply; one clock for each wait of each
  customer, see :mod:`.waiting`.
* ``first_touch_resolution``: from the beginning to the solution, with one reply, in the first tier, for good.
* ``tier_resolution``: the time a ticket spends in a tier until it is solved; one clock for each tier, which stands
  still while the ticket is with another. Handing it to and fro doesn't start it anew.
* ``full_resolution``: from the beginning to the solution; a reopened ticket goes on where it stopped.

A clock stands still in the kinds of stage that its policy names, and in done ones. While it is open, the first policy
that fits the ticket as it is now decides, over the whole life of the clock. What has become late stays late: a change
of category or priority after the due time doesn't undo it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from .facts import CANCELLED, DONE, REACHED, State
from .waiting import Conversation, follow

FIRST_RESPONSE = "first_response"
NEXT_RESPONSE = "next_response"
FIRST_TOUCH = "first_touch_resolution"
TIER_RESOLUTION = "tier_resolution"
FULL_RESOLUTION = "full_resolution"
TARGETS = (FIRST_RESPONSE, NEXT_RESPONSE, FIRST_TOUCH, TIER_RESOLUTION, FULL_RESOLUTION)

ONGOING, PAUSED, FAILED = "ongoing", "paused", "failed"

# Why a clock ran out: with whom the ticket was at that moment.
UNASSIGNED, AGENT, NEXT_TIER, COLLEAGUES, CUSTOMER, TOUCHES = (
    "unassigned", "agent", "next_tier", "colleagues", "customer", "touches",
)  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """One version of a policy, ready to be compared with states."""

    version: int
    sla: int
    target: str
    seconds: int
    pauses: frozenset = frozenset()
    # percent, ascending
    warnings: tuple = ()
    # which hours count; read by the caller's ``working_time`` only
    hours: object = None
    # (field of State, values one of which it must have); of tags and groups, one of them
    conditions: tuple = ()
    sequence: int = 10

    def fits(self, state):
        """Whether the policy is about a ticket in this state."""
        for name, allowed in self.conditions:
            value = getattr(state, name)
            if isinstance(value, frozenset):
                if not value & allowed:
                    return False
            elif value not in allowed:
                return False
        return True


@dataclass
class Clock:
    """One clock as it stands; times are None where there are none."""

    target: str
    # tells clocks of one target apart: the number of the wait, the tier, else 0
    number: int
    policy: Policy
    start: int
    state: str
    # still waited for, whether late or not
    is_open: bool
    due: int = None
    reached: int = None
    ended: int = None
    # counted seconds; of an open clock, up to the last thing that happened
    elapsed: int = 0
    pauses: list = field(default_factory=list)
    # (percent, moment) of the warnings of a running clock
    warnings: list = field(default_factory=list)
    # how the ticket stood when the clock ended, or stands
    last: State = None
    # of a clock that has failed: with whom the ticket was then
    cause: str = None

    @property
    def breached(self):
        """When a clock that has failed did so: at its due time, or when what it waited for became impossible."""
        if self.ended is None or (self.due is not None and self.due < self.ended):
            return self.due
        return self.ended

    @property
    def result_at(self):
        """To which moment the result counts: None while there is none. A breach doesn't move when it ends."""
        return {REACHED: self.reached, FAILED: self.breached}.get(self.state)


class Segment(NamedTuple):
    """The time between two facts; ``end`` is None for the one that lasts."""

    start: int
    end: int
    state: State
    # whatever the policy says: nothing counts
    stopped: bool
    # the ticket is elsewhere: its state says nothing about this clock
    away: bool = False


class Wait(NamedTuple):
    """What is waited for: from when, until when, and what came of it."""

    target: str
    number: int
    start: int
    end: int
    outcome: str


def was_open_at(facts, moment):
    """Whether the ticket was there and not done at ``moment``."""
    state = None
    for fact in facts:
        if fact.at > moment:
            break
        state = fact.state
    return state is not None and state.stage_kind not in DONE


def governing(book, facts, end=None):
    """The policies that govern a clock of a ticket, in their order.

    :param book: of each policy its versions, newest first: ``(valid from, open from or None, Policy or None)``
    :param facts: of the ticket, oldest first
    :param int end: when the clock ended; what had ended before a version was applied to open tickets stays as it was
    :return: list of :class:`Policy`
    """
    policies = []
    for versions in book:
        for valid_from, open_from, policy in versions:
            if valid_from <= facts[0].at or _was_running_at(facts, end, open_from):
                if policy:
                    policies.append(policy)
                break
    return sorted(policies, key=lambda policy: (policy.sequence, policy.sla))


def _was_running_at(facts, end, moment):
    return moment is not None and (end is None or end > moment) and was_open_at(facts, moment)


def run(facts, book, working_time, now):
    """All clocks of a ticket.

    :param facts: list of :class:`Fact`, oldest first
    :param book: versions of policies, as for :func:`governing`: for each target the first that fits decides
    :param working_time: function of ``(policy, state)`` that returns what ``seconds_between`` and ``add_seconds`` are
        asked of
    :param int now: the present; an open clock whose due time is before it has failed
    :return: list of :class:`Clock`; a wait that no policy is about has none
    """
    if not facts:
        return []
    segments = _segments(facts)
    governing_at = _governing_by_end(book, facts)
    clocks = []
    for target in TARGETS:
        for wait in WAITS[target](facts):
            candidates = [policy for policy in governing_at(wait.end) if policy.target == target]
            clock = candidates and _run_one(wait, _segments_of(wait, segments), candidates, working_time, now)
            if clock:
                clock.last = _last_state(wait, facts)
                clocks.append(clock)
    return clocks


def _governing_by_end(book, facts):
    """:func:`governing` as a function of the end; worked out once where no version was applied to open tickets."""
    always = governing(book, facts)
    if not any(open_from for versions in book for _valid_from, open_from, _policy in versions):
        return lambda _end: always
    return lambda end: always if end is None else governing(book, facts, end)


def _segments(facts):
    ends = [fact.at for fact in facts[1:]] + [None]
    return [
        Segment(fact.at, end, fact.state, fact.state.stage_kind in DONE) for fact, end in zip(facts, ends, strict=True)
    ]


def _segments_of(wait, segments):
    """The segments between beginning and end of ``wait``, cut where it begins and ends."""
    cut = []
    for segment in segments:
        if segment.end is not None and segment.end < wait.start:
            continue
        # how the ticket stood before the end decides, not what changed with it
        if wait.end is not None and segment.start >= wait.end and cut:
            break
        end = segment.end if wait.end is None or (segment.end is not None and segment.end < wait.end) else wait.end
        away = wait.target == TIER_RESOLUTION and segment.state.tier != wait.number
        start = max(wait.start, segment.start)
        cut.append(Segment(start, end, segment.state, segment.stopped or away, away))
    return cut


def _last_state(wait, facts):
    """How the ticket stood when the wait ended, or stands; of a tier, when it was last there."""
    states = [fact.state for fact in facts if wait.end is None or fact.at <= wait.end]
    if wait.target == TIER_RESOLUTION:
        states = [state for state in states if state.tier == wait.number]
    return states[-1]


# WHAT IS WAITED FOR


def _solution(facts):
    """``(moment, outcome)`` of the ticket's end as it stands now: solved, merged away, or ``(None, None)``."""
    solved = merged = None
    for fact in facts:
        if fact.kind in DONE or (fact.kind == "created" and fact.state.stage_kind in DONE):
            solved = fact.at if solved is None else solved
        elif fact.kind == "reopened":
            solved = None
        elif fact.leaves:
            merged = fact.at if fact.kind == "merged" else None
    if solved is not None:
        return solved, REACHED
    return merged, None if merged is None else CANCELLED


def _wait_for_first_response(facts):
    start = facts[0].at
    conversation = Conversation()
    for fact in facts:
        conversation.follow(fact)
        if conversation.is_answered:
            return [Wait(FIRST_RESPONSE, 0, start, fact.at, REACHED)]
    end, _outcome = _solution(facts)
    # solved without a word: nobody was answered, and nobody waits any more
    return [Wait(FIRST_RESPONSE, 0, start, end, None if end is None else CANCELLED)]


def _wait_for_next_responses(facts):
    return [
        Wait(NEXT_RESPONSE, number, wait.since, wait.end, wait.outcome)
        for number, wait in enumerate(follow(facts).waits, start=1)
    ]


def _wait_for_first_touch(facts):
    start, first_tier = facts[0].at, facts[0].state.tier
    replies, solved = 0, False
    for fact in facts:
        solved = solved or fact.kind in DONE
        replies += fact.kind == "message_out" and not fact.is_copy and not solved
        went_on = replies > 1 or fact.kind == "reopened" or (fact.state.tier or 0) > (first_tier or 0)
        if went_on:
            return [Wait(FIRST_TOUCH, 0, start, fact.at, FAILED)]
    end, outcome = _solution(facts)
    return [Wait(FIRST_TOUCH, 0, start, end, outcome)]


def _wait_for_tiers(facts):
    end, outcome = _solution(facts)
    starts = {}
    for fact in facts:
        if fact.state.tier and (end is None or fact.at < end or not starts):
            starts.setdefault(fact.state.tier, fact.at)
    return [Wait(TIER_RESOLUTION, tier, start, end, outcome) for tier, start in starts.items()]


def _wait_for_solution(facts):
    end, outcome = _solution(facts)
    return [Wait(FULL_RESOLUTION, 0, facts[0].at, end, outcome)]


WAITS = {
    FIRST_RESPONSE: _wait_for_first_response,
    NEXT_RESPONSE: _wait_for_next_responses,
    FIRST_TOUCH: _wait_for_first_touch,
    TIER_RESOLUTION: _wait_for_tiers,
    FULL_RESOLUTION: _wait_for_solution,
}


# COUNTING


class Count:
    """How much of a policy's time has passed, segment by segment."""

    def __init__(self, policy, hours):
        self.policy, self.hours = policy, hours
        self.elapsed = 0
        self.due = None
        self.is_late = False
        self.is_running = False
        self.since = None
        self.pauses = []

    def add(self, segment):
        """Let the time of ``segment`` pass."""
        self.is_running = not segment.stopped and segment.state.stage_kind not in self.policy.pauses
        if not self.is_running:
            self._pause(segment)
            return
        self.since = segment.start
        left = self.policy.seconds - self.elapsed
        if segment.end is None:
            if not self.is_late:
                self.due = self.hours.add_seconds(segment.start, max(left, 0))
            return
        worked = self.hours.seconds_between(segment.start, segment.end)
        self.elapsed += worked
        if not self.is_late and worked >= left:
            due = self.hours.add_seconds(segment.start, left)
            # with nothing left the clock may have been stopped on the very second
            self.is_late = due < segment.end
            self.due = due if self.is_late else None

    def _pause(self, segment):
        if segment.start == segment.end:
            return
        if self.pauses and self.pauses[-1][1] == segment.start:
            self.pauses[-1] = (self.pauses[-1][0], segment.end)
        else:
            self.pauses.append((segment.start, segment.end))

    def due_after(self, end):
        """When the time would have been up, had the clock run on after ``end``."""
        if self.is_late:
            return self.due
        return self.hours.add_seconds(end, self.policy.seconds - self.elapsed)

    def warnings(self):
        """``[(percent, moment)]`` of a clock that runs: when so much of its time will have passed, or had."""
        moments = []
        for percent in self.policy.warnings:
            needed = -(-self.policy.seconds * percent // 100) - self.elapsed
            moments.append((percent, self.hours.add_seconds(self.since, max(needed, 0))))
        return moments


def _run_one(wait, segments, candidates, working_time, now):
    count, chosen, state, passed = None, None, None, []
    for segment in segments:
        if segment.state != state and not segment.away and not (count and count.is_late):
            state = segment.state
            policy = next((one for one in candidates if one.fits(state)), None)
            choice = policy and (policy, policy.hours and state.site)
            if choice != chosen:
                chosen = choice
                count = policy and _recount(policy, working_time(policy, state), passed)
        passed.append(segment)
        if count:
            count.add(segment)
    if not count:
        return None
    clock = Clock(wait.target, wait.number, count.policy, wait.start, ONGOING, True, count.due, elapsed=count.elapsed)
    clock.pauses = count.pauses
    clock = _end(clock, count, wait) if wait.end is not None else _go_on(clock, count, now)
    if clock.state == FAILED:
        clock.cause = _cause(clock, wait, segments)
    return clock


def _cause(clock, wait, segments):
    """With whom the ticket was when the time ran out."""
    if wait.outcome == FAILED and clock.breached == wait.end:
        return TOUCHES
    state = next(segment.state for segment in reversed(segments) if segment.start <= clock.breached)
    if state.stage_kind == "waiting_customer":
        return CUSTOMER
    if (state.tier or 0) > (segments[0].state.tier or 0) or (wait.target == TIER_RESOLUTION and wait.number > 1):
        return NEXT_TIER
    if state.stage_kind == "waiting_internal":
        return COLLEAGUES
    return AGENT if state.agent else UNASSIGNED


def _recount(policy, hours, segments):
    count = Count(policy, hours)
    for segment in segments:
        count.add(segment)
    return count


def _end(clock, count, wait):
    clock.ended, clock.is_open = wait.end, False
    clock.due = count.due_after(wait.end)
    clock.reached = wait.end if wait.outcome == REACHED else None
    clock.state = FAILED if count.is_late else wait.outcome
    return clock


def _go_on(clock, count, now):
    if count.is_late or (clock.due is not None and clock.due < now):
        clock.state = FAILED
    elif not count.is_running:
        clock.state = PAUSED
        clock.due = None
    else:
        clock.warnings = count.warnings()
    return clock

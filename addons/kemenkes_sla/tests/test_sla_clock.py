from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_helpdesk.tools.working_time import STRETCH, AroundTheClock, Stretch, WorkingTime, clip, merge

from ..tools import clock
from ..tools.clock import FAILED, ONGOING, PAUSED, Policy
from ..tools.facts import CANCELLED, DONE, REACHED, Fact, State, read_facts

MINUTE = 60
START = 300 * STRETCH
LENGTH = 400
NEW = State(1, 1, 1, 1, None, 1, "new", None, "1", frozenset(), frozenset())
HOURS = [
    (START + begin * MINUTE, START + end * MINUTE) for begin, end in ((-50, 30), (45, 90), (150, 151), (200, 4000))
]


def working_time(policy, _state):
    if not policy.hours:
        return AroundTheClock()
    merged = merge(HOURS)
    return WorkingTime(lambda number: Stretch(clip(merged, number * STRETCH, (number + 1) * STRETCH)))


def policy(target, minutes, **values):
    return Policy(version=1, sla=1, target=target, seconds=minutes * MINUTE, **values)


def run(facts, *policies, now):
    return {
        (one.target, one.number): one
        for one in clock.run(facts, [[(0, None, each)] for each in policies], working_time, START + now * MINUTE)
    }


class Story:
    """What may happen to a ticket, in minutes after its beginning, as the ledger tells it."""

    def __init__(self):
        self.minute, self.state = 0, NEW
        self.facts = [Fact(START, "created", NEW)]

    def tell(self, minute, kind, leaves=False, **changes):
        self.minute = minute
        self.state = self.state._replace(**changes)
        self.facts.append(Fact(START + minute * MINUTE, kind, self.state, leaves))
        return self

    def do(self, action, minute):
        """Something that agents and customers do; what is impossible is left out."""
        done = self.state.stage_kind in DONE
        if action == "message_in":
            self.tell(minute, "message_in")
            if done:
                self.tell(minute, "stage_changed", stage_kind="open").tell(minute, "reopened")
        elif action == "message_out" or (action == "note" and not done):
            self.tell(minute, action)
        elif action in ("1", "2", "3"):
            self.tell(minute, "priority_changed", priority=action)
        elif done:
            return
        elif action in ("waiting_customer", "waiting_internal", "open"):
            self.tell(minute, "stage_changed", stage_kind=action)
        elif action == "solved":
            self.tell(minute, "stage_changed", stage_kind="solved").tell(minute, "solved")
        elif action == "tier":
            self.tell(minute, "team_changed", tier=3 - self.state.tier)


ACTIONS = (
    "message_in", "message_out", "waiting_customer", "waiting_internal", "open", "solved", "tier", "1", "2", "3",
    "note",
)  # fmt: skip


@st.composite
def stories(draw):
    story = Story()
    steps = draw(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(ACTIONS)), max_size=14))
    minute = 0
    for gap, action in steps:
        minute += gap
        story.do(action, minute)
    return story.facts


class Walk:
    """The same, found by walking from minute to minute; slow, and written without a look at the other."""

    def __init__(self, facts, policies, now):
        self.facts, self.policies, self.now = facts, policies, now

    def state_at(self, minute):
        return [fact.state for fact in self.facts if fact.at <= START + minute * MINUTE][-1]

    def works(self, policy, minute):
        return not policy.hours or any(begin <= START + minute * MINUTE < end for begin, end in HOURS)

    def counts(self, policy, minute, tier):
        state = self.state_at(minute)
        return (
            state.stage_kind not in DONE
            and state.stage_kind not in policy.pauses
            and (tier is None or state.tier == tier)
            and self.works(policy, minute)
        )

    def due(self, policy, start, until, tier=None):
        """The minute at whose beginning the time is up, looking no further than ``until``."""
        left = policy.seconds // MINUTE
        for minute in range(start, until):
            if self.counts(policy, minute, tier):
                left -= 1
                if not left:
                    return minute + 1
        return None

    def result(self, start, end, outcome, tier=None):
        """``(state, due of what failed, policy)``"""
        changes = sorted({(fact.at - START) // MINUTE for fact in self.facts} | {start})
        last = end if end is not None else self.now + 1
        moments = [minute for minute in changes if start <= minute < last] or [start]
        for minute, coming in pairwise([*moments, None]):
            state = self.state_at(minute)
            if tier is not None and state.tier != tier:
                continue
            policy = next((one for one in self.policies if one.fits(state)), None)
            boundary = next((late for late in moments if coming is not None and late >= coming), last)
            # the choice may stand over stretches in which the ticket is elsewhere
            due = policy and self.due(policy, start, boundary, tier)
            if due is not None and due < (boundary if coming is not None or end is not None else self.now):
                return FAILED, due, policy
        final = [minute for minute in moments if tier is None or self.state_at(minute).tier == tier][-1]
        policy = next((one for one in self.policies if one.fits(self.state_at(final))), None)
        if not policy:
            return None
        if end is not None:
            return outcome, None, policy
        running = self.state_at(self.now).stage_kind not in {*DONE, *policy.pauses}
        return (ONGOING if running and (tier is None or self.state_at(self.now).tier == tier) else PAUSED), None, policy


@tagged("post_install", "-at_install")
class TestSlaClock(BaseCase):
    """R14: clocks in plain Python."""

    def assert_same(self, one, expected):
        if expected is None:
            self.assertIsNone(one)
            return
        state, due, chosen = expected
        self.assertEqual(one.state, state)
        self.assertEqual(one.policy, chosen)
        if state == FAILED and due is not None:
            self.assertEqual(one.due, START + due * MINUTE)

    POLICIES = st.tuples(
        st.integers(1, 90),
        st.integers(1, 90),
        st.sets(st.sampled_from(["waiting_customer", "waiting_internal"])),
        st.sampled_from([None, "site"]),
    )

    def make(self, target, drawn):
        """Two policies: for urgent tickets, and for the others."""
        urgent, usual, pauses, hours = drawn
        return [
            policy(target, urgent, pauses=frozenset(pauses), hours=hours, conditions=(("priority", frozenset({"3"})),)),
            policy(target, usual, pauses=frozenset(pauses), hours=hours),
        ]

    def test_full_resolution_is_the_walk(self):
        @settings(max_examples=150, deadline=None, database=None, derandomize=True)
        @given(stories(), self.POLICIES)
        def same(facts, drawn):
            policies = self.make(clock.FULL_RESOLUTION, drawn)
            solved = None
            for fact in facts:
                if fact.kind == "solved":
                    solved = (fact.at - START) // MINUTE
                elif fact.kind == "reopened":
                    solved = None
            now = (facts[-1].at - START) // MINUTE + 30
            one = run(facts, *policies, now=now).get((clock.FULL_RESOLUTION, 0))
            self.assert_same(one, Walk(facts, policies, now).result(0, solved, REACHED))

        same()

    def test_first_response_is_the_walk(self):
        @settings(max_examples=100, deadline=None, database=None, derandomize=True)
        @given(stories(), self.POLICIES)
        def same(facts, drawn):
            policies = self.make(clock.FIRST_RESPONSE, drawn)
            replies = [(fact.at - START) // MINUTE for fact in facts if fact.kind == "message_out"]
            now = (facts[-1].at - START) // MINUTE + 30
            if not replies and facts[-1].state.stage_kind in DONE:
                return
            one = run(facts, *policies, now=now).get((clock.FIRST_RESPONSE, 0))
            self.assert_same(one, Walk(facts, policies, now).result(0, replies[0] if replies else None, REACHED))

        same()

    def test_tiers_are_the_walk(self):
        @settings(max_examples=100, deadline=None, database=None, derandomize=True)
        @given(stories(), self.POLICIES)
        def same(facts, drawn):
            _urgent, usual, pauses, hours = drawn
            policies = [policy(clock.TIER_RESOLUTION, usual, pauses=frozenset(pauses), hours=hours)]
            now = (facts[-1].at - START) // MINUTE + 30
            ended = [(fact.at - START) // MINUTE for fact in facts if fact.kind == "solved"]
            end = ended[-1] if facts[-1].state.stage_kind in DONE else None
            clocks = run(facts, *policies, now=now)
            for tier in (1, 2):
                starts = [(fact.at - START) // MINUTE for fact in facts if fact.state.tier == tier]
                if not starts or (end is not None and starts[0] >= end and tier == 2):
                    continue
                due = Walk(facts, policies, now).due(policies[0], starts[0], end if end is not None else now, tier)
                one = clocks[clock.TIER_RESOLUTION, tier]
                if due is not None and due < (end if end is not None else now):
                    self.assertEqual((one.state, one.due), (FAILED, START + due * MINUTE))
                else:
                    self.assertNotEqual(one.state, FAILED)

        same()

    def test_pauses_never_shorten_what_was_counted(self):
        """Peers' pain point 8: pauses are facts, not a counter; a change of priority loses none."""

        @settings(max_examples=100, deadline=None, database=None, derandomize=True)
        @given(stories(), st.integers(1, 200))
        def holds(facts, minutes):
            now = (facts[-1].at - START) // MINUTE + 30
            straight = policy(clock.FULL_RESOLUTION, minutes)
            pausing = policy(clock.FULL_RESOLUTION, minutes, pauses=frozenset({"waiting_customer"}))
            one = run(facts, straight, now=now)[clock.FULL_RESOLUTION, 0]
            other = run(facts, pausing, now=now)[clock.FULL_RESOLUTION, 0]
            end = other.ended if other.ended is not None else facts[-1].at
            paused = sum((stop if stop is not None else end) - begin for begin, stop in other.pauses)
            self.assertEqual(other.elapsed + paused, end - other.start)
            self.assertLessEqual(other.elapsed, one.elapsed)
            if other.due is not None and one.due is not None:
                self.assertGreaterEqual(other.due, one.due)

        holds()

    def test_later_facts_dont_change_how_a_breach_came(self):
        """Whenever one looks, a clock that is late became late at the same moment."""

        @settings(max_examples=100, deadline=None, database=None, derandomize=True)
        @given(stories(), self.POLICIES)
        def holds(facts, drawn):
            policies = self.make(clock.FULL_RESOLUTION, drawn)
            seen = None
            for number in range(1, len(facts) + 1):
                if any(fact.kind in ("solved", "reopened") for fact in facts[:number]):
                    break
                until = facts[number].at if number < len(facts) else facts[-1].at + 60 * MINUTE
                one = run(facts[:number], *policies, now=(until - START) // MINUTE)[clock.FULL_RESOLUTION, 0]
                if seen is not None:
                    self.assertEqual((one.state, one.due), (FAILED, seen))
                if one.state == FAILED:
                    seen = one.due

        holds()

    # THE RULES, ONE BY ONE

    def test_next_response_has_a_clock_for_each_wait(self):
        story = Story()
        story.tell(5, "message_in").tell(10, "message_out").tell(20, "message_in").tell(25, "message_in")
        story.tell(50, "message_out").tell(60, "message_in")
        clocks = run(story.facts, policy(clock.NEXT_RESPONSE, 20), now=70)
        self.assertEqual([(one.start, one.state, one.due) for one in clocks.values()], [
            (START + 20 * MINUTE, FAILED, START + 40 * MINUTE),
            (START + 60 * MINUTE, ONGOING, START + 80 * MINUTE),
        ])  # fmt: skip

    def test_next_response_stops_with_the_solution(self):
        """Peers' pain point 2: nothing runs after the ticket is solved."""
        story = Story().tell(1, "message_out").tell(10, "message_in")
        story.do("solved", 15)
        (one,) = run(story.facts, policy(clock.NEXT_RESPONSE, 20), now=500).values()
        self.assertEqual((one.state, one.is_open), (CANCELLED, False))

    def test_customers_words_dont_touch_the_first_response(self):
        """Peers' pain point 4: targets are independent."""
        story = Story().tell(5, "message_in").tell(10, "message_in")
        both = (policy(clock.FIRST_RESPONSE, 60), policy(clock.NEXT_RESPONSE, 20))
        clocks = run(story.facts, *both, now=30)
        self.assertEqual(list(clocks), [(clock.FIRST_RESPONSE, 0)])
        self.assertEqual(clocks[clock.FIRST_RESPONSE, 0].due, START + 60 * MINUTE)

    def test_first_touch(self):
        solved = Story().tell(5, "message_out")
        solved.do("solved", 5)
        target = policy(clock.FIRST_TOUCH, 60)

        def state(story, now=100):
            (one,) = run(story.facts, target, now=now).values()
            return one.state, one.breached

        self.assertEqual(state(solved)[0], REACHED)
        self.assertEqual(state(Story().tell(5, "message_out"), now=30)[0], ONGOING)
        self.assertEqual(state(Story()), (FAILED, START + 60 * MINUTE))
        self.assertEqual(state(Story().tell(5, "message_out").tell(9, "message_out")), (FAILED, START + 9 * MINUTE))
        self.assertEqual(state(Story().tell(5, "team_changed", tier=2)), (FAILED, START + 5 * MINUTE))
        solved.do("message_in", 90)
        self.assertEqual(state(solved), (FAILED, START + 90 * MINUTE))

    def test_cause_of_a_breach(self):
        """R14: with whom the ticket was when the time ran out, not where it is now."""

        def cause(target, *steps, now=100, **conditions):
            story = Story()
            for minute, kind, changes in steps:
                story.tell(minute, kind, **changes)
            clocks = run(story.facts, policy(target, 60, **conditions), now=now)
            return [one.cause for one in clocks.values()]

        full = clock.FULL_RESOLUTION
        taken = (10, "assigned", {"agent": 7})
        self.assertEqual(cause(full, now=59), [None])
        self.assertEqual(cause(full), [clock.UNASSIGNED])
        self.assertEqual(cause(full, taken), [clock.AGENT])
        self.assertEqual(cause(full, taken, (70, "unassigned", {"agent": None})), [clock.AGENT])
        self.assertEqual(cause(full, taken, (20, "tier_changed", {"tier": 2, "agent": None})), [clock.NEXT_TIER])
        self.assertEqual(
            cause(full, taken, (20, "stage_changed", {"stage_kind": "waiting_internal"})), [clock.COLLEAGUES]
        )
        self.assertEqual(
            cause(full, taken, (20, "stage_changed", {"stage_kind": "waiting_customer"})), [clock.CUSTOMER]
        )
        self.assertEqual(cause(full, taken, (70, "solved", {"stage_kind": "solved"})), [clock.AGENT])
        twice = ((10, "message_out", {}), (20, "message_out", {}))
        self.assertEqual(cause(clock.FIRST_TOUCH, taken, *twice), [clock.TOUCHES])
        self.assertEqual(cause(clock.FIRST_TOUCH, taken), [clock.AGENT])
        second = (("tier", frozenset({2})),)
        self.assertEqual(
            cause(clock.TIER_RESOLUTION, (20, "tier_changed", {"tier": 2}), conditions=second), [clock.NEXT_TIER]
        )

    def test_each_tier_has_its_own_clock_which_a_return_doesnt_restart(self):
        """R14, R27.a.2."""
        story = Story().tell(20, "team_changed", tier=2).tell(50, "team_changed", tier=1)
        story.tell(70, "team_changed", tier=2)
        story.do("solved", 80)
        tiers = (
            policy(clock.TIER_RESOLUTION, 35, conditions=(("tier", frozenset({1})),)),
            policy(clock.TIER_RESOLUTION, 60, conditions=(("tier", frozenset({2})),)),
        )
        clocks = run(story.facts, *tiers, now=100)
        first, second = clocks[clock.TIER_RESOLUTION, 1], clocks[clock.TIER_RESOLUTION, 2]
        self.assertEqual((first.state, first.due, first.elapsed), (FAILED, START + 65 * MINUTE, 40 * MINUTE))
        self.assertEqual((second.state, second.elapsed), (REACHED, 40 * MINUTE))
        away = run(story.facts[:2], *tiers, now=30)
        self.assertEqual(away[clock.TIER_RESOLUTION, 1].state, PAUSED)
        self.assertEqual(away[clock.TIER_RESOLUTION, 2].due, START + 80 * MINUTE)

    def test_a_reopened_ticket_goes_on_where_it_stopped(self):
        story = Story()
        story.do("solved", 40)
        story.do("message_in", 100)
        (one,) = run(story.facts, policy(clock.FULL_RESOLUTION, 60), now=110).values()
        self.assertEqual((one.state, one.due), (ONGOING, START + 120 * MINUTE))

    def test_a_merge_closes_the_clocks_and_its_undo_opens_them(self):
        """Peers' pain point 6: merged tickets don't run late."""
        story = Story().tell(10, "stage_changed", stage_kind="closed").tell(10, "merged", leaves=True)
        target = policy(clock.FULL_RESOLUTION, 60)
        (one,) = run(story.facts, target, now=500).values()
        self.assertEqual((one.state, one.is_open, one.ended), (CANCELLED, False, START + 10 * MINUTE))
        story.tell(100, "stage_changed", stage_kind="new").tell(100, "unmerged", leaves=True)
        (one,) = run(story.facts, target, now=120).values()
        self.assertEqual((one.state, one.due), (ONGOING, START + 150 * MINUTE))
        survivor = Story().tell(10, "merged")
        (one,) = run(survivor.facts, target, now=20).values()
        self.assertEqual(one.state, ONGOING)

    def test_what_became_late_stays_late(self):
        """Nobody undoes a breach by calling the ticket less urgent."""
        urgent = policy(clock.FULL_RESOLUTION, 10, conditions=(("priority", frozenset({"3"})),))
        story = Story().tell(0, "priority_changed", priority="3").tell(15, "priority_changed", priority="1")
        (one,) = run(story.facts, urgent, policy(clock.FULL_RESOLUTION, 60), now=20).values()
        self.assertEqual((one.state, one.due), (FAILED, START + 10 * MINUTE))
        story = Story().tell(0, "priority_changed", priority="3").tell(10, "priority_changed", priority="1")
        (one,) = run(story.facts, urgent, policy(clock.FULL_RESOLUTION, 60), now=20).values()
        self.assertEqual((one.state, one.due), (ONGOING, START + 60 * MINUTE))

    def test_done_on_the_second_is_in_time(self):
        story = Story().tell(60, "message_out")
        (one,) = run(story.facts, policy(clock.FIRST_RESPONSE, 60), now=60).values()
        self.assertEqual((one.state, one.due), (REACHED, START + 60 * MINUTE))
        (one,) = run(Story().facts, policy(clock.FIRST_RESPONSE, 60), now=60).values()
        self.assertEqual(one.state, ONGOING)

    def test_a_newer_version_is_for_newer_tickets_unless_applied(self):
        """The past stays; asked to, a version governs the tickets open at the time."""
        old, new = policy(clock.FULL_RESOLUTION, 60), policy(clock.FULL_RESOLUTION, 30)
        later = START + 10 * MINUTE
        book = [[(later, None, new), (0, None, old)]]
        facts = Story().facts
        self.assertEqual(clock.governing(book, facts), [old])
        self.assertEqual(clock.governing(book, [facts[0]._replace(at=later)]), [new])
        applied = [[(later, later, new), (0, None, old)]]
        self.assertEqual(clock.governing(applied, facts), [new])
        self.assertEqual(clock.governing(applied, facts, end=later - 1), [old])
        self.assertEqual(clock.governing(applied, facts, end=later + 1), [new])
        done = Story()
        done.do("solved", 5)
        self.assertEqual(clock.governing(applied, done.facts), [old])
        self.assertEqual(clock.governing([[(later, later, None), (0, None, old)]], facts), [])

    def test_reading_undoes_changes_that_are_no_columns(self):
        """How priority, tags and customer stood before comes from what changed them."""
        columns = dict.fromkeys(
            (
                "site_id", "product_id", "channel_id", "team_id", "agent_id", "tier", "stage_kind", "category_id",
                "other_ticket_id",
            )
        )  # fmt: skip
        rows = [
            {"at": 1, "kind": "created", "data": None, **columns},
            {"at": 2, "kind": "priority_changed", "data": {"old": "1", "new": "3"}, **columns},
            {"at": 3, "kind": "tags_changed", "data": {"old": [], "new": [7, 8]}, **columns},
            {"at": 4, "kind": "customer_changed", "data": {"old": False, "new": 9}, **columns},
        ]
        facts = read_facts(rows, "3", [7, 8], 9, lambda customer: frozenset({customer} if customer else ()))
        self.assertEqual([fact.state.priority for fact in facts], ["1", "3", "3", "3"])
        self.assertEqual([sorted(fact.state.tags) for fact in facts], [[], [], [7, 8], [7, 8]])
        self.assertEqual([sorted(fact.state.customer_group) for fact in facts], [[], [], [], [9]])
        self.assertEqual([fact.customer for fact in facts], [None, None, None, 9])

    def test_warnings_know_their_moments(self):
        story = Story().tell(10, "stage_changed", stage_kind="waiting_customer")
        story.tell(30, "stage_changed", stage_kind="open")
        target = policy(clock.FULL_RESOLUTION, 60, pauses=frozenset({"waiting_customer"}), warnings=(10, 50))
        (one,) = run(story.facts, target, now=31).values()
        self.assertEqual(one.warnings, [(10, START + 30 * MINUTE), (50, START + 50 * MINUTE)])

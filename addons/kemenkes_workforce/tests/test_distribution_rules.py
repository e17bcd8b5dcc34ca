from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import distribution
from ..tools.distribution import Agent, Limit, Need, Work

NOW = 1_800_000_000
LIMITS = {
    "call": Limit(1, 100, is_live=True),
    "livechat": Limit(4, 25, is_live=True),
    "email": Limit(20, 5),
}
RULES = (distribution.ROUND_ROBIN, distribution.LEAST_LOADED, distribution.SKILLS_FIRST)

kinds = st.sampled_from(sorted(LIMITS))
loads = st.fixed_dictionaries(
    {}, optional={"call": st.integers(0, 1), "livechat": st.integers(0, 4), "email": st.integers(0, 20)}
)


def agent(number, **values):
    return Agent(**{"id": number, "teams": frozenset({1}), "products": frozenset({1}), "limits": LIMITS, **values})


def work(number, **values):
    defaults = {"kind": "email", "rule": distribution.LEAST_LOADED, "teams": frozenset({1}), "came": NOW - 60}
    return Work(id=number, **{**defaults, **values})


@st.composite
def floors(draw):
    """Agents of two teams with work at hand, and work of all kinds that waits."""
    agents = [
        agent(
            number,
            teams=draw(st.frozensets(st.integers(1, 2), min_size=1)),
            products=draw(st.frozensets(st.integers(1, 3))),
            skills=draw(st.dictionaries(st.integers(1, 2), st.integers(1, 5))),
            load=draw(loads),
            idle_since=NOW - draw(st.integers(0, 5000)),
        )
        for number in range(1, draw(st.integers(0, 4)) + 1)
    ]
    works = [
        work(
            number,
            kind=draw(kinds),
            rule=draw(st.sampled_from(RULES)),
            teams=draw(st.frozensets(st.integers(1, 2), min_size=1)),
            came=NOW - draw(st.integers(0, 200_000)),
            due=draw(st.none() | st.integers(NOW - 5000, NOW + 5000)),
            priority=draw(st.integers(0, 3)),
            product=draw(st.none() | st.integers(1, 3)),
            needs=draw(st.sampled_from([(), (Need(1),), (Need(1, 3, is_required=True),), (Need(1), Need(2))])),
            sticky=draw(st.none() | st.integers(1, 6)),
            refused=draw(st.frozensets(st.integers(1, 6), max_size=2)),
        )
        for number in range(1, draw(st.integers(0, 14)) + 1)
    ]
    return works, agents


def could_take(piece, person):
    """Written anew, slowly and plainly, from the description of the rules."""
    limit = person.limits.get(piece.kind)
    live = sum(LIMITS[kind].weight * count for kind, count in person.load.items() if LIMITS[kind].is_live)
    everything = sum(LIMITS[kind].weight * count for kind, count in person.load.items())
    return (
        bool(person.teams & piece.teams)
        and (piece.product is None or piece.product in person.products)
        and all(not need.is_required or person.skills.get(need.skill, 0) >= need.level for need in piece.needs)
        and person.id not in piece.refused
        and person.load.get(piece.kind, 0) < limit.maximum
        and (live if limit.is_live else everything) + limit.weight <= 100
    )


@tagged("-at_install", "post_install")
class TestDistributionRules(BaseCase):
    """R23.b.1, R24.c, R25.b.2: who gets which work. Each property over many random floors."""

    @settings(max_examples=50, deadline=None)
    @given(floors())
    def test_nobody_gets_too_much(self, floor):
        """Capacity is never exceeded, each piece goes to one agent, and only to one who may have it."""
        works, agents = floor
        before = {person.id: Counter(person.load) for person in agents}
        by_id = {person.id: person for person in agents}
        decisions = distribution.distribute(works, agents, NOW)
        self.assertEqual(len({decision.work.id for decision in decisions}), len(decisions))
        replay = {person.id: agent(person.id, **self.as_values(person, before)) for person in agents}
        for decision in decisions:
            self.assertTrue(could_take(decision.work, replay[decision.agent]))
            replay[decision.agent].take(decision.work.kind, 0)
        for person in by_id.values():
            self.assertEqual(person.load, replay[person.id].load)

    @settings(max_examples=50, deadline=None)
    @given(floors())
    def test_nothing_waits_without_need(self, floor):
        """What goes on waiting could be taken by nobody: no starvation behind work that nobody can take."""
        works, agents = floor
        decided = {decision.work.id for decision in distribution.distribute(works, agents, NOW)}
        for piece in works:
            if piece.id not in decided:
                self.assertFalse([person.id for person in agents if could_take(piece, person)])

    @settings(max_examples=50, deadline=None)
    @given(floors())
    def test_order(self, floor):
        """Within a lane what is due earlier goes first; urgent and overdue work goes before all other."""
        works, agents = floor
        decisions = distribution.distribute(works, agents, NOW)
        live = frozenset({"call", "livechat"}) if agents else frozenset()
        keys = [distribution.order_key(decision.work, NOW, live)[:2] for decision in decisions]
        self.assertEqual(keys, sorted(keys))

    @settings(max_examples=50, deadline=None)
    @given(floors(), st.frozensets(st.integers(1, 6), max_size=3))
    def test_order_when_somebody_leaves(self, floor, leaving):
        """Between decision and hand-over agents leave: capacity and the order of what is due hold all the same."""
        works, agents = floor
        before = {person.id: Counter(person.load) for person in agents}
        decisions = distribution.distribute(works, agents, NOW)
        staying = [agent(person.id, **self.as_values(person, before)) for person in agents if person.id not in leaving]
        replay = {person.id: agent(person.id, **self.as_values(person, before)) for person in agents}
        confirmed = distribution.confirm(decisions, staying, NOW)
        self.assertLessEqual({each.work for each in confirmed}, {each.work for each in decisions})
        for decision in confirmed:
            self.assertNotIn(decision.agent, leaving)
            self.assertTrue(could_take(decision.work, replay[decision.agent]))
            replay[decision.agent].take(decision.work.kind, 0)
        places = [decisions.index(next(each for each in decisions if each.work == one.work)) for one in confirmed]
        if not leaving:
            self.assertEqual(confirmed, decisions)
        self.assertEqual(places, sorted(places))

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(RULES), st.integers(1, 9), st.integers(0, 90), st.randoms(use_true_random=False))
    def test_equals_within_one(self, rule, people, count, random):
        """Agents who are equal have equal loads: the fullest has one piece more than the emptiest, at most."""
        agents = [agent(number, idle_since=NOW - random.randrange(900)) for number in range(people)]
        works = [work(number, rule=rule, came=NOW - random.randrange(900)) for number in range(count)]
        distribution.distribute(works, agents, NOW)
        counts = [person.count for person in agents]
        self.assertLessEqual(max(counts) - min(counts), 1)
        self.assertEqual(sum(counts), min(count, 20 * people))

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, 4), st.integers(1, 6), st.randoms(use_true_random=False))
    def test_no_starvation(self, people, inflow, random):
        """However much comes in after it, a piece of work is given out in the end."""
        patient = work(0, priority=0, came=NOW, due=NOW + 3600)
        waiting, number, now = [patient], 0, NOW
        for _round in range(40):
            now += 900
            for _new in range(inflow):
                number += 1
                priority = random.randrange(4)
                waiting.append(work(number, priority=priority, came=now, due=now + 3600))
            # every agent has finished one piece in the quarter of an hour
            people_now = [agent(person, load={"email": 19}) for person in range(people)]
            given_out = {decision.work.id for decision in distribution.distribute(waiting, people_now, now)}
            waiting = [piece for piece in waiting if piece.id not in given_out]
        self.assertNotIn(patient, waiting)

    def test_live_work_is_not_held_up_by_mails(self):
        """R24.c: an agent with e-mails up to the limit still takes the call; in a call nothing else comes."""
        person = agent(1, load={"email": 20})
        self.assertTrue(person.has_room("call"))
        person.take("call", NOW)
        self.assertFalse(person.has_room("email"))
        self.assertFalse(person.has_room("livechat"))

    def test_sticky(self):
        """The last agent of the customer comes before the rule, unless they have no room."""
        piece = work(1, sticky=2)
        people = [agent(1), agent(2, load={"email": 5})]
        (decision,) = distribution.distribute([piece], people, NOW)
        self.assertEqual((decision.agent, decision.why), (2, "sticky"))
        people = [agent(1), agent(2, load={"email": 20})]
        (decision,) = distribution.distribute([piece], people, NOW)
        self.assertEqual(decision.agent, 1)

    def test_skills_first(self):
        """R25.a.2: the best at it, however busy; a required skill shuts out who lacks it."""
        needs = (Need(7, level=2, is_required=True),)
        people = [agent(1), agent(2, skills={7: 2}), agent(3, skills={7: 5}, load={"email": 3})]
        (decision,) = distribution.distribute([work(1, rule="skills_first", needs=needs)], people, NOW)
        self.assertEqual((decision.agent, decision.score, decision.left_out), (3, 5, {"skill": 1}))
        self.assertEqual(decision.next_agent, 2)

    def test_round_robin(self):
        """In turn, whatever the loads: who got something longest ago is next."""
        people = [agent(1, idle_since=5), agent(2, idle_since=3), agent(3, idle_since=4, load={"email": 7})]
        works = [work(number, rule="round_robin", came=number) for number in range(1, 5)]
        decisions = distribution.distribute(works, people, NOW)
        self.assertEqual([decision.agent for decision in decisions], [2, 3, 1, 2])

    @staticmethod
    def as_values(person, before):
        return {"teams": person.teams, "products": person.products, "skills": person.skills, "load": before[person.id]}

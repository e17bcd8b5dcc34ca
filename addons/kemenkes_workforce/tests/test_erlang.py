import math

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import erlang

# I. Adan, J. Resing, "Queueing Systems" (Eindhoven University of Technology, 2015), table 5.1: the M/M/c queue with
# mean service time 1 and occupancy 0.9; servers, probability of waiting, mean waiting time.
ADAN_RESING = ((1, 0.90, 9.00), (2, 0.85, 4.26), (5, 0.76, 1.53), (10, 0.67, 0.67), (20, 0.55, 0.28))
# Mitan Ltd, "The Erlang-C Formula" (mitan.co.uk/erlang/elgcmath.htm): 360 calls in half an hour of 4 minutes each, 55
# agents, answered within 15 seconds.
MITAN = {"load": 48.0, "occupancy": 0.873, "waiting": 0.239, "wait": 8.2, "service_level": 0.846}
# pyworkforce, README, "Erlang C": 100 calls in 30 minutes of 3 minutes each, 80 % within 20 seconds, shrinkage 30 %,
# occupancy at most 85 %.
PYWORKFORCE = {"agents": 14, "rostered": 20, "service_level": 0.8884, "occupancy": 0.7143, "waiting": 0.1741}

LOADS = st.integers(1, 3000).map(lambda tenths: tenths / 10)
AGENTS = st.integers(1, 400)
PERCENT = st.integers(0, 99).map(lambda percent: percent / 100)


@tagged("post_install", "-at_install")
class TestErlang(BaseCase):
    """R3: Erlang C against published figures, and what must hold for any figures."""

    def test_table_of_adan_and_resing(self):
        """R3: probability and time of waiting as in a published table."""
        for agents, waiting, wait in ADAN_RESING:
            load = 0.9 * agents
            self.assertAlmostEqual(erlang.waiting_probability(load, agents), waiting, delta=0.005)
            self.assertAlmostEqual(erlang.average_wait(load, agents, 1), wait, delta=0.0051)

    def test_example_of_mitan(self):
        """R3: a published example of a call centre."""
        load = 360 / 1800 * 240
        self.assertEqual(load, MITAN["load"])
        self.assertAlmostEqual(load / 55, MITAN["occupancy"], delta=0.0005)
        self.assertAlmostEqual(erlang.waiting_probability(load, 55), MITAN["waiting"], delta=0.0005)
        self.assertAlmostEqual(erlang.average_wait(load, 55, 240), MITAN["wait"], delta=0.05)
        self.assertAlmostEqual(erlang.service_level(load, 55, 240, 15), MITAN["service_level"], delta=0.001)

    def test_example_of_pyworkforce(self):
        """R3: how many agents, by another implementation's published example."""
        agents = erlang.agents_needed(100, 1800, 180, 0.8, 20, 0.85)
        self.assertEqual(agents, PYWORKFORCE["agents"])
        self.assertEqual(erlang.with_shrinkage(agents, 0.3), PYWORKFORCE["rostered"])
        self.assertAlmostEqual(erlang.service_level(10, 14, 180, 20), PYWORKFORCE["service_level"], delta=0.00005)
        self.assertAlmostEqual(erlang.waiting_probability(10, 14), PYWORKFORCE["waiting"], delta=0.00005)
        self.assertAlmostEqual(10 / 14, PYWORKFORCE["occupancy"], delta=0.00005)

    @given(LOADS, AGENTS)
    def test_the_recurrence_is_the_formula(self, load, agents):
        """R3: the same as Erlang's sum, worked out with logarithms."""
        if load >= agents:
            self.assertEqual(erlang.waiting_probability(load, agents), 1)
            return
        last = agents * math.log(load) - math.lgamma(agents + 1) + math.log(agents / (agents - load))
        terms = [number * math.log(load) - math.lgamma(number + 1) for number in range(agents)]
        top = max([*terms, last])
        expected = math.exp(last - top) / (sum(math.exp(term - top) for term in terms) + math.exp(last - top))
        self.assertAlmostEqual(erlang.waiting_probability(load, agents), expected, places=9)

    @settings(deadline=None)
    @given(
        st.integers(0, 4000).map(lambda tenths: tenths / 10),
        st.integers(1, 3600),
        PERCENT,
        st.integers(0, 3600),
        st.integers(30, 100).map(lambda percent: percent / 100),
        st.integers(1, 6),
    )
    def test_as_few_agents_as_possible(self, arrivals, handling, target, within, occupancy, concurrency):
        """R3: the number reaches the target within the occupancy, and one agent fewer does not."""

        def enough(agents):
            places = agents * concurrency
            level = erlang.service_level(load, places, handling, within)
            return level >= target and load <= places * occupancy + 1e-6

        load = arrivals * handling / 1800
        agents = erlang.agents_needed(arrivals, 1800, handling, target, within, occupancy, concurrency)
        if not arrivals:
            self.assertEqual(agents, 0)
            return
        self.assertTrue(enough(agents))
        self.assertTrue(agents == 1 or not enough(agents - 1))

    def test_chats_at_once_need_fewer_agents(self):
        """R3: three chats at once of 10 minutes each: 30 places are needed for 20 erlangs, which 10 agents have."""
        one = erlang.agents_needed(60, 1800, 600, 0.8, 60)
        three = erlang.agents_needed(60, 1800, 600, 0.8, 60, concurrency=3)
        self.assertEqual(three, math.ceil(one / 3))

    def test_what_can_not_be_reached_is_refused(self):
        for arguments in (
            (10, 1800, 60, 1, 20),
            (10, 1800, 60, 0.8, 20, 0),
            (10, 1800, 0, 0.8, 20),
            (10, 0, 9, 0.8, 20),
        ):
            with self.assertRaises(ValueError):
                erlang.agents_needed(*arguments)
        with self.assertRaises(ValueError):
            erlang.with_shrinkage(10, 1)

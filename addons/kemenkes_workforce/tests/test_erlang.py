import math

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import erlang

# I. Adan, J. Resing, "Queueing Systems" (Eindhoven University of Technology), table 5.1, "Performance characteristics
# for the M/M/c with mu = 1 and rho = 0.9": servers, probability of waiting, mean waiting time.
ADAN_RESING = ((1, 0.90, 9.00), (2, 0.85, 4.26), (5, 0.76, 1.53), (10, 0.67, 0.67), (20, 0.55, 0.28))
# V. B. Iversen, "Teletraffic Engineering Handbook" (ITU), example 12.3.1, two delay systems: offered erlangs, channels,
# mean service time and mean waiting time of all in seconds.
IVERSEN = ((20, 32, 100, 0.075), (2, 5, 10, 0.199))
# pyworkforce 0.1.0, its own page: 100 calls in 30 minutes of 3 minutes each, 80 % within 20
# seconds, shrinkage 30 %, occupancy at most 85 %. The R package ErlangC prints the same, and the mean wait in seconds.
PYWORKFORCE = {"agents": 14, "rostered": 20, "service_level": 0.8884, "occupancy": 0.7143, "waiting": 0.1741}
ERLANGC_WAIT = 7.83593701177724

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

    def test_example_of_iversen(self):
        """R3: the waiting times of two published systems."""
        for load, agents, handling, wait in IVERSEN:
            self.assertAlmostEqual(erlang.average_wait(load, agents, handling), wait, delta=0.0005)

    def test_example_of_pyworkforce(self):
        """R3: how many agents, by the published examples of two other implementations."""
        agents = erlang.agents_needed(100, 1800, 180, 0.8, 20, 0.85)
        self.assertEqual(agents, PYWORKFORCE["agents"])
        self.assertEqual(erlang.with_shrinkage(agents, 0.3), PYWORKFORCE["rostered"])
        self.assertAlmostEqual(erlang.service_level(10, 14, 180, 20), PYWORKFORCE["service_level"], delta=0.00005)
        self.assertAlmostEqual(erlang.waiting_probability(10, 14), PYWORKFORCE["waiting"], delta=0.00005)
        self.assertAlmostEqual(10 / 14, PYWORKFORCE["occupancy"], delta=0.00005)
        self.assertAlmostEqual(erlang.average_wait(10, 14, 180), ERLANGC_WAIT, places=9)

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

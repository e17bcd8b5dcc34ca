"""How many agents a queue needs: Erlang C, plain Python, no Odoo.

Calls arrive at random, each agent handles one at a time, whoever finds all agents busy waits and does not give up: the
M/M/c queue of A. K. Erlang (1917). Written here because the packages that offer it send every figure to a server of
their maker (erlangccmath), need a solver and hundreds of megabytes (pyworkforce), or change the decimal arithmetic of
the whole process (erlanglib). The recurrence neither overflows nor loses digits, for any number of agents.

Times are seconds.
"""

import math

# Beyond this no contact centre goes; it ends the search for agents when the figures asked for can't be reached.
MOST_AGENTS = 10_000


def erlang_b(load, agents):
    """Probability that all of ``agents`` are busy when nobody can wait (Erlang B).

    :param float load: offered load in erlangs: arrivals a second times seconds of handling
    """
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def waiting_probability(load, agents):
    """Probability that somebody has to wait (Erlang C); 1 when the load is more than the agents can do."""
    if load <= 0:
        return 0.0
    if load >= agents:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def service_level(load, agents, handling, within):
    """Share of those who are answered within so many seconds, 0 to 1.

    :param float load: offered load in erlangs
    :param int agents: at work at the same time
    :param float handling: average handling time
    :param float within: seconds
    """
    if load <= 0:
        return 1.0
    if load >= agents:
        return 0.0
    return 1 - waiting_probability(load, agents) * math.exp(-(agents - load) * within / handling)


def average_wait(load, agents, handling):
    """Average speed of answer in seconds; infinite when the load is more than the agents can do."""
    if load <= 0:
        return 0.0
    if load >= agents:
        return math.inf
    return waiting_probability(load, agents) * handling / (agents - load)


def agents_needed(arrivals, interval, handling, target, within, occupancy=1.0, concurrency=1):
    """Fewest agents at work that reach a service level without being busy more than allowed.

    Chats: an agent with ``concurrency`` conversations at once counts as that many places, each of which handles one
    conversation in ``handling`` seconds from its first to its last word; the places form the queue, and agents are the
    places divided by the concurrency, rounded up.

    :param float arrivals: in one interval
    :param float interval: its length
    :param float handling: average handling time of one of them
    :param float target: service level, 0 to below 1
    :param float within: seconds within which it is answered
    :param float occupancy: greatest share of their time in which agents are busy, above 0 to 1
    :param int concurrency: conversations that an agent holds at once
    :raise ValueError: figures that no number of agents can reach
    """
    if not 0 <= target < 1 or not 0 < occupancy <= 1 or concurrency < 1 or handling <= 0 or interval <= 0:
        raise ValueError(
            "A service level is below 1, an occupancy between 0 and 1; times and concurrency are positive."
        )
    if arrivals <= 0:
        return 0
    load = arrivals * handling / interval
    places = max(1, math.ceil(load / occupancy - 1e-9))
    # whole agents: the places of one are all there or none
    agents = math.ceil(places / concurrency)
    while service_level(load, agents * concurrency, handling, within) < target:
        agents += 1
        if agents > MOST_AGENTS:
            raise ValueError("No number of agents reaches this.")
    return agents


def with_shrinkage(agents, shrinkage):
    """Agents on the roster of whom so many are at work.

    :param int agents: at work
    :param float shrinkage: share of paid time in breaks, training, illness, 0 to below 1
    :raise ValueError: everybody is away
    """
    if not 0 <= shrinkage < 1:
        raise ValueError("Shrinkage is a share of at least 0 and less than 1.")
    return math.ceil(agents / (1 - shrinkage) - 1e-9)

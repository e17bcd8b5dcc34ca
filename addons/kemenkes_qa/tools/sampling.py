"""Which conversations are judged: a draw that anybody can repeat from its seed, and who judges them."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A conversation that may be drawn: its id, whose work it is, by which channel (any hashable) and on which day."""

    ticket: int
    agent: int
    channel: object
    day: object


def draw(candidates, number, seed):
    """For each agent ``number`` conversations, spread evenly over channels, and within them over days.

    :param candidates: iterable of :class:`Candidate`, in any order
    :param int number: conversations an agent; agents with fewer give all they have
    :param int seed: the same seed and candidates draw the same conversations
    :return: list of Candidate, by agent, then in the order drawn
    """
    by_agent = defaultdict(list)
    for candidate in sorted(candidates, key=lambda candidate: candidate.ticket):
        by_agent[candidate.agent].append(candidate)
    chance = random.Random(seed)
    return [drawn for agent in sorted(by_agent) for drawn in _draw_of(by_agent[agent], number, chance)]


def _draw_of(candidates, number, chance):
    left = chance.sample(candidates, len(candidates))
    channels, days = Counter(), Counter()
    drawn = []
    while left and len(drawn) < number:
        # min takes the first of equals: which one that is was left to chance above
        chosen = min(left, key=lambda candidate: (channels[candidate.channel], days[candidate.day]))
        left.remove(chosen)
        channels[chosen.channel] += 1
        days[chosen.day] += 1
        drawn.append(chosen)
    return drawn


def share_out(drawn, loads):
    """Give each conversation to the evaluator with the least work, never to who did the work.

    :param drawn: list of :class:`Candidate`
    :param dict loads: ``{evaluator: open conversations}``
    :return: list of evaluators, None where nobody may, in the order of ``drawn``
    """
    loads = dict(loads)
    evaluators = []
    for candidate in drawn:
        able = [evaluator for evaluator in sorted(loads) if evaluator != candidate.agent]
        chosen = min(able, key=lambda evaluator: loads[evaluator], default=None)
        if chosen is not None:
            loads[chosen] += 1
        evaluators.append(chosen)
    return evaluators

"""Who gets which work: plain data in, decisions out. No database, no clock.

Order of the work: lane, then due time, then priority, then age. The first lane is for urgent and for overdue work, the
second for people who wait at the other end of a line, the third for the rest. Work without a due time is due
:data:`DEFAULT_DUE_SECONDS` after it came. Nothing starves, therefore: whatever waits becomes overdue, and then only
what is due still earlier goes before it. Work that nobody can take now is passed over and holds up nothing.

Choice of the agent: the one who last helped this customer, if there is one with room; else by the rule of the team.
An agent has room while the count of a kind stays within its maximum, and the weights of all work within
:data:`FULL` per cent. Somebody who waits on a line is not kept waiting by e-mails: live work counts live work only.

While one call runs, loads only grow. So each group of equal work keeps its agents in a heap whose keys may be too low,
never too high: what is popped is looked at anew and pushed back if its key has grown. That makes 10,000 pieces of work
over 100 agents a matter of tens of milliseconds.
"""

import heapq
from dataclasses import dataclass, field
from typing import NamedTuple

FULL = 100
DEFAULT_DUE_SECONDS = 24 * 3600
URGENT = 3

ROUND_ROBIN, LEAST_LOADED, SKILLS_FIRST = "round_robin", "least_loaded", "skills_first"


class Limit(NamedTuple):
    """What an agent can have of one kind of channel at once.

    :param int maximum: at most so many
    :param int weight: per cent of an agent's attention that one takes
    :param bool is_live: a person waits at the other end
    """

    maximum: int
    weight: int
    is_live: bool = False


class Need(NamedTuple):
    """A skill that a piece of work asks for; who lacks a required one at this level doesn't get it."""

    skill: int
    level: int = 1
    is_required: bool = False


@dataclass(frozen=True)
class Work:
    """A ticket that waits; times in seconds since 1970.

    :param teams: whose members may take it: its own team's, and others' when it has waited for long
    :param sticky: the agent who last helped this customer
    :param refused: agents who have lately rejected it
    """

    id: int
    kind: str
    rule: str
    teams: frozenset
    came: int
    due: int | None = None
    priority: int = 1
    product: int | None = None
    needs: tuple = ()
    sticky: int | None = None
    refused: frozenset = frozenset()


@dataclass
class Agent:
    """Somebody who is ready for work.

    :param load: count of the work at hand by kind, offers included
    :param limits: ``{kind: Limit}``; a kind that is missing is not for this agent
    :param idle_since: when the agent last got something, or came; the longer ago, the sooner it is the agent's turn
    """

    id: int
    teams: frozenset
    products: frozenset
    limits: dict
    skills: dict = field(default_factory=dict)
    load: dict = field(default_factory=dict)
    idle_since: int = 0

    def __post_init__(self):
        self.load = dict(self.load)
        self.points = self.live_points = self.count = 0
        for kind, count in self.load.items():
            self._add(kind, count)

    def _add(self, kind, count):
        limit = self.limits.get(kind)
        weight = limit.weight * count if limit else 0
        self.points += weight
        self.live_points += weight if limit and limit.is_live else 0
        self.count += count

    def has_room(self, kind):
        limit = self.limits.get(kind)
        if not limit or self.load.get(kind, 0) >= limit.maximum:
            return False
        taken = self.live_points if limit.is_live else self.points
        return taken + limit.weight <= FULL

    def take(self, kind, turn):
        self.load[kind] = self.load.get(kind, 0) + 1
        self._add(kind, 1)
        self.idle_since = turn


class Decision(NamedTuple):
    """``agent`` gets ``work``, and why.

    :param str why: "sticky": helped this customer last; "only": nobody else could; else the team's rule
    :param int candidates: how many could have got it, the chosen one included
    :param int load: the chosen one's weights before, in per cent; ``count`` the number of tickets
    :param next_agent: who would have been next, or None; ``next_load`` as ``load``
    :param bool is_live: a person waits at the other end
    :param dict left_out: ``{reason: count}`` of agents at work in the teams who could not get it
    """

    work: Work
    agent: int
    why: str
    candidates: int
    load: int
    count: int
    score: int
    next_agent: int | None
    next_load: int
    is_live: bool
    left_out: dict


def order_key(work, now, live_kinds=frozenset()):
    """What is smaller goes first: lane, due time, priority, age; see the module."""
    return lane(work, now, live_kinds), _due(work), -work.priority, work.came, work.id


def lane(work, now, live_kinds=frozenset()):
    """0: urgent or overdue, 1: somebody waits on a line, 2: the rest."""
    if work.priority >= URGENT or _due(work) <= now:
        return 0
    return 1 if work.kind in live_kinds else 2


def _due(work):
    return work.due if work.due is not None else work.came + DEFAULT_DUE_SECONDS


def distribute(works, agents, now):
    """Hand out what waits.

    :param works: :class:`Work` in any order
    :param agents: :class:`Agent`; their loads grow by what they get
    :param int now: seconds since 1970
    :return: :class:`Decision` in the order in which they were made; work that is missing goes on waiting
    :rtype: list
    """
    live_kinds = frozenset(kind for agent in agents for kind, limit in agent.limits.items() if limit.is_live)
    agent_by_id = {agent.id: agent for agent in agents}
    groups = {}
    decisions = []
    turn = max([now, *(agent.idle_since for agent in agents)])
    for work in sorted(works, key=lambda work: order_key(work, now, live_kinds)):
        signature = (work.kind, work.rule, work.teams, work.product, work.needs)
        group = groups.get(signature)
        if group is None:
            group = groups[signature] = Group(work, agents)
        decision = group.decide(work, agent_by_id)
        if decision:
            turn += 1
            agent_by_id[decision.agent].take(work.kind, turn)
            decisions.append(decision)
    return decisions


def confirm(decisions, agents, now):
    """Decisions that are to be carried out a moment later, as far as they still hold.

    From the first one on whose agent has left or has no room any more, the rest is decided anew among ``agents``, so
    that work which is due sooner is not overtaken by work whose agent happens to be there.

    :param list decisions: :class:`Decision` in their order
    :param agents: :class:`Agent` of these decisions who are still there, with their loads of now
    :param int now: seconds since 1970
    :return: :class:`Decision`, at most as many
    :rtype: list
    """
    agent_by_id = {agent.id: agent for agent in agents}
    turn = max([now, *(agent.idle_since for agent in agents)])
    for number, decision in enumerate(decisions):
        agent = agent_by_id.get(decision.agent)
        if not agent or not agent.has_room(decision.work.kind):
            rest = [each.work for each in decisions[number:]]
            return [*decisions[:number], *distribute(rest, agents, now)]
        agent.take(decision.work.kind, turn + number + 1)
    return decisions


class Group:
    """Work that is alike, and who may get it, the next one first."""

    def __init__(self, work, agents):
        self.kind, self.rule, self.needs = work.kind, work.rule, work.needs
        self.left_out = {}
        self.full = 0
        self.members = set()
        self.heap = []
        for agent in agents:
            if reason := self._unfit(agent, work):
                if reason != "team":
                    self.left_out[reason] = self.left_out.get(reason, 0) + 1
            else:
                self.members.add(agent.id)
                self.heap.append(self._entry(agent))
        heapq.heapify(self.heap)

    def _unfit(self, agent, work):
        if not agent.teams & work.teams:
            return "team"
        if work.product is not None and work.product not in agent.products:
            return "product"
        if any(need.is_required and agent.skills.get(need.skill, 0) < need.level for need in work.needs):
            return "skill"
        return "channel" if work.kind not in agent.limits else ""

    def _score(self, agent):
        return sum(agent.skills.get(need.skill, 0) for need in self.needs)

    def _entry(self, agent):
        if self.rule == ROUND_ROBIN:
            rank = (agent.idle_since,)
        elif self.rule == SKILLS_FIRST:
            rank = (-self._score(agent), agent.points, agent.count, agent.idle_since)
        else:
            rank = (agent.points, agent.count, agent.idle_since)
        return (*rank, agent.id)

    def decide(self, work, agent_by_id):
        sticky = agent_by_id.get(work.sticky) if work.sticky in self.members else None
        if sticky and sticky.id not in work.refused and sticky.has_room(self.kind):
            return self._decision(work, sticky, "sticky", agent_by_id)
        passed_over = []
        chosen = None
        while chosen is None and (agent := self._pop(agent_by_id)):
            if agent.id in work.refused:
                passed_over.append(agent)
            else:
                chosen = agent
        decision = chosen and self._decision(work, chosen, self.rule, agent_by_id, len(passed_over))
        for agent in (*passed_over, *filter(None, [chosen])):
            heapq.heappush(self.heap, self._entry(agent))
        return decision

    def _pop(self, agent_by_id):
        """The agent whose turn it is; those without room leave, for good, as loads only grow."""
        while self.heap:
            entry = heapq.heappop(self.heap)
            agent = agent_by_id[entry[-1]]
            if not agent.has_room(self.kind):
                self.full += 1
                self.members.discard(agent.id)
                continue
            fresh = self._entry(agent)
            if fresh == entry:
                return agent
            heapq.heappush(self.heap, fresh)
        return None

    def _decision(self, work, agent, why, agent_by_id, refused=0):
        others = [agent_by_id[entry[-1]] for entry in self.heap[:2] if entry[-1] != agent.id]
        left_out = dict(self.left_out)
        if self.full:
            left_out["full"] = self.full
        if refused:
            left_out["refused"] = refused
        candidates = len(self.heap) + (0 if why == "sticky" else 1)
        return Decision(
            work=work,
            agent=agent.id,
            why="only" if candidates == 1 and why != "sticky" else why,
            candidates=candidates,
            load=agent.points,
            count=agent.count,
            score=self._score(agent),
            next_agent=others[0].id if others else None,
            next_load=others[0].points if others else 0,
            is_live=agent.limits[self.kind].is_live,
            left_out=left_out,
        )

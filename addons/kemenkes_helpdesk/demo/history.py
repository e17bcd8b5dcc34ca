"""What a story leaves behind in the database: a ticket, its messages, escalations and ledger rows, as plain values.

Plain Python, no Odoo: the ids come from a :class:`World`. The rules are those of the ticket's own methods (reply,
escalate, stage changes), followed here with dates of the past, for hundreds of tickets at once.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from markupsafe import Markup, escape

from .story import SLOT, read

DONE = ("solved", "closed")
# How long agents take, in seconds: to read and pass on, to find out and answer.
READING = (45, 240)
WRITING = (120, 780)
LANGUAGES = read("phrases.json")
# Share of hand-overs that the next tier gives back unanswered.
REFUSED = 0.2
# Why a ticket goes to the next tier, by a part of its category's name.
KIND_OF_REASON = {
    "_data_": "data",
    "_sync_": "data",
    "_login_": "access",
    "_account_": "access",
    "_credentials": "access",
    "_app_": "defect",
    "_api_": "defect",
}


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    user_id: int
    partner_id: int
    name: str
    email: str
    product_ids: frozenset = frozenset()


@dataclass
class World:
    """The ids that histories refer to."""

    robot: Person
    stages: dict  # by kind
    teams: dict  # by (site id, tier); of tier 2 and 3 by (None, tier)
    crews: dict  # team id: persons
    channels: dict  # by (site id, kind)
    subtypes: dict  # comment, note
    escalation_reasons: dict  # by the last part of their xml id


@dataclass
class Subject:
    """Whom and what a ticket is about, as ids."""

    partner_id: int
    site_id: int
    product_id: int
    category_id: int
    tag_ids: list


@dataclass
class History:
    ticket: dict
    created: object
    messages: list = field(default_factory=list)
    events: list = field(default_factory=list)
    escalations: list = field(default_factory=list)


class Replay:
    """Plays one story, step by step."""

    def __init__(self, story, subject, world, seed):
        self.story, self.subject, self.world = story, subject, world
        self.chance = random.Random(seed)
        self.team_id = world.teams[subject.site_id, 1]
        self.tier, self.kind, self.holder, self.solved = 1, "new", None, None
        self.agent = self._pick(self.team_id)
        self.history = History(self._first_values(), story.start)
        self.ticket = self.history.ticket

    def play(self):
        """:return: the :class:`History`"""
        self._note("created", self.story.start)
        for step in self.story.steps:
            getattr(self, f"_play_{step.do}")(step)
        self.ticket.update(
            team_id=self.team_id,
            user_id=self.holder.user_id if self.holder else False,
            stage_id=self.world.stages[self.kind],
        )
        return self.history

    # STEPS

    def _play_customer(self, step):
        message = self._say(step, self._customer(), "in", step.paragraphs)
        self.ticket["last_customer_message_date"] = step.when
        self._note("message_in", step.when, message=message)
        if self.kind == "waiting_customer" or step.then == "reopen":
            self._move("open", step.when, self.world.robot)

    def _play_agent(self, step):
        if not self.holder:
            taken = step.when - timedelta(seconds=self.chance.randint(90, 400))
            self._assign(self.agent, max(taken, self.history.events[-1]["date"]))
        self._work(self.agent, step.when, WRITING)
        message = self._say(step, self.agent, "out", self._letter(step))
        self.ticket["last_agent_message_date"] = step.when
        if self.kind == "new":
            self._move("open", step.when, self.agent)
        self._note("message_out", step.when, self.agent, message)
        if step.then:
            self._move({"wait": "waiting_customer", "solve": "solved"}[step.then], step.when, self.agent)

    def _play_note(self, step):
        if not self.holder:
            self._assign(self.agent, step.when)
        self._work(self.holder, step.when, READING)
        self._note("note", step.when, self.holder, self._say(step, self.holder, False, step.paragraphs))

    def _play_expert(self, step):
        self._play_note(step)

    def _play_escalate(self, step):
        giver = self.holder or self.agent
        if not self.holder:
            self._assign(giver, step.when)
        self._work(giver, step.when, READING)
        self._end_escalations("done", step.when)
        team_id = self.world.teams[None, step.tier]
        self.history.escalations.append(
            {
                "from_team_id": self.team_id,
                "to_team_id": team_id,
                "from_tier": str(self.tier),
                "to_tier": str(step.tier),
                "from_user_id": giver.user_id,
                "reason_id": self.world.escalation_reasons[self._kind_of_reason()],
                "reason": step.reason,
                "state": "waiting",
                "escalated_date": step.when,
            }
        )
        self._hand_over(team_id, step.tier, None, step.when, giver)
        self._move("waiting_internal", step.when, giver)
        self._note("escalated", step.when, giver, data={"team": team_id})

    def _kind_of_reason(self):
        category = self.story.script["category"]
        return next((kind for part, kind in KIND_OF_REASON.items() if part in category), "decision")

    def _play_accept(self, step):
        expert = self._pick(self.team_id)
        self.history.escalations[-1].update(state="accepted", accepted_date=step.when, to_user_id=expert.user_id)
        self._assign(expert, step.when)
        self._note("escalation_accepted", step.when, expert)

    def _play_return(self, step):
        expert = self.holder
        self._work(expert, step.when, WRITING)
        # mostly the answer for the first tier, now and then a refusal
        is_refused = self.chance.random() < REFUSED
        self._end_escalations("returned" if is_refused else "done", step.when, is_refused and step.reason)
        self._hand_over(self.world.teams[self.subject.site_id, 1], 1, self.agent, step.when, expert)
        self._move("open", step.when, expert)
        self._note("escalation_returned" if is_refused else "escalation_answered", step.when, expert)

    def _play_close(self, step):
        self._move("closed", step.when, self.world.robot)

    # STATE

    def _work(self, person, when, seconds):
        """What the agent did just before ``when``, not longer than since the last thing that happened."""
        begun = max(when - timedelta(seconds=self.chance.randint(*seconds)), self.history.events[-1]["date"])
        if begun < when:
            self._note("handled", when, person, data={"begun": begun})

    def _first_values(self):
        story, subject = self.story, self.subject
        return {
            "name": story.subject,
            "description": "\n\n".join(self._finish(story.steps[0].paragraphs)),
            "partner_id": subject.partner_id,
            "partner_phone": story.customer["phone"],
            "channel_id": self.world.channels[subject.site_id, story.channel],
            "site_id": subject.site_id,
            "product_id": subject.product_id,
            "category_id": subject.category_id,
            "tag_ids": subject.tag_ids,
            "priority": story.script["priority"],
        }

    def _pick(self, team_id):
        """One of the team who may work on the product."""
        crew, product_id = self.world.crews[team_id], self.subject.product_id
        able = [person for person in crew if not product_id or product_id in person.product_ids]
        return self.chance.choice(able or crew)

    def _assign(self, person, when):
        self.holder = person
        self.ticket["assign_date"] = when
        self._note("assigned", when, person, data={"old": False, "new": person.user_id})

    def _hand_over(self, team_id, tier, person, when, giver):
        before, tier_before, leaving = self.team_id, self.tier, self.holder
        self.team_id, self.tier, self.holder = team_id, tier, person
        self._note("team_changed", when, giver, data={"old": before, "new": team_id})
        self._note("tier_changed", when, giver, data={"old": tier_before, "new": tier})
        if person:
            self.ticket["assign_date"] = when
        self._note(
            "assigned" if person else "unassigned",
            when,
            giver,
            data={"old": leaving.user_id, "new": person.user_id if person else False},
        )

    def _end_escalations(self, state, when, reason=False):
        """The last one ends in ``state``; one that was handed on before it is done too."""
        waiting = [row for row in self.history.escalations if row["state"] in ("waiting", "accepted")]
        for row in waiting:
            row.update(state=state, ended_date=when, return_reason=reason)

    def _move(self, kind, when, person):
        before, self.kind = self.kind, kind
        stages = self.world.stages
        self._note("stage_changed", when, person, data={"old": stages[before], "new": stages[kind]})
        if kind in DONE and before not in DONE:
            self._note("solved", when, person)
        if kind == "closed":
            self.ticket["close_date"] = when
            self._note("closed", when, person)
        if before in DONE and kind not in DONE:
            self.ticket["close_date"] = False
            self._note("reopened", when, person)

    def _note(self, kind, when, person=None, message=None, data=None):
        """Write a ledger row with the ticket as it stands at this moment of the story."""
        self.history.events.append(
            {
                "kind": kind,
                "date": when,
                "user_id": (person or self.world.robot).user_id,
                "message": message,
                "data": data,
                "team_id": self.team_id,
                "agent_id": self.holder.user_id if self.holder else None,
                "site_id": self.subject.site_id,
                "product_id": self.subject.product_id,
                "channel_id": self.ticket["channel_id"],
                "category_id": self.subject.category_id,
                "tier": self.tier,
                "stage_id": self.world.stages[self.kind],
                "stage_kind": self.kind,
            }
        )

    # WORDS

    def _customer(self):
        customer = self.story.customer
        return Person(0, self.subject.partner_id, customer["name"], customer["email"])

    def _say(self, step, author, direction, paragraphs):
        is_mail = direction == "in" and self.story.channel == "email"
        message = {
            "body": _html(self._finish(paragraphs)),
            "subject": self.story.subject if direction else False,
            "message_type": "email" if is_mail else "comment",
            "subtype_id": self.world.subtypes["comment" if direction else "note"],
            "is_internal": not direction,
            "author_id": author.partner_id,
            "email_from": f'"{author.name}" <{author.email}>',
            "date": step.when,
            "helpdesk_direction": direction,
            "helpdesk_channel_id": self.ticket["channel_id"] if direction else False,
        }
        self.history.messages.append(message)
        return message

    def _letter(self, step):
        """An agent's words between greeting and regards."""
        phrases = LANGUAGES[self.story.script["language"]]
        is_first = "last_agent_message_date" not in self.ticket
        opening = [self.chance.choice(phrases["first"])] if is_first else []
        return [phrases["greeting"], *opening, *step.paragraphs, phrases["regards"]]

    def _finish(self, paragraphs):
        slots = {
            "agent": self.agent.name,
            "name": self.story.customer["name"],
            "salutation": self.story.customer["salutation"],
        }
        return [SLOT.sub(lambda match: slots.get(match[1], match[0]), paragraph) for paragraph in paragraphs]


def _html(paragraphs):
    return Markup("").join(
        Markup("<p>%s</p>") % Markup("<br>").join(escape(line) for line in paragraph.split("\n"))
        for paragraph in paragraphs
    )

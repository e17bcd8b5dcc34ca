"""Who waits for an answer on a ticket, customer by customer, also where tickets were merged: plain Python, no Odoo.

On a survivor several customers speak, each under the number they know. An answer to one of them is none to the others:

* Who waits when their ticket is merged goes on waiting on the survivor, from that moment.
* A reply ends the wait of the number it was sent to, and of the same customer's other numbers.
* When a merge is undone, who has not been answered meanwhile waits on their own ticket again.
"""

from dataclasses import dataclass

from .facts import CANCELLED, DONE, REACHED


@dataclass
class CustomerWait:
    """One customer's wait for an answer; times in seconds since 1970."""

    # the ticket under whose number the customer speaks; None: the ticket itself
    number: int
    customer: int
    since: int
    end: int = None
    outcome: str = None


class Conversation:
    """Follows the facts of one ticket, oldest first, and knows who waits."""

    def __init__(self):
        # all waits after the first response, in the order in which they began
        self.waits = []
        # the numbers of the tickets that are merged into this one
        self.numbers = set()
        self.is_answered = False
        self._is_done = False
        self._was_waiting = False
        # {number: customer} of merged tickets whose last word has no answer yet, whatever became of the wait
        self._unanswered = {}

    def follow(self, fact):
        """Take the next fact into account."""
        follow = FOLLOW.get(fact.kind)
        if follow:
            follow(self, fact)

    def waiting(self):
        """Who waits now.

        :return: list of ``(number, customer)``
        """
        waiting = [(wait.number, wait.customer) for wait in self._open()]
        return waiting if self.is_answered or self._is_done else [(None, None), *waiting]

    def unanswered(self, numbers):
        """Who of the merged tickets ``numbers`` has no answer to their last word.

        :return: list of ``(number, customer)``
        """
        return [(number, customer) for number, customer in self._unanswered.items() if number in numbers]

    def _open(self):
        return [wait for wait in self.waits if wait.end is None]

    def _begin(self, number, customer, fact):
        if number is not None:
            self._unanswered[number] = customer
        is_own = number is None or _is_same(customer, fact.customer)
        if is_own and not self.is_answered:
            return  # the first response is waited for
        if not any(wait.number == number or _is_same(wait.customer, customer) for wait in self._open()):
            self.waits.append(CustomerWait(number, customer, fact.at))

    def _end(self, waits, fact, outcome):
        for wait in waits:
            wait.end, wait.outcome = fact.at, outcome

    def _start(self, fact):
        self._is_done = fact.state.stage_kind in DONE

    def _hear(self, fact):
        self._begin(fact.number, fact.concerned, fact)

    def _answer(self, fact):
        self.is_answered = self.is_answered or fact.is_to_own_customer
        self._unanswered = {
            number: customer
            for number, customer in self._unanswered.items()
            if number != fact.number and not _is_same(customer, fact.concerned)
        }
        answered = [
            wait for wait in self._open() if wait.number == fact.number or _is_same(wait.customer, fact.concerned)
        ]
        self._end(answered, fact, REACHED)

    def _finish(self, fact):
        self._is_done = True
        self._end(self._open(), fact, CANCELLED)

    def _reopen(self, _fact):
        self._is_done = False

    def _merge(self, fact):
        (self._leave if fact.leaves else self._take_in)(fact)

    def _unmerge(self, fact):
        (self._come_back if fact.leaves else self._let_go)(fact)

    def _leave(self, fact):
        self._was_waiting = not self.is_answered and not self._is_done
        self._end(self._open(), fact, CANCELLED)

    def _come_back(self, fact):
        """The customers of this ticket and its merged ones, as they stood on the survivor."""
        own_waits = any(number is None for number, _customer in fact.waiting)
        self.is_answered = self.is_answered or (self._was_waiting and not own_waits)
        for number, customer in fact.waiting:
            self._begin(number, fact.customer if number is None else customer, fact)

    def _take_in(self, fact):
        self.numbers |= fact.numbers
        for number, customer in fact.waiting:
            self._begin(number, customer, fact)

    def _let_go(self, fact):
        self.numbers -= fact.numbers
        self._end([wait for wait in self._open() if wait.number in fact.numbers], fact, CANCELLED)
        for number in fact.numbers:
            self._unanswered.pop(number, None)


FOLLOW = {
    "created": Conversation._start,
    "message_in": Conversation._hear,
    "message_out": Conversation._answer,
    "solved": Conversation._finish,
    "closed": Conversation._finish,
    "reopened": Conversation._reopen,
    "merged": Conversation._merge,
    "unmerged": Conversation._unmerge,
}


def _is_same(customer, other):
    return customer is not None and customer == other


def follow(facts):
    """The :class:`Conversation` after these facts."""
    conversation = Conversation()
    for fact in facts:
        conversation.follow(fact)
    return conversation


class Merges:
    """Completes the facts of tickets with what merges bring along from other tickets.

    What a merge brings depends on the other ticket's facts before it, which may depend on earlier merges in turn: facts
    are completed one after the other, each ticket as far as it is asked for.

    :param dict facts_by_ticket: ``{ticket id: list of Fact}`` as :func:`.facts.read_facts` reads them, of the tickets
        asked for and of all that were ever merged into them
    """

    def __init__(self, facts_by_ticket):
        self._read = facts_by_ticket
        self._completed = {ticket: [] for ticket in facts_by_ticket}

    def facts(self, ticket):
        """The facts of a ticket, complete."""
        return self._complete(ticket, len(self._read[ticket]))

    def _complete(self, ticket, count):
        completed = self._completed[ticket]
        while len(completed) < count:
            place = len(completed)
            fact = self._complete_one(ticket, place)
            if len(completed) == place:
                completed.append(fact)
        return completed[:count]

    def _complete_one(self, ticket, place):
        fact = self._read[ticket][place]
        if fact.kind == "merged" and not fact.leaves:
            source = self._conversation_at(ticket, place)
            waiting = [
                (fact.number, self._customer_of(fact.number, fact.at)) if number is None else (number, customer)
                for number, customer in source.waiting()
            ]
            return fact._replace(waiting=tuple(waiting), numbers=frozenset({fact.number, *source.numbers}))
        if fact.kind == "unmerged" and not fact.leaves:
            source = self._conversation_at(ticket, place)
            return fact._replace(numbers=frozenset({fact.number, *source.numbers}))
        if fact.kind == "unmerged":
            own = follow(self._complete(ticket, place))
            survivor = self._conversation_at(ticket, place)
            waiting = [
                (None if number == ticket else number, customer)
                for number, customer in survivor.unanswered({ticket, *own.numbers})
            ]
            return fact._replace(waiting=tuple(waiting))
        if fact.number is not None:
            return fact._replace(concerned=self._customer_of(fact.number, fact.at))
        return fact._replace(concerned=fact.customer)

    def _conversation_at(self, ticket, place):
        """The conversation of the other ticket of a merge or its undo, as it was before that."""
        fact = self._read[ticket][place]
        other = self._read.get(fact.number)
        if other is None:
            return Conversation()
        # both tickets tell of it: which time it was between these two
        time = sum(_is_about(one, fact.kind, fact.number, fact.leaves) for one in self._read[ticket][:place])
        places = [number for number, one in enumerate(other) if _is_about(one, fact.kind, ticket, not fact.leaves)]
        return follow(self._complete(fact.number, places[time])) if time < len(places) else Conversation()

    def _customer_of(self, ticket, moment):
        """Whose ticket it was at ``moment``."""
        facts = self._read.get(ticket)
        if not facts:
            return None
        return next((fact.customer for fact in reversed(facts) if fact.at <= moment), facts[0].customer)


def _is_about(fact, kind, number, leaves):
    return fact.kind == kind and fact.number == number and fact.leaves == leaves

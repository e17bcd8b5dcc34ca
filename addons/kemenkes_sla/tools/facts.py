"""What the ledger tells about a ticket, as facts that clocks are worked out from: plain Python, no Odoo."""

from typing import NamedTuple

DONE = ("solved", "closed")
# Rows of the ledger that a clock looks at, with the columns that say how the ticket stood then.
KINDS = (
    "created", "message_in", "message_out", "team_changed", "tier_changed", "stage_changed", "solved", "reopened",
    "closed", "category_changed", "priority_changed", "product_changed", "site_changed", "tags_changed",
    "customer_changed", "assigned", "unassigned", "merged", "unmerged",
)  # fmt: skip

# what may become of a wait
REACHED, CANCELLED = "reached", "cancelled"


class State(NamedTuple):
    """How a ticket stands; ids, or None."""

    site: int
    product: int
    channel: int
    team: int
    agent: int
    tier: int
    stage_kind: str
    category: int
    priority: str
    tags: frozenset
    # groups of the ticket's customer
    customer_group: frozenset


class Fact(NamedTuple):
    """One thing that happened, and how the ticket stood right after it."""

    at: int
    kind: str
    state: State
    # a merge is told on both tickets; only the one that goes away loses its clocks
    leaves: bool = False
    # of words, the merged ticket under whose number they were said; of a merge, the other ticket
    number: int = None
    # whose ticket it was
    customer: int = None
    # of words, the customer who spoke or was answered
    concerned: int = None
    # of a merge or its undo: who waits for an answer then, as (number, customer), and which numbers come or go
    waiting: tuple = ()
    numbers: frozenset = frozenset()

    @property
    def is_copy(self):
        """The same answer once more, to the customer of a merged ticket."""
        return self.kind == "message_out" and self.number is not None

    @property
    def is_to_own_customer(self):
        """An answer to the ticket's own customer, not to that of a merged one."""
        return self.kind == "message_out" and (
            self.number is None or (self.customer is not None and self.concerned == self.customer)
        )


def read_facts(rows, priority, tags, customer, groups_of):
    """The facts in a ticket's ledger rows.

    Priority, tags and customer are no columns of the ledger; how they stood before is undone from how they stand now,
    change by change.

    :param rows: dicts with ``at`` (seconds), ``kind``, ``data`` and the columns of the ledger, oldest first
    :param str priority: of the ticket now
    :param tags: ids of the ticket's tags now
    :param customer: id of the ticket's customer now, or None
    :param groups_of: function of a customer's id that returns the frozenset of the customer's groups
    :return: list of :class:`Fact`
    """
    now = {"priority": priority, "tags": frozenset(tags), "customer": customer or None}
    facts = []
    for row in reversed(rows):
        state = _state(row, now, groups_of(now["customer"]))
        is_leaving = "into" in (row["data"] or {})
        facts.append(Fact(row["at"], row["kind"], state, is_leaving, row["other_ticket_id"] or None, now["customer"]))
        _undo(row, now)
    facts.reverse()
    return facts


def _state(row, values, groups):
    return State(
        row["site_id"],
        row["product_id"],
        row["channel_id"],
        row["team_id"],
        row["agent_id"],
        row["tier"],
        row["stage_kind"],
        row["category_id"],
        values["priority"],
        values["tags"],
        groups,
    )


def _undo(row, values):
    old = (row["data"] or {}).get("old")
    if row["kind"] == "priority_changed":
        values["priority"] = str(old)
    elif row["kind"] == "tags_changed":
        values["tags"] = frozenset(old or ())
    elif row["kind"] == "customer_changed":
        values["customer"] = old or None


def tells_of_other(row):
    """Whether what the other ticket of ``row`` went through has a say: what came with a merge, what an undo left."""
    return row["kind"] == "unmerged" or (row["kind"] == "merged" and "from" in (row["data"] or {}))

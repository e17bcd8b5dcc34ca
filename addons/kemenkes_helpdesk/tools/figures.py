"""The figures of a ticket, from what the ledger tells of it: plain Python, no Odoo.

One rule for each kind of row, applied in the order of the rows: to the figures as they stand when a row has just been
written, and to empty ones when a ticket is counted anew. Both end in the same figures.

Times are whole seconds since 1970 UTC. Figures that are not known yet are None: averages leave them out.
"""

from dataclasses import dataclass

from .working_time import DAY

DONE_KINDS = ("solved", "closed")
CUSTOMER, PUSDATIN = "customer", "pusdatin"
# From this tier on a ticket is with Pusdatin.
PUSDATIN_TIER = 2


@dataclass
class Figures:
    """What is counted of one ticket; the names are those of its columns.

    ``waiting_on`` and ``waiting_on_since`` tell the wait that goes on; the sums hold only those that have ended.
    """

    create_date: int | None = None
    first_response_date: int | None = None
    first_response_seconds: int | None = None
    first_response_working_seconds: int | None = None
    reply_count: int = 0
    solved_date: int | None = None
    resolution_seconds: int | None = None
    resolution_working_seconds: int | None = None
    reopen_count: int = 0
    first_contact_resolution: bool = False
    first_contact_rate: float | None = None
    waiting_on: str | None = None
    waiting_on_since: int | None = None
    customer_waiting_seconds: int = 0
    customer_waiting_working_seconds: int = 0
    pusdatin_waiting_seconds: int = 0
    pusdatin_waiting_working_seconds: int = 0
    handling_seconds: int | None = None


def waits_on(row):
    """Whom a ticket waits for in the state that ``row`` tells: "customer", "pusdatin", or None for the first tier.

    :param dict row: a row of the ledger; ``stage_kind`` and ``tier`` are the ticket's after what happened
    """
    if row["stage_kind"] in DONE_KINDS:
        return None
    if row["stage_kind"] == "waiting_customer":
        return CUSTOMER
    return PUSDATIN if (row["tier"] or 0) >= PUSDATIN_TIER else None


def concerns(row):
    """Whether figures follow from ``row``: most rows of the ledger change none."""
    if row["kind"] == "created":
        return bool(waits_on(row))
    return row["kind"] in KINDS


def follow(figures, row, rules):
    """Change ``figures`` by what ``row`` tells.

    :param Figures figures: of the row's ticket
    :param dict row: ``kind``, ``date`` (seconds), ``stage_kind``, ``tier``, ``site_id``, ``channel_id``,
        ``other_ticket_id``, ``data``
    :param rules: has ``working_seconds(site id, start, end)`` and ``first_contact_days(channel id)``
    """
    KINDS[row["kind"]](figures, row, rules)
    if row["kind"] != "handled":  # tells of work that was done before
        _follow_wait(figures, row, rules)


def _created(figures, row, _rules):
    figures.create_date = row["date"]


def _replied(figures, row, rules):
    if row["other_ticket_id"]:
        return  # an answer to the customer of a merged ticket is none to this one's
    figures.reply_count += 1
    if figures.first_response_date is None:
        figures.first_response_date = row["date"]
        figures.first_response_seconds = row["date"] - figures.create_date
        figures.first_response_working_seconds = rules.working_seconds(row["site_id"], figures.create_date, row["date"])
    if figures.solved_date is not None and _is_soon(figures, row, rules):
        _judge_first_contact(figures)


def _solved(figures, row, rules):
    figures.solved_date = row["date"]
    figures.resolution_seconds = row["date"] - figures.create_date
    figures.resolution_working_seconds = rules.working_seconds(row["site_id"], figures.create_date, row["date"])
    _judge_first_contact(figures)


def _reopened(figures, row, rules):
    figures.reopen_count += 1
    if figures.solved_date is not None and _is_soon(figures, row, rules):
        figures.first_contact_resolution, figures.first_contact_rate = False, 0.0
    figures.solved_date = figures.resolution_seconds = figures.resolution_working_seconds = None


def _handled(figures, row, _rules):
    figures.handling_seconds = (figures.handling_seconds or 0) + row["data"]["seconds"]


def _same(_figures, _row, _rules):
    """Only the wait may change."""


KINDS = {
    "created": _created,
    "message_out": _replied,
    "solved": _solved,
    "reopened": _reopened,
    "handled": _handled,
    "stage_changed": _same,
    "tier_changed": _same,
    "site_changed": _same,
}


def _is_soon(figures, row, rules):
    """Whether ``row`` came so soon after the solution that it still belongs to it."""
    return row["date"] - figures.solved_date <= rules.first_contact_days(row["channel_id"]) * DAY


def _judge_first_contact(figures):
    """The first solution decides. Without any reply there was no contact to judge: spam, a call, a repeat."""
    if figures.reopen_count or not figures.reply_count:
        return
    figures.first_contact_resolution = figures.reply_count == 1
    figures.first_contact_rate = float(figures.first_contact_resolution)


def _follow_wait(figures, row, rules):
    on = waits_on(row)
    moved = row["kind"] == "site_changed"
    if on == figures.waiting_on and not moved:
        return
    if figures.waiting_on:
        # up to now the clock was that of the site before
        _add_wait(figures, row["date"], row["data"]["old"] if moved else row["site_id"], rules)
    figures.waiting_on = on
    figures.waiting_on_since = row["date"] if on else None


def _add_wait(figures, until, site_id, rules):
    since = figures.waiting_on_since
    if figures.waiting_on == CUSTOMER:
        figures.customer_waiting_seconds += until - since
        figures.customer_waiting_working_seconds += rules.working_seconds(site_id, since, until)
        return
    figures.pusdatin_waiting_seconds += until - since
    figures.pusdatin_waiting_working_seconds += rules.working_seconds(site_id, since, until)

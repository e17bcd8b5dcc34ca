"""What happened to generated tickets: their rows in the ledger, figures and clocks, as if they had been worked on.

The product's own arithmetic (chain, figures, clocks) in plain Python, a slice of tickets at a time, many slices at
once; everything it says goes into the database by COPY.
"""

import functools
import hashlib
import sys
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import _bulk as bulk

# Rows of one moment, in the order in which they happen.
RANKS = {"created": 0, "assigned": 1, "message_in": 2, "message_out": 2, "stage_changed": 3, "solved": 4, "closed": 5}
LAST_RANK = 6
WHEN = itemgetter(0, 1, 2)
NONE = frozenset()
# Before hexadecimal digits in COPY's text format.
BYTES = r"\\x"
SYSTEM = 1
DIMENSIONS = ("team_id", "site_id", "product_id", "channel_id", "category_id")
TICKETS = """
    SELECT id, create_date, assign_date, first_response_date, solved_date, stage_kind, user_id, tier, priority,
           partner_id, team_id, site_id, product_id, channel_id, category_id
      FROM helpdesk_ticket WHERE id BETWEEN %s AND %s ORDER BY id
"""
# The table has no indexes yet but its primary key.
WORDS = """
    SELECT res_id, id, date, 'message_' || helpdesk_direction AS kind FROM mail_message
     WHERE id > %s AND model = 'helpdesk.ticket' AND res_id BETWEEN %s AND %s AND helpdesk_direction IS NOT NULL
"""
LAST_WORD = "SELECT last_value FROM mail_message_id_seq"
PLACE = """
    SELECT pg_current_xact_id()::text::bigint + shift, now() at time zone 'UTC' FROM helpdesk_event_epoch
"""
IDS = "SELECT nextval('helpdesk_event_id_seq') FROM generate_series(1, %s)"


class Event(NamedTuple):
    """What happened to a ticket, as far as its rows of the ledger differ; in the order in which they are sorted."""

    date: object
    rank: int
    # 0: none
    message: int
    kind: str
    # seconds since 1970
    at: int
    user: int
    agent: int
    stage: str
    # as the ledger writes it
    data: str = ""


class History:
    """Writes the past of tickets; one for each process.

    :param env: whose cursor lives as long as this
    """

    def __init__(self, env):
        # only now: our addons are found once the settings are read
        from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_figures import KEPT, FigureRules
        from odoo.addons.kemenkes_helpdesk.tools import figures, ledger, working_time
        from odoo.addons.kemenkes_sla.tools import clock, facts

        self.env, self.cursor = env, env.cr
        self.status = env["helpdesk.sla.status"]
        self.figures, self.ledger, self.working_time = figures, ledger, working_time
        self.clock, self.facts = clock, facts
        self.kept = [*KEPT, "next_due_date"]
        self.dated = {name for name in KEPT if env["helpdesk.ticket"]._fields[name].type == "datetime"}
        self.rules = FigureRules(env)
        # all but the last, the hash of the row before
        self.in_order = itemgetter(*list(ledger.COLUMNS)[:-1])
        self.hours = self.status._working_times()
        self.book = self.status._book()
        env.cr.execute("SELECT DISTINCT ON (kind) kind, id FROM helpdesk_stage ORDER BY kind, sequence, id")
        self.stages = dict(env.cr.fetchall())
        env.cr.execute(
            f"CREATE TEMP TABLE load_figures AS SELECT id, {', '.join(self.kept)} FROM helpdesk_ticket WHERE false"
        )

    def last_word(self):
        """Id of the message written last."""
        self.cursor.execute(LAST_WORD)
        return self.cursor.fetchone()[0]

    def write(self, first, last, word):
        """Rows of the ledger, clocks and figures of the tickets from one id to another.

        :param int word: all their messages have greater ids
        """
        words = {}
        self.cursor.execute(WORDS, [word, first, last])
        for ticket_id, *said in self.cursor.fetchall():
            words.setdefault(ticket_id, []).append(said)
        now = self.working_time.to_seconds(self.env.cr.now())
        self.cursor.execute(TICKETS, [first, last])
        histories, clocks, figures = [], [], []
        for ticket in self.cursor.dictfetchall():
            events = self._happened(ticket, words.get(ticket["id"], ()))
            running = self._clocks(ticket, events, now)
            clocks += [(ticket["id"], one) for one in running]
            figures.append(self._figures(ticket, events, running))
            breaches = [self._breach(one) for one in running if one.state == self.clock.FAILED]
            histories.append((ticket, sorted(events + breaches, key=WHEN) if breaches else events))
        self._write_rows(histories)
        self._write_clocks(clocks, now)
        self._write_figures(figures)

    # WHAT HAPPENED

    def _happened(self, ticket, words):
        """What happened to a ticket, oldest first, but for the time limits that passed."""
        agent, stage, assigned = ticket["user_id"], ticket["stage_kind"], ticket["assign_date"]
        events = [self._event("created", ticket["create_date"], SYSTEM, None, "new")]
        if assigned:
            events.append(self._event("assigned", assigned, agent, agent, "open", data=f'{{"new": {agent}}}'))
        for message, date, kind in words:
            writer = agent if kind == "message_out" and agent else SYSTEM
            taken = (agent, "open") if assigned and date >= assigned else (None, "new")
            events.append(self._event(kind, date, writer, *taken, message))
        if ticket["solved_date"]:
            kinds = ("stage_changed", "solved", *(["closed"] if stage == "closed" else []))
            events += [self._event(kind, ticket["solved_date"], agent or SYSTEM, agent, stage) for kind in kinds]
        elif stage.startswith("waiting") and ticket["first_response_date"]:
            events.append(self._event("stage_changed", ticket["first_response_date"], agent or SYSTEM, agent, stage))
        return sorted(events, key=WHEN)

    def _event(self, kind, date, user, agent, stage, message=0, data=""):
        at = self.working_time.to_seconds(date)
        return Event(date, RANKS.get(kind, LAST_RANK), message, kind, at, user, agent, stage, data)

    def _breach(self, one):
        text = self._breach_text(one.policy.sla, one.policy.version, one.target, one.number, one.policy.seconds)
        date = self.working_time.from_seconds(one.breached)
        return self._event("sla_breached", date, SYSTEM, one.last.agent, one.last.stage_kind, data=text)

    @functools.cache  # noqa: B019 - lives as long as the process
    def _breach_text(self, sla, version, target, number, seconds):
        data = {"sla": sla, "version": version, "target": target, "number": number, "seconds": seconds}
        return self.ledger.dump_json(data)

    # WHAT FOLLOWS FROM IT

    def _clocks(self, ticket, events, now):
        """The clocks of a ticket that was never merged: its customer is the only one who speaks."""
        customer, states, facts = ticket["partner_id"], {}, []
        for event in events:
            key = event.agent, event.stage
            state = states.get(key) or states.setdefault(key, self._state(ticket, *key))
            facts.append(self.facts.Fact(event.at, event.kind, state, customer=customer, concerned=customer))
        return self.clock.run(facts, self.book, self.hours, now)

    def _state(self, ticket, agent, stage):
        return self.facts.State(
            site=ticket["site_id"],
            product=ticket["product_id"],
            channel=ticket["channel_id"],
            team=ticket["team_id"],
            agent=agent,
            tier=int(ticket["tier"]),
            stage_kind=stage,
            category=ticket["category_id"],
            priority=ticket["priority"],
            tags=NONE,
            customer_group=NONE,
        )

    def _figures(self, ticket, events, clocks):
        counted = self.figures.Figures()
        row = {**ticket, "tier": int(ticket["tier"]), "other_ticket_id": None, "data": None}
        for event in events:
            if event.kind in self.figures.KINDS:
                row.update(kind=event.kind, date=event.at, stage_kind=event.stage)
                self.figures.follow(counted, row, self.rules)
        due = min((one.due for one in clocks if one.is_open and one.due is not None), default=None)
        values = [getattr(counted, name) for name in self.kept[:-1]]
        return (ticket["id"], *map(self._moment, self.kept, [*values, due]))

    def _moment(self, name, value):
        is_moment = value is not None and (name in self.dated or name == "next_due_date")
        return self.working_time.from_seconds(value) if is_moment else value

    # INTO THE DATABASE

    def _write_rows(self, histories):
        """Number and chain what happened to each ticket.

        The lines that the ledger hashes are what COPY reads, too, but for what parts them and what stands before texts.
        """
        self.cursor.execute(PLACE)
        xact, now = self.cursor.fetchone()
        self.cursor.execute(IDS, [sum(len(events) for _ticket, events in histories)])
        ids = iter([event_id for (event_id,) in self.cursor.fetchall()])
        place = {"xact": str(xact), "recorded_date": now.isoformat(timespec="microseconds")}
        lines, heads = [], []
        for ticket, events in histories:
            same = {**place, **self._same_texts(ticket)}
            last_hash = ""
            for sequence, event in enumerate(events, 1):
                event_id = next(ids)
                text = "\n".join(self.in_order({**same, **self._texts(event_id, sequence, event)}))
                row_hash = hashlib.sha256(f"{self.ledger.FORMAT}\n{text}\n{last_hash}".encode()).hexdigest()
                fields = text.replace("\n=", "\t").replace("\n", "\t")
                lines.append(f"{fields}\t{last_hash and BYTES + last_hash}\t{BYTES}{row_hash}\n")
                last_hash = row_hash
            heads.append((ticket["id"], sequence, event_id, rf"\x{last_hash}"))
        bulk.copy_lines(self.cursor, "helpdesk_event", [*self.ledger.COLUMNS, "hash"], lines)
        bulk.copy(self.cursor, "helpdesk_event_head", ("chain", "sequence", "last_id", "hash"), heads)

    def _same_texts(self, ticket):
        """What all rows of a ticket have in common, in the ledger's canonical form."""
        ticket_id = str(ticket["id"])
        dimensions = {name: "" if ticket[name] is None else str(ticket[name]) for name in DIMENSIONS}
        nothing = {"target_user_id": "", "other_ticket_id": ""}
        return {"chain": ticket_id, "ticket_id": ticket_id, "tier": str(int(ticket["tier"])), **dimensions, **nothing}

    def _texts(self, event_id, sequence, event):
        """What is a row's own, in the ledger's canonical form."""
        user = str(event.user)
        return {
            "id": str(event_id),
            "sequence": str(sequence),
            "kind": f"={event.kind}",
            "date": event.date.isoformat(timespec="microseconds"),
            "user_id": user,
            "real_user_id": user,
            "message_id": str(event.message) if event.message else "",
            "agent_id": str(event.agent) if event.agent else "",
            "stage_id": str(self.stages[event.stage]),
            "stage_kind": f"={event.stage}",
            "data": event.data,
        }

    def _write_clocks(self, clocks, now):
        rows = [self._clock_row(ticket_id, one, now) for ticket_id, one in clocks]
        if rows:
            values = ([None if value is False else value for value in row.values()] for row in rows)
            bulk.copy(self.cursor, "helpdesk_sla_status", list(rows[0]), values)

    def _clock_row(self, ticket_id, one, now):
        row = {**self.status._prepare(ticket_id, one), **self.status._prepare_checks(one, now)}
        # who had to be told of a breach was told then; what is False from here on is empty, so flags are numbers
        return {**row, "untold_percent": 0, "is_open": int(one.is_open), "is_stale": 0}

    def _write_figures(self, figures):
        self.cursor.execute("TRUNCATE load_figures")
        bulk.copy(self.cursor, "load_figures", ("id", *self.kept), figures)
        assignments = ", ".join(f"{name} = load_figures.{name}" for name in self.kept)
        self.cursor.execute(
            f"UPDATE helpdesk_ticket SET {assignments} FROM load_figures WHERE load_figures.id = helpdesk_ticket.id"
        )

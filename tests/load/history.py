"""What happened to generated tickets: their rows in the ledger, figures and clocks, as if they had been worked on.

The product's own arithmetic (chain, figures, clocks) in plain Python, a slice of tickets at a time, many slices at
once; everything it says goes into the database by COPY.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import _bulk as bulk

# Rows of one moment, in the order in which they happen.
RANKS = {"created": 0, "assigned": 1, "message_in": 2, "message_out": 2, "stage_changed": 3, "solved": 4, "closed": 5}
LAST_RANK = 6
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


class History:
    """Writes the past of tickets; one for each process.

    :param env: whose cursor lives as long as this
    """

    def __init__(self, env):
        # only now: our addons are found once the settings are read
        from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_figures import KEPT, FigureRules
        from odoo.addons.kemenkes_helpdesk.tools import figures, ledger, working_time
        from odoo.addons.kemenkes_sla.tools import clock, facts, waiting

        self.env, self.cursor = env, env.cr
        self.status = env["helpdesk.sla.status"]
        self.figures, self.ledger, self.working_time = figures, ledger, working_time
        self.clock, self.facts, self.waiting = clock, facts, waiting
        self.kept = [*KEPT, "next_due_date"]
        self.dated = {name for name in KEPT if env["helpdesk.ticket"]._fields[name].type == "datetime"}
        self.rules = FigureRules(env)
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
        rows, clocks, figures = [], [], []
        for ticket in self.cursor.dictfetchall():
            happened = self._happened(ticket, words.get(ticket["id"], ()))
            running = self._clocks(ticket, happened, now)
            clocks += [(ticket["id"], one) for one in running]
            figures.append(self._figures(ticket["id"], happened, running))
            breaches = [self._breach(ticket, one) for one in running if one.state == self.clock.FAILED]
            rows.append(sorted(happened + breaches, key=_when) if breaches else happened)
        self._write_rows(rows)
        self._write_clocks(clocks, now)
        self._write_figures(figures)

    # WHAT HAPPENED

    def _happened(self, ticket, words):
        """The rows of a ticket, oldest first, but for what is known only when they are chained."""
        agent, stage = ticket["user_id"], ticket["stage_kind"]
        rows = [self._row(ticket, "created", ticket["create_date"], SYSTEM, None, "new")]
        if ticket["assign_date"]:
            row = self._row(ticket, "assigned", ticket["assign_date"], agent, agent, "open")
            rows.append({**row, "data": {"new": agent}})
        for message_id, date, kind in words:
            is_taken = bool(ticket["assign_date"]) and date >= ticket["assign_date"]
            writer = agent if kind == "message_out" and agent else SYSTEM
            row = self._row(ticket, kind, date, writer, agent if is_taken else None, "open" if is_taken else "new")
            rows.append({**row, "message_id": message_id})
        if ticket["solved_date"]:
            kinds = ("stage_changed", "solved", *(["closed"] if stage == "closed" else []))
            rows += [self._row(ticket, kind, ticket["solved_date"], agent or SYSTEM, agent, stage) for kind in kinds]
        elif stage.startswith("waiting") and ticket["first_response_date"]:
            rows.append(
                self._row(ticket, "stage_changed", ticket["first_response_date"], agent or SYSTEM, agent, stage)
            )
        return sorted(rows, key=_when)

    def _row(self, ticket, kind, date, user_id, agent_id, stage_kind):
        return {
            "kind": kind,
            "date": date,
            "at": self.working_time.to_seconds(date),
            "user_id": user_id,
            "real_user_id": user_id,
            "target_user_id": None,
            "ticket_id": ticket["id"],
            "other_ticket_id": None,
            "message_id": None,
            "agent_id": agent_id,
            "tier": int(ticket["tier"]),
            "stage_id": self.stages[stage_kind],
            "stage_kind": stage_kind,
            "data": None,
            **{name: ticket[name] for name in DIMENSIONS},
        }

    def _breach(self, ticket, one):
        row = self._row(
            ticket,
            "sla_breached",
            self.working_time.from_seconds(one.breached),
            SYSTEM,
            one.last.agent,
            one.last.stage_kind,
        )
        data = {"sla": one.policy.sla, "version": one.policy.version, "target": one.target, "number": one.number}
        return {**row, "data": {**data, "seconds": one.policy.seconds}}

    # WHAT FOLLOWS FROM IT

    def _clocks(self, ticket, rows, now):
        facts = self.facts.read_facts(rows, ticket["priority"], (), ticket["partner_id"], _no_groups)
        merges = self.waiting.Merges({ticket["id"]: facts})
        return self.clock.run(merges.facts(ticket["id"]), self.book, self.hours, now)

    def _figures(self, ticket_id, rows, clocks):
        counted = self.figures.Figures()
        for row in rows:
            if row["kind"] in self.figures.KINDS:
                self.figures.follow(counted, {**row, "date": row["at"]}, self.rules)
        due = min((one.due for one in clocks if one.is_open and one.due is not None), default=None)
        values = [getattr(counted, name) for name in self.kept[:-1]]
        return (ticket_id, *map(self._moment, self.kept, [*values, due]))

    def _moment(self, name, value):
        is_moment = value is not None and (name in self.dated or name == "next_due_date")
        return self.working_time.from_seconds(value) if is_moment else value

    # INTO THE DATABASE

    def _write_rows(self, tickets):
        """Number and chain the rows of each ticket."""
        self.cursor.execute(PLACE)
        xact, now = self.cursor.fetchone()
        self.cursor.execute(IDS, [sum(map(len, tickets))])
        ids = iter([event_id for (event_id,) in self.cursor.fetchall()])
        heads = []
        for rows in tickets:
            last_hash = None
            for sequence, row in enumerate(rows, 1):
                row.update(id=next(ids), xact=xact, chain=row["ticket_id"], sequence=sequence)
                row.update(recorded_date=now, previous_hash=last_hash)
                last_hash = row["hash"] = self.ledger.row_hash(row)
            heads.append((row["chain"], sequence, row["id"], last_hash))
        columns = [*self.ledger.COLUMNS, "hash"]
        written = (
            [row[name] if name != "data" else row[name] and self.ledger.dump_json(row[name]) for name in columns]
            for rows in tickets
            for row in rows
        )
        bulk.copy(self.cursor, "helpdesk_event", columns, written)
        bulk.copy(self.cursor, "helpdesk_event_head", ("chain", "sequence", "last_id", "hash"), heads)

    def _write_clocks(self, clocks, now):
        # who had to be told of a breach was told then
        told = {"untold_percent": 0, "is_stale": False}
        rows = [
            {**self.status._prepare(ticket_id, one), **self.status._prepare_checks(one, now), **told}
            for ticket_id, one in clocks
        ]
        if not rows:
            return
        columns = list(rows[0])
        flags = {"is_open", "is_stale"}
        bulk.copy(
            self.cursor,
            "helpdesk_sla_status",
            columns,
            ([None if row[name] is False and name not in flags else row[name] for name in columns] for row in rows),
        )

    def _write_figures(self, figures):
        self.cursor.execute("TRUNCATE load_figures")
        bulk.copy(self.cursor, "load_figures", ("id", *self.kept), figures)
        assignments = ", ".join(f"{name} = load_figures.{name}" for name in self.kept)
        self.cursor.execute(
            f"UPDATE helpdesk_ticket SET {assignments} FROM load_figures WHERE load_figures.id = helpdesk_ticket.id"
        )


def _when(row):
    return row["date"], RANKS.get(row["kind"], LAST_RANK), row["message_id"] or 0


def _no_groups(_customer):
    return frozenset()

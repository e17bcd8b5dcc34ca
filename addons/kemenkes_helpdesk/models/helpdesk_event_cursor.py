from odoo import api, fields, models

from .helpdesk_event import READ_COLUMNS


class HelpdeskEventCursor(models.Model):
    """How far each reader behind the transaction (roll-ups, webhooks, screens) has read the ledger.

    Ids are no safe bookmark: a transaction that began early may commit late, and its rows then appear *below* ids that
    were read already. So rows are read in the order of their transactions' numbers, and only up to the oldest
    transaction that still runs in this database: nothing can appear before that any more. A transaction that runs for
    long delays the readers, it never makes them miss a row. Rows of one ticket come in the order of their chain.
    """

    _name = "helpdesk.event.cursor"
    _description = "Ledger Reader's Bookmark"
    _auto = False  # eight-byte columns
    _log_access = False
    _order = "name"

    name = fields.Char("Reader", readonly=True)
    last_id = fields.Integer("Last row read", readonly=True, aggregator=None)

    def init(self):
        self.env.cr.execute("""
            CREATE TABLE IF NOT EXISTS helpdesk_event_cursor (
                id serial PRIMARY KEY,
                name varchar NOT NULL UNIQUE,
                last_xact bigint NOT NULL DEFAULT 0,
                last_id bigint NOT NULL DEFAULT 0
            )
        """)

    @api.model
    def _consume(self, name, limit=1000):
        """The next rows for the reader ``name``; the bookmark moves in this transaction.

        What the reader does with the rows in the same transaction therefore happens exactly once. Two at a time for one
        reader: the second gets a serialization failure and is replayed.

        :param str name: the reader; a new one begins at the ledger's first row
        :param int limit: at most so many rows
        :return: dicts as described at :meth:`helpdesk.event._readers`, oldest transaction first; empty: nothing new
        :rtype: list
        """
        cr = self.env.cr
        cr.execute("INSERT INTO helpdesk_event_cursor (name) VALUES (%s) ON CONFLICT DO NOTHING", [name])
        cr.execute("SELECT last_xact, last_id FROM helpdesk_event_cursor WHERE name = %s FOR UPDATE", [name])
        position = cr.fetchone()
        cr.execute(
            f"""
            SELECT xact, {", ".join(READ_COLUMNS)} FROM helpdesk_event
             WHERE (xact, id) > %s AND xact < %s ORDER BY xact, id LIMIT %s
            """,
            [position, self.env["helpdesk.event"]._settled_xact(), limit],
        )
        rows = cr.dictfetchall()
        if rows:
            last = rows[-1]
            cr.execute(
                "UPDATE helpdesk_event_cursor SET last_xact = %s, last_id = %s WHERE name = %s",
                [last["xact"], last["id"], name],
            )
            self.invalidate_model()
        return [{key: value for key, value in row.items() if key != "xact"} for row in rows]

    @api.model
    def _begin_now(self, name):
        """Let a reader that has never read begin with what comes from now on, not at the ledger's first row."""
        self.env.cr.execute(
            """
            INSERT INTO helpdesk_event_cursor (name, last_xact, last_id)
            SELECT %s, %s, COALESCE(max(id), 0) FROM helpdesk_event ON CONFLICT (name) DO NOTHING
            """,
            [name, self.env["helpdesk.event"]._settled_xact() - 1],
        )
        self.invalidate_model()

    @api.model
    def _rewind(self, name):
        """Let the reader ``name`` begin again at the ledger's first row (to rebuild what it keeps)."""
        self.env.cr.execute("UPDATE helpdesk_event_cursor SET last_xact = 0, last_id = 0 WHERE name = %s", [name])
        self.invalidate_model()

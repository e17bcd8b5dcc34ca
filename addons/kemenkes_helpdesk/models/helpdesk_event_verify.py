from odoo import api, models
from odoo.tools import SQL

from ..tools import ledger

# Tables that only grow, and what nobody may do to them.
GUARDED = {
    "helpdesk_event": "UPDATE, DELETE, TRUNCATE",
    "helpdesk_event_head": "DELETE, TRUNCATE",
    "helpdesk_event_seal": "UPDATE, DELETE, TRUNCATE",
}


class HelpdeskEvent(models.Model):
    """The check of the ledger. All of it runs inside the database: memory is that of one statement."""

    _inherit = "helpdesk.event"

    @api.model
    def verify(self, domain=None, limit=None):
        """Ids of the rows whose chain is broken, in ascending order; an empty list when all is well.

        A row is in the list when it was changed or forged, when the row before it in its chain is missing or was
        replaced, or when it is itself missing at the end of its chain (then its id is no longer found).

        :param list domain: check only these rows (and the ends of their chains); default: the whole ledger
        :param int limit: at most so many ids
        :rtype: list
        """
        return [problem["id"] for problem in self._find_broken(domain, limit)]

    @api.model
    def _find_broken(self, domain=None, limit=None):
        """What :meth:`verify` finds, with the reasons.

        :return: dicts with ``id``, ``ticket_id`` (or None), ``user_id`` (the account of a row without ticket, or None)
            and ``problem``: ``changed`` (the row's own hash is wrong), ``gap`` (what stood before it is missing
            or replaced), ``forged`` (it stands behind the end of its chain), ``missing`` (the last row is gone)
        """
        self.check_access("read")
        # sudo: a chain is checked as a whole, with the rows of other products
        ledger_sudo = self.sudo()
        rows, heads = SQL("TRUE"), SQL("TRUE")
        if domain:
            query = ledger_sudo._search(domain)
            rows = SQL("row.id IN %s", query.subselect())
            heads = SQL(
                "head.chain IN (SELECT chain FROM helpdesk_event WHERE id IN %s)",
                ledger_sudo._search(domain).subselect(),
            )
        self.env.cr.execute(ledger_sudo._find_broken_sql(rows, heads, limit))
        return [
            {
                "id": event_id,
                "ticket_id": chain if chain > 0 else None,
                "user_id": -chain if chain < 0 else None,
                "problem": problem,
            }
            for event_id, chain, problem in self.env.cr.fetchall()
        ]

    @api.model
    def find_unguarded(self):
        """What keeps the ledger's tables from being changed, where it is missing.

        :return: dicts with ``table`` and ``problem``: ``trigger`` (missing, switched off or without effect), ``rights``
            (Odoo's role may change or remove rows), ``owner`` (Odoo's role owns the table and could drop its triggers)
        """
        self.check_access("read")
        tables, rights = list(GUARDED), list(GUARDED.values())
        self.env.cr.execute(
            """
            WITH guarded AS (
                SELECT name, rights, to_regclass(name) AS oid FROM unnest(%s, %s) AS wanted(name, rights)
            )
            SELECT name, 'trigger' FROM guarded
             WHERE NOT EXISTS (
                   SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                    WHERE tgrelid = guarded.oid AND tgname = name || '_append_only' AND tgenabled = 'A'
                      AND proname = 'helpdesk_refuse_change'
                      AND prosrc ~ '^[[:space:]]*BEGIN[[:space:]]+RAISE EXCEPTION')
             UNION ALL
            SELECT name, 'rights' FROM guarded WHERE has_table_privilege(guarded.oid, rights)
             UNION ALL
            SELECT name, 'owner' FROM guarded JOIN pg_class ON pg_class.oid = guarded.oid
             WHERE pg_has_role(relowner, 'USAGE')
             ORDER BY 1, 2
            """,
            [tables, rights],
        )
        return [{"table": table, "problem": problem} for table, problem in self.env.cr.fetchall()]

    def _find_broken_sql(self, rows, heads, limit):
        canonical = SQL(ledger.canonical_sql("row"))  # pylint: disable=sql-injection
        return SQL(
            """
            SELECT id, min(chain), min(problem) FROM (
                SELECT row.id, row.chain,
                       CASE WHEN row.hash != sha256(%(canonical)s) THEN 'changed'
                            WHEN row.previous_hash IS DISTINCT FROM before.hash
                              OR (before.id IS NULL AND row.sequence != 1) THEN 'gap'
                            ELSE 'forged' END AS problem
                  FROM helpdesk_event row
             LEFT JOIN helpdesk_event before ON before.chain = row.chain AND before.sequence = row.sequence - 1
             LEFT JOIN helpdesk_event_head head ON head.chain = row.chain
                 WHERE %(rows)s
                   AND (row.hash != sha256(%(canonical)s)
                        OR row.previous_hash IS DISTINCT FROM before.hash
                        OR (before.id IS NULL AND row.sequence != 1)
                        OR head.chain IS NULL OR row.sequence > head.sequence)
                UNION ALL
                SELECT head.last_id, head.chain, 'missing'
                  FROM helpdesk_event_head head
             LEFT JOIN helpdesk_event row
                    ON row.id = head.last_id AND row.chain = head.chain AND row.sequence = head.sequence
                   AND row.hash = head.hash
                 WHERE row.id IS NULL AND %(heads)s
            ) broken
            GROUP BY id ORDER BY id LIMIT %(limit)s
            """,
            canonical=canonical,
            rows=rows,
            heads=heads,
            limit=limit,
        )

import logging
from datetime import datetime, timezone

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.http import request
from odoo.tools import SQL

from ..tools import ledger
from .helpdesk_stage import STAGE_KINDS

_logger = logging.getLogger(__name__)

KINDS = [
    ("created", "Ticket created"),
    ("message_in", "Customer wrote"),
    ("message_out", "Reply sent"),
    ("message_auto", "Automatic reply"),
    ("note", "Internal note"),
    ("assigned", "Assigned"),
    ("unassigned", "Unassigned"),
    ("bot_held", "Answered by a bot"),
    ("handed_over", "Handed over by a bot"),
    ("accepted", "Offer accepted"),
    ("rejected", "Offer rejected"),
    ("team_changed", "Team changed"),
    ("tier_changed", "Tier changed"),
    ("escalated", "Escalated"),
    ("escalation_accepted", "Escalation accepted"),
    ("escalation_returned", "Escalation returned"),
    ("escalation_answered", "Escalation answered"),
    ("stage_changed", "Stage changed"),
    ("solved", "Solved"),
    ("reopened", "Reopened"),
    ("closed", "Closed"),
    ("category_changed", "Category changed"),
    ("priority_changed", "Priority changed"),
    ("product_changed", "Product changed"),
    ("site_changed", "Site changed"),
    ("tags_changed", "Tags changed"),
    ("customer_changed", "Customer changed"),
    ("fields_changed", "Fields changed"),
    ("merged", "Merged"),
    ("unmerged", "Merge undone"),
    ("duplicate_dismissed", "Not the same case"),
    ("incident_opened", "Incident opened"),
    ("incident_joined", "Joined an incident"),
    ("incident_left", "Left an incident"),
    ("incident_answered", "Incident answered"),
    ("linked", "Linked"),
    ("rated", "Rated by customer"),
    ("evaluated", "Evaluated"),
    ("viewed", "Viewed"),
    ("revealed", "Personal data revealed"),
    ("raw_read", "Raw message read"),
    ("link_renewed", "Customer's link renewed"),
    ("exported", "Exported"),
    ("attachment_added", "Attachment added"),
    ("attachment_removed", "Attachment removed"),
    ("attachment_downloaded", "Attachment downloaded"),
    ("delivery", "Delivery of a message"),
    ("handled", "Worked on"),
    ("logged_in", "Logged in"),
    ("login_failed", "Log-in failed"),
    ("logged_out", "Logged out"),
    ("device_revoked", "Device revoked"),
    ("rights_changed", "Rights changed"),
    ("user_created", "Account created"),
    ("user_archived", "Account archived"),
    ("access_withdrawn", "Access withdrawn"),
    ("status_changed", "Agent status changed"),
    ("setting_changed", "Setting changed"),
    ("erased", "Personal data erased"),
    ("target_crossed", "Target at risk or missed"),
]

# In the context while tickets are taken over with rows dated in the past. Known to this process only, so nobody outside
# can ask for a ticket that the ledger does not hear of.
OWN_HISTORY = object()

# Ledger column -> field of helpdesk.ticket it is taken from when the writer does not give it.
DIMENSIONS = {
    "team_id": "team_id",
    "agent_id": "user_id",
    "site_id": "site_id",
    "product_id": "product_id",
    "channel_id": "channel_id",
    "category_id": "category_id",
    "tier": "tier",
    "stage_id": "stage_id",
    "stage_kind": "stage_kind",
}
COMPUTED_COLUMNS = {"id", "xact", "chain", "sequence", "recorded_date", "previous_hash"}
GIVEN_COLUMNS = [name for name in ledger.COLUMNS if name not in COMPUTED_COLUMNS]
# What readers get: all but the hash, which only the check is concerned with.
READ_COLUMNS = [name for name in ledger.COLUMNS if name not in {"xact", "previous_hash"}]

# A row written in a transaction of its own meets other rows of the same account rarely, and then for milliseconds.
APART_TRIES = 5
APART_LOCK_TIMEOUT = "5s"


class HelpdeskEvent(models.Model):
    """The ledger: everything that happens to a ticket or is done by an account, one row each, for ever (R27.b.2).

    Rows are written by :meth:`_record` alone; the database refuses to change or remove them. They form chains, one for
    each ticket and one for each account (for what concerns no ticket): each row holds the hash of the row before
    it. ``helpdesk_event_head`` holds the end of each chain; it is what makes two transactions that write to the same
    chain meet (the later one fails with a serialization failure and is replayed by Odoo), so a chain never forks, and
    what tells when the newest rows of a chain are missing.

    One table, not one partition a month: rows are never dropped by age, which is what partitions are good at, and the
    searches that matter (a ticket's history, an account's history, a row's predecessor) would have to look into
    every partition. There are no foreign keys: nothing elsewhere gets slower or blocked because the ledger mentions it,
    and a row outlives what it tells of.

    ``date`` is when it happened, ``recorded_date`` when it was written (the transaction's time); both UTC.
    """

    _name = "helpdesk.event"
    _description = "Ledger Event"
    _auto = False
    _log_access = False
    _order = "date desc, id desc"

    kind = fields.Selection(KINDS, readonly=True)
    date = fields.Datetime(readonly=True)
    recorded_date = fields.Datetime("Recorded on", readonly=True)
    user_id = fields.Many2one("res.users", "Account", readonly=True, help="In whose name it was done.")
    real_user_id = fields.Many2one("res.users", "Logged in as", readonly=True, help="Who really did it.")
    target_user_id = fields.Many2one("res.users", "Account concerned", readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    other_ticket_id = fields.Many2one("helpdesk.ticket", "Other ticket", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    agent_id = fields.Many2one("res.users", "Assigned to", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)
    tier = fields.Integer(readonly=True, aggregator=None)
    stage_id = fields.Many2one("helpdesk.stage", readonly=True)
    stage_kind = fields.Selection(STAGE_KINDS, "Stage kind", readonly=True)
    data = fields.Json(readonly=True)
    chain = fields.Integer(readonly=True, aggregator=None, help="The ticket's id, or minus the account's id.")
    sequence = fields.Integer("Number in chain", readonly=True, aggregator=None)

    # TABLES

    def init(self):
        if self._has_owner_of_its_own("helpdesk_event"):
            return
        self._create_tables()
        self._protect("helpdesk_event", "UPDATE OR DELETE OR TRUNCATE", "UPDATE, DELETE, TRUNCATE")
        self._protect("helpdesk_event_head", "DELETE OR TRUNCATE", "DELETE, TRUNCATE")

    @api.model
    def _has_owner_of_its_own(self, table):
        """Whether ``table`` belongs to another role than Odoo's, which can't change it then (docs/ledger.md)."""
        self.env.cr.execute(
            "SELECT FROM pg_tables WHERE schemaname = current_schema AND tablename = %s AND tableowner != current_user",
            [table],
        )
        return bool(self.env.cr.rowcount)

    def _create_tables(self):
        """Made by hand: no foreign keys, eight-byte ids, and only the indexes that a search needs."""
        self.env.cr.execute("""
            CREATE TABLE IF NOT EXISTS helpdesk_event (
                id bigint PRIMARY KEY,
                xact bigint NOT NULL,
                chain bigint NOT NULL,
                date timestamp NOT NULL,
                recorded_date timestamp NOT NULL,
                ticket_id bigint, other_ticket_id bigint, message_id bigint,
                sequence integer NOT NULL,
                user_id integer NOT NULL, real_user_id integer NOT NULL, target_user_id integer,
                team_id integer, agent_id integer, site_id integer, product_id integer, channel_id integer,
                category_id integer, stage_id integer, tier smallint,
                kind varchar NOT NULL, stage_kind varchar,
                data jsonb,
                previous_hash bytea,
                hash bytea NOT NULL
            );
            CREATE SEQUENCE IF NOT EXISTS helpdesk_event_id_seq OWNED BY helpdesk_event.id;
            CREATE UNIQUE INDEX IF NOT EXISTS helpdesk_event_chain_idx ON helpdesk_event (chain, sequence);
            -- the order in which readers behind the transaction get the rows
            CREATE UNIQUE INDEX IF NOT EXISTS helpdesk_event_xact_idx ON helpdesk_event (xact, id);
            CREATE INDEX IF NOT EXISTS helpdesk_event_date_idx ON helpdesk_event (date);
            CREATE INDEX IF NOT EXISTS helpdesk_event_kind_idx ON helpdesk_event (kind, date);
            CREATE INDEX IF NOT EXISTS helpdesk_event_user_idx ON helpdesk_event (user_id, date);
            CREATE INDEX IF NOT EXISTS helpdesk_event_product_idx
                ON helpdesk_event (product_id, date) WHERE product_id IS NOT NULL;
            CREATE INDEX IF NOT EXISTS helpdesk_event_ticket_idx
                ON helpdesk_event (ticket_id) WHERE ticket_id IS NOT NULL;
            -- impersonation and rights changes are rare: small indexes
            CREATE INDEX IF NOT EXISTS helpdesk_event_real_user_idx
                ON helpdesk_event (real_user_id, date) WHERE real_user_id != user_id;
            CREATE INDEX IF NOT EXISTS helpdesk_event_target_user_idx
                ON helpdesk_event (target_user_id) WHERE target_user_id IS NOT NULL;

            CREATE TABLE IF NOT EXISTS helpdesk_event_head (
                chain bigint PRIMARY KEY, sequence integer NOT NULL, last_id bigint, hash bytea
            ) WITH (fillfactor = 70);

            -- Transaction numbers restart in a cluster that a dump was restored into; the shift keeps "xact" growing.
            CREATE TABLE IF NOT EXISTS helpdesk_event_epoch (shift bigint NOT NULL);
            INSERT INTO helpdesk_event_epoch SELECT 0 WHERE NOT EXISTS (SELECT FROM helpdesk_event_epoch);
        """)

    @api.model
    def _protect(self, table, operations, rights):
        """Make ``table`` refuse ``operations``, for everyone: the owner and superusers pass rights, not triggers.

        ALWAYS keeps the trigger on under ``session_replication_role = replica`` too.
        """
        self.env.cr.execute("""
            CREATE OR REPLACE FUNCTION helpdesk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% on %: the ledger only grows', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'insufficient_privilege';
            END $$
        """)
        name = SQL.identifier(f"{table}_append_only")
        self.env.cr.execute(
            SQL(
                """
                DROP TRIGGER IF EXISTS %(name)s ON %(table)s;
                CREATE TRIGGER %(name)s BEFORE %(operations)s ON %(table)s
                    FOR EACH STATEMENT EXECUTE FUNCTION helpdesk_refuse_change();
                ALTER TABLE %(table)s ENABLE ALWAYS TRIGGER %(name)s;
                REVOKE %(rights)s ON %(table)s FROM PUBLIC, CURRENT_USER;
                """,
                name=name,
                table=SQL.identifier(table),
                operations=SQL(operations),  # pylint: disable=sql-injection
                rights=SQL(rights),  # pylint: disable=sql-injection
            )
        )

    def _register_hook(self):
        super()._register_hook()
        # A row of another transaction with a number from the future: this cluster is not the one it was written in.
        self.env.cr.execute("""
            WITH last AS (
                SELECT max(xact) AS xact FROM helpdesk_event
                 WHERE xact IS DISTINCT FROM (
                       pg_current_xact_id_if_assigned()::text::bigint + (SELECT shift FROM helpdesk_event_epoch))
            )
            UPDATE helpdesk_event_epoch SET shift = last.xact + 1 FROM last
             WHERE last.xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + shift
        """)

    # WRITING

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("The ledger is written by the system only."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A row of the ledger can't be changed."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise UserError(self.env._("A row of the ledger can't be deleted."))

    @api.model
    def _record(self, rows):
        """Append ``rows`` to the ledger: three statements for the batch, whatever its size.

        :param list rows: dicts with ``kind`` and whatever else is known: ``ticket_id``, ``other_ticket_id``,
            ``message_id``, ``target_user_id`` (the account it is done to), ``date`` (when it happened, naive UTC;
            default: the transaction's time), ``data`` (numbers, short codes, lists and dicts of them: never personal
            data). ``user_id`` is by default the environment's user, ``real_user_id`` the account logged in. The
            ticket's dimensions (``team_id``, ``agent_id``, ``site_id``, ``product_id``, ``channel_id``,
            ``category_id``, ``tier``, ``stage_id``, ``stage_kind``) are read from the ticket where not given.
        :return: the ids, in the order of ``rows``
        :rtype: list
        :raise ValueError: an unknown kind or column, or data that doesn't belong in the ledger
        """
        if not rows:
            return []
        if self.env.cr.readonly:
            # nothing is lost: a read-only transaction has nothing else to stand or fall with
            self.env.cr.rollback()
            return self._record_apart(rows)
        events = self._prepare_events(rows)
        self._append(events)
        self._inform_readers(events)
        return [event["id"] for event in events]

    @api.model
    def _record_apart(self, rows):
        """Like :meth:`_record`, in a transaction of its own that is committed at once.

        For what must stay when the request's own transaction is rolled back (a failed log-in), or is read only (a
        view). Not for a ticket or account that the request's own transaction has recorded something of: it holds the
        chain.
        """
        for attempt in range(1, APART_TRIES + 1):
            try:
                with self.env.registry.cursor() as cr:
                    # should the request's own transaction hold the chain, this must not wait for it for ever
                    cr.execute("SET LOCAL lock_timeout = %s", [APART_LOCK_TIMEOUT])
                    return self.with_env(self.env(cr=cr))._record(rows)
            except TransactionRollbackError:
                if attempt == APART_TRIES:
                    raise
        return []

    def _prepare_events(self, rows):
        now = self.env.cr.now()
        defaults = {"user_id": self.env.uid or SUPERUSER_ID, "real_user_id": self._real_uid()}
        return [self._prepare_event({**defaults, **row}, now) for row in self._with_dimensions(rows)]

    @api.model
    def _with_dimensions(self, rows):
        """``rows`` with the dimensions of their tickets as they are now, where not given."""
        dimensions = self._ticket_dimensions(rows)
        return [{**dimensions.get(row.get("ticket_id"), {}), **row} for row in rows]

    def _prepare_event(self, row, now):
        event = {name: row.pop(name, None) or None for name in GIVEN_COLUMNS}
        if row:  # what is left
            raise ValueError(f"The ledger has no column {', '.join(row)}.")
        if event["kind"] not in dict(self._fields["kind"].selection):
            raise ValueError(f"The ledger knows no kind {event['kind']!r}.")
        if event["data"] is not None:
            ledger.check_data(event["data"])
        if event["tier"]:
            event["tier"] = int(event["tier"])
        event["date"] = self._naive_utc(event["date"]) or now
        event["recorded_date"] = now
        event["chain"] = event["ticket_id"] or -event["user_id"]
        return event

    @api.model
    def _naive_utc(self, value):
        if isinstance(value, datetime) and value.tzinfo:
            return value.astimezone(timezone.utc).replace(tzinfo=None)
        return fields.Datetime.to_datetime(value)

    @api.model
    def _real_uid(self):
        """The account really logged in: the session's, or the API key's; without a request the environment's."""
        if request and request.db == self.env.cr.dbname:
            session = request.session
            if session.uid == SUPERUSER_ID and session.get("helpdesk_real_uid"):
                return session["helpdesk_real_uid"]
            real_uid = session.uid or (request.env and request.env.uid)
            if real_uid:
                return real_uid
        return self.env.uid or SUPERUSER_ID

    def _ticket_dimensions(self, rows):
        """``{ticket id: {column: value}}`` for the rows that lack some, in one read, from the cache where it can."""
        ticket_ids = {row["ticket_id"] for row in rows if row.get("ticket_id") and not row.keys() >= DIMENSIONS.keys()}
        if not ticket_ids:
            return {}
        # sudo: the row tells the ticket's state as it is, whoever's action is being recorded
        tickets = self.env["helpdesk.ticket"].sudo().browse(ticket_ids)
        try:
            return self._read_dimensions(tickets)
        except (KeyError, MissingError):  # deleted meanwhile
            return self._read_dimensions(tickets.exists())

    def _read_dimensions(self, tickets):
        tickets.fetch(list(DIMENSIONS.values()))
        # a run of the distribution records thousands of tickets: from the cache, where a many2one is the id
        tickets._recompute_recordset(list(DIMENSIONS.values()))
        caches = {column: tickets._fields[name]._get_cache(tickets.env) for column, name in DIMENSIONS.items()}
        return {ticket_id: {column: cache[ticket_id] for column, cache in caches.items()} for ticket_id in tickets._ids}

    def _append(self, events):
        """Give ``events`` their place in their chains, their ids and hashes, and insert them."""
        heads, ids, xact = self._advance_heads(events)
        for event, event_id in zip(events, ids, strict=True):
            head = heads[event["chain"]]
            head["sequence"] += 1
            event.update(id=event_id, xact=xact, sequence=head["sequence"], previous_hash=head["hash"])
            event["hash"] = ledger.row_hash(event)
            head.update(hash=event["hash"], last_id=event_id)
        self._insert(events)
        self.env.cr.execute(
            """
            UPDATE helpdesk_event_head head SET hash = new.hash, last_id = new.last_id
              FROM unnest(%s::bigint[], %s::bytea[], %s::bigint[]) AS new(chain, hash, last_id)
             WHERE head.chain = new.chain
            """,
            [list(heads), [head["hash"] for head in heads.values()], [head["last_id"] for head in heads.values()]],
        )

    def _advance_heads(self, events):
        """Reserve the next numbers of the chains, and ids, in one statement.

        Chains are taken in ascending order, so two batches never wait for each other in a circle. A chain that another
        transaction has moved since this one began raises a serialization failure: Odoo replays the request.

        :return: ``({chain: {"sequence": last number before, "hash": last hash or None}}, ids, transaction number)``
        """
        counts = {}
        for event in events:
            counts[event["chain"]] = counts.get(event["chain"], 0) + 1
        chains = sorted(counts)
        self.env.cr.execute(
            """
            WITH head AS (
                INSERT INTO helpdesk_event_head AS head (chain, sequence)
                SELECT * FROM unnest(%s::bigint[], %s::integer[])
                ON CONFLICT (chain) DO UPDATE SET sequence = head.sequence + EXCLUDED.sequence
                RETURNING chain, sequence, hash
            )
            SELECT chain, sequence::bigint, hash, NULL FROM head
            UNION ALL
            SELECT NULL, nextval('helpdesk_event_id_seq'), NULL,
                   pg_current_xact_id()::text::bigint + (SELECT shift FROM helpdesk_event_epoch)
              FROM generate_series(1, %s)
            """,
            [chains, [counts[chain] for chain in chains], len(events)],
        )
        heads, ids, xact = {}, [], None
        for chain, number, last_hash, row_xact in self.env.cr.fetchall():
            if chain is None:
                ids.append(number)
                xact = row_xact
            else:
                heads[chain] = {"sequence": number - counts[chain], "hash": last_hash and bytes(last_hash)}
        return heads, sorted(ids), xact

    def _insert(self, events):
        columns = [*ledger.COLUMNS, "hash"]
        template = f"({', '.join('%s::jsonb' if name == 'data' else '%s' for name in columns)})"
        rows = [[event[name] if name != "data" else self._dump(event["data"]) for name in columns] for event in events]
        self.env.cr.execute_values(
            f"INSERT INTO helpdesk_event ({', '.join(columns)}) VALUES %s", rows, template=template, page_size=len(rows)
        )

    @staticmethod
    def _dump(data):
        return None if data is None else ledger.dump_json(data)

    # READERS

    @api.model
    def _readers(self):
        """Names of the models that are told of new rows inside the transaction, by ``_read_events(events)``.

        Extensions add theirs: ``return [*super()._readers(), "helpdesk.sla.status"]``. ``events`` is a list of dicts:
        ``id``, ``chain``, ``sequence`` and all columns of :meth:`_record`, ids as numbers or None, ``data`` as given.
        Readers that need not be right at once use :meth:`helpdesk.event.cursor._consume` instead.
        """
        if self.env.context.get("helpdesk_history") is OWN_HISTORY:
            return []  # rules and the machine's words are for what comes in now
        # figures first: what the others do is told later; then rules: they may set the product by which an automatic
        # reply is chosen
        return ["helpdesk.ticket", "helpdesk.keyword.rule", "helpdesk.auto.reply", "helpdesk.workspace"]

    def _inform_readers(self, events):
        readers = self._readers()
        if not readers:
            return
        told = [{name: event[name] for name in READ_COLUMNS} for event in events]
        for name in readers:
            # sudo: figures and clocks follow from what happened, not from the rights of the one who did it
            self.env[name].sudo()._read_events(told)

    @api.model
    def _settled_xact(self):
        """All transactions with a lower number have ended: what they wrote is visible, and nothing will be added.

        Transactions of other databases in the same cluster are numbered by the same counter but can't write here: one
        that still runs, as its lock on its own number tells, is not waited for. One that has ended since this
        transaction's view of the database was made might have been ours; it is, until the next call.
        """
        self.env.cr.execute("""
            SELECT LEAST(
                       (SELECT min(running::text::bigint)
                          FROM pg_snapshot_xip(pg_current_snapshot()) running
                         WHERE NOT EXISTS (
                               SELECT FROM pg_locks held JOIN pg_stat_activity backend ON backend.pid = held.pid
                                WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock'
                                  AND held.transactionid = running::xid
                                  AND backend.datname != current_database())),
                       pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                       pg_current_xact_id_if_assigned()::text::bigint
                   ) + (SELECT shift FROM helpdesk_event_epoch)
        """)
        return self.env.cr.fetchone()[0]

import hashlib
import logging
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

FORMAT = "helpdesk.event.seal/1"
HASHED = ("day", "start_xact", "end_xact", "first_id", "last_id", "event_count", "digest", "previous_hash")
ONE_DAY = timedelta(days=1)


class HelpdeskEventSeal(models.Model):
    """One root hash over each day of the ledger, chained to the day before; also written to the server's log.

    A chain tells that one of its rows was touched; only a seal tells that a whole chain, end included, was taken away
    or written anew. Who keeps the hash of one seal outside this database (log collector, paper) can prove everything
    before it.

    Days are UTC days: sites are in three time zones, and UTC is what the ledger is written in; a rule of a time zone
    that changes later can't move a row to another day. A transaction that is still running at midnight belongs to the
    next seal: a seal covers transactions (``start_xact`` up to, without, ``end_xact``), all of which have ended, so
    its set of rows is fixed for ever.

    ``digest`` is the SHA-256 over the hashes of the rows, one after the other, in the order of transaction and id;
    ``hash`` the SHA-256 over the format's name and the columns :data:`HASHED`, one a line (see :meth:`_hash`).
    """

    _name = "helpdesk.event.seal"
    _description = "Seal of a Day of the Ledger"
    _auto = False
    _log_access = False
    _order = "day desc"
    _rec_name = "day"

    day = fields.Date("Day (UTC)", readonly=True)
    event_count = fields.Integer("Rows", readonly=True)
    first_id = fields.Integer("First row", readonly=True, aggregator=None)
    last_id = fields.Integer("Last row", readonly=True, aggregator=None)
    digest = fields.Char(readonly=True)
    previous_hash = fields.Char("Hash of the day before", readonly=True)
    hash = fields.Char(readonly=True)
    recorded_date = fields.Datetime("Sealed on", readonly=True)

    def init(self):
        if self.env["helpdesk.event"]._has_owner_of_its_own("helpdesk_event_seal"):
            return
        self.env.cr.execute("""
            CREATE TABLE IF NOT EXISTS helpdesk_event_seal (
                id serial PRIMARY KEY,
                day date NOT NULL UNIQUE,
                start_xact bigint NOT NULL, end_xact bigint NOT NULL,
                first_id bigint, last_id bigint, event_count bigint NOT NULL,
                digest varchar NOT NULL, previous_hash varchar, hash varchar NOT NULL,
                recorded_date timestamp NOT NULL
            )
        """)
        self.env["helpdesk.event"]._protect(
            "helpdesk_event_seal", "UPDATE OR DELETE OR TRUNCATE", "UPDATE, DELETE, TRUNCATE"
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Seals are written by the system only."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A seal can't be changed."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise UserError(self.env._("A seal can't be deleted."))

    # SEALING

    @api.model
    def _cron_seal(self):
        """Seal each day that is over and not sealed yet, days without any row included."""
        for unguarded in self.env["helpdesk.event"].find_unguarded():
            _logger.warning("Ledger: %(table)s is not guarded (%(problem)s), see docs/ledger.md", unguarded)
        today = self.env.cr.now().date()
        day = self._next_day()
        while day and day < today:
            self._seal(day)
            day += ONE_DAY

    @api.model
    def _next_day(self):
        """The first day without seal; None while the ledger is empty."""
        self.env.cr.execute("""
            SELECT COALESCE((SELECT max(day) + 1 FROM helpdesk_event_seal),
                            (SELECT recorded_date::date FROM helpdesk_event ORDER BY xact, id LIMIT 1))
        """)
        return self.env.cr.fetchone()[0]

    @api.model
    def _seal(self, day):
        self.env.cr.execute("SELECT end_xact, hash FROM helpdesk_event_seal ORDER BY day DESC LIMIT 1")
        start_xact, previous_hash = self.env.cr.fetchone() or (0, None)
        end_xact = self._end_of_day(day, start_xact)
        seal = {
            "day": day,
            "start_xact": start_xact,
            "end_xact": end_xact,
            "previous_hash": previous_hash,
            "recorded_date": self.env.cr.now(),
            **self._summarize(start_xact, end_xact),
        }
        seal["hash"] = self._hash(seal)
        self.env.cr.execute(f"INSERT INTO helpdesk_event_seal ({', '.join(seal)}) VALUES %s", [tuple(seal.values())])
        self.invalidate_model()
        _logger.info("Ledger: %s sealed, %s rows, hash %s", day, seal["event_count"], seal["hash"])

    @api.model
    def _end_of_day(self, day, start_xact):
        """The first transaction that is not in the seal of ``day``: one of a later day, or one that may still run."""
        midnight = datetime.combine(day + ONE_DAY, time())
        settled = self.env["helpdesk.event"]._settled_xact()
        self.env.cr.execute(
            "SELECT min(xact) FROM helpdesk_event WHERE xact >= %s AND recorded_date >= %s", [start_xact, midnight]
        )
        return max(min(self.env.cr.fetchone()[0] or settled, settled), start_xact)

    @api.model
    def _summarize(self, start_xact, end_xact):
        self.env.cr.execute(
            """
            SELECT count(*) AS event_count, min(id) AS first_id, max(id) AS last_id,
                   encode(sha256(COALESCE(string_agg(hash, ''::bytea ORDER BY xact, id), '')), 'hex') AS digest
              FROM helpdesk_event WHERE xact >= %s AND xact < %s
            """,
            [start_xact, end_xact],
        )
        return self.env.cr.dictfetchone()

    @api.model
    def _hash(self, seal):
        lines = [FORMAT, *("" if seal[name] is None else str(seal[name]) for name in HASHED)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    # CHECKING

    @api.model
    def _verify_seals(self):
        """The days whose seal does not fit: the seal was changed, a seal before it is missing, or rows of the day are.

        :return: dates, ascending
        :rtype: list
        """
        self.env.cr.execute("SELECT * FROM helpdesk_event_seal ORDER BY day")
        broken, before = [], None
        for seal in self.env.cr.dictfetchall():
            if not (self._follows(seal, before) and seal["hash"] == self._hash(seal) and self._fits(seal)):
                broken.append(seal["day"])
            before = seal
        return broken

    @api.model
    def _follows(self, seal, before):
        if before is None:
            return seal["previous_hash"] is None and seal["start_xact"] == 0
        return (
            seal["previous_hash"] == before["hash"]
            and seal["start_xact"] == before["end_xact"]
            and seal["day"] == before["day"] + ONE_DAY
        )

    @api.model
    def _fits(self, seal):
        found = self._summarize(seal["start_xact"], seal["end_xact"])
        return all(seal[name] == value for name, value in found.items())

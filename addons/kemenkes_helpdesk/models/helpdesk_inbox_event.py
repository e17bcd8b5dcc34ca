import base64
import hashlib
import json
import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100
# Waiting times before the second, third … attempt; after the last one the event is dead.
RETRY_MINUTES = (1, 5, 30, 120, 720)
# Kinds whose events refer to one another: one worker at a time, in the order they came in.
ORDERED_KINDS = ("email",)
# How much of the raw bytes the form shows; the rest is in the download.
SHOWN_BYTES = 20_000
# Raw messages hold everything unmasked: for those who look after the channels, and who see personal data anyway.
RAW_GROUPS = "kemenkes_helpdesk.group_manager,kemenkes_helpdesk.group_personal_data"
# How often a job starts a batch again that met another transaction.
CONFLICT_TRIES = 5


class HelpdeskInboxEvent(models.Model):
    """What came in from outside, raw, before anybody works on it.

    A row is stored and committed before the sender hears "200": whatever goes wrong later, the message
    is there, shown, and can be replayed.
    """

    _name = "helpdesk.inbox.event"
    _description = "Inbox Event"
    _order = "id desc"
    _rec_name = "external_id"

    channel_id = fields.Many2one("helpdesk.channel", required=True, ondelete="restrict", readonly=True)
    kind = fields.Selection(related="channel_id.kind")
    external_id = fields.Char(required=True, readonly=True, help="The message's id outside; never taken in twice.")
    # nobody reads these by themselves: the page and the download note who did
    payload = fields.Binary(attachment=False, readonly=True, groups=NO_ACCESS, help="The raw bytes as they came in.")
    headers = fields.Json(readonly=True, groups=NO_ACCESS)
    state = fields.Selection(
        [
            ("new", "Waiting"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("failed", "Failed, tried again"),
            ("dead", "Failed for good"),
        ],
        required=True,
        default="new",
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ("ticket", "New ticket"),
            ("reply", "Message on a ticket"),
            ("bounce", "Bounce"),
            ("auto_reply", "Automatic reply"),
            ("duplicate", "Known already"),
            ("loop", "Own mail come back"),
            ("unparsable", "Unreadable, kept"),
            ("unsupported", "Unsupported kind, kept"),
        ],
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_attempt_date = fields.Datetime(readonly=True)
    error = fields.Text(readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="set null")
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")

    raw_text = fields.Text("As it came in", compute="_compute_raw_text", groups=RAW_GROUPS)
    sender = fields.Char(readonly=True, help="Who it is from, as far as it could be read.")
    summary = fields.Char("Subject", readonly=True)
    content_key = fields.Char(
        readonly=True, help="The same for one message that came in through two accounts; only one of them counts."
    )

    _content_unique = models.UniqueIndex("(content_key) WHERE content_key IS NOT NULL")
    _sender_idx = models.Index("(sender, create_date) WHERE sender IS NOT NULL")
    _external_unique = models.UniqueIndex("(channel_id, external_id)")
    _pending_idx = models.Index("(id) WHERE state IN ('new', 'failed')")
    _state_idx = models.Index("(state, id)")

    @api.model
    def _receive(self, channel, raw, headers=None, external_id=None):
        """Store what came in, once.

        :param channel: ``helpdesk.channel``, one record
        :param bytes raw: the request body or mail as it came
        :param dict headers: transport headers worth keeping, secrets left out
        :param str external_id: the id outside; the SHA-256 of ``raw`` where the outside gives none
        :return: the row; for a repeat, the row of the first time

        The caller commits before it tells the outside that the message has arrived.
        """
        external_id = external_id or hashlib.sha256(raw).hexdigest()
        # Two repeats at the same moment: the later one fails and is replayed; its content is not for the server's log.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_inbox_event
                       (channel_id, external_id, payload, headers, state, attempts,
                        create_uid, write_uid, create_date, write_date)
                VALUES (%s, %s, encode(%s, 'base64')::bytea, %s, 'new', 0,
                        %s, %s, now() at time zone 'UTC', now() at time zone 'UTC')
                ON CONFLICT (channel_id, external_id) DO NOTHING RETURNING id
                """,
                channel.id,
                external_id,
                raw,
                json.dumps(headers or {}),
                self.env.uid,
                self.env.uid,
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        if not rows:
            return self.search([("channel_id", "=", channel.id), ("external_id", "=", external_id)], limit=1)
        self._wake_worker()
        return self.browse(rows[0][0])

    @api.model
    def _wake_worker(self):
        """Have the job run as soon as this transaction is committed; one call among many is enough."""
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("kemenkes_helpdesk.ir_cron_inbox")
        # in SQL: this is asked for each message that comes in
        called = self.env.execute_query(
            SQL(
                "SELECT FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s LIMIT 1",
                cron_id,
                fields.Datetime.now(),
            )
        )
        if not called:
            # sudo: whoever brings a message wakes the worker
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    def _compute_raw_text(self):
        self._record_raw_read()
        for event in self:
            text = event._raw()[:SHOWN_BYTES].decode("utf-8", "replace") if event.id else ""
            event.raw_text = text.replace("\x00", "\ufffd")

    # WORKING OFF

    @api.model
    def _process_pending(self, limit=BATCH_SIZE):
        """Work off what waits, oldest first; rows that another worker holds are skipped.

        :param int limit: rows at most
        :return: how many rows were worked on
        """
        # the machine works, whoever's request or job it is
        events = self.with_user(SUPERUSER_ID)._claim(limit)
        for kind, of_kind in events.grouped("kind").items():
            of_kind._process_apart(kind)
        return len(events)

    @api.model
    def _claim(self, limit):
        return self.search(self._waiting_domain(), order="id", limit=limit).try_lock_for_update()

    @api.model
    def _waiting_domain(self):
        """What is to be worked on now and by nobody else; addons narrow it."""
        return [
            ("state", "in", ("new", "failed")),
            ("channel_id.kind", "not in", self._busy_kinds()),
            "|",
            ("next_attempt_date", "=", False),
            ("next_attempt_date", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _ordered_kinds(self):
        """Kinds whose events refer to one another; addons add theirs."""
        return ORDERED_KINDS

    @api.model
    def _busy_kinds(self):
        """Ordered kinds that another transaction works on; the others are ours until this one ends."""
        rows = self.env.execute_query(
            SQL(
                "SELECT kind, pg_try_advisory_xact_lock(hashtext(%s), hashtext(kind)) FROM unnest(%s::text[]) AS kind",
                self._table,
                list(self._ordered_kinds()),
            )
        )
        return [kind for kind, is_ours in rows if not is_ours]

    def _process_apart(self, kind):
        """Work on events so that a bad one fails alone: a batch that fails is halved until the bad one is found."""
        try:
            with self.env.cr.savepoint():
                self._process(kind)
                self.env.flush_all()
        except TransactionRollbackError:
            raise  # another transaction was faster: the whole batch is done again, nothing is wrong with it
        except Exception as error:
            if len(self) == 1:
                _logger.warning("Inbox event %s failed.", self.id, exc_info=True)
                self._note_failure(kind, error)
                return
            half = len(self) // 2
            self[:half]._process_apart(kind)
            self[half:]._process_apart(kind)

    def _process(self, kind):
        """Work on events of one kind of channel; each kind adds its own branch by overriding this.

        :param str kind: a key of the channel kinds
        :raise Exception: anything; the events are tried again later, apart from each other
        """
        self.write({"state": "dead", "error": self.env._("No reader for channels of kind %s.", kind)})

    def _note_failure(self, kind, error):
        """One more failed attempt; after the last one the event is dead, shown, and an agent gets what is there."""
        attempts = self.attempts + 1
        text = f"{type(error).__name__}: {error}"[:2000]
        if attempts <= len(RETRY_MINUTES):
            wait = timedelta(minutes=RETRY_MINUTES[attempts - 1])
            again = fields.Datetime.now() + wait
            self.write({"state": "failed", "attempts": attempts, "error": text, "next_attempt_date": again})
            self.env.ref("kemenkes_helpdesk.ir_cron_inbox")._trigger(at=again)
            return
        self.write({"state": "dead", "attempts": attempts, "error": text, "next_attempt_date": False})
        try:
            with self.env.cr.savepoint():
                self._rescue(kind)
        except TransactionRollbackError:
            raise
        except Exception:
            _logger.exception("Inbox event %s is dead and could not be shown as a ticket.", self.id)

    def _rescue(self, kind):
        """Show a dead event to agents in the simplest way that can't fail; each kind may add its own.

        :param str kind: a key of the channel kinds
        """

    def _raw(self):
        """The bytes as they came in; empty once their time is over."""
        self.ensure_one()
        # sudo: whether the user may see them is for the caller to say
        return base64.b64decode(self.sudo().with_context(bin_size=False).payload or b"")

    def _record_raw_read(self):
        """Note that the environment's user sees what came in unmasked; machines are nobody."""
        if self.env.su or not self.ids:
            return
        ledger = self.env["helpdesk.event"]
        record = ledger._record_apart if self.env.cr.readonly else ledger._record
        record(
            [{"kind": "raw_read", "ticket_id": event.ticket_id.id, "data": {"inbox_event": event.id}} for event in self]
        )

    @api.model
    def _cron_process(self):
        remaining = self.search_count([("state", "in", ("new", "failed"))], limit=10_000)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        while done := self._process_again_on_conflict():
            if not self.env["ir.cron"]._commit_progress(done):
                break

    @api.model
    def _process_again_on_conflict(self):
        for attempt in range(CONFLICT_TRIES):
            try:
                return self._process_pending()
            except TransactionRollbackError:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.info("Inbox batch met another transaction (%s).", attempt + 1)
        return 0

    # WHAT SUPERVISORS DO

    def action_replay(self):
        """Work on events once more, from the raw bytes.

        :raise UserError: one of them made a ticket or waits already
        """
        self.check_access("read")
        if any(event.state not in ("failed", "dead", "ignored") for event in self):
            raise UserError(self.env._("Only events that failed or were ignored can be worked on again."))
        if any(event.purge_date for event in self):
            raise UserError(self.env._("The raw message is gone, its time was over."))
        # sudo: supervisors only read the inbox, replaying is the one thing they may change
        self.sudo().write({"state": "new", "attempts": 0, "error": False, "outcome": False, "next_attempt_date": False})
        self._wake_worker()

    def action_download(self):
        """Download the raw bytes.

        :raise AccessError: the user may not see them
        """
        self.ensure_one()
        self._check_field_access(self._fields["raw_text"], "read")
        return {"type": "ir.actions.act_url", "url": f"/helpdesk/inbox/{self.id}/raw", "target": "download"}

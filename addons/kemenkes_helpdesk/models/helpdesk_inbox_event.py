import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL

BATCH_SIZE = 100


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
    payload = fields.Binary(attachment=False, readonly=True, help="The raw bytes as they came in.")
    headers = fields.Json(readonly=True)
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
                channel.id, external_id, raw, json.dumps(headers or {}), self.env.uid, self.env.uid,
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        if not rows:
            return self.search([("channel_id", "=", channel.id), ("external_id", "=", external_id)], limit=1)
        self.env.ref("kemenkes_helpdesk.ir_cron_inbox").sudo()._trigger()
        return self.browse(rows[0][0])

    @api.model
    def _process_pending(self, limit=BATCH_SIZE):
        """Work off what waits, oldest first; rows that another worker holds are skipped.

        :param int limit: rows at most
        :return: how many rows were worked on
        """
        waiting = self.search(
            [("state", "in", ("new", "failed")), "|", ("next_attempt_date", "=", False),
             ("next_attempt_date", "<=", fields.Datetime.now())],
            order="id",
            limit=limit,
        )
        events = waiting.try_lock_for_update()
        for kind, of_kind in events.grouped("kind").items():
            of_kind._process(kind)
        return len(events)

    def _process(self, kind):
        """Work on events of one kind of channel; each kind adds its own branch by overriding this.

        :param str kind: a key of the channel kinds
        """
        self.write({"state": "dead", "error": self.env._("No reader for channels of kind %s.", kind)})

    @api.model
    def _cron_process(self):
        remaining = self.search_count([("state", "in", ("new", "failed"))], limit=10_000)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        while done := self._process_pending():
            if not self.env["ir.cron"]._commit_progress(done):
                break

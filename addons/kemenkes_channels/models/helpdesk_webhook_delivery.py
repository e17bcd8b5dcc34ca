from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import outgoing_webhook

# Waiting times before the second, third … attempt: three days together.
RETRY_MINUTES = (1, 5, 30, 120, 360, 600, 840, 1080, 1284)
# So many requests are under way at once: one slow receiver does not hold the others up.
AT_ONCE = 8
KEEP_DAYS = 30


class LedgerId(fields.Integer):
    """A number of the ledger, which has eight bytes."""

    _column_type = ("int8", "int8")


class HelpdeskWebhookDelivery(models.Model):
    """One message to another system: how often it was tried, and what was answered.

    The message itself is not kept: it is made anew from the ledger's row at each attempt, so the log holds no personal
    data, and nobody is told what they may no longer know. Its id stays the same, so that a receiver that gets it twice
    can tell.
    """

    _name = "helpdesk.webhook.delivery"
    _description = "Webhook Delivery"
    _order = "id desc"
    _rec_name = "event_type"

    webhook_id = fields.Many2one("helpdesk.webhook", required=True, readonly=True, ondelete="cascade")
    event_id = LedgerId("Row of the log", readonly=True, aggregator=None, help="0: a test.")
    event_type = fields.Char("Event", required=True, readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="cascade")
    message_ref = fields.Char("Message id", compute="_compute_message_ref", help="The same for every attempt.")
    state = fields.Selection(
        [("queued", "Waiting"), ("sent", "Delivered"), ("failed", "Failed"), ("withheld", "Not told")],
        required=True,
        default="queued",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True, aggregator=None)
    next_attempt_date = fields.Datetime("Next attempt", readonly=True)
    last_attempt_date = fields.Datetime("Last attempt", readonly=True)
    status = fields.Integer("HTTP status", readonly=True, aggregator=None)
    duration = fields.Float("Duration (ms)", readonly=True, aggregator="avg", digits=(8, 0))
    error = fields.Char(readonly=True)

    _event_unique = models.UniqueIndex("(webhook_id, event_id) WHERE event_id != 0")
    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'queued'")
    _state_idx = models.Index("(webhook_id, state, id)")
    _create_date_idx = models.Index("(create_date) WHERE state != 'queued'")

    def _compute_message_ref(self):
        for delivery in self:
            tail = delivery.event_id or f"test{delivery.id}"
            delivery.message_ref = f"msg_{delivery.webhook_id.id}_{tail}"

    @api.model
    def _queue(self, values):
        """Queue messages; what is queued or told already is not queued again.

        :param list values: of the rows
        :return: the new rows
        """
        by_webhook = {}
        for row in values:
            by_webhook.setdefault(row["webhook_id"], set()).add(row["event_id"])
        known = {
            (delivery.webhook_id.id, delivery.event_id)
            for webhook_id, event_ids in by_webhook.items()
            for delivery in self.search([("webhook_id", "=", webhook_id), ("event_id", "in", list(event_ids - {0}))])
        }
        fresh = [row for row in values if (row["webhook_id"], row["event_id"]) not in known]
        # sudo: nobody writes these rows by hand
        return self.sudo().create(fresh)

    # SENDING

    @api.model
    def _cron_send(self):
        # those of a webhook at rest wait for it to go on: told as work that remains, they would call the job for ever
        due = [
            ("state", "=", "queued"),
            ("next_attempt_date", "<=", fields.Datetime.now()),
            ("webhook_id.state", "=", "active"),
            ("webhook_id.active", "=", True),
        ]
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(due, limit=10_000))
        while sent := self._send_pending():
            if not self.env["ir.cron"]._commit_progress(sent):
                break

    @api.model
    def _send_pending(self):
        """Send a handful of what is due, at once; the caller commits.

        What stops at any line is sent again later under the same id.

        :return: how many were worked on
        """
        due = self.with_user(SUPERUSER_ID)._claim()
        requests = [(delivery, delivery._prepare_request()) for delivery in due]
        told = [(delivery, request) for delivery, request in requests if request]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            attempts = list(pool.map(lambda pair: outgoing_webhook.send(*pair[1]), told))
        for (delivery, _request), attempt in zip(told, attempts, strict=True):
            delivery._note(attempt)
        (due - self.union(*(delivery for delivery, _request in told))).write(
            {"state": "withheld", "error": self.env._("The account may not see the ticket any more.")}
        )
        return len(due)

    @api.model
    def _claim(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT delivery.id FROM helpdesk_webhook_delivery delivery
                  JOIN helpdesk_webhook webhook ON webhook.id = delivery.webhook_id
                 WHERE delivery.state = 'queued' AND delivery.next_attempt_date <= %s
                   AND webhook.state = 'active' AND webhook.active
                 ORDER BY delivery.next_attempt_date, delivery.id LIMIT %s FOR UPDATE OF delivery SKIP LOCKED
                """,
                fields.Datetime.now(),
                AT_ONCE,
            )
        )
        return self.browse(row[0] for row in rows)

    def _prepare_request(self):
        """Address, headers and body of one attempt; None where nothing may be told."""
        body = self.webhook_id._prepare_body(self)
        if body is None:
            return None
        now = int(fields.Datetime.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Kemenkes-Helpdesk-Webhook/1",
            "webhook-id": self.message_ref,
            "webhook-timestamp": str(now),
            "webhook-signature": outgoing_webhook.sign(self.webhook_id._secrets(), self.message_ref, now, body),
        }
        return self.webhook_id.url, headers, body

    def _note(self, attempt):
        """What became of one attempt.

        :param attempt: :class:`outgoing_webhook.Attempt`
        """
        now = fields.Datetime.now()
        values = {
            "attempts": self.attempts + 1,
            "last_attempt_date": now,
            "status": attempt.status,
            "duration": attempt.seconds * 1000,
            "error": self._reason(attempt),
        }
        if attempt.is_success:
            self.write({**values, "state": "sent", "next_attempt_date": False})
            self.webhook_id._note_success()
            return
        waits = RETRY_MINUTES[self.attempts :]
        if waits:
            wait = max(timedelta(minutes=waits[0]), timedelta(seconds=attempt.retry_after))
            values["next_attempt_date"] = now + wait
            self.env.ref("kemenkes_channels.ir_cron_webhook_send")._trigger(at=now + wait)
        else:
            values.update(state="failed", next_attempt_date=False)
        self.write(values)
        self.webhook_id._note_failure(attempt.status == outgoing_webhook.GONE)

    def _reason(self, attempt):
        if attempt.is_success:
            return False
        words = {
            "private": self.env._("The address leads into a network that is not public: nothing was sent."),
            "timeout": self.env._("The receiver took too long to answer."),
            "tls": self.env._("The receiver's certificate can't be trusted."),
            "connection": self.env._("The receiver can't be reached."),
        }
        return words.get(attempt.error) or self.env._("The receiver answered with status %s.", attempt.status)

    # WHAT ADMINISTRATORS DO

    def action_replay(self):
        """Tell these once more, under their old ids.

        :raise UserError: one of them waits already
        """
        self.webhook_id.check_access("write")
        if any(delivery.state == "queued" for delivery in self):
            raise UserError(self.env._("Some of these still wait: only what is over can be told again."))
        # sudo: nobody writes these rows by hand; who may change the webhook may have it tell again
        self.sudo().write(
            {"state": "queued", "attempts": 0, "error": False, "next_attempt_date": fields.Datetime.now()}
        )
        self.env.ref("kemenkes_channels.ir_cron_webhook_send").sudo()._trigger()

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(
            "DELETE FROM helpdesk_webhook_delivery WHERE state != 'queued' AND create_date < %s",
            [fields.Datetime.now() - timedelta(days=KEEP_DAYS)],
        )

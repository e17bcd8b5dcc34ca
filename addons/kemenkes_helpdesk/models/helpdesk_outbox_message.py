import logging
from contextlib import contextmanager
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Waiting times before the second, third … attempt; together about two days, as mail servers do.
RETRY_MINUTES = (1, 5, 15, 60, 240, 720, 1440)
# Delivery states only rise; a late "sent" never hides a "read".
STATE_RANK = {"queued": 0, "sent": 1, "delivered": 2, "read": 3}


class HelpdeskOutboxMessage(models.Model):
    """A message that has to reach the customer, and how far it got."""

    _name = "helpdesk.outbox.message"
    _description = "Outbox Message"
    _order = "id desc"
    _rec_name = "recipient"

    message_id = fields.Many2one("mail.message", required=True, readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="restrict")
    kind = fields.Selection(related="channel_id.kind")
    recipient = fields.Char(required=True, readonly=True, help="Handle on the channel: address, number, account id.")
    is_copy = fields.Boolean(
        "Copy", readonly=True, help="For somebody whom the customer wants to know of it, without the customer's link."
    )
    payload = fields.Json(
        readonly=True, groups=NO_ACCESS, help="What the channel needs besides the message's text and files."
    )
    state = fields.Selection(
        [("queued", "Queued"), ("sent", "Sent"), ("delivered", "Delivered"), ("read", "Read"), ("failed", "Failed")],
        required=True,
        default="queued",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_attempt_date = fields.Datetime(readonly=True)
    error = fields.Text(readonly=True)
    external_id = fields.Char(readonly=True, index="btree_not_null")
    sent_date = fields.Datetime(readonly=True)
    delivered_date = fields.Datetime(readonly=True)
    read_date = fields.Datetime(readonly=True)

    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'queued'")
    _order_idx = models.Index("(ticket_id, id) WHERE state = 'queued'")
    _message_recipient_unique = models.UniqueIndex("(message_id, channel_id, recipient)")

    @api.model
    def _queue(self, message_by_ticket):
        """Queue messages for the customers of their tickets, each on the channel the customer uses.

        :param dict message_by_ticket: ``{helpdesk.ticket: mail.message}``
        :return: the rows made; a ticket whose customer can't be reached has none
        """
        values = [
            values
            for ticket, message in message_by_ticket.items()
            for values in self._prepare_outgoing(ticket, message)
        ]
        if not values:
            return self.browse()
        # sudo: queueing is part of answering; nobody writes outbox rows by hand
        rows = self.sudo().create(values)
        self.env.ref("kemenkes_helpdesk.ir_cron_outbox").sudo()._trigger()
        return rows

    @api.model
    def _prepare_outgoing(self, ticket, message):
        """Values of the rows for one message, none where the customer can't be reached; each kind may add its own.

        :param ticket: ``helpdesk.ticket``
        :param message: ``mail.message`` of that ticket
        :return: list of dicts, the customer's first
        """
        channel = ticket._answer_channel()
        if not channel or not ticket.partner_email_normalized:
            return []
        return [
            {
                "message_id": message.id,
                "ticket_id": ticket.id,
                "channel_id": channel.id,
                "recipient": ticket.partner_email_normalized,
                "next_attempt_date": fields.Datetime.now(),
            }
        ]

    # SENDING

    @api.model
    def _send_pending(self, limit=100):
        """Send what is queued, oldest first, each recipient's messages in their order; commits after each.

        A row stays locked while it is sent, and its state is committed before the next one is taken: what stops at
        any line is sent again later under the same id, and what was sent is never taken again.

        :param int limit: rows at most
        :return: how many rows were worked on
        """
        # the machine sends, whoever's request or job it is; what it writes down is in the language that people share
        language = self.env["helpdesk.ticket"]._customer_language()
        with self.with_user(SUPERUSER_ID).with_context(lang=language)._connected() as rows:
            for count in range(limit):
                row = rows._claim_next()
                if not row:
                    return count
                row._send_one()
                goes_on = self.env["ir.cron"]._commit_progress(1)
                # a transaction of its own, after the one that sent: writers of one ticket's chain undo one another, and
                # undoing the state of a mail that was sent would send it twice; the next mail must not hold the chain
                self.env["helpdesk.event"]._record_apart(row._prepare_delivery_events())
                if not goes_on:
                    return count + 1
        return limit

    @contextmanager
    def _connected(self):
        """The model with whatever the messages of one batch share, such as an open connection; kinds add theirs."""
        yield self

    @api.model
    def _claim_next(self):
        """The next row that is due and has no earlier one for its recipient on its ticket before it, locked for us."""
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT id FROM helpdesk_outbox_message AS this
                 WHERE state = 'queued' AND next_attempt_date <= %s
                   AND NOT EXISTS (
                       SELECT FROM helpdesk_outbox_message AS earlier
                        WHERE earlier.ticket_id = this.ticket_id AND earlier.id < this.id AND earlier.state = 'queued'
                          AND earlier.recipient = this.recipient)
                   AND %s
                 ORDER BY next_attempt_date, id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
                self._claim_conditions(),
            )
        )
        return self.browse(found[0]) if found else self.browse()

    @api.model
    def _claim_conditions(self):
        """What else must hold of a row (``this``) that may go now, as SQL; addons add theirs."""
        return SQL("TRUE")

    def _send_one(self):
        try:
            with self.env.cr.savepoint():
                error = self._send(self.kind)
        except TransactionRollbackError:
            raise
        except UserError as exception:
            error = str(exception)
        except Exception:
            _logger.warning("Outbox message %s failed.", self.id, exc_info=True)
            error = self.env._("An unexpected error. Administrators find it in the log: outbox message %s.", self.id)
        if self.state == "failed":
            return
        if error:
            self._note_error(error)
            return
        self.write({"state": "sent", "sent_date": fields.Datetime.now(), "error": False, "attempts": self.attempts + 1})

    def _send(self, kind):
        """Hand one message to the channel's service; each kind adds its own branch by overriding this.

        What can never succeed calls :meth:`_give_up` itself.

        :param str kind: a key of the channel kinds
        :return: why it did not work this time, in the user's language; None when it did
        """
        self._give_up(self.env._("There is no sender for channels of kind %s.", kind))

    def _note_error(self, error):
        attempts = self.attempts + 1
        if attempts > len(RETRY_MINUTES):
            self.attempts = attempts
            self._give_up(error)
            return
        again = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[attempts - 1])
        self.write({"attempts": attempts, "error": error[:2000], "next_attempt_date": again})
        self.env.ref("kemenkes_helpdesk.ir_cron_outbox")._trigger(at=again)

    def _give_up(self, reason):
        """The message will not arrive: say so on the ticket, where somebody reads it.

        :param str reason: in plain words
        """
        self.write({"state": "failed", "error": reason[:2000]})
        for row in self:
            row.ticket_id._survivor()._message_log(
                body=self.env._(
                    "The message to %(recipient)s was not delivered: %(reason)s", recipient=row.recipient, reason=reason
                )
            )

    def _prepare_delivery_events(self):
        """Rows for the ledger that tell how far messages got."""
        return [
            {
                "kind": "delivery",
                "ticket_id": row.ticket_id.id,
                "message_id": row.message_id.id,
                "data": {"state": row.state},
            }
            for row in self
            if row.state != "queued"
        ]

    @api.model
    def _cron_send(self):
        due = [("state", "=", "queued"), ("next_attempt_date", "<=", fields.Datetime.now())]
        left = self.env["ir.cron"]._commit_progress(remaining=self.search_count(due, limit=10_000))
        while left:
            try:
                sent = self._send_pending()
            except TransactionRollbackError:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.info("Outbox met another transaction.")
                sent = 1
            left = sent and self.env["ir.cron"]._commit_progress()

    # WHAT AGENTS DO

    def action_resend(self):
        """Send failed messages once more.

        :raise UserError: one of them has not failed
        """
        self.ticket_id.check_access("write")
        if any(row.state != "failed" for row in self):
            raise UserError(self.env._("Only messages that failed can be sent again."))
        # sudo: nobody writes outbox rows by hand; who may answer on the ticket may try again
        self.sudo().write(
            {"state": "queued", "attempts": 0, "error": False, "next_attempt_date": fields.Datetime.now()}
        )
        self.env.ref("kemenkes_helpdesk.ir_cron_outbox").sudo()._trigger()

import logging

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100


class HelpdeskIncidentDelivery(models.Model):
    """One answer of an incident for one of its tickets: what waits, and what became of it.

    The message, its row in the outbox and the new state are written in one transaction: all of it happened, or
    nothing did and the row still waits.
    """

    _name = "helpdesk.incident.delivery"
    _description = "Answer to One Ticket of an Incident"
    _order = "id desc"
    _rec_name = "ticket_id"
    _log_access = False

    answer_id = fields.Many2one("helpdesk.incident.answer", required=True, readonly=True, ondelete="cascade")
    incident_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Answered"),
            ("unreachable", "Not reachable"),
            ("failed", "Failed"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")
    outbox_id = fields.Many2one(
        "helpdesk.outbox.message", "Outgoing message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    outbox_state = fields.Selection(related="outbox_id.state", string="Delivery")
    error = fields.Text(readonly=True)

    _once = models.UniqueIndex("(answer_id, ticket_id)", "This ticket has this answer already.")
    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")
    _state_idx = models.Index("(answer_id, state)")

    @api.model
    def _queue(self, answer, domain):
        """List tickets for an answer, in one statement; a ticket that is listed already is not listed again.

        :param answer: ``helpdesk.incident.answer``
        :param domain: on ``helpdesk.ticket``; those that the user may not see are left out
        :return: how many were added
        """
        tickets = self.env["helpdesk.ticket"]
        tickets.flush_model()
        answer.flush_recordset()
        query = tickets._search(domain, order="id")
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_incident_delivery (answer_id, incident_id, ticket_id, state)
                SELECT %s, %s, ticket.id, 'waiting' FROM (%s) AS ticket ON CONFLICT (answer_id, ticket_id) DO NOTHING
                """,
                answer.id,
                answer.incident_id.id,
                query.select(),
            )
        )
        count = self.env.cr.rowcount
        self.invalidate_model()
        if count:
            self.env.ref("kemenkes_helpdesk.ir_cron_incident_answer").sudo()._trigger()
        return count

    @api.model
    def _withdraw(self, tickets):
        """Tickets have left their incident: what has not been said to them yet is not."""
        if tickets:
            # sudo: rows are the machine's; who may write the tickets takes them out
            self.sudo().search([("ticket_id", "in", tickets.ids), ("state", "=", "waiting")]).unlink()

    # WORKING OFF

    @api.model
    def _cron_deliver(self):
        left = self.env["ir.cron"]._commit_progress(
            remaining=self.search_count([("state", "=", "waiting")], limit=100_000)
        )
        while left:
            try:
                done = self._deliver_next()
            except TransactionRollbackError:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.info("Answers of an incident met another transaction.")
                continue
            left = done and self.env["ir.cron"]._commit_progress(done)

    @api.model
    def _deliver_next(self, limit=BATCH_SIZE):
        """Work off the oldest rows that nobody else is working on; the caller commits.

        :param int limit: rows at most
        :return: how many were worked on
        """
        # the machine works, whoever's request or job it is
        rows = self.with_user(SUPERUSER_ID)._claim(limit)
        for answer, deliveries in rows.grouped("answer_id").items():
            deliveries._deliver(answer)
        return len(rows)

    @api.model
    def _claim(self, limit):
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM helpdesk_incident_delivery WHERE state = 'waiting'"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                limit,
            )
        )
        return self.browse(row_id for (row_id,) in found)

    def _deliver(self, answer):
        """Answer the tickets together; where one of them is to blame for a failure, the others are answered alone."""
        try:
            with self.env.cr.savepoint():
                self._note_messages(answer._speak(self.ticket_id))
        except TransactionRollbackError:
            raise
        except Exception as exception:
            if len(self) > 1:
                for row in self:
                    row._deliver(answer)
                return
            _logger.warning("Answer %s failed on ticket %s.", answer.id, self.ticket_id.id, exc_info=True)
            self.write({"state": "failed", "error": f"{type(exception).__name__}: {exception}"[:2000]})

    def _note_messages(self, message_by_ticket):
        messages = self.env["mail.message"].browse(message.id for message in message_by_ticket.values())
        outbox = self.env["helpdesk.outbox.message"].search([("message_id", "in", messages.ids)])
        outbox_by_message = {row.message_id.id: row.id for row in outbox}
        message_ids = {ticket.id: message.id for ticket, message in message_by_ticket.items()}
        for row in self:
            message_id = message_ids.get(row.ticket_id.id)
            outbox_id = outbox_by_message.get(message_id)
            row.write(
                {
                    "state": "unreachable" if message_id and not outbox_id else "done",
                    "message_id": message_id,
                    "outbox_id": outbox_id,
                }
            )

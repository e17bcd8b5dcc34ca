from odoo import api, fields, models

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
    payload = fields.Json(readonly=True, help="What the channel needs besides the message's text and files.")
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

    _message_recipient_unique = models.UniqueIndex("(message_id, channel_id, recipient)")
    _queued_idx = models.Index("(id) WHERE state = 'queued'")

    @api.model
    def _queue(self, message_by_ticket):
        """Queue messages for the customers of their tickets, each on the channel the customer uses.

        :param dict message_by_ticket: ``{helpdesk.ticket: mail.message}``
        :return: the rows made; a ticket whose customer can't be reached has none
        """
        values = [
            {
                "message_id": message.id,
                "ticket_id": ticket.id,
                "channel_id": ticket.channel_id.id,
                "recipient": ticket.partner_email_normalized,
            }
            for ticket, message in message_by_ticket.items()
            if ticket.partner_email_normalized and ticket.channel_id
        ]
        if not values:
            return self.browse()
        # sudo: queueing is part of answering; nobody writes outbox rows by hand
        rows = self.sudo().create(values)
        self.env.ref("kemenkes_helpdesk.ir_cron_outbox").sudo()._trigger()
        return rows

    @api.model
    def _send_pending(self, limit=100):
        """Send what is queued, oldest first.

        :param int limit: rows at most
        :return: how many rows were worked on
        """
        return 0

    @api.model
    def _cron_send(self):
        while done := self._send_pending():
            if not self.env["ir.cron"]._commit_progress(done):
                break

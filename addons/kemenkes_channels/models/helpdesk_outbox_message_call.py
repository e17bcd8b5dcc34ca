from odoo import api, fields, models

from .helpdesk_ticket_question_call import Place


class HelpdeskOutboxMessage(models.Model):
    """What is written to callers goes out by another of our accounts than the telephone."""

    _inherit = "helpdesk.outbox.message"

    @api.model
    def _prepare_outgoing(self, ticket, message):
        place = self.env.context.get("helpdesk_places", {}).get(ticket.id)
        if not isinstance(place, Place):
            return super()._prepare_outgoing(ticket, message)
        return [
            {
                "message_id": message.id,
                "ticket_id": ticket.id,
                "channel_id": place.channel_id,
                "recipient": place.recipient,
                "next_attempt_date": fields.Datetime.now(),
                "payload": place.payload,
            }
        ]

from odoo import api, fields, models
from odoo.tools import html2plaintext

from .helpdesk_review import STORE_KINDS


class HelpdeskTicket(models.Model):
    """A ticket about a review."""

    _inherit = "helpdesk.ticket"

    review_ids = fields.One2many("helpdesk.review", "ticket_id", "Reviews")

    @api.model
    def _post_automatic(self, body_by_ticket):
        """What a machine says is not published below a review, where it would replace an agent's answer."""
        return super()._post_automatic(
            {ticket: body for ticket, body in body_by_ticket.items() if ticket.channel_id.kind not in STORE_KINDS}
        )

    def _send_reply(self, message):
        """An answer to a review is checked before it goes: everybody will read it.

        :raise UserError: too long for the store, or it asks for or holds personal data
        """
        number = message.helpdesk_source_id or self
        if number._answer_channel().kind in STORE_KINDS:
            review = self.env["helpdesk.review"].sudo().search([("ticket_id", "=", number.id)], limit=1)
            review.with_env(self.env)._check_reply(html2plaintext(message.body or "", include_references=False).strip())
        return super()._send_reply(message)

from odoo import api, models


class HelpdeskOutboxMessage(models.Model):
    """Answers to visitors of a live chat: said there at once; by e-mail to those who have left."""

    _inherit = "helpdesk.outbox.message"

    @api.model
    def _prepare_outgoing(self, ticket, message):
        if ticket._answer_channel().kind != "livechat":
            return super()._prepare_outgoing(ticket, message)
        chat = ticket._open_chat()
        if not chat:
            return super()._prepare_outgoing(ticket, message)
        # in this transaction: nothing outside is asked, so there is nothing to wait for or to send twice
        chat._say_in_chat(message)
        return []

    def _send(self, kind):
        return super()._send("email" if kind == "livechat" else kind)

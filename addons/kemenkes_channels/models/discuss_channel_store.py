from odoo import models

from odoo.addons.mail.tools.discuss import Store


class DiscussChannel(models.Model):
    """What an agent's chat window knows of the ticket: its id, so that one click opens it."""

    _inherit = "discuss.channel"

    def _to_store_defaults(self, target):
        fields = super()._to_store_defaults(target)
        if not target.is_internal(self.env):
            return fields
        # sudo: an id; who may read the ticket is asked when it is opened
        ticket = Store.Attr(
            "helpdesk_ticket_id",
            lambda chat: chat.sudo().helpdesk_ticket_id._survivor().id,
            predicate=lambda chat: chat.sudo().helpdesk_ticket_id,
        )
        return [*fields, ticket]

from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


class MailMessage(models.Model):
    """What a thread shows of messages that came from, or go to, an outside service."""

    _inherit = "mail.message"

    helpdesk_outside_ids = fields.One2many("helpdesk.channel.message", "message_id", readonly=True)
    helpdesk_outbox_ids = fields.One2many("helpdesk.outbox.message", "message_id", readonly=True)

    def _to_store_defaults(self, target):
        # sudo: whoever may read a message may know how it came and how far it got
        outside = Store.Attr(
            "helpdesk_outside",
            lambda message: message.sudo().helpdesk_outside_ids.sorted("id")[0]._to_browser(),
            predicate=lambda message: message.model == "helpdesk.ticket" and message.sudo().helpdesk_outside_ids,
        )
        delivery = Store.Attr(
            "helpdesk_delivery",
            lambda message: message.sudo().helpdesk_outbox_ids._to_browser(),
            predicate=lambda message: message.model == "helpdesk.ticket" and message.sudo().helpdesk_outbox_ids,
        )
        return [*super()._to_store_defaults(target), outside, delivery]

    def _message_reaction(self, content, action, partner, guest, store=None):
        """An agent's emoji below a customer's words goes to the customer, where the service shows such."""
        super()._message_reaction(content, action, partner, guest, store)
        row = self.sudo().helpdesk_outside_ids[:1]  # sudo: whoever may react may be heard
        is_agent = any(not user.share for user in partner.sudo().user_ids)
        if self.model == "helpdesk.ticket" and row.direction == "in" and is_agent:
            self.env["helpdesk.moderation"].sudo()._react(row, content if action == "add" else "")

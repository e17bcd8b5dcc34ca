from odoo import api, fields, models
from odoo.tools.mail import generate_tracking_message_id

from odoo.addons.mail.tools.discuss import Store

DIRECTIONS = [("in", "From the customer"), ("out", "From an agent"), ("auto", "Automatic")]


class MailMessage(models.Model):
    _inherit = "mail.message"

    helpdesk_channel_id = fields.Many2one("helpdesk.channel", "Helpdesk channel", index="btree_not_null")
    helpdesk_direction = fields.Selection(DIRECTIONS, "Helpdesk direction")
    helpdesk_source_id = fields.Many2one(
        "helpdesk.ticket",
        "Said under",
        index="btree_not_null",
        # never "set null": the words would become those of the survivor's customer
        ondelete="cascade",
        help="The merged ticket under whose number this was said. Empty: the ticket it stands on.",
    )

    helpdesk_sending_key = fields.Char(
        "Key of the sender", readonly=True, copy=False, help="By which a message that is sent again is known."
    )

    _helpdesk_sending_key_unique = models.UniqueIndex("(helpdesk_sending_key) WHERE helpdesk_sending_key IS NOT NULL")

    def _to_store_defaults(self, target):
        # sudo: a number is no secret
        number = Store.Attr(
            "helpdesk_number",
            lambda message: message.sudo().helpdesk_source_id.ticket_ref,
            predicate=lambda message: message.helpdesk_source_id,
        )
        direction = Store.Attr("helpdesk_direction", predicate=lambda message: message.helpdesk_direction)
        return [*super()._to_store_defaults(target), number, direction]

    def _prepare_event(self, kind):
        """A row of the ledger about this message on a ticket.

        :param str kind: a key of the ledger's kinds
        """
        return {
            "kind": kind,
            "ticket_id": self.res_id,
            "other_ticket_id": self.helpdesk_source_id.id,
            "message_id": self.id,
        }

    @api.model
    def _get_message_id(self, values):
        """Messages on a ticket carry its signed token, so that an answer finds it whatever else is lost."""
        if values.get("model") != "helpdesk.ticket" or not values.get("res_id"):
            return super()._get_message_id(values)
        ticket = self.env["helpdesk.ticket"].browse(values.get("helpdesk_source_id") or values["res_id"])
        return generate_tracking_message_id(ticket._reply_token())

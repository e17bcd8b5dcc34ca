from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import providers

# Kinds on which nothing can be written to a customer.
WORDLESS_KINDS = ("call", "api")
# Kinds whose answers stand below something public: no way to reach somebody who came by another channel.
PUBLIC_KINDS = ("facebook", "playstore", "appstore")


class HelpdeskTicket(models.Model):
    """By which of the customer's channels an answer goes: the ticket's own, or another on which they are known.

    The ticket stays what it is, whatever the agent chooses: its conversation goes on in one thread (R24.a, R27.a.1).
    A caller, whom words can't reach on the telephone, is written to by e-mail where the address is known.
    """

    _inherit = "helpdesk.ticket"

    def _answer_channel(self):
        channel = super()._answer_channel()
        asked = self._asked_channel_id()
        if asked and asked != channel.id:
            # sudo: channels belong to nobody's rights; which ones may be used is decided below
            chosen = self.sudo()._other_answer_channels().filtered(lambda other: other.id == asked)
            # what is said on other tickets along with the answer goes their own way
            if chosen:
                return chosen.sudo(self.env.su)
        if channel.kind == "call":
            return self._mail_channel() or channel
        return channel

    def _asked_channel_id(self):
        """Id of the channel that the agent has chosen in the composer, None where there is no choice."""
        return (self.env.context.get("helpdesk_answer") or {}).get("channel_id") or None

    def _check_asked_channel(self, channel):
        """
        :param channel: what :meth:`_answer_channel` makes of the agent's choice
        :raise UserError: the customer can't be reached on the channel that was chosen
        """
        asked = self._asked_channel_id()
        if asked and channel.id != asked:
            raise UserError(self.env._("The customer can't be reached on this channel."))

    def _prepare_answer_ways(self):
        """What the agent may choose from, the ticket's own first: ``[{"id", "kind", "name"}]``."""
        # sudo: names of the channels by which one may answer
        ticket = self.sudo()
        own = ticket.channel_id.filtered(lambda channel: channel.kind not in WORDLESS_KINDS)
        return [
            {"id": channel.id, "kind": channel.kind, "name": channel.name}
            for channel in (own | ticket._other_answer_channels())
        ]

    def _other_answer_channels(self):
        """Channels besides the ticket's own on which its customer can be reached, of the same site and product."""
        found = self.env["helpdesk.channel"]
        if self.channel_id.kind not in ("email", "form"):
            found |= self._mail_channel()
        return found | self._private_channels()

    def _mail_channel(self):
        """The mailbox from which this customer is written to; none without an address of theirs."""
        channels = self.env["helpdesk.channel"].sudo()  # sudo: as above
        if not self.sudo().partner_email_normalized:
            return channels
        mailboxes = channels.search([("kind", "=", "email"), ("site_id", "=", self.site_id.id)])
        own = mailboxes.filtered(lambda mailbox: mailbox.product_id == self.product_id)
        common = mailboxes.filtered(lambda mailbox: not mailbox.product_id)
        return (own or common or channels._default_email_channel())[:1].sudo(self.env.su)

    def _private_channels(self):
        """Accounts to which the customer has written in private, whatever it was about."""
        handles = self._private_handles()
        channels = self.env["helpdesk.channel"].search(
            [
                ("kind", "in", list(handles)),
                ("id", "!=", self.channel_id.id),
                ("site_id", "=", self.site_id.id),
                ("product_id", "in", [False, self.product_id.id]),
            ]
        )
        outside = self.env["helpdesk.channel.message"]
        spoken = Domain("direction", "=", "in") & Domain("is_public", "=", False)
        return channels.filtered(
            lambda channel: outside.search_count(
                spoken & Domain("channel_id", "=", channel.id) & Domain("recipient", "in", handles[channel.kind]),
                limit=1,
            )
        )

    def _private_handles(self):
        """``{kind: handles}`` under which services that take words know the customer."""
        kinds = self.env["helpdesk.identity"]._fields["kind"].get_values(self.env)
        private = [
            kind for kind in kinds if kind not in PUBLIC_KINDS + WORDLESS_KINDS and providers.can(kind, "limits")
        ]
        identities = self.env["helpdesk.identity"].search(
            [("partner_id", "=", self.partner_id.id), ("kind", "in", private)]
        )
        return {kind: of_kind.mapped("handle") for kind, of_kind in identities.grouped("kind").items()}

    def _last_words_on(self, channel):
        """The customer's last words to an account: on this ticket, else in private on any.

        :param channel: ``helpdesk.channel``
        :return: ``helpdesk.channel.message`` (sudo), or none
        """
        # sudo: where an answer goes is found out for the customer
        outside = self.env["helpdesk.channel.message"].sudo()
        ticket = self.sudo()
        if channel.sudo() == ticket.channel_id:
            return outside._last_of_customers(ticket).get(ticket, outside)
        return outside.search(
            [
                ("channel_id", "=", channel.id),
                ("recipient", "in", ticket._private_handles().get(channel.sudo().kind, [])),
                ("direction", "=", "in"),
                ("is_public", "=", False),
            ],
            order="date desc",
            limit=1,
        )

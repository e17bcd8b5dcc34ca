from odoo import api, fields, models, tools
from odoo.tools import email_normalize

from ..providers import email

# Kinds of channels whose tickets are answered by e-mail.
MAILED_KINDS = ("email", "form")


class HelpdeskChannel(models.Model):
    """The addresses of a channel, and the signed addresses that answers come back to."""

    _inherit = "helpdesk.channel"

    plus_address = fields.Boolean(
        "Reply address per ticket",
        help="Answers go to name+token@domain. Switch on only where the mail server delivers such addresses.",
    )

    mail_entrance = fields.Char(
        "Entrance for mail servers",
        compute="_compute_mail_entrance",
        groups="kemenkes_helpdesk.group_manager",
        help="Where scripts/mailgate delivers to. Whoever knows this address can bring in mails.",
    )

    @api.depends("webhook_token")
    def _compute_mail_entrance(self):
        for channel in self:
            path = f"/helpdesk/mail/{channel.webhook_token}"
            channel.mail_entrance = channel.get_base_url() + path if channel.webhook_token else False

    @api.model
    @tools.ormcache()
    def _channel_by_address(self):
        """``{normalised address: id of the e-mail channel}``; what is in use first, archived ones are left out."""
        # sudo: whoever takes a mail in must find its channel
        channels = self.sudo().search([("kind", "in", MAILED_KINDS)], order="kind, sequence, id")
        found = {}
        for channel in channels:
            for address in (channel.alias_email, channel.account_ref, channel.email_from):
                normalized = email_normalize(address or "")
                if normalized:
                    found.setdefault(normalized, channel.id)
        return found

    @api.model
    def _of_addresses(self, addresses):
        """The first e-mail channel that one of ``addresses`` belongs to, with or without a plus part.

        :param list addresses: in lower case
        """
        by_address = self._channel_by_address()
        for address in addresses:
            channel_id = by_address.get(address) or by_address.get(_without_plus(address))
            if channel_id:
                return self.sudo().browse(channel_id)
        return self.browse()

    @api.model
    def _default_email_channel(self):
        """The channel of mails that no address tells where they belong."""
        # sudo: as above
        return self.sudo().browse(self._default_email_channel_id())

    @api.model
    @tools.ormcache()
    def _default_email_channel_id(self):
        return self.sudo().search([("kind", "=", "email")], limit=1).id

    def _sender_address(self):
        """The From of answers: the channel's own, else that of the first e-mail channel, else the company's."""
        self.ensure_one()
        own = self.email_from or self.alias_email
        if own:
            return own
        default = self._default_email_channel()
        return default.email_from or default.alias_email or self.env.company.email_formatted

    def _reply_address(self, ticket):
        """Where answers about ``ticket`` shall go, with the signed token where the mail server takes it.

        :param ticket: ``helpdesk.ticket``, one record
        """
        address = email_normalize(self._sender_address() or "") or ""
        if not self.plus_address or not address:
            return address
        local, _at, domain = address.partition("@")
        return f"{local}+{ticket._reply_token()}@{domain}"

    @api.model
    def _token_secret(self):
        # sudo: the key is used, never shown
        return tools.misc.hmac(self.env(su=True), "kemenkes_helpdesk.reply_token", "").encode()

    @api.model
    def _tickets_of_tokens(self, text):
        """Ids of the tickets whose signed tokens stand in ``text``, in order; forged tokens count for nothing."""
        secret = self._token_secret()
        found = (email.ticket_of_token(secret, token) for token in email.find_tokens(text))
        return list(dict.fromkeys(ticket_id for ticket_id in found if ticket_id))


def _without_plus(address):
    local, at, domain = address.partition("@")
    return local.partition("+")[0] + at + domain

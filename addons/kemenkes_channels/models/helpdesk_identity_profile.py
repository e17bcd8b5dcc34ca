from odoo import api, fields, models
from odoo.tools import SQL

from .. import providers
from ..providers.records import Fault
from ..tools.transport import Transport

BATCH_SIZE = 50


class HelpdeskIdentity(models.Model):
    """Names of people whose service sends only a number with their messages (Messenger, Instagram)."""

    _inherit = "helpdesk.identity"

    name_asked_date = fields.Datetime(readonly=True, help="When the service was asked for the name.")

    _nameless_idx = models.Index("(kind, id) WHERE name_asked_date IS NULL")

    @api.model
    def _cron_ask_names(self):
        """Ask once for each customer who is still called by a number."""
        for channel in self.env["helpdesk.channel"].search([("is_paused", "=", False), ("access_token", "!=", False)]):
            if providers.can(channel.kind, "profile"):
                channel_identities = self._nameless_of(channel)
                channel_identities._ask_names(channel)
                self.env["ir.cron"]._commit_progress()

    @api.model
    def _nameless_of(self, channel):
        """Identities of customers who wrote on a channel and have no name yet."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT identity.id FROM helpdesk_identity AS identity
                  JOIN res_partner AS partner ON partner.id = identity.partner_id AND partner.name = identity.handle
                 WHERE identity.kind = %s AND identity.name_asked_date IS NULL
                   AND EXISTS (SELECT FROM helpdesk_channel_message AS said
                                WHERE said.channel_id = %s AND said.recipient = identity.handle
                                  AND said.direction = 'in')
                 ORDER BY identity.id DESC LIMIT %s
                """,
                channel.kind,
                channel.id,
                BATCH_SIZE,
            )
        )
        return self.browse(id_ for (id_,) in found)

    def _ask_names(self, channel):
        if not self:
            return
        account, provider = channel._account_with_token(), providers.load(channel.kind)
        if isinstance(account, Fault):
            return
        with Transport(account.api_host) as transport:
            for identity in self:
                answer = transport.run(provider.profile(account, identity.handle))
                person = provider.read_profile(account, identity.handle, answer)
                identity.name_asked_date = fields.Datetime.now()
                if not isinstance(person, Fault) and person.name:
                    identity._take_name(person)

    def _take_name(self, person):
        """The customer and their open tickets are called by name from now on."""
        former = self.partner_id.name
        self.partner_id.name = person.name
        self.display_handle = person.username or self.display_handle
        # sudo: the machine names the customer, whoever may see the tickets
        tickets = self.env["helpdesk.ticket"].sudo().search([("partner_id", "=", self.partner_id.id)])
        tickets.filtered(lambda ticket: ticket.partner_name == former).partner_name = person.name

from datetime import timedelta

from odoo import api, fields, models

from .. import providers
from ..providers.records import Fault
from ..tools.transport import Transport


class HelpdeskChannel(models.Model):
    """Access that ends after weeks (Instagram: 60 days) is renewed while it still serves."""

    _inherit = "helpdesk.channel"

    token_renewal_date = fields.Datetime("Access renewed on", readonly=True, copy=False)

    def write(self, vals):
        if "access_token" in vals:
            # one that was typed in is renewed by its own age
            vals = {"token_renewal_date": fields.Datetime.now(), **vals}
        return super().write(vals)

    @api.model
    def _cron_renew_tokens(self):
        """Renew what is due; an account whose renewal fails goes on with what it has, and is tried again tomorrow."""
        channels = self.search([("access_token", "!=", False)])
        for channel in channels.filtered(lambda channel: channel._is_renewal_due()):
            channel._renew_token()
            self.env["ir.cron"]._commit_progress(1)

    def _is_renewal_due(self):
        if not providers.can(self.kind, "renew_call"):
            return False
        age = timedelta(days=providers.load(self.kind).RENEW_DAYS)
        return not self.token_renewal_date or self.token_renewal_date < fields.Datetime.now() - age

    def _renew_token(self):
        """Ask for a new token; :attr:`token_expiry_date` then says how long it lives."""
        self.ensure_one()
        account, provider = self._account(), providers.load(self.kind)
        call = provider.renew_call(account)
        if call is None:
            return
        with Transport(account.api_host) as transport:
            token = provider.read_renewed(account, transport.run(call))
        if isinstance(token, Fault):
            self.connection_text = self.env._("The access could not be renewed: %s", token.detail or token.code)
            return
        now = fields.Datetime.now()
        self.write(
            {
                "access_token": token.access_token,
                "token_renewal_date": now,
                "token_expiry_date": now + timedelta(seconds=token.seconds) if token.seconds else False,
            }
        )

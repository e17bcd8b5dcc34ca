from odoo import api, fields, models
from odoo.tools import consteq

from .. import providers
from ..providers.records import Account


class HelpdeskChannel(models.Model):
    """An account at an outside service: its settings, and where the service calls us."""

    _inherit = "helpdesk.channel"

    has_provider = fields.Boolean(compute="_compute_provider")
    has_webhook = fields.Boolean(compute="_compute_provider")
    previous_app_secret = fields.Char(
        "Previous secret",
        copy=False,
        groups="kemenkes_helpdesk.group_manager",
        help="Still accepted while the secret is being changed at the service; empty it afterwards.",
    )
    api_host = fields.Char(
        "Other address of the service",
        groups="kemenkes_helpdesk.group_manager",
        help="Only for tests with a stand-in: requests go here and not to the service.",
    )
    option_ids = fields.One2many(
        "helpdesk.channel.option", "channel_id", "More settings", groups="kemenkes_helpdesk.group_manager"
    )
    is_paused = fields.Boolean(
        "Paused", readonly=True, copy=False, help="What comes in is kept and waits, what goes out waits."
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    webhook_url = fields.Char(
        "Webhook address", compute="_compute_webhook_url", groups="kemenkes_helpdesk.group_manager"
    )

    @api.depends("kind")
    def _compute_provider(self):
        for channel in self:
            channel.has_provider = bool(providers.load(channel.kind))
            channel.has_webhook = channel.has_provider and providers.can(channel.kind, "verify")

    @api.depends("webhook_token", "kind")
    def _compute_webhook_url(self):
        for channel in self:
            address = channel.get_base_url()
            is_called = channel.has_webhook and channel.webhook_token
            channel.webhook_url = f"{address}/helpdesk/webhook/{channel.webhook_token}" if is_called else False

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._add_options()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals:
            self._add_options()
        return result

    def _add_options(self):
        """A line for each setting that the kind of channel knows, so that nobody has to know their names."""
        rows = []
        for channel in self.sudo():
            known = set(channel.option_ids.mapped("name"))
            wanted = getattr(providers.load(channel.kind), "OPTIONS", {})
            rows += [{"channel_id": channel.id, "name": name} for name in wanted if name not in known]
        # sudo: who may make a channel may have its settings
        self.env["helpdesk.channel.option"].sudo().create(rows)

    @api.model
    def _of_webhook(self, token):
        """The channel behind a webhook's address, empty for a stranger's guess.

        :param str token: the last part of the address
        """
        # sudo: the token is the sender's right
        channel = self.sudo().search([("webhook_token", "=", token)], limit=1)
        if not channel or not consteq(channel.webhook_token, token) or not channel.has_provider:
            return self.browse()
        return channel

    def _account(self):
        """The channel's settings as the providers take them.

        :return: :class:`records.Account`
        """
        self.ensure_one()
        channel = self.sudo()  # sudo: secrets are for the machine's calls, they are shown to nobody
        return Account(
            kind=channel.kind,
            account_ref=channel.account_ref or "",
            verify_token=channel.verify_token or "",
            app_secrets=tuple(filter(None, (channel.app_secret, channel.previous_app_secret))),
            access_token=channel._token_in_use() or "",
            api_host=channel.api_host or "",
            options={option.name: option.value for option in channel.option_ids if option.value},
        )

    def _of_account(self, kind, account_ref):
        """The channel that something in this channel's webhook is for.

        One address at the service may serve several numbers or pages. Only channels that share this one's secret are
        believed to be meant: else whoever knows one account's secret could write into another's.

        :param str kind: of the record, "" for this channel's
        :param str account_ref: of the record, "" for this channel's
        :return: ``helpdesk.channel``, empty where there is none
        """
        self.ensure_one()
        kind, account_ref = kind or self.kind, account_ref or self.account_ref
        if kind == self.kind and account_ref == (self.account_ref or account_ref):
            return self
        secrets = set(self._account().app_secrets)
        others = self.sudo().search([("kind", "=", kind), ("account_ref", "=", account_ref)])
        return others.filtered(lambda other: secrets & set(other._account().app_secrets))[:1]

import secrets

from odoo import api, fields, models

CHANNEL_KINDS = [
    ("email", "E-mail"),
    ("form", "Web form"),
    ("call", "Call"),
    ("livechat", "Live chat"),
    ("whatsapp", "WhatsApp"),
    ("messenger", "Messenger"),
    ("telegram", "Telegram"),
    ("x", "X"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("playstore", "Play Store"),
    ("appstore", "App Store"),
    ("api", "API"),
]

DEFAULT_REOPEN_DAYS = 7
# Long enough to find out why a message was misread, short enough for data that stands on the ticket as well.
DEFAULT_RAW_KEEP_DAYS = 90
DEFAULT_FIRST_CONTACT_DAYS = 7


class HelpdeskChannel(models.Model):
    """One configured account by which customers reach the helpdesk."""

    _name = "helpdesk.channel"
    _description = "Helpdesk Channel"
    _inherit = ["mail.alias.mixin.optional", "helpdesk.remembered.mixin"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(CHANNEL_KINDS, required=True, default="email")
    site_id = fields.Many2one("helpdesk.site", required=True, default=lambda self: self._default_site())
    team_id = fields.Many2one("helpdesk.team", required=True)
    product_id = fields.Many2one("helpdesk.product")
    category_id = fields.Many2one("helpdesk.category", "Default category")
    account_ref = fields.Char("Account outside", help="Phone number id, page id, package name or mailbox address.")
    email_from = fields.Char("Sender", help="Address that answers carry, such as Halo Kemkes <halo@kemkes.example>.")
    reopen_days = fields.Integer(
        "Reopen within (days)",
        default=DEFAULT_REOPEN_DAYS,
        help="A reply to a ticket solved longer ago makes a new ticket that is linked to the old one.",
    )
    raw_keep_days = fields.Integer(
        "Keep raw messages (days)",
        default=DEFAULT_RAW_KEEP_DAYS,
        groups="kemenkes_helpdesk.group_manager",
        help="Raw messages that became a ticket or were ignored are removed after this time; 0 keeps them.",
    )
    first_contact_days = fields.Integer(
        "First contact resolution (days)",
        default=DEFAULT_FIRST_CONTACT_DAYS,
        help="A ticket counts as solved with the first reply when it stays solved for so many days.",
    )
    webhook_token = fields.Char(
        default=lambda _self: secrets.token_urlsafe(24), copy=False, groups="kemenkes_helpdesk.group_manager"
    )
    verify_token = fields.Char(copy=False, groups="kemenkes_helpdesk.group_manager")
    app_secret = fields.Char(copy=False, groups="kemenkes_helpdesk.group_manager")
    access_token = fields.Char(copy=False, groups="kemenkes_helpdesk.group_manager")

    _webhook_token_unique = models.UniqueIndex("(webhook_token)", "Another channel already has this address.")
    _account_unique = models.UniqueIndex(
        "(kind, account_ref) WHERE account_ref IS NOT NULL AND active", "Another channel already has this account."
    )

    @api.model
    def _default_site(self):
        return self.env["helpdesk.site"].search([], limit=1)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("helpdesk.ticket")
        if self.id:
            values["alias_defaults"] = {"channel_id": self.id}
        return values

    def _prepare_ticket_values(self):
        """What a ticket that comes in by this channel starts with.

        :return: dict of values for ``helpdesk.ticket.create``
        """
        self.ensure_one()
        return {
            "channel_id": self.id,
            "site_id": self.site_id.id,
            "team_id": self.team_id.id,
            "product_id": self.product_id.id,
            "category_id": self.category_id.id,
        }

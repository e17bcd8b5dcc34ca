from odoo import fields, models


class HelpdeskChannel(models.Model):
    """A WhatsApp number whose answers an office computer sends, while the service itself can't be used."""

    _inherit = "helpdesk.channel"

    uses_relay = fields.Boolean(
        "Send through an office computer",
        copy=False,
        groups="kemenkes_helpdesk.group_manager",
        help="Unofficial: Meta forbids it and may ban the number. Text only, unconfirmed. Read relay/README.md.",
    )

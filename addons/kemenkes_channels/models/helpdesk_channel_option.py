from odoo import api, fields, models

from .. import providers


class HelpdeskChannelOption(models.Model):
    """A setting that only one kind of channel has, such as the number of a business account."""

    _name = "helpdesk.channel.option"
    _description = "Channel Setting"
    _order = "channel_id, id"

    channel_id = fields.Many2one("helpdesk.channel", required=True, index=True, ondelete="cascade")
    name = fields.Char("Setting", required=True, readonly=True)
    label = fields.Char(compute="_compute_label")
    is_secret = fields.Boolean(compute="_compute_label")
    value = fields.Char()

    _name_unique = models.UniqueIndex("(channel_id, name)", "This setting stands there already.")

    @api.depends("name", "channel_id.kind")
    def _compute_label(self):
        for option in self:
            known = getattr(providers.load(option.channel_id.kind), "OPTIONS", {})
            label, option.is_secret = known.get(option.name, (option.name, False))
            option.label = label

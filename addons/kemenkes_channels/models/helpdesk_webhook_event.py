from odoo import fields, models


class HelpdeskWebhookEvent(models.Model):
    """Something that happens to a ticket and may be told to other systems."""

    _name = "helpdesk.webhook.event"
    _description = "Event Told by Webhooks"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="“type” of the message, such as ticket.created.")
    kind = fields.Char(required=True, help="The ledger's kind.")
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)")
    _kind_unique = models.UniqueIndex("(kind)")

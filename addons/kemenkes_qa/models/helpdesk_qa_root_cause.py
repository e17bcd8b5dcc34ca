from odoo import fields, models


class HelpdeskQaRootCause(models.Model):
    """Why a conversation went wrong: knowledge, tool, product, rule."""

    _name = "helpdesk.qa.root.cause"
    _description = "Root Cause"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_agent = fields.Boolean("Agent can change it", help="Coaching helps; otherwise the cause is elsewhere.")

    _name_unique = models.UniqueIndex("(lower(name->>'en_US')) WHERE active", "This root cause is there already.")

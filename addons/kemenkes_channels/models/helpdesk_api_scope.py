from odoo import fields, models


class HelpdeskApiScope(models.Model):
    """Something that a key of the open API may be allowed."""

    _name = "helpdesk.api.scope"
    _description = "Scope of an API Key"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="As the document names it, such as tickets:read.")
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)")

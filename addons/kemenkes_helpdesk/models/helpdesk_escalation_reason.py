from odoo import fields, models


class HelpdeskEscalationReason(models.Model):
    """The kind of reason for which tickets go to the next tier; reports count by it, the words beside it explain."""

    _name = "helpdesk.escalation.reason"
    _description = "Escalation Reason"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint("UNIQUE(name)", "Another reason already has this name.")

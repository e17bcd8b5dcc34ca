from odoo import fields, models


class HelpdeskRejectReason(models.Model):
    """Why an agent does not take what is offered."""

    _name = "helpdesk.reject.reason"
    _description = "Reason for Rejecting"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

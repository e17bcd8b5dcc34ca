from odoo import fields, models


class HelpdeskAgentReason(models.Model):
    """Why an agent is on a break, in training …; the report counts each by itself (R25.c.1)."""

    _name = "helpdesk.agent.reason"
    _description = "Reason of an Agent Status"
    _order = "status_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    status_id = fields.Many2one("helpdesk.agent.status", required=True, index=True, ondelete="cascade")
    expected_minutes = fields.Integer(help="How long it usually takes; the floor marks who is longer. 0: no limit.")

    _expected_minutes_positive = models.Constraint(
        "CHECK(expected_minutes >= 0)", "The expected minutes can't be negative."
    )

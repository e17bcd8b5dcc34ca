from odoo import fields, models


class HelpdeskTeam(models.Model):
    _inherit = "helpdesk.team"

    answer_seconds = fields.Integer(
        "Answered within (seconds)",
        default=3600,
        help="What the service level on the supervisor's desk counts as in time.",
    )

    _answer_seconds_positive = models.Constraint(
        "CHECK(answer_seconds > 0)", "Say within how many seconds customers are answered."
    )

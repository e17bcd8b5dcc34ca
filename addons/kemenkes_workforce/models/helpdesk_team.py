from odoo import fields, models

from ..tools import distribution

MANUAL = "manual"


class HelpdeskTeam(models.Model):
    """How a team's work is handed out (R23.b.1, R24.c)."""

    _inherit = "helpdesk.team"

    distribution_rule = fields.Selection(
        [
            (MANUAL, "By hand"),
            (distribution.ROUND_ROBIN, "In turn"),
            (distribution.LEAST_LOADED, "To the least loaded"),
            (distribution.SKILLS_FIRST, "To the most skilled"),
        ],
        "Tickets are handed out",
        required=True,
        default=MANUAL,
    )
    distribution_mode = fields.Selection(
        [
            ("offer", "Agents are asked"),
            ("live", "Agents are asked where somebody waits on the line"),
            ("direct", "Without asking"),
        ],
        "Agents are asked",
        required=True,
        default="live",
    )
    ring_seconds = fields.Integer("An offer stands for (seconds)", default=30)
    missed_limit = fields.Integer(
        "Away after missed offers", default=2, help="So many in a row, and the agent is set away. 0: never."
    )
    sticky_hours = fields.Integer(
        "To the customer's last agent within (hours)", default=24, help="If there is room. 0: not."
    )
    overflow_seconds = fields.Integer(
        "Others help after (seconds)", default=300, help="Of waiting in the queue; they go on belonging to this team."
    )
    overflow_team_ids = fields.Many2many(
        "helpdesk.team", "helpdesk_team_overflow_rel", "team_id", "overflow_team_id", string="Who helps"
    )
    take_back_minutes = fields.Integer(
        "Take back after (minutes)",
        default=30,
        help="A customer who writes to an agent who is not at work waits so long, then others answer. 0: not.",
    )

    _ring_seconds_enough = models.Constraint("CHECK(ring_seconds >= 5)", "An offer stands for at least 5 seconds.")
    _distribution_times_positive = models.Constraint(
        "CHECK(missed_limit >= 0 AND sticky_hours >= 0 AND overflow_seconds >= 0 AND take_back_minutes >= 0)",
        "Times and numbers of the distribution can't be negative.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"distribution_rule", "overflow_team_ids", "member_ids"}:
            self.env["helpdesk.distribution"]._wake()
        return result

    def _asks(self, is_live):
        """Whether an agent is asked before a ticket of this team is theirs."""
        return self.distribution_mode == "offer" or (self.distribution_mode == "live" and is_live)

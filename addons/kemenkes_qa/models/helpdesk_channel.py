from odoo import fields, models


class HelpdeskChannel(models.Model):
    """Whether and when customers of a channel are asked how satisfied they are."""

    _inherit = "helpdesk.channel"

    csat_active = fields.Boolean("Ask for satisfaction", default=True)
    csat_delay_minutes = fields.Integer("Ask after (minutes)", default=60, help="After the ticket is solved.")
    csat_pause_days = fields.Integer(
        "Not again within (days)", default=14, help="A customer who was asked is left in peace so long."
    )
    csat_reminder_days = fields.Integer("Remind after (days)", default=2, help="Once; 0: never.")
    csat_expiry_days = fields.Integer("Question ends after (days)", default=14)

    _csat_times = models.Constraint(
        "CHECK(csat_delay_minutes >= 0 AND csat_pause_days >= 0 AND csat_reminder_days >= 0 AND csat_expiry_days > 0)",
        "Times of the satisfaction survey can't be negative, and the question is open for a day at least.",
    )

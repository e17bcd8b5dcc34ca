from odoo import fields, models

DEFAULT_RECORDING_DAYS = 180
DEFAULT_WRAP_UP_SECONDS = 180


class HelpdeskChannel(models.Model):
    """What a telephone line needs to know beside its access."""

    _inherit = "helpdesk.channel"

    recording_keep_days = fields.Integer(
        "Keep recordings (days)",
        default=DEFAULT_RECORDING_DAYS,
        help="Recordings are removed after this time, the text of the call stays; 0 keeps them.",
    )
    wrap_up_seconds = fields.Integer(
        "Longest wrap-up (s)",
        default=DEFAULT_WRAP_UP_SECONDS,
        help="What an agent works after a call counts as wrap-up up to this time.",
    )

    _recording_days = models.Constraint("CHECK(recording_keep_days >= 0)", "Recordings are kept 0 days or more.")

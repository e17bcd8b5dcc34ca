from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import roster


class HelpdeskSite(models.Model):
    """What may be asked of an agent at a site."""

    _inherit = "helpdesk.site"

    roster_days_a_week = fields.Integer("Working days a week", required=True, default=5)
    roster_hours_a_day = fields.Float("Working hours a day", required=True, default=8)
    roster_rest_hours = fields.Float(
        "Rest between shifts (hours)",
        required=True,
        default=11,
        help="From the end of a shift to the start of the next.",
    )
    shift_ids = fields.One2many("helpdesk.shift", "site_id", string="Shifts")

    _roster_days_a_week = models.Constraint(
        "CHECK(roster_days_a_week BETWEEN 1 AND 7)", "A week has between 1 and 7 working days."
    )
    _roster_hours_a_day = models.Constraint(
        "CHECK(roster_hours_a_day > 0 AND roster_hours_a_day <= 24)", "A day has up to 24 working hours."
    )
    _roster_rest_hours = models.Constraint(
        "CHECK(roster_rest_hours BETWEEN 0 AND 24)", "The rest between shifts is between 0 and 24 hours."
    )

    def _roster_limits(self):
        """:return: :class:`~..tools.roster.Limits`"""
        self.ensure_one()
        return roster.Limits(self.roster_days_a_week, self.roster_hours_a_day, self.roster_rest_hours)

    def _nearest_shift(self, moment):
        """The shift that starts closest to a moment (naive UTC).

        :return: id of the ``helpdesk.shift`` and the day on which it starts
        :raise UserError: the site has no shifts
        """
        shifts = self.shift_ids
        if not shifts:
            raise UserError(
                self.env._("%s has no shifts yet: set them up first.", self.name or self.env._("Your site"))
            )
        return roster.nearest_shift(moment, {shift.id: shift.start_hour for shift in shifts}, self.timezone)

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import roster

# Changing these would move duties that people have planned their lives around.
TIMES = ("start_hour", "hours", "site_id")


class HelpdeskShift(models.Model):
    """A shift of a site, by the clock on its wall: the shifts of a day together cover it around the clock (R3)."""

    _name = "helpdesk.shift"
    _description = "Shift"
    _order = "site_id, start_hour, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="One or two letters, used in rotation patterns and narrow tables.")
    site_id = fields.Many2one(
        "helpdesk.site", required=True, index=True, default=lambda self: self.env.user.helpdesk_site_ids[:1]
    )
    timezone = fields.Selection(related="site_id.timezone")
    start_hour = fields.Float("Starts at", required=True, default=6, help="By the clock of the site.")
    hours = fields.Float("Lasts (hours)", required=True, default=8)
    stop_hour = fields.Float("Ends at", compute="_compute_stop_hour")
    minimum_agents = fields.Integer("Fewest agents", required=True, default=1)
    maximum_agents = fields.Integer("Most agents", default=0, help="0: any number.")
    color = fields.Integer(default=4)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(site_id, code)", "Another shift of this site already has this code.")
    _code_format = models.Constraint(
        "CHECK(code ~ '^[A-Za-z0-9]{1,3}$')", "The code of a shift is one to three letters or digits."
    )
    _start_hour_of_a_day = models.Constraint(
        "CHECK(start_hour >= 0 AND start_hour < 24)", "A shift starts between 00:00 and 23:59."
    )
    _hours_of_a_day = models.Constraint("CHECK(hours > 0 AND hours <= 24)", "A shift lasts up to 24 hours.")
    _agents = models.Constraint(
        "CHECK(minimum_agents >= 0 AND (maximum_agents = 0 OR maximum_agents >= minimum_agents))",
        "The most agents of a shift can't be fewer than the fewest.",
    )

    @api.depends("start_hour", "hours")
    def _compute_stop_hour(self):
        for shift in self:
            shift.stop_hour = (shift.start_hour + shift.hours) % 24

    @api.depends("name", "start_hour", "hours")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = f"{shift.name or ''} {shift._clock(shift.start_hour)}-{shift._clock(shift.stop_hour)}"

    @api.constrains("hours", "site_id")
    def _check_hours(self):
        for shift in self:
            if shift.hours > shift.site_id.roster_hours_a_day:
                raise ValidationError(
                    self.env._(
                        "%(shift)s lasts %(hours)g hours; at %(site)s an agent works at most %(most)g hours a day.",
                        shift=shift.name,
                        hours=shift.hours,
                        site=shift.site_id.name,
                        most=shift.site_id.roster_hours_a_day,
                    )
                )

    def write(self, vals):
        if any(name in vals for name in TIMES):
            self._refuse_if_used(vals)
        result = super().write(vals)
        if "minimum_agents" in vals or "active" in vals:
            self._keep_open_duties()
        return result

    def _refuse_if_used(self, vals):
        changed = self.filtered(
            lambda shift: any(name in vals and shift._fields[name].convert_to_write(shift[name], shift) != vals[name]
                              for name in TIMES)
        )  # fmt: skip
        duties = self.env["helpdesk.shift.assignment"].search([("shift_id", "in", changed.ids)], limit=1)
        if duties:
            raise UserError(
                self.env._(
                    "%s is on the roster already. Archive it and make a new shift with the new times, so that what was"
                    " planned stays as it was.",
                    duties.shift_id.name,
                )
            )

    def _keep_open_duties(self):
        """Uncovered duties of today and later follow the fewest agents of the shift."""
        assignments = self.env["helpdesk.shift.assignment"]
        for shift in self:
            today = roster.local_day(fields.Datetime.now(), shift.timezone)
            rosters = self.env["helpdesk.roster"].search(
                [("site_id", "=", shift.site_id.id), ("last_day", ">=", today)]
            )
            days = [day for one in rosters for day in one._days() if day >= today]
            assignments._keep_open({(shift, day) for day in days})

    def _times(self, day):
        """When the shift of ``day`` (at the site) starts and stops, naive UTC."""
        self.ensure_one()
        return roster.shift_times(day, self.start_hour, self.hours, self.timezone)

    @api.model
    def _clock(self, hour):
        """An hour of the day as people write it: 22.5 → "22:30"."""
        return f"{timedelta(hours=round(hour * 60) / 60)}"[:-3].rjust(5, "0")

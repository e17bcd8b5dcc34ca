from datetime import timedelta

from pytz import timezone, utc

from odoo import models, tools

from ..tools import working_time
from ..tools.working_time import STRETCH, AroundTheClock, Stretch, WorkingTime

# The hours of two zones differ by 26 at most.
MARGIN = timedelta(days=2)
HOURS_FIELDS = {"tz", "two_weeks_calendar", "flexible_hours", "schedule_type"}


class ResourceCalendar(models.Model):
    """Working hours as clocks and figures need them: intervals, read once for every process.

    Odoo's ``plan_hours`` and ``get_work_hours_count`` read attendances and days off in two queries at each call; ten
    thousand deadlines would be twenty thousand queries.
    """

    _inherit = "resource.calendar"

    def _working_time(self, zone=None):
        """Arithmetic with the working hours of this calendar, holidays left out.

        The calendar is a week on a clock on the wall, days off too: what it says holds at the time of ``zone``. One
        calendar serves the sites in Jakarta, Makassar and Jayapura.

        :param str zone: name of a time zone; default: the calendar's own
        :return: :class:`~..tools.working_time.WorkingTime`; without a calendar, every second is working time
        """
        if not self:
            return AroundTheClock()
        self.ensure_one()
        # sudo: working hours are no secret of the agent whose ticket is late
        calendar = self.sudo()
        return WorkingTime(lambda number: calendar._working_stretch(number, zone or calendar.tz))

    def _has_fixed_hours(self):
        """Whether a clock can run by this calendar: it says at which hours of the week work is done."""
        self.ensure_one()
        return not self.flexible_hours and any(
            attendance.day_period != "lunch"
            and not attendance.display_type
            and attendance.hour_to > attendance.hour_from
            for attendance in self.attendance_ids
        )

    @tools.ormcache("self.id", "number", "zone")
    def _working_stretch(self, number, zone):
        start, end = number * STRETCH, (number + 1) * STRETCH
        first, last = (utc.localize(working_time.from_seconds(seconds)) for seconds in (start, end))
        first, last = first - MARGIN, last + MARGIN
        worked = self._on_the_wall(self._attendance_intervals_batch(first, last)[False], zone)
        off = self._on_the_wall(self._leave_intervals_batch(first, last)[False], zone)
        left = working_time.subtract(working_time.merge(worked), off)
        return Stretch(working_time.clip(left, start, end))

    def _on_the_wall(self, intervals, zone):
        """Odoo's ``intervals`` as seconds, at the same hours of the day in ``zone`` as in the calendar's own zone."""
        own, other = timezone(self.tz), timezone(zone)

        def seconds(moment):
            there = other.localize(moment.astimezone(own).replace(tzinfo=None)) if other != own else moment
            whole = round(there.timestamp())
            # 23:59:59 is how Odoo writes the end of a day
            return whole + 1 if whole % 60 == 59 else whole

        return [(seconds(start), seconds(end)) for start, end, _record in intervals]

    # CHANGES

    def _working_hours_changed(self):
        """The hours or holidays of these calendars are others than before.

        Every process forgets what it has read. Extensions work out again what depends on it.
        """
        if self:
            self.env.registry.clear_cache()

    def write(self, vals):
        result = super().write(vals)
        if HOURS_FIELDS & vals.keys():
            self._working_hours_changed()
        return result

    def unlink(self):
        # before: whoever runs by them must still be found
        self._working_hours_changed()
        return super().unlink()

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.kemenkes_helpdesk.tools.working_time import (
    STRETCH,
    AroundTheClock,
    Stretch,
    WorkingTime,
    clip,
    from_seconds,
    merge,
    subtract,
    to_seconds,
)

MINUTE, HOUR = 60, 3600
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
MONDAY = date(2026, 3, 2)
JAKARTA = "Asia/Jakarta"

# Intervals on whole minutes around the seam between two stretches.
SEAM = 200 * STRETCH
MINUTES = st.integers(-600, 600).map(lambda number: SEAM + number * MINUTE)
INTERVALS = st.lists(st.tuples(MINUTES, MINUTES), max_size=8)


def working_time(intervals):
    """Working time with these intervals and no others."""
    merged = merge(intervals)
    return WorkingTime(lambda number: Stretch(clip(merged, number * STRETCH, (number + 1) * STRETCH)))


def works(intervals, minute):
    return any(start <= minute < end for start, end in intervals)


@tagged("post_install", "-at_install")
class TestWorkingTime(BaseCase):
    """R14: arithmetic with intervals, against a walk from minute to minute."""

    def test_seconds_between_is_the_walk(self):
        @settings(max_examples=60, deadline=None, database=None, derandomize=True)
        @given(INTERVALS, MINUTES, MINUTES)
        def same(intervals, start, end):
            walked = sum(MINUTE for minute in range(start, end, MINUTE) if works(intervals, minute))
            self.assertEqual(working_time(intervals).seconds_between(start, end), walked)

        same()

    def test_add_seconds_is_the_walk(self):
        @settings(max_examples=60, deadline=None, database=None, derandomize=True)
        @given(INTERVALS, MINUTES, st.integers(1, 400))
        def same(intervals, start, minutes):
            left, minute = minutes, start
            while left and minute < SEAM + 601 * MINUTE:
                left -= works(intervals, minute)
                minute += MINUTE
            due = working_time(intervals).add_seconds(start, minutes * MINUTE)
            self.assertEqual(due, None if left else minute)

        same()

    def test_seconds_are_not_rounded(self):
        hours = working_time([(SEAM - 100, SEAM + 7)])
        self.assertEqual(hours.add_seconds(SEAM - 101, 3), SEAM - 97)
        self.assertEqual(hours.add_seconds(SEAM - 3, 10), SEAM + 7)
        self.assertIsNone(hours.add_seconds(SEAM - 3, 11))
        self.assertEqual(hours.seconds_between(SEAM - 3, SEAM + 5), 8)
        self.assertEqual(hours.seconds_between(SEAM + 5, SEAM - 3), 0)

    def test_around_the_clock_is_arithmetic(self):
        always = AroundTheClock()
        self.assertEqual(always.add_seconds(SEAM, 30 * 24 * HOUR), SEAM + 30 * 24 * HOUR)
        self.assertEqual(always.seconds_between(SEAM, SEAM + 5), 5)
        self.assertEqual(always.seconds_between(SEAM + 5, SEAM), 0)

    def test_a_negative_time_is_refused(self):
        for hours in (AroundTheClock(), working_time([(SEAM, SEAM + 60)])):
            with self.assertRaises(ValueError):
                hours.add_seconds(SEAM, -1)
            self.assertEqual(hours.add_seconds(SEAM, 0), SEAM)

    def test_each_stretch_is_read_once(self):
        read = []
        hours = WorkingTime(lambda number: read.append(number) or Stretch([(number * STRETCH, number * STRETCH + 60)]))
        self.assertEqual(hours.add_seconds(SEAM, 180), SEAM + 2 * STRETCH + 60)
        self.assertEqual(hours.seconds_between(SEAM, SEAM + 2 * STRETCH + 30), 150)
        self.assertEqual(read, [200, 201, 202])

    def test_subtract_is_the_walk(self):
        @settings(max_examples=60, deadline=None, database=None, derandomize=True)
        @given(INTERVALS, INTERVALS)
        def same(intervals, others):
            left = subtract(merge(intervals), others)
            self.assertEqual(left, merge(left))
            for minute in range(SEAM - 600 * MINUTE, SEAM + 600 * MINUTE, 7 * MINUTE):
                self.assertEqual(works(left, minute), works(intervals, minute) and not works(others, minute))

        same()

    def test_seconds_and_dates(self):
        moment = datetime(2026, 3, 2, 1, 2, 3, 999999)
        self.assertEqual(from_seconds(to_seconds(moment)), datetime(2026, 3, 2, 1, 2, 3))


@tagged("post_install", "-at_install")
class TestResourceCalendar(TransactionCase):
    """R14: Odoo's calendars as working time, against a walk from minute to minute of the clock on the wall."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].search([]).unlink()

    def create_calendar(self, *hours, holidays=(), zone=JAKARTA):
        """A calendar with ``(weekday, hour from, hour to)`` lines and whole ``holidays``."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Test",
                "tz": zone,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (0, 0, {"name": "-", "dayofweek": str(day), "hour_from": start, "hour_to": end})
                    for day, start, end in hours
                ],
            }
        )
        self.create_holidays(calendar, holidays)
        return calendar

    def create_holidays(self, calendar, days, zone=JAKARTA):
        return self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "date_from": self.utc(datetime(day.year, day.month, day.day), calendar.tz or zone),
                    "date_to": self.utc(datetime(day.year, day.month, day.day, 23, 59, 59), calendar.tz or zone),
                }
                for day in days
            ]
        )

    def utc(self, wall, zone=JAKARTA):
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def seconds(self, wall, zone=JAKARTA):
        return to_seconds(self.utc(wall, zone))

    def test_walk_of_random_calendars(self):
        """Overnight shifts, split days, holidays, three zones."""
        half_hours = st.integers(0, 48)
        lines = st.lists(st.tuples(st.integers(0, 6), half_hours, half_hours), min_size=1, max_size=6)

        @settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=HealthCheck)
        @given(
            lines,
            st.sets(st.integers(0, 20), max_size=3),
            st.sampled_from(ZONES),
            st.sampled_from(ZONES),
            st.integers(0, 14 * 48),
            st.integers(1, 60),
        )
        def same(lines, holidays, own_zone, zone, half_hour, length):
            hours = self.split_days(lines)
            if not hours:
                return
            days_off = {MONDAY + timedelta(days=number) for number in holidays}
            calendar = self.create_calendar(*hours, holidays=days_off, zone=own_zone)
            wall = datetime.combine(MONDAY, datetime.min.time()) + timedelta(minutes=30 * half_hour)
            left, start = length, wall
            while left:
                on = wall.date() not in days_off and any(
                    day == wall.weekday() and begin * 60 <= wall.hour * 60 + wall.minute < end * 60
                    for day, begin, end in hours
                )
                left -= on
                wall += timedelta(minutes=30)
            working = calendar._working_time(zone)
            begin, due = self.seconds(start, zone), self.seconds(wall, zone)
            self.assertEqual(working.add_seconds(begin, length * 30 * MINUTE), due)
            self.assertEqual(working.seconds_between(begin, due), length * 30 * MINUTE)

        same()

    def split_days(self, lines):
        """Lines that Odoo takes: no overlap, a shift over midnight in two lines."""
        taken = {}
        for day, start, end in lines:
            parts = [(day, start, end)] if start < end else [(day, start, 48), ((day + 1) % 7, 0, end)]
            for weekday, begin, stop in parts:
                taken.setdefault(weekday, []).append((begin, stop))
        return [(day, begin / 2, stop / 2) for day, intervals in taken.items() for begin, stop in merge(intervals)]

    def test_a_night_shift_is_whole(self):
        calendar = self.create_calendar((0, 22, 24), (1, 0, 6))
        working = calendar._working_time()
        start = self.seconds(datetime(2026, 3, 2, 21))
        self.assertEqual(working.add_seconds(start, 8 * HOUR), self.seconds(datetime(2026, 3, 3, 6)))
        self.assertEqual(working.seconds_between(start, start + 24 * HOUR), 8 * HOUR)

    def test_around_the_clock_calendar_loses_nothing_at_midnight(self):
        """Odoo's own arithmetic loses a microsecond at each midnight."""
        calendar = self.create_calendar(*((day, 0, 24) for day in range(7)))
        start = self.seconds(datetime(2026, 3, 2, 8))
        self.assertEqual(calendar._working_time().add_seconds(start, 300 * 24 * HOUR), start + 300 * 24 * HOUR)

    def test_a_holiday_is_off_until_midnight(self):
        """Odoo writes the end of a day as 23:59:59."""
        calendar = self.create_calendar(*((day, 0, 24) for day in range(7)), holidays=[date(2026, 3, 3)])
        start = self.seconds(datetime(2026, 3, 2))
        self.assertEqual(calendar._working_time().seconds_between(start, start + 72 * HOUR), 48 * HOUR)

    def test_a_holiday_without_a_calendar_stops_calendars_but_not_the_clock(self):
        """A day off of every calendar; around the clock no calendar is asked."""
        self.create_holidays(self.env["resource.calendar"], [date(2026, 3, 3)])
        calendar = self.create_calendar((1, 8, 16))
        start = self.seconds(datetime(2026, 3, 2))
        self.assertEqual(calendar._working_time().add_seconds(start, HOUR), self.seconds(datetime(2026, 3, 10, 9)))
        always = self.env["resource.calendar"]._working_time()
        self.assertEqual(always.add_seconds(start, 48 * HOUR), start + 48 * HOUR)

    def test_the_same_hours_on_each_sites_wall(self):
        """R14: a calendar of Jakarta serves Jayapura, holidays included; two hours earlier."""
        calendar = self.create_calendar(*((day, 8, 16) for day in range(5)), holidays=[date(2026, 3, 3)])
        site = self.env["helpdesk.site"].create(
            {"name": "T", "code": "t-t", "timezone": "Asia/Jayapura", "resource_calendar_id": calendar.id}
        )
        start = self.seconds(datetime(2026, 3, 2, 15), "Asia/Jayapura")
        due = site._working_time().add_seconds(start, 2 * HOUR)
        self.assertEqual(due, self.seconds(datetime(2026, 3, 4, 9), "Asia/Jayapura"))
        site.resource_calendar_id = False
        self.assertEqual(site._working_time().add_seconds(start, 2 * HOUR), start + 2 * HOUR)

    def test_a_persons_absence_is_no_holiday(self):
        calendar = self.create_calendar((0, 8, 16))
        person = self.env["resource.resource"].create({"name": "Somebody", "calendar_id": calendar.id})
        self.create_holidays(calendar, [MONDAY]).resource_id = person
        start = self.seconds(datetime(2026, 3, 2, 8))
        self.assertEqual(calendar._working_time().seconds_between(start, start + 8 * HOUR), 8 * HOUR)

    def test_read_once_until_something_changes(self):
        calendar = self.create_calendar((0, 8, 16))
        start = self.seconds(datetime(2026, 3, 2, 8))

        def worked():
            return calendar._working_time().seconds_between(start, start + 12 * HOUR)

        self.assertEqual(worked(), 8 * HOUR)
        with self.assertQueryCount(0):
            self.assertEqual(worked(), 8 * HOUR)
        holiday = self.create_holidays(calendar, [MONDAY])
        self.assertEqual(worked(), 0)
        holiday.unlink()
        self.assertEqual(worked(), 8 * HOUR)
        calendar.attendance_ids.hour_to = 15
        self.assertEqual(worked(), 7 * HOUR)
        calendar.tz = "Asia/Jayapura"
        self.assertEqual(worked(), 5 * HOUR)
        calendar.write({"attendance_ids": [(0, 0, {"name": "-", "dayofweek": "0", "hour_from": 16, "hour_to": 17})]})
        self.assertEqual(worked(), 6 * HOUR)
        calendar.attendance_ids.unlink()
        self.assertEqual(worked(), 0)
        self.assertIsNone(calendar._working_time().add_seconds(start, 1))

    def test_calendars_without_fixed_hours(self):
        calendar = self.create_calendar((0, 8, 16))
        self.assertTrue(calendar._has_fixed_hours())
        calendar.attendance_ids.day_period = "lunch"
        self.assertFalse(calendar._has_fixed_hours())
        self.assertFalse(self.create_calendar()._has_fixed_hours())

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import adherence, roster, rotation, staffing

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Amsterdam", "America/St_Johns")
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
HOURS = st.integers(0, 47).map(lambda half: half / 2)
LIMITS = roster.Limits()
SHIFTS = [rotation.Shift(1, 6, 8), rotation.Shift(2, 14, 8), rotation.Shift(3, 22, 8)]


def duty(day, start_hour=6, hours=8, agent=1, zone="Asia/Jakarta"):
    return roster.Duty((day, start_hour), agent, day, *roster.shift_times(day, start_hour, hours, zone))


def rules(duties, absences=(), limits=LIMITS):
    return [violation.rule for violation in roster.violations(duties, limits, absences)]


@tagged("post_install", "-at_install")
class TestRosterTools(BaseCase):
    """R3: the rules of a roster, across midnight, ends of months and years, and time zones."""

    @given(DAYS, HOURS, st.sampled_from(ZONES))
    def test_a_shift_lasts_as_long_as_it_should(self, day, hour, zone):
        start, stop = roster.shift_times(day, hour, 8, zone)
        self.assertEqual(stop - start, timedelta(hours=8))
        self.assertEqual(roster.local_day(start, zone), day)

    def test_shifts_start_by_the_clock_of_the_site(self):
        """R3: 22:00 is 15:00 UTC in Jakarta (WIB), 14:00 in Makassar (WITA), 13:00 in Jayapura (WIT)."""
        for zone, utc in (("Asia/Jakarta", 15), ("Asia/Makassar", 14), ("Asia/Jayapura", 13)):
            start, stop = roster.shift_times(date(2026, 12, 31), 22, 8, zone)
            self.assertEqual(start, datetime(2026, 12, 31, utc))
            self.assertEqual(stop, datetime(2026, 12, 31, utc) + timedelta(hours=8))
            local = stop.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
            self.assertEqual((local.date(), local.hour), (date(2027, 1, 1), 6))

    @given(DAYS, st.sampled_from(ZONES[:3]), st.integers(-239, 239))
    def test_what_is_dropped_goes_to_the_nearest_shift(self, day, zone, minutes):
        hours = {1: 6, 2: 14, 3: 22}
        for shift, hour in hours.items():
            start = roster.shift_times(day, hour, 8, zone)[0]
            self.assertEqual(roster.nearest_shift(start + timedelta(minutes=minutes), hours, zone), (shift, day))

    @given(DAYS)
    def test_one_shift_a_day_five_days_a_week_is_fine(self, day):
        week = [duty(roster.monday(day) + timedelta(days=number)) for number in range(5)]
        self.assertEqual(rules(week), [])

    @given(DAYS)
    def test_the_sixth_day_of_a_week_is_one_too_many(self, day):
        monday = roster.monday(day)
        days = [duty(monday + timedelta(days=number)) for number in range(6)]
        self.assertEqual(rules(days), ["days"])
        # five at the end of a week and five at the start of the next are two weeks
        across = [duty(monday + timedelta(days=number)) for number in range(2, 12) if number not in (7 + 5, 7 + 6)]
        self.assertEqual(rules(across), [])

    @given(DAYS)
    def test_rest_counts_over_midnight(self, day):
        after = day + timedelta(days=1)
        found = roster.violations([duty(day, 22), duty(after, 14)], LIMITS)
        self.assertEqual([(one.rule, one.figure) for one in found], [("rest", 8)])
        self.assertEqual(rules([duty(day, 22), duty(after, 22)]), [])
        self.assertEqual(rules([duty(day, 6), duty(after, 6)]), [])

    @given(DAYS, HOURS)
    def test_two_shifts_at_the_same_time(self, day, hour):
        found = rules([duty(day, hour), duty(day, hour, 4)])
        self.assertIn("overlap", found)
        self.assertIn("hours", found)

    def test_a_short_shift_within_a_long_one_does_not_end_it(self):
        day = date(2026, 1, 31)
        limits = roster.Limits(hours_a_day=24)
        own = [duty(day, 6, 12), duty(day, 8, 2), duty(day, 17, 4)]
        self.assertEqual(rules(own, limits=limits), ["overlap", "overlap"])

    @given(DAYS, st.integers(0, 5))
    def test_leave_holds_from_the_first_to_the_last_day(self, day, days):
        leave = [roster.Absence(1, day, day + timedelta(days=days))]
        self.assertEqual(rules([duty(day)], leave), ["leave"])
        self.assertEqual(rules([duty(day + timedelta(days=days))], leave), ["leave"])
        self.assertEqual(rules([duty(day - timedelta(days=1))], leave), [])
        self.assertEqual(rules([duty(day + timedelta(days=days + 1))], leave), [])
        self.assertEqual(rules([duty(day, agent=2)], leave), [])

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.sampled_from([*SHIFTS, None]), min_size=1, max_size=14).filter(any),
        st.integers(1, 9),
        DAYS,
        st.sampled_from(ZONES),
        st.integers(0, 3),
    )
    def test_a_rotation_breaks_no_rule(self, cycle, count, day, zone, most):
        """R3: whatever the pattern, the number of agents, the month and the zone, the proposal keeps every rule."""
        shifts = [shift and rotation.Shift(shift.key, shift.start_hour, shift.hours, most) for shift in cycle]
        days = roster.month_days(day.replace(day=1))
        agents = list(range(1, count + 1))
        planned, skipped = rotation.rotate(shifts, agents, days, zone, LIMITS)
        self.assertEqual(roster.violations(planned, LIMITS), [])
        self.assertEqual(len(set(planned)), len(planned))
        for one in planned:
            self.assertIn(one.day, days)
        if most:
            for day_, shift in {(one.day, one.key) for one in planned}:
                self.assertLessEqual(sum((one.day, one.key) == (day_, shift) for one in planned), most)
        wanted = sum(
            shifts[((day_ - date(2024, 1, 1)).days + number * len(shifts) // count) % len(shifts)] is not None
            for day_ in days
            for number in range(count)
        )
        self.assertEqual(len(planned) + len(skipped), wanted)

    def test_months_follow_on_each_other(self):
        """R3: the rotation goes on at the end of a month where it stood."""
        cycle = [SHIFTS[0], SHIFTS[0], SHIFTS[1], SHIFTS[1], SHIFTS[2], None, None]
        january, february = (roster.month_days(date(2026, month, 1)) for month in (1, 2))
        both, _skipped = rotation.rotate(cycle, [1, 2, 3], january + february, "Asia/Jakarta", LIMITS)
        first, _skipped = rotation.rotate(cycle, [1, 2, 3], january, "Asia/Jakarta", LIMITS)
        then, _skipped = rotation.rotate(cycle, [1, 2, 3], february, "Asia/Jakarta", LIMITS, first)
        self.assertEqual(first + then, both)


@tagged("post_install", "-at_install")
class TestStaffingTools(BaseCase):
    """R3: how many agents on each shift."""

    def test_half_hours_over_midnight(self):
        self.assertEqual(staffing.covered_slots(22, 8), [44, 45, 46, 47, *range(12)])
        self.assertEqual(staffing.covered_slots(6.5, 1), [13, 14])
        self.assertEqual(len(staffing.covered_slots(0, 24)), 48)

    @given(st.lists(st.integers(0, 30), min_size=48, max_size=48))
    def test_shifts_around_the_clock_get_their_peak(self, need):
        shifts = {1: (6, 8), 2: (14, 8), 3: (22, 8)}
        agents, missing = staffing.propose(need, shifts)
        self.assertEqual(missing, [])
        for shift, times in shifts.items():
            self.assertEqual(agents[shift], max(need[slot] for slot in staffing.covered_slots(*times)))

    @given(st.lists(st.integers(0, 12), min_size=48, max_size=48), st.lists(HOURS, min_size=1, max_size=5))
    def test_overlapping_shifts_leave_open_only_what_none_covers(self, need, starts):
        shifts = {number: (hour, 8) for number, hour in enumerate(starts)}
        _agents, missing = staffing.propose(need, shifts)
        covered = {slot for times in shifts.values() for slot in staffing.covered_slots(*times)}
        self.assertEqual(missing, [slot for slot in range(48) if need[slot] and slot not in covered])


@tagged("post_install", "-at_install")
class TestAdherenceTools(BaseCase):
    """R25.c.1: planned against real."""

    START = datetime(2026, 1, 31, 15)
    STOP = datetime(2026, 1, 31, 23)

    def at(self, minutes):
        return self.START + timedelta(minutes=minutes)

    def measure(self, *real):
        return adherence.measure(self.START, self.STOP, [(self.at(begun), self.at(ended)) for begun, ended in real])

    def test_late_early_and_missing_have_names(self):
        """R25.c.1: late, left early, both, gone in between, missing; five minutes are tolerated."""
        self.assertEqual(self.measure((-10, 500)).state, "kept")
        self.assertEqual(self.measure((4, 477)).state, "kept")
        self.assertEqual(self.measure((25, 480)).state, "late")
        self.assertEqual(self.measure((0, 400)).state, "early")
        self.assertEqual(self.measure((25, 400)).state, "late_early")
        self.assertEqual(self.measure((-100, 0), (480, 700)).state, "missing")
        self.assertEqual(self.measure((0, 240), (300, 480)).state, "interrupted")
        self.assertEqual(self.measure((0, 240), (244, 480)).state, "kept")
        late = self.measure((25, 240), (250, 480))
        self.assertEqual((late.late, late.early, late.present), (25 * 60, 0, 445 * 60))

    @given(st.lists(st.tuples(st.integers(-600, 1000), st.integers(0, 400)), max_size=8))
    def test_presence_is_counted_once(self, parts):
        """R25.c.1: overlapping intervals and those of other days count no second twice."""
        real = [(begun, begun + length) for begun, length in parts]
        went = self.measure(*real)
        minutes = {minute for begun, ended in real for minute in range(max(0, begun), min(480, ended))}
        self.assertEqual(went.present, len(minutes) * 60)
        self.assertEqual(went.state == "missing", not minutes)
        self.assertLessEqual(went.late + went.early + went.present, went.planned)

from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from .roster_common import MONDAY, RosterCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestRoster(RosterCase):
    """R3: shifts, duties and the roster of a month."""

    # TIMES

    def test_duties_stand_in_utc_by_the_clock_of_the_site(self):
        """R3: the night of 31 March in WIB ends in April, and belongs to March."""
        duty = self.assign(self.ani, self.night, date(2026, 3, 31))
        self.assertEqual(duty.start_date, datetime(2026, 3, 31, 15))
        self.assertEqual(duty.stop_date, datetime(2026, 3, 31, 23))
        self.assertEqual(duty.roster_id, self.roster)
        east = self.env["helpdesk.shift"].create(
            {"name": "Night", "code": "M", "site_id": self.site_east.id, "start_hour": 22}
        )
        self.ani.helpdesk_site_ids |= self.site_east
        duty = self.assign(self.ani, east, date(2026, 4, 2), login="operation_manager")
        self.assertEqual(duty.start_date, datetime(2026, 4, 2, 13))
        self.assertEqual(duty.roster_id.month, date(2026, 4, 1))

    def test_dragging_goes_to_the_nearest_shift(self):
        """R3: what is dropped on the calendar keeps the shift's times, whatever was dropped or resized."""
        duty = self.assign(self.ani, self.morning, MONDAY)
        duty.write({"start_date": "2026-03-03 06:20:00", "stop_date": "2026-03-03 20:00:00"})
        self.assertEqual((duty.shift_id, duty.date), (self.evening, MONDAY + DAY))
        self.assertEqual(duty.start_date, datetime(2026, 3, 3, 7))
        self.assertEqual(duty.stop_date, datetime(2026, 3, 3, 15))
        duty.write({"stop_date": "2026-03-04 20:00:00"})
        self.assertEqual(duty.stop_date, datetime(2026, 3, 3, 15))
        # into another agent's row of the timeline
        duty.write({"start_date": "2026-03-03 07:00:00", "stop_date": "2026-03-03 15:00:00", "user_id": self.budi.id})
        self.assertEqual((duty.user_id, duty.date), (self.budi, MONDAY + DAY))

    def test_drawing_on_the_calendar_finds_shift_and_day(self):
        """R3: a duty drawn from 23:10 to 02:00 WIB is the night shift."""
        duties = self.env["helpdesk.shift.assignment"].with_user(self.users["leader"])
        duty = duties.create(
            {"user_id": self.ani.id, "start_date": "2026-03-02 16:10:00", "stop_date": "2026-03-02 19:00:00"}
        )
        self.assertEqual((duty.shift_id, duty.date), (self.night, MONDAY))

    def test_times_of_a_used_shift_stay(self):
        """R3: what was planned stays as it was."""
        with self.refuse("is on the roster already", UserError):
            self.morning.start_hour = 7
        self.morning.name = "Early"

    # RULES, ONE BY ONE

    def test_rest_between_shifts(self):
        """R3: less than the rest that the site asks for is refused."""
        self.assign(self.ani, self.night, MONDAY)
        with self.refuse("Test agent would have only 8 hours of rest before Evening .* at least 11 are needed"):
            self.assign(self.ani, self.evening, MONDAY + DAY)

    def test_two_shifts_at_once(self):
        """R3: nobody is in two places."""
        second = self.env["helpdesk.shift"].create(
            {"name": "Midday", "code": "T", "site_id": self.site.id, "start_hour": 10, "hours": 4, "minimum_agents": 0}
        )
        self.site.roster_hours_a_day = 12
        self.assign(self.ani, self.morning, MONDAY)
        with self.refuse("Test agent can't work Midday on Monday, 2 March 2026: Morning on .* is not over by then"):
            self.assign(self.ani, second, MONDAY)

    def test_hours_of_a_day(self):
        """R3: 8 hours a day."""
        self.site.roster_rest_hours = 0
        self.assign(self.ani, self.morning, MONDAY)
        with self.refuse("Test agent would work 16 hours on Monday, 2 March 2026; the most are 8"):
            self.assign(self.ani, self.evening, MONDAY)

    def test_days_of_a_week(self):
        """R3: 5 days a week, from Monday to Sunday."""
        for number in range(5):
            self.assign(self.ani, self.morning, MONDAY + number * DAY)
        with self.refuse("Test agent would work 6 days in the week of Monday, 2 March 2026; the most are 5"):
            self.assign(self.ani, self.morning, MONDAY + 6 * DAY)
        self.assign(self.ani, self.morning, MONDAY + 7 * DAY)

    def test_a_day_before_a_full_week_counts_too(self):
        """R3: the sixth day is refused wherever it is in the week, also when it is entered last."""
        for number in range(1, 6):
            self.assign(self.ani, self.morning, MONDAY + number * DAY)
        with self.refuse("6 days in the week"):
            self.assign(self.ani, self.morning, MONDAY)

    def test_most_agents_of_a_shift(self):
        """R3: no more agents than a shift takes."""
        self.morning.maximum_agents = 2
        self.assign(self.ani, self.morning, MONDAY)
        self.assign(self.budi, self.morning, MONDAY)
        with self.refuse("Morning on Monday, 2 March 2026 would have 3 agents; the most are 2"):
            self.assign(self.citra, self.morning, MONDAY)

    def test_same_shift_twice(self):
        """R3: nobody counts twice on a shift."""
        self.assign(self.ani, self.morning, MONDAY)
        with mute_logger("odoo.sql_db"), self.refuse("once_on_a_shift", IntegrityError):
            self.assign(self.ani, self.morning, MONDAY)

    def test_agents_of_other_sites(self):
        """R3: an agent who doesn't work at a site is not on its roster."""
        foreign = self.create_user("foreign", "group_agent", sites=self.site_east)
        with self.refuse("Test foreign doesn't work at Jakarta"):
            self.assign(foreign, self.morning, MONDAY)

    def test_longer_than_a_working_day(self):
        """R3: a shift lasts no longer than an agent may work."""
        with self.refuse("Long lasts 9 hours; at Jakarta an agent works at most 8 hours a day"):
            self.env["helpdesk.shift"].create({"name": "Long", "code": "L", "site_id": self.site.id, "hours": 9})

    def test_agents_do_not_plan(self):
        """R3: agents ask, leaders plan."""
        with self.assertRaises(AccessError):
            self.assign(self.ani, self.morning, MONDAY, login="agent")

    def test_rules_hold_at_two_sites_together(self):
        """R3: an agent who is lent to another site has one life."""
        east = self.env["helpdesk.shift"].create(
            {"name": "Morning", "code": "P", "site_id": self.site_east.id, "start_hour": 6}
        )
        self.ani.helpdesk_site_ids |= self.site_east
        self.assign(self.ani, self.night, MONDAY)
        with self.refuse("can't work Morning"):
            # 06:00 WIT is 04:00 WIB, before the night in WIB is over
            self.assign(self.ani, east, MONDAY + DAY, login="operation_manager")

    # UNCOVERED HOURS

    def test_uncovered_hours_are_there_from_the_beginning(self):
        """R3: every shift below its fewest agents stands as uncovered, and goes when somebody takes it."""
        self.assertEqual(self.uncovered(), 31 * 3)
        self.assertEqual(self.roster.uncovered_hours, 31 * 3 * 8)
        duty = self.assign(self.ani, self.morning, MONDAY)
        self.assertEqual(self.uncovered(), 31 * 3 - 1)
        self.assign(self.budi, self.morning, MONDAY)
        self.assertEqual(self.uncovered(), 31 * 3 - 1)
        duty.with_user(self.users["leader"]).unlink()
        self.assertEqual(self.uncovered(), 31 * 3 - 1)
        self.env["helpdesk.shift.assignment"].search([("user_id", "=", self.budi.id)]).date = MONDAY + DAY
        self.assertEqual(self.uncovered(self.morning), 30)

    def test_an_uncovered_duty_is_dragged_to_an_agent(self):
        """R3: giving an uncovered duty to somebody covers it."""
        duty = self.env["helpdesk.shift.assignment"].search(
            [("shift_id", "=", self.night.id), ("date", "=", MONDAY), ("uncovered", "=", True)]
        )
        duty.with_user(self.users["leader"]).user_id = self.ani
        self.assertFalse(duty.uncovered)
        self.assertEqual(self.uncovered(self.night), 30)

    def test_more_agents_needed(self):
        """R3: when a shift needs more agents, the days to come show it; days past stay."""
        with freeze_all_time(datetime(2026, 3, 20, 5)):
            self.morning.minimum_agents = 3
        self.assertEqual(self.uncovered(self.morning), 31 + 12 * 2)

    # ROTATION

    def generate(self, **values):
        return (
            self.env["helpdesk.roster.generate"]
            .with_user(self.users["leader"])
            .with_context(default_roster_id=self.roster.id)
            .create({"user_ids": [(6, 0, self.agents.ids)], "pattern_id": self.pattern.id, **values})
        )

    def test_fill_confirm_undo(self):
        """R3: a rotation proposes a month; the proposal is confirmed, undone, discarded."""
        wizard = self.generate()
        proposed = wizard.planned_count
        self.assertGreater(proposed, 70)
        uncovered = wizard.uncovered_count
        self.assertLess(uncovered, 31 * 3 - 60)
        wizard.action_propose()
        duties = self.roster.assignment_ids.filtered("user_id")
        self.assertEqual(len(duties), proposed)
        self.assertEqual(set(duties.mapped("state")), {"proposed"})
        self.assertEqual(self.uncovered(), uncovered)
        one = self.roster.with_user(self.users["leader"])
        with self.refuse("Confirm or discard the proposal", UserError):
            one.action_publish()
        one.action_confirm_proposal()
        self.assertEqual(set(duties.mapped("state")), {"planned"})
        one.action_undo_generation()
        self.assertEqual(set(duties.mapped("state")), {"proposed"})
        one.action_discard_proposal()
        self.assertEqual(self.uncovered(), 31 * 3)
        with self.refuse("no confirmed proposal to undo", UserError):
            one.action_undo_generation()

    def test_the_rotation_keeps_what_stands(self):
        """R3: leave and duties that stand already are respected, and what was left out is told."""
        self.ask("leave", user_id=self.budi.id, date=MONDAY, last_date=date(2026, 3, 31))
        self.assign(self.ani, self.night, MONDAY)
        self.morning.maximum_agents = 1
        wizard = self.generate()
        self.assertIn("Test agent2: ", wizard.skipped)
        self.assertIn("on leave", wizard.skipped)
        wizard.action_propose()
        planned = self.roster.assignment_ids.filtered("proposed")
        self.assertFalse(planned.filtered(lambda duty: duty.user_id == self.budi and duty.date >= MONDAY))
        self.assertFalse(planned.filtered(lambda duty: duty.user_id == self.ani and duty.date == MONDAY))

    def test_a_pattern_names_shifts_that_exist(self):
        """R3: a code that is no shift is refused when it is typed."""
        with self.refuse("Jakarta has no shift with the code X; its codes are M, P, S"):
            self.pattern.cycle = "P X -"
        with self.refuse("at least one shift"):
            self.pattern.cycle = "- -"

    # PUBLISHING

    def test_publishing_tells_each_agent_once(self):
        """R3: one notice to each agent, with their own duties only; the ledger knows."""
        self.assign(self.ani, self.morning, MONDAY)
        self.assign(self.ani, self.morning, MONDAY + DAY)
        self.assign(self.budi, self.evening, MONDAY)
        before = self.env["mail.message"].search([], order="id desc", limit=1)
        self.publish()
        notices = self.env["mail.message"].search([("id", ">", before.id), ("subject", "like", "Your shifts")])
        self.assertEqual(sorted(notices.mapped("partner_ids.name")), ["Test agent", "Test agent2"])
        own = notices.filtered(lambda notice: notice.partner_ids == self.ani.partner_id)
        self.assertEqual(own.body.count("<li>"), 2)
        rows = self.env["helpdesk.event"].sudo().search([("kind", "=", "roster_published")])
        self.assertEqual(rows[0].data, {"roster": self.roster.id, "duties": 3, "uncovered": 31 * 3 - 3})
        self.publish()
        self.assertEqual(
            self.env["mail.message"].search_count([("id", ">", before.id), ("subject", "like", "Your shifts")]), 2
        )

    def test_an_empty_roster_is_not_published(self):
        with self.refuse("Nobody is on duty", UserError):
            self.publish()

    def test_agents_see_what_is_published(self):
        """R3: plans are the leader's until they are published."""
        duty = self.assign(self.ani, self.morning, MONDAY)
        mine = self.env["helpdesk.shift.assignment"].with_user(self.ani)
        self.assertFalse(mine.search([]))
        self.publish()
        self.assertIn(duty, mine.search([]))
        foreign = self.create_user("foreign", "group_team_leader", sites=self.site_east)
        self.assertFalse(mine.with_user(foreign).search([]))

    def test_a_published_roster_changes_by_asking(self):
        """R3: leaders too ask, and the form they are led to holds what they tried."""
        duty = self.assign(self.ani, self.morning, MONDAY).with_user(self.users["leader"])
        self.publish()
        with self.assertRaises(RedirectWarning) as caught:
            duty.write({"start_date": "2026-03-02 07:00:00", "stop_date": "2026-03-02 15:00:00"})
        self.assertIn("is published", caught.exception.args[0])
        self.assertEqual(
            caught.exception.args[3],
            {
                "default_kind": "move",
                "default_assignment_id": duty.id,
                "default_user_id": self.ani.id,
                "default_shift_id": self.evening.id,
                "default_date": "2026-03-02",
            },
        )
        for change in (duty.unlink, lambda: self.assign(self.budi, self.night, MONDAY)):
            with self.assertRaises(RedirectWarning):
                change()
        duty.note = "Bring the headset"
        with self.refuse("published roster can't be deleted", UserError):
            self.roster.unlink()

    def test_a_month_costs_few_queries(self):
        """R3: filling a month is a batch, not a query for each duty."""
        wizard = self.generate()
        wizard.planned_count  # noqa: B018 (the preview was on the screen before)
        self.env.flush_all()
        with self.assertQueryCount(110):
            wizard.action_propose()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestRosterCalendar(RosterCase, HttpCase):
    """R3: an agent's own shifts, for the calendar of a phone."""

    def test_download(self):
        """R3: published duties of one's own, in UTC, as iCalendar."""
        day = date(2100, 1, 4)
        duty = self.assign(self.ani, self.night, day)
        self.assign(self.budi, self.night, day)
        self.authenticate("test_agent", "test_agent")
        self.assertNotIn("VEVENT", self.url_open("/helpdesk/roster/my-shifts.ics").text)
        duty.roster_id.with_user(self.users["leader"]).action_publish()
        answer = self.url_open("/helpdesk/roster/my-shifts.ics")
        self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertEqual(answer.text.count("BEGIN:VEVENT"), 1)
        self.assertIn(f"DTSTART:{day:%Y%m%d}T150000Z", answer.text)
        self.assertIn("SUMMARY:Night", answer.text)

    def test_login_needed(self):
        self.assertIn("/web/login", self.url_open("/helpdesk/roster/my-shifts.ics").url)

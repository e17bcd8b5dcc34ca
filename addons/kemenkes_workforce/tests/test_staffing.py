from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..tools import erlang
from .roster_common import MONDAY, RosterCase

NOW = datetime(2026, 3, 30, 3)


@tagged("post_install", "-at_install")
class TestStaffing(RosterCase):
    """R3: need of agents from past arrivals, against the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staffing = cls.env["helpdesk.staffing"].create(
            {"name": "Calls", "site_id": cls.site.id, "weeks": 4, "shrinkage": 0, "occupancy": 100}
        )

    def arrive(self, count, *moments, channel=None):
        """Tickets of the ledger, created at moments (UTC)."""
        tickets = self.env["helpdesk.ticket"].create([{"name": "Call", "site_id": self.site.id}])
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "created",
                    "ticket_id": tickets.id,
                    "date": moment,
                    "site_id": self.site.id,
                    "channel_id": (channel or self.channel_email).id,
                }
                for moment in moments
                for _number in range(count)
            ]
        )

    def need(self, weekday, slot):
        return self.staffing.need_ids.filtered(lambda need: need.weekday == str(weekday) and need.slot == slot)

    def calculate(self):
        with freeze_all_time(NOW):
            self.staffing.with_user(self.users["supervisor"]).action_calculate()

    def test_arrivals_by_the_clock_of_the_site(self):
        """R3: 23:40 UTC on Sunday is 06:40 on Monday in Jakarta; the average is over the Mondays looked at."""
        mondays = [datetime(2026, 3, 1, 23, 40) + timedelta(weeks=week) for week in range(4)]
        self.arrive(30, *mondays)
        self.arrive(10, mondays[0])
        self.arrive(50, NOW)  # today is not over
        self.calculate()
        need = self.need(0, 13)
        self.assertEqual(need.arrivals, 130 / 4)
        self.assertEqual(need.time, "06:30")
        self.assertEqual(need.at_work, erlang.agents_needed(32.5, 1800, 300, 0.8, 20))
        self.assertEqual(sum(self.staffing.need_ids.mapped("arrivals")), 32.5)
        self.assertEqual(len(self.staffing.need_ids), 7 * 48)
        self.assertEqual(self.staffing.peak, need.agents)

    def test_handling_time_is_the_measured_one(self):
        """R3: the core's measured handling; the time entered counts only without it."""
        ticket = self.create_ticket()
        self.arrive(60, datetime(2026, 3, 23, 3), datetime(2026, 3, 16, 3), datetime(2026, 3, 9, 3))
        self.env["helpdesk.handling"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "user_id": self.ani.id,
                    "site_id": self.site.id,
                    "channel_id": self.channel_email.id,
                    "source": "focus",
                    "start": datetime(2026, 3, 10, hour),
                    "stop": datetime(2026, 3, 10, hour, 6),
                    "date": "2026-03-10",
                    "seconds": 360,
                }
                for hour in (3, 4)
            ]
        )
        self.calculate()
        self.assertEqual(self.staffing.handling_seconds, 720)
        self.staffing.channel_ids = self.channel_form
        self.calculate()
        self.assertEqual(self.staffing.handling_seconds, 300)
        self.assertFalse(self.staffing.peak)

    def test_inputs(self):
        """R3: shrinkage, occupancy and conversations at once change the need."""
        self.arrive(60, *(datetime(2026, 3, 2, 3) + timedelta(weeks=week) for week in range(4)))
        self.calculate()
        plain = self.need(0, 20)
        at_work = plain.at_work
        self.assertEqual(at_work, erlang.agents_needed(60, 1800, 300, 0.8, 20))
        for values, expected in (
            ({"shrinkage": 30}, erlang.with_shrinkage(at_work, 0.3)),
            ({"occupancy": 60}, erlang.agents_needed(60, 1800, 300, 0.8, 20, 0.6)),
            ({"concurrency": 3}, erlang.agents_needed(60, 1800, 300, 0.8, 20, concurrency=3)),
        ):
            copy = self.staffing.copy({"need_ids": False, **values})
            with freeze_all_time(NOW):
                copy.action_calculate()
            need = copy.need_ids.filtered(lambda need: need.weekday == "0" and need.slot == 20)
            self.assertEqual(need.agents, expected, values)
            self.assertNotEqual(need.agents, at_work, values)

    def test_plan_against_need(self):
        """R3: each half hour of a day, night shifts of the day before included; how many each shift should have."""
        self.arrive(60, *(datetime(2026, 3, 2, 3) + timedelta(weeks=week) for week in range(4)))
        self.calculate()
        self.assign(self.ani, self.night, MONDAY - timedelta(days=1))
        self.assign(self.budi, self.morning, MONDAY)
        rosters = self.env["helpdesk.roster"].with_user(self.users["leader"])
        day = rosters.get_coverage(self.site.id, "2026-03-02")
        self.assertEqual(day["planned"], [1] * 28 + [0] * 20)
        needed = self.need(0, 20).agents
        self.assertEqual([slot for slot, agents in enumerate(day["need"]) if agents], [20])
        self.assertEqual(
            [(shift["planned"], shift["proposed"]) for shift in day["shifts"]], [(1, needed), (0, 0), (0, 0)]
        )
        with self.assertRaises(AccessError):
            rosters.apply_proposal(self.site.id)
        rosters.with_user(self.users["supervisor"]).apply_proposal(self.site.id)
        self.assertEqual(self.site.shift_ids.mapped("minimum_agents"), [needed, 1, 1])

    def test_sites_without_shifts(self):
        self.env["helpdesk.shift"].search([]).active = False
        self.assertEqual(self.env["helpdesk.roster"].get_coverage(), {})

    def test_a_service_level_has_limits(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.staffing.target = 100
            self.env.flush_all()

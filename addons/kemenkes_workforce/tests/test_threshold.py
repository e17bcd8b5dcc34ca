from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .floor_common import FloorCase

NINE = datetime(2026, 3, 2, 2, 0)


@tagged("post_install", "-at_install")
class TestThreshold(FloorCase):
    """R25.c.2: limits of live figures, with one warning for each crossing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.threshold"].search([]).active = False
        cls.team_l1.user_id = cls.leader

    def threshold(self, metric, limit, **values):
        return self.env["helpdesk.threshold"].create(
            {"metric": metric, "limit": limit, "site_id": self.site.id, "team_id": self.team_l1.id, **values}
        )

    def value_at(self, threshold, moment):
        with freeze_all_time(moment):
            self.env.flush_all()
            self.env["helpdesk.threshold"]._cron_check()
        return round(threshold.value, 1) if threshold.has_value else None

    def warnings(self, moment, user=None):
        """How many thresholds each message names that the job writes at ``moment``."""
        messages = self.env["mail.message"]
        known = messages.search([])
        with freeze_all_time(moment):
            self.env.flush_all()
            self.env["helpdesk.threshold"]._cron_check()
        new = messages.search([]) - known
        partner = (user or self.leader).partner_id
        return [str(message.body).count("<li>") for message in new if partner in message.notified_partner_ids]

    def test_one_warning_for_each_crossing(self):
        """R25.c.2: no flood: a figure that trembles about its limit warns once."""
        self.threshold("waiting", 1)
        tickets = self.create_ticket() | self.create_ticket()
        self.assertEqual(self.warnings(NINE), [1])
        self.assertEqual(self.warnings(NINE + timedelta(minutes=1)), [], "told already")
        tickets[0].user_id = self.agent
        self.assertEqual(self.warnings(NINE + timedelta(minutes=2)), [])
        tickets[0].user_id = False
        self.assertEqual(self.warnings(NINE + timedelta(minutes=5)), [], "it was good for three minutes only")
        tickets[0].user_id = self.agent
        self.assertEqual(self.warnings(NINE + timedelta(minutes=6)), [])
        self.assertEqual(self.warnings(NINE + timedelta(minutes=16)), [])
        tickets[0].user_id = False
        self.assertEqual(self.warnings(NINE + timedelta(minutes=17)), [1], "a new crossing")
        rows = self.env["helpdesk.event"].search([("kind", "=", "threshold_crossed")])
        self.assertEqual(len(rows), 2)

    def test_several_are_one_message(self):
        self.threshold("waiting", 1, user_ids=self.supervisor.ids)
        self.threshold("longest_wait", 30, team_id=False, user_ids=self.supervisor.ids)
        with freeze_all_time(NINE):
            self.create_ticket()
            self.create_ticket()
        self.assertEqual(self.warnings(NINE + timedelta(hours=1), self.supervisor), [2])

    def test_waiting_and_longest_wait(self):
        waiting = self.threshold("waiting", 100)
        longest = self.threshold("longest_wait", 100, team_id=False)
        with freeze_all_time(NINE):
            mine = self.create_ticket(user_id=self.agent.id)
            self.create_ticket()
            other = self.create_ticket(team_id=self.team_l2.id)
            other.stage_id = self.env["helpdesk.stage"]._get_by_kind("waiting_customer")
        self.assertEqual(self.value_at(waiting, NINE + timedelta(minutes=12)), 1)
        self.assertEqual(self.value_at(longest, NINE + timedelta(minutes=12)), 12)
        self.assertTrue(mine)

    def test_service_level(self):
        """Answered late, and not answered in time, count against it."""
        level = self.threshold("service_level", 80)
        self.team_l1.answer_seconds = 600
        self.assertIsNone(self.value_at(level, NINE), "nothing to judge")
        with freeze_all_time(NINE):
            tickets = [self.create_ticket() for _number in range(4)]
        with freeze_all_time(NINE + timedelta(minutes=5)):
            self.agent_says(tickets[0], "Hello")
        self.assertEqual(self.value_at(level, NINE + timedelta(minutes=6)), 100)
        with freeze_all_time(NINE + timedelta(minutes=15)):
            self.agent_says(tickets[1], "Hello")
        self.assertEqual(self.value_at(level, NINE + timedelta(minutes=20)), 25)
        self.assertTrue(level.crossed_date)
        self.assertIsNone(self.value_at(level, NINE + timedelta(hours=2)), "the last hour only")
        self.assertIsNone(level._floor_payload()["value"], "no figure is not 0 on the supervisor's screen")

    def test_reject_rate(self):
        rate = self.threshold("reject_rate", 30)
        self.env["helpdesk.offer"].create(
            [
                {
                    "ticket_id": self.create_ticket().id,
                    "user_id": self.agent.id,
                    "team_id": self.team_l1.id,
                    "state": state,
                    "offered_date": NINE,
                    "expire_date": NINE + timedelta(minutes=1),
                }
                for state in ("accepted", "rejected", "missed", "withdrawn", "open")
            ]
        )
        self.assertEqual(self.value_at(rate, NINE + timedelta(minutes=5)), 66.7)

    def test_occupancy(self):
        occupancy = self.threshold("occupancy", 70)
        with freeze_all_time(NINE):
            self.start_work("agent", seat=self.seat)
        with freeze_all_time(NINE + timedelta(minutes=10)):
            self.call_as("agent", "set_status", self.statuses["busy"].id)
        with freeze_all_time(NINE + timedelta(minutes=40)):
            self.call_as("agent", "set_status", self.statuses["break"].id, self.meal.id)
        self.assertEqual(self.value_at(occupancy, NINE + timedelta(minutes=50)), 75)

    def test_bad_values_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "100"):
            self.threshold("occupancy", 101)
        with self.assertRaises(ValidationError):
            self.threshold("waiting", 5, site_id=self.site_east.id)

    def test_who_sees_them(self):
        threshold = self.threshold("waiting", 5)
        found = self.env["helpdesk.threshold"].with_user(self.leader).search([])
        self.assertIn(threshold, found)
        self.assertFalse(self.env["helpdesk.threshold"].with_user(self.users["stranger"]).search([]))

from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .roster_common import MONDAY, RosterCase

# The evening of Monday in Jakarta ends at 22:00, 15:00 UTC.
OVER = datetime(2026, 3, 2, 16, 30)


@tagged("post_install", "-at_install")
class TestAdherence(RosterCase):
    """R25.c.1: planned against real, per agent and day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.duties = cls.env["helpdesk.shift.assignment"]
        for agent in cls.agents:
            cls.duties |= cls.assign(agent, cls.evening, MONDAY)
        cls.publish()

    def work(self, agent, *stretches, kind="ready"):
        """An agent was logged in; minutes from the start of the shift."""
        status = self.env["helpdesk.agent.status"].search([("kind", "=", kind)], limit=1)
        start = self.duties[0].start_date
        moments = [(start + timedelta(minutes=begun), start + timedelta(minutes=ended)) for begun, ended in stretches]
        session = self.env["helpdesk.agent.session"].create(
            {
                "user_id": agent.id,
                "start_date": moments[0][0],
                "end_date": moments[-1][1],
                "status_id": status.id,
                "status_kind": kind,
                "status_date": moments[-1][1],
            }
        )
        self.env["helpdesk.agent.interval"].create(
            [
                {
                    "session_id": session.id,
                    "user_id": agent.id,
                    "status_id": status.id,
                    "kind": kind,
                    "start_date": begun,
                    "end_date": ended,
                }
                for begun, ended in moments
            ]
        )

    def measure(self):
        with freeze_all_time(OVER), self.enter_registry_test_mode():
            self.env.ref("kemenkes_workforce.ir_cron_measure_adherence").method_direct_trigger()
        return self.env["helpdesk.adherence"].search([("assignment_id", "in", self.duties.ids)])

    def test_late_early_missing(self):
        """R25.c.1: each agent's day has a name and seconds; being away does not count as being there."""
        self.work(self.ani, (-5, 240), (240, 485))
        self.work(self.budi, (30, 480))
        self.work(self.citra, (0, 420))
        self.work(self.dewi, (0, 480), kind="away")
        found = {one.user_id: one for one in self.measure()}
        self.assertEqual([found[agent].state for agent in self.agents], ["kept", "late", "early", "missing"])
        self.assertEqual(found[self.budi].late_seconds, 30 * 60)
        self.assertEqual(found[self.citra].early_seconds, 60 * 60)
        self.assertEqual(found[self.ani].percent, 100)
        self.assertEqual(found[self.citra].percent, 87.5)
        self.assertEqual(found[self.ani].team_id, self.team_l1)

    def test_the_report_by_day_says_the_same(self):
        """R25.c.1: one adherence: seconds planned and at work in both reports, also for who did not come at all."""
        self.work(self.ani, (-5, 240), (250, 485))
        self.work(self.budi, (30, 480))
        self.work(self.dewi, (0, 480), kind="away")
        measured = {one.user_id: (one.planned_seconds, one.present_seconds) for one in self.measure()}
        with freeze_all_time(OVER):
            self.env["helpdesk.activity"]._refresh([MONDAY])
            days = self.env["helpdesk.activity"].search([("user_id", "in", self.agents.ids), ("date", "=", MONDAY)])
        self.assertEqual({day.user_id: (day.planned_seconds, day.kept_seconds) for day in days}, measured)
        self.assertEqual(measured[self.citra], (8 * 3600, 0), "never came")
        missing = days.filtered(lambda day: day.user_id == self.citra)
        self.assertEqual((missing.team_id, missing.site_id), (self.team_l1, self.site))

    def test_once(self):
        """R25.c.1: a duty is measured once, when it is over; agents see their own, leaders their site's."""
        with freeze_all_time(OVER - timedelta(hours=2)), self.enter_registry_test_mode():
            self.env.ref("kemenkes_workforce.ir_cron_measure_adherence").method_direct_trigger()
        self.assertFalse(self.env["helpdesk.adherence"].search([("assignment_id", "in", self.duties.ids)]))
        self.assertEqual(len(self.measure()), 4)
        self.assertEqual(len(self.measure()), 4)
        records = self.env["helpdesk.adherence"]
        self.assertEqual(records.with_user(self.ani).search([]).user_id, self.ani)
        self.assertEqual(records.with_user(self.users["leader"]).search_count([]), 4)

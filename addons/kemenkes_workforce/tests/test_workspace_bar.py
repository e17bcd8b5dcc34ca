from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .floor_common import FloorCase

NINE = datetime(2026, 3, 2, 2, 0)  # 9.00 in Jakarta


def hours(count):
    return timedelta(hours=count)


@tagged("post_install", "-at_install")
class TestWorkspaceBar(FloorCase):
    """R24.b, R27.c.5: when the next break is due, and what supervisors see of a ticket's agent."""

    def at(self, moment):
        return freeze_all_time(moment)

    def work(self):
        return self.env["helpdesk.agent.session"].with_user(self.agent).get_work()["session"]

    def set_status(self, name, reason=None):
        sessions = self.env["helpdesk.agent.session"].with_user(self.agent)
        sessions.set_status(self.statuses[name].id, reason.id if reason else False)

    def test_break_after_four_hours(self):
        """UU 13/2003, article 79: half an hour after four hours of work without a pause."""
        with self.at(NINE):
            self.start_work("agent")
            self.assertEqual(self.work()["break_by"], str(NINE + hours(4)))
        with self.at(NINE + hours(2)):
            self.set_status("break", self.meal)
            self.assertFalse(self.work()["break_by"], "it is a break already")
        with self.at(NINE + hours(2.25)):
            self.set_status("ready")
            self.assertEqual(self.work()["break_by"], str(NINE + hours(4)), "a quarter of an hour is no pause")
        with self.at(NINE + hours(3)):
            self.set_status("break", self.meal)
        with self.at(NINE + hours(3.5)):
            self.set_status("ready")
            self.assertEqual(self.work()["break_by"], str(NINE + hours(7.5)))

    def test_no_break_after_the_end_of_the_duty(self):
        """R3: across midnight too; the published roster says when the duty ends."""
        night = datetime(2026, 3, 2, 15, 0)  # 22.00 in Jakarta
        shift = self.env["helpdesk.shift"].create(
            {"name": "Night", "code": "N9", "site_id": self.site.id, "start_hour": 22, "hours": 8}
        )
        roster = self.env["helpdesk.roster"].create({"site_id": self.site.id, "month": "2026-03-01"})
        self.env["helpdesk.shift.assignment"].create(
            {"user_id": self.agent.id, "shift_id": shift.id, "date": "2026-03-02", "roster_id": roster.id}
        )
        roster.state = "published"
        with self.at(night):
            self.start_work("agent")
            self.assertEqual(self.work()["duty_end"], str(night + hours(8)))
            self.assertTrue(self.work()["break_by"])
        with self.at(night + hours(4.5)):
            self.set_status("break", self.meal)
        with self.at(night + hours(5)):
            self.set_status("ready")
            self.assertFalse(self.work()["break_by"])

    def directed(self, ticket, login):
        workspace = self.env["helpdesk.workspace"].with_user(self.users[login])
        return workspace.refresh_ticket(ticket.id)["directed_agent"]

    def test_who_may_direct_the_ticket_s_agent(self):
        """R23.b.2: those who watch the agent's site; never oneself, never an agent a colleague."""
        ticket = self.create_ticket(user_id=self.agent.id)
        self.start_work("agent")
        shown = self.directed(ticket, "leader")
        self.assertEqual((shown["id"], shown["kind"]), (self.agent.id, "ready"))
        self.assertFalse(self.directed(ticket, "agent"))
        self.assertFalse(self.directed(self.create_ticket(user_id=self.users["leader"].id), "leader"))
        with self.assertRaises(AccessError):
            self.directed(ticket, "stranger")

    def test_an_agent_who_is_not_at_work(self):
        """R23.b.2"""
        shown = self.directed(self.create_ticket(user_id=self.agent.id), "leader")
        self.assertEqual((shown["kind"], shown["since"]), ("offline", False))

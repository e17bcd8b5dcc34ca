from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.mail.tests.common import MailCase, freeze_all_time

from .common import WorkCase

MORNING = datetime(2026, 3, 2, 1, 0)  # 08:00 in Jakarta


def minutes(count):
    return timedelta(minutes=count)


@tagged("post_install", "-at_install")
class TestWork(WorkCase):
    """R23.b.1, R24.b, R25.a.2: agents log in to work and out, are ready, busy, on a break with its reason."""

    def intervals(self, session):
        rows = self.env["helpdesk.agent.interval"].search([("session_id", "=", session.id)], order="id")
        return [(row.kind, row.reason_id.name or "", row.duration_seconds) for row in rows]

    def test_a_day_at_work(self):
        """R25.c.1: every stretch of time is kept, with its reason; none overlaps and none is missing."""
        with freeze_all_time(MORNING):
            session = self.start_work("agent", seat=self.seat)
        with freeze_all_time(MORNING + minutes(120)):
            self.call_as("agent", "set_status", self.statuses["break"].id, self.meal.id)
        with freeze_all_time(MORNING + minutes(165)):
            self.call_as("agent", "set_status", self.statuses["ready"].id)
        with freeze_all_time(MORNING + minutes(200)):
            self.call_as("agent", "end_work")
        self.assertEqual(self.intervals(session), [("ready", "", 7200), ("break", "Meal", 2700), ("ready", "", 2100)])
        self.assertEqual((session.end_date, session.end_reason), (MORNING + minutes(200), "agent"))
        rows = self.env["helpdesk.event"].search([("user_id", "=", self.agent.id), ("kind", "like", "work_")])
        rows |= self.env["helpdesk.event"].search([("user_id", "=", self.agent.id), ("kind", "=", "status_changed")])
        self.assertEqual(
            rows.sorted("id").mapped("kind"), ["work_started", "status_changed", "status_changed", "work_ended"]
        )
        self.assertIn("Ready → Break, Meal", rows.sorted("id")[1].description)

    def test_across_midnight(self):
        """A night shift is one session; the interval that goes over midnight is one interval."""
        with freeze_all_time(datetime(2026, 3, 2, 15, 0)):  # 22:00 in Jakarta
            session = self.start_work("agent")
        with freeze_all_time(datetime(2026, 3, 2, 23, 0)):  # 06:00 of the next day
            self.call_as("agent", "end_work")
        self.assertEqual(self.intervals(session), [("ready", "", 8 * 3600)])

    def test_one_session_an_account(self):
        """Starting twice goes on with the same session; the seat may change meanwhile."""
        first = self.start_work("agent", seat=self.seat)
        second = self.start_work("agent", seat=self.own_seat)
        self.assertEqual(first, second)
        self.assertEqual(second.seat_id, self.own_seat)
        self.assertEqual(second.site_id, self.site)

    def test_seats(self):
        """R23.c.3, R25.b.1: a dedicated seat is its agent's; on a free one there sits one at a time."""
        leader = self.users["leader"]
        self.start_work("leader", seat=self.seat)
        with self.assertRaisesRegex(UserError, "sits at A1 already"):
            self.call_as("agent", "start_work", self.seat.id)
        with self.assertRaisesRegex(UserError, "A2 belongs to"):
            leader.with_user(leader)._start_work(self.own_seat)
        seats = self.call_as("agent", "get_work")["seats"]
        self.assertEqual([(seat["name"], seat["own"]) for seat in seats], [("A2", True), ("A1", False)])
        self.assertEqual(seats[1]["taken_by"], leader.name)

    def test_reason(self):
        self.start_work("agent")
        with self.assertRaisesRegex(UserError, "Choose a reason for Break"):
            self.call_as("agent", "set_status", self.statuses["break"].id)
        with self.assertRaisesRegex(UserError, "no reason for Ready"):
            self.call_as("agent", "set_status", self.statuses["ready"].id, self.meal.id)
        with self.assertRaisesRegex(UserError, "can't be chosen"):
            self.call_as("agent", "set_status", self.statuses["away"].id)
        with self.assertRaisesRegex(UserError, "Not logged in to work"):
            self.call_as("leader", "set_status", self.statuses["busy"].id)

    def test_who_may_work(self):
        """R6, R22: agents of every tier and those above; readers and Pusdatin's viewers log in without a seat."""
        for login in ("agent", "expert", "leader", "supervisor"):
            self.assertTrue(self.call_as(login, "get_work")["may_work"], login)
        for login in ("quality", "analyst", "admin_support"):
            self.assertFalse(self.call_as(login, "get_work")["may_work"], login)
            with self.assertRaisesRegex(UserError, "is no agent"):
                self.call_as(login, "start_work")

    def test_connection_lost(self):
        """After the site's time without a sign: away, dated from the last sign; later the work ends."""
        session = self.start_work("agent")
        devices = self.env["helpdesk.agent.device"]
        with freeze_all_time(MORNING):
            devices._join(session, "a" * 84)
            session.status_date = session.interval_ids.start_date = session.start_date = MORNING
        self.site.write({"away_seconds": 180, "leave_minutes": 30})
        with freeze_all_time(MORNING + minutes(2)):
            session._cron_watch()
            self.assertEqual(session.status_kind, "ready")
        with freeze_all_time(MORNING + minutes(9)):
            session._cron_watch()
        self.assertEqual(session.status_kind, "away")
        self.assertEqual(session.status_date, MORNING + minutes(3))
        self.assertFalse(session.is_available)
        with freeze_all_time(MORNING + minutes(60)):
            session._cron_watch()
        self.assertEqual((session.end_reason, session.end_date), ("lost", MORNING + minutes(33)))
        self.assertEqual(self.intervals(session), [("ready", "", 180), ("away", "", 1800)])

    @contextmanager
    def at_browser(self, login, letter):
        """The agent's own methods, called by a browser of its own."""
        user = self.users[login]
        with MockRequest(self.env(user=user)) as request:
            request.session.update(uid=user.id, sid=letter * 84)
            yield self.env["helpdesk.agent.session"].with_user(user)

    def test_one_device(self):
        """R22: an agent's newest browser takes over, as the site says; the other one learns of it."""
        with self.at_browser("agent", "a") as here:
            self.assertTrue(here.start_work()["joined"])
        with self.at_browser("agent", "b") as there:
            self.assertFalse(there.get_work()["joined"])
            self.assertTrue(there.start_work()["joined"])
        with self.at_browser("agent", "a") as here:
            self.assertFalse(here.give_sign())
        self.site.one_device = False
        with self.at_browser("agent", "a") as here:
            self.assertTrue(here.give_sign())

    def test_work_that_was_begun_elsewhere(self):
        """R22: work that no browser has been seen in goes on in the first one, and in that one only."""
        self.start_work("agent")
        with self.at_browser("agent", "a") as here:
            self.assertTrue(here.get_work()["joined"])
        with self.at_browser("agent", "b") as there:
            self.assertFalse(there.get_work()["joined"])
            self.assertFalse(there.give_sign())

    def test_a_browser_that_was_closed(self):
        """R22: who closed the browser goes on in the next one as soon as the first is not heard of any more."""
        with freeze_all_time(MORNING), self.at_browser("agent", "a") as here:
            here.start_work()
        with freeze_all_time(MORNING + minutes(1)), self.at_browser("agent", "b") as there:
            self.assertFalse(there.get_work()["joined"])
        with freeze_all_time(MORNING + minutes(5)), self.at_browser("agent", "b") as there:
            self.assertTrue(there.get_work()["joined"])
            with self.at_browser("agent", "a") as here:
                self.assertFalse(here.give_sign())

    def test_several_devices(self):
        """R5, R22: Pusdatin's accounts work on several devices at once; leaving one is not leaving work."""
        with self.at_browser("expert", "a") as here:
            here.start_work()
        with self.at_browser("expert", "b") as there:
            self.assertTrue(there.get_work()["joined"])
        expert = self.users["expert"]
        session = expert._work_session()
        devices = self.env["helpdesk.agent.device"].with_user(expert)
        devices._leave("a" * 84)
        self.assertFalse(session.end_date)
        devices._leave("b" * 84)
        self.assertEqual(session.end_reason, "logged_out")

    def test_closed_account(self):
        """R10: who is archived is not at work any more."""
        session = self.start_work("agent")
        self.agent.active = False
        self.assertEqual(session.end_reason, "account")

    def test_directed(self):
        """A leader sends a status to agents of the own site; the ledger tells who did it to whom."""
        session = self.start_work("agent")
        leader = self.users["leader"]
        self.agent.with_user(leader)._check_may_direct()
        self.agent.with_user(leader)._set_status(self.statuses["coaching"])
        row = self.env["helpdesk.event"].search([("kind", "=", "status_changed")], order="id desc", limit=1)
        self.assertEqual((row.user_id, row.target_user_id), (leader, self.agent))
        self.assertEqual(session.status_kind, "coaching")
        stranger = self.create_user("stranger", "group_team_leader", sites=self.site_east)
        with self.assertRaisesRegex(UserError, "does not work at a site that you watch"):
            self.agent.with_user(stranger)._check_may_direct()

    def test_times_are_kept(self):
        session = self.start_work("agent")
        with self.assertRaisesRegex(UserError, "kept for ever"):
            session.unlink()
        with self.assertRaisesRegex(UserError, "kept for ever"):
            session.interval_ids.unlink()

    def test_statuses_that_the_system_needs(self):
        with self.assertRaisesRegex(ValidationError, "the meaning Away"):
            self.statuses["away"].active = False
        with self.assertRaisesRegex(ValidationError, "the meaning Ready"):
            self.statuses["ready"].unlink()


@tagged("post_install", "-at_install")
class TestFloorChannel(WorkCase, MailCase):
    """R24.c, R25.b.2: one message for each change, to those who watch the site's floor."""

    def test_one_message_a_change(self):
        session = self.start_work("agent", seat=self.seat)
        self._reset_bus()
        with self.assertBus(
            [
                (self.cr.dbname, "res.partner", self.agent.partner_id.id),
                (self.cr.dbname, "helpdesk.site", self.site.id, "floor"),
            ],
            [
                {"type": "helpdesk.agent/changed", "payload": {"session_id": session.id}},
                {
                    "type": "helpdesk.floor/agent",
                    "payload": {
                        "session_id": session.id,
                        "user_id": self.agent.id,
                        "site_id": self.site.id,
                        "team_id": self.team_l1.id,
                        "seat_id": self.seat.id,
                        "status_id": self.statuses["break"].id,
                        "kind": "break",
                        "reason_id": self.meal.id,
                        "is_available": False,
                        "since": "2026-03-02 09:00:00",
                        "started": str(session.start_date),
                        "ended": False,
                    },
                },
            ],
        ):
            session.interval_ids.start_date = session.status_date = datetime(2026, 3, 2, 8, 0)
            with freeze_all_time(datetime(2026, 3, 2, 9, 0)):
                self.call_as("agent", "set_status", self.statuses["break"].id, self.meal.id)

    def test_who_may_listen(self):
        channel = f"helpdesk.floor_{self.site.id}"

        def hears(login):
            user = self.users[login]
            with MockRequest(self.env(user=user)) as request:
                request.session.uid = user.id
                channels = request.env["ir.websocket"]._build_bus_channel_list([channel])
            self.assertNotIn(channel, channels)
            heard = [item for item in channels if isinstance(item, tuple) and item[-1] == "floor"]
            return [(site._name, site.id) for site, _floor in heard] == [("helpdesk.site", self.site.id)]

        self.assertTrue(hears("leader"))
        self.assertTrue(hears("supervisor"))
        self.assertTrue(hears("operation_manager"))
        self.assertFalse(hears("agent"))
        self.assertFalse(hears("analyst"))
        self.users["stranger"] = self.create_user("stranger", "group_supervisor", sites=self.site_east)
        self.assertFalse(hears("stranger"))

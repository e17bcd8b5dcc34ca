import itertools
import json
import threading
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.errors import CheckViolation, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import BaseCase, Form, HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..models.helpdesk_handling import ACCEPTED_SECONDS
from ..tools import handling, working_time
from .common import HelpdeskCase

NOON = datetime(2026, 3, 2, 5, 0)  # 12:00 in Jakarta
TODAY = NOON.date()
START = working_time.to_seconds(NOON)

anything = settings(deadline=None, suppress_health_check=list(HealthCheck))
signs = st.builds(
    lambda start, length, ticket, source: handling.Sign(start, start + length, ticket, source, 1),
    st.integers(0, 600),
    st.integers(1, 200),
    st.integers(1, 3),
    st.sampled_from(["focus", "call", "wrap_up"]),
)


class HandlingCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["agent"]
        cls.ticket = cls.create_ticket(user_id=cls.agent.id)
        cls.other = cls.create_ticket()
        cls.Sign = cls.env["helpdesk.handling.sign"]
        cls.Handling = cls.env["helpdesk.handling"]

    def report(self, *intervals, login="agent", at=None):
        """A browser tells ``(ticket, start, stop)``, seconds after noon, at ``at`` or when the last one ended."""
        at = max(stop for _ticket, _start, stop in intervals) if at is None else at
        with freeze_all_time(NOON + timedelta(seconds=at)):
            return self.Sign.with_user(self.users[login])._take_reports(
                [
                    {"ticket": ticket.id, "start": START + start, "stop": START + stop}
                    for ticket, start, stop in intervals
                ]
            )

    def count(self, at):
        self.env.flush_all()
        with freeze_all_time(NOON + timedelta(seconds=at)), self.enter_registry_test_mode():
            self.env.ref("kemenkes_helpdesk.ir_cron_handling").method_direct_trigger()
        self.env.invalidate_all()

    def intervals(self, **domain):
        """``[(ticket, start, stop)]`` on record, seconds after noon."""
        found = self.Handling.search([(name, "=", value) for name, value in domain.items()], order="start, id")
        return [
            (one.ticket_id, int((one.start - NOON).total_seconds()), int((one.stop - NOON).total_seconds()))
            for one in found
        ]


@tagged("post_install", "-at_install")
class TestHandling(HandlingCase):
    def test_work_becomes_an_interval_and_a_ledger_row(self):
        """R1.b.1: reports every half minute become one interval, told to the ledger in seconds."""
        for start in range(0, 120, 30):
            self.report((self.ticket, start, start + 30))
        self.count(at=300)
        self.assertFalse(self.intervals(), "more may come")
        self.count(at=400)
        self.assertEqual(self.intervals(), [(self.ticket, 0, 120)])
        self.assertFalse(self.Sign.search([]))
        event = self.env["helpdesk.event"].search([("ticket_id", "=", self.ticket.id), ("kind", "=", "handled")])
        self.assertRecordValues(
            event,
            [
                {
                    "data": {"seconds": 120, "source": "focus"},
                    "user_id": self.agent.id,
                    "real_user_id": self.agent.id,
                    "target_user_id": self.agent.id,
                    "date": NOON + timedelta(seconds=120),
                }
            ],
        )
        self.assertEqual(self.ticket.handling_seconds, 120)
        self.report((self.ticket, 1000, 1030))
        self.count(at=1400)
        self.assertEqual(self.ticket.handling_seconds, 150)

    def test_windows_tell_the_same_time_once(self):
        """R1.b.1: two windows, a report that comes twice, one that comes late."""
        self.report((self.ticket, 0, 30))
        self.report((self.ticket, 10, 40))
        self.report((self.ticket, 10, 40), at=60)
        self.report((self.ticket, 60, 90))
        self.report((self.ticket, 30, 60), at=100)
        self.count(at=500)
        self.assertEqual(self.intervals(), [(self.ticket, 0, 90)])

    def test_one_ticket_at_a_time(self):
        """R1.b.1: where windows overlap, the ticket turned to last."""
        self.report((self.ticket, 0, 60), (self.other, 20, 40))
        self.count(at=500)
        self.assertEqual(self.intervals(), [(self.ticket, 0, 20), (self.other, 20, 40), (self.ticket, 40, 60)])

    def test_talking_goes_first(self):
        """R1.b.1: who looks at another ticket during a call still works on the caller's."""
        with freeze_all_time(NOON + timedelta(seconds=100)):
            for source, ticket, start, stop in (("call", self.ticket, 0, 80), ("focus", self.other, 20, 100)):
                self.Sign.with_user(self.agent)._note_work(source, [(ticket.id, START + start, START + stop)])
        self.count(at=500)
        self.assertEqual(self.intervals(), [(self.ticket, 0, 80), (self.other, 80, 100)])
        self.assertEqual(self.intervals(source="call"), [(self.ticket, 0, 80)])

    def test_the_servers_clock_decides(self):
        """R1.b.1: nobody works in the future, nor tells of long ago, nor longer than time has passed."""
        answer = self.report((self.ticket, -100000, 100000), at=0)
        self.assertEqual(answer["now"], START)
        self.count(at=10000)
        self.assertEqual(self.intervals(), [(self.ticket, -ACCEPTED_SECONDS, 0)])
        self.report((self.ticket, 20000, 30000), at=10)
        self.report((self.ticket, 60, 30), at=60)
        self.count(at=40000)
        self.assertEqual(len(self.intervals()), 1)

    def test_reports_of_another_shape(self):
        for reports in ([{"ticket": self.ticket.id}], [7], 7, [{"ticket": "1", "start": 1, "stop": 2}], None):
            with self.subTest(reports=reports), self.assertRaisesRegex(UserError, "names a ticket"):
                self.Sign.with_user(self.agent)._take_reports(reports)

    def test_readers_produce_none(self):
        """R1.b.1: who may not answer does not handle; nor who looks over a shoulder, nor who reads what is closed."""
        for login in ("quality", "analyst", "viewer", "supervisor"):
            answer = self.report((self.ticket, 0, 30), login=login)
            self.assertEqual(answer["measured"], login == "supervisor")
        foreign = self.create_ticket(product_id=self.product_b.id)
        self.report((foreign, 0, 30))
        self.ticket.action_solve()
        self.ticket.action_close()
        self.report((self.ticket, 0, 30))
        self.assertFalse(self.Sign.search([]))

    def test_the_team_of_the_work_stays(self):
        """R1.b.1: the minutes before an escalation are the first tier's."""
        self.report((self.ticket, 0, 30))
        self.ticket.with_user(self.agent).escalate(self.team_l2, "Server")
        self.count(at=500)
        self.assertEqual(self.Handling.search([]).team_id, self.team_l1)
        event = self.env["helpdesk.event"].search([("ticket_id", "=", self.ticket.id), ("kind", "=", "handled")])
        self.assertEqual((event.team_id, event.tier), (self.team_l1, 1))

    def test_long_work_is_counted_in_parts(self):
        """R1.b.1: figures of the day don't wait until an agent takes a break."""
        for start in range(0, 2 * 3600, 120):
            self.report((self.ticket, start, start + 120))
        self.count(at=2 * 3600)
        self.assertEqual(self.intervals(), [(self.ticket, 0, 2 * 3600 - 240)])
        self.count(at=3 * 3600)
        self.assertEqual(sum(self.Handling.search([]).mapped("seconds")), 2 * 3600)
        self.assertEqual(self.ticket.handling_seconds, 2 * 3600)

    def test_one_busy_ticket_does_not_hold_up_the_others(self):
        """R1.b.1: who meets another transaction is counted by the next run, everybody else now."""
        count = type(self.Handling)._count

        def meet(model, user, final):
            if user == self.agent:
                raise SerializationFailure
            return count(model, user, final)

        self.ticket.team_id.member_ids |= self.users["expert"]
        self.report((self.ticket, 0, 30))
        self.report((self.ticket, 0, 60), login="expert")
        with patch.object(type(self.Handling), "_count", meet):
            self.count(at=500)
        self.assertEqual(self.ticket.handling_seconds, 60)
        self.count(at=600)
        self.assertEqual(self.ticket.handling_seconds, 90)

    def test_midnight_is_the_sites(self):
        """R1.b.1: 00:00 in Jakarta, Makassar and Jayapura are three moments; each day has its own share."""
        for number, zone in enumerate(("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")):
            with self.subTest(zone=zone):
                self.ticket.site_id.timezone = zone
                midnight = pytz.timezone(zone).localize(datetime(2026, 3, 3 + number)).astimezone(pytz.utc)
                begin = int((midnight.replace(tzinfo=None) - NOON).total_seconds()) - 60
                self.report((self.ticket, begin, begin + 90))
                self.count(at=begin + 1000)
                rows = self.Handling.search([], order="start desc", limit=2)
                self.assertEqual(
                    [(row.date, row.seconds) for row in rows],
                    [(date(2026, 3, 3 + number), 30), (date(2026, 3, 2 + number), 60)],
                )

    def test_cost(self):
        """R1.b.1: a report is three small statements: who may see what, whose ticket it is, and the sign."""
        self.report((self.ticket, 0, 30))
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.report((self.ticket, 30, 60))
            self.env.flush_all()

    def test_idle_time_is_a_setting(self):
        self.assertEqual(self.report((self.ticket, 0, 1))["idle_seconds"], 120)
        for value, seconds in (("45", 45), ("soon", 120), ("0", 120)):
            self.env["ir.config_parameter"].set_param("kemenkes_helpdesk.idle_seconds", value)
            self.assertEqual(self.report((self.ticket, 0, 1))["idle_seconds"], seconds)

    def test_nothing_is_rewritten(self):
        """R1.b.1: the table refuses an interval whose seconds are others than its times say."""
        self.report((self.ticket, 0, 30))
        self.count(at=500)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.Handling.search([]).seconds = 600
            self.env.flush_all()

    def test_averages_leave_out_what_was_not_handled(self):
        """R1.b.1: average handling time by agent, team, product, site, channel."""
        for ticket, seconds in ((self.ticket, 60), (self.other, 120)):
            ticket.user_id = self.agent
            ticket._log("handled", data={"seconds": seconds, "source": "focus"})
        never = self.create_ticket(user_id=self.agent.id)
        tickets = self.ticket | self.other | never
        for name in ("user_id", "team_id", "product_id", "site_id", "channel_id", "create_date:day"):
            groups = tickets._read_group([("id", "in", tickets.ids)], [name], ["handling_seconds:avg"])
            self.assertEqual([average for _group, average in groups], [90.0], name)


@tagged("post_install", "-at_install")
class TestHandlingRights(HandlingCase):
    def setUp(self):
        super().setUp()
        self.team_l1.user_id = self.users["leader"]
        self.report((self.ticket, 0, 30))
        expert_ticket = self.create_ticket(team_id=self.team_l2.id, user_id=self.users["expert"].id)
        self.report((expert_ticket, 0, 60), login="expert")
        foreign = self.create_ticket(product_id=self.product_b.id, user_id=self.agent.id, site_id=self.site_east.id)
        self.report((foreign, 100, 130))
        self.count(at=1000)
        self.assertEqual(len(self.Handling.search([])), 3)

    def test_who_sees_what(self):
        """R1.b.1, R7: agents their own, leaders their teams', supervisors their products' and sites', others all."""
        expected = {
            "agent": 2, "expert": 1, "leader": 2, "supervisor": 2, "quality": 2, "analyst": 2, "operation_manager": 3,
        }  # fmt: skip
        for login, count in expected.items():
            found = self.Handling.with_user(self.users[login]).search([])
            self.assertEqual(len(found), count, login)
        for login in ("trainer", "admin_support", "viewer"):
            with self.assertRaises(AccessError):
                self.Handling.with_user(self.users[login]).search([])

    def test_lists_by_agent_ticket_and_day(self):
        """R1.b.1: totals for each agent, ticket and day, as the list asks for them, for every role that may."""
        for login, total in (("agent", 60), ("leader", 60), ("supervisor", 90), ("operation_manager", 120)):
            rows = self.Handling.with_user(self.users[login])
            for group in ("user_id", "ticket_id", "date:day", "team_id"):
                groups = rows.web_read_group([], [group], ["seconds:sum"])["groups"]
                self.assertEqual(sum(one["seconds:sum"] for one in groups), total, (login, group))

    def test_nobody_writes(self):
        for login in ("agent", "supervisor", "manager"):
            rows = self.Handling.with_user(self.users[login])
            with self.assertRaises(AccessError):
                rows.search([], limit=1).write({"seconds": 1})
            with self.assertRaises(AccessError):
                rows.create({"ticket_id": self.ticket.id, "user_id": self.agent.id, "source": "focus"})

    def correction(self, login="supervisor", **context):
        wizard = self.env["helpdesk.handling.correction"].with_user(self.users[login])
        return Form(
            wizard.with_context(active_model="helpdesk.ticket", active_id=self.ticket.id, **context),
            view="kemenkes_helpdesk.helpdesk_handling_correction_view_form",
        )

    def correct(self, minutes, reason="Was at lunch", day=TODAY):
        with self.correction() as form:
            form.date = day
            form.minutes = minutes
            form.reason = reason
        return form.record.action_correct()

    def test_correction(self):
        """R1.b.1: a row of the difference, with reason and name; the ledger hears the seconds only."""
        self.correct(10)
        self.assertEqual(self.ticket.handling_seconds, 600)
        self.correct(0, reason="Not at work")
        self.assertEqual(self.ticket.handling_seconds, 0)
        rows = self.Handling.search([("ticket_id", "=", self.ticket.id)], order="id")
        self.assertRecordValues(
            rows,
            [
                {"seconds": 30, "source": "focus", "reason": False},
                {"seconds": 570, "source": "correction", "reason": "Was at lunch"},
                {"seconds": -600, "source": "correction", "reason": "Not at work"},
            ],
        )
        self.assertEqual(rows[1:].corrected_by_id, self.users["supervisor"])
        event = self.env["helpdesk.event"].search([("kind", "=", "handled")], order="id desc", limit=1)
        self.assertEqual(event.data, {"seconds": -600, "source": "correction"})
        self.assertEqual((event.user_id, event.target_user_id), (self.users["supervisor"], self.agent))

    def test_corrections_that_make_no_sense(self):
        for minutes, reason, day, words in (
            (10, " ", TODAY, "Say why"),
            (-1, "x", TODAY, "24 hours"),
            (1441, "x", TODAY, "24 hours"),
            (10, "x", date(2999, 1, 1), "still to come"),
            (0, "x", date(2026, 2, 1), "nothing to correct"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.correct(minutes, reason, day)

    def test_who_corrects(self):
        for login in ("agent", "leader", "quality"):
            with self.assertRaises(AccessError):
                self.correction(login)

    def test_foreign_tickets_are_not_corrected(self):
        foreign = self.create_ticket(product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            self.Handling.with_user(self.users["supervisor"])._correct(
                foreign.with_user(self.users["supervisor"]), self.agent, TODAY, 60, "x"
            )


@tagged("post_install", "-at_install")
class TestOneAtATime(BaseCase):
    """The arithmetic, without a database."""

    @anything
    @given(st.lists(signs, max_size=12), st.randoms())
    def test_never_more_than_the_clock(self, told, chance):
        """R1.b.1: intervals don't overlap, cover what was told and nothing else; order and repeats don't matter."""
        work = handling.one_at_a_time(told)
        for one, following in itertools.pairwise(work):
            self.assertLessEqual(one.stop, following.start)
        seconds = {moment for sign in told for moment in range(sign.start, sign.stop)}
        counted = [moment for one in work for moment in range(one.start, one.stop)]
        self.assertLessEqual(seconds, set(counted))
        for moment in set(counted) - seconds:
            near = [sign for sign in told if moment - 5 <= sign.stop <= moment]
            self.assertTrue(near, "only the short gaps between reports are filled")
        again = told + chance.choices(told, k=3) if told else told
        chance.shuffle(again)
        self.assertEqual(handling.one_at_a_time(again), work)

    @anything
    @given(st.lists(signs, min_size=1, max_size=12), st.lists(st.integers(0, 900), max_size=6))
    def test_counting_early_changes_nothing(self, told, moments):
        """R1.b.1: however often it is counted in between, the intervals are the same."""
        left, counted = list(told), []
        for moment in sorted(moments):
            settled = handling.settled_until(left, moment)
            if settled is not None:
                counted += handling.one_at_a_time(handling.until(left, settled))
                left = [sign._replace(start=max(sign.start, settled)) for sign in left if sign.stop > settled]
        counted += handling.one_at_a_time(left)
        self.assertEqual(counted, handling.one_at_a_time(told))

    @anything
    @given(st.lists(signs, max_size=8), st.lists(signs, max_size=8))
    def test_what_is_on_record_is_not_counted_again(self, first, late):
        known = [(one.start, one.stop) for one in handling.one_at_a_time(first)]
        for one in handling.one_at_a_time(late, known):
            for start, stop in known:
                self.assertTrue(one.stop <= start or one.start >= stop)


@tagged("post_install", "-at_install")
class TestHandlingOverHttp(HttpCase, HandlingCase):
    def tell(self, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        return self.url_open(
            "/helpdesk/handling", data=json.dumps(body), headers={"Content-Type": "application/json"}
        ).json()

    def test_as_a_browser(self):
        """R1.b.1: the report of a browser, and the beacon of a window that closes: the same call."""
        self.agent.password = "test_agent1"
        self.authenticate("test_agent", "test_agent1")
        clock = self.tell(reports=[])["result"]
        self.assertTrue(clock["measured"])
        report = {"ticket": self.ticket.id, "start": clock["now"] - 20, "stop": clock["now"]}
        self.tell(reports=[report])
        sign = self.Sign.search([])
        self.assertEqual((sign.user_id, sign.ticket_id), (self.agent, self.ticket))
        with mute_logger("odoo.http"):
            self.assertIn("error", self.tell(reports=[{"ticket": "all"}]))

    def test_in_the_ticket_form(self):
        """R1.b.1: an agent has the form open, moves the mouse and closes the window: the seconds arrive."""
        self.agent.password = "test_agent1"
        work = """
            (async () => {
                const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
                for (let moved = 0; moved < 25; moved++) {
                    window.dispatchEvent(new MouseEvent("mousemove"));
                    await wait(100);
                }
                window.dispatchEvent(new Event("pagehide"));
                await wait(500);
                console.log("test successful");
            })();
        """
        self.browser_js(
            f"/odoo/tickets/{self.ticket.id}",
            work,
            ready="document.querySelector('.o_helpdesk_ticket_form') !== null",
            login="test_agent",
        )
        signs = self.Sign.search([])
        self.assertEqual((signs.user_id, signs.ticket_id), (self.agent, self.ticket))
        seconds = sum((sign.stop - sign.start).total_seconds() for sign in signs)
        self.assertTrue(1 <= seconds < 300, seconds)

    def test_not_logged_in(self):
        with mute_logger("odoo.http"):
            self.assertIn("error", self.tell(reports=[]))


@tagged("post_install", "-at_install")
class TestHandlingParallel(BaseCase):
    """Real transactions; what they leave is removed at the end, their ledger rows stay, as they would."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            team = env["helpdesk.team"].search([], limit=1)
            self.agent_id = env.ref("base.user_admin").id
            self.ticket_id = (
                env["helpdesk.ticket"].create({"name": "Parallel", "team_id": team.id, "user_id": self.agent_id}).id
            )
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["helpdesk.ticket"].browse(self.ticket_id).unlink()

    def test_two_windows_at_once(self):
        """R1.b.1: reports in two transactions at the same time: neither waits or fails, the time counts once."""
        now = working_time.to_seconds(datetime.now(pytz.utc).replace(tzinfo=None))
        meet, failures = threading.Barrier(2), []

        def tell():
            try:
                with self.registry.cursor() as cr:
                    sign = api.Environment(cr, self.agent_id, {})["helpdesk.handling.sign"]
                    sign._take_reports([{"ticket": self.ticket_id, "start": now - 60, "stop": now}])
                    sign.env.flush_all()
                    meet.wait(30)  # both have written, neither has committed
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must tell
                failures.append(error)

        with patch.object(Registry, "_lock", DummyRLock()):
            threads = [threading.Thread(target=tell, daemon=True) for _number in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(failures, [])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["helpdesk.handling"]._count(env["res.users"].browse(self.agent_id), now + 1000)
            ticket = env["helpdesk.ticket"].browse(self.ticket_id)
            self.assertEqual(ticket.handling_seconds, 60)

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from ..models.helpdesk_ticket_figures import KEPT
from .common import HelpdeskCase

MONDAY = datetime(2026, 3, 2, 1, 0)  # 08:00 in Jakarta, 10:00 in Jayapura
HOUR = 3600
DAY = 24 * HOUR

ACTIONS = (
    "reply", "customer", "automatic", "note", "wait", "go_on", "solve", "close", "reopen", "escalate", "accept",
    "return", "merge", "unmerge", "other_site", "work",
)  # fmt: skip


class FiguresCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Jakarta",
                "attendance_ids": [(5,)]
                + [
                    (0, 0, {"name": str(day), "dayofweek": str(day), "hour_from": 8, "hour_to": 16}) for day in range(5)
                ],
            }
        )
        (cls.site | cls.site_east).resource_calendar_id = calendar

    def setUp(self):
        super().setUp()
        self.now = MONDAY
        self.ticket = self.act(self.create_ticket, user_id=self.users["agent"].id)

    def act(self, do, *args, after=0, **kwargs):
        """Do something ``after`` so many seconds."""
        self.now += timedelta(seconds=after)
        with freeze_all_time(self.now):
            result = do(*args, **kwargs)
            self.env.flush_all()
        return result

    def reply(self, after, ticket=None):
        self.act(self.agent_says, ticket or self.ticket, "We are on it.", after=after)

    def solve(self, after):
        self.act(self.ticket.with_user(self.users["agent"]).action_solve, after=after)

    def reopen(self, after):
        self.act(self.ticket.with_user(self.users["agent"]).action_reopen, after=after)

    def assert_figures(self, ticket=None, **expected):
        self.assertRecordValues(ticket or self.ticket, [expected])

    def assert_stored_as_counted(self, tickets):
        stored = self.env["helpdesk.ticket"]._read_figures(tickets.ids)
        counted = tickets._count_figures()
        self.assertEqual(set(stored), set(counted))
        for ticket_id, figures in counted.items():
            self.assertEqual(stored[ticket_id], figures)


@tagged("post_install", "-at_install")
class TestFigures(FiguresCase):
    def test_first_response_is_a_humans(self):
        """R1.b.2: from creation to the first reply of an agent; the machine's words do not count."""
        self.act(self.ticket._post_automatic, {self.ticket: "We have got it."}, after=60)
        self.assert_figures(reply_count=0, first_response_date=False)
        self.reply(after=600)
        self.reply(after=600)
        self.assert_figures(
            reply_count=2,
            first_response_date=MONDAY + timedelta(seconds=660),
            first_response_seconds=660,
            first_response_working_seconds=660,
        )

    def test_working_time_is_that_of_the_site(self):
        """R1.b.2, R14: 17 hours on the clock, 8 in the office; a site in the east closes two hours earlier."""
        east = self.act(self.create_ticket, site_id=self.site_east.id)
        self.act(lambda: (self.agent_says(self.ticket, "Hello"), self.agent_says(east, "Hello")), after=24 * HOUR)
        self.assert_figures(first_response_seconds=DAY, first_response_working_seconds=8 * HOUR)
        self.assert_figures(east, first_response_seconds=DAY, first_response_working_seconds=8 * HOUR)
        evening = self.act(self.create_ticket, after=-12 * HOUR)  # Monday 20:00 in Jakarta
        self.reply(after=13 * HOUR, ticket=evening)  # Tuesday 09:00 there
        self.assert_figures(evening, first_response_seconds=13 * HOUR, first_response_working_seconds=HOUR)
        self.now = MONDAY + timedelta(hours=5)  # 13:00 in Jakarta, 15:00 in Jayapura
        both = [self.act(self.create_ticket, site_id=site.id) for site in (self.site, self.site_east)]
        self.now += timedelta(hours=10)
        for ticket, hours in zip(both, (3, 1), strict=True):
            self.reply(after=0, ticket=ticket)
            self.assert_figures(ticket, first_response_working_seconds=hours * HOUR)

    def test_solved_with_one_reply(self):
        """R1.b.3: one human reply, then solved."""
        self.reply(after=HOUR)
        self.assert_figures(first_contact_resolution=False)
        self.solve(after=HOUR)
        self.assert_figures(
            first_contact_resolution=True,
            first_contact_rate=1.0,
            solved_date=self.now,
            resolution_seconds=2 * HOUR,
            resolution_working_seconds=2 * HOUR,
        )

    def test_two_replies_are_not_one(self):
        """R1.b.3: neither before the solution nor after it."""
        self.reply(after=HOUR)
        self.solve(after=HOUR)
        self.reply(after=HOUR)
        self.assert_figures(first_contact_resolution=False, first_contact_rate=0.0, reply_count=2)

    def test_solved_first_and_answered_then(self):
        """R1.b.3: the order in which an agent clicks does not matter."""
        self.solve(after=HOUR)
        self.assertIsNone(self.rate())
        self.reply(after=60)
        self.assertEqual(self.rate(), 1.0)

    def test_solved_without_a_reply_is_not_judged(self):
        """R1.b.3: spam and repeats neither help nor hurt the share."""
        self.solve(after=HOUR)
        self.assertIsNone(self.rate())

    def rate(self):
        self.env.cr.execute("SELECT first_contact_rate FROM helpdesk_ticket WHERE id = %s", [self.ticket.id])
        return self.env.cr.fetchone()[0]

    def test_reopened_within_the_channels_days(self):
        """R1.b.3: the days are the channel's; one that comes back later was solved all the same."""
        self.channel_email.first_contact_days = 3
        for after, rate in ((3 * DAY, 0.0), (3 * DAY + 1, 1.0)):
            with self.subTest(after=after):
                self.ticket = self.act(self.create_ticket, user_id=self.users["agent"].id)
                self.reply(after=HOUR)
                self.solve(after=HOUR)
                self.reopen(after=after)
                self.assert_figures(first_contact_rate=rate, reopen_count=1, solved_date=False)
                self.solve(after=HOUR)
                self.assert_figures(first_contact_rate=rate, solved_date=self.now)

    def test_not_solved_has_no_resolution_time(self):
        """R1.b.1: averages leave out what is not known: an open ticket, a reopened one."""
        self.solve(after=HOUR)
        other = self.act(self.create_ticket, user_id=self.users["agent"].id)
        reopened = self.act(self.create_ticket, user_id=self.users["agent"].id)
        self.act(reopened.action_solve, after=HOUR)
        self.act(reopened.action_reopen, after=HOUR)
        tickets = self.ticket | other | reopened
        groups = tickets._read_group([("id", "in", tickets.ids)], [], ["resolution_seconds:avg"])
        self.assertEqual(groups, [(HOUR,)])

    def test_waiting_for_the_customer(self):
        """R14: from the hand-over to the customer until they answer, on the wall and in office hours."""
        self.act(self.ticket.action_wait_for_customer, after=HOUR)
        self.assert_figures(waiting_on="customer", waiting_on_since=self.now, customer_waiting_seconds=0)
        with freeze_all_time(self.now + timedelta(hours=2)):
            self.ticket.invalidate_recordset()
            self.assert_figures(customer_waiting_now_seconds=2 * HOUR, pusdatin_waiting_now_seconds=0)
        self.act(self.customer_says, self.ticket, "Here it is", after=24 * HOUR)
        self.assert_figures(
            waiting_on=False,
            customer_waiting_seconds=DAY,
            customer_waiting_working_seconds=8 * HOUR,
            pusdatin_waiting_seconds=0,
        )

    def test_waiting_for_pusdatin(self):
        """R14: all the time with L2 and L3, but for what the customer took to answer them."""
        agent = self.users["agent"]
        escalation = self.act(self.ticket.with_user(agent).escalate, self.team_l2, "Server", after=HOUR)
        self.assert_figures(waiting_on="pusdatin")
        self.act(escalation.with_user(self.users["expert"]).accept, after=100)
        self.act(self.ticket.action_wait_for_customer, after=200)
        self.assert_figures(waiting_on="customer", pusdatin_waiting_seconds=300)
        self.act(self.customer_says, self.ticket, "Here it is", after=1000)
        self.act(escalation.with_user(self.users["expert"]).return_back, "Not ours", after=30)
        self.assert_figures(waiting_on=False, pusdatin_waiting_seconds=330, customer_waiting_seconds=1000)

    def test_closed_by_a_merge_is_not_solved(self):
        """R27.b.4: a merged ticket waits for nobody and is no resolution; undone, the wait begins again."""
        target = self.act(self.create_ticket)
        self.act(self.ticket.action_wait_for_customer, after=HOUR)
        self.act(self.ticket.merge_into, target, after=100)
        self.assert_figures(
            waiting_on=False, customer_waiting_seconds=100, solved_date=False, first_contact_resolution=False
        )
        self.act(self.ticket.unmerge, after=100)
        self.assert_figures(waiting_on="customer", waiting_on_since=self.now, customer_waiting_seconds=100)

    def test_another_site_goes_by_its_own_hours(self):
        """R14: what was waited before the move is counted by the hours of the site before."""
        self.act(self.ticket.action_wait_for_customer)  # 08:00 in Jakarta, 10:00 in Jayapura
        self.act(self.ticket.write, {"site_id": self.site_east.id}, after=4 * HOUR)
        self.act(self.ticket.action_continue, after=4 * HOUR)  # 18:00 in Jayapura, where they went home at 16:00
        self.assert_figures(customer_waiting_seconds=8 * HOUR, customer_waiting_working_seconds=6 * HOUR)

    def test_cost(self):
        """One read and one write for the batch; rows that change no figure cost nothing."""
        event = self.env["helpdesk.event"]
        tickets = self.ticket | self.act(self.create_ticket)
        rows = [{"kind": "message_out", "ticket_id": ticket.id} for ticket in tickets]
        readers = ["helpdesk.ticket"]
        self.patch(type(event), "_readers", lambda self: readers)
        event._record([*rows])  # sites and calendars are known now
        self.env.flush_all()
        for kind, cost in (("message_out", 2), ("note", 0)):
            readers[:] = []
            told = [{**row, "kind": kind} for row in rows]
            alone = self.queries(event, told)
            readers[:] = ["helpdesk.ticket"]
            self.assertEqual(self.queries(event, told) - alone, cost, kind)

    def queries(self, event, rows):
        self.env.flush_all()
        event._ticket_dimensions(rows)
        before = self.env.cr.sql_log_count
        event._record(rows)
        return self.env.cr.sql_log_count - before

    def test_a_deleted_ticket_is_no_obstacle(self):
        ticket_id = self.ticket.id
        self.ticket.unlink()
        self.env["helpdesk.event"]._record([{"kind": "message_out", "ticket_id": ticket_id}])
        self.assertNotIn(ticket_id, self.env["helpdesk.ticket"]._read_figures([ticket_id]))


@tagged("post_install", "-at_install")
class TestFiguresRebuilt(FiguresCase):
    def do_reply(self, ticket, _other):
        self.agent_says(ticket, "We are on it.")

    def do_customer(self, ticket, _other):
        self.customer_says(ticket, "And now?")

    def do_automatic(self, ticket, _other):
        ticket._post_automatic({ticket: "Wait"})

    def do_note(self, ticket, _other):
        ticket.with_user(self.users["agent"]).message_post(body="Look", subtype_xmlid="mail.mt_note")

    def do_wait(self, ticket, _other):
        ticket.action_wait_for_customer()

    def do_go_on(self, ticket, _other):
        ticket.action_continue()

    def do_solve(self, ticket, _other):
        ticket.action_solve()

    def do_close(self, ticket, _other):
        ticket.action_close()

    def do_reopen(self, ticket, _other):
        ticket.action_reopen()

    def do_escalate(self, ticket, _other):
        ticket.escalate(self.team_l2 if ticket.tier == "1" else self.team_l3, "Server")

    def do_accept(self, ticket, _other):
        ticket.action_accept_escalation()

    def do_return(self, ticket, _other):
        ticket.current_escalation_id.return_back("Not ours")

    def do_merge(self, ticket, other):
        ticket.merge_into(other)

    def do_unmerge(self, ticket, _other):
        ticket.unmerge()

    def do_other_site(self, ticket, _other):
        ticket.site_id = self.site_east if ticket.site_id == self.site else self.site

    def do_work(self, ticket, _other):
        ticket._log("handled", data={"seconds": 60, "source": "focus"})

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2), st.integers(0, 2), st.integers(0, 4 * DAY)),
            max_size=20,
        )
    )
    def test_any_history(self, steps):
        """R1.b.2, R1.b.3: whatever happens to tickets, in any order: counted anew from the ledger, nothing differs."""
        with self.env.cr.savepoint() as savepoint:
            self.now = MONDAY
            tickets = self.env["helpdesk.ticket"].union(*(self.act(self.create_ticket) for _number in range(3)))
            for action, one, other, after in steps:
                self.attempt(action, tickets[one], tickets[other], after)
            self.assert_stored_as_counted(tickets)
            savepoint.rollback()
        self.env.invalidate_all()

    def attempt(self, action, ticket, other, after):
        """Do it, or be refused as a user would be."""
        try:
            with self.env.cr.savepoint():
                self.act(getattr(self, f"do_{action}"), ticket, other, after=after)
        except (UserError, ValueError):
            self.env.invalidate_all()

    def test_lost_figures_come_back(self):
        """R1.b.2: what somebody spoils in the table an administrator mends from the ledger."""
        self.reply(after=HOUR)
        self.solve(after=HOUR)
        expected = self.env["helpdesk.ticket"]._read_figures(self.ticket.ids)
        self.env.cr.execute(
            f"UPDATE helpdesk_ticket SET {', '.join(f'{name} = NULL' for name in KEPT)} WHERE id = %s",
            [self.ticket.id],
        )
        self.ticket.invalidate_recordset()
        action = self.env.ref("kemenkes_helpdesk.helpdesk_ticket_count_figures_action")
        context = {"active_model": "helpdesk.ticket", "active_ids": self.ticket.ids, "active_id": self.ticket.id}
        with self.assertRaises(AccessError):
            action.with_user(self.users["supervisor"]).with_context(**context).run()
        action.with_user(self.users["manager"]).with_context(**context).run()
        self.assertEqual(self.env["helpdesk.ticket"]._read_figures(self.ticket.ids), expected)
        self.assert_figures(reply_count=1, first_contact_resolution=True)


@tagged("post_install", "-at_install", "demo_data")
class TestFiguresDemo(FiguresCase):
    def test_every_demo_ticket(self):
        """R1.b.2, R1.b.3: for every ticket of the demo, counted anew from the ledger nothing differs."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False).search([])
        self.assertGreater(len(tickets), 100)
        self.assert_stored_as_counted(tickets)

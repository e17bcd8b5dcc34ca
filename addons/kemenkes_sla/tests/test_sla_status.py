from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestSlaStatus(SlaCase):
    """R14: clocks follow what happens to a ticket, and are the same when rebuilt from the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.create_policy(minutes=60)
        cls.next = cls.create_policy("next_response", minutes=30)
        cls.touch = cls.create_policy("first_touch_resolution", minutes=600)
        cls.tier_1 = cls.create_policy("tier_resolution", minutes=120, tier="1")
        cls.tier_2 = cls.create_policy("tier_resolution", minutes=240, tier="2")
        cls.full = cls.create_policy("full_resolution", minutes=1440, pause_waiting_customer=True)

    def setUp(self):
        super().setUp()
        # policies are as old as the test's own time
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        self.ticket = self.create_ticket()

    def states(self, ticket=None):
        return {
            (one.target, one.number): one.state
            for one in self.Status.search([("ticket_id", "=", (ticket or self.ticket).id)])
        }

    def test_only_a_persons_reply_counts(self):
        """R1.b.2: no automatic reply, no note."""
        self.wait(5)
        self.ticket._post_automatic({self.ticket: "We have got your message"})
        self.ticket.message_post(body="Ask Budi", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.clock(self.ticket).state, "ongoing")
        self.agent_says(self.ticket, "Hello")
        self.assertEqual(self.clock(self.ticket).state, "reached")
        self.assert_rebuilt(self.ticket)

    def test_a_day_of_a_ticket(self):
        """L1 answers and escalates, L2 returns, L1 solves, the customer comes back."""
        self.wait(10)
        self.agent_says(self.ticket, "I ask Pusdatin")
        self.wait(20)
        (escalation,) = self.ticket.with_user(self.users["agent"]).escalate(self.team_l2, "Server")
        self.assertEqual(self.clock(self.ticket, "tier_resolution", 1).state, "paused")
        self.assertEqual(self.clock(self.ticket, "tier_resolution", 2).deadline, self.at(30 + 240))
        self.assertEqual(self.clock(self.ticket, "first_touch_resolution").state, "failed")
        self.assertEqual(self.ticket.next_due_date, self.at(30 + 240))
        self.wait(60)
        escalation.with_user(self.users["expert"]).return_back("Restarted")
        self.assertEqual(self.clock(self.ticket, "tier_resolution", 1).deadline, self.at(90 + 90))
        self.assertEqual(self.clock(self.ticket, "tier_resolution", 2).state, "paused")
        self.wait(10)
        self.customer_says(self.ticket, "Any news?")
        self.assertEqual(self.ticket.next_due_date, self.at(130))
        self.agent_says(self.ticket, "It works again")
        self.ticket.with_user(self.users["agent"]).action_solve()
        self.assertFalse(self.ticket.next_due_date)
        self.assertEqual(
            self.states(),
            {
                ("first_response", 0): "reached",
                ("next_response", 1): "reached",
                ("first_touch_resolution", 0): "failed",
                ("tier_resolution", 1): "reached",
                ("tier_resolution", 2): "reached",
                ("full_resolution", 0): "reached",
            },
        )
        self.assertEqual(self.clock(self.ticket, "tier_resolution", 1).elapsed_seconds, 40 * 60)
        self.wait(60)
        self.customer_says(self.ticket, "Broken again")
        self.assertEqual(self.ticket.next_due_date, self.at(190))
        self.assertEqual(self.clock(self.ticket, "full_resolution").deadline, self.at(1440 + 60))
        self.assertEqual(self.clock(self.ticket, "tier_resolution", 1).deadline, self.at(160 + 80))
        self.assert_rebuilt(self.ticket)

    def test_next_response_stops_when_solved(self):
        """Peers' pain point 2."""
        self.agent_says(self.ticket, "Hello")
        self.wait(5)
        self.customer_says(self.ticket, "And?")
        self.ticket.action_solve()
        self.wait(500)
        self.sweep()
        self.assertEqual(self.clock(self.ticket, "next_response").state, "cancelled")
        self.assertEqual(self.breaches(self.ticket), [])

    def test_change_of_priority_keeps_pauses(self):
        """Peers' pain point 8: GLPI loses pause time when the priority changes."""
        self.create_policy("full_resolution", minutes=300, sequence=1, priority="3").version_ids.valid_from = self.at(
            -1
        )
        self.wait(10)
        self.ticket.action_wait_for_customer()
        self.assertFalse(self.clock(self.ticket, "full_resolution").deadline)
        self.wait(100)
        self.ticket.action_continue()
        self.ticket.priority = "3"
        clock = self.clock(self.ticket, "full_resolution")
        self.assertEqual((clock.deadline, clock.paused_seconds), (self.at(400), 100 * 60))
        self.ticket.priority = "1"
        self.assertEqual(clock.deadline, self.at(1540))
        self.assert_rebuilt(self.ticket)

    def test_change_of_category_team_tags_and_customer(self):
        tag = self.env["helpdesk.tag"].create({"name": "VIP"})
        group = self.env["res.partner.category"].create({"name": "Hospital"})
        self.customer.category_id = group
        other = self.env["res.partner"].create({"name": "Other", "email": "other@x.example"})
        cases = [
            ({"category_ids": self.category.ids}, {"category_id": self.category_otp.id}, {"category_id": False}),
            ({"product_ids": self.product_b.ids}, {"product_id": self.product_b.id}, {"product_id": self.product_a.id}),
            ({"tag_ids": tag.ids}, {"tag_ids": [Command.link(tag.id)]}, {"tag_ids": [Command.clear()]}),
            ({"site_ids": self.site_east.ids}, {"site_id": self.site_east.id}, {"site_id": self.site.id}),
            ({"partner_category_ids": group.ids}, {"partner_id": self.customer.id}, {"partner_id": other.id}),
        ]
        for condition, to, back in cases:
            with self.subTest(condition):
                self.ticket.write(back)
                policy = self.create_policy(minutes=7, sequence=1, **condition)
                policy.version_ids.valid_from = self.at(-1)
                self.ticket.write(to)
                self.assertEqual(self.clock(self.ticket).deadline, self.at(7))
                self.ticket.write(back)
                self.assertEqual(self.clock(self.ticket).deadline, self.at(60))
                self.assert_rebuilt(self.ticket)
                policy.active = False

    def test_merge_closes_and_undo_opens(self):
        """Peers' pain point 6: a merged ticket doesn't run late."""
        survivor = self.create_ticket()
        self.wait(10)
        self.ticket.merge_into(survivor)
        self.assertEqual(set(self.states().values()), {"cancelled"})
        self.assertFalse(self.ticket.next_due_date)
        self.assertEqual(self.clock(survivor).deadline, self.at(60))
        self.wait(100)
        self.sweep()
        self.assertEqual(self.breaches(self.ticket), [])
        self.ticket.unmerge()
        self.assertEqual(self.clock(self.ticket).deadline, self.at(160))
        self.assert_rebuilt(self.ticket | survivor)

    def test_one_answer_to_all_customers_is_one_touch(self):
        """R14, R27.b.4: what merged tickets' customers get too doesn't fail the first touch."""
        other = self.env["res.partner"].create({"name": "Budi", "email": "budi@customer.example"})
        survivor, merged = self.create_ticket(), self.create_ticket(partner_id=other.id)
        merged.merge_into(survivor)
        self.wait(5)
        (survivor | merged).with_user(self.users["agent"]).answer_customers("Sudah pulih")
        self.assertEqual(self.clock(survivor, "first_touch_resolution").state, "ongoing")
        survivor.with_user(self.users["agent"]).action_solve()
        self.assertEqual(self.clock(survivor, "first_touch_resolution").state, "reached")
        self.assert_rebuilt(survivor)

    # BREACHES

    def test_breach_by_the_sweep(self):
        """Peers' pain point 7: written within a minute, dated with the due time."""
        self.wait(60)
        self.sweep()
        self.assertEqual(self.clock(self.ticket).state, "ongoing")
        self.wait(37)
        self.sweep()
        self.sweep()
        clock = self.clock(self.ticket)
        self.assertEqual((clock.state, clock.is_open, clock.deadline), ("failed", True, self.at(60)))
        self.assertEqual(self.breaches(self.ticket), [("first_response", self.at(60))])
        self.assertEqual(self.ticket.next_due_date, self.at(60))
        row = self.env["helpdesk.event"].sudo().search([("kind", "=", "sla_breached")], limit=1)
        self.assertTrue(row.with_context(lang="en_US").description.endswith("First response (Test first_response)"))
        self.wait(10)
        self.agent_says(self.ticket, "Sorry")
        self.assertEqual((clock.is_open, clock.reached_date, clock.late_seconds), (False, self.at(107), 47 * 60))
        self.assert_rebuilt(self.ticket)

    def test_breach_without_a_sweep_is_the_same(self):
        """Chatwoot loses a breach that ends between two polls; here nothing depends on when the sweep ran."""
        self.wait(107)
        self.agent_says(self.ticket, "Sorry")
        clock = self.clock(self.ticket)
        self.assertEqual((clock.state, clock.is_open, clock.reached_date), ("failed", False, self.at(107)))
        self.assertEqual(self.breaches(self.ticket), [("first_response", self.at(60))])
        self.assertFalse(self.env["helpdesk.event"].sudo().verify([("ticket_id", "=", self.ticket.id)]))

    def test_a_clock_that_cant_be_worked_out_holds_up_no_other(self):
        """The others are found late all the same; it is tried again an hour later."""
        others = self.create_ticket() | self.create_ticket()
        self.wait(61)
        work_out = type(self.Status)._work_out

        def fail_on_one(status, tickets, now, book):
            if self.ticket in tickets:
                raise ZeroDivisionError
            return work_out(status, tickets, now, book)

        with (
            patch.object(type(self.Status), "_work_out", fail_on_one),
            mute_logger("odoo.addons.kemenkes_sla.models.helpdesk_sla_status_sweep"),
        ):
            self.sweep()
        self.assertEqual([self.clock(ticket).state for ticket in others], ["failed", "failed"])
        self.assertEqual(self.clock(self.ticket).state, "ongoing")
        self.sweep()
        self.assertEqual(self.clock(self.ticket).state, "ongoing")
        self.wait(61)
        self.sweep()
        self.assertEqual(self.breaches(self.ticket)[0], ("first_response", self.at(60)))

    def test_a_ticket_deleted_in_the_same_transaction(self):
        """What is recorded of it after that gives it no clock, and the others of the batch theirs all the same."""
        deleted, other = self.create_ticket(), self.create_ticket()
        self.agent_says(other, "Hello")
        self.env.flush_all()
        gone = deleted.id
        deleted.unlink()
        self.wait(10)
        rows = [{"kind": "message_in", "ticket_id": ticket_id} for ticket_id in (gone, other.id)]
        self.env["helpdesk.event"]._record(rows)
        self.assertFalse(self.Status.search([("ticket_id", "=", gone)]))
        self.assertEqual(self.clock(other, "next_response").deadline, self.at(40))
        self.assertEqual(self.Status._compare(self.env["helpdesk.ticket"].browse(gone)), [])
        self.Status._refresh(self.env["helpdesk.ticket"].browse(gone))
        self.assert_rebuilt(other)

    def test_one_index_and_nothing_else_for_the_sweep(self):
        """However many clocks run: what is not due is not looked at."""
        self.env.flush_all()
        self.env.cr.execute("ANALYZE helpdesk_sla_status")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", self.Status._due_query(10)))
        plan = " ".join(line for (line,) in rows)
        self.assertIn("check_idx", plan)
        with self.assertQueryCount(2):
            self.assertFalse(self.Status._take_due(10))

    # COST

    def test_cost_of_one_event(self):
        """R14: one event of a ticket with five clocks costs a handful of statements."""
        self.customer_says(self.ticket, "Hello")
        self.env.flush_all()
        self.env.invalidate_all()
        row = {"kind": "message_in", "ticket_id": self.ticket.id}
        with patch.object(type(self.env["helpdesk.event"]), "_readers", lambda _self: []):
            self.env["helpdesk.event"]._record([row])  # warms what the ledger itself reads
        self.env.flush_all()
        with self.assertQueryCount(5):
            self.Status._read_events([row])
            self.env.flush_all()

    def test_cost_of_many_tickets_is_that_of_one(self):
        tickets = self.env["helpdesk.ticket"].create(
            [{"name": str(number), "team_id": self.team_l1.id, "site_id": self.site.id} for number in range(30)]
        )
        self.env.flush_all()
        self.Status.search([("ticket_id", "in", tickets.ids)]).unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(7):
            self.Status._refresh(tickets)
            self.env.flush_all()
        self.assertEqual(len(self.Status.search([("ticket_id", "in", tickets.ids)])), 30 * 4)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            self.assertFalse(self.Status._refresh(tickets))
            self.env.flush_all()

    # WORKING HOURS THAT CHANGE

    def test_hours_that_change_under_running_clocks(self):
        """Clocks are worked out anew within a minute, what has ended stays, the ledger tells."""
        calendar = self.env.ref("kemenkes_sla.calendar_government")
        self.first.write({"hours": "calendar", "calendar_id": calendar.id, "minutes": 240})
        running, done = self.create_ticket(), self.create_ticket()
        self.agent_says(done, "Hello")
        self.assertEqual(self.clock(running).deadline, self.at(300))
        self.wait(5)
        self.env["resource.calendar.leaves"].with_user(self.users["supervisor"]).create(
            {
                "name": "Flood",
                "calendar_id": calendar.id,
                "date_from": self.at(60),
                "date_to": self.at(60 * 14),
            }
        )
        ended = self.clock(done).deadline
        self.sweep()
        # an hour on Monday; Tuesday 07.30 to 10.30
        self.assertEqual(self.clock(running).deadline, self.at(25 * 60 + 30))
        self.assertEqual(self.clock(done).deadline, ended)
        self.assertIn("sla_recalculated", self.kinds_of(running))
        self.assertNotIn("sla_recalculated", self.kinds_of(done))
        self.assert_rebuilt(running)

    def test_a_calendar_that_is_deleted(self):
        """Nothing is lost: the policy and its running clocks go on by the hours of the site."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Short-lived",
                "tz": "Asia/Jakarta",
                "attendance_ids": [(5, 0, 0), (0, 0, {"name": "-", "dayofweek": "3", "hour_from": 8, "hour_to": 16})],
            }
        )
        self.first.write({"hours": "calendar", "calendar_id": calendar.id})
        running = self.create_ticket()
        self.assertEqual(self.clock(running).deadline, self.at(3 * 24 * 60))
        self.wait(5)
        calendar.unlink()
        self.sweep()
        self.assertEqual(self.first.hours, "site")
        self.assertEqual(self.clock(running).deadline, self.at(60))
        self.assertIn("sla_recalculated", self.kinds_of(running))
        self.wait(5)
        self.assertEqual(self.create_ticket().next_due_date, self.at(70))
        self.assert_rebuilt(running)

    def test_a_site_that_moves(self):
        """Another time zone of the site moves its running clocks."""
        calendar = self.env.ref("kemenkes_sla.calendar_government")
        self.first.write({"hours": "calendar", "calendar_id": calendar.id, "minutes": 360})
        running = self.create_ticket()
        before = self.clock(running).deadline
        self.site.timezone = "Asia/Jayapura"
        self.sweep()
        # two hours later on the clock already: more of the day is over, the next one begins earlier
        self.assertNotEqual(self.clock(running).deadline, before)
        self.assert_rebuilt(running)

    # WARNINGS

    def test_warnings_come_once_and_gathered(self):
        """Peers' pain point 9: one message for all of them, not one for each."""
        agent, leader = self.users["agent"], self.users["leader"]
        self.team_l1.user_id = leader
        self.first.warning_ids = [
            Command.create({"percent": 50}),
            Command.create({"percent": 100, "tell_leader": True}),
        ]
        tickets = self.env["helpdesk.ticket"].browse([self.create_ticket(user_id=agent.id).id for _number in range(25)])
        agent.notification_type = leader.notification_type = "inbox"

        def told(user):
            notifications = self.env["mail.notification"].sudo().search([("res_partner_id", "=", user.partner_id.id)])
            return notifications.mail_message_id.sorted("id").mapped("body")

        self.wait(29)
        self.sweep()
        self.Status._cron_tell()
        self.assertEqual(told(agent), [])
        self.wait(2)
        self.sweep()
        self.Status._cron_tell()
        self.sweep()
        self.Status._cron_tell()
        (message,) = told(agent)
        self.assertIn(tickets[0].ticket_ref, message)
        self.assertIn("50", message)
        self.assertEqual(message.count("<li>"), 21)
        self.assertEqual(told(leader), [])
        self.wait(20)
        self.agent_says(tickets[0], "Hello")
        self.wait(20)
        self.sweep()
        self.Status._cron_tell()
        self.assertEqual((len(told(agent)), len(told(leader))), (2, 1))
        self.assertNotIn(tickets[0].ticket_ref, told(leader)[0])
        self.assertNotIn("Siti", told(leader)[0])

    def test_no_warning_for_what_was_answered_meanwhile(self):
        self.first.warning_ids = [Command.create({"percent": 50})]
        ticket = self.create_ticket(user_id=self.users["agent"].id)
        self.wait(31)
        self.sweep()
        self.assertEqual(self.clock(ticket).untold_percent, 50)
        self.agent_says(ticket, "Hello")
        self.assertEqual(self.clock(ticket).untold_percent, 0)

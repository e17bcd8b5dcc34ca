import json
from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, warmup

from odoo.addons.mail.tests.common import MailCase, freeze_all_time

from .floor_common import FloorCase

NINE = datetime(2026, 3, 2, 2, 0)  # 9.00 in Jakarta


@tagged("post_install", "-at_install")
class TestMonitor(FloorCase):
    """R23.b.2, R24.c, R25.b.2: what the floor and the desk show, and to whom."""

    def test_who_sits_where(self):
        self.start_work("agent", seat=self.seat)
        data = self.live()
        agent = next(agent for agent in data["agents"] if agent["id"] == self.agent.id)
        self.assertEqual(agent["session"]["seat_id"], self.seat.id)
        self.assertEqual(agent["session"]["kind"], "ready")
        second = next(agent for agent in data["agents"] if agent["id"] == self.users["second"].id)
        self.assertIsNone(second["session"], "a member who is not at work")
        self.assertEqual({seat["name"] for seat in data["seats"] if seat["floor_id"] == self.floor.id}, {"A1", "A2"})

    def test_tickets_are_numbers_and_times_only(self):
        """R27.a.3: the queue is counted whole; what customers said isn't in it."""
        mine = self.create_ticket(user_id=self.agent.id)
        hidden = self.create_ticket(product_id=self.product_b.id, name="Rahasia")
        data = self.live()
        self.assertEqual(self.ticket_row(data, mine)["user_id"], self.agent.id)
        self.assertEqual(self.ticket_row(data, hidden)["ticket_ref"], hidden.ticket_ref)
        self.assertNotIn("Rahasia", str(data))
        with self.assertRaises(AccessError):
            hidden.with_user(self.leader).read(["name"])

    def test_who_may_watch(self):
        for login in ("agent", "quality", "analyst", "viewer"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.live(login)
        self.start_work("agent", seat=self.seat)
        self.create_ticket(user_id=self.agent.id)
        data = self.live("stranger")
        self.assertEqual([site["id"] for site in data["sites"]], [self.site_east.id])
        self.assertFalse(data["agents"] + data["tickets"] + data["seats"])
        watched = self.live("operation_manager")
        self.assertIn(self.site.id, [site["id"] for site in watched["sites"]])

    def test_one_agent_is_shut_to_strangers(self):
        self.start_work("agent", seat=self.seat)
        monitor = self.monitor.with_user(self.users["stranger"])
        for call in (
            lambda: monitor.get_today(self.agent.id),
            lambda: monitor.set_status(self.agent.id, self.statuses["busy"].id),
            lambda: monitor.whisper(self.agent.id, "Psst"),
            lambda: (
                self.env["helpdesk.lending"]
                .with_user(self.users["stranger"])
                .lend(self.agent.id, self.team_l2.id, datetime.now() + timedelta(hours=1))
            ),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_today(self):
        """The figures on hover: since midnight of the site."""
        ticket = self.create_ticket(user_id=self.agent.id)
        with freeze_all_time(NINE - timedelta(hours=10)):  # yesterday, 23.00
            self.start_work("agent", seat=self.seat)
        with freeze_all_time(NINE):
            self.call_as("agent", "set_status", self.statuses["busy"].id)
            self.agent_says(ticket, "Hello")
            ticket.with_user(self.agent).action_solve()
        with freeze_all_time(NINE + timedelta(minutes=30)):
            self.env.flush_all()
            today = self.monitor.with_user(self.leader).get_today(self.agent.id)
        self.assertEqual((today["solved"], today["replies"]), (1, 1))
        self.assertEqual(today["times"], {"ready": 9 * 3600, "busy": 1800})

    def count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.monitor.with_user(self.leader).get_live()
        return self.cr.sql_log_count - before

    @warmup
    def test_one_read_for_any_number_of_seats(self):
        """R25.b.2: a hundred seats cost as many queries as two."""
        self.start_work("agent", seat=self.seat)
        self.count_queries()
        few = self.count_queries()
        logins = [f"mass{number}" for number in range(20)]
        for login in logins:
            self.users[login] = self.create_user(login, "group_agent")
        self.team_l1.member_ids |= self.env["res.users"].union(*(self.users[login] for login in logins))
        seats = self.env["helpdesk.seat"].create(
            [{"name": login, "floor_id": self.floor.id, "position_x": 0.1} for login in logins]
        )
        for login, seat in zip(logins, seats, strict=True):
            self.start_work(login, seat=seat)
            self.create_ticket(user_id=self.users[login].id)
        self.count_queries()  # a change of members empties the cache of rights
        many = self.count_queries()
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 45)


@tagged("post_install", "-at_install")
class TestMonitorFeed(FloorCase, MailCase):
    """R24.c, R25.b.2: one message for each change, with the change in it."""

    def told(self, *sites):
        """What the floors' screens were told of tickets since the last call: texts of messages, by site."""
        self.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([("message", "like", "helpdesk.floor/tickets")], order="id")
        channels = [
            json.dumps([self.cr.dbname, "helpdesk.site", site.id, "floor"], separators=(",", ":")) for site in sites
        ]
        messages = [row.message for channel in channels for row in rows if row.channel == channel]
        rows.unlink()
        return messages

    def test_a_change_is_one_message(self):
        ticket = self.create_ticket()
        self.told(self.site)
        ticket.with_user(self.agent).action_take()
        messages = self.told(self.site)
        self.assertEqual(len(messages), 1)
        self.assertIn(ticket.ticket_ref, messages[0])
        self.assertNotIn(ticket.name, messages[0])
        ticket.with_user(self.agent).action_reveal_personal_data()
        self.assertFalse(self.told(self.site), "nothing that a screen shows")

    def test_both_sites_hear_of_a_move(self):
        east = self.env["helpdesk.team"].create({"name": "East", "site_id": self.site_east.id})
        ticket = self.create_ticket()
        self.told(self.site, self.site_east)
        ticket.team_id = east
        self.assertEqual(len(self.told(self.site, self.site_east)), 2)
        ticket.priority = "3"
        self.assertEqual(len(self.told(self.site)), 0, "it is no longer there")

    def test_solved_tickets_leave_the_screens(self):
        ticket = self.create_ticket(user_id=self.agent.id)
        self.told(self.site)
        ticket.with_user(self.agent).action_solve()
        (message,) = self.told(self.site)
        self.assertIn('"rows":[]', message)
        self.assertIn(f'"done":[[{ticket.id}', message)

    def test_a_flood_is_one_short_message(self):
        self.told(self.site)
        self.env["helpdesk.ticket"].create(
            [{"name": "Flood", "team_id": self.team_l1.id, "product_id": self.product_a.id} for _number in range(301)]
        )
        (message,) = self.told(self.site)
        self.assertIn('{"many":true}', message)


@tagged("post_install", "-at_install")
class TestDirecting(FloorCase, MailCase):
    """R23.b.2: listen in, whisper, take over, set a status."""

    def test_whisper_is_for_the_agent_alone(self):
        ticket = self.create_ticket(user_id=self.agent.id)
        monitor = self.monitor.with_user(self.leader)
        monitor.whisper(self.agent.id, "Ask for the <b>NIK</b> first", ticket.id)
        message = self.env["mail.message"].search([("author_id", "=", self.leader.partner_id.id)], limit=1)
        self.assertIn("&lt;b&gt;NIK", message.body)
        self.assertIn(ticket.ticket_ref, message.body)
        self.assertEqual(message.notified_partner_ids, self.agent.partner_id)
        self.assertEqual(message.with_user(self.agent).body, message.body)
        for login in ("second", "supervisor"):
            with self.subTest(login), self.assertRaises(AccessError):
                message.with_user(self.users[login]).read(["body"])
        self.assertFalse(ticket.message_ids.filtered(lambda each: "NIK" in each.body))
        self.assertIn("whispered", self.kinds_of(ticket))
        for text in ("", "   ", "x" * 2001):
            with self.assertRaises(UserError):
                monitor.whisper(self.agent.id, text)
        hidden = self.create_ticket(product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            monitor.whisper(self.agent.id, "Look", hidden.id)

    def test_take_over(self):
        ticket = self.create_ticket(user_id=self.agent.id)
        self._reset_bus()
        self.monitor.with_user(self.leader).take_over(ticket.ids)
        self.assertEqual(ticket.user_id, self.leader)
        row = self.env["helpdesk.event"].search([("kind", "=", "assigned")], order="id desc", limit=1)
        self.assertEqual((row.user_id, row.agent_id), (self.leader, self.leader))
        hidden = self.create_ticket(product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            self.monitor.with_user(self.leader).take_over(hidden.ids)
        ticket.with_user(self.leader).action_solve()
        with self.assertRaisesRegex(UserError, ticket.ticket_ref):
            self.monitor.with_user(self.leader).take_over(ticket.ids)

    def test_set_status(self):
        session = self.start_work("agent", seat=self.seat)
        monitor = self.monitor.with_user(self.leader)
        monitor.set_status(self.agent.id, self.statuses["break"].id, self.prayer.id)
        self.assertEqual((session.status_kind, session.reason_id), ("break", self.prayer))
        monitor.set_status(self.agent.id, self.statuses["offline"].id)
        self.assertEqual(session.end_reason, "supervisor")

    def redistribute(self, tickets, login="leader", **values):
        wizard = (
            self.env["helpdesk.redistribute"]
            .with_user(self.users[login])
            .with_context(active_model="helpdesk.ticket", active_ids=tickets.ids)
            .create(values)
        )
        wizard.action_move()
        return wizard

    def test_work_is_moved_evenly(self):
        """R22: the most urgent first, each to the one who has least."""
        second = self.users["second"]
        for _number in range(3):
            self.create_ticket(user_id=second.id)
        tickets = self.env["helpdesk.ticket"].union(*(self.create_ticket() for _number in range(7)))
        done = self.create_ticket()
        done.with_user(self.agent).action_solve()
        wizard = self.redistribute(tickets | done, user_ids=(self.agent | second).ids)
        self.assertEqual(wizard.ticket_count, 7, "what is done stays")
        loads = [
            tickets.search_count([("user_id", "=", user.id), ("stage_kind", "!=", "solved")])
            for user in (self.agent, second)
        ]
        self.assertEqual(loads, [5, 5])
        self.redistribute(tickets, destination="queue", team_id=self.team_l2.id)
        self.assertFalse(tickets.user_id)
        self.assertEqual(tickets.team_id, self.team_l2)
        with self.assertRaises(UserError):
            self.redistribute(tickets, user_ids=[])
        with self.assertRaises(AccessError):
            self.redistribute(tickets, login="agent", user_ids=second.ids)


@tagged("post_install", "-at_install")
class TestLending(FloorCase):
    """R5, R22: an agent helps another team until a set time."""

    def lend(self, team, end_date, login="leader"):
        lending_id = self.env["helpdesk.lending"].with_user(self.users[login]).lend(self.agent.id, team.id, end_date)
        return self.env["helpdesk.lending"].browse(lending_id)

    def test_lent_and_back(self):
        ticket = self.create_ticket(team_id=self.team_l2.id, site_id=self.site_east.id)
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))
        with freeze_all_time(NINE):
            lending = self.lend(self.team_l2, NINE + timedelta(hours=2))
            self.assertIn(self.agent, self.team_l2.member_ids)
            self.assertTrue(ticket.with_user(self.agent).has_access("read"), "from the next click")
            self.assertEqual(self.lend(self.team_l2, NINE + timedelta(hours=3)), lending, "for longer")
            with self.assertRaisesRegex(UserError, "member"):
                self.lend(self.team_l1, NINE + timedelta(hours=1))
            for wrong in (NINE, NINE + timedelta(days=32)):
                with self.assertRaises(UserError):
                    self.lend(self.team_l3, wrong)
            self.assertTrue(self.env["ir.cron.trigger"].search([("call_at", "=", NINE + timedelta(hours=3))]))
        with freeze_all_time(NINE + timedelta(hours=2, minutes=59)):
            self.env["helpdesk.lending"]._cron_end()
            self.assertIn(self.agent, self.team_l2.member_ids)
        with freeze_all_time(NINE + timedelta(hours=3)):
            self.env["helpdesk.lending"]._cron_end()
        self.assertNotIn(self.agent, self.team_l2.member_ids)
        self.assertIn(self.agent, self.team_l1.member_ids, "the own team stays")
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))
        kinds = self.env["helpdesk.event"].search([("target_user_id", "=", self.agent.id)]).mapped("kind")
        self.assertTrue({"lent", "lending_ended"} <= set(kinds))

    def test_ended_by_hand(self):
        lending = self.lend(self.team_l2, datetime.now() + timedelta(hours=2))
        with self.assertRaises(AccessError):
            lending.with_user(self.users["stranger"]).action_end()
        lending.with_user(self.leader).action_end()
        self.assertNotIn(self.agent, self.team_l2.member_ids)
        self.assertTrue(lending.ended_date)

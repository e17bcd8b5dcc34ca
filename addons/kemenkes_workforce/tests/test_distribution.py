from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .common import WorkCase

NOON = datetime(2026, 3, 2, 5, 0)  # 12:00 in Jakarta


@tagged("post_install", "-at_install")
class TestDistribution(WorkCase):
    """R23.b.1, R24.c, R25.b.2: what waits goes to those who are ready, and every decision can be explained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.distribution = cls.env["helpdesk.distribution"]
        cls.team_l1.write({"distribution_rule": "least_loaded", "distribution_mode": "direct"})
        cls.leader = cls.users["leader"]
        cls.chat = cls.create_channel("livechat", name="Chat A")

    def distribute(self):
        return self.distribution._distribute()

    def describe(self, ticket):
        wizard = self.env["helpdesk.distribution.explanation"].with_user(self.leader).create({"ticket_id": ticket.id})
        return wizard.explanation

    # WHO GETS WHAT

    def test_least_loaded(self):
        """R25.b.2: load balancing; the ledger tells why, in words, to who may read the ticket."""
        tickets = self.env["helpdesk.ticket"].union(*(self.create_ticket() for _number in range(5)))
        self.assertEqual(self.distribute(), 0, "nobody is at work")
        self.start_work("agent", "leader")
        self.assertEqual(self.distribute(), 5)
        counts = [
            len(tickets.filtered(lambda ticket, user=user: ticket.user_id == user))
            for user in (self.agent, self.leader)
        ]
        self.assertEqual(sorted(counts), [2, 3])
        self.assertIn("distributed", self.kinds_of(tickets[0]))
        self.assertIn("assigned", self.kinds_of(tickets[0]))
        self.assertIn("had the least to do", self.describe(tickets[0]))

    def test_by_hand(self):
        """A team that hands out by hand is left alone."""
        self.team_l1.distribution_rule = "manual"
        ticket = self.create_ticket()
        self.start_work("agent")
        self.assertEqual(self.distribute(), 0)
        self.assertFalse(ticket.user_id)

    def test_who_is_not_ready_gets_nothing(self):
        self.start_work("agent")
        self.call_as("agent", "set_status", self.statuses["break"].id, self.meal.id)
        ticket = self.create_ticket()
        self.assertEqual(self.distribute(), 0)
        self.call_as("agent", "set_status", self.statuses["ready"].id)
        self.assertEqual(self.distribute(), 1)
        self.assertEqual(ticket.user_id, self.agent)

    def test_product_rights(self):
        """R27.a.3: a ticket of a product goes to those only who have the product."""
        self.start_work("agent", "leader")
        self.leader.helpdesk_product_ids = self.product_a | self.product_b
        ticket = self.create_ticket(product_id=self.product_b.id)
        self.distribute()
        self.assertEqual(ticket.user_id, self.leader)
        self.assertIn("no access to the product: 1", self.describe(ticket))

    def test_no_agreement_no_work(self):
        """R9: who may see no tickets gets none."""
        self.start_work("agent", "leader")
        self.create_ticket(user_id=self.leader.id)
        ticket = self.create_ticket()
        agent_id = self.agent.id
        self.patch(self.env.registry["res.users"], "_is_admitted", lambda user: user.id != agent_id)
        self.distribute()
        self.assertEqual(ticket.user_id, self.leader)

    def test_capacity(self):
        """R24.c: never more than the capacity; what the customer has to act on frees it; by hand one may go beyond."""
        self.env["helpdesk.capacity"].create(
            {"channel_kind": "email", "user_id": self.agent.id, "maximum": 2, "weight": 50}
        )
        tickets = self.env["helpdesk.ticket"].union(*(self.create_ticket() for _number in range(4)))
        self.start_work("agent")
        self.assertEqual(self.distribute(), 2)
        self.assertEqual(self.distribute(), 0)
        mine = tickets.filtered("user_id")
        mine[0].with_user(self.agent).action_wait_for_customer()
        self.assertEqual(self.distribute(), 1)
        rest = tickets.filtered(lambda ticket: not ticket.user_id)
        rest.user_id = self.agent
        self.assertEqual(len(tickets.filtered(lambda ticket: ticket.user_id == self.agent)), 4)

    def test_skills_change_live(self):
        """R25.a.2: a skill given now counts for the next ticket; the ledger has the change."""
        skill = self.env["helpdesk.skill"].create(
            {"name": "Product A", "subject": "product", "product_id": self.product_a.id, "is_required": True}
        )
        self.start_work("agent", "leader")
        ticket = self.create_ticket()
        self.assertEqual(self.distribute(), 0)
        supervisor = self.users["supervisor"]
        given = (
            self.env["helpdesk.agent.skill"]
            .with_user(supervisor)
            .create({"user_id": self.leader.id, "skill_id": skill.id, "level": "2"})
        )
        self.assertEqual(self.distribute(), 1)
        self.assertEqual(ticket.user_id, self.leader)
        self.assertIn("without the skill: 1", self.describe(ticket))
        given.level = "5"
        given.unlink()
        rows = self.env["helpdesk.event"].search([("kind", "=", "skill_changed")], order="id desc", limit=3)
        self.assertEqual([row.data["level"] for row in rows], [0, 5, 2])
        self.assertEqual(rows.target_user_id, self.leader)

    def test_sticky(self):
        """The customer's last agent, within the hours of the team."""
        with freeze_all_time(NOON - timedelta(hours=3)):
            self.create_ticket(user_id=self.leader.id).with_user(self.leader).action_solve()
        with freeze_all_time(NOON):
            self.start_work("agent", "leader")
            self.create_ticket(user_id=self.leader.id, partner_id=False)
            ticket = self.create_ticket()
            self.distribute()
        self.assertEqual(ticket.user_id, self.leader)
        self.assertIn("helped the customer last", self.describe(ticket))

    def test_order(self):
        """Urgent work first, then what is due earlier."""
        self.env["helpdesk.capacity"].create(
            {"channel_kind": "email", "user_id": self.agent.id, "maximum": 2, "weight": 50}
        )
        with freeze_all_time(NOON):
            later = self.create_ticket(next_due_date=NOON + timedelta(hours=5))
            sooner = self.create_ticket(next_due_date=NOON + timedelta(hours=1))
            urgent = self.create_ticket(priority="3", next_due_date=NOON + timedelta(hours=9))
            self.start_work("agent")
            self.distribute()
        self.assertEqual((urgent | sooner).user_id, self.agent)
        self.assertFalse(later.user_id)

    def test_overflow(self):
        """R5, R22: after the time of the team others help; the ticket stays the team's."""
        other = self.env["helpdesk.team"].create({"name": "East", "site_id": self.site_east.id})
        helper = self.users["helper"] = self.create_user("helper", "group_agent", sites=self.site_east)
        other.member_ids = helper
        self.team_l1.write({"overflow_team_ids": other.ids, "overflow_seconds": 120})
        with freeze_all_time(NOON):
            self.start_work("helper")
            ticket = self.create_ticket()
            self.assertEqual(self.distribute(), 0)
        with freeze_all_time(NOON + timedelta(seconds=121)):
            self.assertEqual(self.distribute(), 1)
        self.assertEqual((ticket.user_id, ticket.team_id), (helper, self.team_l1))

    def test_escalated_ticket(self):
        """R27.a.2: in L2 it is handed out too, and accepted with that."""
        self.team_l2.write({"distribution_rule": "skills_first", "distribution_mode": "direct"})
        ticket = self.create_ticket(user_id=self.agent.id)
        ticket.with_user(self.agent).escalate(self.team_l2, "Needs the database")
        self.start_work("expert")
        self.assertEqual(self.distribute(), 1)
        self.assertEqual(ticket.user_id, self.users["expert"])
        self.assertEqual(ticket.escalation_ids.state, "accepted")
        self.assertEqual(ticket.stage_kind, "open")

    def test_tickets_of_an_incident_are_not_handed_out(self):
        parent = self.create_ticket(user_id=self.leader.id, is_incident=True)
        child = self.create_ticket(parent_id=parent.id)
        self.start_work("agent")
        self.assertEqual(self.distribute(), 0)
        self.assertFalse(child.queue_date)

    def test_ask_for_agent(self):
        """R23.c.1: a live chat asks; the distribution answers when somebody has room."""
        self.start_work("agent")
        ticket = self.create_ticket(channel_id=self.chat.id)
        self.assertFalse(ticket._ask_for_agent())
        self.distribute()
        self.assertEqual(ticket._ask_for_agent(), self.agent)

    def test_a_conversation_goes_on(self):
        """R23.b.1: who was answered a moment ago is about to write again; the chat and its ticket are one."""
        self.env["helpdesk.capacity"].create(
            {"channel_kind": "livechat", "user_id": self.agent.id, "maximum": 1, "weight": 50, "is_live": True}
        )
        with freeze_all_time(NOON):
            self.start_work("agent")
            first, second = (self.create_ticket(channel_id=self.chat.id) for _number in range(2))
            self.assertEqual(self.distribute(), 1)
            given, waiting = (first, second) if first.user_id else (second, first)
            given.write({"stage_id": given._stage_of("waiting_customer").id, "last_agent_message_date": NOON})
            self.assertEqual(self.distribute(), 0, "answered, and the visitor still there")
            self.assertFalse(waiting.user_id)
        with freeze_all_time(NOON + timedelta(minutes=11)):
            self.assertEqual(self.distribute(), 1)
        self.assertEqual(waiting.user_id, self.agent)

    # WHO LEAVES

    def test_leaving(self):
        """Work that waits goes back at once; what the customer has to act on stays."""
        self.start_work("agent")
        waiting, answered = self.create_ticket(), self.create_ticket()
        self.distribute()
        answered.with_user(self.agent).action_wait_for_customer()
        self.call_as("agent", "end_work")
        self.assertFalse(waiting.user_id)
        self.assertTrue(waiting.queue_date)
        self.assertEqual(answered.user_id, self.agent)
        self.assertIn("the agent has left", self.describe(waiting))
        self.start_work("leader")
        self.distribute()
        self.assertEqual(waiting.user_id, self.leader)

    def test_break_keeps_work(self):
        self.start_work("agent")
        ticket = self.create_ticket()
        self.distribute()
        self.call_as("agent", "set_status", self.statuses["break"].id, self.prayer.id)
        self.assertEqual(ticket.user_id, self.agent)

    def test_customer_writes_to_somebody_who_is_gone(self):
        """After the team's time others answer."""
        with freeze_all_time(NOON):
            self.start_work("agent")
            ticket = self.create_ticket()
            self.distribute()
            ticket.with_user(self.agent).action_wait_for_customer()
            self.call_as("agent", "end_work")
            self.start_work("leader")
        with freeze_all_time(NOON + timedelta(hours=1)):
            self.customer_says(ticket, "It still does not work")
            self.assertEqual(ticket.stage_kind, "open")
        with freeze_all_time(NOON + timedelta(minutes=80)):
            self.distribute()
            self.assertEqual(ticket.user_id, self.agent)
        with freeze_all_time(NOON + timedelta(minutes=95)):
            self.distribute()
        self.assertEqual(ticket.user_id, self.leader)

    def test_query_count(self):
        """The number of queries depends on the agents who get something, not on the tickets."""
        self.start_work("agent", "leader")
        self.create_tickets(4)
        self.distribute()
        self.create_tickets(24)
        self.env.flush_all()
        # to read agents and work 9, to claim 3, to explain 4, for each of the two agents 7, loads and flushes the rest
        self.assertLessEqual(self.count_queries(), 36)

    def create_tickets(self, count):
        for _number in range(count):
            self.create_ticket()

    def count_queries(self):
        before = self.env.cr.sql_log_count
        self.assertTrue(self.distribute())
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_nothing_to_do_is_cheap(self):
        self.start_work("agent")
        self.distribute()
        with self.assertQueryCount(6):
            self.distribute()


@tagged("post_install", "-at_install")
class TestOffer(WorkCase):
    """R23.b.1, R25.c.2: agents are asked, accept or reject with a reason; who does not answer is asked no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team_l1.write({"distribution_rule": "least_loaded", "distribution_mode": "live", "ring_seconds": 20})
        cls.chat = cls.create_channel("livechat", name="Chat A")
        cls.reason = cls.env.ref("kemenkes_workforce.reject_reason_busy")
        cls.leader = cls.users["leader"]

    def distribute(self):
        return self.env["helpdesk.distribution"]._distribute()

    def offer_to(self, login, ticket):
        offer = self.env["helpdesk.offer"].search([("ticket_id", "=", ticket.id), ("state", "=", "open")])
        self.assertEqual(offer.user_id, self.users[login])
        return offer.with_user(self.users[login])

    def test_accept(self):
        self.start_work("agent")
        ticket, mail = self.create_ticket(channel_id=self.chat.id), self.create_ticket()
        self.assertEqual(self.distribute(), 2)
        self.assertEqual(mail.user_id, self.agent, "nobody waits on the line: given without asking")
        self.assertFalse(ticket.user_id)
        self.assertEqual(self.distribute(), 0, "an offered ticket is offered to nobody else")
        offer = self.offer_to("agent", ticket)
        shown = self.env["helpdesk.offer"].with_user(self.agent).get_open()
        self.assertEqual([(row["id"], row["ticket_ref"]) for row in shown], [(offer.id, ticket.ticket_ref)])
        offer.accept()
        self.assertEqual((ticket.user_id, ticket.stage_kind), (self.agent, "open"))
        self.assertIn("accepted", self.kinds_of(ticket))
        with self.assertRaisesRegex(UserError, "has ended"):
            offer.accept()

    def test_reject(self):
        """The next agent is asked; the one who rejected is not asked again at once."""
        self.start_work("agent")
        ticket = self.create_ticket(channel_id=self.chat.id)
        self.distribute()
        offer = self.offer_to("agent", ticket)
        with self.assertRaisesRegex(UserError, "Say why"):
            offer.reject(False)
        with self.assertRaisesRegex(AccessError, "not for you"):
            offer.with_user(self.leader).sudo().with_user(self.leader).accept()
        offer.reject(self.reason.id)
        self.assertEqual(self.distribute(), 0)
        self.start_work("leader")
        self.assertEqual(self.distribute(), 1)
        self.offer_to("leader", ticket)

    def test_missed(self):
        """Time over: the next one; two in a row, and the agent is away."""
        with freeze_all_time(NOON):
            session = self.start_work("agent")
            tickets = [self.create_ticket(channel_id=self.chat.id) for _number in range(2)]
            self.assertEqual(self.distribute(), 2)
            offer = self.offer_to("agent", tickets[0])
            offer.miss()
            self.assertEqual(offer.state, "open", "the server's clock decides")
        with freeze_all_time(NOON + timedelta(seconds=21)):
            self.distribute()
        self.assertEqual(offer.state, "missed")
        self.assertEqual(session.status_kind, "away")
        self.assertIn("offer_missed", self.kinds_of(tickets[0]))

    def test_leaving_withdraws(self):
        self.start_work("agent")
        ticket = self.create_ticket(channel_id=self.chat.id)
        self.distribute()
        offer = self.offer_to("agent", ticket)
        self.call_as("agent", "set_status", self.statuses["break"].id, self.meal.id)
        self.assertEqual(offer.state, "withdrawn")
        self.start_work("leader")
        self.assertEqual(self.distribute(), 1)
        self.offer_to("leader", ticket)

    def test_somebody_was_quicker(self):
        self.start_work("agent")
        ticket = self.create_ticket(channel_id=self.chat.id)
        self.distribute()
        offer = self.offer_to("agent", ticket)
        ticket.with_user(self.leader).action_take()
        with self.assertRaisesRegex(UserError, "is with Test leader"):
            offer.accept()
        self.distribute()
        self.assertEqual(ticket.user_id, self.leader)

    def test_offers_take_room(self):
        """Four chats at once: the fifth waits, though none of the four is accepted yet."""
        self.start_work("agent")
        for _number in range(5):
            self.create_ticket(channel_id=self.chat.id)
        self.assertEqual(self.distribute(), 4)
        self.assertEqual(self.distribute(), 0)

    def test_reject_rate(self):
        """R25.c.2: of the offers that got an answer, or should have, the share that was rejected or missed."""
        target = self.env["helpdesk.target"].create(
            {"metric": "reject_rate", "goal": 20, "period": "day", "team_id": self.team_l1.id}
        )
        self.assertEqual(target.state, "none")
        self.start_work("agent")
        tickets = [self.create_ticket(channel_id=self.chat.id) for _number in range(4)]
        self.distribute()
        for ticket in tickets[:3]:
            self.offer_to("agent", ticket).accept()
        self.offer_to("agent", tickets[3]).reject(self.reason.id)
        target.invalidate_recordset()
        self.assertEqual((target.value, target.value_count, target.state), (25, 4, "missed"))

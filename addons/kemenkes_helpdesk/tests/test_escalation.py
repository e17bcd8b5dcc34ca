from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Datetime
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .common import HelpdeskCase


class EscalationCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team_l2.escalation_notice = "screen"
        cls.ticket = cls.create_ticket(user_id=cls.users["agent"].id)

    def as_(self, login, records):
        return records.with_user(self.users[login])

    def escalate(self, ticket=None, team=None, login="agent", reason="The log says 503 for every login"):
        return self.as_(login, self.ticket if ticket is None else ticket).escalate(team or self.team_l2, reason)

    def event(self, kind, ticket=None):
        ticket = ticket or self.ticket
        return self.env["helpdesk.event"].search([("ticket_id", "=", ticket.id), ("kind", "=", kind)], order="id desc")


@tagged("post_install", "-at_install")
class TestEscalation(EscalationCase):
    def test_the_way_up_and_done(self):
        """R27.a.2: L1 hands over with a reason, an expert of L2 accepts and solves; every step is in the ledger."""
        escalation = self.escalate()
        self.assertRecordValues(
            self.ticket, [{"team_id": self.team_l2.id, "tier": "2", "user_id": False, "stage_kind": "waiting_internal"}]
        )
        self.assertRecordValues(
            escalation,
            [
                {
                    "state": "waiting",
                    "from_team_id": self.team_l1.id,
                    "from_user_id": self.users["agent"].id,
                    "to_tier": "2",
                }
            ],
        )
        self.as_("expert", escalation).accept()
        self.assertRecordValues(self.ticket, [{"user_id": self.users["expert"].id, "stage_kind": "open"}])
        self.assertEqual(escalation.to_user_id, self.users["expert"])
        self.as_("expert", self.ticket).stage_id = self.ticket._stage_of("solved")
        self.assertEqual(escalation.state, "done")
        self.assertTrue(escalation.ended_date)
        kinds = self.kinds_of(self.ticket)
        for kind in ("escalated", "tier_changed", "escalation_accepted", "solved"):
            self.assertEqual(kinds.count(kind), 1, kind)
        self.assertEqual(self.event("tier_changed").data, {"old": 1, "new": 2})
        self.assertEqual(self.event("escalated").data["to_tier"], 2)

    def test_return_goes_back_to_team_and_agent(self):
        """R27.a.2: a returned ticket is where and with whom it was, with the reason for the first tier."""
        escalation = self.escalate()
        self.as_("expert", escalation).accept()
        self.as_("expert", escalation).return_back("Ask for the device's model first")
        self.assertRecordValues(
            self.ticket,
            [{"team_id": self.team_l1.id, "user_id": self.users["agent"].id, "stage_kind": "open", "tier": "1"}],
        )
        self.assertRecordValues(
            escalation, [{"state": "returned", "return_reason": "Ask for the device's model first"}]
        )
        self.assertEqual(self.event("escalation_returned").data["escalation"], escalation.id)
        self.assertEqual(self.event("tier_changed")[0].data, {"old": 2, "new": 1})

    def test_return_to_a_closed_account_goes_to_the_team(self):
        """R27.a.2: the agent left; the ticket goes back to the team's queue, not to a dead account."""
        escalation = self.escalate()
        self.users["agent"].active = False
        self.as_("expert", escalation).return_back("Not ours")
        self.assertRecordValues(self.ticket, [{"team_id": self.team_l1.id, "user_id": False}])

    def test_three_tiers_and_back(self):
        """R27.a.2: L1 → L2 → L3 → L2 → L1, each hand-over on its own; only the newest can be decided on."""
        self.team_l3.member_ids = self.users["leader"]
        first = self.escalate()
        second = self.escalate(team=self.team_l3, login="expert", reason="A bug in the product")
        self.assertEqual(first.state, "accepted", "who passes on has taken it up")
        self.assertEqual(first.to_user_id, self.users["expert"])
        with self.assertRaisesRegex(UserError, "passed on"):
            self.as_("expert", first).return_back("I changed my mind")
        self.as_("leader", second).return_back("Fixed yesterday: tell them to update")
        self.assertEqual(self.ticket.team_id, self.team_l2)
        self.assertEqual(self.ticket.user_id, self.users["expert"])
        self.as_("expert", first).return_back("Tell the customer to update")
        self.assertEqual(self.ticket.team_id, self.team_l1)
        self.assertEqual(self.ticket.escalation_ids.mapped("state"), ["returned", "returned"])

    def test_refusals_say_why(self):
        """R27.a.2: no reason, same tier, done, merged, a team that isn't a target: refused, nothing changed."""
        other_l2 = self.team_l2.copy({"name": "Another L2"})
        survivor = self.create_ticket()
        merged = self.create_ticket(merged_into_id=survivor.id)
        solved = self.create_ticket(stage_id=self.ticket._stage_of("solved").id)
        closed = self.create_ticket(stage_id=self.ticket._stage_of("closed").id)
        in_l2 = self.create_ticket(team_id=self.team_l2.id)
        for ticket, team, reason, message in (
            (self.ticket, self.team_l2, "  ", "Say why"),
            (in_l2, other_l2, "x", "higher tier"),
            (in_l2, self.team_l2, "x", "already"),
            (in_l2, self.team_l1, "x", "higher tier"),
            (solved, self.team_l2, "x", "Reopen"),
            (closed, self.team_l2, "x", "Reopen"),
            (merged, self.team_l2, "x", f"merged into {survivor.ticket_ref}"),
            (self.ticket, other_l2, "x", "does not escalate"),
            (self.ticket | in_l2, self.team_l2, "x", "already"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.escalate(ticket, team, reason=reason)
        self.assertFalse(self.env["helpdesk.escalation"].search([("ticket_id", "in", (self.ticket | in_l2).ids)]))

    def test_product_names_a_target_too(self):
        """R27.a.2: the product's escalation team may take it, and is what the dialog proposes."""
        pusdatin = self.team_l2.copy({"name": "Pusdatin SATUSEHAT"})
        self.product_a.escalation_team_id = pusdatin
        tickets = self.ticket | self.create_ticket()
        wizard = Form(
            self.as_("agent", self.env["helpdesk.escalate"]).with_context(
                active_model="helpdesk.ticket", active_ids=tickets.ids
            )
        )
        self.assertEqual(wizard.team_id, pusdatin)
        self.assertEqual(wizard.allowed_team_ids[:], self.team_l2 | pusdatin)
        wizard.reason = "Outage"
        wizard.reason_id = self.env.ref("kemenkes_helpdesk.escalation_reason_outage")
        wizard.save().action_escalate()
        self.assertEqual(tickets.team_id, pusdatin)
        self.assertEqual(set(tickets.escalation_ids.reason_id.mapped("name")), {"Outage"})

    def test_no_circle_of_teams(self):
        """R27.a.2: teams that would hand tickets round in a circle are refused in a clear sentence, whoever changes."""
        beside = self.team_l2.copy({"name": "L2 B", "escalation_team_ids": False})
        circles = [
            (self.team_l2, {"escalation_team_ids": [(4, self.team_l1.id)]}),
            (self.team_l3, {"escalation_team_ids": [(4, self.team_l1.id)]}),
            (self.team_l2, {"escalation_team_ids": [(4, beside.id)]}),
            (self.team_l2, {"escalation_team_ids": [(4, self.team_l2.id)]}),
            (self.team_l3, {"tier": "2"}),
            (self.team_l1, {"tier": "2"}),
        ]
        for team, values in circles:
            with (
                self.subTest(team=team.name, values=values),
                self.assertRaisesRegex(ValidationError, "higher tier only"),
                self.cr.savepoint(),
            ):
                self.as_("supervisor", team).with_context(lang="en_US").write(values)
        self.as_("supervisor", self.team_l1).escalation_team_ids = self.team_l2 | self.team_l3 | beside

    def test_no_circle_of_a_ticket(self):
        """R27.a.2: the chain of a ticket goes up; back goes a return, which ends the hand-over."""
        self.escalate()
        self.escalate(team=self.team_l3, login="expert", reason="A bug in the product")
        for login, team in (("supervisor", self.team_l3), ("supervisor", self.team_l2), ("supervisor", self.team_l1)):
            with self.subTest(team.name), self.assertRaisesRegex(UserError, "already|higher tier"):
                self.as_(login, self.ticket).with_context(lang="en_US").escalate(team, "Round we go")
        self.as_("supervisor", self.ticket.current_escalation_id).return_back("Not ours")
        self.as_("supervisor", self.ticket.current_escalation_id).return_back("Not ours either")
        self.assertEqual(self.ticket.team_id, self.team_l1)
        self.assertEqual(set(self.ticket.escalation_ids.mapped("state")), {"returned"})

    def test_team_without_targets_escalates_to_any_higher_tier(self):
        """R27.a.2: before anybody set targets, escalation works."""
        self.team_l1.escalation_team_ids = False
        self.assertLessEqual(self.team_l2 | self.team_l3, self.ticket.escalation_team_ids)
        self.assertNotIn(self.team_l1, self.ticket.escalation_team_ids)

    def test_who_may_accept_and_return(self):
        """R27.a.2, R27.c.4: the receiving team, its viewers without a seat, supervisors; nobody else."""
        for method in (lambda one: one.accept(), lambda one: one.return_back("no")):
            with self.subTest(method):
                ticket = self.create_ticket(user_id=self.users["agent"].id)
                escalation = self.escalate(ticket)
                for login in ("agent", "leader", "quality", "viewer"):
                    with self.assertRaises(AccessError):
                        method(self.as_(login, escalation))
        self.team_l2.member_ids |= self.users["viewer"]
        self.as_("viewer", escalation).accept()
        self.assertEqual(escalation.to_user_id, self.users["viewer"])
        self.assertEqual(self.event("escalation_accepted", ticket).user_id, self.users["viewer"])
        self.as_("viewer", escalation).return_back("Not a fault of the platform")
        self.as_("supervisor", self.escalate(ticket)).accept()
        self.assertEqual(ticket.user_id, self.users["supervisor"])

    def test_member_without_the_product_can_not(self):
        """R27.a.3: being in the team does not open another product's ticket."""
        foreign = self.create_ticket(product_id=self.product_b.id)
        escalation = foreign.escalate(self.team_l2, "x")
        with self.assertRaises(AccessError):
            self.as_("expert", escalation).accept()
        with self.assertRaises(AccessError):
            self.as_("agent", foreign).escalate(self.team_l2, "x")

    def test_nobody_writes_hand_overs_by_hand(self):
        """R27.a.2: times and names in the history can't be made up by an agent."""
        escalation = self.escalate()
        with self.assertRaises(AccessError):
            self.as_("agent", escalation).write({"reason": "something else"})
        with self.assertRaises(AccessError):
            self.as_("agent", escalation).create(
                {"ticket_id": self.ticket.id, "to_team_id": self.team_l2.id, "reason": "x"}
            )

    def test_accepting_twice(self):
        """R27.a.2: the second expert is told who has it."""
        escalation = self.escalate()
        self.as_("expert", escalation).accept()
        with self.assertRaisesRegex(UserError, "Test expert has already accepted"):
            self.as_("supervisor", escalation).accept()

    def test_customer_hears_nothing(self):
        """R27.a.2: no message to the customer, and reasons are notes that the portal doesn't show."""
        self.ticket.message_subscribe(self.customer.ids)
        before = self.env["helpdesk.outbox.message"].search_count([("ticket_id", "=", self.ticket.id)])
        mails = self.env["mail.mail"].search_count([])
        escalation = self.escalate()
        self.as_("expert", escalation).return_back("Not ours")
        self.env.flush_all()
        self.assertEqual(self.env["helpdesk.outbox.message"].search_count([("ticket_id", "=", self.ticket.id)]), before)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        notes = self.ticket.message_ids.filtered(lambda message: "503" in message.body or "Not ours" in message.body)
        self.assertEqual(len(notes), 2)
        self.assertTrue(all(note.subtype_id.internal for note in notes))

    def test_moving_by_hand_takes_the_hand_over_along(self):
        """R27.a.2: to another team of the tier: in that team's inbox; down again: taken back."""
        other_l2 = self.team_l2.copy({"name": "Another L2"})
        escalation = self.escalate()
        self.ticket.team_id = other_l2
        self.assertRecordValues(escalation, [{"to_team_id": other_l2.id, "state": "waiting"}])
        self.ticket.team_id = self.team_l1
        self.assertEqual(escalation.state, "withdrawn")
        self.assertTrue(escalation.ended_date)

    def test_time_in_each_tier(self):
        """R27.a.2, R14: each tier has its own clock; solved time belongs to nobody."""
        start = Datetime.now().replace(microsecond=0)
        with freeze_all_time(start):
            ticket = self.create_ticket(user_id=self.users["agent"].id)
        with freeze_all_time(start + timedelta(seconds=100)):
            escalation = self.escalate(ticket)
        with freeze_all_time(start + timedelta(seconds=300)):
            self.as_("expert", escalation).accept()
        with freeze_all_time(start + timedelta(seconds=350)):
            self.as_("expert", escalation).return_back("Not ours")
        with freeze_all_time(start + timedelta(seconds=400)):
            ticket.stage_id = ticket._stage_of("solved")
        with freeze_all_time(start + timedelta(seconds=4000)):
            ticket.invalidate_recordset()
            self.assertRecordValues(ticket, [{"tier_1_seconds": 150, "tier_2_seconds": 250, "tier_3_seconds": 0}])
            self.assertEqual(escalation.waiting_seconds, 200)
            self.assertEqual(escalation.total_seconds, 250)
            self.assertEqual(self.event("escalation_returned", ticket).data["seconds"], 250)


@tagged("post_install", "-at_install")
class TestEscalationNotices(EscalationCase):
    def test_inbox_and_counter(self):
        """R27.a.2: the receiving team sees what waits, and only that; the counter follows."""
        escalation = self.escalate()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_escalation_action_inbox")
        self.assertEqual(action["res_model"], "helpdesk.escalation")
        domain = [
            "|",
            ("to_team_id.member_ids", "in", self.users["expert"].id),
            ("to_team_id.user_id", "=", self.users["expert"].id),
        ]
        self.assertIn(escalation, self.as_("expert", self.env["helpdesk.escalation"]).search(domain))
        counts = self.as_("expert", self.env["helpdesk.escalation"]).get_waiting_counts
        self.assertEqual(counts(), {str(self.team_l2.id): 1})
        self.as_("expert", escalation).accept()
        self.assertEqual(counts(), {})
        self.assertEqual(self.as_("agent", self.env["helpdesk.escalation"]).get_waiting_counts(), {})

    def bus_messages(self, action, user):
        self.env.cr.precommit.run()
        last = self.env["bus.bus"].search([], limit=1, order="id desc").id or 0
        action()
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].search([("id", ">", last)])
        return [one.message for one in sent if f'"res.partner",{user.partner_id.id}' in one.channel.replace(" ", "")]

    def test_one_notice_for_many_tickets(self):
        """R27.a.2: a hundred tickets handed over at once are one notice for each member, and no mail."""
        tickets = self.env["helpdesk.ticket"].union(*[self.create_ticket() for _n in range(5)])
        mails = self.env["mail.mail"].search_count([])
        messages = self.bus_messages(lambda: self.escalate(tickets), self.users["expert"])
        self.assertEqual(sum("simple_notification" in message for message in messages), 1)
        self.assertEqual(sum("helpdesk.escalation/waiting" in message for message in messages), 1)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_silent_team(self):
        """R27.a.2: a team that wants no notices has the counter only."""
        self.team_l2.escalation_notice = "silent"
        messages = self.bus_messages(self.escalate, self.users["expert"])
        self.assertFalse([message for message in messages if "simple_notification" in message])
        self.assertTrue([message for message in messages if "helpdesk.escalation/waiting" in message])

    def test_messages_are_gathered(self):
        """R27.a.2: a team that wants messages gets one for all that came since the last one, and never twice."""
        self.team_l2.escalation_notice = "message"
        for _n in range(3):
            self.escalate(self.create_ticket())

        def notify():
            with self.enter_registry_test_mode():
                self.env.ref("kemenkes_helpdesk.ir_cron_escalation_notice").method_direct_trigger()
            return self.env["mail.message"].search_count(
                [
                    ("model", "=", "helpdesk.team"),
                    ("res_id", "=", self.team_l2.id),
                    ("message_type", "=", "user_notification"),
                ]
            )

        before = self.env["mail.message"].search_count(
            [
                ("model", "=", "helpdesk.team"),
                ("res_id", "=", self.team_l2.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(notify() - before, 1)
        self.assertEqual(notify() - before, 1)

    def test_cost_does_not_grow_with_the_batch(self):
        """R27.a.2: fifty tickets cost as many queries as five, but for rows written in batches."""
        small = self.env["helpdesk.ticket"].union(*[self.create_ticket() for _n in range(5)])
        large = self.env["helpdesk.ticket"].union(*[self.create_ticket() for _n in range(50)])
        self.escalate(self.create_ticket())
        self.env.flush_all()

        def cost(tickets):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.escalate(tickets)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(cost(large), cost(small) + 5)

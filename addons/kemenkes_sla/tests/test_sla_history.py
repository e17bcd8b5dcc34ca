import random

from odoo import Command
from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS

from .sla_common import SlaCase

TICKETS = 25
STEPS = 400
SEEDS = (1, 2, 3)


@tagged("post_install", "-at_install")
class TestSlaHistory(SlaCase):
    """R14: whatever is done with tickets, in whatever order, what is stored is what the ledger says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env.ref("kemenkes_sla.calendar_government")
        cls.tag = cls.env["helpdesk.tag"].create({"name": "VIP"})
        cls.create_policy(minutes=60)
        cls.urgent = cls.create_policy(minutes=15, sequence=1, priority="3")
        cls.create_policy("next_response", minutes=45, pause_waiting_internal=True)
        cls.create_policy("first_touch_resolution", minutes=600, hours="calendar", calendar_id=calendar.id)
        cls.create_policy("tier_resolution", minutes=240, tier="1", tag_ids=cls.tag.ids, sequence=1)
        cls.create_policy("tier_resolution", minutes=480, tier="1")
        cls.create_policy("tier_resolution", minutes=900, tier="2", hours="calendar", calendar_id=calendar.id)
        cls.create_policy("full_resolution", minutes=1440, category_ids=cls.category.ids, sequence=1)
        cls.create_policy("full_resolution", minutes=2880, hours="site")
        cls.site_east.resource_calendar_id = calendar
        cls.env["helpdesk.sla.warning"].create({"sla_id": cls.urgent.id, "percent": 50})

    def test_random_histories(self):
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        for seed in SEEDS:
            with self.subTest(seed=seed), self.cr.savepoint():
                self.play(random.Random(seed))

    def play(self, chance):
        tickets = self.env["helpdesk.ticket"].browse([self.create_ticket().id for _number in range(TICKETS)])
        for step in range(STEPS):
            self.wait(chance.choice((0, 0, 1, 7, 20, 90)))
            ticket = chance.choice(tickets)
            getattr(self, f"do_{chance.choice(self.ACTIONS)}")(ticket, chance, tickets)
            if not step % 40:
                self.sweep()
        self.sweep()
        self.assert_rebuilt(tickets)
        states = set(self.Status.search([("ticket_id", "in", tickets.ids)]).mapped("state"))
        self.assertGreaterEqual(states, {"ongoing", "reached", "failed", "cancelled"})
        for ticket in tickets:
            dues = [one.deadline for one in ticket.sla_status_ids if one.is_open and one.deadline]
            self.assertEqual(ticket.next_due_date, min(dues, default=False))
        breached = self.Status.search([("ticket_id", "in", tickets.ids), ("state", "=", "failed")])
        told = {(ticket.id, target) for ticket in tickets for target, _date in self.breaches(ticket)}
        self.assertLessEqual({(one.ticket_id.id, one.target) for one in breached}, told)

    # WHAT MAY HAPPEN

    ACTIONS = (
        "ask", "ask", "answer", "answer", "answer", "solve", "close", "reopen", "wait", "go_on", "escalate",
        "give_back", "priority", "category", "tags", "site", "customer", "agent", "merge", "unmerge",
    )  # fmt: skip

    def do_ask(self, ticket, _chance, _tickets):
        if not ticket.merged_into_id:
            self.customer_says(ticket, "Hello?")

    def do_answer(self, ticket, _chance, _tickets):
        if not ticket.merged_into_id and ticket.site_id == self.site:
            self.agent_says(ticket, "Hello", login="manager")

    def do_solve(self, ticket, _chance, _tickets):
        ticket.filtered(lambda one: not one.merged_into_id).action_solve()

    def do_close(self, ticket, _chance, _tickets):
        ticket.filtered(lambda one: not one.merged_into_id).action_close()

    def do_reopen(self, ticket, _chance, _tickets):
        ticket.filtered(lambda one: not one.merged_into_id).action_reopen()

    def do_wait(self, ticket, _chance, _tickets):
        ticket.action_wait_for_customer()

    def do_go_on(self, ticket, _chance, _tickets):
        ticket.action_continue()

    def do_escalate(self, ticket, _chance, _tickets):
        if ticket.tier == "1" and ticket.stage_kind not in DONE_KINDS and not ticket.merged_into_id:
            ticket.escalate(self.team_l2, "Server")

    def do_give_back(self, ticket, _chance, _tickets):
        if ticket.current_escalation_id:
            ticket.current_escalation_id.with_user(self.users["manager"]).return_back("Done")

    def do_priority(self, ticket, chance, _tickets):
        ticket.priority = chance.choice("0123")

    def do_category(self, ticket, chance, _tickets):
        ticket.category_id = chance.choice((self.category_otp.id, False))

    def do_tags(self, ticket, chance, _tickets):
        ticket.tag_ids = chance.choice(([Command.link(self.tag.id)], [Command.clear()]))

    def do_site(self, ticket, chance, _tickets):
        ticket.site_id = chance.choice((self.site, self.site, self.site_east))

    def do_customer(self, ticket, chance, _tickets):
        ticket.partner_id = chance.choice((self.customer.id, self.users["agent"].partner_id.id))

    def do_agent(self, ticket, chance, _tickets):
        ticket.user_id = chance.choice((self.users["agent"].id, self.users["leader"].id, False))

    def do_merge(self, ticket, chance, tickets):
        target = chance.choice(tickets)
        if target != ticket and not ticket.merged_into_id and target._survivor() != ticket:
            ticket.merge_into(target)

    def do_unmerge(self, ticket, _chance, _tickets):
        if ticket.merged_into_id:
            ticket.unmerge()

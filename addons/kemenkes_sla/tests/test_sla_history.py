import random
from types import SimpleNamespace

from odoo.tests import tagged

from .random_history import RandomHistory, create_policies, find_differences
from .sla_common import SlaCase

TICKETS = 25
STEPS = 400
SEEDS = (1, 2)


@tagged("post_install", "-at_install")
class TestSlaHistory(SlaCase):
    """R14: whatever is done with tickets, in whatever order, what is stored is what the ledger says.

    The same with 10,000 tickets: tests/acceptance/sla_history.py.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        budi, wati = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name}@customer.example"} for name in ("budi", "wati")]
        )
        cls.world = SimpleNamespace(
            team_l2=cls.team_l2,
            sites=(cls.site, cls.site, cls.site_east),
            category=cls.category_otp,
            tag=cls.env["helpdesk.tag"].create({"name": "VIP"}),
            customers=(cls.customer, budi, wati),
            agents=cls.users["operation_manager"] | cls.users["manager"],
        )
        create_policies(cls.env, cls.world)

    def test_random_histories(self):
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        for seed in SEEDS:
            with self.subTest(seed=seed), self.cr.savepoint():
                self.play(random.Random(seed))

    def play(self, chance):
        history = RandomHistory(self.env, self.world, chance)
        tickets = self.env["helpdesk.ticket"].browse([self.create_ticket().id for _number in range(TICKETS)])
        for step in range(STEPS):
            self.wait(chance.choice((0, 0, 1, 7, 20, 90)))
            history.do_something(chance.choice(tickets), tickets)
            if not step % 40:
                self.sweep()
        self.sweep()
        self.assertEqual(find_differences(self.env, tickets), [])
        states = set(self.Status.search([("ticket_id", "in", tickets.ids)]).mapped("state"))
        self.assertGreaterEqual(states, {"ongoing", "reached", "failed", "cancelled"})

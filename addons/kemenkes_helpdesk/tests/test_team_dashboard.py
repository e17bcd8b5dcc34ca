from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.helpdesk_team_queue import QUEUE_FILTERS
from .common import HelpdeskCase

# A key of the queue → the field that counts it on the card.
COUNTS = {
    "open": "open_ticket_count",
    "unassigned": "unassigned_ticket_count",
    "mine": "my_ticket_count",
    "waiting": "waiting_ticket_count",
    "waiting_customer": "waiting_customer_ticket_count",
    "overdue": "overdue_ticket_count",
    "solved_today": "solved_today_ticket_count",
}
LEADERS = ("leader", "supervisor", "operation_manager", "manager")


@tagged("post_install", "-at_install")
class TestTeamDashboard(HelpdeskCase):
    """R27.a.1: the first page of who leads: how full each team's queues are, each figure a click into its tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        cls.create_ticket()
        cls.create_ticket(user_id=cls.users["agent"].id)
        cls.waiting = cls.create_ticket(user_id=cls.users["leader"].id)
        cls.customer_says(cls.waiting, "Halo?")
        cls.late = cls.create_ticket(user_id=cls.users["leader"].id)
        cls.late.next_due_date = now - timedelta(hours=1)
        cls.create_ticket(user_id=cls.users["agent"].id).action_wait_for_customer()
        cls.create_ticket(user_id=cls.users["agent"].id).action_solve()
        cls.old = cls.create_ticket(user_id=cls.users["agent"].id)
        cls.old.action_solve()
        cls.old.solved_date = now - timedelta(days=3)
        cls.create_ticket(product_id=cls.product_b.id)
        cls.escalated = cls.create_ticket(user_id=cls.users["agent"].id)
        cls.escalated.with_user(cls.users["agent"]).escalate(cls.team_l2, "Bukan wewenang L1")
        cls.env.flush_all()

    def team(self, login):
        return self.team_l1.with_user(self.users[login])

    def counts(self, login):
        team = self.team(login)
        return {queue: team[name] for queue, name in COUNTS.items()}

    def tickets_behind(self, action, login):
        """The tickets that the screen shows: the action's domain, and the filters that it starts with."""
        search_view = self.env["helpdesk.ticket"].with_user(self.users[login]).get_view(action["search_view_id"][0])
        filters = {node.get("name"): node for node in etree.fromstring(search_view["arch"]).iter("filter")}
        domain = Domain(action["domain"])
        for key, value in action["context"].items():
            if not key.startswith("search_default_"):
                continue
            name = str(value).removeprefix("custom_") if isinstance(value, str) else key.removeprefix("search_default_")
            domain &= Domain(safe_eval(filters[name].get("domain"), {"uid": self.users[login].id}))
        return self.env["helpdesk.ticket"].with_user(self.users[login]).search(domain)

    def test_counts_by_role(self):
        same_for_all = {"waiting": 1, "waiting_customer": 1, "overdue": 1, "solved_today": 1}
        mine = {"agent": 2, "leader": 2}
        for login in ("agent", "leader", "supervisor", "quality", "operation_manager"):
            # the ticket of product B is counted for who sees everything
            more = login == "operation_manager"
            self.assertEqual(
                self.counts(login),
                {**same_for_all, "open": 5 + more, "unassigned": 1 + more, "mine": mine.get(login, 0)},
                login,
            )

    def test_each_click_shows_as_many_tickets_as_its_figure_says(self):
        self.assertEqual(set(COUNTS), set(QUEUE_FILTERS))
        for login in ("agent", "leader", "operation_manager"):
            team = self.team(login)
            for queue, count in self.counts(login).items():
                action = team.with_context(queue=queue).action_view_queue()
                self.assertEqual(len(self.tickets_behind(action, login)), count, f"{queue} of {login}")
            action = team.action_view_escalated()
            self.assertEqual(self.tickets_behind(action, login), self.escalated, login)
            self.assertEqual(team.escalated_ticket_count, 1, login)

    def test_filters_of_one_queue_narrow_each_other(self):
        """Filters that stand together in the search view are alternatives: two of one queue must not."""
        arch = etree.fromstring(self.env["helpdesk.ticket"].get_view(view_type="search")["arch"])
        groups, group = {}, 0
        for node in arch:
            group += node.tag == "separator"
            if node.tag == "filter":
                groups[node.get("name")] = group
        together = [
            *QUEUE_FILTERS.values(),
            {"unassigned": 1, "my_teams": 1, "open": 1},
            {"mine": 1, "waiting": 1},
            {"mine": 1, "open": 1},
        ]
        for filters in together:
            self.assertEqual(len({groups[name] for name in filters}), len(filters), filters)

    def test_longest_wait_and_escalations_of_the_receiving_team(self):
        self.waiting.waiting_since = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        self.assertEqual(self.team("leader").oldest_waiting_since, self.waiting.waiting_since)
        receiving = self.team_l2.with_user(self.users["expert"])
        self.assertEqual(receiving.incoming_escalation_count, 1)
        action = receiving.action_view_incoming_escalations()
        found = self.env["helpdesk.escalation"].with_user(self.users["expert"]).search(action["domain"])
        self.assertEqual(found.ticket_id, self.escalated)

    def test_all_cards_cost_the_same_as_one(self):
        names = [*COUNTS.values(), "oldest_waiting_since", "escalated_ticket_count", "incoming_escalation_count"]
        teams = (self.team_l1 | self.team_l2 | self.team_l3).with_user(self.users["leader"])
        teams[:1].read(names)  # rules and groups of the account are cached
        self.env.invalidate_all()
        # one for the cards' teams, one each for open, mine, overdue, solved, escalated and incoming
        with self.assertQueryCount(7):
            teams.read(names)

    def test_it_is_the_first_page_of_those_who_lead(self):
        dashboard = self.env.ref("kemenkes_helpdesk.helpdesk_team_menu_dashboard")
        root = self.env.ref("kemenkes_helpdesk.menu_root")
        for login, user in self.users.items():
            if login == "viewer":
                continue
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            first = menus[root.id]["children"][0]
            self.assertEqual(first == dashboard.id, login in LEADERS, login)
            if login in LEADERS:
                opened = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)[root.id]["actionID"]
                self.assertEqual(opened, dashboard.action.id, login)

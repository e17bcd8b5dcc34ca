from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.tests.parallel_common import ParallelCase

from ..models.helpdesk_distribution import LOCK

AGENTS = 4
CAPACITY = 2
# Columns by which the rows of these tests are found again.
TABLES = (
    ("helpdesk_offer", "user_id"),
    ("helpdesk_agent_interval", "user_id"),
    ("helpdesk_agent_session", "user_id"),
)


@tagged("post_install", "-at_install")
class TestDistributionParallel(ParallelCase):
    """R23.b.1, R24.c: several processes hand out at once; no ticket goes to two agents, no agent gets too much."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.clean_up)
        with self.transaction() as env:
            self.site = env["helpdesk.site"].create({"name": self.mark, "code": self.mark}).id
            users = (
                env["res.users"]
                .with_context(no_reset_password=True)
                .create([self.person(env, number) for number in range(AGENTS)])
            )
            self.users = users.ids
            values = {"distribution_rule": "least_loaded", "distribution_mode": "direct", "member_ids": self.users}
            self.team = env["helpdesk.team"].create({"name": self.mark, "site_id": self.site, **values}).id
            place = {"site_id": self.site, "team_id": self.team}
            self.channel = env["helpdesk.channel"].create({"name": self.mark, "kind": "api", **place}).id
            env["helpdesk.capacity"].create(
                [
                    {"channel_kind": "api", "user_id": user_id, "maximum": CAPACITY, "weight": 50}
                    for user_id in self.users
                ]
            )

    def person(self, env, number):
        login = f"{number}@{self.mark}.example"
        group = env.ref("kemenkes_helpdesk.group_agent")
        return {"name": login, "login": login, "group_ids": [(4, group.id)], "helpdesk_site_ids": [(4, self.site)]}

    def clean_up(self):
        with self.transaction() as env:
            for table, column in TABLES:
                env.cr.execute(
                    SQL("DELETE FROM %s WHERE %s = ANY(%s)", SQL.identifier(table), SQL.identifier(column), self.users)
                )
            self.remove_tickets(env, env["helpdesk.channel"].browse(self.channel))
            env["helpdesk.team"].browse(self.team).unlink()
            chains = [-user_id for user_id in self.users]
            self.remove_from_ledger(env, SQL("chain = ANY(%s)", chains))
            env["helpdesk.capacity"].search([("user_id", "in", self.users)]).unlink()
            env["res.users"].browse(self.users).unlink()
            env["helpdesk.site"].browse(self.site).unlink()
            env.cr.postcommit.clear()

    def create_tickets(self, count):
        """Tickets that wait; what they would set going is left to the test."""
        with self.transaction() as env:
            values = {"name": self.mark, "team_id": self.team, "site_id": self.site, "channel_id": self.channel}
            tickets = env["helpdesk.ticket"].create([values] * count)
            env.cr.postcommit.clear()
            return tickets.ids

    def start_work(self, *numbers):
        with self.transaction() as env:
            env["res.users"].browse([self.users[number] for number in numbers])._start_work()
            env.cr.postcommit.clear()

    def run_distribution(self):
        with self.transaction() as env:
            return env["helpdesk.distribution"]._run(self.registry, 60)

    def check(self):
        """Each ticket is with one agent or waits, the ledger knows it, and nobody has more than the capacity.

        :return: ``{agent: count}``
        """
        with self.transaction() as env:
            tickets = env["helpdesk.ticket"].search([("team_id", "=", self.team)])
            counts = Counter(tickets.user_id.id for tickets in tickets if tickets.user_id)
            for ticket in tickets:
                self.assertEqual(bool(ticket.user_id), not ticket.queue_date)
                rows = env["helpdesk.event"].search([("ticket_id", "=", ticket.id)], order="id")
                given = rows.filtered(lambda row: row.kind == "distributed")
                back = rows.filtered(lambda row: row.kind == "taken_back")
                self.assertEqual(len(given) - len(back), 1 if ticket.user_id else 0)
                if ticket.user_id:
                    self.assertEqual(given[-1].target_user_id, ticket.user_id)
        self.assertLessEqual(max(counts.values(), default=0), CAPACITY)
        return counts

    def test_four_at_once(self):
        self.create_tickets(11)
        self.start_work(*range(AGENTS))
        handed_out = self.at_once(*[self.run_distribution] * 4)
        self.assertEqual(sum(handed_out), AGENTS * CAPACITY)
        self.assertEqual(set(self.check().values()), {CAPACITY})

    def test_what_comes_meanwhile(self):
        """A process that finds another one at work goes on; its sign makes that one look again before it stops."""
        self.create_tickets(1)
        self.start_work(0)
        distribution = self.registry["helpdesk.distribution"]
        plan = distribution._plan
        others = []

        def plan_while_more_comes(model):
            decisions = plan(model)
            if not others:
                self.create_tickets(1)
                others.append(self.run_distribution())
            return decisions

        with patch.object(distribution, "_plan", plan_while_more_comes):
            self.assertEqual(self.run_distribution(), 2)
        self.assertEqual(others, [0])

    def test_killed_process(self):
        """The lock ends with the connection of the process that held it."""
        self.create_tickets(1)
        self.start_work(0)
        killed = self.registry.cursor()
        killed.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        self.assertEqual(self.run_distribution(), 0)
        killed._cnx.close()
        self.assertEqual(self.run_distribution(), 1)
        self.check()

    def test_leaving_at_the_same_moment(self):
        """Whoever is first: afterwards nothing waits with somebody who is gone."""
        self.create_tickets(6)
        self.start_work(0, 1)

        def leave():
            self.replayed(lambda env: env["res.users"].browse(self.users[0])._end_work("agent"))

        self.at_once(leave, self.run_distribution, self.run_distribution)
        self.run_distribution()
        counts = self.check()
        self.assertEqual(counts, {self.users[1]: CAPACITY})

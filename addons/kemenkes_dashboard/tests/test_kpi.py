import random
from collections import Counter
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.indicators import DIMENSIONS, INDICATORS, MEASURES
from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestGoldenMonth(KpiCase):
    """R12.a, R16.a.1 to R16.a.6: forty tickets of a month, with every figure worked out by hand.

    ====== ===== ======== ================ ============= ============== =========================================
    number site  product  came in          first reply   replies        solved
    ====== ===== ======== ================ ============= ============== =========================================
    20     WIB   A        2 March 09.00    after 30 min  1              after 2 h; 10 min of work on each
    10     WIB   A        3 March 10.00    after 90 min  2 (180 min)    after 4 h
    5      WIT   A        2 March 23.30    after 60 min  1 (3 March)    after 90 min (3 March, 01.00)
    3      WIB   B        5 March 09.00    after 10 min  1              after 1 h; again 7 March 10.00, after 49 h
    2      WIB   B        9 March 09.00    never         0              never; one to the next tier and back
    ====== ===== ======== ================ ============= ============== =========================================
    """

    def setUp(self):
        super().setUp()
        self.first = self.create_first()
        self.create_second()
        self.create_third()
        self.create_fourth()
        self.fifth = self.create_fifth()
        self.go(datetime(2026, 3, 31, 5, 0))
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: True):
            self.env["helpdesk.sla.status"]._cron_sweep()
        self.count()

    def create_first(self):
        self.go(datetime(2026, 3, 2, 2, 0))
        tickets = self.create_some(20)
        self.wait(30)
        self.all_say(tickets)
        self.wait(90)
        self.env["helpdesk.event"]._record(
            [{"kind": "handled", "ticket_id": ticket.id, "data": {"seconds": 600}} for ticket in tickets]
        )
        self.solve(tickets)
        self.rate(tickets)
        return tickets

    def rate(self, tickets):
        """Eight are asked; four answer: 5, 5, 4 and 2 stars."""
        requests = self.env["helpdesk.csat.request"].sudo().search([("ticket_id", "in", tickets.ids)], limit=8)
        requests.write({"state": "sent", "sent_date": self.now})
        for request, stars in zip(requests, (5, 5, 4, 2), strict=False):
            request._answer(stars)

    def create_second(self):
        self.go(datetime(2026, 3, 3, 3, 0))
        tickets = self.create_some(10)
        self.wait(90)
        self.all_say(tickets)
        self.wait(90)
        self.all_say(tickets)
        self.wait(60)
        self.solve(tickets)

    def create_third(self):
        self.go(datetime(2026, 3, 2, 14, 30))
        tickets = self.create_some(5, site_id=self.site_east.id)
        self.wait(60)
        self.all_say(tickets.with_user(self.users["agent"]))
        self.wait(30)
        self.solve(tickets)

    def create_fourth(self):
        self.go(datetime(2026, 3, 5, 2, 0))
        tickets = self.create_some(3, product_id=self.product_b.id)
        self.wait(10)
        self.all_say(tickets)
        self.wait(50)
        self.solve(tickets)
        self.go(datetime(2026, 3, 6, 3, 0))
        self.reopen(tickets)
        self.go(datetime(2026, 3, 7, 3, 0))
        self.solve(tickets)

    def create_fifth(self):
        self.go(datetime(2026, 3, 9, 2, 0))
        tickets = self.create_some(2, product_id=self.product_b.id)
        self.go(datetime(2026, 3, 10, 2, 0))
        escalation = tickets[0].escalate(self.team_l2, "Log says 503")
        self.wait(30)
        escalation.accept()
        escalation.return_back("Cache emptied")
        return tickets

    def test_figures_of_the_month(self):
        """R12.a, R16.a.1 to R16.a.6: the month is made once and looked at from all sides."""
        for check in (
            self.check_counts,
            self.check_sums,
            self.check_promises,
            self.check_satisfaction,
            self.check_indicators,
            self.check_days_are_those_of_the_site,
            self.check_any_breakdown_adds_up,
            self.check_asked_by_few_things,
            self.check_backlog_asked_by_few_things,
            self.check_tickets_behind_a_figure,
            self.check_backlog,
            self.check_counted_anew_is_the_same,
        ):
            with self.subTest(check.__name__):
                check()

    def test_what_comes_later(self):
        """R12.a, R16.a.5: changes of the past, a merge, days without events."""
        self.check_late_changes_correct_the_past()
        self.check_merged_came_in_and_was_not_solved()
        self.check_day_after_day()

    def check_counts(self):
        """R12.a: how many came in, were answered, solved, reopened, handed over."""
        names = ("created", "message_out", "solved", "reopened", "escalated", "returned")
        self.assertEqual(self.sums(*names), (40, 20 + 20 + 5 + 3, 38 + 3, 3, 1, 1))

    def check_sums(self):
        """R16.a.1, R16.a.3: seconds are sums; a ticket solved again counts once, by its last solution."""
        self.assertEqual(
            self.sums("first_response_count", "first_response_seconds"),
            (38, 20 * 1800 + 10 * 5400 + 5 * 3600 + 3 * 600),
        )
        self.assertEqual(
            self.sums("resolution_count", "resolution_seconds"), (38, 20 * 7200 + 10 * 14400 + 5 * 5400 + 3 * 176400)
        )
        self.assertEqual(self.sums("handling_count", "handling_seconds"), (20, 12000))
        self.assertEqual(self.sums("first_contact_count", "one_reply_count"), (38, 25))

    def check_promises(self):
        """R16.a.1: an hour to the first reply; sixty minutes are in time, ninety and never are late."""
        self.assertEqual(self.sums("first_response_met", "first_response_breached"), (28, 12))
        self.assertEqual(self.sums("first_response_breached", date=date(2026, 3, 9)), 2)

    def check_satisfaction(self):
        """R16.a.2: stars, and how many of those asked answered."""
        self.assertEqual(self.sums("csat_asked", "csat_count", "csat_sum"), (8, 4, 16))

    def check_indicators(self):
        """R16.a: quotients of sums, never means of means."""
        self.assertEqual(
            self.indicators(
                "first_response_minutes", "resolution_hours", "handling_minutes", "first_contact_percent",
                "first_response_percent", "csat_score", "csat_response_percent", "reopened_percent",
                "escalated_percent", "qa_percent",
            ),
            [48.16, 6.17, 10.0, 65.79, 70.0, 4.0, 50.0, 7.32, 2.5, False],
        )  # fmt: skip
        self.assertEqual(self.indicators("first_response_percent", product_id=self.product_b.id), [60.0])

    def check_days_are_those_of_the_site(self):
        """R12.a: 23.30 in Jayapura is the 2nd; a reply an hour later is of the 3rd there, of the 2nd in Jakarta."""
        east = {"site_id": self.site_east.id}
        self.assertEqual(self.sums("created", date=date(2026, 3, 2), **east), 5)
        self.assertEqual(self.sums("first_response_count", "solved", date=date(2026, 3, 3), **east), (5, 5))
        self.assertEqual(self.sums("created", date=date(2026, 3, 2), site_id=self.site.id), 20)

    def check_any_breakdown_adds_up(self):
        """R12.a: by site, team, agent, tier, product, channel, category or day, the parts add up to the whole."""
        domain = [("site_id", "in", self.sites.ids), ("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")]
        total = self.sums(*MEASURES)
        for dimension in (*DIMENSIONS, "date:day", "date:week", "date:month"):
            groups = self.env["helpdesk.kpi.day"]._read_group(domain, [dimension], [f"{name}:sum" for name in MEASURES])
            self.assertEqual(tuple(map(sum, zip(*[row[1:] for row in groups], strict=True))), total, dimension)

    def check_asked_by_few_things(self):
        """R12.a: the report gives what the rows of the days give, whatever it is told apart by."""
        domain = [("site_id", "in", self.sites.ids), ("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")]
        sums = [f"{name}:sum" for name in MEASURES]
        report, days = self.env["helpdesk.kpi.report"], self.env["helpdesk.kpi.day"]
        for groupby in [[], *([one, "date:week"] for one in DIMENSIONS)]:
            question = (domain, groupby, sums)
            self.assertEqual(report._read_group(*question), days._read_group(*question), groupby)
        for table, by in (
            ("helpdesk_kpi_agent_day", ["date:month", "user_id", "team_id"]),
            ("helpdesk_kpi_team_day", ["date:month", "product_id"]),
            ("helpdesk_kpi_day", ["date:month", "category_id"]),
        ):
            with self.assertQueriesContain([f'FROM "{table}"']):
                report._read_group(domain, by, ["created:sum"])
        [[team, created, count]] = report._read_group([*domain, ("created", ">", 1)], ["team_id"], [sums[0], "__count"])
        rows = report.search([*domain, ("created", ">", 1)])
        self.assertEqual((team, created, count), (rows.team_id, sum(rows.mapped("created")), len(rows)))
        for group in report.web_read_group(domain, ["team_id"], ["created:sum"])["groups"]:
            rows = report.search([*domain, *group["__extra_domain"]])
            self.assertEqual((group["created:sum"], group["__count"]), (sum(rows.mapped("created")), len(rows)))

    def check_backlog_asked_by_few_things(self):
        """R16.a.5: asked by few things, the backlog is added up before names are looked for, and the same it is."""
        domain = [("site_id", "in", self.sites.ids), ("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")]
        backlog = self.env["helpdesk.backlog.day"]
        rows = backlog.search(domain)
        for name in ("age", *DIMENSIONS):
            expected = Counter()
            for row in rows:
                expected[row[name], row.date] += row.open_count
            with self.assertQueriesContain(['FROM "helpdesk_backlog_day" GROUP BY']):
                groups = backlog._read_group(domain, [name, "date:day"], ["open_count:sum"])
            self.assertEqual({(key, day): count for key, day, count in groups}, expected, name)

    def check_tickets_behind_a_figure(self):
        """R12.a: a row opens the tickets it is made of, those alone."""
        row = self.env["helpdesk.kpi.report"].search(
            [("date", "=", "2026-03-09"), ("created", "=", 2), ("site_id", "=", self.site.id)]
        )
        tickets = self.env["helpdesk.ticket"].search(row.action_open_tickets()["domain"])
        self.assertEqual(tickets, self.fifth)
        facts = self.env["helpdesk.kpi.fact"].search([("date", "=", "2026-03-03"), ("site_id", "=", self.site.id)])
        self.assertEqual(sum(facts.mapped("created")), 10)

    def check_backlog(self):
        """R16.a.5: what was open at the end of each day, and how old."""
        self.assertEqual(self.backlog(date(2026, 3, 2)), [(self.site_east, "0", 5)])
        self.assertEqual(self.backlog(date(2026, 3, 3)), [])
        self.assertEqual(self.backlog(date(2026, 3, 6)), [(self.site, "1", 3)])
        self.assertEqual(self.backlog(date(2026, 3, 7)), [])
        self.assertEqual(self.backlog(date(2026, 3, 9)), [(self.site, "0", 2)])
        for day, age in ((10, "1"), (11, "3"), (12, "3"), (13, "7"), (16, "7"), (17, "30"), (31, "30")):
            self.assertEqual(self.backlog(date(2026, 3, day)), [(self.site, age, 2)], day)
        row = self.env["helpdesk.backlog.day"].search(
            [("date", "=", "2026-03-12"), ("site_id", "=", self.site.id)], limit=1
        )
        self.assertLessEqual(self.env["helpdesk.ticket"].search(row.action_open_tickets()["domain"]), self.fifth)

    def backlog(self, day):
        return self.env["helpdesk.backlog.day"]._read_group(
            [("site_id", "in", self.sites.ids), ("date", "=", day)], ["site_id", "age"], ["open_count:sum"]
        )

    def check_day_after_day(self):
        """R16.a.5: a day with no event in it has its backlog all the same."""
        self.go(datetime(2026, 4, 3, 5, 0))
        self.Kpi._count([])
        self.assertEqual(self.backlog(date(2026, 4, 3)), [(self.site, "30", 1), (self.site, "more", 1)])
        self.assert_rebuilt()

    def check_counted_anew_is_the_same(self):
        """R16.a: every row of every table, from the ledger alone."""
        self.assert_rebuilt()

    def check_late_changes_correct_the_past(self):
        """R12.a: a category put right counts in the past; a solution taken back counts no longer."""
        self.first[:2].category_id = self.category_otp
        self.reopen(self.first[2])
        self.count(self.first)
        self.assertEqual(self.sums("created", category_id=self.category_otp.id), 2)
        self.assertEqual(self.sums("resolution_count"), 37)
        self.assertEqual(self.sums("solved"), 41, "it was solved that day")
        self.assert_rebuilt()

    def check_merged_came_in_and_was_not_solved(self):
        """R12.a: a merged ticket is one that came in; its backlog ends, and nobody is credited with a solution."""
        self.fifth[1].merge_into(self.fifth[0])
        self.count(self.fifth)
        self.assertEqual(self.sums("created", "solved"), (40, 41))
        self.assertEqual(self.backlog(date(2026, 3, 31)), [(self.site, "30", 2)], "one of the fifth, one opened again")
        self.assert_rebuilt()


@tagged("post_install", "-at_install")
class TestKpi(KpiCase):
    """R12.a, R16.a: how figures are kept up, and who sees them."""

    def test_the_job_reads_on_where_it_stopped(self):
        """R16.a: what happened since the last time is counted once, whatever has been counted before."""
        ticket = self.create_some(1)
        self.refresh()
        self.assertEqual(self.sums("created"), 1)
        self.refresh()
        self.agent_says(ticket, "Silakan coba lagi.")
        self.refresh()
        self.assertEqual(self.sums("created", "message_out"), (1, 1))

    def test_changes_without_a_row_in_the_ledger(self):
        """R16.a.1: a breach that the sweep finds, one that is excused, an evaluation, an offer, a label put right."""
        ticket = self.create_some(1)
        self.customer_says(ticket, "Aplikasi buruk sekali, mengecewakan!")
        self.refresh()
        self.wait(120)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: True):
            self.env["helpdesk.sla.status"]._cron_sweep()
        self.refresh()
        self.assertEqual(self.sums("first_response_breached"), 1)
        clock = self.env["helpdesk.sla.status"].search([("ticket_id", "=", ticket.id)])
        excuse = (
            self.env["helpdesk.sla.excuse"].with_user(self.users["leader"])._ask(clock, "force_majeure", "No power")
        )
        excuse.with_user(self.users["operation_manager"]).action_approve()
        self.refresh()
        self.assertEqual(self.sums("first_response_breached"), 0)
        events = self.env["helpdesk.event"].sudo().search_read([("ticket_id", "=", ticket.id)])
        label = self.env["helpdesk.sentiment"]._score_events(
            [
                {**event, **{name: event[name] and event[name][0] for name in event if name.endswith("_id")}}
                for event in events
            ]
        )
        self.refresh()
        self.assertEqual(self.sums("sentiment_negative"), 1)
        label.corrected_label = "neutral"
        self.refresh()
        self.assertEqual(self.sums("sentiment_negative", "sentiment_neutral"), (0, 1))
        self.assert_rebuilt()

    def test_quality_and_offers(self):
        """R16.a.4: published evaluations, and offers that were answered."""
        evaluation = self.published(right=5)
        offers = [
            {"ticket_id": self.ticket.id, "user_id": self.users["agent"].id, "site_id": self.site.id, "state": state,
             "offered_date": self.now, "expire_date": self.now, "answer_date": answered}
            for state, answered in (
                ("accepted", self.now), ("rejected", self.now), ("withdrawn", self.now), ("open", False)
            )
        ]  # fmt: skip
        self.env["helpdesk.offer"].sudo().create(offers)
        self.count(self.ticket)
        self.assertEqual(self.sums("qa_count", "qa_sum", "offered", "rejected"), (1, evaluation.score, 2, 1))
        self.assertEqual(self.indicators("reject_percent"), [50.0])

    def test_any_history_counted_bit_by_bit(self):
        """R16.a: after each step of random histories, what is kept up is what is counted from the beginning."""
        chance = random.Random(7)
        tickets = self.create_some(4)
        steps = (
            lambda ticket: self.agent_says(ticket, "Silakan coba lagi."),
            lambda ticket: self.customer_says(ticket, "Masih sama."),
            self.solve,
            self.reopen,
            lambda ticket: ticket.write({"site_id": chance.choice(self.sites.ids)}),
            lambda ticket: ticket.write({"user_id": chance.choice([False, self.users["leader"].id])}),
            lambda ticket: ticket.write({"category_id": chance.choice([False, self.category.id])}),
        )
        for _number in range(40):
            self.wait(minutes=chance.randrange(1, 2000))
            ticket = chance.choice(tickets)
            chance.choice(steps)(ticket)
            if chance.random() < 0.5:
                self.count(tickets)
        self.count(tickets | self.ticket)
        self.assert_rebuilt()

    def test_who_sees_which_figures(self):
        """R7: agents their own, leaders their teams', supervisors their sites', operation managers all."""
        ticket = self.create_some(1)
        elsewhere = self.create_some(1, site_id=self.site_east.id, team_id=self.team_l2.id)
        elsewhere.user_id = self.users["expert"]
        self.all_say(ticket)
        self.count()
        seen = {
            role: self.env["helpdesk.kpi.report"]
            .with_user(self.users[role])
            .search([("site_id", "in", self.sites.ids), ("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")])
            for role in ("agent", "expert", "leader", "supervisor", "operation_manager")
        }
        for role, rows in seen.items():
            # searched by rows, asked by sums
            [[created, replies]] = rows._read_group(
                [("site_id", "in", self.sites.ids), ("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")],
                [],
                ["created:sum", "message_out:sum"],
            )
            self.assertEqual((created, replies), (sum(rows.mapped("created")), sum(rows.mapped("message_out"))), role)
        self.assertEqual(seen["agent"].user_id, self.users["agent"])
        self.assertEqual(seen["leader"].team_id, self.team_l1)
        self.assertEqual(seen["supervisor"].site_id, self.site)
        self.assertEqual(seen["operation_manager"].site_id, self.sites)
        with self.assertRaises(AccessError):
            self.env["helpdesk.kpi.report"].with_user(self.users["viewer"]).search([])

    def test_definitions(self):
        """R16.a: each figure has a field with a name and an explanation, and is made of what is counted."""
        report = self.env["helpdesk.kpi.report"]
        for name, indicator in INDICATORS.items():
            self.assertTrue(report._fields[name].help, name)
            self.assertLessEqual({*indicator.numerator, *indicator.denominator}, set(MEASURES))
        self.assertEqual(set(MEASURES) - set(report._fields), set())
        self.assertEqual(timedelta(minutes=1).total_seconds() * INDICATORS["first_response_minutes"].factor, 1)

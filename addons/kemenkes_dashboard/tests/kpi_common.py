from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.kemenkes_helpdesk.tests.clock_common import ClockCase
from odoo.addons.kemenkes_qa.tests.qa_common import QaCase

from ..tools.indicators import DAY_TABLES, DIMENSIONS, MEASURES


def store_days(env, rows):
    """Have figures of days as if they had been counted.

    :param list rows: values of ``helpdesk.kpi.day``
    """
    env["helpdesk.kpi.day"].create(rows)
    env["helpdesk.kpi"]._add_up_days()


class KpiStoredCase(TransactionCase):
    """What is stored, compared with what is counted anew."""

    def stored(self):
        """All rows of the tables, comparable."""
        columns = {
            "helpdesk_kpi_fact": ("ticket_id", "date", *DIMENSIONS, *MEASURES),
            **{table: ("date", *dimensions, *MEASURES) for table, dimensions in DAY_TABLES.items()},
            "helpdesk_backlog_span": ("ticket_id", "created_date", "first_date", "end_date", *DIMENSIONS),
            "helpdesk_backlog_day": ("date", "age", *DIMENSIONS, "open_count", "age_days"),
        }
        rows = {}
        for table, names in columns.items():
            self.env.cr.execute(f"SELECT {', '.join(names)} FROM {table}")  # pylint: disable=sql-injection
            rows[table] = sorted(self.env.cr.fetchall(), key=repr)
        return rows

    def assert_rebuilt(self):
        """Counted anew from the beginning, every row is the same."""
        before = self.stored()
        self.env["helpdesk.kpi"]._rebuild()
        after = self.stored()
        for table, rows in before.items():
            self.assertEqual(rows, after[table], table)


class KpiCase(KpiStoredCase, ClockCase, QaCase):
    """Figures of two sites, counted over what a test lets happen in March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.sla"].search([]).active = False
        cls.policy = cls.env["helpdesk.sla"].create(
            {"name": "Answer in an hour", "target": "first_response", "minutes": 60, "active": True}
        )
        cls.Kpi = cls.env["helpdesk.kpi"]
        cls.sites = cls.site | cls.site_east

    def setUp(self):
        super().setUp()
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-60 * 24)
        self.tickets = self.env["helpdesk.ticket"]

    def go(self, moment):
        """Let time pass until a moment (naive UTC)."""
        self.env.flush_all()
        self.now = moment

    def create_some(self, count, **values):
        tickets = self.env["helpdesk.ticket"]
        for _number in range(count):
            tickets |= self.create_ticket(user_id=self.users["agent"].id, **values)
        self.tickets |= tickets
        return tickets

    def all_say(self, tickets):
        for ticket in tickets:
            self.agent_says(ticket, "Silakan coba lagi.")

    def solve(self, tickets):
        tickets.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")

    def reopen(self, tickets):
        tickets.stage_id = self.env["helpdesk.stage"]._get_by_kind("open")

    def refresh(self, committed=lambda: None):
        """The job, which here sees rows of a transaction that goes on.

        :param committed: called where it commits
        """

        def commit(*_args, **_values):
            committed()
            return True

        self.env.flush_all()
        with (
            patch.object(type(self.env["helpdesk.event"]), "_settled_xact", lambda _self: 2**62),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
        ):
            self.Kpi._cron_refresh()

    def count(self, tickets=None):
        self.Kpi._count((self.tickets | self.ticket if tickets is None else tickets).ids)

    def sums(self, *names, **scope):
        """Sums over March of the sites of the test, or of a part of it."""
        domain = [("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")]
        domain += [("site_id", "in", self.sites.ids), *[(name, "=", value) for name, value in scope.items()]]
        ((*values,),) = self.env["helpdesk.kpi.day"]._read_group(domain, [], [f"{name}:sum" for name in names])
        return tuple(values) if len(names) > 1 else values[0]

    def indicators(self, *names, **scope):
        domain = [("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01"), ("site_id", "in", self.sites.ids)]
        domain += [(name, "=", value) for name, value in scope.items()]
        ((*values,),) = self.env["helpdesk.kpi.report"]._read_group(domain, [], [f"{name}:avg" for name in names])
        return [value if value is False else round(value, 2) for value in values]

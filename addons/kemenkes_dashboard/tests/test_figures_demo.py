from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged

from ..tools.indicators import INDICATORS, MEASURES
from .kpi_common import KpiStoredCase

# Tickets that are not done after so many days are few.
OLD_DAYS = 30
MONTHS = 6


@tagged("post_install", "-at_install", "demo_data")
class TestFiguresDemo(KpiStoredCase):
    """Runs on a database with the demo data: half a year that gives every figure something to show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls.env["helpdesk.ticket"].with_context(active_test=False).search([])
        cls.has_figures = bool(cls.env["helpdesk.kpi.day"].search_count([("csat_count", ">", 0)], limit=1))
        messages = cls.env["helpdesk.event"].search_read([("kind", "=", "message_in")], load=None)
        cls.env["helpdesk.sentiment"]._score_events(messages)
        cls.env["helpdesk.kpi"]._count(set(cls.tickets.ids))
        cls.today = cls.env["helpdesk.backlog.day"]._today()

    def test_what_is_stored_is_what_is_counted_anew(self):
        """R12: kept up ticket by ticket or counted from the beginning, the demo's figures are the same."""
        self.assertTrue(self.has_figures, "the demo is loaded with its figures")
        self.assert_rebuilt()

    def test_every_figure_has_something_to_show_now_and_before(self):
        """R16.a: everything is counted at all, and each quotient stands for the last thirty days and those before."""
        report = self.env["helpdesk.kpi.report"]
        begin = self.today - relativedelta(months=MONTHS)
        for name, value in report._totals([], begin, self.today, list(MEASURES)).items():
            self.assertTrue(value, name)
        for days in (0, 30):
            end = self.today - relativedelta(days=days)
            for name, value in report._totals([], end - relativedelta(days=29), end, list(INDICATORS)).items():
                self.assertIsNot(value, False, f"{name} {days} days ago")

    def test_months_grow_and_the_past_is_done(self):
        """R16.a: six whole months before this one, on many channels; nobody finds old work in a queue."""
        month = self.today.replace(day=1)
        created = Counter(ticket.create_date.date().replace(day=1) for ticket in self.tickets)
        months = [created[month - relativedelta(months=number)] for number in range(1, MONTHS)]
        self.assertTrue(all(count > 20 for count in months), months)
        self.assertGreater(max(months[:2]), months[-1])
        self.assertGreaterEqual(len(self.tickets.channel_id), 10)
        old = fields.Datetime.now() - relativedelta(days=OLD_DAYS)
        left = self.tickets.filtered(lambda ticket: ticket.create_date < old and ticket.stage_kind != "closed")
        self.assertLess(len(left), 5)

from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import helpdesk_kpi_rebuild
from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpiRebuild(KpiCase):
    """R16.a: figures counted anew when an administrator orders it, while they are read and kept up."""

    def setUp(self):
        super().setUp()
        self.solve(self.create_some(3))
        self.refresh()
        self.right = self.stored()
        # a few steps, however many tickets there are
        steps = patch.object(helpdesk_kpi_rebuild, "STEP_TICKETS", self.Kpi._last_ticket() // 3 + 1)
        steps.start()
        self.addCleanup(steps.stop)

    def order(self, **context):
        orders = self.env["helpdesk.kpi.rebuild"].with_user(self.users["manager"]).with_context(**context)
        orders.action_order()
        return orders.search([], limit=1)

    def spoil(self, statement):
        self.env.flush_all()
        self.env.cr.execute(statement)  # pylint: disable=sql-injection
        self.env.invalidate_all()

    def test_whatever_stood_there(self):
        """After it the figures are those of the ledger; in between every day is as it was or as it is then."""
        counted = self.sums("created")
        self.spoil("UPDATE helpdesk_kpi_day SET created = created + 5")
        self.spoil("UPDATE helpdesk_kpi_team_day SET solved = 0")
        self.spoil("UPDATE helpdesk_kpi_fact SET message_out = message_out + 1")
        self.spoil("DELETE FROM helpdesk_backlog_day WHERE date < (SELECT max(date) FROM helpdesk_backlog_day)")
        wrong = self.sums("created")
        self.assertGreater(wrong, counted)
        self.users["manager"].lang = "en_US"
        order = self.order()
        seen = []
        self.refresh(lambda: seen.append((self.sums("created"), order.progress)))
        self.assertEqual(self.stored(), self.right)
        created, progress = zip(*seen, strict=True)
        self.assertEqual(set(created), {wrong, counted})
        self.assertEqual(list(progress), sorted(set(progress)))
        self.assertGreater(len(seen), 3)
        self.assertEqual((order.state, order.progress, order.user_id), ("done", 100, self.users["manager"]))
        self.assertIn("counted anew", self.last_notice().body)

    def test_the_list_is_told_of_every_step(self):
        """Whoever ordered it sees how far it is, without loading the screen again."""
        told = []

        def note(users, kind, *_args, **_kwargs):
            told.extend((kind, user) for user in users)

        order = self.order()
        with patch.object(self.registry["res.users"], "_bus_send", note):
            self.refresh()
        moved = told.count((helpdesk_kpi_rebuild.MOVED, self.users["manager"]))
        self.assertEqual((order.state, moved), ("done", order.step_count))

    def last_notice(self):
        partner = self.users["manager"].partner_id
        return self.env["mail.message"].search([("partner_ids", "in", partner.ids)], order="id desc", limit=1)

    def test_what_happens_meanwhile_is_counted(self):
        """A message that comes between two steps, a server that stops: each ticket is counted as it is."""
        order = self.order()
        self.env["helpdesk.kpi.rebuild"]._go_on()
        self.assertEqual(order.state, "running")
        self.assertTrue(0 < order.progress < 100)
        self.agent_says(self.tickets[:1], "Silakan coba lagi.")
        self.refresh()
        self.assertEqual((order.state, self.sums("message_out")), ("done", 1))
        self.assert_rebuilt()

    def test_times_of_tickets(self):
        """What a changed calendar leaves as it was is counted by today's, when that is ordered."""
        self.spoil("UPDATE helpdesk_ticket SET resolution_seconds = 7 WHERE resolution_seconds IS NOT NULL")
        self.order()
        self.refresh()
        self.assertEqual(self.sums("resolution_count", "resolution_seconds"), (3, 21))
        order = self.order(has_ticket_times=True)
        self.refresh()
        self.assertTrue(order.has_ticket_times)
        self.assertEqual(self.stored(), self.right)

    def test_a_step_that_meets_another_transaction_is_done_again(self):
        count, calls = type(self.Kpi)._count_where, []

        def meet(kpi, condition):
            calls.append(condition)
            if len(calls) == 1:
                raise SerializationFailure
            return count(kpi, condition)

        order = self.order()
        with patch.object(type(self.Kpi), "_count_where", meet):
            self.refresh()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.stored(), self.right)

    def test_a_step_that_fails_stops_nothing_else(self):
        """The administrator is told, and the figures are kept up all the same."""
        order = self.order()

        def fail(*_args):
            raise ZeroDivisionError

        with (
            patch.object(type(self.Kpi), "_sum_days", fail),
            mute_logger("odoo.addons.kemenkes_dashboard.models.helpdesk_kpi_rebuild"),
        ):
            self.refresh()
        self.assertEqual(order.state, "failed")
        self.assertIn("log", self.last_notice().body)
        self.agent_says(self.tickets[:1], "Silakan coba lagi.")
        self.refresh()
        self.assertEqual(self.sums("message_out"), 1)

    def test_who_orders(self):
        """R7: administrators, one at a time."""
        for role in ("agent", "supervisor", "operation_manager"):
            orders = self.env["helpdesk.kpi.rebuild"].with_user(self.users[role])
            with self.assertRaises(AccessError):
                orders.action_order()
        self.order()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.order()

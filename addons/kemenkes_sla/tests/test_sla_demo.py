from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestSlaDemo(TransactionCase):
    """Runs on a database with the demo data."""

    def test_the_demo_shows_service_levels(self):
        status = self.env["helpdesk.sla.status"]
        counts = dict(status._read_group([], ["state"], ["__count"]))
        for state in ("ongoing", "reached", "failed", "cancelled"):
            self.assertTrue(counts.get(state), state)
        self.assertGreaterEqual(len(status.search([]).sla_id), 5)
        self.assertTrue(self.env["helpdesk.ticket"].search([("next_due_date", ">", "now")]))

    def test_every_ticket_is_what_the_ledger_says(self):
        """R14: rebuilt from the ledger with the same result."""
        status = self.env["helpdesk.sla.status"]
        with self.enter_registry_test_mode():
            self.env.ref("kemenkes_sla.ir_cron_sweep").method_direct_trigger()
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False).search([])
        self.assertGreater(len(tickets), 250)
        self.assertEqual(status._compare(tickets), [])
        self.assertFalse(status._refresh(tickets))

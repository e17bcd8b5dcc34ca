from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestQaDemo(TransactionCase):
    """Runs on a database with the demo data."""

    def test_the_demo_shows_quality(self):
        """R27.c.2: scores that differ, agents that agree, one that does not; loading again changes nothing."""
        evaluations = self.env["helpdesk.qa.evaluation"].search([])
        self.assertGreater(len(evaluations), 40)
        self.assertGreater(len(set(evaluations.mapped("score"))), 3)
        self.assertEqual({"acknowledged", "disputed", "published"}, set(evaluations.mapped("state")))
        self.assertFalse(self.env["helpdesk.demo"]._load_evaluations())

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestQaDemo(TransactionCase):
    """Runs on a database with the demo data."""

    def test_the_demo_shows_quality(self):
        """R27.c.2: scores that differ, agents that agree, one that does not; loading again changes nothing."""
        evaluations = self.env["helpdesk.qa.evaluation"].search([("calibration_id", "=", False)])
        self.assertGreater(len(evaluations), 40)
        self.assertGreater(len(set(evaluations.mapped("score"))), 3)
        self.assertEqual({"acknowledged", "disputed", "published"}, set(evaluations.mapped("state")))
        self.assertFalse(self.env["helpdesk.demo"]._load_evaluations())

    def test_the_demo_shows_satisfaction_coaching_and_training(self):
        """R15, R21, R24.b: every screen is alive."""
        requests = self.env["helpdesk.csat.request"].search([("state", "=", "answered")])
        self.assertGreater(len(requests), 20)
        self.assertGreater(len(set(requests.mapped("score"))), 3)
        sessions = self.env["helpdesk.qa.coaching"].search([])
        self.assertGreaterEqual(len(sessions), 2)
        self.assertTrue(all(session.before_count and session.after_count for session in sessions))
        self.assertTrue(self.env["helpdesk.qa.example"].search([]))
        calibration = self.env["helpdesk.qa.calibration"].search([], limit=1)
        self.assertEqual(calibration.state, "closed")
        self.assertTrue(0 < calibration.alpha < 1)
        states = set(self.env["helpdesk.training.result"].search([]).mapped("state"))
        self.assertEqual(states, {"to_do", "passed", "expired"})

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestPeopleDemo(TransactionCase):
    """Runs on a database with the demo data: the screens of people show something."""

    def test_everybody_may_work(self):
        """R8: each demo account has what its role needs; some agreements end soon."""
        people = self.env["res.users"].search([("login", "=like", "%@demo.kemenkes.example")])
        self.assertEqual(people._admitted(), people)
        self.assertIn("ending", people.mapped("nda_state"))

    def test_days_are_told(self):
        """R25.c.1: more than a week of working days, with breaks and tickets."""
        activities = self.env["helpdesk.activity"].search([])
        self.assertGreaterEqual(len(set(activities.mapped("date"))), 7)
        self.assertTrue(sum(activities.mapped("break_seconds")) and sum(activities.mapped("ticket_count")))

    def test_equipment_and_people(self):
        """R10, R19: faults in time, late and overdue; somebody comes, somebody leaves."""
        faults = self.env["maintenance.request"].search([("helpdesk_site_id", "!=", False)])
        self.assertLessEqual({"open", "overdue", "in_time", "late"}, set(faults.mapped("fault_state")))
        self.assertTrue(self.env["helpdesk.onboarding"].search([]).filtered("progress"))
        leaving = self.env["helpdesk.replacement"].search([])
        self.assertTrue(leaving.line_ids)
        self.assertEqual(leaving.state, "notified")

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestRosterDemo(TransactionCase):
    """R3: the demo's rosters are alive; runs on a database with the demo data."""

    def test_two_sites_and_what_waits(self):
        """R3: two sites with two months each, uncovered hours, a swap before Pusdatin, leave before the leader."""
        sites = self.env.ref("kemenkes_helpdesk.site_jakarta") | self.env.ref("kemenkes_helpdesk.demo_site_makassar")
        rosters = self.env["helpdesk.roster"].search([("site_id", "in", sites.ids)])
        for site in sites:
            self.assertGreaterEqual(len(rosters.filtered(lambda one, site=site: one.site_id == site)), 2)
        self.assertEqual(set(rosters.mapped("state")), {"planned", "published"})
        self.assertTrue(rosters.assignment_ids.filtered("uncovered"))
        changes = self.env["helpdesk.roster.change"].search([("site_id", "in", sites.ids)])
        self.assertLessEqual({("swap", "pusdatin"), ("leave", "leader")}, {(one.kind, one.state) for one in changes})

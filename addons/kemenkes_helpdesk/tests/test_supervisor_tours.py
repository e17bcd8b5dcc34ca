from odoo.tests import tagged

from .tour_common import LANGUAGES, TourCase


@tagged("post_install", "-at_install")
class TestSupervisorTours(TourCase):
    """What a supervisor sets up, in a real browser and in both languages (R24.b, R27.b.4, R27.c.3)."""

    def test_keyword_rule_is_made_and_tried(self):
        category = self.env["helpdesk.category"].create({"name": "Kategori ajaib"})
        for language in LANGUAGES:
            with self.in_language(language):
                ticket = self.create_ticket(name="Kode ajaib hilang")
                self.customer_says(ticket, "Kode ajaib saya hilang")
                self.start("helpdesk_supervisor_rule", "supervisor", "helpdesk_keyword_rule_action")
                rule = self.env["helpdesk.keyword.rule"].search([("name", "=", "Kode ajaib")])
                self.assertEqual((rule.words, rule.category_id), ("kode ajaib", category))
                self.assertFalse(ticket.category_id, "a try changes nothing")
                rule.unlink()

    def test_category_is_made_and_archived(self):
        for language in LANGUAGES:
            with self.in_language(language):
                self.start("helpdesk_supervisor_category", "supervisor", "helpdesk_category_action")
                categories = self.env["helpdesk.category"].with_context(active_test=False)
                category = categories.search([("name", "=", "Kategori percobaan")])
                self.assertEqual((len(category), category.active), (1, False))
                category.unlink()

    def test_two_tickets_are_merged_and_taken_apart(self):
        for language in LANGUAGES:
            with self.in_language(language):
                first, second = (self.create_ticket(name=f"Gangguan {number}") for number in ("satu", "dua"))
                self.customer_says(second, "Saya juga")
                self.start("helpdesk_supervisor_merges", "supervisor", "helpdesk_ticket_action")
                self.assertEqual(
                    (first | second).merged_into_id | (first | second).filtered("merged_into_id"), first | second
                )
                merged = (first | second).filtered("merged_into_id")
                self.start_tour(
                    f"/odoo/helpdesk.ticket/{merged.id}", "helpdesk_supervisor_unmerges", login="test_supervisor"
                )
                self.assertFalse((first | second).merged_into_id)
                self.assertIn("Saya juga", second.message_ids.mapped("preview"))
                (first | second).name = "Done"

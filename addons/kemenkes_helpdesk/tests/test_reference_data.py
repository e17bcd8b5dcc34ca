from odoo.tests import tagged

from .common import HelpdeskCase

SHIPPED = (
    "satusehat_mobile",
    "satusehat_platform",
    "satusehat_data",
    "sdmk",
    "asik",
    "sehat_indonesiaku",
    "rs_online",
    "siha",
)


@tagged("post_install", "-at_install")
class TestReferenceData(HelpdeskCase):
    """R2: products of the SATUSEHAT ecosystem, Sehat IndonesiaKu and others are there out of the box."""

    def test_products_are_shipped_with_a_form_each(self):
        products = self.env["helpdesk.product"].browse(
            self.env.ref(f"kemenkes_helpdesk.product_{code}").id for code in SHIPPED
        )
        self.assertEqual(products.mapped("form_enabled"), [True] * len(SHIPPED))
        self.assertTrue(all(products.mapped("active")))

    def test_a_supervisor_adds_another_in_a_form(self):
        product = (
            self.env["helpdesk.product"]
            .with_user(self.users["supervisor"])
            .create({"name": "New application", "code": "new-application"})
        )
        self.assertTrue(self.create_ticket(product_id=product.id).product_id)

    def test_supervisors_add_change_and_archive_categories(self):
        """R27.c.3: categories are the users' own, at no cost."""
        categories = self.env["helpdesk.category"].with_user(self.users["supervisor"])
        category = categories.create({"name": "Vaccination", "parent_id": self.category.id})
        category.name = "Immunisation"
        self.assertEqual(category.display_name, "Log-in / Immunisation")
        category.active = False
        self.assertFalse(categories.search([("id", "=", category.id)]))

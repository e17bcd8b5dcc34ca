from odoo.exceptions import AccessError
from odoo.tests import tagged, warmup

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestWorkspacePanels(HelpdeskCase):
    """R24.b, R27.a.1: what stands to the right of the conversation, with each account's own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(category_id=cls.category_otp.id)

    def workspace(self, login="agent"):
        return self.env["helpdesk.workspace"].with_user(self.users[login])

    def around(self, ticket=None, login="agent"):
        return self.workspace(login).get_surroundings((ticket or self.ticket).id)

    def test_customer_over_all_channels(self):
        """R25.a.2: identities and tickets, those that the agent may see."""
        self.env["helpdesk.identity"].create(
            {"kind": "whatsapp", "handle": "+6281234567890", "partner_id": self.customer.id}
        )
        earlier = self.create_ticket(name="Unduh kartu", channel_id=self.channel_form.id)
        self.create_ticket(name="Lain", product_id=self.product_b.id, site_id=self.site_east.id)
        history = self.around()["history"]
        self.assertIn(earlier.id, [ticket["id"] for ticket in history["tickets"]])
        self.assertEqual(history["total"], 2, "the ticket of another product is none of the agent's business")
        self.assertIn("WhatsApp", [identity["kind"] for identity in history["identities"]])

    def test_older_tickets_by_pages(self):
        tickets = self.create_ticket(name="Lama")
        page = self.workspace().get_history_page(self.ticket.id, 1)
        self.assertEqual([ticket["id"] for ticket in page["tickets"]], [self.ticket.id])
        self.assertEqual(page["total"], len(self.ticket | tickets))

    def test_personal_data_as_everywhere(self):
        """UU 27/2022: handles are shown to agents who ask, readers get them masked."""
        handle = self.env["helpdesk.identity"].create(
            {"kind": "email", "handle": "siti@customer.example", "partner_id": self.customer.id}
        )
        for login in ("agent", "quality"):
            identities = self.around(login=login)["history"]["identities"]
            self.assertNotIn(handle.handle, [identity["handle"] for identity in identities], login)
        shown = self.workspace().refresh_ticket(self.ticket.id)
        self.assertEqual(shown["personal_data"], "on_request")
        self.ticket.with_user(self.users["agent"]).action_reveal_personal_data()
        self.assertEqual(self.workspace().refresh_ticket(self.ticket.id)["personal_data"], "shown")

    def test_it_is_another_customer(self):
        """R24.b: the number is known of somebody else: one click makes it theirs."""
        budi = self.env["res.partner"].create({"name": "Budi Santoso"})
        self.env["helpdesk.identity"].create(
            [{"kind": kind, "handle": "+6281300001111", "partner_id": budi.id} for kind in ("phone", "whatsapp")]
        )
        ticket = self.create_ticket(partner_id=False, partner_name="Pak B", partner_phone="0813-0000-1111")
        self.create_ticket(partner_id=budi.id)
        ticket.partner_id = False
        [other] = self.around(ticket)["other_customers"]
        self.assertEqual((other["id"], other["kinds"], other["ticket_count"]), (budi.id, ["Phone", "WhatsApp"], 1))
        ticket.with_user(self.users["agent"]).partner_id = other["id"]
        self.assertFalse(self.around(ticket)["other_customers"])
        self.assertFalse(self.around(login="quality")["other_customers"], "who can't change it is not asked")

    def test_related(self):
        """R27.b.4: duplicates, what was merged, what it follows."""
        again = self.create_ticket(name="Halo?")
        merged = self.create_ticket(name="Sudah digabung")
        merged.merge_into(self.ticket)
        self.ticket.previous_id = self.create_ticket(name="Yang lama")
        around = self.around()
        self.assertIn(again.id, [ticket["id"] for ticket in around["duplicates"]])
        self.assertEqual([ticket["id"] for ticket in around["merged"]], [merged.id])
        shown = self.workspace().refresh_ticket(self.ticket.id)
        self.assertEqual((shown["follows"]["subject"], shown["incident"]), ("Yang lama", False))

    def test_relations_that_are_not_for_the_account(self):
        """R27.a.3: a ticket of another site is not even named."""
        east = self.env["helpdesk.team"].create({"name": "East", "site_id": self.site_east.id})
        self.ticket.previous_id = self.create_ticket(site_id=self.site_east.id, team_id=east.id)
        self.assertFalse(self.workspace().refresh_ticket(self.ticket.id)["follows"])
        with self.assertRaises(AccessError):
            self.around(self.ticket.previous_id)

    def test_choices(self):
        """R27.c.3: categories with their whole path; products that the account may see."""
        choices = self.workspace().get_field_choices()
        by_id = {category["id"]: category for category in choices["categories"]}
        self.assertEqual(by_id[self.category_otp.id]["path"], ["Log-in", "OTP"])
        products = {product["id"] for product in choices["products"]}
        self.assertIn(self.product_a.id, products)
        self.assertEqual(len(choices["priorities"]), 4)
        with self.assertRaises(AccessError):
            self.env["helpdesk.workspace"].with_user(self.users["viewer"]).get_field_choices()

    def test_what_is_missing_for_solving(self):
        """R27.a.1: shown before the server refuses."""
        self.product_a.write({"wrap_up_category": True, "wrap_up_tags": True})
        missing = self.workspace().refresh_ticket(self.ticket.id)["wrap_up"]
        self.assertEqual(missing, [{"name": "tag_ids", "label": "Tags"}])

    @warmup
    def test_costs(self):
        """The same few queries whatever the customer came with before."""
        for number in range(30):
            self.create_ticket(name=f"Lama {number}", stage_id=self.env["helpdesk.stage"]._get_by_kind("solved").id)
        workspace = self.workspace()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            workspace.get_surroundings(self.ticket.id)

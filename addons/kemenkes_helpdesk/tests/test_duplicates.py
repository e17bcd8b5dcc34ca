from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import HelpdeskCase

CODE_MISSING = "Kode OTP tidak masuk sejak pagi"


@tagged("post_install", "-at_install")
class TestDuplicates(HelpdeskCase):
    """R27.b.4: what is probably the same case is proposed on the form, and merged or dismissed there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budi = cls.env["res.partner"].create({"name": "Budi", "email": "budi@customer.example"})
        cls.ticket = cls.create_ticket(name=CODE_MISSING)

    def asked(self, ticket=None, login="agent"):
        """What the form of a ticket proposes: rows as the screen gets them."""
        return (ticket or self.ticket).with_user(self.users[login]).get_duplicates()

    def proposed(self, ticket=None, login="agent"):
        return self.env["helpdesk.ticket"].browse(row["id"] for row in self.asked(ticket, login))

    def as_agent(self, ticket):
        return ticket.with_user(self.users["agent"])

    def reasons(self):
        return [row["reason"] for row in self.asked()]

    def of_budi(self, **values):
        return self.create_ticket(**{"partner_id": self.budi.id, "name": CODE_MISSING, **values})

    def hours_ago(self, ticket, hours):
        ticket.flush_recordset()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = create_date - %s * interval '1 hour' WHERE id = %s",
            [hours, ticket.id],
        )
        ticket.invalidate_recordset(["create_date"])

    def test_same_customer_whatever_the_words(self):
        again = self.create_ticket(name="Halo?")
        self.assertEqual(self.proposed(), again)
        self.assertEqual(self.reasons(), ["customer"])

    def test_similar_words_of_somebody_else(self):
        similar = self.of_budi(name="OTP tidak masuk sejak tadi pagi")
        self.of_budi(name="Sertifikat vaksin saya salah nama")
        self.assertEqual(self.proposed(), similar)
        self.assertEqual(self.reasons(), ["text"])

    def test_the_same_customer_by_any_identity(self):
        """Another address or number of the customer's, on a ticket that no customer was found for."""
        self.env["helpdesk.identity"].create(
            [
                {"kind": "email", "handle": "kantor@customer.example", "partner_id": self.customer.id},
                {"kind": "whatsapp", "handle": "+6281300001111", "partner_id": self.customer.id},
            ]
        )
        stranger = {"partner_id": False, "name": "Apa kabar"}
        tickets = [
            self.create_ticket(**stranger, partner_email="Kantor@Customer.example"),
            self.create_ticket(**stranger, partner_phone="0813-0000-1111"),
            self.create_ticket(**stranger, partner_email="siti@customer.example"),
            self.create_ticket(**stranger, partner_phone="+62 812 3456 7890"),
        ]
        for ticket in tickets:
            ticket.partner_id = False
        self.assertEqual(set(self.proposed()), set(tickets))
        self.assertEqual(self.reasons(), ["customer"] * 4)

    def test_the_same_customer_first_then_the_most_similar(self):
        near = self.of_budi(name=CODE_MISSING)
        far = self.of_budi(name="Kode OTP tidak masuk juga di sini")
        again = self.create_ticket(name="Halo?")
        self.assertEqual(self.proposed().ids, [again.id, near.id, far.id])

    def test_nobody_else(self):
        """Another product, too long ago, merged away, archived, switched off, or this one is done."""
        other_product = self.of_budi()
        other_product.product_id = self.product_b
        self.hours_ago(self.of_budi(), self.team_l1.duplicate_hours + 1)
        self.of_budi(active=False)
        merged = self.of_budi()
        merged.merge_into(self.create_ticket(name="Yang lain", product_id=self.product_b.id))
        self.assertFalse(self.proposed())
        candidate = self.of_budi()
        self.assertEqual(self.proposed(), candidate)
        self.team_l1.duplicate_hours = 0
        self.assertFalse(self.proposed())
        self.team_l1.duplicate_hours = 72
        self.as_agent(self.ticket).action_solve()
        self.assertFalse(self.proposed())

    def test_later_ones_too(self):
        self.hours_ago(self.ticket, 5)
        later = self.of_budi()
        self.assertEqual(self.proposed(), later)
        self.team_l1.duplicate_hours = 4
        self.assertFalse(self.proposed())

    def test_only_what_the_user_may_see(self):
        """R27.a.3: the same customer wrote about product B, which is none of this agent's business."""
        hidden = self.create_ticket(product_id=False)
        hidden.write(
            {
                "site_id": self.site_east.id,
                "team_id": self.env["helpdesk.team"].create({"name": "East", "site_id": self.site_east.id}).id,
            }
        )
        self.assertFalse(self.proposed())
        self.assertEqual(self.proposed(login="operation_manager"), hidden)
        ticket = self.as_agent(self.ticket)
        for button in (ticket.merge_duplicate, ticket.dismiss_duplicate):
            with self.assertRaises(AccessError):
                button(hidden.id)

    def test_merge_button_of_the_same_customer(self):
        again = self.create_ticket(name="Halo?")
        action = self.as_agent(self.ticket).merge_duplicate(again.id)
        self.assertEqual(again.merged_into_id, self.ticket, "the older one goes on")
        self.assertEqual(action["res_id"], self.ticket.id)
        self.assertFalse(self.proposed())

    def test_merge_button_on_the_newer_ticket(self):
        newer = self.create_ticket(name="Halo?")
        self.as_agent(newer).merge_duplicate(self.ticket.id)
        self.assertEqual(newer.merged_into_id, self.ticket)

    def test_merge_button_of_another_customer_asks_first(self):
        similar = self.of_budi()
        action = self.as_agent(self.ticket).merge_duplicate(similar.id)
        self.assertFalse(similar.merged_into_id)
        wizard = (
            self.env[action["res_model"]].with_user(self.users["agent"]).with_context(**action["context"]).create({})
        )
        self.assertTrue(wizard.warnings)
        self.assertEqual((wizard.ticket_ids, wizard.target_id), (self.ticket | similar, self.ticket))

    def test_not_the_same_is_remembered_on_both_and_in_the_ledger(self):
        similar, third = self.of_budi(), self.of_budi()
        self.as_agent(self.ticket).dismiss_duplicate(similar.id)
        self.assertEqual(self.proposed(), third)
        self.assertEqual(self.proposed(similar, login="leader"), third)
        self.as_agent(similar).dismiss_duplicate(self.ticket.id)
        rows = self.env["helpdesk.event"].search([("kind", "=", "duplicate_dismissed")])
        rows = rows.filtered(lambda row: row.ticket_id in self.ticket | similar)
        self.assertEqual(len(rows), 1, "said twice, noted once")
        self.assertEqual((rows.ticket_id, rows.other_ticket_id), (self.ticket, similar))
        self.assertEqual(rows.user_id, self.users["agent"])

    def test_readers_are_proposed_nothing(self):
        """R7: who can't merge needs no proposals."""
        self.of_budi()
        self.assertEqual(self.asked(login="quality"), [])
        with self.assertRaises(AccessError):
            self.as_agent(self.ticket).with_user(self.users["quality"]).dismiss_duplicate(self.of_budi().id)

    def test_names_are_masked_as_on_the_form(self):
        self.of_budi(partner_name="081234567890")
        self.assertNotIn("081234567890", self.asked()[0]["customer"])

    def test_other_customers_of_the_same_incident_are_known(self):
        """R27.b.4: an outage doesn't fill the form; the same customer's second ticket is proposed still."""
        incident = self.create_ticket(name=CODE_MISSING, is_incident=True, partner_id=False)
        similar, again = self.of_budi(), self.create_ticket(name="Halo?")
        (self.ticket | similar | again).write({"parent_id": incident.id})
        outside = self.of_budi()
        self.assertEqual(self.proposed(), again | outside)
        self.assertEqual(self.asked(incident), [])

    def test_two_queries_for_a_form(self):
        """One for the customer's handles, one for the candidates, however many tickets there are."""
        for _number in range(20):
            self.of_budi()
        ticket = self.as_agent(self.ticket)
        ticket._find_duplicates()  # rules and groups are in the cache
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.assertEqual(len(ticket._find_duplicates()), 5)


@tagged("post_install", "-at_install")
class TestDuplicatesOnTheForm(HelpdeskCase, HttpCase):
    """R27.b.4: the same in a browser."""

    def test_dismiss_one_and_merge_the_other(self):
        ticket = self.create_ticket(name=CODE_MISSING)
        budi = self.env["res.partner"].create({"name": "Budi", "email": "budi@customer.example"})
        similar = self.create_ticket(name=CODE_MISSING, partner_id=budi.id)
        again = self.create_ticket(name="Halo?")
        self.start_tour(f"/odoo/tickets/{ticket.id}", "helpdesk_duplicates", login="test_agent")
        self.assertEqual(again.merged_into_id, ticket)
        self.assertFalse(similar.merged_into_id)
        self.assertIn("duplicate_dismissed", self.kinds_of(ticket))

from odoo import fields
from odoo.tests import tagged

from .qa_common import QaCase


@tagged("post_install", "-at_install")
class TestWorkspaceSatisfaction(QaCase):
    """R15, R24.b: how satisfied the customer of a ticket was so far, beside the conversation."""

    def rated(self, score, ticket=None, **values):
        ticket = ticket or self.ticket
        now = fields.Datetime.now()
        return self.env["helpdesk.csat.request"].create(
            {
                "ticket_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "state": "answered",
                "score": score,
                "sent_date": now,
                "answer_date": now,
                **values,
            }
        )

    def shown(self, login="agent"):
        workspace = self.env["helpdesk.workspace"].with_user(self.users[login])
        return workspace.refresh_ticket(self.ticket.id)["satisfaction"]

    def test_of_this_ticket_and_others(self):
        self.rated(2, self.create_ticket(), feedback="Telepon saya 081234567890")
        self.rated(5)
        self.rated(1, self.create_ticket(partner_id=self.env["res.partner"].create({"name": "Budi"}).id))
        shown = self.shown()
        self.assertEqual((shown["average"], shown["count"]), (3.5, 2))
        self.assertEqual({(one["score"], one["is_own"]) for one in shown["latest"]}, {(5, True), (2, False)})
        masked = self.shown("quality")["latest"]
        self.assertNotIn("081234567890", str(masked), "readers get personal data masked")

    def test_only_tickets_that_the_account_sees(self):
        """R27.a.3"""
        self.rated(2, self.create_ticket(product_id=self.product_b.id, site_id=self.site_east.id))
        self.assertEqual(self.shown()["count"], 0)
        self.assertEqual(self.shown()["latest"], [])

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .email_common import EmailCase, make_mail

NIK, PHONE, EMAIL, NAME = "3275014512900004", "+6281298765432", "budi@rs.example", "Budiono"
SECRETS = (NIK, "81298765432", "budi@rs", NAME)


@tagged("post_install", "-at_install")
class TestErasure(EmailCase):
    """UU 27/2022, article 43: what is known of a customer goes for good; the rest stays whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        text = f"Saya {NAME}, NIK {NIK}, telepon {PHONE}"
        mail = make_mail(subject=text, text=text, sender=f"{NAME} <{EMAIL}>", Cc="ani@rs.example")
        cls.event = cls.inbox._receive_pushed_email(cls.channel_email, mail)
        cls.inbox._process_pending()
        cls.ticket = cls.event.ticket_id
        cls.budi = cls.ticket.partner_id
        cls.budi.write({"phone": PHONE, "street": text, "comment": text})
        cls.ticket.write({"partner_phone": PHONE, "team_id": cls.team_l1.id, "product_id": cls.product_a.id})
        cls.agent_says(cls.ticket, f"Baik Pak {NAME}, NIK {NIK} sudah dicatat")
        cls.ticket.message_post(body=text, subtype_xmlid="mail.mt_note", attachments=[("ktp.txt", text.encode())])
        cls.ticket.activity_schedule("mail.mail_activity_data_todo", summary=text, user_id=cls.users["agent"].id)
        cls.env["ir.attachment"].create(
            {"name": text, "res_model": "helpdesk.ticket", "res_id": cls.ticket.id, "raw": text.encode()}
        )
        cls.escalation = cls.env["helpdesk.escalation"].create(
            {"ticket_id": cls.ticket.id, "to_team_id": cls.team_l2.id, "reason": text}
        )
        cls.env["helpdesk.identity"].create({"kind": "whatsapp", "handle": PHONE, "partner_id": cls.budi.id})
        cls.ticket.action_create_lead()
        cls.portal = cls.create_plain_user("warga", "base.group_portal", partner_id=cls.budi.id, name=NAME)
        cls.portal.email = EMAIL
        # a ticket of somebody else, merged with his
        cls.other = cls.create_ticket(name="Punya Siti", description="Milik Siti")
        cls.said_by_other = cls.customer_says(cls.other, "Kata Siti")
        cls.other.merge_into(cls.ticket)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def wizard(self, role="manager", **values):
        wizards = self.env["helpdesk.erase"].with_user(self.users[role])
        return wizards.create({"partner_ids": [Command.set(self.budi.ids)], "reason": "requested", **values})

    def erase(self):
        wizard = self.wizard()
        wizard.confirmation = wizard.expected
        wizard.action_erase()
        self.env.flush_all()
        self.env.invalidate_all()

    def found_in_database(self):
        """Columns of text, anywhere in the database, that hold what should be gone."""
        self.env.cr.execute("""
            SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
             USING (table_schema, table_name)
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
               AND data_type IN ('text', 'character varying', 'jsonb', 'bytea', 'tsvector')
        """)
        found = set()
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(f'SELECT 1 FROM "{table}" WHERE "{column}"::text ~* %s LIMIT 1', ["|".join(SECRETS)])
            if self.env.cr.rowcount:
                found.add((table, column))
        return found

    def test_nothing_is_left_in_the_database(self):
        self.assertIn(("mail_message", "body"), self.found_in_database())
        self.erase()
        self.assertFalse(self.found_in_database())

    def test_tickets_figures_and_ledger_stay(self):
        before = self.ticket.read(["ticket_ref", "create_date", "reply_count", "stage_id", "team_id", "partner_id"])
        rows = self.kinds_of(self.ticket)
        self.erase()
        after = self.ticket.read(["ticket_ref", "create_date", "reply_count", "stage_id", "team_id", "partner_id"])
        before[0]["partner_id"], after[0]["partner_id"] = before[0]["partner_id"][0], after[0]["partner_id"][0]
        self.assertEqual(before, after)
        self.assertEqual(self.kinds_of(self.ticket)[: len(rows)], rows)
        self.assertFalse(self.env["helpdesk.event"].verify())
        erased = self.env["helpdesk.event"].search([("kind", "=", "erased")])
        self.assertEqual(len(erased), 1)
        self.assertEqual((erased.user_id, erased.data["reason"]), (self.users["manager"], "requested"))
        self.assertEqual(erased.data["customer"], self.budi.id)
        self.assertEqual(erased.data["tickets"], 1)

    def test_other_customers_words_stay(self):
        self.erase()
        self.assertIn("Kata Siti", self.said_by_other.body)
        self.assertEqual(self.other.name, "Punya Siti")
        self.assertEqual(self.customer.email, "siti@customer.example")

    def test_the_customer_is_nobody(self):
        old = self.ticket.access_token
        self.erase()
        self.assertFalse(self.portal.active or self.budi.active)
        self.assertFalse(self.ticket._is_of_customer(self.env.ref("base.public_user"), old))
        self.assertFalse(self.env["helpdesk.identity"].search([("partner_id", "=", self.budi.id)]))
        self.assertEqual(
            self.outbox.search([("ticket_id", "=", self.ticket.id), ("state", "=", "queued")]), self.outbox
        )
        again = self.receive(make_mail(sender=f"{NAME} <{EMAIL}>")).ticket_id
        self.assertNotEqual(again.partner_id, self.budi)

    def test_typed_confirmation_and_preview(self):
        wizard = self.wizard(confirmation="ERASE")
        self.assertEqual(wizard.expected, f"ERASE {self.budi.id}")
        self.assertIn("1", wizard.preview.splitlines()[0])
        with self.assertRaises(UserError):
            wizard.action_erase()
        self.assertEqual(self.budi.name, NAME)

    def test_only_administrators_and_only_customers(self):
        for role in ("operation_manager", "supervisor", "admin_support", "agent"):
            with self.assertRaises(AccessError):
                self.wizard(role)
        with self.assertRaises(UserError):
            self.wizard(partner_ids=[Command.set(self.users["agent"].partner_id.ids)]).preview  # noqa: B018

    def test_several_at_once(self):
        """The number of statements does not grow with tickets or messages."""
        for _number in range(5):
            ticket = self.create_ticket(partner_id=self.budi.id)
            self.customer_says(ticket, NIK)
        wizard = self.wizard(partner_ids=[Command.set((self.budi | self.customer).ids)])
        wizard.confirmation = wizard.expected
        wizard.action_erase()
        self.assertEqual(self.env["helpdesk.event"].search_count([("kind", "=", "erased")]), 2)
        self.assertEqual(self.other.partner_name, self.ticket.partner_name)

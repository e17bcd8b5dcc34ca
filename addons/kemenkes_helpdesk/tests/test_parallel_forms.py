from odoo.tests import tagged

from .parallel_common import ParallelHttpCase


@tagged("post_install", "-at_install")
class TestParallelForms(ParallelHttpCase):
    """R24.a: citizens are impatient; a form that is sent twice at once is one message, and no page is an error."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            product = env["helpdesk.product"].browse(self.product_id)
            product.form_enabled = True
            self.category_id = env["helpdesk.category"].create({"name": self.mark, "product_ids": product.ids}).id
        self.path = f"/helpdesk/form/{self.mark}"
        self.visitor = self.log_in()

    def clean_up(self):
        super().clean_up()
        with self.transaction() as env:
            env["helpdesk.category"].browse(self.category_id).unlink()

    def fill(self):
        """The form as a browser would send it, made from a page that was just shown."""
        page = self.get(self.visitor, self.path)
        return {
            "form_token": self.hidden(page, "form_token"),
            "name": "Budi Santoso",
            "email": f"budi@{self.mark}.example",
            "category_id": str(self.category_id),
            "subject": "Kode OTP tidak masuk",
            "message": "Sejak kemarin kode OTP tidak pernah masuk ke ponsel saya.",
            "consent": "1",
        }

    def tickets(self, env):
        return env["helpdesk.ticket"].search([("channel_id", "=", self.channel_id), ("id", "!=", self.ticket_id)])

    def work_off(self):
        with self.transaction() as env:
            env["helpdesk.inbox.event"]._process_pending()

    def check_one_ticket(self, pages):
        self.work_off()
        self.assertTrue(all("/sent/" in page.url for page in pages), [page.url for page in pages])
        with self.transaction() as env:
            tickets = self.tickets(env)
            self.assertEqual(len(tickets), 1)
            events = env["helpdesk.inbox.event"].search([("channel_id", "=", self.channel_id)])
            self.assertEqual(set(events.mapped("state")), {"done"})
            said = [("res_id", "=", tickets.id), ("helpdesk_direction", "=", "in")]
            self.assertEqual(env["mail.message"].search_count([("model", "=", "helpdesk.ticket"), *said]), 1)

    def test_double_click(self):
        form = self.fill()
        self.check_one_ticket(self.at_once(*[lambda: self.send(self.visitor, self.path, **form)] * 3))

    def test_the_same_words_from_two_pages_at_once(self):
        """Back, and sent once more: another page with another signature."""
        forms = [self.fill(), self.fill()]
        self.check_one_ticket(
            self.at_once(*(lambda form=form: self.send(self.visitor, self.path, **form) for form in forms))
        )

    def test_different_people_at_once(self):
        """Each gets a ticket, and each a reference of its own."""
        forms = [
            {**self.fill(), "email": f"{name}@{self.mark}.example", "message": f"Saya {name}, kode OTP tidak masuk."}
            for name in ("budi", "citra", "dewi")
        ]
        self.at_once(*(lambda form=form: self.send(self.log_in(), self.path, **form) for form in forms))
        self.work_off()
        with self.transaction() as env:
            tickets = self.tickets(env)
            self.assertEqual(len(set(tickets.mapped("ticket_ref"))), 3)
            self.assertEqual(len(tickets.partner_id), 3)

    def test_one_new_customer_writes_twice_at_once(self):
        """Two matters of one person who was unknown until now: two tickets, one customer."""
        forms = [self.fill(), {**self.fill(), "subject": "Sertifikat", "message": "Sertifikat vaksin saya hilang."}]
        self.at_once(*(lambda form=form: self.send(self.log_in(), self.path, **form) for form in forms))
        self.work_off()
        with self.transaction() as env:
            tickets = self.tickets(env)
            self.assertEqual((len(tickets), len(tickets.partner_id)), (2, 1))

    def test_reply_sent_twice_by_a_double_click(self):
        page = self.get(self.visitor, self.customer_link)
        hidden = {name: self.hidden(page, name) for name in ("csrf_token", "access_token", "reply_key")}
        path = f"/my/tickets/{self.ticket_id}/reply"
        self.at_once(*[lambda: self.send(self.visitor, path, message="Masih gagal", **hidden)] * 3)
        self.work_off()
        with self.transaction() as env:
            said = [("res_id", "=", self.ticket_id), ("helpdesk_direction", "=", "in")]
            self.assertEqual(env["mail.message"].search_count([("model", "=", "helpdesk.ticket"), *said]), 1)

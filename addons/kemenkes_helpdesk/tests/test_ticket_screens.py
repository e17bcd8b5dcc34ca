from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..exceptions import TicketCollisionError
from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestSearch(HelpdeskCase):
    """R27.b.3: search over any interval with multi-level category filters; full text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(
            name="Gagal masuk aplikasi", description="OTP tidak diterima", category_id=cls.category_otp.id
        )
        cls.other = cls.create_ticket(name="Sertifikat vaksin", partner_id=False, partner_name="Budi")
        cls.customer_says(cls.ticket, "Layar putih setelah kode <verifikasi> diisi")
        cls.env["ir.attachment"].create(
            {"name": "tangkapan_layar.png", "res_model": "helpdesk.ticket", "res_id": cls.ticket.id, "raw": b"x"}
        )

    def found(self, field, text, login="agent"):
        tickets = self.env["helpdesk.ticket"].with_user(self.users[login])
        return tickets.search([(field, "ilike", text), ("id", "in", (self.ticket | self.other).ids)])

    def test_words_of_subject_description_customer_and_messages_are_found_together(self):
        for text in (
            "masuk",
            "aplikasi otp",
            "siti putih",
            "aplik",
            '"layar putih"',
            self.ticket.ticket_ref,
            "tangkapan",
            "+6281234567890",
            "0812 3456 7890",
            "siti@customer.example",
        ):
            self.assertEqual(self.found("search_text", text), self.ticket.with_user(self.users["agent"]), text)

    def test_excluded_words_and_phrases(self):
        self.assertFalse(self.found("search_text", "masuk -otp"))
        self.assertFalse(self.found("search_text", '"putih layar"'))

    def test_no_input_is_an_error(self):
        for text in ("'", '"', "&|!", "a & | b", "\\", "((", "*:*", "<->", "\0x", "-", "%", "😀"):
            self.found("search_text", text)

    def test_parts(self):
        self.assertTrue(self.found("search_subject", "gagal"))
        self.assertFalse(self.found("search_subject", "putih"))
        self.assertTrue(self.found("search_message", "putih"))
        self.assertTrue(self.found("search_attachment", "tangkapan"))

    def test_what_changes_or_goes_is_searched_as_it_stands(self):
        self.ticket.name = "Kata sandi"
        self.assertTrue(self.found("search_text", "sandi"))
        self.assertFalse(self.found("search_text", "gagal"))

    def test_file_names_for_staff_who_see_them_masked(self):
        self.assertTrue(self.found("search_attachment", "tangkapan", "quality"))
        self.assertFalse(self.found("search_attachment", "tangkapan", "viewer"))

    def test_reference_is_found_by_its_beginning(self):
        reference = self.ticket.ticket_ref
        mine = self.ticket.with_user(self.users["agent"])
        self.assertEqual(self.found("search_reference", reference.lower()), mine)
        self.assertEqual(self.found("search_reference", f" {reference[:-1]}") & mine, mine)
        for text in (reference[1:], f"{reference}0", "%", "_" * len(reference)):
            self.assertFalse(self.found("search_reference", text), text)

    def test_name_is_found_by_reference_or_words(self):
        """What a many2one field of tickets offers while somebody types."""
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"])
        for text in (self.ticket.ticket_ref, "Gagal masuk", "aplik"):
            self.assertIn(self.ticket.id, dict(tickets.name_search(text)), text)
        self.assertNotIn(self.ticket.id, dict(tickets.name_search("sertifikat")))

    def test_open_tickets_are_found_by_their_index(self):
        """With an empty stage kind allowed, "not solved" would be two conditions, and no index of open tickets fits."""
        query = self.env["helpdesk.ticket"]._search([("stage_kind", "not in", ("solved", "closed"))])
        self.assertNotIn('"stage_kind" IS NULL', query.select().code)

    def test_every_grouping_of_the_list(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"])
        arch = etree.fromstring(tickets.get_view(view_type="search")["arch"])
        contexts = [literal_eval(node.get("context")) for node in arch.iter("filter") if node.get("context")]
        groupings = [
            context["group_by"] for context in contexts if context.get("group_by", "properties") != "properties"
        ]
        self.assertGreater(len(groupings), 10)
        for grouping in groupings:
            with self.subTest(grouping):
                self.assertTrue(tickets.web_read_group([], [grouping], limit=80)["groups"])

    def test_category_with_its_subtree_and_any_interval(self):
        search = self.env["helpdesk.ticket"].with_user(self.users["agent"]).search
        mine = [("id", "in", (self.ticket | self.other).ids)]
        self.assertEqual(len(search([("category_id", "child_of", self.category.id), *mine])), 1)
        day = self.ticket.create_date.date()
        self.assertEqual(len(search([("create_date", ">=", day), ("create_date", "<=", f"{day} 23:59:59"), *mine])), 2)
        self.assertFalse(search([("create_date", "<", day), *mine]))

    def test_another_product_is_not_found(self):
        """R27.a.3: words open no door."""
        self.ticket.product_id = self.product_b
        self.assertFalse(self.found("search_text", "masuk"))


@tagged("post_install", "-at_install")
class TestHandling(HelpdeskCase):
    """R27.a.1: an agent's day in the form."""

    def test_take_solve_reopen(self):
        ticket = self.create_ticket().with_user(self.users["agent"])
        self.assertIs(ticket.action_take(), True)
        self.assertEqual((ticket.user_id, ticket.stage_kind), (self.users["agent"], "open"))
        ticket.action_wait_for_customer()
        self.assertEqual(ticket.stage_kind, "waiting_customer")
        ticket.action_solve()
        self.assertTrue(ticket.solved_date)
        ticket.action_reopen()
        self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("open", 1))

    def test_the_second_to_take_is_told_who_has_it(self):
        ticket = self.create_ticket()
        ticket.with_user(self.users["agent"]).action_take()
        notice = ticket.with_user(self.users["leader"]).action_take()
        self.assertIn("Test agent", notice["params"]["message"])
        self.assertEqual(ticket.user_id, self.users["agent"])

    def test_a_reader_cannot_take(self):
        """R7: roles without the agent's right change nothing."""
        ticket = self.create_ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.users["quality"]).action_take()

    def test_waiting_since_is_the_first_unanswered_message(self):
        ticket = self.create_ticket()
        first = self.customer_says(ticket, "Halo")
        self.env.flush_all()  # each message is a transaction of its own
        self.customer_says(ticket, "Halo?")
        self.assertEqual(ticket.waiting_since, first.date)
        self.agent_says(ticket, "Selamat pagi")
        self.assertFalse(ticket.waiting_since)

    def test_somebody_elses_change_is_not_wiped_out(self):
        ticket = self.create_ticket(priority="1").with_user(self.users["agent"])
        ticket.with_user(self.users["leader"]).priority = "3"
        with self.assertRaisesRegex(TicketCollisionError, "Test leader"):
            ticket.web_save({"priority": "0", "helpdesk_seen": {"priority": "1"}}, {})
        self.assertEqual(ticket.priority, "3")
        ticket.web_save({"name": "Other field", "helpdesk_seen": {"name": "Cannot log in"}}, {})
        self.assertEqual((ticket.name, ticket.priority), ("Other field", "3"))

    def test_a_callers_ticket_belongs_to_the_callers_history(self):
        """R25.a.2: multi-level history of a customer over all channels."""
        self.env["helpdesk.identity"]._find_or_create_partners("email", {"siti@customer.example": "Siti"})
        form = Form(self.env["helpdesk.ticket"].with_user(self.users["agent"]))
        form.name = "Telepon"
        form.team_id = self.team_l1
        form.partner_email = "Siti@Customer.example"
        ticket = form.save()
        self.assertEqual(ticket.partner_id, self.customer)
        earlier = self.create_ticket()
        self.customer_says(earlier, "Halo")
        history = ticket.get_customer_history()
        self.assertIn(earlier.ticket_ref, [line["reference"] for line in history["tickets"]])
        self.assertEqual(earlier.get_conversation()[0]["direction"], "in")

    def test_lead_and_back(self):
        """R27.a.1: ticket to lead, and the lead's way back."""
        ticket = self.create_ticket()
        ticket.action_create_lead()
        self.assertEqual(ticket.lead_id.partner_id, self.customer)
        ticket.action_create_lead()
        self.assertEqual(self.env["crm.lead"].search_count([("partner_id", "=", self.customer.id)]), 1)

    def test_every_view_loads(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"])
        views = tickets.get_views(
            [(False, kind) for kind in ("list", "form", "kanban", "search", "calendar", "pivot", "graph", "activity")]
        )
        self.assertEqual(len(views["views"]), 8)

    def test_categories_are_named_in_the_readers_language(self):
        """R27.c.3: the path of a category in Indonesian for who reads Indonesian."""
        self.env["res.lang"]._activate_lang("id_ID")
        self.category.update_field_translations("name", {"en_US": "Log-in", "id_ID": "Masuk akun"})
        indonesian = self.category_otp.with_context(lang="id_ID")
        self.assertEqual(indonesian.display_name, "Masuk akun / OTP")
        self.assertEqual(self.category_otp.with_context(lang="en_US").display_name, "Log-in / OTP")
        self.assertIn(self.category.id, dict(indonesian.name_search("Masuk akun")))

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..demo import story
from ..models.helpdesk_demo import TICKETS

NOW = datetime(2026, 11, 24, 3, 0)


@tagged("post_install", "-at_install", "demo_data")
class TestDemo(TransactionCase):
    """Runs on a database with the demo data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = cls.env.ref("kemenkes_helpdesk.demo_ticket_first")
        cls.tickets = cls.env["helpdesk.ticket"].search([("id", ">=", first.id)], order="id", limit=TICKETS)
        cls.messages = cls.env["mail.message"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "in", cls.tickets.ids)]
        )
        cls.events = cls.env["helpdesk.event"].search([("ticket_id", "in", cls.tickets.ids)], order="id")

    def test_every_stage_channel_and_site_has_tickets(self):
        kinds = Counter(self.tickets.mapped("stage_kind"))
        self.assertEqual(len(self.tickets), TICKETS)
        for kind in ("new", "open", "waiting_customer", "waiting_internal", "solved"):
            self.assertTrue(kinds[kind], kind)
        self.assertGreater(kinds["closed"], TICKETS / 2)
        self.assertEqual(set(self.tickets.mapped("channel_kind")), {"email", "form"})
        self.assertEqual(len(self.tickets.site_id), 2)

    def test_every_product_has_tickets(self):
        products = self.env["helpdesk.product"].search([])
        self.assertLessEqual(products, self.tickets.product_id)

    def test_every_ticket_starts_with_its_customer(self):
        first = {message.res_id: message for message in self.messages.sorted("date", reverse=True)}
        for ticket in self.tickets:
            self.assertEqual(first[ticket.id].helpdesk_direction, "in")
            self.assertEqual(first[ticket.id].author_id, ticket.partner_id)
            self.assertEqual(first[ticket.id].date, ticket.create_date)

    def test_nothing_happens_in_the_future(self):
        now = fields.Datetime.now()
        self.assertLessEqual(max(self.messages.mapped("date")), now)
        self.assertLessEqual(max(self.events.mapped("date")), now)
        self.assertGreater(min(self.tickets.mapped("create_date")), now - timedelta(days=40))

    def test_ledger_is_whole_and_agrees_with_the_tickets(self):
        self.assertFalse(self.env["helpdesk.event"].sudo().verify())
        by_kind = defaultdict(Counter)
        for event in self.events:
            by_kind[event.kind][event.ticket_id.id] += 1
        last = {event.ticket_id.id: event for event in self.events}
        for ticket in self.tickets:
            with self.subTest(ticket=ticket.ticket_ref):
                self.assertEqual(by_kind["created"][ticket.id], 1)
                self.assertEqual(by_kind["message_out"][ticket.id], ticket.reply_count)
                self.assertEqual(by_kind["reopened"][ticket.id], ticket.reopen_count)
                self.assertEqual(last[ticket.id].stage_kind, ticket.stage_kind)
                self.assertEqual(last[ticket.id].agent_id, ticket.user_id)

    def test_first_response_is_the_first_reply(self):
        replies = self.events.filtered(lambda event: event.kind == "message_out").sorted("date", reverse=True)
        first = {event.ticket_id: event.date for event in replies}
        for ticket, date in first.items():
            self.assertEqual(ticket.first_response_date, date)
            self.assertEqual(ticket.first_response_seconds, (date - ticket.create_date).total_seconds())

    def test_the_day_of_the_outage_is_an_incident(self):
        """R27.b.4: its tickets are its children, with ledger rows of that day."""
        incident = self.env["helpdesk.ticket"].search([("is_incident", "=", True)])
        self.assertEqual(len(incident), 1)
        self.assertEqual(incident.stage_kind, "solved")
        children = self.env["helpdesk.ticket"].search([("parent_id", "=", incident.id)])
        self.assertEqual(len(children), story.INCIDENT_TICKETS)
        rows = self.env["helpdesk.event"].search([("kind", "=", "incident_joined")])
        self.assertEqual((rows.ticket_id, rows.other_ticket_id), (children.sorted("id"), incident))
        self.assertEqual({row.date.date() for row in rows}, {incident.create_date.date()})

    def test_replies_count_as_sent_and_no_mail_leaves(self):
        outbox = self.env["helpdesk.outbox.message"].search([("message_id", "in", self.messages.ids)])
        self.assertEqual(set(outbox.mapped("state")), {"sent"})
        mails = self.env["mail.mail"].search([("mail_message_id", "in", self.messages.ids)])
        self.assertFalse(mails)

    def test_agents_may_see_what_they_answer(self):
        for agent, tickets in self.tickets.filtered("user_id").grouped("user_id").items():
            self.assertEqual(tickets.with_user(agent).search([("id", "in", tickets.ids)]), tickets.sorted("id", True))

    def test_one_account_for_each_role_logs_in(self):
        for role in ("agen", "ahli", "ketua", "supervisor", "qa", "analis", "pelatih", "manajer", "admin"):
            user = self.env["res.users"].search([("login", "=", f"{role}1@demo.kemenkes.example")])
            self.assertTrue(user._is_internal(), role)
        for role in ("pusdatin", "warga"):
            user = self.env["res.users"].search([("login", "=", f"{role}1@demo.kemenkes.example")])
            self.assertTrue(user.share, role)

    def test_loading_twice_changes_nothing(self):
        self.assertFalse(self.env["helpdesk.demo"]._load())

    def test_accounts_log_in_with_one_password(self):
        """The hash of the first account is everybody's, citizens' too."""
        for name in ("agen2", "pusdatin1", "warga2"):
            user = self.env.ref(f"kemenkes_helpdesk.demo_user_{name}")
            credential = {"type": "password", "login": user.login, "password": "demo"}
            user.with_user(user)._check_credentials(credential, {"interactive": False})


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    """The scripts, without a database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.every_day, cls.incident = story.read_scripts()
        cls.stories = story.tell(NOW, TICKETS)

    def test_scripts_name_what_exists(self):
        for script in self.every_day + self.incident:
            names = [f"category_{script['category']}", *(f"tag_{tag}" for tag in script["tags"])]
            names += [f"product_{script['product']}"] if script["product"] else []
            for name in names:
                self.assertTrue(self.env.ref(f"kemenkes_helpdesk.{name}", raise_if_not_found=False), name)

    def test_there_are_many_scripts(self):
        codes = [script["code"] for script in self.every_day + self.incident]
        self.assertGreaterEqual(len(codes), 110)
        self.assertEqual(len(codes), len(set(codes)))

    def test_the_same_day_gives_the_same_stories(self):
        again = story.tell(NOW, TICKETS)
        self.assertEqual([told.steps for told in again], [told.steps for told in self.stories])

    def test_every_first_message_is_its_own(self):
        first = ["".join(told.steps[0].paragraphs) for told in self.stories]
        self.assertEqual(len(first), len(set(first)))

    def test_every_slot_is_filled(self):
        for told in self.stories:
            text = " ".join([told.subject, *(word for step in told.steps for word in [*step.paragraphs, step.reason])])
            self.assertLessEqual(set(story.SLOT.findall(text)), {"agent"}, told.script["code"])
            self.assertFalse(story.CHOICE.search(text), told.script["code"])

    def test_the_outage_brings_a_storm(self):
        outage = [told.start for told in self.stories if told.script in self.incident]
        self.assertGreaterEqual(len(outage), story.INCIDENT_TICKETS)
        self.assertLess(max(outage) - min(outage), timedelta(hours=4))

    def test_people_are_invented(self):
        for customer in story.read("people.json")["customers"]:
            self.assertRegex(customer["email"], r"[@.]example(\.com|\.org)?$")
            self.assertTrue(customer["nik"].startswith("00") or not customer["nik"])
            self.assertTrue(customer["phone"].startswith("+62 840-"))

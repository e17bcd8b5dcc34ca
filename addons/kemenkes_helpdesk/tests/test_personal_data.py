import json
import re

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tools.discuss import Store

from ..tools.personal_data import HEALTH_TERMS, mask
from .common import HelpdeskCase

EMAIL, PHONE, NIK = "siti@customer.example", "+6281234567890", "3275014512900004"
MASKED_EMAIL, MASKED_PHONE, MASKED_NIK = "s•••@customer.example", "+62812•••••890", "3275••••••••0004"
ASKING = ("agent", "expert", "leader", "supervisor", "operation_manager", "manager")
MASKED = ("quality", "analyst", "trainer", "admin_support", "viewer")
SECRETS = (EMAIL, PHONE, "81234567890", NIK)


@tagged("post_install", "-at_install")
class TestPersonalData(HelpdeskCase):
    """UU 27/2022, R6, R7, R27.c.4: who sees customers' personal data, by any path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(name=f"NIK {NIK} salah", description=f"Telepon saya {PHONE}")
        cls.message = cls.customer_says(cls.ticket, f"NIK saya {NIK}, surel {EMAIL}")
        cls.message.write({"email_from": f"Siti <{EMAIL}>", "incoming_email_cc": EMAIL})
        cls.identity = cls.env["helpdesk.identity"].create(
            {"kind": "telegram", "handle": "81234567890", "partner_id": cls.customer.id}
        )
        cls.outbox = cls.env["helpdesk.outbox.message"].create(
            {
                "ticket_id": cls.ticket.id,
                "message_id": cls.message.id,
                "channel_id": cls.channel_email.id,
                "recipient": EMAIL,
            }
        )

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.env.invalidate_all()

    def as_role(self, role):
        return self.ticket.with_user(self.users[role])

    def assert_no_secret(self, values, secrets=SECRETS):
        text = json.dumps(values, default=str, ensure_ascii=False)
        for secret in secrets:
            self.assertNotIn(secret, text)

    def read_everything(self, records):
        records.invalidate_recordset()
        texts = {
            name
            for name, field in records._fields.items()
            if field.type in ("char", "text", "html") and field.store and records._has_field_access(field, "read")
        }
        return records.read([*texts, "display_name"])

    def test_handles_are_masked(self):
        for role in ASKING + MASKED:
            with self.subTest(role):
                [values] = self.as_role(role).read(["partner_email", "partner_phone", "partner_email_normalized"])
                self.assertEqual(values["partner_email"], MASKED_EMAIL)
                self.assertEqual(values["partner_phone"], MASKED_PHONE)
                self.assertEqual(values["partner_email_normalized"], MASKED_EMAIL)

    def test_right_to_see_all(self):
        self.users["quality"].group_ids += self.env.ref("kemenkes_helpdesk.group_personal_data")
        [values] = self.as_role("quality").read(["partner_email", "description"])
        self.assertEqual((values["partner_email"], values["description"]), (EMAIL, f"Telepon saya {PHONE}"))

    def test_texts_by_role(self):
        """Agents read what the customer wrote; quality, analysts, trainers and viewers read it masked."""
        for role in ASKING:
            with self.subTest(role):
                self.assertIn(NIK, self.as_role(role).read(["name"])[0]["name"])
                self.assertIn(NIK, self.message.with_user(self.users[role]).read(["body"])[0]["body"])
        for role in MASKED:
            with self.subTest(role):
                self.assert_no_secret(self.read_everything(self.as_role(role)))
                self.assertIn(MASKED_NIK, self.as_role(role).display_name)
                self.assert_no_secret(self.read_everything(self.message.with_user(self.users[role])))
                self.assertIn(MASKED_NIK, self.message.with_user(self.users[role]).read(["body"])[0]["body"])

    def test_chatter(self):
        for role in MASKED:
            with self.subTest(role):
                message = self.message.with_user(self.users[role])
                self.assert_no_secret(Store().add(message).get_result())
        self.assertIn(NIK, json.dumps(Store().add(self.message.with_user(self.users["agent"])).get_result()))

    def test_chatter_in_sudo(self):
        """Odoo's pages read messages in sudo, after they have checked the ticket."""
        message = self.message.with_user(self.users["viewer"]).sudo()
        self.assert_no_secret(message.read(["body", "email_from", "subject", "preview"]))

    def test_body_is_markup(self):
        """Masked or not, the chatter gets HTML, not text with tags in it."""
        for role in ("agent", "quality"):
            self.message.with_user(self.users[role]).invalidate_recordset()
            stored = Store().add(self.message.with_user(self.users[role])).get_result()["mail.message"][0]["body"]
            self.assertEqual(stored[0], "markup")

    def test_links_of_the_customer(self):
        """Who has the signed link acts as the customer: only the customer gets it."""
        link = self.ticket.get_portal_url()
        token = self.ticket.access_token
        self.assertIn(token, link)
        message = self.ticket.message_post(body=Markup("<p>%s <a href='%s'>here</a></p>") % (link, link))
        self.env.flush_all()
        for role in ASKING + MASKED:
            with self.subTest(role):
                self.assert_no_secret(self.as_role(role).read(["access_token"]), [token])
                if role != "viewer":
                    self.assert_no_secret(message.with_user(self.users[role]).read(["body"]), [token])
        tickets = self.env["helpdesk.ticket"].with_user(self.users["manager"])
        self.assertFalse(tickets.search([("access_token", "=like", f"{token[:5]}%")]))
        messages = self.env["mail.message"].with_user(self.users["manager"])
        self.assertTrue(messages.search([("id", "=", message.id), ("body", "ilike", f"/my/tickets/{self.ticket.id}")]))
        for text in (f"access_token={token[:4]}", token[:13]):
            self.assertFalse(messages.search([("id", "=", message.id), ("body", "ilike", text)]))
            self.assertFalse(self.found("manager", "search_text", f'"{text}"'))
        self.assertIn(token, message.body)
        self.assertEqual(self.as_role("agent").access_token, token, "the server still makes links")

    def test_export(self):
        """R27.b.4: exports are masked too."""
        for role in ASKING + MASKED[:-1]:
            self.users[role].group_ids += self.env.ref("base.group_allow_export")
            with self.subTest(role):
                paths = [
                    "partner_email",
                    "partner_phone",
                    "email_cc",
                    "partner_id/email",
                    "partner_id/phone",
                    "partner_id",
                ]
                self.assert_no_secret(self.as_role(role).export_data(paths))

    def test_export_runs_no_formula(self):
        """A customer's subject is not a formula in the analyst's spreadsheet, neither in CSV nor in XLSX."""
        self.users["analyst"].group_ids += self.env.ref("base.group_allow_export")
        for text in ("=HYPERLINK(1)", "@SUM(1)", "\t=1", "\r=1"):
            self.ticket.name = text
            [[exported, reference]] = self.as_role("analyst").export_data(["name", "ticket_ref"])["datas"]
            self.assertEqual((exported, reference), (f"'{text}", self.ticket.ticket_ref))
        self.ticket.name = "a = b"
        self.assertEqual(self.as_role("analyst").export_data(["name"])["datas"], [["a = b"]])

    def test_search_by_whole_value_only(self):
        """An agent with a caller on the line types the number; pieces of it find nothing."""
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"])
        for domain in (
            [("partner_email", "=", EMAIL)],
            [("partner_email", "ilike", EMAIL.upper())],
            [("partner_phone", "ilike", PHONE)],
        ):
            self.assertEqual(tickets.search(domain), self.ticket)
        for domain in (
            [("partner_email", "ilike", "siti")],
            [("partner_email", "=like", "s%")],
            [("partner_phone", "like", "+62812")],
            [("partner_id.email", "ilike", "siti@")],
            [("partner_id.phone", "=ilike", "+62%")],
        ):
            self.assertFalse(tickets.search(domain), domain)
        self.assertIn(self.ticket, tickets.search([("partner_email", "not ilike", "siti")]))
        for operator in (">", "<="):
            with self.assertRaises(AccessError):
                tickets.search([("partner_email", operator, "s")])
        self.assertFalse(self.env["res.partner"].with_user(self.users["agent"]).name_search("siti@cust"))
        self.assertEqual(self.env["helpdesk.ticket"].search([("partner_email", "ilike", "siti@")]), self.ticket)

    def test_no_groups_and_no_order(self):
        other = self.create_ticket(partner_id=False, partner_email="aaa@customer.example")
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"])
        for groups, aggregates in (
            (["partner_email"], ["__count"]),
            ([], ["partner_phone:max"]),
            (["team_id"], ["partner_email:array_agg"]),
        ):
            with self.assertRaises(AccessError):
                tickets.formatted_read_group([], groups, aggregates)
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].with_user(self.users["analyst"]).formatted_read_group([], ["name"], ["__count"])
        self.assertEqual(
            tickets.search([("id", "in", (self.ticket | other).ids)], order="partner_email"), self.ticket | other
        )

    def test_customer_record(self):
        """The customer's own record, its picker and what hangs on it."""
        for role in ASKING + MASKED[:-1]:
            with self.subTest(role):
                partner = self.customer.with_user(self.users[role])
                self.assert_no_secret(self.read_everything(partner))
                self.assertNotIn(EMAIL, partner.with_context(show_email=True).display_name)
                self.assert_no_secret(Store().add(partner, ["email", "name", "phone"]).get_result())
        colleague = self.users["expert"].partner_id.with_user(self.users["agent"])
        self.assertEqual(colleague.read(["email"])[0]["email"], "expert@helpdesk.example")

    def test_account_of_customer(self):
        citizen = self.create_plain_user("citizen", "base.group_portal")
        citizen.login = citizen.email
        [values] = citizen.with_user(self.users["agent"]).read(["login", "email"])
        self.assert_no_secret(values, ["citizen@customer.example"])

    def test_identities_and_outbox(self):
        self.assert_no_secret(self.read_everything(self.identity.with_user(self.users["agent"])))
        for role in ("agent", "quality"):
            self.assert_no_secret(self.read_everything(self.outbox.with_user(self.users[role])))

    def test_history_beside_the_ticket(self):
        """R25.a.2: the customer's history hands out values past read."""
        for role in ASKING:
            self.assert_no_secret(self.customer.with_user(self.users[role]).get_helpdesk_history()["identities"])
        for role in MASKED[:-1]:
            with self.subTest(role):
                self.assert_no_secret(self.customer.with_user(self.users[role]).get_helpdesk_history())
                self.assert_no_secret(self.as_role(role).get_conversation())
        self.assertIn(NIK, json.dumps(self.as_role("agent").get_conversation()))

    def found(self, role, name, text):
        tickets = self.env["helpdesk.ticket"].with_user(self.users[role])
        return bool(tickets.search([("id", "=", self.ticket.id), (name, "ilike", text)]))

    def test_words_do_not_spell_handles(self):
        """R27.b.3: the customer's address and number are found as a whole, their parts by who may see them."""
        self.ticket = self.create_ticket(name="Plain")
        for role in ASKING + MASKED:
            with self.subTest(role):
                for name in ("search_customer", "search_text"):
                    for whole in (PHONE, "0812-3456-7890", EMAIL, EMAIL.upper(), "aminah"):
                        self.assertTrue(self.found(role, name, whole), whole)
                    for part in (PHONE[:-2], "0812345678", EMAIL[:-1], "customer", "81234567890"):
                        self.assertFalse(self.found(role, name, part), part)
        self.users["quality"].group_ids += self.env.ref("kemenkes_helpdesk.group_personal_data")
        self.assertTrue(self.found("quality", "search_customer", PHONE[:-2]))
        self.assertTrue(self.found("quality", "search_text", "siti@cust"))

    def test_words_do_not_spell_what_is_masked_in_texts(self):
        text = f"Saya mengidap HIV, paspor A1234567, telepon <b>0813</b>9999 8888, NIK{NIK[:-1]}5"
        self.customer_says(self.ticket, Markup(text))
        self.env["ir.attachment"].create(
            {"name": f"KTP_{NIK[:-1]}6.jpg", "res_model": "helpdesk.ticket", "res_id": self.ticket.id, "raw": b"x"}
        )
        hidden = (
            "hiv",
            "3275014512900004",
            "3275",
            NIK[:-1],
            "a1234567",
            "a123",
            "08139999",
            "qx3275",
            "qxqxhiv",
            EMAIL,
        )
        for role in MASKED:
            with self.subTest(role):
                for text in hidden[:-1]:
                    self.assertFalse(self.found(role, "search_text", text), text)
                    self.assertFalse(self.found(role, "search_message", text), text)
                self.assertFalse(self.found(role, "search_message", EMAIL))
                self.assertFalse(self.found(role, "search_attachment", "3275"))
                self.assertTrue(self.found(role, "search_text", "mengidap nik"))
                self.assertTrue(self.found(role, "search_text", '"nik saya"'))
        for text in (*hidden[:7], '"mengidap hiv paspor"', f'"nik saya {NIK}"'):
            self.assertTrue(self.found("agent", "search_text", text), text)
        self.assertTrue(self.found("viewer", "search_text", "salah"))

    def test_every_health_term_is_hidden_from_the_search(self):
        """The index looks for terms quicker than the masks do, and misses none, wherever it stands."""
        for term in [word.strip() for terms in HEALTH_TERMS.values() for word in terms.split(",")]:
            for text in (term, f"Saya {term.upper()}.", f"<p>a/{term}, (b)</p>", f"x-{term.capitalize()}-y"):
                self.env.cr.execute(
                    "SELECT tsvector_to_array(helpdesk_search_vector(%s, 'A')) @> %s", [text, [term.split()[0]]]
                )
                self.assertFalse(self.env.cr.fetchone()[0], text)

    def test_columns_of_texts_are_searched_as_they_are_seen(self):
        """The subject and the messages, by the plain search of their column."""
        messages = self.env["mail.message"]
        for role in MASKED:
            with self.subTest(role):
                for text in (NIK, "3275", "0004", "01451290"):
                    self.assertFalse(self.found(role, "name", text), text)
                self.assertTrue(self.found(role, "name", "salah"))
                tickets = self.env["helpdesk.ticket"].with_user(self.users[role])
                self.assertIn(self.ticket, tickets.search([("name", "not ilike", "3275")]))
                self.assertFalse(tickets.search([("name", "=like", "NIK 3%"), ("id", "=", self.ticket.id)]))
                with self.assertRaises(AccessError):
                    tickets.search([("description", ">", "T")])
                if role != "viewer":
                    found = messages.with_user(self.users[role]).search([("body", "ilike", "3275")])
                    self.assertNotIn(self.message, found)
        self.assertTrue(self.found("agent", "name", "3275"))
        address = self.env["res.partner"].create({"name": "budi.tanpa.nama@customer.example"})
        partners = self.env["res.partner"].with_user(self.users["agent"])
        self.assertFalse(partners.search([("id", "=", address.id), ("name", "ilike", "budi.tanpa")]))

    def test_search_hides_what_masks_hide(self):
        """The database's patterns hide no less than the masks do."""
        texts = (
            "NIK 3275014512900004 ya", "3275 0145 1290 0004", "budi.s@example.com", "0812-3456-7678", "(021) 5551234",
            "+65 9123 4567", "BPJS 0001234567890", "paspor A1234567", "bunuh diri dan Hamil", "hiv@example.com",
            "Tiket HD-2026-000123 dari 24-11-2026 08:42, versi 10.12.1",
        )  # fmt: skip
        for text in texts:
            self.env.cr.execute("SELECT helpdesk_search_shown(%s)", [text])
            shown = self.env.cr.fetchone()[0]
            masked = mask(text)
            self.assertEqual(shown == text, masked == text, text)
            for word in set(re.findall(r"\w+", text)) - set(re.findall(r"\w+", masked)):
                self.assertNotIn(word, shown)

    def test_followers(self):
        self.ticket.message_subscribe(self.customer.ids)
        followers = self.ticket.message_follower_ids.with_user(self.users["agent"])
        self.assert_no_secret(followers.read(["name", "email"]))

    def test_suggested_recipients(self):
        self.assertFalse(self.as_role("agent")._message_get_suggested_recipients())

    def test_escalation_reason(self):
        escalation = self.env["helpdesk.escalation"].create(
            {"ticket_id": self.ticket.id, "to_team_id": self.team_l2.id, "reason": f"NIK {NIK}"}
        )
        self.assertIn(NIK, escalation.with_user(self.users["agent"]).read(["reason"])[0]["reason"])
        self.assertIn(MASKED_NIK, escalation.with_user(self.users["analyst"]).read(["reason"])[0]["reason"])

    # SHOWING

    def test_reveal(self):
        """One click shows the contact data of one ticket to one agent for a quarter of an hour; the ledger notes it."""
        other = self.create_ticket()
        ticket = self.as_role("agent")
        ticket.action_reveal_personal_data()
        self.assertEqual(ticket.read(["partner_email"])[0]["partner_email"], EMAIL)
        self.assertEqual(ticket.partner_id.read(["phone"])[0]["phone"], PHONE)
        self.assertEqual(self.identity.with_user(self.users["agent"]).read(["handle"])[0]["handle"], "81234567890")
        self.assertEqual(other.with_user(self.users["agent"]).read(["partner_email"])[0]["partner_email"], MASKED_EMAIL)
        self.assertEqual(self.as_role("expert").read(["partner_email"])[0]["partner_email"], MASKED_EMAIL)
        event = self.env["helpdesk.event"].search([("kind", "=", "revealed"), ("ticket_id", "=", self.ticket.id)])
        self.assertEqual((len(event), event.user_id), (1, self.users["agent"]))

    def test_reveal_ends(self):
        ticket = self.as_role("agent")
        ticket.action_reveal_personal_data()
        self.env["helpdesk.reveal"].search([]).end_date = fields.Datetime.subtract(self.env.cr.now(), seconds=1)
        self.env.invalidate_all()
        self.assertEqual(ticket.read(["partner_email"])[0]["partner_email"], MASKED_EMAIL)
        ticket.action_reveal_personal_data()
        self.assertEqual(ticket.read(["partner_email"])[0]["partner_email"], EMAIL)

    def test_reveal_refused(self):
        for role in MASKED:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role).action_reveal_personal_data()
        foreign = self.create_ticket(product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            foreign.with_user(self.users["agent"]).action_reveal_personal_data()
        self.assertNotIn("revealed", self.kinds_of(self.ticket))

    def test_list_costs_one_query_more(self):
        self.create_ticket()
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"]).search([])
        tickets.read(["name"])
        with self.assertQueryCount(2):  # the columns; what the agent has asked to see
            tickets.read(["partner_email", "partner_phone"])

    # BULLETS COME BACK

    def test_form_keeps_what_is_behind_the_mask(self):
        with Form(self.env["helpdesk.ticket"].with_user(self.users["agent"])) as form:
            form.name = "By phone"
            form.product_id = self.product_a
            form.partner_id = self.customer
        self.assertEqual((form.record.sudo().partner_email, form.record.sudo().partner_phone), (EMAIL, PHONE))

    def test_mask_is_not_written(self):
        self.as_role("agent").write({"partner_email": MASKED_EMAIL, "name": "Changed"})
        self.assertEqual((self.ticket.partner_email, self.ticket.name), (EMAIL, "Changed"))
        with self.assertRaises(UserError):
            self.as_role("agent").write({"partner_email": "t•••@customer.example"})
        self.as_role("agent").write({"partner_email": "new@customer.example"})
        self.assertEqual(self.ticket.partner_email, "new@customer.example")

    def test_copy_is_made_of_real_values(self):
        copy = self.as_role("agent").copy()
        self.assertEqual(copy.sudo().partner_email, EMAIL)

    # MESSAGES THAT LEAVE

    def test_readers_get_no_mail_of_it(self):
        followers = self.users["quality"] | self.users["expert"] | self.users["viewer"]
        self.ticket.message_subscribe(followers.partner_id.ids)
        message = self.agent_says(self.ticket, f"NIK {NIK}")
        kinds = {notice.res_partner_id: notice.notification_type for notice in message.sudo().notification_ids}
        self.assertEqual(kinds[self.users["quality"].partner_id], "inbox")
        self.assertIn(self.users["expert"].partner_id, kinds)
        self.assertNotIn(self.users["viewer"].partner_id, kinds)

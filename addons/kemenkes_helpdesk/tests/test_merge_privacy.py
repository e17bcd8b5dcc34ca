from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .email_common import EmailCase, make_mail
from .portal_common import PNG, PortalCase


class MergedCase(EmailCase):
    """Three reports of one outage: Siti's goes on, Budi's and Citra's were merged into it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budi, cls.citra = cls.env["res.partner"].create(
            [
                {"name": name, "email": f"{name.split()[0].lower()}@rs.example"}
                for name in ("Budi Rahasia", "Citra Lain")
            ]
        )
        cls.siti_ticket = cls.create_ticket(name="Aplikasi mati")
        cls.budi_ticket = cls.create_ticket(name="Tidak bisa masuk", partner_id=cls.budi.id)
        cls.citra_ticket = cls.create_ticket(name="Galat 500", partner_id=cls.citra.id)
        cls.tickets = cls.siti_ticket | cls.budi_ticket | cls.citra_ticket
        for ticket in cls.tickets:
            cls.customer_says(ticket, f"Kata {ticket.partner_name}")
        cls.answers = {ticket: cls.agent_says(ticket, f"Jawaban untuk {ticket.partner_name}") for ticket in cls.tickets}
        (cls.budi_ticket | cls.citra_ticket).with_user(cls.users["agent"]).merge_into(
            cls.siti_ticket.with_user(cls.users["agent"])
        )

    def assert_no_other(self, ticket, text):
        """``text``, made for the ticket's customer, tells nothing of the other customers."""
        for other in self.tickets - ticket:
            for secret in (
                f"Kata {other.partner_name}",
                f"Jawaban untuk {other.partner_name}",
                other.partner_name,
                other.partner_email,
                other.access_token,
                other.ticket_ref,
            ):
                self.assertNotIn(secret, text)


@tagged("post_install", "-at_install")
class TestMergedPages(MergedCase, PortalCase):
    """R27.b.4, R27.a.3: on a merged ticket's page each customer reads what they wrote and were answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = new_test_user(cls.env, "test_budi", groups="base.group_portal", name="Budi Rahasia")
        cls.budi_ticket.partner_id = cls.account.partner_id
        cls.budi_ticket.partner_email = "budi@rs.example"

    def test_each_link_shows_its_own_words_and_no_others(self):
        for ticket in self.tickets:
            with self.subTest(ticket.name):
                page = self.url_open(self.link(ticket))
                self.assertEqual(self.path(page), f"/my/tickets/{ticket.id}")
                self.assertIn(f"Kata {ticket.partner_name}", page.text)
                self.assertIn(f"Jawaban untuk {ticket.partner_name}", page.text)
                self.assert_no_other(ticket, page.text)

    def test_account_sees_its_merged_ticket_only(self):
        self.authenticate("test_budi", "test_budi")
        self.assertIn(self.budi_ticket.ticket_ref, self.url_open("/my/tickets").text, "it is open: its survivor is")
        page = self.url_open(f"/my/tickets/{self.budi_ticket.id}")
        self.assertIn("Kata Budi Rahasia", page.text)
        self.assert_no_other(self.budi_ticket, page.text)
        self.assertEqual(self.url_open(f"/my/tickets/{self.siti_ticket.id}").status_code, 404)
        self.siti_ticket.stage_id = self.siti_ticket._stage_of("solved")
        self.assertNotIn(self.budi_ticket.ticket_ref, self.url_open("/my/tickets").text)
        self.assertIn(self.budi_ticket.ticket_ref, self.url_open("/my/tickets?filterby=done").text)

    def test_reply_stays_with_its_writer(self):
        """What a merged ticket's customer writes on their page is shown there, to agents, and to nobody else."""
        page = self.post_on(
            self.budi_ticket, "reply", message="Masih gagal", files={"files": ("layar.png", PNG, "image/png")}
        )
        self.assertEqual(self.path(page), f"/my/tickets/{self.budi_ticket.id}")
        self.assertIn("Masih gagal", page.text)
        self.assert_no_other(self.budi_ticket, page.text)
        message = self.siti_ticket.message_ids.filtered(lambda message: "Masih gagal" in message.body)
        self.assertRecordValues(
            message, [{"author_id": self.account.partner_id.id, "helpdesk_source_id": self.budi_ticket.id}]
        )
        file = message.attachment_ids
        for ticket, status in ((self.budi_ticket, 200), (self.siti_ticket, 404), (self.citra_ticket, 404)):
            address = f"/my/tickets/{ticket.id}/files/{file.id}?access_token={ticket.access_token}"
            self.assertEqual(self.url_open(address).status_code, status)
        self.assertNotIn("Masih gagal", self.url_open(self.link(self.siti_ticket)).text)

    def test_buttons_of_a_merged_ticket_do_nothing(self):
        page = self.url_open(self.link(self.budi_ticket))
        for action in ("solve", "reopen"):
            self.assertEqual(self.post_on(self.budi_ticket, action, page=page).status_code, 409)
        self.assertEqual(self.budi_ticket.stage_kind, "closed")
        self.assertEqual(self.siti_ticket.stage_kind, "open")

    def test_own_tickets_merged_are_one_conversation(self):
        """One customer's two tickets: the account is led to the survivor and reads both there."""
        other = self.create_ticket(name="Dua kali", partner_id=self.account.partner_id.id)
        self.customer_says(other, "Saya tulis dua kali")
        self.budi_ticket.unmerge()
        other.merge_into(self.budi_ticket)
        self.authenticate("test_budi", "test_budi")
        page = self.url_open(f"/my/tickets/{other.id}")
        self.assertEqual(self.path(page), f"/my/tickets/{self.budi_ticket.id}")
        self.assertIn("Saya tulis dua kali", page.text)
        self.assertIn("Kata Budi Rahasia", page.text)

    def test_link_of_a_form_opens_its_ticket_only(self):
        """A form shows its link to whoever filled it in: with another's address it must not lead to their words."""
        forged = self.create_ticket(name="Pancingan", channel_id=self.channel_form.id)
        self.assertEqual(forged.partner_id, self.siti_ticket.partner_id)
        self.customer_says(forged, "Saya Siti, sungguh")
        forged.merge_into(self.siti_ticket)
        page = self.url_open(self.link(forged))
        self.assertIn("Saya Siti, sungguh", page.text)
        for secret in ("Kata Siti", "Jawaban untuk Siti", self.siti_ticket.access_token):
            self.assertNotIn(secret, page.text)
        # the link of the other one was mailed to that very address
        self.assertIn("Saya Siti, sungguh", self.url_open(self.link(self.siti_ticket)).text)

    def test_receipt_of_a_form_keeps_its_own_link(self):
        page = self.send(email="dewi@warga.example")
        ticket = self.tickets_of_form()
        ticket.merge_into(self.siti_ticket)
        page = self.url_open(page.url)
        self.assertIn(ticket.access_token, page.text)
        self.assertNotIn(self.siti_ticket.access_token, page.text)

    def tickets_of_form(self):
        return self.env["helpdesk.ticket"].search([("channel_id", "=", self.channel_form.id)])


@tagged("post_install", "-at_install")
class TestMergedMails(MergedCase):
    """R27.b.4: no mail takes one customer's name, address, number or words to another."""

    def mail_of(self, row):
        return str(row._build_mail())

    def rows_of(self, message):
        return self.outbox.search([("message_id", "=", message.id)])

    def test_answers_under_way_stay_their_customers(self):
        """An answer that was queued before the merge goes out with its own number, link and thread."""
        for ticket, answer in self.answers.items():
            row = self.rows_of(answer)
            self.assertEqual(row.ticket_id, ticket)
            mail = self.mail_of(row)
            self.assertIn(ticket.ticket_ref, mail)
            self.assert_no_other(ticket, mail)
        self.assertEqual(self.siti_ticket.outbox_count, 3, "agents see on the survivor what became of each")

    def test_answer_goes_to_the_survivors_customer(self):
        row = self.rows_of(self.agent_says(self.siti_ticket, "Sudah pulih"))
        self.assertEqual(row.mapped("recipient"), ["siti@customer.example"])
        mail = row._build_mail()
        self.assertFalse(mail["Cc"])
        self.assert_no_other(self.siti_ticket, str(mail))
        for ticket in self.budi_ticket | self.citra_ticket:
            for said in (self.customer_says(ticket, "x"), self.answers[ticket]):
                self.assertNotIn(said.message_id, mail["References"])

    def answer_wizard(self):
        action = self.env.ref("kemenkes_helpdesk.helpdesk_merge_answer_action")
        return Form(
            self.env[action.res_model].with_user(self.users["agent"]).with_context(active_id=self.siti_ticket.id)
        )

    def test_other_customers_are_answered_each_on_their_own(self):
        """The agent asks for it; each gets a mail under their own number, and no one else's name or address."""
        replies = self.siti_ticket.reply_count
        form = self.answer_wizard()
        self.assertEqual(set(form.ticket_ids.ids), set(self.tickets.ids))
        form.body = "<p>Halo {{customer}}, {{reference}} sudah pulih. {{status_link}}</p>"
        form.save().action_send()
        messages = self.env["mail.message"].search([("body", "like", "sudah pulih")])
        self.assertEqual(messages.mapped("res_id"), [self.siti_ticket.id] * 3, "agents see all in one thread")
        rows = self.outbox.search([("message_id", "in", messages.ids)])
        self.assertEqual(rows.ticket_id, self.tickets)
        for row in rows:
            mail = row._build_mail()
            self.assertEqual(row.recipient, row.ticket_id.partner_email_normalized)
            self.assertIn(row.ticket_id._reply_token(), mail["Message-ID"], "an answer to it comes back to its number")
            self.assertFalse(mail["Cc"])
            text = mail.get_body(("plain",)).get_content()
            self.assertIn(f"Halo {row.ticket_id.partner_name}, {row.ticket_id.ticket_ref} sudah pulih", text)
            self.assertIn(row.ticket_id.access_token, text)
            self.assert_no_other(row.ticket_id, str(mail) + text + row.ticket_id._said_to_customers()[-1].body)
        self.assertEqual(self.siti_ticket.reply_count, replies + 1, "one answer is one")
        for ticket in self.tickets:
            self.assertIn("sudah pulih", ticket._said_to_customers()[-1].body)

    def test_one_customer_with_two_merged_tickets_is_answered_once(self):
        again = self.create_ticket(name="Masih", partner_id=self.budi.id)
        again.merge_into(self.siti_ticket)
        self.assertEqual(self.siti_ticket.other_customer_ids, again | self.citra_ticket)
        more = self.create_ticket(name="Siti lagi")
        more.merge_into(self.siti_ticket)
        self.assertEqual(self.siti_ticket.other_customer_ids, again | self.citra_ticket)

    def test_answer_reaches_nobody_outside_the_merge(self):
        """R27.a.3: no call makes a message of this thread another ticket's."""
        stranger = self.create_ticket(name="Lain", product_id=self.product_b.id)
        for ticket in (stranger, self.create_ticket(name="Bukan gabungan")):
            with self.assertRaises(AccessError):
                self.siti_ticket.with_user(self.users["agent"]).message_post(
                    body="x", subtype_xmlid="mail.mt_comment", helpdesk_source_id=ticket.id
                )
        for user in ("quality", "viewer"):
            with self.assertRaises(AccessError):
                self.budi_ticket.with_user(self.users[user]).answer_customers("x")

    def test_nothing_is_sent_by_mistake(self):
        form = self.answer_wizard()
        with self.assertRaises(UserError):
            form.save().action_send()

    def test_thread_tells_the_number(self):
        """Agents read whose words they are in the thread."""
        store = Store()
        store.add(self.siti_ticket.message_ids)
        numbers = {row["id"]: row.get("helpdesk_number") for row in store.get_result()["mail.message"]}
        for ticket, answer in self.answers.items():
            expected = None if ticket == self.siti_ticket else ticket.ticket_ref
            self.assertEqual(numbers[answer.id], expected)

    def test_mailed_reply_arrives_at_the_survivor_with_its_author(self):
        """By the answered mail's id and by the token alike; its copies are its own customer's."""
        for index, header in enumerate(
            (
                {"In_Reply_To": self.answers[self.budi_ticket].message_id},
                {"In_Reply_To": self.token_of(self.budi_ticket)},
            )
        ):
            with self.subTest(header):
                copied = f"rekan{index}@rs.example"
                event = self.receive(
                    make_mail("Re: x", f"Masih gagal {index}", "Budi <budi@rs.example>", Cc=copied, **header)
                )
                message = event.message_id
                self.assertRecordValues(
                    message,
                    [
                        {
                            "res_id": self.siti_ticket.id,
                            "helpdesk_source_id": self.budi_ticket.id,
                            "author_id": self.budi.id,
                        }
                    ],
                )
                self.assertEqual(event.ticket_id, self.budi_ticket)
                self.assertIn(copied, self.budi_ticket.email_cc)
                self.assertFalse(self.siti_ticket.email_cc)
        self.assert_no_other(self.siti_ticket, " ".join(self.siti_ticket._said_to_customers().mapped("body")))
        row = self.env["helpdesk.event"].sudo().search([("message_id", "=", message.id)])
        self.assertEqual((row.ticket_id, row.other_ticket_id), (self.siti_ticket, self.budi_ticket))

    def token_of(self, ticket):
        return f"<{ticket._reply_token()}@helpdesk.example>"

    def test_survivors_number_is_no_key(self):
        """Who wrote on a merged ticket took no part in the survivor's conversation."""
        event = self.receive(make_mail(f"Re: [{self.siti_ticket.ticket_ref}]", "Apa kabar?", "Budi <budi@rs.example>"))
        self.assertNotIn(event.ticket_id, self.tickets)

    def test_reply_after_the_survivor_was_solved_long_ago(self):
        """The ticket that follows is the writer's, whose ever the survivor was."""
        self.siti_ticket.stage_id = self.siti_ticket._stage_of("solved")
        self.siti_ticket.solved_date = "2020-01-01 00:00:00"
        event = self.receive(
            make_mail("Re: x", "Lagi", "Budi <budi@rs.example>", In_Reply_To=self.answers[self.budi_ticket].message_id)
        )
        self.assertRecordValues(event.ticket_id, [{"partner_id": self.budi.id, "previous_id": self.budi_ticket.id}])
        self.assertEqual(event.ticket_id.partner_email, "budi@rs.example")

    def test_machine_answers_who_wrote(self):
        """Automatic replies and keyword rules speak to the writer under the writer's number."""
        self.env["helpdesk.auto.reply"].create(
            {"name": "Terima kasih", "trigger": "message_in", "body": "<p>Halo {{customer}}, {{reference}}</p>"}
        )
        self.env["helpdesk.keyword.rule"].create(
            {
                "name": "Darurat",
                "trigger": "message_in",
                "match": "words",
                "words": "darurat",
                "priority": "3",
                "reply": "<p>Kami baca, {{customer}}</p>",
            }
        )
        hear = patch.object(self.registry["helpdesk.ticket"], "_may_hear_machine", lambda tickets: tickets)
        with hear:
            said = self.customer_says(self.budi_ticket, "Ini darurat")
        spoken = self.env["mail.message"].search([("helpdesk_direction", "=", "auto"), ("id", ">", said.id)])
        self.assertEqual(len(spoken), 2)
        self.assertEqual(spoken.mapped("res_id"), [self.siti_ticket.id] * 2)
        self.assertEqual(spoken.helpdesk_source_id, self.budi_ticket)
        rows = self.outbox.search([("message_id", "in", spoken.ids)])
        self.assertEqual(set(rows.mapped("recipient")), {"budi@rs.example"})
        for row in rows:
            self.assert_no_other(self.budi_ticket, self.mail_of(row))
        self.assertEqual(self.siti_ticket.priority, "3", "what a rule changes is changed where the work is done")

    def test_bounce_is_told_where_the_work_is_done(self):
        row = self.rows_of(self.answers[self.budi_ticket])
        row._give_up("the address does not exist")
        self.assertIn("the address does not exist", self.siti_ticket.message_ids[0].body)

    def test_requested_link_is_of_the_own_ticket(self):
        self.env["helpdesk.ticket"]._mail_portal_link(self.budi_ticket.ticket_ref, "budi@rs.example")
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn(self.budi_ticket.access_token, mail.body_html)
        self.assert_no_other(self.budi_ticket, mail.body_html)

from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .portal_common import PNG, PortalCase


@tagged("post_install", "-at_install")
class TestCitizenPortal(PortalCase):
    """The citizen's own tickets, by signed link and by account (R27.a.1); nobody else's by any path (R27.a.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.citizen = new_test_user(cls.env, "test_citizen", groups="base.group_portal", name="Siti Aminah")
        cls.stranger = new_test_user(cls.env, "test_stranger", groups="base.group_portal", name="Orang Lain")
        cls.ticket = cls.create_ticket(partner_id=cls.citizen.partner_id.id, channel_id=cls.channel_form.id)
        cls.foreign = cls.create_ticket(partner_id=cls.stranger.partner_id.id, name="Rahasia orang lain")
        cls.customer_says(cls.ticket, "Saya tidak bisa masuk")
        cls.agent_says(cls.ticket, "Silakan coba lagi")
        cls.ticket.with_user(cls.users["agent"]).message_post(
            body="Catatan dalam: jangan dibaca", subtype_xmlid="mail.mt_note"
        )

    def login(self, user):
        self.authenticate(user.login, user.login)

    # SEEING

    def test_link_shows_the_conversation_and_no_note(self):
        page = self.url_open(self.link(self.ticket))
        self.assertIn("Saya tidak bisa masuk", page.text)
        self.assertIn("Silakan coba lagi", page.text)
        self.assertNotIn("Catatan dalam", page.text)
        self.assertNotIn("agent@helpdesk.example", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.kinds_of(self.ticket)[-1], "viewed")

    def test_times_are_those_of_the_site(self):
        self.assertIn("WIB", self.url_open(self.link(self.ticket)).text)
        self.ticket.site_id = self.site_east
        self.assertIn("WIT<", self.url_open(self.link(self.ticket)).text.replace("\n", ""))

    def test_wrong_link_is_not_found(self):
        for token in ("x", self.foreign.access_token):
            page = self.url_open(f"/my/tickets/{self.ticket.id}?access_token={token}")
            self.assertEqual(page.status_code, 404)
            self.assertNotIn("Saya tidak bisa masuk", page.text)
        for unknown in ("999999999", "9" * 20):
            self.assertEqual(self.url_open(f"/my/tickets/{unknown}?access_token=x").status_code, 404)
        self.assertEqual(self.path(self.url_open(f"/my/tickets/{self.ticket.id}")), "/web/login")
        self.assertEqual(self.path(self.url_open("/my/tickets")), "/web/login")

    def test_a_parameter_given_twice(self):
        """ASVS 15.3.7: the first of its kind counts, the form before the address, the path before both."""
        own, foreign = self.ticket.access_token, self.foreign.access_token
        page = self.url_open(f"/my/tickets/{self.ticket.id}?ticket_id={self.foreign.id}&access_token={own}")
        self.assertIn("Saya tidak bisa masuk", page.text)
        self.assertNotIn("Rahasia orang lain", page.text)
        for tokens in ((foreign, own), ("x", own)):
            query = "&".join(f"access_token={token}" for token in tokens)
            self.assertEqual(self.url_open(f"/my/tickets/{self.ticket.id}?{query}").status_code, 404)
        before = self.ticket.message_ids
        data = {"access_token": foreign, "message": "Bukan saya", "csrf_token": self.csrf_of(page)}
        answer = self.url_open(f"/my/tickets/{self.ticket.id}/reply?access_token={own}", data=data)
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.ticket.message_ids, before)

    def test_account_sees_own_tickets_only(self):
        self.login(self.citizen)
        page = self.url_open("/my/tickets")
        self.assertIn(self.ticket.ticket_ref, page.text)
        self.assertNotIn(self.foreign.ticket_ref, page.text)
        self.assertNotIn(
            "Rahasia",
            self.url_open("/my/tickets?search=Rahasia&filterby=all")
            .text.replace("“Rahasia”", "")
            .replace('value="Rahasia"', "")
            .replace("search=Rahasia", ""),
        )
        self.assertEqual(self.url_open(f"/my/tickets/{self.foreign.id}").status_code, 404)
        self.assertEqual(self.url_open(f"/my/tickets/{self.ticket.id}").status_code, 200)
        self.assertIn("/my/tickets", self.url_open("/my/home").text)
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["helpdesk_ticket_count"]})
        self.assertEqual(counters["helpdesk_ticket_count"], 1)

    def test_list_filters_sorts_and_searches(self):
        done = self.create_ticket(partner_id=self.citizen.partner_id.id, name="Sudah selesai")
        done.stage_id = done._stage_of("solved")
        self.login(self.citizen)
        self.assertNotIn(done.ticket_ref, self.url_open("/my/tickets").text)
        self.assertIn(done.ticket_ref, self.url_open("/my/tickets?filterby=done").text)
        text = self.url_open("/my/tickets?filterby=all&sortby=old").text
        self.assertLess(text.index(self.ticket.ticket_ref), text.index(done.ticket_ref))
        text = self.url_open("/my/tickets?filterby=all&search=selesai").text
        self.assertIn(done.ticket_ref, text)
        self.assertNotIn(self.ticket.ticket_ref, text)
        for odd in ("?sortby=password&filterby=x", "?search=%25%27%22", "/page/99"):
            self.assertEqual(self.url_open(f"/my/tickets{odd}").status_code, 200)

    def test_list_has_pages(self):
        self.create_ticket()
        self.env["helpdesk.ticket"].create(
            [
                {"name": f"Soal {n}", "partner_id": self.citizen.partner_id.id, "team_id": self.team_l1.id}
                for n in range(25)
            ]
        )
        self.login(self.citizen)
        first, second = self.url_open("/my/tickets").text, self.url_open("/my/tickets/page/2").text
        self.assertEqual(first.count('class="kh-ticket"'), 20)
        self.assertEqual(second.count('class="kh-ticket"'), 6)

    def test_agent_who_follows_the_link_without_token_gets_the_form(self):
        self.login(self.users["agent"])
        response = self.url_open(f"/my/tickets/{self.ticket.id}", allow_redirects=False)
        self.assertIn(f"/odoo/helpdesk.ticket/{self.ticket.id}", response.headers["Location"])

    @mute_logger("odoo.http")
    def test_odoo_chatter_is_no_second_door(self):
        """The link opens this page and nothing else: no notes, no recipients, no chatter."""
        posted = self.make_jsonrpc_request
        arguments = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id, "token": self.ticket.access_token}
        before = self.ticket.message_ids
        for path, more in (
            ("/mail/message/post", {"post_data": {"body": "x", "subtype_xmlid": "mail.mt_comment"}}),
            ("/mail/chatter_fetch", {"fetch_params": {}}),
        ):
            with self.assertRaises(JsonRpcException, msg=path):
                posted(path, {**arguments, **more})
        self.login(self.citizen)
        with self.assertRaises(JsonRpcException):
            posted("/mail/message/post", {**arguments, "post_data": {"body": "x", "subtype_xmlid": "mail.mt_note"}})
        self.assertEqual(self.ticket.message_ids, before)

    def test_conversation_fills_no_log(self):
        """A conversation that is opened is nothing to warn of: eighty agents open one every few seconds."""
        self.login(self.users["agent"])
        arguments = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}
        with self.assertNoLogs("odoo.addons.mail.models.mail_thread", "WARNING"):
            self.make_jsonrpc_request("/mail/thread/messages", arguments)

    # FILES

    def test_files_follow_the_ticket(self):
        self.post_on(self.ticket, "reply", message="Lihat gambar", files={"files": ("layar.png", PNG, "image/png")})
        file = self.ticket._said_to_customers().attachment_ids
        address = f"/my/tickets/{self.ticket.id}/files/{file.id}"
        response = self.url_open(f"{address}?access_token={self.ticket.access_token}")
        self.assertEqual(response.content, PNG)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(self.kinds_of(self.ticket)[-1], "attachment_downloaded")
        shown = self.url_open(f"{address}?inline=1&access_token={self.ticket.access_token}")
        self.assertNotIn("attachment", shown.headers.get("Content-Disposition", ""))
        self.assertEqual(self.url_open(f"{address}?access_token=x").status_code, 404)
        other = f"/my/tickets/{self.foreign.id}/files/{file.id}?access_token={self.foreign.access_token}"
        self.assertEqual(self.url_open(other).status_code, 404)
        self.assertEqual(self.path(self.url_open(address)), "/web/login")
        self.login(self.stranger)
        self.assertEqual(self.url_open(address).status_code, 404)
        self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 404)

    def test_files_of_notes_are_not_the_customers(self):
        note = self.ticket.with_user(self.users["agent"]).message_post(
            body="Catatan", subtype_xmlid="mail.mt_note", attachments=[("dalam.txt", b"rahasia")]
        )
        address = f"/my/tickets/{self.ticket.id}/files/{note.attachment_ids.id}?access_token={self.ticket.access_token}"
        self.assertEqual(self.url_open(address).status_code, 404)

    # WRITING

    def test_reply_comes_in_as_the_customers(self):
        self.ticket.stage_id = self.ticket._stage_of("waiting_customer")
        page = self.post_on(self.ticket, "reply", message="Masih belum bisa\n<b>tolong</b>")
        self.assertIn("Masih belum bisa", page.text)
        self.assertNotIn("<b>tolong", page.text)
        message = self.ticket._said_to_customers()[-1]
        self.assertRecordValues(
            message,
            [
                {
                    "helpdesk_direction": "in",
                    "author_id": self.citizen.partner_id.id,
                    "helpdesk_channel_id": self.channel_form.id,
                }
            ],
        )
        self.assertEqual(self.ticket.stage_kind, "open")
        self.assertIn("message_in", self.kinds_of(self.ticket))
        self.assertEqual(self.events().outcome, "reply")

    def test_reply_twice_is_one(self):
        page = self.url_open(self.link(self.ticket))
        key = page.text.split('name="reply_key" value="')[1].split('"')[0]
        count = len(self.ticket._said_to_customers())
        for _time in range(2):
            self.post_on(self.ticket, "reply", page=page, message="Halo, ada kabar?", reply_key=key)
        self.assertEqual(len(self.ticket._said_to_customers()), count + 1)

    def test_reply_with_account(self):
        self.login(self.citizen)
        self.post_on(self.ticket, "reply", token=False, message="Dari akun saya")
        self.assertEqual(self.ticket._said_to_customers()[-1].author_id, self.citizen.partner_id)

    def test_reply_of_nothing_or_too_much(self):
        for message in ("  ", "a" * 10_001):
            page = self.post_on(self.ticket, "reply", message=message)
            self.assertEqual(page.status_code, 422)
        self.assertFalse(self.events())

    def test_replies_have_a_limit(self):
        with patch("odoo.addons.kemenkes_helpdesk.controllers.citizen_portal.REPLIES_PER_HOUR", 1):
            self.post_on(self.ticket, "reply", message="Pertama")
            page = self.post_on(self.ticket, "reply", message="Kedua, yang tidak hilang")
        self.assertIn("Kedua, yang tidak hilang", page.text)
        self.assertNotIn("Kedua", "".join(self.ticket._said_to_customers().mapped("body")))

    def test_late_reply_makes_a_ticket_that_follows(self):
        self.ticket.stage_id = self.ticket._stage_of("solved")
        self.ticket.solved_date = "2020-01-01 00:00:00"
        page = self.post_on(self.ticket, "reply", message="Terjadi lagi")
        follower = self.env["helpdesk.ticket"].search([("previous_id", "=", self.ticket.id)])
        self.assertEqual(self.path(page), f"/my/tickets/{follower.id}")
        self.assertIn("Terjadi lagi", page.text)
        self.assertEqual(self.ticket.stage_kind, "solved")

    def test_solve_and_reopen(self):
        page = self.post_on(self.ticket, "solve")
        self.assertEqual(self.ticket.stage_kind, "solved")
        self.assertRegex(page.text, "Thank you|Terima kasih")
        self.assertIn("solved", self.kinds_of(self.ticket))
        self.post_on(self.ticket, "reopen")
        self.assertEqual(self.ticket.stage_kind, "open")
        self.assertEqual(self.ticket.reopen_count, 1)
        self.ticket.stage_id = self.ticket._stage_of("solved")
        self.ticket.solved_date = "2020-01-01 00:00:00"
        self.assertEqual(self.post_on(self.ticket, "reopen").status_code, 409)

    @mute_logger("odoo.http")
    def test_only_the_customer_changes_and_only_by_post(self):
        page = self.url_open(self.link(self.ticket))
        csrf = self.csrf_of(page)
        for action in ("solve", "reply", "reopen"):
            address = f"/my/tickets/{self.ticket.id}/{action}"
            self.assertEqual(self.url_open(f"{address}?access_token={self.ticket.access_token}").status_code, 405)
            wrong = self.url_open(address, data={"csrf_token": csrf, "access_token": "x", "message": "x"})
            self.assertEqual(wrong.status_code, 404)
            forged = self.url_open(address, data={"access_token": self.ticket.access_token, "message": "x"})
            self.assertEqual(forged.status_code, 400)
        self.login(self.stranger)
        csrf = self.csrf_of(self.url_open(f"/my/tickets/{self.foreign.id}"))
        self.assertEqual(
            self.url_open(f"/my/tickets/{self.ticket.id}/solve", data={"csrf_token": csrf}).status_code, 404
        )
        self.assertEqual(self.ticket.stage_kind, "open")

    # MERGED

    def test_merged_ticket_leads_to_the_survivor_of_the_same_customer(self):
        survivor = self.create_ticket(partner_id=self.citizen.partner_id.id, name="Yang tetap")
        self.ticket.merged_into_id = survivor
        self.login(self.citizen)
        page = self.url_open(f"/my/tickets/{self.ticket.id}")
        self.assertEqual(self.path(page), f"/my/tickets/{survivor.id}")
        self.assertIn("Yang tetap", page.text)

    def test_merged_ticket_never_leads_to_another_customers(self):
        self.ticket.merged_into_id = self.foreign
        page = self.url_open(self.link(self.ticket))
        self.assertEqual(self.path(page), f"/my/tickets/{self.ticket.id}")
        self.assertNotIn("Rahasia", page.text)
        self.assertRegex(page.text, "Several people|Beberapa orang")

    # THE LINK ONCE MORE

    def ask_link(self, reference, email):
        page = self.url_open("/helpdesk/status")
        return self.url_open(
            "/helpdesk/status", data={"csrf_token": self.csrf_of(page), "reference": reference, "email": email}
        )

    def link_mails(self):
        return self.env["mail.mail"].sudo().search([("body_html", "like", "/my/tickets/")])

    def test_link_is_mailed_to_the_tickets_address_only(self):
        self.ticket.partner_email = "Siti <siti@warga.example>"
        before = self.ticket.message_ids
        answers = {
            self.ask_link(reference, email).text.split("kh-page")[1]
            for reference, email in (
                (self.ticket.ticket_ref.lower(), "SITI@warga.example"),
                (self.ticket.ticket_ref, "stranger@warga.example"),
                ("HD-2020-999999", "siti@warga.example"),
            )
        }
        self.assertEqual(len(answers), 1, "the page tells nobody whether there is such a ticket")
        mail = self.link_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("siti@warga.example", mail.email_to)
        self.assertIn(self.ticket.access_token, mail.body_html)
        self.assertEqual(self.ticket.message_ids, before, "the link stays out of the conversation")

    def test_link_requests_are_limited(self):
        self.ticket.partner_email = "siti@warga.example"
        for _time in range(5):
            self.ask_link(self.ticket.ticket_ref, "siti@warga.example")
        self.assertEqual(len(self.link_mails()), 3, "nobody's mailbox is flooded")
        with patch("odoo.addons.kemenkes_helpdesk.controllers.status.REQUESTS_PER_HOUR", 1):
            self.assertEqual(self.ask_link("HD-1", "x@y.id").status_code, 429)

    def test_link_request_errors(self):
        page = self.ask_link("", "salah")
        self.assertEqual(page.status_code, 422)
        self.assertIn('id="kh-reference-error"', page.text)
        self.assertIn('id="kh-email-error"', page.text)

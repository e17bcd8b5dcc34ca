from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .portal_common import PortalCase

NIK = "3275014102900004"
PHONE = "081234567890"


@tagged("post_install", "-at_install")
class TestViewerPortal(PortalCase):
    """Pusdatin's own access, without a seat: tickets, comments, escalations (R27.c.4, R27.a.3, R27.b.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = cls.users["viewer"]
        cls.ticket = cls.create_ticket(name="Data ganda di laporan", category_id=cls.category_otp.id)
        cls.customer_says(cls.ticket, f"NIK saya {NIK}, telepon 081234567890")
        cls.agent_says(cls.ticket, "Kami periksa")
        cls.note("Catatan antar petugas")
        cls.foreign = cls.create_ticket(name="Milik produk lain", product_id=cls.product_b.id)

    @classmethod
    def note(cls, body, **values):
        agent = cls.users["agent"]
        return cls.ticket.with_user(agent).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note", **values
        )

    def setUp(self):
        super().setUp()
        self.authenticate(self.viewer.login, self.viewer.login)

    def open_ticket(self):
        return self.url_open(f"/my/helpdesk/tickets/{self.ticket.id}")

    # SEEING

    def test_ticket_shows_the_conversation_masked(self):
        page = self.open_ticket()
        self.assertEqual(page.status_code, 200)
        self.assertIn("Kami periksa", page.text)
        self.assertIn("NIK saya", page.text)
        self.assertNotIn(NIK, page.text)
        self.assertNotIn("081234567890", page.text)
        self.assertNotIn(self.customer.email, page.text)
        self.assertNotIn("Catatan antar petugas", page.text)
        self.assertEqual(self.kinds_of(self.ticket)[-1], "viewed")
        row = self.env["helpdesk.event"].sudo().search([("ticket_id", "=", self.ticket.id)], limit=1)
        self.assertEqual(row.user_id, self.viewer)

    def test_other_products_are_shut(self):
        self.assertNotIn("Milik produk lain", self.url_open("/my/helpdesk").text)
        self.assertNotIn("Milik produk lain", self.url_open("/my/helpdesk?search=lain").text)
        self.assertNotIn(f"/tickets/{self.foreign.id}", self.url_open(f"/my/helpdesk?product={self.product_b.id}").text)
        self.assertEqual(self.url_open(f"/my/helpdesk/tickets/{self.foreign.id}").status_code, 404)
        self.assertEqual(self.url_open("/my/helpdesk/tickets/999999999").status_code, 404)
        message = self.foreign.message_post(
            body="x", attachments=[("rahasia.txt", b"rahasia")], subtype_xmlid="mail.mt_comment"
        )
        file = message.attachment_ids
        for ticket in (self.foreign, self.ticket):
            self.assertEqual(self.url_open(f"/my/helpdesk/tickets/{ticket.id}/files/{file.id}").status_code, 404)
        self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 404)
        csrf = self.csrf_of(self.open_ticket())
        refused = self.url_open(
            f"/my/helpdesk/tickets/{self.foreign.id}/comment", data={"csrf_token": csrf, "message": "x"}
        )
        self.assertEqual(refused.status_code, 404)

    def test_pages_are_for_viewers_only(self):
        self.authenticate("test_agent", "test_agent")
        for path in ("", f"/tickets/{self.ticket.id}", "/escalations"):
            self.assertEqual(self.url_open(f"/my/helpdesk{path}").status_code, 404)
        self.authenticate(None, None)
        self.assertEqual(self.path(self.url_open("/my/helpdesk")), "/web/login")

    def test_files_of_the_conversation_but_not_of_notes(self):
        said = self.ticket.with_user(self.users["agent"]).message_post(
            body="Lihat lampiran",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("hasil.txt", b"isi")],
        )
        note = self.note("Dengan berkas", attachments=[("dalam.txt", b"rahasia")])
        base = f"/my/helpdesk/tickets/{self.ticket.id}/files"
        self.assertEqual(self.url_open(f"{base}/{said.attachment_ids.id}").content, b"isi")
        self.assertEqual(self.url_open(f"{base}/{note.attachment_ids.id}").status_code, 404)

    def test_link_of_the_customer_is_not_shown(self):
        """Who has it acts as the customer."""
        self.ticket.message_post(
            body=self.ticket.get_portal_url(), message_type="comment", subtype_xmlid="mail.mt_comment"
        ).helpdesk_direction = "auto"
        page = self.url_open(f"/my/helpdesk/tickets/{self.ticket.id}").text
        self.assertIn("access_token=•", page)
        self.assertNotIn(self.ticket.access_token, page)

    # SEARCHING

    def found(self, query=""):
        return self.ticket.ticket_ref in self.url_open(f"/my/helpdesk?{query}").text

    def test_search_by_each_filter(self):
        """R27.b.3: any interval, category with its subtree, product, channel, site, state, tier, text, reference."""
        today = self.ticket.create_date.date()
        other_site, other_tag = self.site_east.id, self.channel_form.id
        hits = [
            "", "search=ganda", f"search={self.ticket.ticket_ref.lower()}", f"category={self.category.id}",
            f"category={self.category_otp.id}", f"product={self.product_a.id}", f"channel={self.channel_email.id}",
            f"site={self.site.id}", "kind=open", "tier=1", "from=2020-01-01", "sortby=due",
            "product=abc&tier=9&from=kapan", "from=0001-01-01&to=9999-12-31", "product=²&site=99999999999",
            f"search=laporan+data&category={self.category.id}&tier=1", "search=Siti",
        ]  # fmt: skip
        misses = [
            "search=tidakada", "search=siti%40customer", "search=antar+petugas",
            f"channel={other_tag}", f"site={other_site}", "kind=solved", "tier=2", "to=2020-01-01",
            f"from={today.replace(year=today.year + 1)}", "category=999999",
        ]  # fmt: skip
        for query in hits:
            with self.subTest(query=query):
                self.assertTrue(self.found(query))
        for query in misses:
            with self.subTest(query=query):
                self.assertFalse(self.found(query))

    def test_interval_is_in_the_viewers_days(self):
        """23:30 UTC is the next morning in Jakarta."""
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-03-01 23:30:00' WHERE id = %s", [self.ticket.id]
        )
        self.env.invalidate_all()
        self.assertTrue(self.found("from=2026-03-02&to=2026-03-02"))
        self.assertFalse(self.found("from=2026-03-01&to=2026-03-01"))

    def test_list_has_pages_and_reads_in_few_queries(self):
        self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Soal {n}",
                    "team_id": self.team_l1.id,
                    "product_id": self.product_a.id,
                    "site_id": self.site.id,
                }
                for n in range(40)
            ]
        )
        first = self.url_open("/my/helpdesk").text
        self.assertEqual(first.count('class="kh-ticket"'), 30)
        self.assertEqual(self.url_open("/my/helpdesk/page/2").text.count('class="kh-ticket"'), 11)
        with patch("odoo.addons.kemenkes_helpdesk.controllers.viewer_portal.COUNT_LIMIT", 35):
            self.assertIn("35+", self.url_open("/my/helpdesk/page/2").text)

    # ESCALATIONS

    def escalate(self):
        self.ticket.user_id = self.users["agent"]
        self.team_l2.member_ids |= self.viewer
        return self.ticket.with_user(self.users["agent"]).escalate(self.team_l2, f"Perlu data, telepon {PHONE}")

    def act(self, escalation, action, **values):
        data = {"csrf_token": self.csrf_of(self.open_ticket()), **values}
        return self.url_open(f"/my/helpdesk/escalations/{escalation.id}/{action}", data=data)

    def test_escalation_is_accepted_and_answered(self):
        """R27.a.2: the answer goes to the agents, the ticket back to where it came from, the customer hears nothing."""
        escalation = self.escalate()
        page = self.url_open("/my/helpdesk/escalations")
        self.assertIn("Perlu data", page.text)
        self.assertNotIn(PHONE, page.text)
        self.act(escalation, "accept")
        self.assertRecordValues(escalation, [{"state": "accepted", "to_user_id": self.viewer.id}])
        page = self.act(escalation, "answer", message="Sudah diperbaiki, minta coba lagi")
        self.assertIn("minta coba lagi", page.text)
        self.assertEqual(escalation.state, "done")
        self.assertRecordValues(
            self.ticket, [{"team_id": self.team_l1.id, "user_id": self.users["agent"].id, "stage_kind": "open"}]
        )
        self.assertIn("escalation_answered", self.kinds_of(self.ticket))
        self.assertNotIn("escalation_returned", self.kinds_of(self.ticket))
        self.assertNotIn("minta coba lagi", self.url_open(self.link(self.ticket)).text)
        self.assertNotIn("Perlu data", self.url_open("/my/helpdesk/escalations").text)

    def test_escalation_is_returned_with_a_reason(self):
        escalation = self.escalate()
        self.assertEqual(self.act(escalation, "return", message=" ").status_code, 409)
        self.assertEqual(self.act(escalation, "answer", message="").status_code, 409)
        self.assertEqual(escalation.state, "waiting")
        self.act(escalation, "return", message="Tanyakan versi aplikasinya")
        self.assertRecordValues(escalation, [{"state": "returned", "return_reason": "Tanyakan versi aplikasinya"}])
        self.assertEqual(self.ticket.team_id, self.team_l1)
        self.assertEqual(self.act(escalation, "accept").status_code, 409)

    def test_escalations_of_others_are_shut(self):
        escalation = self.escalate()
        self.team_l2.member_ids -= self.viewer
        page = self.open_ticket()
        self.assertIn("Perlu data", page.text)
        self.assertNotIn("/accept", page.text)
        self.assertEqual(self.act(escalation, "accept").status_code, 409)
        self.assertEqual(escalation.state, "waiting")
        csrf = self.csrf_of(self.open_ticket())
        self.ticket.product_id = self.product_b
        refused = self.url_open(f"/my/helpdesk/escalations/{escalation.id}/accept", data={"csrf_token": csrf})
        self.assertEqual(refused.status_code, 404)
        self.assertNotIn("Perlu data", self.url_open("/my/helpdesk/escalations").text)

    # SPEAKING

    def test_comment_reaches_the_helpdesk_and_not_the_customer(self):
        page = self.open_ticket()
        data = {"csrf_token": self.csrf_of(page), "message": "Sudah kami <b>perbaiki</b>"}
        page = self.url_open(f"/my/helpdesk/tickets/{self.ticket.id}/comment", data=data)
        self.assertIn("Sudah kami &lt;b&gt;perbaiki", page.text)
        message = self.ticket.message_ids[0]
        self.assertEqual(message.author_id, self.viewer.partner_id)
        self.assertFalse(message.helpdesk_direction)
        self.assertTrue(message.subtype_id.internal)
        self.assertFalse(self.env["helpdesk.outbox.message"].search([("message_id", "=", message.id)]))
        self.assertIn("note", self.kinds_of(self.ticket))
        self.assertNotIn("perbaiki", self.url_open(self.link(self.ticket)).text)
        empty = self.url_open(f"/my/helpdesk/tickets/{self.ticket.id}/comment", data={**data, "message": " "})
        self.assertEqual(empty.status_code, 422)

    def test_note_addressed_to_a_viewer_is_read_by_viewers(self):
        self.note("Mohon dicek Pusdatin", partner_ids=self.viewer.partner_id.ids)
        self.note("Untuk rekan saja", partner_ids=self.users["leader"].partner_id.ids)
        page = self.open_ticket()
        self.assertIn("Mohon dicek Pusdatin", page.text)
        self.assertNotIn("Untuk rekan saja", page.text)
        self.assertNotIn("Mohon dicek Pusdatin", self.url_open(self.link(self.ticket)).text)

    def test_only_viewers_comment(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.users["agent"])._comment_as_viewer("x")
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.viewer)._comment_as_viewer("x")
        with self.assertRaises(UserError):
            self.ticket.with_user(self.viewer)._comment_as_viewer("  ")

    @mute_logger("odoo.http", "odoo.addons.mail.models.mail_thread")
    def test_viewer_does_not_speak_as_a_customer(self):
        """Odoo's chatter would post a viewer's words as the customer's."""
        before = self.ticket.message_ids
        arguments = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                "/mail/message/post", {**arguments, "post_data": {"body": "x", "subtype_xmlid": "mail.mt_comment"}}
            )
        self.assertEqual(self.ticket.message_ids, before)

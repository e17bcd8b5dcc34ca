from odoo.tests import tagged

from .portal_common import FORM, PortalCase
from .tour_common import LANGUAGES, TourCase


@tagged("post_install", "-at_install")
class TestPortalTours(PortalCase, TourCase):
    """The way of a citizen through the pages, in a real browser (R24.a): write, follow, answer, settle, reopen."""

    def test_write_and_follow(self):
        for language in LANGUAGES:
            with self.in_language(language):
                self.start_tour(FORM, "helpdesk_web_form", cookies={"frontend_lang": language})
                ticket = self.tickets()
                self.assertEqual(ticket.category_id, self.category_otp)
                self.assertEqual(ticket.reopen_count, 1)
                self.assertEqual(ticket.message_ids.attachment_ids.name, "layar.png")
                # out of the way: the same words again would be the same matter
                ticket.channel_id = self.channel_email
                self.events().text_digest = False

    def test_pusdatin_finds_reads_comments_accepts(self):
        """R27.c.4: without a seat, on pages of their own."""
        viewer = self.users["viewer"]
        self.team_l2.member_ids |= viewer
        for language in LANGUAGES:
            with self.in_language(language):
                ticket = self.create_ticket(name="Data ganda di laporan")
                self.customer_says(ticket, "Laporan bulan ini ganda")
                ticket.with_user(self.users["agent"]).escalate(self.team_l2, "Perlu dilihat Pusdatin")
                self.start_tour(
                    "/my/helpdesk", "helpdesk_viewer", login=viewer.login, cookies={"frontend_lang": language}
                )
                notes = ticket.message_ids.filtered(lambda message: message.author_id == viewer.partner_id)
                self.assertIn("Sedang kami lihat", notes.mapped("preview"))
                self.assertFalse([note for note in notes if note.helpdesk_direction], "the customer never sees it")
                self.assertEqual((ticket.escalation_ids.state, ticket.user_id), ("accepted", viewer))
                ticket.name = "Done"

    def test_nothing_is_wider_than_a_phone(self):
        ticket = self.create_ticket(name="Judul " + "panjangsekali" * 15)
        self.customer_says(ticket, "https://contoh.example/" + "a" * 300)
        code = "console[document.documentElement.scrollWidth <= window.innerWidth ? 'log' : 'error']('test successful')"
        self.browser_size = "390x844"
        for path in ("/helpdesk/form", FORM, "/helpdesk/status", self.link(ticket)):
            with self.subTest(path=path):
                self.browser_js(path, code, ready="document.querySelector('.kh-page') !== null")

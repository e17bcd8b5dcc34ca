from odoo.tests import tagged

from .portal_common import FORM, PortalCase


@tagged("post_install", "-at_install")
class TestPortalTours(PortalCase):
    """The way of a citizen through the pages, in a real browser (R24.a): write, follow, answer, settle, reopen."""

    def test_write_and_follow(self):
        self.start_tour(FORM, "helpdesk_web_form")
        ticket = self.tickets()
        self.assertEqual(ticket.category_id, self.category_otp)
        self.assertEqual(ticket.reopen_count, 1)

    def test_nothing_is_wider_than_a_phone(self):
        ticket = self.create_ticket(name="Judul " + "panjangsekali" * 15)
        self.customer_says(ticket, "https://contoh.example/" + "a" * 300)
        code = "console[document.documentElement.scrollWidth <= window.innerWidth ? 'log' : 'error']('test successful')"
        self.browser_size = "390x844"
        for path in ("/helpdesk/form", FORM, "/helpdesk/status", self.link(ticket)):
            with self.subTest(path=path):
                self.browser_js(path, code, ready="document.querySelector('.kh-page') !== null")

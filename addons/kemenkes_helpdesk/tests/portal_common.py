import re
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import HttpCase

from .common import HelpdeskCase

FORM = "/helpdesk/form/test-product-a"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


class PortalCase(HelpdeskCase, HttpCase):
    """A visitor at the public pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel_form.form_min_seconds = 0
        cls.category_foreign = cls.env["helpdesk.category"].create(
            {"name": "Only B", "product_ids": [(6, 0, cls.product_b.ids)]}
        )

    def open_form(self, path=FORM):
        """The page, and what a browser would send back with it."""
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200, page.text[:500])
        return page, {"form_token": re.search(r'name="form_token" value="([^"]+)"', page.text)[1]}

    def fill(self, **values):
        return {
            "name": "Budi Santoso",
            "email": "budi@warga.example",
            "phone": "",
            "category_id": str(self.category_otp.id),
            "subject": "Kode OTP tidak masuk",
            "message": "Sejak kemarin kode OTP tidak pernah masuk ke ponsel saya.",
            "consent": "1",
            **values,
        }

    def send(self, path=FORM, files=None, hidden=None, **values):
        """Fill in and send the form; returns the last page."""
        hidden = hidden or self.open_form(path)[1]
        return self.url_open(path, data={**hidden, **self.fill(**values)}, files=files or {"files": ("", b"")})

    def events(self):
        return self.env["helpdesk.inbox.event"].search([("channel_id", "=", self.channel_form.id)])

    def tickets(self):
        return self.env["helpdesk.ticket"].search([("channel_id", "=", self.channel_form.id)])

    def link(self, ticket):
        return ticket.get_portal_url()

    def csrf_of(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    def post_on(self, ticket, action, page=None, token=True, **values):
        """Press a button on a ticket's page, as the browser would after showing it."""
        page = page or self.url_open(self.link(ticket) if token else f"/my/tickets/{ticket.id}")
        data = {"csrf_token": self.csrf_of(page), **values}
        if token:
            data["access_token"] = ticket.access_token
        files = data.pop("files", None) or {"files": ("", b"")}
        return self.url_open(f"/my/tickets/{ticket.id}/{action}", data=data, files=files)

    def path(self, response):
        """Where a page is, without the language that its address may begin with."""
        return urlsplit(response.url).path.removeprefix("/en")

    def at(self, seconds):
        """Shift the clock that signs and ages the form."""
        import time

        real = time.time
        return patch("odoo.addons.kemenkes_helpdesk.controllers.form.time.time", lambda: real() + seconds)

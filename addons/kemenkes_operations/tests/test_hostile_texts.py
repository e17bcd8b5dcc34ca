from urllib.parse import quote

from lxml import html

from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalField

MARK = "teksjahat"
# Leaves an element behind where it is taken for HTML.
EVIL = f"""'"><img src="x:" class="{MARK}" onerror="alert(1)"><svg onload="alert(1)"><script>alert(1)</script>{MARK}"""


@tagged("post_install", "-at_install", "demo_data")
class TestHostileTextsDemo(HttpCase):
    """R27.a.3, ASVS 1.2.1: every text that a customer can write is shown as typed on the pages outside the backend."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in cls.env.registry:
            cls.make_hostile(cls.env[name])
        cls.env.invalidate_all()

    @classmethod
    def make_hostile(cls, model):
        """Write the text into all columns of a model that hold customers' words."""
        if model._abstract or not model._auto:
            return
        for name, field in model._fields.items():
            is_theirs = isinstance(field, PersonalField) and not field.is_secret and field.type in ("char", "text")
            if is_theirs and field.store and field.column_type and not field.translate:
                table, column = SQL.identifier(model._table), SQL.identifier(name)
                # some are unique
                cls.env.cr.execute(SQL("UPDATE %s SET %s = %s || id WHERE %s IS NOT NULL", table, column, EVIL, column))

    def test_pages(self):
        """The citizen's own, their rating, and Pusdatin's."""
        viewer = self.env["res.users"].search([("login", "=", "pusdatin1@demo.kemenkes.example")])
        viewer.password = viewer.login
        ticket = self.env["helpdesk.ticket"].with_user(viewer).search([("partner_id", "!=", False)], limit=1).sudo()
        request = self.env["helpdesk.csat.request"].search([("state", "=", "answered")], limit=1)
        citizen = f"/my/tickets/{ticket.id}?access_token={ticket._portal_ensure_token()}"
        self.assertTrue(self.look([citizen, f"/helpdesk/rate?access_token={quote(request.token)}"]))
        self.authenticate(viewer.login, viewer.login)
        self.look([
            "/my/helpdesk", f"/my/helpdesk/tickets/{ticket.id}", "/my/helpdesk/escalations", "/my/helpdesk/figures",
            "/my/helpdesk/reports", "/my/helpdesk/export",
        ])  # fmt: skip

    def look(self, addresses):
        """Open pages; whether the text is to be read on one of them (Pusdatin sees it masked)."""
        seen = False
        for address in addresses:
            answer = self.url_open(address)
            self.assertEqual(answer.status_code, 200, address)
            page = html.fromstring(answer.content)
            self.assertFalse(page.xpath(f"//img[@class='{MARK}'] | //img[@onerror] | //svg[@onload]"), address)
            seen |= MARK in page.text_content()
        return seen

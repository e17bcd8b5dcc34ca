import re
from pathlib import Path

import polib
from lxml import html

from odoo.modules.module import Manifest
from odoo.tests import tagged

from .portal_common import FORM, PortalCase

LANGUAGE = "id_ID"
# Words that every English sentence has some of, and no Indonesian one.
ENGLISH_WORDS = re.compile(r"\b(the|your|you|and|with|please|we|our|this|is|are|to)\b", re.IGNORECASE)
SPOKEN_ATTRIBUTES = ("placeholder", "title", "aria-label", "alt", "data-busy", "data-many", "data-large")


@tagged("post_install", "-at_install")
class TestPublicLanguage(PortalCase):
    """Who reads Indonesian sees no English on any page outside the backend."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.citizen = cls.create_plain_user(
            "warga", "base.group_portal", name="Budi Santoso", lang=LANGUAGE, tz="Asia/Makassar"
        )
        cls.citizen.partner_id.email = "budi@warga.example"
        cls.users["viewer"].lang = LANGUAGE
        cls.category.name = "Akun"
        cls.ticket = cls.create_ticket(
            name="Tidak bisa masuk", partner_id=cls.citizen.partner_id.id, user_id=cls.users["agent"].id
        )
        cls.customer_says(cls.ticket, "Halo, kode tidak masuk")
        cls.agent_says(cls.ticket, "Mohon tunggu")
        cls.ticket.with_user(cls.users["agent"]).escalate(cls.team_l2, "Bukan wewenang L1")
        path = Path(Manifest.for_addon("kemenkes_helpdesk").path, "i18n", "id.po")
        cls.translated = {entry.msgid for entry in polib.pofile(str(path)) if entry.msgstr not in ("", entry.msgid)}

    def setUp(self):
        super().setUp()
        self.opener.cookies.set("frontend_lang", LANGUAGE)

    def english_on(self, response):
        """Texts and spoken attributes of a page that are English."""
        page = html.fromstring(response.content)
        for node in page.xpath("//script | //style | //select[@id='kh-category_id'] | //*[@class='kh-trap']"):
            node.drop_tree()
        texts = [text.strip() for text in page.itertext()]
        for name in SPOKEN_ATTRIBUTES:
            texts += [value.strip() for value in page.xpath(f"//@{name}")]
        return {text for text in texts if text in self.translated or ENGLISH_WORDS.search(text)}

    def assert_indonesian(self, *paths):
        for path in paths:
            with self.subTest(path=path):
                response = self.url_open(path)
                self.assertEqual(response.status_code, 200)
                self.assertIn('<html lang="id-ID">', response.text)
                self.assertFalse(self.english_on(response))

    def test_pages_of_everybody(self):
        self.assert_indonesian(
            "/helpdesk/form", FORM, f"/helpdesk/form/{self.site.code}", "/helpdesk/status", self.link(self.ticket)
        )

    def test_what_follows_a_message(self):
        """R26.a.1: errors and thanks too."""
        refused = self.send(name="", email="", subject="", message="", category_id="", consent="")
        self.assertEqual(refused.status_code, 422)
        self.assertFalse(self.english_on(refused))
        sent = self.send()
        self.assertIn("kh-reference", sent.text)
        self.assertFalse(self.english_on(sent))

    def test_pages_of_a_citizen(self):
        self.authenticate("warga", "warga")
        self.opener.cookies.set("frontend_lang", LANGUAGE)
        self.assert_indonesian("/my/tickets", "/my/tickets?state=all", f"/my/tickets/{self.ticket.id}")
        # stands in Odoo's own frame, which names no language
        self.assertFalse(self.english_on(self.url_open("/my/devices")))

    def test_pages_of_pusdatin(self):
        self.team_l2.member_ids |= self.users["viewer"]
        self.authenticate("test_viewer", "test_viewer")
        self.opener.cookies.set("frontend_lang", LANGUAGE)
        self.assert_indonesian("/my/helpdesk", "/my/helpdesk/escalations", f"/my/helpdesk/tickets/{self.ticket.id}")

    def test_times_are_those_of_the_reader(self):
        """A citizen in Makassar reads Makassar's time; who is not signed in, that of the ticket's site."""
        self.authenticate("warga", "warga")
        path = f"/my/tickets/{self.ticket.id}"
        self.assertRegex(self.url_open(path).text, r"\d{2}:\d{2}\s+WITA")
        self.authenticate(None, None)
        self.assertRegex(self.url_open(self.link(self.ticket)).text, r"\d{2}:\d{2}\s+WIB")

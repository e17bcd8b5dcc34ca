from lxml import html

from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.common import ROLES, HelpdeskCase

from ..controllers.guide import READERS
from ..tools import guide

STAFF = set(ROLES) - {"viewer"}
MAY_READ = {
    "agent": STAFF,
    "supervisor": {"leader", "supervisor", "quality", "analyst", "trainer", "operation_manager", "manager"},
    "pusdatin": {"viewer", "expert", "operation_manager", "manager"},
    "administrator": {"admin_support", "operation_manager", "manager"},
    "integrator": {"manager"},
}


@tagged("post_install", "-at_install")
class TestGuide(HttpCase, HelpdeskCase):
    """R7: each role reads its guides inside the product, in its language, and no other role's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["customer"] = cls.create_plain_user("test_guide_customer", "base.group_portal")
        for login, user in cls.users.items():
            user.write({"password": f"sandi-{login}-12345", "lang": "id_ID"})

    def log_in(self, login):
        self.authenticate(self.users[login].login, f"sandi-{login}-12345")

    def test_each_role_reads_its_guides(self):
        """R7: and is refused the others, and their pictures."""
        for login in (*ROLES, "customer"):
            self.log_in(login)
            for name in READERS:
                with self.subTest(login=login, guide=name):
                    status = 200 if login in MAY_READ[name] else 403
                    self.assertEqual(self.url_open(f"/helpdesk/guide/{name}").status_code, status)
        self.log_in("agent")
        picture = next(iter(sorted((guide.FOLDER / "agent").glob("*.id.png")))).name
        shown = self.url_open(f"/helpdesk/guide/agent/{picture}")
        self.assertEqual((shown.status_code, shown.headers["Content-Type"]), (200, "image/png"))
        hidden = next(iter(sorted((guide.FOLDER / "integrator").glob("*.id.png")))).name
        self.assertEqual(self.url_open(f"/helpdesk/guide/integrator/{hidden}").status_code, 403)

    def test_strangers_log_in_first(self):
        self.assertIn("/web/login", self.url_open("/helpdesk/guide/agent").url)

    def test_nothing_else_is_read(self):
        """R7: names of guides and pictures lead to no other file."""
        self.log_in("manager")
        for path in ("nobody", "agent.id.md", "agent/agent.id.md", "agent/..%2Fagent.id.md", "agent/none.id.png"):
            self.assertEqual(self.url_open(f"/helpdesk/guide/{path}").status_code, 404, path)

    def test_in_the_readers_language(self):
        """Indonesian and English; pictures too are those of the language, and are there."""
        self.env["res.lang"]._activate_lang("en_US")
        self.log_in("agent")
        for code, language, title in (("id_ID", "id", "Panduan petugas"), ("en_US", "en", "Guide for agents")):
            self.opener.cookies.set("frontend_lang", code)
            self.users["agent"].lang = code
            page = html.fromstring(self.url_open("/helpdesk/guide/agent").content)
            self.assertEqual(page.xpath("//article/h1/text()"), [title])
            anchors = [section.anchor for section in guide.read("agent", language).sections]
            self.assertEqual(page.xpath("//article/h2/@id"), anchors)
            self.assertEqual(page.xpath("//nav[@class='kh-guide-contents']//a/@href"), [f"#{one}" for one in anchors])
            pictures = page.xpath("//article//img/@src")
            self.assertTrue(pictures)
            for picture in pictures:
                self.assertTrue(picture.endswith(f".{language}.png"), picture)
                self.assertEqual(self.url_open(f"/helpdesk/guide/{picture}").status_code, 200, picture)

    def test_a_screen_leads_to_its_section(self):
        """The section of the reader's own guide; to those who have none about it, the list."""
        for login, screen, expected in (
            ("agent", "helpdesk.offer", "/helpdesk/guide/agent#take"),
            ("supervisor", "helpdesk.offer", "/helpdesk/guide/supervisor#move-work"),
            ("supervisor", "helpdesk.channel", "/helpdesk/guide/supervisor#operation"),
            ("manager", "helpdesk.channel", "/helpdesk/guide/administrator#channels"),
            ("manager", "helpdesk.api.key", "/helpdesk/guide/integrator#api-keys"),
            ("agent", "helpdesk.api.key", "/helpdesk/guide/agent"),
        ):
            with self.subTest(login=login, screen=screen):
                self.log_in(login)
                answer = self.url_open(f"/helpdesk/guide?screen={screen}", allow_redirects=False)
                self.assertTrue(answer.headers["Location"].endswith(expected), answer.headers["Location"])

    def test_the_list(self):
        """Those who may read several guides choose; Pusdatin's viewers come from their own pages."""
        self.log_in("supervisor")
        page = html.fromstring(self.url_open("/helpdesk/guide").content)
        links = page.xpath("//a[@class='kh-ticket']/@href")
        self.assertEqual(links, ["/helpdesk/guide/agent", "/helpdesk/guide/supervisor"])
        self.log_in("viewer")
        self.assertIn("/helpdesk/guide/pusdatin", self.url_open("/my/helpdesk").text)
        self.assertTrue(self.url_open("/helpdesk/guide").url.endswith("/helpdesk/guide/pusdatin"))
        self.log_in("customer")
        self.assertEqual(self.url_open("/helpdesk/guide").status_code, 403)

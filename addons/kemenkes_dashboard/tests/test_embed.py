from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.api_common import ApiCase
from odoo.addons.mail.tests.common import freeze_all_time

from .kpi_common import store_days

PORTAL = "https://portal.kemkes.example"


@tagged("post_install", "-at_install")
class TestEmbed(ApiCase):
    """R28.a: Pusdatin's application shows its users' figures in a frame; what an attacker tries on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        common = {"date": fields.Date.today() - timedelta(days=3), "site_id": cls.site.id}
        store_days(
            cls.env,
            [
                {**common, "product_id": cls.product_a.id, "created": 7},
                {**common, "product_id": cls.product_b.id, "created": 4321},
            ],
        )
        cls.users["other"] = cls.create_user("other", "group_pusdatin_viewer", products=cls.product_b)

    def setUp(self):
        super().setUp()
        self.make_key("analyst", scopes=["embed:create"])
        self.application = self.env["helpdesk.embed.application"].create(
            {"name": "Portal", "origins": f"{PORTAL} https://satu.example", "api_key_id": self.keys["analyst"].id}
        )

    def link(self, login="viewer", **expected):
        body = {"viewer": self.users[login].login}
        return self.ask("POST", "/embed-links", body, login="analyst", **{"status": 201, **expected})

    def path(self, login="viewer"):
        return urlsplit(self.link(login).json()["url"]).path

    def open(self, path, **headers):
        self.opener.cookies.clear()
        self.env.flush_all()
        page = self.url_open(path, headers=headers)
        self.env.invalidate_all()
        return page

    def test_figures_in_a_frame(self):
        """R28.a: by the link alone; in frames of the registered addresses only; the next page has the next link."""
        page = self.open(self.path(), Referer=f"{PORTAL}/beranda")
        self.assertEqual(page.status_code, 200)
        self.assertIn(f"frame-ancestors {PORTAL} https://satu.example;", page.headers["Content-Security-Policy"] + ";")
        self.assertNotIn("X-Frame-Options", page.headers)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertNotIn("/my/helpdesk", page.text, "a frame has no way out of it")
        following = page.text.partition('action="')[2].partition('"')[0]
        self.assertTrue(following.startswith("/helpdesk/embed/"))
        rows = self.open(f"{following}/figures.csv").text.splitlines()
        self.assertEqual(sum(int(row.split(",")[1]) for row in rows[1:]), 7)
        self.assertTrue(self.application.use_date)

    def test_own_data_only(self):
        """R28.a: what is asked for in the address opens nothing of another's product."""
        path = self.path()
        self.assertNotIn("4.321", self.open(f"{path}?product={self.product_b.id}").text)
        self.assertIn("4321", self.open(f"{self.path('other')}/figures.csv").text)
        self.users["viewer"].helpdesk_site_ids = False
        self.assertNotIn(",7", self.open(f"{path}/figures.csv").text, "rights are asked for now, not when it was made")

    def test_forged(self):
        """R28.a: a changed link opens nothing; each character counts."""
        path = self.path()
        token = path.rpartition("/")[2]
        for place in (0, 3, 12, 40, 60, len(token) - 4):
            changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            page = self.open(f"/helpdesk/embed/{changed}")
            self.assertEqual(page.status_code, 403, place)
            self.assertNotIn("kh-figure", page.text)
        for strange in ("x", "%00", "a" * 5000, token[:-5], token + token):
            self.assertEqual(self.open(f"/helpdesk/embed/{strange}").status_code, 403)

    def test_expired(self):
        """R28.a: a link holds for minutes; looking on goes on, but not beyond a working day."""
        now = fields.Datetime.now()
        viewer, applications = self.users["viewer"], self.env["helpdesk.embed.application"]
        with freeze_all_time(now):
            token = self.application._make_link(viewer)[0].rpartition("/")[2]
        for minutes, opens in ((9, True), (10, False), (600, False)):
            with freeze_all_time(now + timedelta(minutes=minutes)):
                self.assertEqual(bool(applications._read_link(token)), opens, minutes)
        late = now + timedelta(hours=9, minutes=55)
        with freeze_all_time(late):
            token = self.application._make_link(viewer, since=now)[0].rpartition("/")[2]
            self.assertTrue(applications._read_link(token))
        with freeze_all_time(late + timedelta(minutes=6)):
            self.assertFalse(applications._read_link(token))

    def test_withdrawn(self):
        """R28.a: by ending its links, by its key, by archiving it, by the viewer's account."""

        def opens(path):
            return self.open(path).status_code == 200

        path = self.path()
        self.application.action_end_links()
        self.assertFalse(opens(path))
        path = self.path()
        self.users["viewer"].active = False
        self.assertFalse(opens(path))
        self.users["viewer"].active = True
        self.assertTrue(opens(path))
        self.application.active = False
        self.assertFalse(opens(path))
        self.application.active = True
        self.keys["analyst"].action_revoke()
        self.assertFalse(opens(path))

    def test_other_origin(self):
        """R28.a: a page elsewhere gets no figures, even from a browser that does not heed the policy."""
        path = self.path()
        for referrer in ("https://evil.example/", f"https://evil.example/?{PORTAL}", f"{PORTAL}.evil.example/"):
            self.assertEqual(self.open(path, Referer=referrer).status_code, 403, referrer)
        for wrong in (
            "*",
            "https://*.example",
            "http://portal.example",
            "https://a.example;script-src",
            "javascript:x",
        ):
            with self.assertRaises(ValidationError):
                self.application.origins = wrong

    def test_link_is_no_log_in(self):
        """R28.a: it opens one page: not the portal, not the API, nobody's session."""
        path = self.path()
        page = self.open(path)
        self.assertNotIn("session_id", page.cookies)
        self.assertIn("/web/login", self.url_open("/my/helpdesk").url)

    def test_only_viewers_and_only_its_own_key(self):
        """R28.a: a key that leaks shows nobody's work; another key shows nothing."""
        for login in ("agent", "manager", "analyst"):
            self.link(login, status=422)
        self.ask("POST", "/embed-links", {"viewer": "nobody"}, login="analyst", status=422)
        self.make_key("supervisor")
        self.ask("POST", "/embed-links", {"viewer": self.users["viewer"].login}, login="supervisor", status=403)

import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..models import res_users_login_limit
from ..tools import security_headers

PASSWORD = "empat-kata-yang-panjang"
LOGGER = "odoo.addons.base.models.res_users"


@tagged("post_install", "-at_install")
class TestAccountSecurity(HttpCase, HelpdeskCase):
    """R27.a.3: an account is opened by whose it is, and closes by itself."""

    def setUp(self):
        super().setUp()
        for login in ("agent", "leader", "viewer"):
            self.users[login].password = PASSWORD
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        self.session = None
        self.authenticate(None, None)

    def log_in(self, login="test_agent", password=PASSWORD):
        data = {"login": login, "password": password, "csrf_token": http.Request.csrf_token(self)}
        return self.url_open("/web/login", data=data, allow_redirects=False)

    def guess(self, times, login="test_agent"):
        with mute_logger(LOGGER):
            for number in range(times):
                self.assertEqual(self.log_in(login, f"tebakan-{number}").status_code, 200)

    def test_guessing_one_account(self):
        """After some failures the right password opens nothing either, for a while, and only that account."""
        with patch.object(res_users_login_limit, "HERE", 3):
            self.guess(2)
            self.assertEqual(self.log_in().status_code, 303, "two mistakes shut nobody out")
            self.authenticate(None, None)
            self.guess(1)
            events = self.env["helpdesk.event"]
            noted = events.search_count([("kind", "=", "login_failed")])
            refused = self.log_in()
            self.assertEqual(refused.status_code, 200)
            self.assertEqual(events.search_count([("kind", "=", "login_failed")]), noted, "a flood fills the ledger")
            self.assertEqual(self.log_in("test_leader").status_code, 303)
            self.authenticate(None, None)
            self.env["helpdesk.rate.limit"].search([]).date = fields.Datetime.now() - timedelta(minutes=16)
            self.env.flush_all()
            self.assertEqual(self.log_in().status_code, 303)

    def test_one_password_on_many_accounts(self):
        with patch.object(res_users_login_limit, "NETWORK", 4):
            for number in range(4):
                self.guess(1, f"nobody{number}")
            self.assertEqual(self.log_in().status_code, 200)

    def test_guessing_from_many_networks(self):
        """The account is shut to passwords, from wherever they come."""
        with patch.object(res_users_login_limit, "ACCOUNT", 4):
            for number in range(4):
                network = f"192.0.2.{number}"
                with patch.object(self.registry["helpdesk.rate.limit"], "_network", return_value=network):
                    self.guess(1)
            self.assertEqual(self.log_in().status_code, 200)

    def test_passwords_that_everybody_tries(self):
        agent = self.users["agent"]
        for password in ("pendek7", "password1", "Kemenkes2026!", "HELPDESK--1", "qwertyuiop", "Rahasia123"):
            with self.subTest(password), self.assertRaises(UserError):
                agent.password = password
        for password in ("kuda benar baterai staples", "z" * 200, "ひらがなカタカナ漢字"):
            agent.password = password

    def test_second_factor_for_staff(self):
        """Administrators demand it by a setting: staff are asked for a code, and see nothing before."""
        self.env["ir.config_parameter"].set_param("auth_totp.policy", "employee_required")
        answer = self.log_in()
        self.assertIn("/web/login/totp", answer.headers["Location"])
        self.assertIn("/web/login", self.url_open("/odoo", allow_redirects=False).headers["Location"])
        self.authenticate(None, None)
        self.assertNotIn("totp", self.log_in("test_viewer").headers["Location"])

    def test_sessions_end(self):
        """A session without a hand on it is locked, one as old as a working day ends; viewers' too."""
        for login in ("agent", "viewer"):
            page = "/my/devices"
            with self.subTest(login):
                self.authenticate(f"test_{login}", PASSWORD)
                self.assertEqual(self.url_open(page, allow_redirects=False).status_code, 200)
                idle = {"identity-check-next": time.time() - 1}
                self.authenticate(f"test_{login}", PASSWORD, session_extra=idle)
                self.assertIn("check-identity", self.url_open(page, allow_redirects=False).headers["Location"])
                old = {"create_time": time.time() - 13 * 3600}
                self.authenticate(f"test_{login}", PASSWORD, session_extra=old)
                self.assertIn("/web/login", self.url_open(page, allow_redirects=False).headers["Location"])

    def test_every_answer_has_the_headers(self):
        """Pages, redirects, files, figures and errors."""
        addresses = ("/web/login", "/odoo", "/helpdesk/status", "/helpdesk/health", "/nothing/here",
                     "/web/static/img/favicon.ico", "/helpdesk/embed/wrong")  # fmt: skip
        for address in addresses:
            with self.subTest(address):
                headers = self.url_open(address, allow_redirects=False).headers
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertTrue(headers["Referrer-Policy"])
                policy = headers["Content-Security-Policy"]
                for part in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"):
                    self.assertIn(part, policy)
                self.assertTrue("object-src 'none'" in policy or "default-src 'none'" in policy, policy)

    def test_strangers_links_lead_nowhere_else(self):
        """After log-in nobody is sent to another site."""
        for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
            self.authenticate(None, None)
            data = {"login": "test_agent", "password": PASSWORD, "csrf_token": http.Request.csrf_token(self)}
            answer = self.url_open("/web/login", data={**data, "redirect": target}, allow_redirects=False)
            place = answer.headers.get("Location", "")
            self.assertFalse(place.startswith(("https://evil", "//", "/\\")), place)

    def test_strangers_do_not_make_the_server_fetch(self):
        """Odoo's preview of links would reach into the server's own network (SSRF)."""
        with patch("odoo.addons.mail.tools.link_preview.requests.get") as fetch:
            answer = self.make_jsonrpc_request(
                "/html_editor/link_preview_external", {"preview_url": "http://127.0.0.1:5432/"}
            )
        self.assertFalse(answer)
        fetch.assert_not_called()


@tagged("post_install", "-at_install")
class TestSecurityHeaders(BaseCase):
    """Which headers an answer gets."""

    def test_a_pages_own_policy_is_kept(self):
        policy = security_headers.content_policy("frame-ancestors https://portal.example")
        self.assertIn("frame-ancestors https://portal.example;", policy)
        self.assertNotIn("frame-ancestors 'self'", policy)
        self.assertIn("object-src 'none'", policy)

    def test_a_strict_policy_stays_strict(self):
        policy = security_headers.content_policy("default-src 'none'; sandbox")
        self.assertTrue(policy.startswith("default-src 'none'; sandbox; "))
        self.assertNotIn("script-src", policy)

    def test_own_headers_are_kept(self):
        headers = dict(security_headers.protect([("referrer-policy", "no-referrer"), ("Content-Type", "text/html")]))
        self.assertEqual(headers["referrer-policy"], "no-referrer")
        self.assertNotIn("Referrer-Policy", headers)

    def test_trusted_sites(self):
        with patch.dict("os.environ", {security_headers.SITES_VARIABLE: "https://captcha.example; sandbox"}):
            policy = security_headers.content_policy("")
        self.assertIn("script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: https://captcha.example", policy)
        self.assertIn("object-src 'none';", policy)

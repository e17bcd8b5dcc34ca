import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..models import res_users_login_limit
from ..tools import security_headers, session_cookie

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

    def name_mail_server(self):
        self.env["ir.mail_server"].create({"name": "Surel keluar", "smtp_host": "smtp.example"})

    def give_code(self, code):
        data = {"totp_token": code, "csrf_token": http.Request.csrf_token(self)}
        return self.url_open("/web/login/totp", data=data, allow_redirects=False)

    def test_second_factor_for_staff(self):
        """Demanded of staff as shipped: by mail from who has no app, who sees nothing before the code."""
        agent = self.users["agent"]
        self.name_mail_server()
        answer = self.log_in()
        self.assertIn("/web/login/totp", answer.headers["Location"])
        self.assertIn("/web/login", self.url_open("/odoo", allow_redirects=False).headers["Location"])
        code, _until = agent._get_totp_mail_code()
        with (
            mute_logger(LOGGER, "odoo.addons.auth_totp_mail.models.res_users"),
            patch.object(self.registry["res.users"], "_send_totp_mail_code") as send,
        ):
            self.assertEqual(self.url_open("/web/login/totp").status_code, 200)
            send.assert_called_once()
            self.assertEqual(self.give_code("000000" if code != "000000" else "000001").status_code, 200)
        self.assertEqual(self.give_code(code).status_code, 303)
        self.assertEqual(self.url_open("/odoo", allow_redirects=False).status_code, 200)
        self.authenticate(None, None)
        self.assertNotIn("totp", self.log_in("test_viewer").headers["Location"])

    def test_second_factor_without_mail(self):
        """A new database without outgoing mail lets its administrator in; who has an app is asked for its code."""
        self.assertNotIn("totp", self.log_in().headers["Location"])
        self.authenticate(None, None)
        self.users["agent"].totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        self.assertIn("totp", self.log_in().headers["Location"])

    def test_second_factor_switched_off(self):
        """An administrator does so in Settings."""
        self.name_mail_server()
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.auth_totp_enforce)
        settings.write({"auth_totp_enforce": False, "auth_totp_policy": False})
        settings.execute()
        self.assertNotIn("totp", self.log_in().headers["Location"])

    def test_session_cookie_behind_tls(self):
        """Only the cookie with the prefix opens the session, and it is sent by TLS only."""
        with patch.object(session_cookie, "is_by_tls", return_value=True):
            self.opener.cookies.set(session_cookie.PROTECTED_NAME, self.opener.cookies["session_id"])
            answer = self.log_in()
            self.assertEqual(answer.status_code, 303)
            kept = answer.cookies[session_cookie.PROTECTED_NAME]
            self.assertNotIn("session_id", answer.cookies)
            header = answer.headers["Set-Cookie"]
            for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
                self.assertIn(part, header)
            self.assertNotIn("domain", header.lower())
            for name, status in (("session_id", 303), (session_cookie.PROTECTED_NAME, 200)):
                for other in ("session_id", session_cookie.PROTECTED_NAME):
                    self.opener.cookies.set(other, None)
                self.opener.cookies.set(name, kept)
                self.assertEqual(self.url_open("/odoo", allow_redirects=False).status_code, status, name)

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


@tagged("post_install", "-at_install")
class TestSessionCookie(BaseCase):
    """R27.a.3: what becomes of cookies behind TLS and without."""

    def test_names(self):
        header = "tz=Asia/Jakarta; __Host-session_id=a=b; session_id=planted"
        self.assertEqual(session_cookie.read(header), "tz=Asia/Jakarta; session_id=a=b")
        self.assertEqual(session_cookie.read("session_id=planted"), "")

    def test_other_cookies(self):
        given = [("Set-Cookie", "tz=Asia/Jakarta; Path=/odoo; SameSite=Strict"), ("Content-Type", "text/html")]
        kept = [("Set-Cookie", "tz=Asia/Jakarta; Path=/odoo; SameSite=Strict; Secure"), given[1]]
        self.assertEqual(session_cookie.protect(given), kept)

    def test_without_tls(self):
        environ = {"wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_COOKIE": "session_id=a"}
        given = [("Set-Cookie", "session_id=a")]
        self.assertEqual(session_cookie.protect_each(environ)(given), given)
        self.assertEqual(environ["HTTP_COOKIE"], "session_id=a")
        self.assertTrue(session_cookie.is_by_tls({"wsgi.url_scheme": "https"}))


@tagged("post_install", "-at_install", "demo_data")
class TestDemoAccounts(HelpdeskCase):
    def test_demo_accounts_need_no_code(self):
        """Nobody reads their mails."""
        self.env["ir.mail_server"].create({"name": "Surel keluar", "smtp_host": "smtp.example"})
        self.assertFalse(self.env.ref("base.user_admin")._mfa_type())

import base64
import json
import logging
import time
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_totp.models.totp import hotp
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..models import res_users_login_limit, res_users_second_factor
from ..tools import security_headers, session_cookie

PASSWORD = "empat-kata-yang-panjang"
LOGGER = "odoo.addons.base.models.res_users"
MAIL_LOGGER = "odoo.addons.auth_totp_mail.models.res_users"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@tagged("post_install", "-at_install")
class TestAccountSecurity(HttpCase, HelpdeskCase):
    """R27.a.3: an account is opened by whose it is, and closes by itself."""

    def setUp(self):
        super().setUp()
        for login in ("agent", "leader", "manager", "viewer"):
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
            with self.assertLogs("odoo.addons.kemenkes_helpdesk.models.helpdesk_rate_limit", logging.INFO) as log:
                self.assertEqual(self.log_in().status_code, 200)
            self.assertIn("login-here refused for 127.0.0.1", log.output[0])
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

    @contextmanager
    def mails(self):
        """The codes that go out by mail, as a list that grows."""
        codes = []

        def send(template, user_id, **_options):
            codes.append(template.env["res.users"].browse(user_id)._get_totp_mail_code()[0])

        with mute_logger(LOGGER, MAIL_LOGGER), patch.object(self.registry["mail.template"], "send_mail", send):
            yield codes

    def test_second_factor_for_staff(self):
        """Demanded of staff as shipped: by mail from who has no app, who sees nothing before the code."""
        self.name_mail_server()
        answer = self.log_in()
        self.assertIn("/web/login/totp", answer.headers["Location"])
        self.assertIn("/web/login", self.url_open("/odoo", allow_redirects=False).headers["Location"])
        with self.mails() as codes:
            self.assertEqual(self.url_open("/web/login/totp").status_code, 200)
            self.assertEqual(self.give_code("000000" if codes[0] != "000000" else "000001").status_code, 200)
            self.assertEqual(codes, [codes[0]] * 2, "a code that is on its way stays good")
            self.assertEqual(self.give_code(codes[0]).status_code, 303)
        self.assertEqual(self.url_open("/odoo", allow_redirects=False).status_code, 200)
        self.authenticate(None, None)
        self.assertNotIn("totp", self.log_in("test_viewer").headers["Location"])

    def test_a_mailed_code_opens_one_login(self):
        """ASVS 6.5.1, 6.5.5, 6.6.2: not that of another browser, not twice, ten minutes at most."""
        self.name_mail_server()
        with self.mails() as codes:
            self.log_in()
            self.url_open("/web/login/totp")
            self.authenticate(None, None)
            self.log_in()
            self.assertEqual(self.give_code(codes[0]).status_code, 200, "sent for another browser's log-in")
            self.assertEqual(self.give_code(codes[1]).status_code, 303)
            self.authenticate(None, None)
            self.log_in()
            self.assertEqual(self.give_code(codes[1]).status_code, 200, "used before")
            self.authenticate(None, None)
            self.log_in()
            with patch.object(res_users_second_factor, "CODE_SECONDS", -1):
                self.url_open("/web/login/totp")
                self.assertEqual(self.give_code(codes[-1]).status_code, 200, "its time is over")
        self.assertEqual(res_users_second_factor.CODE_SECONDS, 600)

    @mute_logger("odoo.addons.auth_totp.models.res_users")
    def test_a_code_of_an_app_opens_once(self):
        """ASVS 6.5.1: who looked over a shoulder is half a minute too late."""
        self.users["agent"].totp_secret = SECRET
        code = f"{hotp(base64.b32decode(SECRET), int(time.time() / 30)):06d}"
        self.log_in()
        self.assertEqual(self.give_code(code).status_code, 303)
        self.authenticate(None, None)
        self.log_in()
        self.assertEqual(self.give_code(code).status_code, 200)
        self.assertIn("/web/login", self.url_open("/odoo", allow_redirects=False).headers["Location"])

    def test_second_factor_without_mail(self):
        """A new database without outgoing mail lets its administrator in; who has an app is asked for its code."""
        self.assertNotIn("totp", self.log_in().headers["Location"])
        self.authenticate(None, None)
        self.users["agent"].totp_secret = SECRET
        self.assertIn("totp", self.log_in().headers["Location"])

    def test_administrators_are_told_of_an_unsent_second_factor(self):
        """Where they look: on their screen, in Settings, on the page of the system's health."""
        sign = '"helpdesk_second_factor_unsent": true'
        self.authenticate("admin", "admin")
        self.assertIn(sign, self.url_open("/odoo").text)
        self.assertFalse(self.env["res.config.settings"].create({}).helpdesk_has_mail_server)
        readings = {reading.check.name: reading for reading in self.env["helpdesk.health"]._readings()}
        self.assertEqual(readings["second_factor_unsent"].state, "warning")
        self.name_mail_server()
        self.assertNotIn(sign, self.url_open("/odoo").text)
        readings = {reading.check.name: reading for reading in self.env["helpdesk.health"]._readings()}
        self.assertEqual(readings["second_factor_unsent"].state, "ok")
        self.assertTrue(self.env["res.config.settings"].create({}).helpdesk_has_mail_server)

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

    def call(self, model, method, *args):
        body = {"jsonrpc": "2.0", "params": {"model": model, "method": method, "args": args, "kwargs": {}}}
        headers = {"Content-Type": "application/json"}
        return self.url_open("/web/dataset/call_kw", data=json.dumps(body), headers=headers)

    def test_nothing_stays_on_a_shared_computer(self):
        """ASVS 14.3.2: pages, answers and files of tickets are not kept by browsers; faces and scripts are."""
        self.authenticate("admin", "admin")
        file = self.env["ir.attachment"].create({"name": "ktp.txt", "raw": b"3171", "res_model": "helpdesk.ticket"})
        face = f"/web/image/res.users/{self.env.ref('base.user_admin').id}/avatar_128?unique=1"
        self.assertIn("max-age", self.url_open(face).headers["Cache-Control"])
        for address in ("/my/devices", f"/web/content/{file.id}?unique=1", f"/web/image/{file.id}?unique=1"):
            answer = self.url_open(address)
            self.assertEqual((answer.status_code, answer.headers["Cache-Control"]), (200, "no-store"), address)
        self.assertEqual(self.call("res.lang", "get_installed").headers["Cache-Control"], "no-store")

    def test_errors_tell_nothing_of_the_inside(self):
        """ASVS 16.5.1: what went wrong stands in the log, under the number that the person is told."""

        def fail(*_args, **_options):
            raise ValueError("SELECT rahasia FROM dalam")

        self.authenticate("test_manager", PASSWORD)
        with (
            patch.object(self.registry["res.lang"], "get_installed", fail),
            self.assertLogs("odoo.http", "ERROR") as log,
        ):
            answer = self.call("res.lang", "get_installed", [])
        self.assertIn("SELECT rahasia", str(log.records[0].exc_info[1]))
        for word in ("rahasia", "Traceback", ".py"):
            self.assertNotIn(word, answer.text)
        self.assertIn(answer.headers["X-Request-ID"], answer.json()["error"]["data"]["message"])
        with patch.object(self.registry["helpdesk.health"], "_recent_readings", fail), mute_logger("odoo.http"):
            page = self.url_open("/helpdesk/health/page?debug=1")
        self.assertEqual(page.status_code, 500)
        for word in ("rahasia", "Traceback", "health.py"):
            self.assertNotIn(word, page.text)

    def ask_json2(self, method, body):
        secret = self.env["res.users.apikeys"].with_user(self.users["manager"]).sudo()._generate(None, "umum", None)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        return self.url_open(f"/json/2/helpdesk.ticket/{method}", data=json.dumps(body), headers=headers)

    def test_json2_tells_nothing_of_the_inside(self):
        """As above, in the form that programs which call JSON-2 expect."""
        with mute_logger("odoo.http"):
            fault = self.ask_json2("search", {"domain": [["id", "=", {}]]})
        told = fault.json()
        self.assertEqual(fault.status_code, 500)
        self.assertEqual(set(told), {"name", "message", "arguments", "context", "debug"})
        self.assertEqual((told["arguments"], told["context"], told["debug"]), ([], {}, ""))
        self.assertIn(fault.headers["X-Request-ID"], told["message"])
        for word in ("Traceback", ".py", "SELECT"):
            self.assertNotIn(word, fault.text)
        with mute_logger("odoo.http"):
            refused = self.ask_json2("unlink", {"ids": [self.create_ticket().id]})
        self.assertEqual((refused.status_code, refused.json()["debug"]), (403, ""))
        self.assertIn("helpdesk.ticket", refused.json()["message"], "words for people reach programs as well")
        self.assertEqual(self.ask_json2("search", {"domain": [], "limit": 1}).status_code, 200)

    def test_words_for_people_reach_them(self):
        """A refused record says so, and is a line of the log (ASVS 16.3.2)."""
        self.authenticate("test_agent", PASSWORD)
        with self.assertLogs("odoo.http", "WARNING") as log:
            error = self.call("ir.config_parameter", "search_read", []).json()["error"]["data"]
        self.assertEqual((error["name"], error["debug"]), ("odoo.exceptions.AccessError", ""))
        self.assertIn("ir.config_parameter", error["message"])
        self.assertIn("ir.config_parameter", log.output[0])

    def test_another_site_logs_nobody_out(self):
        """ASVS 3.5.3: Odoo's way out is a GET, which a picture in a foreign page sends as well."""
        self.authenticate("test_agent", PASSWORD)
        for site, stays in (("cross-site", True), ("same-site", True), ("same-origin", False)):
            self.url_open("/web/session/logout", headers={"Sec-Fetch-Site": site}, allow_redirects=False)
            self.assertEqual(self.url_open("/odoo", allow_redirects=False).status_code == 200, stays, site)

    def test_signing_others_out_asks_who_it_is(self):
        """ASVS 7.5.2: who found a screen unlocked does not end its owner's other sessions."""
        for given, place in ((0, "/auth-timeout/check-identity"), (time.time(), "/my/devices")):
            for _device in range(2):
                self.session = None
                extra = {"_trace_disable": False, "identity-check-last": given}
                self.authenticate("test_viewer", PASSWORD, session_extra=extra)
                self.url_open("/my/devices")
            data = {"csrf_token": http.Request.csrf_token(self)}
            answer = self.url_open("/my/devices/revoke_others", data=data, allow_redirects=False)
            self.assertIn(place, answer.headers["Location"])

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

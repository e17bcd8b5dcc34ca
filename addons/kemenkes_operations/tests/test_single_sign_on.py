import json
from urllib.parse import parse_qs, urlsplit

from joserfc.jwk import RSAKey
from lxml import html

from odoo.http import root
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from .identity_provider import CLIENT, SECRET, IdentityProvider

REFUSED = "oauth_error"


@tagged("post_install", "-at_install")
class TestSingleSignOn(HttpCase, HelpdeskCase):
    """R28.a: staff and Pusdatin log in through an OpenID provider; an answer counts once, in its own browser."""

    def setUp(self):
        super().setUp()
        self.idp = IdentityProvider()
        self.addCleanup(self.idp.stop)
        self.env["auth.oauth.provider"].search([]).enabled = False
        self.provider = self.env["auth.oauth.provider"].create(
            {
                "name": "Satu Akun", "body": "Masuk dengan Satu Akun", "enabled": True, "flow": "id_token_code",
                "client_id": CLIENT, "client_secret": SECRET, "scope": "openid email", "issuer": self.idp.address,
                "auth_endpoint": f"{self.idp.address}/authorize", "token_endpoint": f"{self.idp.address}/token",
                "jwks_uri": f"{self.idp.address}/keys",
            }
        )  # fmt: skip
        self.users["agent"].write({"oauth_provider_id": self.provider.id, "oauth_uid": "pegawai-7"})
        self.env.flush_all()

    def new_browser(self):
        self.session = None
        self.authenticate(None, None)

    def way_to_the_provider(self):
        page = html.fromstring(self.url_open("/web/login").text)
        (link,) = page.xpath(f"//a[starts-with(@href, '{self.idp.address}')]/@href")
        return link

    def way_back(self, link=None):
        """The address that the provider sends the browser to after the person's log-in."""
        answer = self.opener.get(link or self.way_to_the_provider(), allow_redirects=False)
        return answer.headers["Location"]

    def come_back(self, address):
        return self.url_open(address, allow_redirects=False)

    def uid(self):
        sid = self.opener.cookies.get("session_id")
        return root.session_store.get(sid).uid if sid else None

    def assert_refused(self, answer):
        self.assertIn(REFUSED, answer.headers["Location"])
        self.assertFalse(self.uid())

    def test_log_in(self):
        """An account that is linked is logged in; the ledger says how."""
        self.new_browser()
        answer = self.come_back(self.way_back())
        self.assertNotIn(REFUSED, answer.headers["Location"])
        self.assertEqual(self.uid(), self.users["agent"].id)
        event = self.env["helpdesk.event"].search([("kind", "=", "logged_in")], order="id desc", limit=1)
        self.assertEqual((event.user_id, event.data["method"]), (self.users["agent"], "oauth"))

    def test_tokens_that_are_refused(self):
        """Another key, another client, another issuer, yesterday's, without end, answering another request."""
        wrong = {
            "key": {"key": RSAKey.generate_key(2048, {"kid": "satu"})},
            "audience": {"aud": "other-client"},
            "issuer": {"iss": "https://other.example"},
            "expired": {"exp": 1_700_000_000},
            "endless": {"exp": None},
            "nonce of another": {"nonce": "0" * 32},
            "no nonce": {"nonce": None},
            "nobody": {"sub": None},
        }
        for case, claims in wrong.items():
            with self.subTest(case):
                self.new_browser()
                self.idp.signing_key = claims.pop("key", self.idp.key)
                self.idp.claims = claims
                with mute_logger(
                    "odoo.addons.kemenkes_operations.models.auth_oauth_provider",
                    "odoo.addons.auth_oidc.models.res_users",
                    "odoo.addons.auth_oauth.controllers.main",
                ):
                    self.assert_refused(self.come_back(self.way_back()))

    def test_an_answer_counts_once_and_in_its_browser(self):
        """Neither a replayed answer nor one that was begun in the attacker's browser logs in."""
        self.new_browser()
        address = self.way_back()
        kept = dict(self.idp.codes)
        self.come_back(address)
        self.new_browser()
        self.idp.codes.update(kept)
        self.assert_refused(self.come_back(address))
        # the victim has a log-in of their own under way, and is led to the attacker's answer
        self.way_to_the_provider()
        self.idp.codes.update(kept)
        self.assert_refused(self.come_back(address))

    def test_each_way_has_secrets_of_its_own(self):
        self.new_browser()
        first = parse_qs(urlsplit(self.way_to_the_provider()).query)
        self.new_browser()
        second = parse_qs(urlsplit(self.way_to_the_provider()).query)
        self.assertNotEqual(first["nonce"], second["nonce"])
        self.assertNotEqual(json.loads(first["state"][0])["b"], json.loads(second["state"][0])["b"])

    def test_unknown_account(self):
        """Who has no account gets none, even where strangers may sign up."""
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        before = self.env["res.users"].with_context(active_test=False).search_count([])
        self.idp.sub = "orang-luar"
        self.new_browser()
        self.assert_refused(self.come_back(self.way_back()))
        self.assertEqual(self.env["res.users"].with_context(active_test=False).search_count([]), before)
        self.idp.sub = "pegawai-7"
        self.users["agent"].active = False
        self.new_browser()
        self.assert_refused(self.come_back(self.way_back()))

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.http import root
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .people_common import PeopleCase

PASSWORD = "leaving-password"
SECRET = "RAHASIA"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class ReplacementCase(PeopleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent, cls.support = cls.users["agent"], cls.users["admin_support"]
        cls.successor = cls.create_user("successor", "group_agent", products=cls.product_b, sites=cls.site_east)
        for user in (cls.agent, cls.successor, cls.support, cls.users["supervisor"]):
            cls.give_nda(user)
        cls.tickets = cls.env["helpdesk.ticket"].concat(
            *(cls.create_ticket(name=f"{SECRET} {number}", user_id=cls.agent.id) for number in range(3))
        )

    def replace(self, **values):
        replacement = (
            self.env["helpdesk.replacement"]
            .with_user(self.support)
            .create({"user_id": self.agent.id, "successor_id": self.successor.id, **values})
        )
        self.assertEqual(replacement.site_id, self.site)
        return replacement

    def steps(self, user=None):
        events = self.env["helpdesk.event"].search(
            [("kind", "=", "replacement"), ("target_user_id", "=", (user or self.agent).id)], order="id"
        )
        return [event.data["step"] for event in events]


@tagged("post_install", "-at_install")
class TestReplacement(ReplacementCase):
    """R10: notice to Pusdatin, hand-over with notes, transfer of rights, and then the account is shut."""

    def test_the_whole_way(self):
        """R10: each step in its order, each in the ledger."""
        replacement = self.replace()
        self.assertIn(self.agent.name, replacement.notice)
        for step in (replacement.action_hand_over, replacement.action_close, replacement.action_transfer_rights):
            with self.assertRaises(UserError):
                step()  # Pusdatin comes first
        replacement.action_notify()
        mail = replacement.message_ids.filtered(lambda message: self.users["viewer"].partner_id in message.partner_ids)
        self.assertIn(self.successor.name, mail.body)
        self.assertEqual(replacement.line_ids.ticket_id, self.tickets)
        self.assertEqual(replacement.line_ids.to_user_id, self.successor)
        with self.assertRaises(UserError):
            replacement.action_close()  # tickets are open

        replacement.line_ids[0].note = "Waits for the hospital's letter"
        self.tickets[2].sudo()._go_to("solved", from_kinds=("new", "open"))
        replacement.action_hand_over()
        self.assertEqual(replacement.state, "handed_over")
        self.assertEqual(self.tickets[:2].user_id, self.successor)
        self.assertEqual(self.tickets[2].user_id, self.agent, "what is done needs nobody")
        note = self.tickets[0].message_ids.filtered(lambda message: "hospital" in (message.body or ""))
        self.assertTrue(note.subtype_id.internal)
        self.assertTrue(self.tickets[0].with_user(self.successor).has_access("write"))
        self.assertEqual(self.kinds_of(self.tickets[0]).count("assigned"), 1)

        self.assertFalse(self.create_ticket().with_user(self.successor).has_access("read"))
        replacement.action_transfer_rights()
        self.assertTrue(self.create_ticket().with_user(self.successor).has_access("read"))
        self.assertIn(self.product_b, self.successor.helpdesk_product_ids)

        replacement.action_close()
        self.assertEqual(replacement.state, "closed")
        self.assertEqual(replacement.closed_by_id, self.support)
        self.assertFalse(self.agent.active)
        self.assertEqual(
            self.steps(), ["notified", "handed_over", "rights_transferred", "closed"], "each step is on record"
        )
        self.assertFalse(self.env["helpdesk.event"].sudo().verify([("target_user_id", "=", self.agent.id)]))

    def test_the_seat_is_free(self):
        """R10: the seat that was dedicated to who leaves is anybody's."""
        seat = self.env["helpdesk.seat"].create({"name": "A1", "site_id": self.site.id, "user_id": self.agent.id})
        replacement = self.replace()
        replacement.action_notify()
        replacement.action_hand_over()
        replacement.action_close()
        self.assertFalse(seat.user_id)

    def test_successor_without_agreement(self):
        """R9: nobody is handed a ticket that they may not see."""
        self.env["helpdesk.nda"].search([("user_id", "=", self.successor.id)])._revoke("Test")
        replacement = self.replace()
        replacement.action_notify()
        with self.assertRaisesRegex(UserError, self.successor.name):
            replacement.action_hand_over()
        self.assertEqual(self.tickets.user_id, self.agent)
        replacement.line_ids.to_user_id = False
        with self.assertRaisesRegex(UserError, self.tickets[0].ticket_ref):
            replacement.action_hand_over()

    def test_a_ticket_that_came_meanwhile(self):
        replacement = self.replace()
        replacement.action_notify()
        late = self.create_ticket(user_id=self.agent.id)
        replacement.action_hand_over()
        self.assertEqual((replacement.state, replacement.open_ticket_count), ("notified", 1))
        replacement.action_load_tickets()
        replacement.action_hand_over()
        self.assertEqual(late.user_id, self.successor)
        self.assertEqual(len(replacement.line_ids), 4)

    def test_notice_is_kept(self):
        replacement = self.replace()
        replacement.notice = "Our own words"
        replacement.action_notify()
        with self.assertRaises(UserError):
            replacement.notice = "Other words"
        with self.assertRaises(UserError):
            replacement.unlink()
        with self.assertRaises(UserError):
            replacement.action_notify()

    def test_nobody_would_read_it(self):
        self.users["viewer"].helpdesk_site_ids = self.site_east
        self.env["res.users"].search([("helpdesk_role", "=", "pusdatin_viewer")]).helpdesk_site_ids -= self.site
        with self.assertRaises(UserError):
            self.replace().action_notify()

    def test_who_may(self):
        """R7: admin support and the operation manager; a supervisor hands over, and shuts no account."""
        for role in ("agent", "leader", "quality"):
            with self.assertRaises(AccessError):
                self.env["helpdesk.replacement"].with_user(self.users[role]).create({"user_id": self.agent.id})
        replacement = self.replace()
        replacement.action_notify()
        as_supervisor = replacement.with_user(self.users["supervisor"])
        as_supervisor.action_hand_over()
        with self.assertRaises(AccessError):
            as_supervisor.action_close()
        with self.assertRaises(AccessError):
            as_supervisor.action_transfer_rights()
        self.assertTrue(self.agent.active)
        beyond = self.replace(user_id=self.users["manager"].id, site_id=self.site.id)
        beyond.action_notify()
        with self.assertRaises(AccessError):
            beyond.action_close()

    def test_all_or_nothing(self):
        """R10: when one thing can't be taken, nothing is, and the account is not reported as shut."""
        replacement = self.replace(successor_id=False)
        self.tickets.user_id = False
        replacement.action_notify()
        self.env["res.users.apikeys"].with_user(self.agent).sudo()._generate(
            "rpc", "test", fields.Datetime.now() + timedelta(days=1)
        )
        with (
            patch.object(self.registry["res.users"], "_withdraw_conversations", side_effect=ValueError),
            self.assertRaises(ValueError),
            self.env.cr.savepoint(),
        ):
            replacement.action_close()
        self.env.invalidate_all()
        self.assertTrue(self.agent.active)
        self.assertEqual(self.agent.helpdesk_role, "agent")
        self.assertTrue(self.env["res.users.apikeys"].search([("user_id", "=", self.agent.id)]))
        self.assertEqual(replacement.state, "notified")
        self.assertNotIn("closed", self.steps())


@tagged("post_install", "-at_install")
class TestNoWayBackIn(ReplacementCase, HttpCase):
    """R10: after the account is shut, each way in is tried over the network; also should somebody restore it."""

    def setUp(self):
        super().setUp()
        self.agent.password = PASSWORD
        self.agent.partner_id.signup_prepare("reset")
        self.reset_url = self.agent.partner_id._get_signup_url_for_action()[self.agent.partner_id.id]
        keys = self.env["res.users.apikeys"].with_user(self.agent).sudo()
        self.key = keys._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        trusted = self.env["auth_totp.device"].with_user(self.agent).sudo()
        self.trusted_key = trusted._generate("browser", "laptop", fields.Datetime.now() + timedelta(days=30))
        self.env.flush_all()
        self.cookies = [self.log_in() for _device in range(2)]

    def log_in(self):
        self.session = None
        session = self.authenticate("test_agent", PASSWORD, session_extra={"_trace_disable": False})
        self.url_open("/my/devices")
        return session.sid

    def visitor(self):
        """A browser that nobody has logged in with."""
        self.authenticate(None, None)
        self.opener.cookies.clear()

    def by_cookie(self):
        answers = []
        for sid in self.cookies:
            self.visitor()
            self.opener.cookies.set("session_id", sid)
            answers.append("/web/login" not in self.url_open("/odoo").url)
        return any(answers)

    def by_password(self, password=PASSWORD, trusted=None):
        self.visitor()
        page = self.url_open("/web/login").text
        if trusted:
            self.opener.cookies.set("td_id", trusted)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        answer = self.url_open(
            "/web/login", data={"login": "test_agent", "password": password, "csrf_token": token, "redirect": "/odoo"}
        )
        return "/web/login" not in answer.url

    def by_key(self):
        answer = self.url_open(
            "/json/2/helpdesk.ticket/search_count",
            data='{"domain": []}',
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )
        return answer.status_code == 200

    def by_reset_link(self):
        """Whether the link of before sets a password that opens the account."""
        self.visitor()
        path = self.reset_url[self.reset_url.index("/web/") :]
        page = self.url_open(path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        if token:
            fields_of_form = {"password": "new-password-1", "confirm_password": "new-password-1", "name": "x"}
            signup = re.search(r"token=([^&]+)", path)[1]
            self.url_open(path, data={**fields_of_form, "login": "test_agent", "token": signup, "csrf_token": token[1]})
        return self.by_password("new-password-1")

    def make_passkey(self):
        """One of the agent's, where the module of passkeys is installed."""
        if "auth.passkey.key" not in self.env:
            return self.env["res.users"]
        values = {"name": "Telepon", "credential_identifier": "uji", "public_key": "uji"}
        return self.env["auth.passkey.key"].with_user(self.agent).sudo().create(values)

    def close_account(self):
        replacement = self.replace()
        replacement.action_notify()
        replacement.action_hand_over()
        replacement.action_close()
        self.env.flush_all()
        return replacement

    @mute_logger("odoo.http", "odoo.addons.base.models.res_users", "odoo.addons.auth_totp.models.res_users",
                 "odoo.addons.auth_signup.controllers.main")  # fmt: skip
    def test_each_way_in(self):
        self.assertTrue(self.by_cookie(), "the test's own ways must work before")
        self.assertTrue(self.by_key())
        self.assertTrue(self.by_password())
        self.agent.totp_secret = TOTP_SECRET
        self.env.flush_all()
        self.assertFalse(self.by_password(), "the second factor is asked for")
        self.assertTrue(self.by_password(trusted=self.trusted_key), "but not on a trusted device")
        self.cookies.append(self.log_in_trusted())
        passkey = self.make_passkey()

        replacement = self.close_account()
        self.assertFalse(passkey.exists())
        self.assertFalse(self.by_cookie())
        self.assertFalse(self.by_key())
        self.assertFalse(self.by_password())
        self.assertFalse(self.by_password(trusted=self.trusted_key))
        self.assertFalse(self.by_reset_link())
        self.assertFalse(any(root.session_store.get(sid).uid for sid in self.cookies[:2]), "the sessions are gone")
        self.assertEqual((replacement.api_keys_count, replacement.trusted_devices_count), (1, 1))
        self.assertGreaterEqual(replacement.devices_count, 2)
        self.assertEqual(replacement.second_factor_count, 1)

        # an administrator restores the account by mistake
        self.agent.active = True
        self.env.flush_all()
        self.assertFalse(self.by_cookie())
        self.assertFalse(self.by_key())
        self.assertFalse(self.by_password())
        self.assertFalse(self.by_password(trusted=self.trusted_key))
        self.assertFalse(self.by_reset_link())
        self.assertFalse(self.agent.helpdesk_role)
        for name in ("helpdesk_product_ids", "helpdesk_site_ids", "helpdesk_team_ids"):
            self.assertFalse(self.agent[name])
        self.assertFalse(self.agent.totp_enabled)

    def log_in_trusted(self):
        self.assertTrue(self.by_password(trusted=self.trusted_key))
        return self.opener.cookies["session_id"]

    def test_the_link_works_while_the_account_is_open(self):
        """What the other test finds shut was open: the link sets a password."""
        self.env.flush_all()
        self.agent.partner_id.signup_prepare("reset")
        self.reset_url = self.agent.partner_id._get_signup_url_for_action()[self.agent.partner_id.id]
        self.env.flush_all()
        self.assertTrue(self.by_reset_link())

    def test_pusdatin_reads_and_confirms(self):
        """R10: the notice on Pusdatin's page, read, and at the end the confirmation."""
        replacement = self.replace()
        self.users["viewer"].password = PASSWORD
        self.authenticate("test_viewer", PASSWORD)
        self.assertNotIn(replacement.name, self.url_open("/my/helpdesk/replacements").text, "not told yet")
        replacement.action_notify()
        self.env.flush_all()
        page = self.url_open("/my/helpdesk/replacements").text
        self.assertIn(replacement.name, page)
        self.assertIn(self.successor.name, page)
        self.assertNotIn(SECRET, page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        self.url_open(f"/my/helpdesk/replacements/{replacement.id}/acknowledge", data={"csrf_token": token})
        self.env.invalidate_all()
        self.assertEqual(replacement.acknowledged_by_id, self.users["viewer"])
        self.assertIn("acknowledged", self.steps())
        replacement.action_hand_over()
        replacement.action_close()
        self.env.flush_all()
        in_their_words = replacement.sudo().with_context(lang=self.users["viewer"].lang)
        self.assertIn(in_their_words._prepare_confirmation(), self.url_open("/my/helpdesk/replacements").text)
        far = self.create_user("far_viewer", "group_pusdatin_viewer", sites=self.site_east)
        far.password = PASSWORD
        self.authenticate("test_far_viewer", PASSWORD)
        self.assertNotIn(replacement.name, self.url_open("/my/helpdesk/replacements").text)

import re
import time

from odoo.http import root
from odoo.tests import HttpCase, tagged

from .common import HelpdeskCase

PASSWORD = "device-password"


@tagged("post_install", "-at_install")
class TestDevices(HelpdeskCase, HttpCase):
    """R5, R22: an account is logged in on several devices at once, sees them, and signs them out."""

    def setUp(self):
        super().setUp()
        for role in ("expert", "viewer", "agent"):
            self.users[role].password = PASSWORD

    def log_in(self, role):
        """A session of its own, as on another device; it leaves its trace in the list."""
        self.session = None  # else it would be closed
        # as if the password had just been given once more: signing others out asks for it
        extra = {"_trace_disable": False, "identity-check-last": time.time()}
        session = self.authenticate(f"test_{role}", PASSWORD, session_extra=extra)
        self.url_open("/my/devices")
        return session.sid

    def devices_of(self, role):
        self.env.invalidate_all()
        return self.env["res.device"].search([("user_id", "=", self.users[role].id)])

    def post(self, address):
        page = self.url_open("/my/devices").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return self.url_open(address, data={"csrf_token": token})

    def is_alive(self, sid):
        return bool(root.session_store.get(sid).uid)

    def test_several_at_once(self):
        for role in ("expert", "viewer"):
            with self.subTest(role):
                sids = [self.log_in(role) for _device in range(3)]
                self.assertEqual(len(self.devices_of(role)), 3)
                self.assertTrue(all(self.is_alive(sid) for sid in sids))
                page = self.url_open("/my/devices").text
                self.assertEqual(page.count('/revoke"'), 3)
                self.assertEqual(page.count("This device") + page.count("Perangkat ini"), 1)

    def test_sign_out_one(self):
        first, second = self.log_in("viewer"), self.log_in("viewer")
        device = self.devices_of("viewer").filtered(lambda one: first.startswith(one.session_identifier))
        self.post(f"/my/devices/{device.id}/revoke")
        self.assertFalse(self.is_alive(first))
        self.assertTrue(self.is_alive(second))
        event = self.env["helpdesk.event"].search([("kind", "=", "device_revoked")], limit=1)
        self.assertEqual(event.target_user_id, self.users["viewer"])

    def test_sign_out_others(self):
        first, second, third = (self.log_in("expert") for _device in range(3))
        self.post("/my/devices/revoke_others")
        self.assertEqual([self.is_alive(sid) for sid in (first, second, third)], [False, False, True])

    def test_not_somebody_elses(self):
        foreign = self.log_in("agent")
        device = self.devices_of("agent")
        self.log_in("viewer")
        self.assertEqual(self.post(f"/my/devices/{device.id}/revoke").status_code, 404)
        self.assertTrue(self.is_alive(foreign))
        self.assertNotIn(f"/my/devices/{device.id}/", self.url_open("/my/devices").text)

    def test_admin_support_signs_out(self):
        sid = self.log_in("agent")
        self.users["agent"].with_user(self.users["admin_support"]).action_helpdesk_revoke_devices()
        self.assertFalse(self.is_alive(sid))

    def test_user_menu(self):
        """The page is in the menu under the name; the publisher's pages are not."""
        self.browser_js(
            "/odoo",
            """
            document.querySelector(".o_user_menu button").click();
            setTimeout(() => {
                const items = [...document.querySelectorAll(".o-dropdown--menu .dropdown-item")];
                const named = items.map((item) => item.textContent.trim());
                const own = named.includes("My devices") || named.includes("Perangkat saya");
                const wanted = own && !named.some((name) => name.includes("Odoo"));
                console[wanted ? "log" : "error"](wanted ? "test successful" : named.join(", "));
            }, 500);
            """,
            ready="!!document.querySelector('.o_user_menu button')",
            login="test_agent",
        )

import re

from odoo.tests import HttpCase, tagged

from .roster_common import MONDAY, RosterCase

PAGE = "/my/helpdesk/roster"


@tagged("post_install", "-at_install")
class TestRosterPortal(RosterCase, HttpCase):
    """R3: Pusdatin's page of the roster."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.duty = cls.assign(cls.ani, cls.morning, MONDAY)

    def open(self, address=f"{PAGE}?day=2026-03-04", login="test_viewer"):
        self.authenticate(login, login)
        return self.url_open(address)

    def decide(self, change, decision, **values):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.open().text)[1]
        return self.url_open(f"{PAGE}/changes/{change.id}/{decision}", data={"csrf_token": token, **values})

    def test_week_of_a_published_roster(self):
        """R3: Pusdatin sees who is on duty and what is uncovered, once it is published."""
        self.assertIn("No roster is published yet", self.open().text)
        self.publish()
        page = self.open().text
        self.assertIn("Test agent", page)
        self.assertEqual(page.count("1 uncovered"), 7 * 3 - 1)
        self.assertIn("WIB", page)
        self.assertEqual(self.open(f"{PAGE}?day=nonsense&site=x").status_code, 200)
        self.assertEqual(self.open(f"{PAGE}?day=0001-01-01").status_code, 200)

    def test_approve(self):
        """R3: one click carries the change out."""
        self.publish()
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        page = self.open().text
        self.assertIn("Test agent3 instead of Test agent: Morning, Monday, 2 March 2026", page)
        self.assertIn("Family matter", page)
        self.assertEqual(self.decide(change, "approve").status_code, 200)
        self.env.invalidate_all()
        self.assertEqual((change.state, self.duty.user_id), ("done", self.citra))

    def test_refuse_needs_a_reason(self):
        """R3: refused with a reason; without one the page says so and nothing changes."""
        self.publish()
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        answer = self.decide(change, "refuse", reason=" ")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Say why it is refused", answer.text)
        self.decide(change, "refuse", reason="Not this week")
        self.env.invalidate_all()
        self.assertEqual((change.state, change.refusal), ("refused", "Not this week"))
        self.assertIn("Not this week", self.open().text)

    def test_others_have_no_such_page(self):
        """R3: customers, and viewers of other sites, see nothing of it."""
        self.publish()
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        self.create_user("foreign", "group_pusdatin_viewer", sites=self.site_east)
        self.assertNotIn("Test agent3", self.open(login="test_foreign").text)
        self.assertEqual(self.decide_as("test_foreign", change).status_code, 404)
        self.create_plain_user("test_customer", "base.group_portal")
        self.assertEqual(self.open(login="test_customer").status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(change.state, "pusdatin")

    def decide_as(self, login, change):
        page = self.open("/my/helpdesk", login=login)
        token = re.search(r'csrf_token: "([^"]+)"', page.text)[1]
        return self.url_open(f"{PAGE}/changes/{change.id}/approve", data={"csrf_token": token})

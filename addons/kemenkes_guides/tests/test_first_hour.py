from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase
from odoo.addons.mail.tests.common import freeze_all_time


@tagged("post_install", "-at_install")
class TestFirstHour(HelpdeskCase):
    """R21: a new agent is led through the first hour; steps are ticked by what the agent has truly done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["agent"]
        cls.ticket = cls.create_ticket()

    def first_hour(self, login="agent"):
        self.env.flush_all()
        return self.env["helpdesk.first.hour"].with_user(self.users[login])

    def done(self, login="agent"):
        return {step["key"] for step in self.first_hour(login).get_steps() if step["is_done"]}

    def test_ticked_by_what_was_done(self):
        """R21: each step by its own doing, and by nothing else."""
        self.assertEqual(len(self.first_hour().get_steps()), 7)
        self.assertEqual(self.done(), set())
        ticket = self.ticket.with_user(self.agent)
        expected = set()
        for key, act in (
            ("take", ticket.action_take),
            ("note", lambda: ticket.message_post(body="Cek", message_type="comment", subtype_xmlid="mail.mt_note")),
            ("answer", lambda: self.agent_says(self.ticket, "Silakan coba lagi")),
            ("keys", lambda: self.first_hour().note_step("keys")),
            ("prepared_words", lambda: self.first_hour().note_step("prepared_words")),
            ("solve", ticket.action_solve),
            ("work", lambda: self.agent.with_user(self.agent)._start_work()),
        ):
            with self.subTest(key):
                act()
                expected.add(key)
                self.assertEqual(self.done(), expected)

    def test_not_by_what_others_did(self):
        """R21: a ticket that a leader hands over was not taken; a colleague's answer is not one's own."""
        self.ticket.with_user(self.users["leader"]).user_id = self.agent
        self.agent_says(self.ticket, "Silakan", login="leader")
        self.assertEqual(self.done(), set())

    def test_who_is_led(self):
        """R21: new agents; not those who lead, read or follow, nor an agent of old, nor who has hidden it."""
        shown = {login for login in self.users if self.first_hour(login)._is_shown()}
        self.assertEqual(shown, {"agent", "expert"})
        with freeze_all_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertEqual(self.first_hour().get_steps(), [])
        self.first_hour().hide()
        self.assertEqual(self.first_hour().get_steps(), [])
        self.assertTrue(self.first_hour("expert").get_steps(), "a colleague's list stays")

    def test_other_steps_are_refused(self):
        with self.assertRaises(UserError):
            self.first_hour().note_step("solve")
        settings = self.env["res.users.settings"]._find_or_create_for_user(self.users["expert"])
        with self.assertRaises(AccessError):
            settings.with_user(self.agent).write({"helpdesk_hides_first_hour": True})

    def test_it_costs_little(self):
        """The workspace asks with every ticket that is opened."""
        self.first_hour().note_step("keys")
        self.done()
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.first_hour().get_steps()

from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestOnboarding(PeopleCase):
    """R7, R8: what has to be done before a new colleague works; R6: the account is opened by admin support."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.onboarding = (
            cls.env["helpdesk.onboarding"]
            .with_user(cls.users["admin_support"])
            .create({"name": "Dewi", "role": "agent", "site_id": cls.site.id, "start_date": date(2026, 12, 1)})
        )

    def step(self, proof):
        return self.onboarding.task_ids.filtered(lambda task: task.proof == proof)

    def test_steps_of_the_role(self):
        """R7: each step has who and when; those of other roles are not there."""
        self.assertEqual(self.step("nda").due_date, date(2026, 11, 28))
        self.assertIn("trainer", self.onboarding.task_ids.mapped("responsible_role"))
        other = self.onboarding.create({"name": "Eka", "role": "analyst", "site_id": self.site.id})
        self.assertTrue(other.task_ids)
        self.assertNotIn("trainer", other.task_ids.mapped("responsible_role"))

    def test_what_the_product_sees(self):
        """R6, R8: account and agreement tick themselves; ready when all is done, with who has done what."""
        action = self.onboarding.action_open_account()
        account = (
            self.env["helpdesk.account"]
            .with_user(self.users["admin_support"])
            .with_context(**action["context"])
            .create({"login": "dewi@helpdesk.example"})
        )
        account.action_save()
        user = account.sudo().user_id
        self.assertEqual((user.helpdesk_role, user.helpdesk_site_ids), ("agent", self.site))
        self.onboarding.user_id = user
        self.assertTrue(self.step("account").is_done)
        self.assertFalse(self.step("nda").is_done)
        with freeze_all_time(datetime(2026, 11, 27, 3)):
            self.give_nda(user, date(2026, 11, 27), date(2027, 11, 26))
            self.env["helpdesk.onboarding"]._cron_look()
        self.assertTrue(self.step("nda").is_done)
        self.assertEqual(self.onboarding.state, "open")
        training = self.onboarding.task_ids.filtered(lambda task: task.responsible_role == "trainer")
        training.with_user(self.users["trainer"]).is_done = True
        self.assertEqual(training.done_by_id, self.users["trainer"])
        self.onboarding.task_ids.is_done = True
        self.assertEqual((self.onboarding.state, self.onboarding.progress), ("done", 100))

    def test_late(self):
        with freeze_all_time(datetime(2026, 11, 29, 3)):
            self.assertEqual(self.onboarding.overdue_count, 1)
            self.assertTrue(self.step("nda").is_overdue)

    def test_who(self):
        with self.assertRaises(AccessError):
            self.env["helpdesk.onboarding"].with_user(self.users["trainer"]).create(
                {"name": "Eka", "site_id": self.site.id}
            )
        with self.assertRaises(AccessError):
            self.onboarding.with_user(self.users["agent"]).read(["name"])
        far = self.create_user("far", "group_trainer", sites=self.site_east)
        with self.assertRaises(AccessError):
            self.onboarding.task_ids.with_user(far).read(["name"])

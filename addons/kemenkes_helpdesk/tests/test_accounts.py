from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestAccounts(HelpdeskCase):
    """R6, R7, R22: admin support makes and changes accounts, and climbs nowhere by it."""

    def open_account(self, user=None, by="admin_support"):
        accounts = self.env["helpdesk.account"].with_user(self.users[by])
        return Form(accounts.with_context(default_user_id=user.id if user else False))

    def make(self, by="admin_support", **values):
        values = {"name": "Dewi", "login": "dewi@helpdesk.example", "role": "agent", **values}
        account = self.env["helpdesk.account"].with_user(self.users[by]).create(values)
        account.action_save()
        return account

    def test_make(self):
        """A new agent: role, lists, invitation; in the ledger."""
        with self.open_account() as form:
            form.name = "Dewi"
            form.login = "Dewi@Helpdesk.Example"
            form.role = "agent"
            form.helpdesk_product_ids.add(self.product_b)
            form.helpdesk_site_ids.add(self.site)
        form.record.action_save()
        user = self.env["res.users"].search([("login", "=", "dewi@helpdesk.example")])
        self.assertEqual(user.helpdesk_role, "agent")
        self.assertEqual(user.group_ids, self.env.ref("kemenkes_helpdesk.group_agent"))
        self.assertTrue(self.create_ticket(product_id=self.product_b.id).with_user(user).has_access("write"))
        self.assertIn("/web/signup", form.record.invitation_url.replace("reset_password", "signup"))
        event = self.env["helpdesk.event"].search([("kind", "=", "user_created"), ("target_user_id", "=", user.id)])
        self.assertTrue(event)

    def test_make_viewer_without_limit(self):
        """R22, R27.c.4: portal accounts take no seat."""
        for number in range(5):
            account = self.make(login=f"viewer{number}@kemkes.example", role="pusdatin_viewer")
            self.assertTrue(account.sudo().user_id.share)

    def test_change(self):
        """R5: a role and lists changed hold at once."""
        user = self.users["agent"]
        ticket = self.create_ticket(product_id=self.product_b.id)
        self.assertFalse(ticket.with_user(user).has_access("read"))
        with self.open_account(user) as form:
            self.assertEqual(form.role, "agent")
            form.role = "team_leader"
            form.helpdesk_product_ids.add(self.product_b)
        form.record.action_save()
        self.assertEqual(user.helpdesk_role, "team_leader")
        self.assertTrue(user.has_group("kemenkes_helpdesk.group_team_leader"))
        self.assertTrue(ticket.with_user(user).has_access("read"))

    def test_change_account_with_preferences(self):
        """Odoo keeps where notifications arrive as a group; that is no right."""
        self.users["agent"].notification_type = "inbox"
        self.open_account(self.users["agent"]).save().action_save()

    def test_archive(self):
        with self.open_account(self.users["agent"]) as form:
            form.active = False
        form.record.action_save()
        self.assertFalse(self.users["agent"].active)

    def test_list(self):
        users = self.env["res.users"].with_user(self.users["admin_support"]).search([("helpdesk_role", "!=", False)])
        self.assertLessEqual(set(self.env["res.users"].concat(*self.users.values()).ids), set(users.ids))
        self.assertNotIn(self.create_plain_user("other", "base.group_user"), users)
        self.assertEqual(
            users.search([("helpdesk_role", "=", "quality")]).filtered(lambda user: user in self.users.values()),
            self.users["quality"],
        )

    # CLIMBING

    def test_roles_that_are_not_given(self):
        for role in ("admin_support", "operation_manager", "manager"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.make(login=f"{role}@helpdesk.example", role=role)
        self.make(by="manager", login="om@helpdesk.example", role="operation_manager")
        with self.assertRaises(AccessError):
            self.make(by="manager", login="m@helpdesk.example", role="manager")

    def test_own_account(self):
        with self.assertRaises(AccessError):
            self.open_account(self.users["admin_support"])
        account = (
            self.env["helpdesk.account"]
            .with_user(self.users["admin_support"])
            .create(
                {
                    "user_id": self.users["admin_support"].id,
                    "name": "Me",
                    "login": "me@helpdesk.example",
                    "role": "supervisor",
                }
            )
        )
        for action in (account.action_save, account.action_invite):
            with self.assertRaises(AccessError):
                action()

    def test_accounts_beyond(self):
        """Neither managers' accounts nor those with rights outside the helpdesk are touched."""
        self.users["trainer"].group_ids += self.env.ref("base.group_erp_manager")
        beyond = (
            self.users["manager"]
            | self.users["operation_manager"]
            | self.users["trainer"]
            | self.env.ref("base.user_admin")
        )
        for user in beyond:
            account = (
                self.env["helpdesk.account"]
                .with_user(self.users["admin_support"])
                .create({"user_id": user.id, "name": "Taken", "login": user.login, "role": "agent"})
            )
            for action in (account.action_save, account.action_invite, account.user_id.action_helpdesk_revoke_devices):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    action()

    def test_other_roles_manage_nothing(self):
        for role in ("agent", "supervisor", "operation_manager", "quality", "viewer"):
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    self.make(by=role)
                with self.assertRaises(AccessError):
                    self.users["agent"].with_user(self.users[role]).action_helpdesk_revoke_devices()

    def test_users_themselves_stay_shut(self):
        """The form is the only door: not even admin support writes accounts or groups directly."""
        support = self.users["admin_support"]
        group = self.env.ref("kemenkes_helpdesk.group_manager")
        for attempt in (
            lambda: support.with_user(support).write({"group_ids": [(4, group.id)]}),
            lambda: self.users["agent"].with_user(support).write({"login": "x"}),
            lambda: self.env["res.users"].with_user(support).create({"name": "x", "login": "x"}),
            lambda: group.with_user(support).write({"user_ids": [(4, support.id)]}),
            lambda: support.with_user(support).write({"helpdesk_product_ids": [(4, self.product_b.id)]}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_used_account_is_not_taken_over(self):
        """Whoever could change the address of a used account could log in as its owner."""
        self.env["res.users.log"].with_user(self.users["agent"]).sudo().create({})
        account = (
            self.env["helpdesk.account"]
            .with_user(self.users["admin_support"])
            .create(
                {"user_id": self.users["agent"].id, "name": "Agent", "login": "mine@helpdesk.example", "role": "agent"}
            )
        )
        with self.assertRaises(UserError):
            account.action_save()
        self.assertFalse(account.invitation_url)

    def test_kind_of_account_stays(self):
        account = (
            self.env["helpdesk.account"]
            .with_user(self.users["admin_support"])
            .create(
                {"user_id": self.users["viewer"].id, "name": "V", "login": self.users["viewer"].login, "role": "agent"}
            )
        )
        with self.assertRaises(UserError):
            account.action_save()

    def test_address(self):
        for login in ("dewi", self.users["agent"].email):
            self.users["agent"].login = self.users["agent"].email
            with self.subTest(login), self.assertRaises(UserError):
                self.make(login=login)

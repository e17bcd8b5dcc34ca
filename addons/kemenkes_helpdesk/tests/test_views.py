from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ROLES, HelpdeskCase

EMPLOYEES = [login for login in ROLES if login != "viewer"]


@tagged("post_install", "-at_install")
class TestViews(HelpdeskCase):
    """Every screen behind the menus of a role opens for it, with its rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(user_id=cls.users["agent"].id)
        cls.customer_says(cls.ticket, "Halo?")
        cls.ticket.with_user(cls.users["agent"]).escalate(cls.team_l2, "Bukan wewenang L1")

    def actions_of(self, user):
        """The window actions behind the menus of the helpdesk that the user sees."""
        root = self.env.ref("kemenkes_helpdesk.menu_root")
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        found, waiting = {}, [root.id]
        while waiting:
            menu = menus[waiting.pop()]
            waiting += menu["children"]
            if menu["action_model"] == "ir.actions.act_window":
                found[menu["name"]] = self.env["ir.actions.act_window"].browse(menu["action_id"])
        return found

    def open_screen(self, user, action):
        """What the web client asks for: all views, then the rows with the fields that the first view shows."""
        model = self.env[action.res_model].with_user(user)
        first = action.views[0][1]
        views = model.get_views([*action.views, (action.search_view_id.id, "search")], {"toolbar": True})["views"]
        arch = etree.fromstring(views[first]["arch"])
        names = {
            node.get("name") for node in arch.iter("field") if not any(up.tag == "field" for up in node.iterancestors())
        }
        values = {"uid": user.id, "allowed_company_ids": user.company_ids.ids}
        model.search(safe_eval(action.domain or "[]", values), limit=2).read(list(names))

    def test_every_menu_of_every_role_opens(self):
        for login in EMPLOYEES:
            actions = self.actions_of(self.users[login])
            self.assertTrue(actions, login)
            for name, action in actions.items():
                with self.subTest(login=login, menu=name):
                    self.open_screen(self.users[login], action)

    def test_configuration_is_for_supervisors(self):
        configuration = self.env.ref("kemenkes_helpdesk.menu_configuration")
        for login in EMPLOYEES:
            visible = self.env["ir.ui.menu"].with_user(self.users[login]).load_menus(False)
            self.assertEqual(
                configuration.id in visible, login in ("supervisor", "operation_manager", "manager"), login
            )

    def test_the_customers_form_leads_to_the_tickets(self):
        customer = self.customer.with_user(self.users["agent"])
        self.assertIn("action_view_helpdesk_tickets", customer.get_view(view_type="form")["arch"])
        self.assertEqual(customer.helpdesk_ticket_count, 1)
        found = self.env["helpdesk.ticket"].search(customer.action_view_helpdesk_tickets()["domain"])
        self.assertEqual(found, self.ticket)

    def test_the_form_can_be_copied_into_another_site(self):
        self.assertEqual(
            self.product_a.form_embed_code,
            f'<script src="{self.product_a.form_url}/embed.js" async></script>',
        )

from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

# login → roles; each user may see product A at the first site, and nothing else
ROLES = {
    "agent": "group_agent",
    "expert": "group_expert",
    "leader": "group_team_leader",
    "supervisor": "group_supervisor",
    "quality": "group_quality",
    "analyst": "group_analyst",
    "trainer": "group_trainer",
    "admin_support": "group_admin_support",
    "operation_manager": "group_operation_manager",
    "manager": "group_manager",
    "viewer": "group_pusdatin_viewer",
}


class HelpdeskCase(TransactionCase):
    """Two sites, two products, three tiers, two channels, one user for each role."""

    # What shuts an account out altogether is a matter of addons, which test it where they set this to False.
    everybody_is_admitted = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.everybody_is_admitted:
            cls.startClassPatcher(patch.object(cls.registry["res.users"], "_is_admitted", lambda user: True))
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False, "no_reset_password": True})
        cls.site = cls.env["helpdesk.site"].create({"name": "Jakarta", "code": "test-jakarta"})
        cls.site_east = cls.env["helpdesk.site"].create(
            {"name": "Jayapura", "code": "test-jayapura", "timezone": "Asia/Jayapura"}
        )
        cls.product_a = cls.env["helpdesk.product"].create({"name": "Product A", "code": "test-product-a"})
        cls.product_b = cls.env["helpdesk.product"].create({"name": "Product B", "code": "test-product-b"})
        cls.team_l1, cls.team_l2, cls.team_l3 = cls.env["helpdesk.team"].create(
            [{"name": f"L{tier}", "tier": tier, "site_id": cls.site.id} for tier in ("1", "2", "3")]
        )
        cls.team_l1.escalation_team_ids = cls.team_l2
        cls.team_l2.escalation_team_ids = cls.team_l3
        cls.category = cls.env["helpdesk.category"].create({"name": "Log-in"})
        cls.category_otp = cls.env["helpdesk.category"].create({"name": "OTP", "parent_id": cls.category.id})
        cls.channel_email = cls.create_channel("email", name="Mail A", product_id=cls.product_a.id)
        cls.channel_form = cls.create_channel("form", name="Form A", product_id=cls.product_a.id)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Siti Aminah", "email": "siti@customer.example", "phone": "+6281234567890"}
        )
        cls.users = {login: cls.create_user(login, group) for login, group in ROLES.items()}
        cls.team_l1.member_ids = cls.users["agent"] | cls.users["leader"]
        cls.team_l2.member_ids = cls.users["expert"]

    @classmethod
    def create_user(cls, login, group, products=None, sites=None):
        user = new_test_user(
            cls.env,
            login=f"test_{login}",
            name=f"Test {login}",
            email=f"{login}@helpdesk.example",
            groups=f"kemenkes_helpdesk.{group}",
            tz="Asia/Jakarta",
        )
        user.write(
            {
                "helpdesk_product_ids": [(6, 0, (products if products is not None else cls.product_a).ids)],
                "helpdesk_site_ids": [(6, 0, (sites if sites is not None else cls.site).ids)],
            }
        )
        return user

    @classmethod
    def create_plain_user(cls, login, group, **values):
        """An account without a role in the helpdesk: a customer (base.group_portal), an employee (base.group_user)."""
        return new_test_user(cls.env, login=login, groups=group, email=f"{login}@customer.example", **values)

    @classmethod
    def create_channel(cls, kind, **values):
        return cls.env["helpdesk.channel"].create(
            {
                "name": kind,
                "kind": kind,
                "site_id": cls.site.id,
                "team_id": cls.team_l1.id,
                "email_from": "Halo Kemkes <halo@helpdesk.example>" if kind in ("email", "form") else False,
                **values,
            }
        )

    @classmethod
    def create_ticket(cls, **values):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Cannot log in",
                "partner_id": cls.customer.id,
                "team_id": cls.team_l1.id,
                "site_id": cls.site.id,
                "product_id": cls.product_a.id,
                "channel_id": cls.channel_email.id,
                **values,
            }
        )

    @classmethod
    def customer_says(cls, ticket, body):
        """The customer writes on a ticket, as a portal post would do it."""
        return ticket.with_context(mail_create_nosubscribe=True).message_post(
            body=body,
            author_id=ticket.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @classmethod
    def agent_says(cls, ticket, body, login="agent"):
        """An agent answers in the form's chatter."""
        return ticket.with_user(cls.users[login]).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    @classmethod
    def kinds_of(cls, ticket):
        """The kinds of a ticket's ledger rows, oldest first."""
        return cls.env["helpdesk.event"].sudo().search([("ticket_id", "=", ticket.id)], order="id").mapped("kind")

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestWrapUp(HelpdeskCase):
    """R27.a.1, R27.c.1: a product says what is filled in before its tickets are solved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket()
        cls.as_agent = cls.ticket.with_user(cls.users["agent"])

    def refusal(self):
        """Why the agent can't solve the ticket."""
        with self.assertRaises(UserError) as caught:
            self.as_agent.action_solve()
        return str(caught.exception)

    def test_names_what_is_missing(self):
        self.product_a.write({"wrap_up_category": True, "wrap_up_tags": True, "wrap_up_answer": True})
        self.assertIn("Product A needs before: Category, Tags, an answer to the customer.", self.refusal())
        self.ticket.category_id = self.category_otp
        self.agent_says(self.ticket, "Coba lagi")
        self.assertIn("needs before: Tags.", self.refusal())
        self.ticket.tag_ids = self.env["helpdesk.tag"].create({"name": "otp"})
        self.as_agent.action_solve()
        self.assertEqual(self.ticket.stage_kind, "solved")

    def test_the_form_that_asks(self):
        """What the product wants is required in the workspace's dialog, the rest is not there."""
        self.product_a.write({"wrap_up_category": True})
        view = "kemenkes_helpdesk.helpdesk_ticket_view_form_wrap_up"
        with self.assertRaisesRegex(AssertionError, "category_id is a required field"):
            Form(self.as_agent, view).save()
        with Form(self.as_agent, view) as form:
            form.category_id = self.category_otp
        self.assertEqual(self.ticket.category_id, self.category_otp)
        self.as_agent.action_solve()

    def test_closing_is_no_way_round(self):
        self.product_a.wrap_up_category = True
        with self.assertRaises(UserError):
            self.as_agent.action_close()
        with self.assertRaises(UserError):
            self.as_agent.create({"name": "Telepon", "product_id": self.product_a.id, "stage_id": self.solved().id})

    def solved(self):
        return self.env["helpdesk.stage"]._get_by_kind("solved")

    def test_what_comes_with_the_stage_counts(self):
        """A macro sets category and stage at once."""
        self.product_a.wrap_up_category = True
        self.as_agent.write({"stage_id": self.solved().id, "category_id": self.category.id})
        self.assertEqual(self.ticket.stage_kind, "solved")

    def test_closing_later_asks_no_more(self):
        self.as_agent.action_solve()
        self.product_a.wrap_up_category = True
        self.as_agent.action_close()
        self.assertEqual(self.ticket.stage_kind, "closed")

    def test_fields_of_the_team(self):
        self.product_a.wrap_up_properties = True
        self.team_l1.properties_definition = [
            {"name": "part", "type": "separator", "string": "Facility"},
            {"name": "facility", "type": "char", "string": "Facility code"},
            {"name": "visited", "type": "boolean", "string": "Visited"},
        ]
        self.assertIn("needs before: Facility code.", self.refusal())
        self.ticket.properties = {"facility": "P3201"}
        self.as_agent.action_solve()
        self.assertEqual(self.ticket.stage_kind, "solved")

    def test_machines_solve_as_it_is(self):
        """Silence, bots and mass incidents don't know categories; merging is no solution."""
        self.product_a.write({"wrap_up_category": True, "wrap_up_customer": True})
        self.ticket.partner_id = False
        other = self.create_ticket()
        self.as_agent.merge_into(other)
        other.sudo().action_solve()
        self.assertEqual((self.ticket.stage_kind, other.stage_kind), ("closed", "solved"))

    def test_another_product_and_none(self):
        self.product_a.wrap_up_category = True
        (self.ticket | self.create_ticket()).product_id = False
        self.as_agent.action_solve()
        self.assertEqual(self.ticket.stage_kind, "solved")

    def test_who_sets_it(self):
        """Supervisors configure products, agents don't."""
        self.product_a.with_user(self.users["supervisor"]).wrap_up_tags = True
        with self.assertRaises(AccessError):
            self.product_a.with_user(self.users["agent"]).wrap_up_tags = False

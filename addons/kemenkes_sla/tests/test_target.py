from odoo.tests import tagged

from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestAttainmentTarget(SlaCase):
    def test_attainment_is_that_of_the_report(self):
        """R14: the same rows as the report, excused breaches left out."""
        policy = self.create_policy(minutes=60)
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        target = self.env["helpdesk.target"].create(
            {"metric": "sla_attainment", "goal": 99, "product_id": self.product_a.id, "period": "day"}
        )
        quick, slow = self.create_ticket(), self.create_ticket()
        self.wait(10)
        self.agent_says(quick, "Hello")
        self.wait(80)
        self.agent_says(slow, "Hello")
        self.assertEqual(self.now_of(target), (50, 2, "missed"))
        status = self.Status.search([("ticket_id", "=", slow.id), ("sla_id", "=", policy.id)])
        excuse = self.env["helpdesk.sla.excuse"].with_user(self.users["leader"])._ask(status, "client", "Waited")
        excuse.with_user(self.users["operation_manager"]).action_approve()
        self.assertEqual(self.now_of(target), (100, 1, "good"))

    def now_of(self, target):
        self.env.flush_all()
        target.invalidate_recordset()
        return round(target.value, 2), target.value_count, target.state

from odoo.tests import tagged

from ..tools.clock import FULL_RESOLUTION
from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestWorkspaceClocks(SlaCase):
    """R14, R24.b: the clocks of a ticket come with it to the workspace."""

    def shown(self, ticket, login="agent"):
        workspace = self.env["helpdesk.workspace"].with_user(self.users[login])
        return workspace.refresh_ticket(ticket.id)["clocks"]

    def test_clocks(self):
        policy = self.create_policy()
        self.create_policy(FULL_RESOLUTION, minutes=240)
        ticket = self.create_ticket()
        clocks = {clock["label"]: clock for clock in self.shown(ticket)}
        first = clocks[policy._fields["target"].convert_to_export("first_response", policy)]
        self.assertEqual((first["state"], first["ended"], first["policy"]), ("ongoing", False, policy.name))
        self.assertEqual(first["deadline"], str(self.clock(ticket).deadline))
        self.assertEqual(len(clocks), 2)
        self.agent_says(ticket, "Baik.")
        self.assertIn("reached", [clock["state"] for clock in self.shown(ticket)])

    def test_none(self):
        self.assertEqual(self.shown(self.create_ticket()), [])

from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.meta_common import MetaCase
from odoo.addons.kemenkes_helpdesk.tests.tour_common import TourCase

from fakes.fake import Citizen  # isort: skip - the path to it is set by the first of these

# Kind of channel → how many customers write by it; thirty in all.
CUSTOMERS = {"whatsapp": 7, "messenger": 5, "instagram": 4, "facebook": 4}
OTHERS = {"email": 5, "form": 3, "call": 2}


@tagged("post_install", "-at_install")
class TestWorkspaceDay(MetaCase, TourCase):
    """R23.c.3, R25, R27.a.1: an agent answers thirty customers over all channels from one screen, without a mouse."""

    def write_in(self):
        """The customers write; all of it is the agent's work."""
        before = self.env["helpdesk.ticket"].search([])
        for kind, count in CUSTOMERS.items():
            for number in range(count):
                citizen = Citizen(f"62811{len(kind):02}{number:06}", f"Warga {kind} {number}")
                self.graph.act(kind, citizen, "text", {"text": f"Saya tidak bisa masuk ({number})"})
        self.bring()
        for kind, count in OTHERS.items():
            channel = self.create_channel(kind, name=f"Uji {kind}")
            for number in range(count):
                ticket = self.create_ticket(channel_id=channel.id, name=f"Tidak bisa masuk lewat {kind} {number}")
                self.customer_says(ticket, "Mohon bantuan")
        tickets = self.env["helpdesk.ticket"].search([]) - before
        tickets.write({"user_id": self.users["agent"].id})
        return tickets

    def test_a_day_without_a_mouse(self):
        tickets = self.write_in()
        self.assertEqual(len(tickets), 30)
        self.start_tour("/odoo/helpdesk-workspace", "helpdesk_workspace_day", login="test_agent", timeout=600)
        self.env.invalidate_all()
        self.assertEqual(set(tickets.mapped("stage_kind")), {"solved"})
        for ticket in tickets:
            self.assertEqual(self.kinds_of(ticket).count("message_out"), 1, ticket.channel_kind)
        self.send()
        said = [taken for taken in self.graph.taken if taken.method == "POST"]
        self.assertGreaterEqual(len(said), sum(CUSTOMERS.values()))

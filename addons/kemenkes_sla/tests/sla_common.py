from unittest.mock import patch

from odoo.addons.kemenkes_helpdesk.tests.clock_common import ClockCase


class SlaCase(ClockCase):
    """Policies, and a clock on the wall that the test moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.sla"].search([]).active = False
        cls.Status = cls.env["helpdesk.sla.status"]

    @classmethod
    def create_policy(cls, target="first_response", minutes=60, **values):
        return cls.env["helpdesk.sla"].create(
            {"name": f"Test {target}", "target": target, "minutes": minutes, "active": True, **values}
        )

    def clock(self, ticket, target="first_response", number=None):
        """The clock of a ticket for a target."""
        domain = [("ticket_id", "=", ticket.id), ("target", "=", target)]
        return self.Status.search(domain + ([("number", "=", number)] if number is not None else []))

    def sweep(self):
        """What the job does each minute, without its commits."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: True):
            self.Status._cron_sweep()

    def breaches(self, ticket):
        """``[(target, date)]`` of the ticket's rows in the ledger."""
        rows = (
            self.env["helpdesk.event"]
            .sudo()
            .search([("ticket_id", "=", ticket.id), ("kind", "=", "sla_breached")], order="id")
        )
        return [(row.data["target"], row.date) for row in rows]

    def assert_rebuilt(self, tickets):
        """What is stored is what the ledger says."""
        self.env.flush_all()
        self.assertEqual(self.Status._compare(tickets), [])

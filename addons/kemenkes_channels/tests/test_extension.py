import time
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.kemenkes_channels import providers
from odoo.addons.kemenkes_channels.tests import plain_provider as plain
from odoo.addons.kemenkes_channels.tests.channels_common import ChannelsCase, said


@tagged("post_install", "-at_install")
class TestExtension(ChannelsCase):
    """R23.a.3, R28.b: what docs/extending.md promises to who adds something, without a change in these addons."""

    def test_own_service(self):
        """A service is one module: registered by another addon, its messages become tickets, answers go out by it."""
        with patch.dict(providers._modules):
            providers.register("messenger", plain.__name__)
            self.assertEqual(providers.load("messenger"), plain)
            channel = self.create_channel(
                "messenger", name="Layanan baru", account_ref="baru", app_secret="rahasia", product_id=self.product_a.id
            )
            words = said("Halo dari layanan baru", at=int(time.time()))
            ticket = self.take_in(words, channel=channel).ticket_id
            self.assertEqual((ticket.channel_id, ticket.name), (channel, "Halo dari layanan baru"))
            message = self.agent_says(ticket, "Halo juga")
            row = self.outbox.search([("message_id", "=", message.id)])
            self.assertEqual((row.channel_id, row.recipient, row.state), (channel, "8100", "queued"))
            call = plain.build(channel._account(), row._outgoing())
            self.assertEqual(call.json["text"], "Halo juga")

    def test_module_that_is_not_there(self):
        with patch.dict(providers._modules):
            providers.register("messenger", "tidak_ada.sama_sekali")
            self.assertIsNone(providers.load("messenger"))

    def test_own_reader_of_the_ledger(self):
        """A reader in the transaction, and one behind it that misses nothing and reads nothing twice."""
        heard = []
        tickets, ledger = self.registry["helpdesk.ticket"], self.registry["helpdesk.event"]
        read = tickets._read_events

        def also_read(model, events):
            heard.extend(event["kind"] for event in events)
            return read(model, events)

        with patch.object(tickets, "_read_events", also_read):
            ticket = self.create_ticket()
        self.assertIn("created", heard)
        cursor = self.env["helpdesk.event.cursor"]
        with patch.object(ledger, "_settled_xact", lambda _self: 2**62):
            own = [row for row in self._consume_all(cursor) if row["ticket_id"] == ticket.id]
            self.assertEqual([row["kind"] for row in own].count("created"), 1)
            self.assertFalse(self._consume_all(cursor))

    def _consume_all(self, cursor):
        rows = []
        while some := cursor._consume("uji perluasan"):
            rows += some
        return rows

    def test_own_fields(self):
        """Fields of one team's own: defined on screen, filled in, searched, and without code."""
        self.team_l1.properties_definition = [
            {"name": "nik_dicek", "type": "boolean", "string": "NIK dicek"},
            {"name": "nomor_insiden", "type": "char", "string": "Nomor insiden"},
        ]
        ticket, other = self.create_ticket(), self.create_ticket()
        ticket.with_user(self.users["agent"]).properties = {"nik_dicek": True, "nomor_insiden": "INS-7"}
        found = self.env["helpdesk.ticket"].search([("properties.nomor_insiden", "=", "INS-7")])
        self.assertIn(ticket, found)
        self.assertNotIn(other, found)

    def test_own_action(self):
        """A server action, as automation rules and scheduled jobs run them, works on tickets like a person would."""
        ticket = self.create_ticket()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Naikkan prioritas",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": "records.write({'priority': '3'})",
            }
        )
        action.with_context(active_model="helpdesk.ticket", active_ids=ticket.ids).run()
        self.assertEqual(ticket.priority, "3")

    def test_own_operation_of_the_api(self):
        """An operation that another addon adds stands in the document like the others."""
        api = self.registry["helpdesk.api"]
        operations = api._operations
        own = operations(self.env["helpdesk.api"])[0]
        added = type(own)("count_uji", "GET", "/uji", "tickets:read", "Uji", own.tag, answer=own.answer)
        with patch.object(api, "_operations", lambda model: [*operations(model), added]):
            self.assertIn("/uji", str(list(self.env["helpdesk.api"]._document()["paths"])))

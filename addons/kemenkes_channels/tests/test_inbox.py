from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.kemenkes_channels.providers.records import Answer, Pulled
from odoo.addons.kemenkes_channels.tests import plain_provider as plain
from odoo.addons.kemenkes_channels.tests.channels_common import NOON, SECRET, ChannelsCase, said
from odoo.addons.kemenkes_channels.tools.transport import Transport


@tagged("post_install", "-at_install")
class TestInbox(ChannelsCase):
    """R27.a.1, R24.a: what comes in by any outside service becomes messages on tickets, each once."""

    def test_batch_becomes_tickets_in_the_order_of_the_service(self):
        """All items of a batch; a customer's further words go to the ticket the first ones opened."""
        event = self.take_in(
            said("kedua", at=NOON + 50), said("pertama", at=NOON + 10), said("lain", sender="8200", name="Sri")
        )
        self.assertEqual(event.state, "done")
        self.assertEqual(event.outcome, "ticket")
        tickets = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channel.id)], order="id")
        self.assertEqual(len(tickets), 2)
        budi = tickets.filtered(lambda ticket: ticket.partner_name == "Budi")
        self.assertEqual(self.messages_of(budi), ["pertama", "kedua"])
        self.assertEqual(budi.name, "pertama")
        self.assertEqual(budi.message_ids.sorted("id")[0].date, datetime(2026, 11, 24, 3, 0, 10))
        self.assertEqual(budi.product_id, self.product_a)
        self.assertEqual(self.kinds_of(budi).count("message_in"), 2)

    def test_repeats_in_other_batches_are_worked_on_once(self):
        """R24.a: a repeated item is known, whatever batch it comes in."""
        first, second, third = said("satu"), said("dua"), said("tiga")
        self.take_in(first, second)
        self.take_in(first, second)
        event = self.take_in(second, third)
        again = self.take_in(third)
        ticket = event.ticket_id
        self.assertEqual(self.messages_of(ticket), ["satu", "dua", "tiga"])
        self.assertEqual(again.state, "ignored")
        self.assertEqual(again.outcome, "duplicate")

    def test_conversation(self):
        """Open ticket, then the reopen window, then a new ticket; a quote leads back to its own ticket."""
        ticket = self.take_in(said("halo", id="q1")).ticket_id
        ticket.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")
        self.take_in(said("masih rusak"))
        self.assertEqual(ticket.stage_kind, "open")
        ticket.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")
        ticket.solved_date = datetime(2020, 1, 1)
        new = self.take_in(said("hal baru")).ticket_id
        self.assertNotEqual(new, ticket)
        self.assertFalse(new.previous_id)
        follower = self.take_in(said("soal yang dulu", reply_to="q1")).ticket_id
        self.assertEqual(follower.previous_id, ticket)

    def test_quote_of_somebody_elses_words(self):
        """Below a public post anybody may answer anybody; each keeps a ticket of their own."""
        ticket = self.take_in(said("komentar", id="c1", is_public=True)).ticket_id
        other = self.take_in(said("saya juga", sender="8300", name="Tono", reply_to="c1", is_public=True)).ticket_id
        self.assertNotEqual(other, ticket)
        self.assertEqual(other.partner_name, "Tono")

    def test_merged_ticket(self):
        """What a merged ticket's customer says stands on the survivor, under the customer's number."""
        ticket = self.take_in(said("satu")).ticket_id
        survivor = self.take_in(said("dua", sender="8400", name="Sri")).ticket_id
        ticket.merge_into(survivor)
        event = self.take_in(said("masih"))
        self.assertEqual(event.ticket_id, ticket)
        self.assertEqual(event.message_id.res_id, survivor.id)
        self.assertEqual(event.message_id.helpdesk_source_id, ticket)

    def test_changes_of_messages(self):
        """Reactions, edits, deletions and hiding show on the message; what it said before is kept."""
        event = self.take_in(said("salah ketik", id="e1"))
        message = event.message_id
        self.take_in({"type": "reaction", "key": "r1", "of": "e1", "from": "8100", "emoji": "👍"})
        self.assertEqual(message.reaction_ids.mapped("content"), ["👍"])
        self.take_in({"type": "reaction", "key": "r2", "of": "e1", "from": "8100", "emoji": "❤️"})
        self.assertEqual(message.reaction_ids.mapped("content"), ["❤️"])
        self.take_in({"type": "reaction", "key": "r3", "of": "e1", "from": "8100", "emoji": ""})
        self.assertFalse(message.reaction_ids)
        self.take_in({"type": "edit", "key": "e1:1", "of": "e1", "from": "8100", "text": "sudah benar"})
        self.assertIn("sudah benar", message.body)
        row = message.helpdesk_outside_ids
        self.assertIn("salah ketik", row.versions[0]["body"])
        self.take_in({"type": "visibility", "key": "h1", "of": "e1", "hidden": True})
        self.assertTrue(row.is_hidden)
        self.take_in({"type": "deletion", "key": "d1", "of": "e1", "from": "8100"})
        self.assertFalse(message.body)
        self.assertIn("sudah benar", row.versions[1]["body"])
        self.assertTrue(row._to_browser()["is_deleted"])

    def test_change_before_its_message(self):
        """An edit that overtakes its message waits for it; one whose message never comes is left after a while."""
        early = self.take_in({"type": "edit", "key": "e9:1", "of": "e9", "from": "8100", "text": "baru"})
        self.assertEqual(early.state, "failed")
        message = self.take_in(said("lama", id="e9")).message_id
        early.next_attempt_date = False
        self.inbox._process_pending()
        self.assertEqual(early.state, "done")
        self.assertIn("baru", message.body)
        lost = self.take_in({"type": "deletion", "key": "d9", "of": "nowhere", "from": "8100"})
        for _round in range(3):
            lost.next_attempt_date = False
            self.inbox._process_pending()
        self.assertEqual(lost.state, "done")

    def test_unsupported(self):
        """Unknown kinds are kept and shown where their writer is known."""
        event = self.take_in({"type": "order", "id": "o1", "from": "8100", "name": "Budi"}, {"type": "strange"})
        self.assertEqual(event.outcome, "ticket")
        self.assertIn("order", event.message_id.body)
        ticket = event.ticket_id
        self.assertEqual(len(ticket.message_ids.filtered("helpdesk_direction")), 1)
        unreadable = self.inbox._receive_payload(self.channel, b"\x00{no json")
        self.inbox._process_pending()
        self.assertEqual((unreadable.state, unreadable.outcome), ("done", "unsupported"))

    def test_location_contacts_and_media(self):
        """What is no words reads as text; files are shown as being fetched."""
        event = self.take_in(
            said(
                "",
                kind="location",
                location={"latitude": -6.2, "longitude": 106.8, "name": "RS <b>Uji</b>"},
                contacts=[{"name": "Ani", "phones": ["+628111"]}],
                media=[{"kind": "image", "ref": "f1", "mime_type": "image/png"}],
            )
        )
        body = str(event.message_id.body)
        self.assertIn("RS &lt;b&gt;Uji", body)
        self.assertIn("mlat=-6.200000", body)
        self.assertIn("Ani<small>+628111</small>", body)
        shown = event.message_id.helpdesk_outside_ids._to_browser()
        self.assertEqual([(media["kind"], media["state"]) for media in shown["media"]], [("image", "waiting")])

    def test_one_bad_item_harms_no_other(self):
        """The item that fails is tried again, the others of its batch are on their tickets."""
        real = type(self.inbox)._prepare_conversation

        def fail(inbox, item):
            if "rusak" in item.record.text:
                raise ValueError("cannot")
            return real(inbox, item)

        with patch.object(type(self.inbox), "_prepare_conversation", fail):
            event = self.take_in(
                said("satu", sender="1"), said("rusak", sender="2"), said("tiga", sender="3"), said("empat", sender="4")
            )
        self.assertEqual(event.state, "failed")
        self.assertIn("cannot", event.error)
        names = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channel.id)]).mapped("name")
        self.assertEqual(sorted(names), ["empat", "satu", "tiga"])
        event.next_attempt_date = False
        self.inbox._process_pending()
        self.assertEqual(event.state, "done")
        self.assertEqual(self.env["helpdesk.ticket"].search_count([("channel_id", "=", self.channel.id)]), 4)

    def test_other_account_on_the_same_address(self):
        """A webhook that serves several accounts: by the shared secret, and never past it."""
        other = self.create_channel("telegram", name="Bot B", account_ref="bot-b", app_secret=SECRET)
        event = self.take_in(said("untuk B", account="bot-b"))
        self.assertEqual(event.ticket_id.channel_id, other)
        other.app_secret = "beda"
        foreign = self.take_in(said("untuk B juga", account="bot-b"))
        self.assertEqual((foreign.state, foreign.outcome), ("dead", "unrouted"))
        self.assertIn("bot-b", foreign.error)
        other.app_secret = SECRET
        foreign.action_replay()
        self.inbox._process_pending()
        self.assertEqual(foreign.state, "done")

    def test_paused_channel_keeps_what_comes_in(self):
        """R23.a.1: a paused channel loses nothing."""
        self.channel.sudo().is_paused = True
        event = self.take_in(said())
        self.assertEqual(event.state, "new")
        self.channel.sudo().is_paused = False
        self.inbox._process_pending()
        self.assertEqual(event.state, "done")

    def test_echo_of_another_tool(self):
        """What a colleague wrote in the service's own tool stands on the ticket as ours."""
        ticket = self.take_in(said("halo")).ticket_id
        event = self.take_in(said("Siap, kami cek.", is_echo=True))
        self.assertEqual(event.ticket_id, ticket)
        self.assertEqual(event.message_id.helpdesk_direction, "out")
        self.assertIn("message_out", self.kinds_of(ticket))
        # to somebody who never wrote: no case of the helpdesk
        alone = self.take_in(said("Halo, kami dari Kemenkes.", sender="8999", is_echo=True))
        self.assertEqual((alone.state, alone.outcome, alone.ticket_id.id), ("done", "news", False))

    def test_writer_without_id(self):
        event = self.take_in({"type": "message", "id": "c77", "text": "anonim", "at": NOON})
        self.assertTrue(event.ticket_id.partner_id)

    def test_pulled_pages(self):
        """What a service is asked for goes the way of what it pushes; a page that comes again brings nothing new."""
        item = said("ditarik", id="p1")
        page = plain.dump(item)
        pulled = Pulled(plain.parse(self.channel._account(), page), {"page": "2"})
        with (
            patch.object(plain, "PULLS", {"messages": 900}),
            patch.object(plain, "read_pull", lambda *args: pulled),
            patch.object(Transport, "run", lambda transport, call: Answer(200, body=page)),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 1),
        ):
            self.env["helpdesk.channel"]._cron_pull()
            self.assertEqual(self.channel.pull_cursors["messages"]["cursor"], {"page": "2"})
            self.env["helpdesk.channel"]._cron_pull()
            self.channel._pull_into_inbox("messages")
        self.inbox._process_pending()
        ticket = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(self.messages_of(ticket), ["ditarik"])

    def test_queries(self):
        """Queries grow with batches, not with messages."""
        self.take_in(said(sender="warm"))
        few = [said(sender=f"a{number}") for number in range(5)]
        many = [said(sender=f"b{number}") for number in range(45)]
        counts = []
        for items in (few, many):
            self.inbox._receive_payload(self.channel, plain.dump(*items))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.inbox._process_pending()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 60, counts)

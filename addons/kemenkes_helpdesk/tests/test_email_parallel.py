import threading
from contextlib import suppress
from unittest.mock import patch

from psycopg2.extensions import TransactionRollbackError

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.kemenkes_helpdesk.tests.email_common import make_mail

from .parallel_common import PATIENCE_SECONDS, ParallelCase


@tagged("post_install", "-at_install")
class TestEmailParallel(ParallelCase):
    """R24.a: mails that come, are worked off and go out at the same moment."""

    def setUp(self):
        super().setUp()
        self.sender = f"budi@{self.mark}.example"
        with self.transaction() as env:
            first = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
            self.channel_id = first.copy({"name": self.mark, "email_from": f"halo@{self.mark}.example"}).id
            self.other_id = first.copy({"name": self.mark, "email_from": f"bantuan@{self.mark}.example"}).id
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.transaction() as env:
            self.remove_tickets(env, env["helpdesk.channel"].browse([self.channel_id, self.other_id]))
            env["res.partner"].search([("email", "like", f"@{self.mark}.example")]).unlink()

    def mail(self, **headers):
        return make_mail(**{"sender": self.sender, "To": f"halo@{self.mark}.example", **headers})

    def receive(self, *raws, channel_id=None):
        def push(env):
            channel = env["helpdesk.channel"].browse(channel_id or self.channel_id)
            for raw in raws:
                env["helpdesk.inbox.event"]._receive_pushed_email(channel, raw)

        self.replayed(push)

    def work_off(self):
        """One worker: batches until nothing waits, each in a transaction of its own, replayed as the job does it."""
        for _batch in range(60):
            try:
                with self.transaction() as env:
                    env["helpdesk.inbox.event"]._process_pending(limit=5)
                    left = env["helpdesk.inbox.event"].search_count(
                        [("state", "=", "new"), ("channel_id", "=", self.channel_id)]
                    )
                if not left:
                    return
            except TransactionRollbackError:
                continue

    def look(self, env):
        """The tickets, events and customers' messages of this test."""
        channels = [("channel_id", "in", [self.channel_id, self.other_id])]
        tickets = env["helpdesk.ticket"].search(channels)
        said = [("model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids), ("helpdesk_direction", "=", "in")]
        return tickets, env["helpdesk.inbox.event"].search(channels), env["mail.message"].search(said)

    def test_same_mail_twice_in_parallel(self):
        """Two servers push one mail at the same moment: one row, one ticket, no error for either."""
        raw = self.mail()
        self.at_once(lambda: self.receive(raw), lambda: self.receive(raw))
        self.at_once(self.work_off, self.work_off)
        with self.transaction() as env:
            tickets, events, messages = self.look(env)
            self.assertEqual((len(tickets), len(events), len(messages)), (1, 1, 1))

    def test_one_mail_in_two_mailboxes_worked_off_in_parallel(self):
        """Two workers that don't know of each other: the database lets only one of them make the ticket."""
        raw = self.mail(To=None)
        self.receive(raw)
        self.receive(raw, channel_id=self.other_id)
        ready, go_on = threading.Event(), threading.Event()

        def slow():
            with self.transaction() as env:
                event = env["helpdesk.inbox.event"].search([("channel_id", "=", self.channel_id)])
                event._process_apart("email")
                ready.set()
                go_on.wait(30)

        def fast():
            ready.wait(30)
            threading.Timer(1, go_on.set).start()
            # waits for the slow one at an index, and loses: the job would do its batch again
            with suppress(TransactionRollbackError), self.transaction() as env:
                event = env["helpdesk.inbox.event"].search([("channel_id", "=", self.other_id)])
                event._process_apart("email")

        with mute_logger("odoo.addons.kemenkes_helpdesk.models.helpdesk_inbox_event"):
            self.at_once(slow, fast)
        with self.transaction() as env:
            tickets, events, _messages = self.look(env)
            self.assertEqual(len(tickets), 1)
            late = events.filtered(lambda event: event.channel_id.id == self.other_id)
            self.assertIn(late.state, ("new", "failed"))
            late.next_attempt_date = False
            env["helpdesk.inbox.event"]._process_pending()
            self.assertEqual((late.outcome, late.ticket_id), ("duplicate", tickets))

    def test_two_replies_at_once(self):
        """Both are there, both are counted, the ticket is reopened once."""
        first = self.mail(Message_ID=f"<1@{self.mark}.example>")
        self.receive(first)
        self.work_off()
        with self.transaction() as env:
            ticket = self.look(env)[0]
            ticket.stage_id = ticket._stage_of("solved")
        replies = [self.mail(In_Reply_To=f"<1@{self.mark}.example>", text=f"jawaban {number}") for number in range(2)]
        self.at_once(*[lambda raw=raw: (self.receive(raw), self.work_off()) for raw in replies])
        self.work_off()
        with self.transaction() as env:
            ticket, events, messages = self.look(env)
            self.assertEqual(len(messages), 3)
            self.assertEqual(set(events.mapped("state")), {"done"})
            self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("open", 1))
            ledger = env["helpdesk.event"].search([("ticket_id", "=", ticket.id)])
            self.assertEqual(ledger.mapped("kind").count("message_in"), 3)

    def test_workers_drain_the_same_inbox(self):
        """Three workers on one backlog of questions and answers to them: each mail once, each answer on its ticket."""
        raws = []
        for number in range(20):
            question = f"<q{number}@{self.mark}.example>"
            raws.append(self.mail(Message_ID=question, sender=f"p{number}@{self.mark}.example"))
            raws.append(self.mail(In_Reply_To=question, sender=f"p{number}@{self.mark}.example", text="lagi"))
        self.receive(*raws)
        self.at_once(self.work_off, self.work_off, self.work_off)
        self.work_off()
        with self.transaction() as env:
            tickets, events, messages = self.look(env)
            self.assertEqual((len(tickets), len(events), len(messages)), (20, 40, 40))
            self.assertEqual(set(events.mapped("state")), {"done"})

    def queue_answers(self, count):
        """So many tickets, each with an answer that waits; the ids of the tickets."""
        self.receive(*[self.mail(sender=f"s{number}@{self.mark}.example") for number in range(count)])
        self.work_off()
        with self.transaction() as env:
            env["helpdesk.outbox.message"].search([("state", "=", "queued")]).state = "sent"
            tickets = self.look(env)[0]
            tickets._post_automatic(dict.fromkeys(tickets, "Kami sudah terima."))
            return tickets.ids

    def send(self):
        with self.transaction() as env:
            env["helpdesk.outbox.message"]._cron_send()

    def delivered(self, env, ticket_id):
        return env["helpdesk.event"].search_count([("ticket_id", "=", ticket_id), ("kind", "=", "delivery")])

    def test_two_senders_send_each_answer_once(self):
        """Two jobs on one outbox: every answer goes out exactly once."""
        tickets = self.queue_answers(8)
        sent = []

        def take(_server, mail, *_args, **_kwargs):
            sent.append(mail["Message-Id"])

        with patch.object(IrMail_Server, "send_email", take):
            self.at_once(self.send, self.send)
            self.send()
        self.assertEqual(len(sent), 8)
        self.assertEqual(len(set(sent)), 8)
        with self.transaction() as env:
            self.assertEqual([self.delivered(env, ticket) for ticket in tickets], [1] * 8)

    def test_nobody_waits_for_the_mail_server(self):
        """While a mail is on its way, agents write on its ticket and on the one whose mail went before."""
        tickets = self.queue_answers(2)

        def take(*_args, **_kwargs):
            with self.transaction() as env:
                env.cr.execute("SET LOCAL lock_timeout = '1s'")
                env["helpdesk.ticket"].browse(tickets)._log("note")

        with patch.object(IrMail_Server, "send_email", take):
            self.send()
        with self.transaction() as env:
            rows = env["helpdesk.outbox.message"].search([("ticket_id", "in", tickets)])
            self.assertEqual(set(rows.mapped("state")), {"sent"}, rows.mapped("error"))
            self.assertEqual([self.delivered(env, ticket) for ticket in tickets], [1, 1])

    def test_delivery_is_noted_though_somebody_works_on_the_ticket(self):
        """R27.b.2: the row of the ledger that tells of a delivery survives a meeting with another one."""
        (ticket_id,) = self.queue_answers(1)
        working = threading.Event()

        def work():
            with self.transaction() as env:
                env["helpdesk.ticket"].browse(ticket_id)._log("note")
                working.set()
                self._wait_until_blocked(1)

        def send():
            working.wait(PATIENCE_SECONDS)
            self.send()

        with patch.object(IrMail_Server, "send_email", lambda *_args, **_kwargs: None):
            self.at_once(work, send)
        with self.transaction() as env:
            self.assertEqual(self.delivered(env, ticket_id), 1)
            self.assertFalse(env["helpdesk.event"].verify([("ticket_id", "=", ticket_id)]))

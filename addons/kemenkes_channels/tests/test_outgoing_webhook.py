import base64
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import requests
from freezegun import freeze_time
from standardwebhooks import Webhook, WebhookVerificationError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.kemenkes_channels.models.helpdesk_webhook_delivery import RETRY_MINUTES
from odoo.addons.kemenkes_channels.tools import guarded_session, outgoing_webhook
from odoo.addons.kemenkes_channels.tools.outgoing_webhook import Attempt
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase
from odoo.addons.kemenkes_helpdesk.tools.personal_data import MASK

# Odoo's tests stand in front of it
SEND = requests.Session.send
# shared with receivers' libraries: the specification's own way of writing things
VECTOR = {
    "secret": "whsec_a3VuY2ktdWppLXdlYmhvb2stMzItYnl0ZS1yYWhhc2lh",
    "id": "msg_uji_1",
    "timestamp": 1795489200,
    "signature": "v1,p4xXhTmy1uYRRPCGxXHkmLPIj8/V+i51w/8GMJR4Auc=",
    "body": (
        b'{"type":"ticket.created","timestamp":"2026-11-24T03:00:00Z","data":{"number":"HD-2026-000125",'
        b'"subject":"Data vaksin tidak sesuai","channel":"web","priority":"2"}}'
    ),
}


@contextmanager
def http_receiver(take, headers=()):
    """A small server that takes POSTs.

    :param take: callable ``(headers, body) -> status``
    :param headers: ``(name, value)`` of its answers
    :return: its address
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            status = take(dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/terima"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@tagged("post_install", "-at_install")
class TestOutgoingWebhookTool(TransactionCase):
    """R23.c.2: signatures and requests of webhooks."""

    def setUp(self):
        super().setUp()
        sending = patch.object(requests.Session, "send", SEND)
        sending.start()
        self.addCleanup(sending.stop)

    def test_known_signature(self):
        told = outgoing_webhook.sign([VECTOR["secret"]], VECTOR["id"], VECTOR["timestamp"], VECTOR["body"])
        self.assertEqual(told, VECTOR["signature"])

    def test_secret(self):
        first, second = outgoing_webhook.make_secret(), outgoing_webhook.make_secret()
        self.assertNotEqual(first, second)
        self.assertEqual(len(base64.b64decode(first.removeprefix("whsec_"))), 32)

    def test_addresses(self):
        for url in ("https://contoh.id/terima", "https://contoh.id:8443/"):
            self.assertTrue(outgoing_webhook.is_allowed_address(url), url)
        for url in (
            "http://contoh.id/",
            "https://",
            "ftp://contoh.id",
            "https://a:b@contoh.id/",
            "https://[x/",
            "",
            "x",
        ):
            self.assertFalse(outgoing_webhook.is_allowed_address(url), url)

    @contextmanager
    def receiver(self, status, headers=()):
        got = []
        with http_receiver(lambda *request: got.append(request) or status, headers) as url:
            yield url, got

    def test_request(self):
        with (
            self.receiver(204) as (url, got),
            patch.object(guarded_session, "is_public", lambda address: address == "127.0.0.1"),
        ):
            attempt = outgoing_webhook.send(url, {"webhook-id": "msg_1"}, b"{}")
        self.assertTrue(attempt.is_success)
        self.assertEqual((got[0][0]["webhook-id"], got[0][1]), ("msg_1", b"{}"))

    def test_no_private_network_and_no_redirect(self):
        with self.receiver(200) as (url, got):
            attempt = outgoing_webhook.send(url, {}, b"{}")
            self.assertEqual((attempt.status, attempt.error), (0, "private"))
            self.assertFalse(got)
        with (
            self.receiver(302, [("Location", "http://169.254.169.254/")]) as (url, got),
            patch.object(guarded_session, "is_public", lambda address: address == "127.0.0.1"),
        ):
            attempt = outgoing_webhook.send(url, {}, b"{}")
        self.assertEqual((attempt.status, attempt.is_success, len(got)), (302, False, 1))

    def test_waits_as_asked(self):
        with (
            self.receiver(429, [("Retry-After", "7200")]) as (url, _got),
            patch.object(guarded_session, "is_public", lambda address: address == "127.0.0.1"),
        ):
            self.assertEqual(outgoing_webhook.send(url, {}, b"{}").retry_after, 7200)


@tagged("post_install", "-at_install")
class TestOutgoingWebhook(HelpdeskCase):
    """R23.c.2: what happens to tickets is told to other systems, signed, in the rights of an account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.env["helpdesk.webhook"].search([]).active = False
        cls.webhook = cls.make_webhook()
        cls.deliveries = cls.env["helpdesk.webhook.delivery"]

    @classmethod
    def make_webhook(cls, codes=("ticket.created", "message.received"), **values):
        events = cls.env["helpdesk.webhook.event"].search([("code", "in", codes)])
        return cls.env["helpdesk.webhook"].create(
            {
                "name": "Papan insiden",
                "url": "https://penerima.example/terima",
                "user_id": cls.users["agent"].id,
                "responsible_id": cls.users["manager"].id,
                "event_ids": events.ids,
                **values,
            }
        )

    def collect(self):
        """What a job does, in the transaction of the test: its own rows count as settled."""
        ledger = self.env["helpdesk.event"]
        with patch.object(type(ledger), "_settled_xact", lambda _self: 2**62):
            while self.env["helpdesk.webhook"]._collect():
                pass

    def send(self, attempt=None):
        """Send what is due; the requests that were made."""
        made = []

        def answer(url, headers, body):
            made.append((url, headers, body))
            return attempt or Attempt(200, 0.05)

        with patch.object(outgoing_webhook, "send", answer):
            while self.deliveries._send_pending():
                pass
        return made

    def test_what_happens_is_told(self):
        ticket = self.create_ticket()
        self.customer_says(ticket, "NIK saya 3171234567890123")
        self.agent_says(ticket, "Kami periksa")
        self.collect()
        self.collect()
        made = self.send()
        self.assertEqual(len(made), 2)
        for _url, headers, body in made:
            with freeze_time(fields.Datetime.now()):
                told = Webhook(self.webhook.secret).verify(body, headers)
            self.assertEqual(told["data"]["ticket"]["reference"], ticket.ticket_ref)
            self.assertIn(MASK, told["data"]["ticket"]["customer"]["email"])
        said = json.loads(made[1][2])
        self.assertEqual(said["type"], "message.received")
        self.assertIn("3171234567890123", said["data"]["message"]["text"])
        rows = self.deliveries.search([("webhook_id", "=", self.webhook.id)])
        self.assertEqual(rows.mapped("state"), ["sent", "sent"])
        self.assertEqual((rows[0].status, rows[0].duration), (200, 50))
        self.assertFalse(self.send())

    def test_rights_and_masks_of_the_account(self):
        """R27.a.3: a product that the account hasn't is not told of; who sees texts masked gets them masked."""
        self.webhook.user_id = self.users["analyst"]
        foreign = self.create_ticket(product_id=self.product_b.id)
        own = self.create_ticket(name="NIK 3171234567890123")
        self.collect()
        made = self.send()
        self.assertEqual([json.loads(body)["data"]["ticket"]["id"] for _url, _headers, body in made], [own.id])
        self.assertNotIn(b"3171234567890123", made[0][2])
        self.assertFalse(self.deliveries.search([("ticket_id", "=", foreign.id)]))

    def test_right_that_is_lost_before_it_is_told(self):
        ticket = self.create_ticket()
        self.collect()
        ticket.product_id = self.product_b
        self.assertFalse(self.send())
        self.assertEqual(self.deliveries.search([("ticket_id", "=", ticket.id)]).state, "withheld")
        other = self.create_ticket()
        self.collect()
        self.users["agent"].active = False
        self.assertFalse(self.send())
        self.assertEqual(self.deliveries.search([("ticket_id", "=", other.id)]).state, "withheld")

    def test_which_tickets(self):
        self.webhook.ticket_domain = "[('priority', '=', '3')]"
        self.create_ticket()
        urgent = self.create_ticket(priority="3")
        self.collect()
        self.assertEqual(self.deliveries.search([("webhook_id", "=", self.webhook.id)]).ticket_id, urgent)
        for domain in ("[('nothing', '=', 1)]", "__import__('os')", "[("):
            with self.assertRaises(ValidationError):
                self.webhook.ticket_domain = domain
        with self.assertRaises(ValidationError):
            self.webhook.url = "http://10.0.0.1/"

    def test_tried_again_for_three_days(self):
        self.assertEqual(sum(RETRY_MINUTES), 3 * 24 * 60)
        self.create_ticket()
        self.collect()
        row = self.deliveries.search([("webhook_id", "=", self.webhook.id)])
        moment, ids = fields.Datetime.now(), set()
        for count in range(len(RETRY_MINUTES) + 1):
            with freeze_time(moment):
                (request,) = self.send(Attempt(503, 0.2))
            ids.add(request[1]["webhook-id"])
            self.assertEqual((row.attempts, row.status), (count + 1, 503))
            moment = row.next_attempt_date or moment
        self.assertEqual((row.state, len(ids)), ("failed", 1))
        self.assertIn("503", row.error)

    def test_paused_after_long_failure_with_notice(self):
        self.create_ticket()
        self.collect()
        self.send(Attempt(0, 5, "timeout"))
        self.assertEqual(self.webhook.state, "active")
        self.assertTrue(self.webhook.failing_since)
        self.webhook.failing_since -= timedelta(days=3)
        row = self.deliveries.search([("webhook_id", "=", self.webhook.id)])
        row.next_attempt_date = fields.Datetime.now()
        self.send(Attempt(0, 5, "timeout"))
        self.assertEqual(self.webhook.state, "paused")
        notices = self.env["mail.message"].search([("partner_ids", "in", self.users["manager"].partner_id.ids)])
        self.assertIn("Papan insiden", str(notices[:1].subject))
        # what happens meanwhile waits and is told when it goes on
        later = self.create_ticket()
        self.collect()
        row.next_attempt_date = fields.Datetime.now()
        self.assertFalse(self.send())
        self.webhook.action_resume()
        self.assertEqual(len(self.send()), 2)
        self.assertFalse(self.webhook.failing_since)
        self.assertEqual(self.deliveries.search([("ticket_id", "=", later.id)]).state, "sent")

    def test_what_waits_for_a_webhook_at_rest_calls_no_job(self):
        """R23.c.2: the job is done when only paused webhooks have something to tell."""
        told = []

        def note(_cron, processed=0, remaining=None):
            told.append(remaining)
            return 60

        self.create_ticket()
        self.collect()
        with patch.object(self.registry["ir.cron"], "_commit_progress", note), patch.object(outgoing_webhook, "send"):
            self.webhook.state = "paused"
            self.deliveries._cron_send()
            self.assertEqual(told, [0])

    def test_gone(self):
        self.create_ticket()
        self.collect()
        self.send(Attempt(410, 0.1))
        self.assertEqual(self.webhook.state, "paused")

    def test_new_secret(self):
        """Receivers may change over within a day: both secrets sign until then."""
        old = self.webhook.secret
        self.webhook.action_rotate_secret()
        self.create_ticket()
        self.collect()
        ((_url, headers, body),) = self.send()
        for secret in (old, self.webhook.secret):
            Webhook(secret).verify(body, headers)
        self.webhook.previous_secret_end = fields.Datetime.now() - timedelta(seconds=1)
        self.create_ticket()
        self.collect()
        ((_url, headers, _body),) = self.send()
        self.assertEqual(len(headers["webhook-signature"].split()), 1)

    def test_real_receiver(self):
        """R23.c.2: over HTTP to a receiver that checks signatures as the standard's own library does; refused once
        it is told again under the same id, and once more when somebody asks for it."""
        got, answers = [], [503, 200, 200]
        ticket = self.create_ticket()
        self.collect()
        with http_receiver(lambda headers, body: got.append((headers, body)) or answers.pop(0)) as url:
            send = outgoing_webhook.send
            with (
                patch.object(requests.Session, "send", SEND),
                patch.object(guarded_session, "is_public", lambda address: address == "127.0.0.1"),
                patch.object(outgoing_webhook, "send", lambda _url, headers, body: send(url, headers, body)),
            ):
                self.deliveries._send_pending()
                row = self.deliveries.search([("webhook_id", "=", self.webhook.id)])
                self.assertEqual((row.state, row.status, row.attempts), ("queued", 503, 1))
                row.next_attempt_date = fields.Datetime.now()
                self.deliveries._send_pending()
                self.assertEqual((row.state, row.status), ("sent", 200))
                row.with_user(self.users["manager"]).action_replay()
                self.deliveries._send_pending()
        self.assertEqual((row.state, len(got)), ("sent", 3))
        for headers, body in got:
            told = Webhook(self.webhook.secret).verify(body, headers)
            self.assertEqual(told["data"]["ticket"]["reference"], ticket.ticket_ref)
        self.assertEqual(len({headers["webhook-id"] for headers, _body in got}), 1)
        with self.assertRaises(WebhookVerificationError):
            Webhook(self.webhook.secret).verify(got[0][1] + b" ", got[0][0])

    def test_told_again(self):
        """One, and all of a span of time, also from before there was a webhook; ids stay the same."""
        ticket = self.create_ticket()
        self.collect()
        ((_url, first, _body),) = self.send()
        row = self.deliveries.search([("webhook_id", "=", self.webhook.id)])
        row.with_user(self.users["manager"]).action_replay()
        with self.assertRaises(UserError):
            row.action_replay()
        ((_url, second, _body),) = self.send()
        self.assertEqual(first["webhook-id"], second["webhook-id"])
        with freeze_time(self.env.cr.now() + timedelta(hours=1)):
            young = self.make_webhook(name="Muda", start_date=fields.Datetime.now())
        self.collect()
        self.assertFalse(young.delivery_ids)
        wizard = self.env["helpdesk.webhook.replay"].create(
            {"webhook_id": young.id, "date_to": fields.Datetime.now() + timedelta(hours=2), "what": "missed"}
        )
        wizard.action_replay()
        self.assertIn(ticket, young.delivery_ids.ticket_id)
        with self.assertRaises(UserError):
            wizard.action_replay()
        self.send()
        wizard.what = "all"
        wizard.action_replay()
        self.assertEqual(set(young.delivery_ids.mapped("state")), {"queued"})

    def test_test_message(self):
        action = self.webhook.action_test()
        ((_url, headers, body),) = self.send()
        self.assertEqual(Webhook(self.webhook.secret).verify(body, headers)["type"], "webhook.test")
        self.assertEqual(self.deliveries.browse(action["res_id"]).state, "sent")

    def test_secret_is_the_administrators(self):
        for login in ("operation_manager", "supervisor", "agent"):
            with self.assertRaises(AccessError):
                self.webhook.with_user(self.users[login]).read(["secret"])
        with self.assertRaises(AccessError):
            self.webhook.with_user(self.users["operation_manager"]).action_rotate_secret()

    def test_tickets_pay_nothing(self):
        """Without a webhook that wants it, writing a ticket asks the database nothing more."""
        self.webhook.active = False
        events = [{"kind": "created", "ticket_id": 1}]
        self.env["helpdesk.webhook"]._read_events(events)
        with self.assertQueryCount(0):
            self.env["helpdesk.webhook"]._read_events(events)

    def test_log_is_cleaned(self):
        self.create_ticket()
        self.create_ticket()
        self.collect()
        rows = self.deliveries.search([("webhook_id", "=", self.webhook.id)])
        rows[0].state = "sent"
        self.env.cr.execute("UPDATE helpdesk_webhook_delivery SET create_date = create_date - interval '31 days'")
        self.env.flush_all()
        self.deliveries._gc_old()
        self.assertEqual(rows.exists().mapped("state"), ["queued"])

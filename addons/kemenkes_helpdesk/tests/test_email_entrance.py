import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.email_common import EmailCase, make_mail
from odoo.addons.mail.models.fetchmail import FetchmailServer

MAILGATE = Path(__file__).parents[3] / "scripts" / "mailgate"


class Mailbox:
    """Stands for an IMAP session; remembers the order of what happens to a mail."""

    def __init__(self, *raws):
        self.raws = raws
        self.handled = []

    def check_unread_messages(self):
        return len(self.raws)

    def retrieve_unread_messages(self):
        yield from enumerate(self.raws)

    def handled_message(self, number):
        self.handled.append(number)

    def disconnect(self):
        pass


@tagged("post_install", "-at_install")
class TestEmailEntrance(EmailCase):
    """R24.a: by whichever way a mail comes, it is in the inbox, raw and committed, before anything else happens."""

    def process(self, raw, user=None, model=None):
        gateway = self.env["mail.thread"]
        return (gateway.with_user(user) if user else gateway).message_process(model, raw)

    def test_pipe_of_odoo(self):
        """Odoo's own entrance stores, and makes nothing at once."""
        raw = make_mail()
        self.assertFalse(self.process(raw))
        event = self.inbox.search([], limit=1)
        self.assertEqual((event.state, event._raw(), event.channel_id), ("new", raw, self.channel_email))

    def test_channel_by_address(self):
        other = self.create_channel("email", name="Mail B", email_from="Bantuan <bantuan@helpdesk.example>")
        for headers in (
            {"To": "bantuan@helpdesk.example"},
            {"To": "x@y.example", "Cc": "BANTUAN@helpdesk.example"},
            {"To": "x@y.example", "Delivered_To": "bantuan@helpdesk.example"},
            {"To": "x@y.example", "X_Original_To": "bantuan+lama@helpdesk.example"},
        ):
            with self.subTest(headers=headers):
                self.process(make_mail(**headers))
                self.assertEqual(self.inbox.search([], limit=1).channel_id, other)

    def test_other_applications_keep_their_mails(self):
        """A mail to a sales team's address is a lead, as before; an answer to it stays with the lead."""
        domain = self.env["mail.alias.domain"].create({"name": "sales.example"})
        self.env["mail.alias"].create(
            {
                "alias_name": "penjualan",
                "alias_domain_id": domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        before = self.inbox.search_count([])
        lead_id = self.process(make_mail(To="penjualan@sales.example", Message_ID="<lead@rs.example>"))
        self.assertEqual(self.env["crm.lead"].browse(lead_id).name, "Tidak bisa masuk")
        self.process(make_mail(To="x@sales.example", In_Reply_To="<lead@rs.example>"))
        self.assertEqual(self.inbox.search_count([]), before)

    def test_nobody_forges_a_mail_by_rpc(self):
        """An ordinary user can't put words into a customer's mouth; with Odoo alone any internal user can."""
        for login in ("agent", "supervisor", "manager", "viewer"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self.process(make_mail(), user=self.users[login])

    @mute_logger("odoo.addons.mail.models.fetchmail")
    def test_mailbox(self):
        """IMAP and POP: stored first, marked or deleted afterwards; a mail that fails later is still there."""
        server = self.env["fetchmail.server"].create(
            {"name": "kotak", "server_type": "imap", "state": "done", "helpdesk_channel_id": self.channel_email.id}
        )
        seen = []
        receive = self.env.registry["helpdesk.inbox.event"]._receive_email

        def note(events, raw, **options):
            event = receive(events, raw, **options)
            seen.append((len(mailbox.handled), event.state))
            return event

        mailbox = Mailbox(make_mail(To="siapa@saja.example"), b"\x00 rusak \xff")
        with (
            self.enter_registry_test_mode(),
            patch.object(FetchmailServer, "_connect__", lambda *args, **kwargs: mailbox),
            patch.object(self.env.registry["helpdesk.inbox.event"], "_receive_email", note),
            self.registry.cursor() as cr,
        ):
            server.with_env(self.env(cr=cr))._fetch_mail()
        self.assertEqual(seen, [(0, "new"), (1, "new")], "stored before the mailbox is told")
        self.assertEqual(mailbox.handled, [0, 1])
        self.env.invalidate_all()
        events = self.inbox.search([], limit=2)
        self.assertEqual(events.channel_id, self.channel_email)
        self.inbox._process_pending()
        self.assertEqual(set(events.mapped("outcome")), {"ticket", "unparsable"})


@tagged("post_install", "-at_install")
class TestEmailRoute(HttpCase, EmailCase):
    """R23.c.2, R24.a: the entrance for mail servers that push."""

    def push(self, raw, token=None, recipient=""):
        token = token or self.channel_email.webhook_token
        return self.url_open(
            f"/helpdesk/mail/{token}?recipient={recipient}", data=raw, headers={"Content-Type": "message/rfc822"}
        )

    def test_push(self):
        raw = make_mail(To="x@y.example")
        response = self.push(raw, recipient="siapa@helpdesk.example")
        self.assertEqual((response.status_code, response.text), (200, "stored"))
        event = self.inbox.search([], limit=1)
        self.assertEqual((event._raw(), event.channel_id), (raw, self.channel_email))
        self.assertEqual(event.headers["recipient"], "siapa@helpdesk.example")
        self.push(raw)
        self.assertEqual(self.inbox.search_count([("external_id", "=", event.external_id)]), 1)

    def test_wrong_token_and_no_mail(self):
        before = self.inbox.search_count([])
        with mute_logger("odoo.http"):
            self.assertEqual(self.push(make_mail(), token="x" * 32).status_code, 404)
            self.assertEqual(self.push(make_mail(), token=self.channel_form.webhook_token).status_code, 404)
        self.assertEqual(self.push(b" ").status_code, 422)
        self.assertEqual(self.inbox.search_count([]), before)

    def test_download_of_the_raw_mail(self):
        raw = make_mail()
        event = self.inbox._receive_pushed_email(self.channel_email, raw)
        for login, status in (("agent", 404), ("supervisor", 404), ("manager", 200)):
            self.authenticate(f"test_{login}", f"test_{login}")
            with mute_logger("odoo.http"):
                response = self.url_open(f"/helpdesk/inbox/{event.id}/raw")
            self.assertEqual(response.status_code, status)
        self.assertEqual(response.content, raw)
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        row = self.env["helpdesk.event"].search([("kind", "=", "raw_read")])
        self.assertEqual((row.user_id, row.data), (self.users["manager"], {"inbox_event": event.id}))

    def test_mailgate_keeps_the_mail_when_nobody_answers(self):
        """The mail server gets 75 (EX_TEMPFAIL) and comes again; only a hopeless mail is given up."""
        port = self.http_port()

        def run(url, raw=b"From: a@x.example\n\nya"):
            return subprocess.run(
                [sys.executable, str(MAILGATE), url], input=raw, capture_output=True, check=False
            ).returncode

        self.assertEqual(run("http://127.0.0.1:9/helpdesk/mail/x"), 75)
        self.assertEqual(run(f"http://127.0.0.1:{port}/nowhere/{'x' * 32}"), 75)
        self.assertEqual(run("no address"), 75)

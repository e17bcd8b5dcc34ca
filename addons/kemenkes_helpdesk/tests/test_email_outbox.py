import smtplib
from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.kemenkes_helpdesk.providers import email
from odoo.addons.kemenkes_helpdesk.tests.email_common import EmailCase, make_mail

OUTBOX_LOGGER = "odoo.addons.kemenkes_helpdesk.models.helpdesk_outbox_message"
MAIL_LOGGER = "odoo.addons.base.models.ir_mail_server"


class MailServer:
    """Stands for a mail server and its SMTP sessions; keeps what it took, refuses what it is told to."""

    from_filter = False
    smtp_from = False

    def __init__(self):
        self.mails = []
        self.error = None
        self.refused = {}
        self.connections = 0
        self.mails_a_connection = 1000
        self.left = 0

    def connect(self, *_args, **_options):
        self.connections += 1
        self.left = self.mails_a_connection
        return self

    def noop(self):
        if not self.left:
            raise smtplib.SMTPServerDisconnected("please run connect() first")
        return 250, b"ok"

    def send_message(self, message, smtp_from, smtp_to_list):
        self.noop()
        if self.error:
            raise self.error
        refused = {address: self.refused[address] for address in smtp_to_list if address in self.refused}
        if refused:
            raise smtplib.SMTPRecipientsRefused(refused)
        self.mails.append((message, smtp_from, smtp_to_list))
        self.left -= 1

    def quit(self):
        if not self.left:
            raise smtplib.SMTPServerDisconnected("please run connect() first")


@tagged("post_install", "-at_install")
class TestEmailOutbox(EmailCase):
    """R24.a: what agents and the machine say reaches the customer once and in order, or it is seen that it didn't."""

    def setUp(self):
        super().setUp()
        self.server = MailServer()
        self.outbox.search([]).state = "sent"

    @contextmanager
    def mail_server(self):
        with (
            patch.object(IrMail_Server, "_disable_send", lambda *args: False),
            patch.object(IrMail_Server, "_connect__", self.server.connect),
            mute_logger(OUTBOX_LOGGER, MAIL_LOGGER),
        ):
            yield

    def send(self):
        """Run the job as it runs in life, commits and all."""
        with self.mail_server(), self.enter_registry_test_mode():
            self.env.ref("kemenkes_helpdesk.ir_cron_outbox").method_direct_trigger()
        self.env.invalidate_all()

    def test_answer_reaches_customer_and_copies_once(self):
        ticket = self.receive_ticket(Cc="Ani <ani@rs.example>")
        message, rows = self.queue_answer(ticket)
        self.send()
        self.send()
        self.assertEqual(sorted(mail[2] for mail in self.server.mails), [["ani@rs.example"], ["budi@rs.example"]])
        for mail, envelope_from, _recipients in self.server.mails:
            self.assertEqual(envelope_from, "halo@helpdesk.example")
            self.assertEqual(mail["Message-Id"], message.message_id)
            self.assertEqual((mail["To"], mail["Cc"]), ('"Budi" <budi@rs.example>', "ani@rs.example"))
        self.assertEqual((set(rows.mapped("state")), any(rows.mapped("error"))), ({"sent"}, False))
        self.assertTrue(all(rows.mapped("sent_date")))
        self.assertIn("delivery", self.kinds_of(ticket))
        self.assertEqual(ticket.outbox_count, 1)

    def test_without_a_sender_it_waits_and_says_why(self):
        ticket = self.receive_ticket()
        _message, row = self.queue_answer(ticket)
        mailed = self.env["helpdesk.channel"].search([])
        addresses = {channel: channel.email_from for channel in mailed}
        mailed.email_from = False
        self.env.company.email = False
        self.send()
        self.assertEqual((row.state, self.server.mails), ("queued", []))
        self.assertIn(row.channel_id.name, row.error)
        for channel, address in addresses.items():
            channel.email_from = address
        row.next_attempt_date = fields.Datetime.now()
        self.send()
        self.assertEqual((row.state, row.error, len(self.server.mails)), ("sent", False, 1))

    def test_only_the_customer_gets_the_link(self):
        """UU 27/2022: who has the signed link acts as the customer; copies go without it, in text and HTML."""
        ticket = self.receive_ticket(Cc="Ani <ani@rs.example>")
        link = ticket._portal_link()
        [message] = ticket._post_automatic({ticket: f"Pantau di {link} atau {link}&x=1"}).values()
        large = self.env["ir.attachment"].create({"name": "video.mp4", "raw": b"besar"})
        message.sudo().attachment_ids = large
        with patch("odoo.addons.kemenkes_helpdesk.models.helpdesk_outbox_message_email.MAX_FILES", 4):
            self.send()
        mails = {recipients[0]: mail.as_bytes().decode() for mail, _sender, recipients in self.server.mails}
        self.assertIn(ticket.access_token[:20], mails["budi@rs.example"].replace("=\n", ""))
        copy = mails["ani@rs.example"].replace("=\n", "").replace("=3D", "=")
        self.assertNotIn("access_token", copy)
        self.assertNotIn(ticket.access_token[:8], copy)
        self.assertIn(f"/my/tickets/{ticket.id}", copy)
        self.assertIn("video.mp4", copy)

    def test_copy_that_fails_holds_nobody_up(self):
        ticket = self.receive_ticket(Cc="ani@rs.example")
        _message, (copy, to_customer) = self.queue_answer(ticket)
        self.assertEqual((to_customer.is_copy, copy.is_copy), (False, True))
        copy.next_attempt_date = fields.Datetime.add(fields.Datetime.now(), hours=1)
        _message, (second_copy, second) = self.queue_answer(ticket, "dua")
        self.send()
        self.assertEqual([row.state for row in (to_customer, copy, second, second_copy)], ["sent", "queued"] * 2)
        copy._give_up("no such user")
        self.assertFalse(ticket.failed_delivery, "the customer has it")

    def test_new_link_closes_the_old(self):
        """A link that went astray is taken back; so is that of a customer before."""
        ticket = self.receive_ticket()
        old = ticket.access_token
        ticket.with_user(self.users["agent"]).action_renew_link()
        self.assertNotEqual(ticket.access_token, old)
        self.assertFalse(ticket._is_of_customer(self.env.ref("base.public_user"), old))
        mail = self.env["mail.mail"].search([("email_to", "=", "budi@rs.example")], limit=1)
        self.assertIn(ticket.access_token, mail.body_html)
        self.assertEqual(self.kinds_of(ticket).count("link_renewed"), 1)
        old = ticket.access_token
        ticket.with_user(self.users["agent"]).name = "Lain"
        self.assertEqual(ticket.access_token, old)
        ticket.with_user(self.users["agent"]).partner_id = self.customer
        self.assertNotEqual(ticket.access_token, old)
        with self.assertRaises(AccessError):
            ticket.with_user(self.users["quality"]).action_renew_link()
        ticket.partner_email = False
        with self.assertRaises(UserError):
            ticket.with_user(self.users["agent"]).action_renew_link()

    def test_head_of_an_answer(self):
        """Mail programs keep the conversation together, Outlook too (peers.md, pain points 23 and 24)."""
        ticket = self.receive_ticket(
            subject="OTP", Message_ID="<q@rs.example>", Thread_Index="AdXk5Y1yVJmVHnZrR0mYh1Vw2cUeJw=="
        )
        message, row = self.queue_answer(ticket)
        mail = row._build_mail()
        self.assertEqual(mail["Subject"], f"Re: OTP [{ticket.ticket_ref}]")
        self.assertEqual(mail["In-Reply-To"], "<q@rs.example>")
        self.assertEqual(mail["References"], "<q@rs.example>")
        self.assertTrue(mail["Thread-Index"].startswith("AdXk5Y1yVJmVHnZrR0mYh1Vw2cUe"))
        self.assertEqual(mail["Thread-Topic"], "OTP")
        self.assertEqual(mail["From"], "Halo Kemkes <halo@helpdesk.example>")
        self.assertIsNone(mail["Auto-Submitted"])
        self.assertEqual(email.find_tokens(mail["Message-Id"]), [ticket._reply_token()])
        raw = mail.as_bytes()
        self.assertIn(b"\r\nIn-Reply-To: <q@rs.example>\r\n", raw)
        self.assertEqual(email.parse(raw).message_id, message.message_id)

    def test_no_header_by_a_line_break(self):
        """What a customer calls themselves or their ticket begins no header of its own, and stops no answer."""
        ticket = self.receive_ticket()
        ticket.write({"name": "OTP\r\nBcc: x@evil.example", "partner_name": "Budi\nCc: y@evil.example\u2028z"})
        _message, row = self.queue_answer(ticket)
        mail = row._build_mail()
        self.assertIsNone(mail["Bcc"])
        self.assertFalse(mail["Cc"])
        self.assertEqual(mail["Subject"], f"Re: OTP Bcc: x@evil.example [{ticket.ticket_ref}]")
        self.assertNotIn(b"\nBcc:", mail.as_bytes())
        self.send()
        self.assertEqual([recipients for _mail, _sender, recipients in self.server.mails], [["budi@rs.example"]])

    def test_body_of_an_answer(self):
        ticket = self.receive_ticket()
        _message, row = self.queue_answer(ticket, body="Silakan <b>coba</b> lagi.")
        mail = row._build_mail()
        html = mail.get_body(("html",)).get_content()
        text = mail.get_body(("plain",)).get_content()
        for part in (html, text):
            self.assertIn(ticket.ticket_ref, part)
            self.assertIn(f"/my/tickets/{ticket.id}?access_token=", part)
        self.assertIn("Silakan &lt;b&gt;coba&lt;/b&gt; lagi.", html)

    def test_machine_says_that_it_is_one(self):
        """RFC 3834: an automatic answer tells other machines not to answer it."""
        ticket = self.receive_ticket()
        [message] = ticket._post_automatic({ticket: "Kami sudah terima."}).values()
        mail = self.outbox.search([("message_id", "=", message.id)])._build_mail()
        self.assertEqual(mail["Auto-Submitted"], "auto-replied")
        self.assertEqual(mail["X-Auto-Response-Suppress"], "All")
        self.assertEqual(email.parse(mail.as_bytes()).kind, "auto_reply")

    def test_form_ticket_is_answered_by_mail(self):
        ticket = self.create_ticket(channel_id=self.channel_form.id)
        self.queue_answer(ticket)
        self.send()
        self.assertEqual([recipients for _mail, _sender, recipients in self.server.mails], [["siti@customer.example"]])

    def test_files_go_along_or_as_a_link(self):
        ticket = self.receive_ticket()
        small, large = self.env["ir.attachment"].create(
            [{"name": "a.txt", "raw": b"isi"}, {"name": "video.mp4", "raw": b"besar"}]
        )
        message, row = self.queue_answer(ticket)
        message.sudo().attachment_ids = small | large
        with patch("odoo.addons.kemenkes_helpdesk.models.helpdesk_outbox_message_email.MAX_FILES", 4):
            mail = row._build_mail()
        self.assertEqual([part.get_filename() for part in mail.iter_attachments()], ["a.txt"])
        self.assertIn("video.mp4", mail.get_body(("html",)).get_content())

    # FAILURE

    def test_refused_for_good(self):
        """A 5xx answer of the mail server: no second try, said on the ticket, an agent can send it again."""
        ticket = self.receive_ticket()
        _message, row = self.queue_answer(ticket)
        self.server.error = smtplib.SMTPRecipientsRefused({"budi@rs.example": (550, b"no such user")})
        self.send()
        self.assertEqual(row.state, "failed")
        self.assertIn("no such user", row.error)
        self.assertIn("no such user", ticket.failed_delivery)
        self.assertIn("no such user", ticket.message_ids[0].body)
        self.server.error = None
        row.with_user(self.users["agent"]).action_resend()
        self.send()
        self.assertEqual((row.state, len(self.server.mails)), ("sent", 1))
        with self.assertRaises(UserError):
            row.with_user(self.users["agent"]).action_resend()

    def test_refused_for_now(self):
        """A 4xx answer, a refused log-in and a silent server are tried again, later and later, under the same id."""
        ticket = self.receive_ticket()
        message, row = self.queue_answer(ticket)
        errors = (
            (smtplib.SMTPRecipientsRefused({"budi@rs.example": (451, b"greylisted")}), "451 greylisted"),
            (smtplib.SMTPAuthenticationError(535, b"bad password"), "535 bad password"),
            (ConnectionRefusedError("refused"), ""),
            (smtplib.SMTPServerDisconnected("gone"), ""),
        )
        waits = []
        for attempt, (error, reason) in enumerate(errors, 1):
            self.server.error = error
            row.next_attempt_date = fields.Datetime.now()
            self.send()
            self.assertEqual((row.state, row.attempts), ("queued", attempt), error)
            self.assertTrue(row.error)
            self.assertIn(reason, row.error)
            # agents read it: no names of classes, nothing of the network's own words
            self.assertNotRegex(row.error, "Error|SMTP|refused|gone")
            waits.append(row.next_attempt_date - fields.Datetime.now())
        self.assertEqual(waits, sorted(waits))
        self.server.error = None
        self.send()
        self.assertFalse(self.server.mails, "not before its time")
        row.next_attempt_date = fields.Datetime.now()
        self.send()
        self.assertEqual(self.server.mails[0][0]["Message-Id"], message.message_id)
        self.assertEqual((row.state, row.error), ("sent", False))

    def test_gives_up_in_the_end(self):
        ticket = self.receive_ticket()
        _message, row = self.queue_answer(ticket)
        self.server.error = ConnectionRefusedError("refused")
        for _attempt in range(8):
            row.next_attempt_date = fields.Datetime.now()
            self.send()
        self.assertEqual(row.state, "failed")

    def test_order_of_a_conversation(self):
        """A second answer never arrives before the first; another customer's doesn't wait for it."""
        ticket, other = self.receive_ticket(), self.receive_ticket(sender="ani@rs.example")
        _message, first = self.queue_answer(ticket, "satu")
        _message, second = self.queue_answer(ticket, "dua")
        _message, third = self.queue_answer(other, "tiga")
        first.next_attempt_date = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self.send()
        self.assertEqual((first.state, second.state, third.state), ("queued", "queued", "sent"))
        first.next_attempt_date = fields.Datetime.now()
        self.send()
        self.assertEqual((first.state, second.state), ("sent", "sent"))
        words = [mail.get_body(("plain",)).get_content()[:4] for mail, _sender, _recipients in self.server.mails]
        self.assertEqual(words, ["tiga", "satu", "dua\n"])

    def test_crash_between_sending_and_committing(self):
        """The row is sent again under the same Message-ID, so the receiving side knows it has it."""
        ticket = self.receive_ticket()
        _message, row = self.queue_answer(ticket)
        with (
            self.mail_server(),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
            row._connected() as connected,
        ):
            connected._send_one()
            self.assertEqual(row.state, "sent")
            raise KeyboardInterrupt
        self.assertEqual(row.state, "queued")
        self.send()
        ids = [mail["Message-Id"] for mail, _sender, _recipients in self.server.mails]
        self.assertEqual(len(ids), 2)
        self.assertEqual(len(set(ids)), 1)

    # CONNECTIONS

    def queue_answers(self, count):
        """Answers to as many customers; their rows."""
        rows = self.outbox
        for number in range(count):
            ticket = self.receive_ticket(sender=f"pelanggan{number}@rs.example")
            rows += self.queue_answer(ticket)[1]
        return rows

    def mailed(self):
        return [recipients for _mail, _sender, recipients in self.server.mails]

    def test_one_connection_for_a_batch(self):
        rows = self.queue_answers(3)
        self.send()
        self.assertEqual(rows.mapped("state"), ["sent"] * 3)
        self.assertEqual((len(self.server.mails), self.server.connections), (3, 1))

    def test_refused_recipient_fails_alone(self):
        """Those before and after it go by the same connection."""
        rows = self.queue_answers(3)
        self.server.refused["pelanggan1@rs.example"] = (550, b"no such user")
        self.send()
        self.assertEqual(rows.mapped("state"), ["sent", "failed", "sent"])
        self.assertEqual(self.server.connections, 1)

    def test_server_hangs_up_between_mails(self):
        """A new connection, nobody waits for it, nobody gets a mail twice; and hanging up is no failure of the last."""
        self.server.mails_a_connection = 2
        rows = self.queue_answers(4)
        self.send()
        self.assertEqual(rows.mapped("state"), ["sent"] * 4)
        self.assertEqual(rows.mapped("attempts"), [1] * 4)
        self.assertEqual(self.mailed(), [[f"pelanggan{number}@rs.example"] for number in range(4)])
        self.assertEqual(self.server.connections, 2)

    def test_kind_without_sender(self):
        ticket = self.create_ticket(channel_id=self.create_channel("api").id)
        _message, row = self.queue_answer(ticket)
        self.send()
        self.assertEqual(row.state, "failed")
        self.assertIn("api", row.error)

    # ODOO'S OWN MAILS

    def test_customer_gets_no_mail_of_odoo(self):
        """No notification, assignment or mention reaches a customer besides the answer (peers.md, pain point 26)."""
        ticket = self.receive_ticket()
        ticket.message_subscribe(ticket.partner_id.ids)
        agent, leader = self.users["agent"], self.users["leader"]
        (agent | leader).notification_type = "inbox"
        before = self.env["mail.mail"].search([])
        ticket.with_user(agent).user_id = leader
        message = ticket.with_user(agent).message_post(
            body="Coba lagi",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(ticket.partner_id | leader.partner_id).ids,
        )
        self.env.flush_all()
        self.assertNotIn(ticket.partner_id, message.notified_partner_ids)
        self.assertIn(leader.partner_id, message.notified_partner_ids)
        new = self.env["mail.mail"].search([]) - before
        addressed = " ".join(filter(None, [*new.mapped("email_to"), *new.recipient_ids.mapped("email")]))
        self.assertNotIn("budi@rs.example", addressed)
        self.assertEqual(self.outbox.search_count([("message_id", "=", message.id)]), 1)

    def test_note_is_not_sent(self):
        ticket = self.receive_ticket()
        note = ticket.with_user(self.users["agent"]).message_post(
            body="rahasia", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(self.outbox.search([("message_id", "=", note.id)]))

    def test_answer_comes_back_to_its_ticket(self):
        """The whole circle: mail, ticket, answer, reply to the answer (R27.a.1)."""
        ticket = self.receive_ticket()
        self.queue_answer(ticket)
        self.send()
        sent = self.server.mails[0][0]
        event = self.receive(
            make_mail(In_Reply_To=sent["Message-Id"], References=sent["References"], subject=sent["Subject"])
        )
        self.assertEqual(event.ticket_id, ticket)

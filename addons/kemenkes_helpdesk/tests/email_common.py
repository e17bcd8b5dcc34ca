from email.message import EmailMessage
from itertools import count

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

NUMBERS = count(1)


def make_mail(subject="Tidak bisa masuk", text="Kode OTP tidak sampai.", sender="Budi <budi@rs.example>", **headers):
    """A raw mail of a customer; header names with underscores for hyphens, None leaves one out, lists give several."""
    mail = EmailMessage()
    given = {
        "From": sender,
        "To": "halo@helpdesk.example",
        "Subject": subject,
        "Message-ID": f"<test-{next(NUMBERS)}@rs.example>",
        "Date": "Mon, 23 Nov 2026 09:00:00 +0700",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value is not None:
            mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


class EmailCase(HelpdeskCase):
    """Mails go through the inbox as they do in life: received, then worked off in a batch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox = cls.env["helpdesk.inbox.event"]
        cls.outbox = cls.env["helpdesk.outbox.message"]
        # answers of the machine have tests of their own
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.env["helpdesk.channel"].search([("kind", "=", "email"), ("id", "!=", cls.channel_email.id)]).active = False

    def receive(self, *raws, channel=None):
        """Store mails and work them off; their inbox events, in order."""
        events = self.inbox
        for raw in raws:
            events += self.inbox._receive_pushed_email(channel or self.channel_email, raw)
        self.inbox._process_pending()
        return events

    def receive_ticket(self, **mail):
        return self.receive(make_mail(**mail)).ticket_id

    def queue_answer(self, ticket, body="Silakan coba lagi."):
        """An agent's answer and its row in the outbox."""
        message = self.agent_says(ticket, body)
        return message, self.outbox.search([("message_id", "=", message.id)])

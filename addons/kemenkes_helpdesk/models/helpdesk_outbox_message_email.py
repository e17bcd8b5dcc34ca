import logging
import re
import smtplib
from contextlib import contextmanager

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, formataddr

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..providers import email
from ..tools.mail_connections import MailConnections
from ..tools.personal_data import drop_link_tokens
from .helpdesk_channel_email import MAILED_KINDS

_logger = logging.getLogger(__name__)

REFERENCES = 10
# Above this, files go as a link to the ticket's page: mail servers refuse more than 20 to 25 MB, a third of it coding.
MAX_FILES = 15 * 1024 * 1024
REPLY_PREFIX = re.compile(r"^\s*(?:(?:re|aw|bls|balas|sv)\s*:\s*)+", re.IGNORECASE)
# What a server refuses for good (RFC 5321, section 4.2.1). A refused log-in is a matter of our settings.
REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


class HelpdeskOutboxMessage(models.Model):
    """Answers by e-mail: to customers who wrote one, or filled in a web form."""

    _inherit = "helpdesk.outbox.message"

    @api.model
    def _prepare_outgoing(self, ticket, message):
        rows = super()._prepare_outgoing(ticket, message)
        if not rows or ticket._answer_channel().kind not in MAILED_KINDS:
            return rows
        copies = ticket._copy_addresses()
        payload = {"to": ticket.partner_email_normalized, "cc": copies}
        return [
            {**rows[0], "payload": payload},
            *({**rows[0], "payload": payload, "recipient": address, "is_copy": True} for address in copies),
        ]

    @contextmanager
    def _connected(self):
        with super()._connected() as rows, MailConnections(self.env["ir.mail_server"]) as connections:
            yield rows.with_context(mail_connections=connections)

    def _send(self, kind):
        if kind not in MAILED_KINDS:
            return super()._send(kind)
        if not self.channel_id._sender_address():
            # kept: it leaves once an administrator has entered one
            return self.env._("No address to send from: enter one in the channel “%s”.", self.channel_id.name)
        # everybody sees in the head who has it, but each gets a mail of their own: only the customer's holds the link
        server = self.env["ir.mail_server"].with_context(send_validated_to=[self.recipient])
        mail = self._build_mail()
        try:
            connection = self.env.context["mail_connections"].of_sender(mail["From"])
            server.send_email(mail, smtp_session=connection)
        except (MailDeliveryException, smtplib.SMTPException, OSError, AssertionError) as exception:
            return self._read_error(exception)
        return None

    def _read_error(self, exception):
        """Why a mail was not taken: for good (the row fails here), or for now."""
        cause = exception.__context__ if isinstance(exception, MailDeliveryException) else exception
        reason = self._describe_refusal(cause or exception)
        if isinstance(cause, AssertionError) or (isinstance(cause, REFUSED) and _is_permanent(cause)):
            self._give_up(reason)
        return reason

    def _describe_refusal(self, error):
        """Why a mail was not taken, in words for agents: a server's answer as it said it, faults of the way in ours.

        A server's answer comes without the address: that stands in a column of its own, where it is masked.
        """
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return "; ".join(dict.fromkeys(_answer(code, text) for code, text in error.recipients.values()))
        if isinstance(error, smtplib.SMTPAuthenticationError):
            answer = _answer(error.smtp_code, error.smtp_error)
            return self.env._("The server for outgoing mail does not accept our log-in: %s", answer)
        if isinstance(error, smtplib.SMTPResponseException):
            return _answer(error.smtp_code, error.smtp_error)
        if isinstance(error, OSError):
            _logger.warning("Outbox message %s: the mail server can't be reached: %r", self.id, error)
            return self.env._("The server for outgoing mail can't be reached.")
        return str(error)

    def _build_mail(self):
        """The MIME message; built anew for each attempt, under the same Message-ID each time."""
        message, ticket, channel, payload = self.message_id, self.ticket_id, self.channel_id, self.payload or {}
        sender = channel._sender_address()
        files, links = self._split_files(message.attachment_ids)
        parents = self._parent_ids(message)
        return self.env["ir.mail_server"]._build_email__(
            email_from=sender,
            email_to=[formataddr((_one_line(ticket.partner_name or ""), payload.get("to") or self.recipient))],
            email_cc=payload.get("cc") or [],
            subject=self._subject(),
            body=self._render_body(links),
            subtype="html",
            reply_to=channel._reply_address(ticket) or sender,
            attachments=[(file.name, file.raw or b"", file.mimetype) for file in files],
            message_id=message.message_id,
            references=" ".join(parents) or None,
            headers=self._headers(parents, sender),
        )

    def _headers(self, parents, sender):
        ticket = self.ticket_id
        headers = {
            "Return-Path": email_normalize(sender) or sender,
            "Thread-Topic": REPLY_PREFIX.sub("", _one_line(ticket.name)),
            "Thread-Index": email.extend_thread_index(ticket.thread_index or ""),
            email.LOOP_HEADER: email.make_loop_tag(self.env["helpdesk.channel"]._token_secret()),
        }
        if parents:
            headers["In-Reply-To"] = parents[-1]
        if self.message_id.helpdesk_direction == "auto":
            # RFC 3834 and what Exchange looks at: no machine shall answer this
            headers.update({"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"})
        return headers

    def _parent_ids(self, message):
        """Message-IDs of the conversation before ``message``, oldest first."""
        parents = self.env["mail.message"].search_fetch(
            self.ticket_id._own_messages_domain()
            & Domain("id", "<", message.id)
            & Domain("helpdesk_direction", "!=", False),
            ["message_id"],
            order="id desc",
            limit=REFERENCES,
        )
        return [parent.message_id for parent in reversed(parents) if parent.message_id]

    def _subject(self):
        ticket = self.ticket_id
        subject = REPLY_PREFIX.sub("", _one_line(ticket.name)).replace(f"[{ticket.ticket_ref}]", "").strip()
        return f"Re: {subject} [{ticket.ticket_ref}]"

    def _split_files(self, attachments):
        """``(files to send, files to link to)``; the smallest are sent first."""
        sent, total = attachments.browse(), 0
        for attachment in attachments.sorted("file_size"):
            total += attachment.file_size
            if total > MAX_FILES:
                break
            sent += attachment
        return sent, attachments - sent

    def _render_body(self, links):
        ticket = self.ticket_id.with_context(lang=self.ticket_id._customer_language())
        base_url = ticket.get_base_url()
        body = self.message_id.body
        return ticket.env["ir.qweb"]._render(
            "kemenkes_helpdesk.reply_mail",
            {
                "ticket": ticket,
                "body": self.env["mail.render.mixin"]._replace_local_links(
                    Markup(drop_link_tokens(body)) if self.is_copy else body,  # noqa: S704 (only tokens were taken out)
                    base_url,
                ),
                "link": False if self.is_copy else base_url + ticket.get_portal_url(),
                "files": links,
            },
            minimal_qcontext=True,
        )

    @api.model
    def _fail_bounced(self, ticket, message_ids, recipient, reason):
        """Mark the answers that came back.

        :param ticket: ``helpdesk.ticket`` they belong to
        :param list message_ids: Message-IDs that the report names
        :param str recipient: the address that failed, "" where the report doesn't say
        :param str reason: in plain words
        """
        rows = self.search(
            [
                ("ticket_id", "=", ticket.id),
                ("message_id.message_id", "in", message_ids),
                ("state", "in", ("queued", "sent")),
            ]
        )
        bounced = rows.filtered(lambda row: not recipient or row.recipient == recipient)
        if bounced:
            bounced.write({"state": "failed", "error": reason[:2000]})
            self.env["helpdesk.event"]._record(bounced._prepare_delivery_events())


def _one_line(text):
    """A subject or name without line breaks: they would begin a header of their own."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _is_permanent(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    return 500 <= error.smtp_code < 600


def _answer(code, text):
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"

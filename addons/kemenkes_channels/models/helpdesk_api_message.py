from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html
from odoo.tools.translate import LazyTranslate

from ..tools import open_api
from ..tools.open_api import Operation, moment, number, optional, optional_reference, page_of, record, text
from .helpdesk_api import PAGING, optional_text

_lt = LazyTranslate(__name__)

TAG = _lt("Messages")
KINDS = ["customer", "agent", "automatic", "note"]
KIND_BY_DIRECTION = {"in": "customer", "out": "agent", "auto": "automatic", False: "note"}
READ_FIELDS = ["body", "date", "author_id", "helpdesk_direction", "helpdesk_channel_id", "email_from"]


class HelpdeskApi(models.AbstractModel):
    """What is said on tickets, in the open API."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        path = "/tickets/{ticket_id}/messages"
        return [
            *super()._operations(),
            Operation("list_messages", "GET", path, "messages:read", _lt("List what was said on a ticket"), TAG,
                      query=PAGING, answer="MessagePage"),
            Operation("create_message", "POST", path, "messages:write", _lt("Answer, note, or add a customer's words"),
                      TAG, body="MessageNew", answer="Message", status=201),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        return {
            **super()._schemas(),
            "Message": record(
                {
                    "id": number(),
                    "kind": {"type": "string", "enum": KINDS},
                    "author": optional_text(),
                    "channel": optional_reference("Reference"),
                    "text": {"type": "string"},
                    "sent_at": optional(moment()),
                    "delivery": optional(
                        {
                            "type": "string",
                            "description": _lt("queued, sent, delivered, read or failed; for answers that go out."),
                        }
                    ),
                    "files": {
                        "type": "array",
                        "items": record(
                            {
                                "id": number(),
                                "name": {"type": "string"},
                                "media_type": optional_text(),
                                "bytes": {"type": "integer"},
                            }
                        ),
                    },
                },
                required=("id", "kind", "text", "sent_at"),
            ),
            "MessagePage": page_of("Message"),
            "MessageNew": record(
                {
                    "kind": {
                        "type": "string",
                        "enum": ["agent", "note", "customer"],
                        "description": _lt(
                            "“agent” goes to the customer; “customer” is what the customer said elsewhere."
                        ),
                    },
                    "text": text(20_000, 1),
                },
                required=("kind", "text"),
            ),
        }

    @api.model
    def _do_list_messages(self, ticket_id, limit, cursor=None):
        ticket = self._find("helpdesk.ticket", ticket_id)
        return self._page(
            "mail.message", self._message_domain(ticket), limit, cursor, self._serialize_messages, newest_first=False
        )

    @api.model
    def _message_domain(self, ticket):
        """The conversation; notes too for colleagues."""
        domain = ticket._own_messages_domain() & Domain("message_type", "in", ("comment", "email", "auto_comment"))
        if self.env.user._is_internal():
            return domain
        return domain & Domain("helpdesk_direction", "!=", False)

    @api.model
    def _serialize_messages(self, messages):
        """Messages as the account may see them.

        :rtype: list
        """
        outbox = self.env["helpdesk.outbox.message"]
        states = {}
        if outbox.has_access("read"):
            rows = outbox.search_fetch([("message_id", "in", messages.ids), ("is_copy", "=", False)], ["state"])
            states = {row.message_id.id: row.state for row in rows}
        # sudo: which files hang on a message is part of it
        files = {message.id: message.attachment_ids for message in messages.sudo()}
        return [
            {
                "id": values["id"],
                "kind": KIND_BY_DIRECTION[values["helpdesk_direction"]],
                "author": (values["author_id"] and values["author_id"][1]) or values["email_from"] or None,
                "channel": self._named(values["helpdesk_channel_id"]),
                "text": html2plaintext(values["body"] or "", include_references=False),
                "sent_at": open_api.format_moment(values["date"]),
                "delivery": states.get(values["id"]),
                "files": [self._serialize_file(file) for file in files[values["id"]].sudo(False)],
            }
            for values in messages.read(READ_FIELDS)
        ]

    @api.model
    def _serialize_file(self, file):
        # sudo: its size and type, for who reads the message that it hangs on; the name is masked as the account sees it
        plain = file.sudo()
        return {
            "id": file.id,
            "name": plain._shown("name"),
            "media_type": plain.mimetype or None,
            "bytes": plain.file_size,
        }

    @api.model
    def _do_create_message(self, ticket_id, body):
        ticket = self._find("helpdesk.ticket", ticket_id)
        message = getattr(self, f"_post_{body['kind']}")(ticket, body["text"])
        return self._serialize_messages(message.with_env(self.env))[0]

    @api.model
    def _post_agent(self, ticket, words):
        self._check_colleague()
        return ticket.message_post(body=plaintext2html(words), message_type="comment", subtype_xmlid="mail.mt_comment")

    @api.model
    def _post_note(self, ticket, words):
        self._check_colleague()
        return ticket.message_post(body=plaintext2html(words), message_type="comment", subtype_xmlid="mail.mt_note")

    @api.model
    def _post_customer(self, ticket, words):
        # sudo: whether there is a customer is no personal data
        if not ticket.sudo().partner_id:
            raise UserError(self.env._("The ticket has no customer whose words these could be."))
        return self._say_as_customer(ticket, words)

    @api.model
    def _check_colleague(self):
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only accounts of the helpdesk write here."))

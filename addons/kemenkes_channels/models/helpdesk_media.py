import mimetypes
import time

from odoo import api, fields, models
from odoo.tools.mimetypes import guess_mimetype

from .. import providers
from ..providers.records import Call, Fault, Media, Retry
from ..tools.transport import FileRefusedError, Transport

MEGABYTE = 1024 * 1024
# As much as the services themselves allow (WhatsApp's documents).
MAX_BYTES = 100 * MEGABYTE
# Types that are never kept under their own name: a browser might run them.
ACTIVE_TYPES = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml")
MAX_STEPS = 3


class HelpdeskMedia(models.Model):
    """A file of a customer's message that is still outside, and what became of it."""

    _name = "helpdesk.media"
    _description = "Media of a Message"
    _inherit = ["helpdesk.due.mixin"]
    _order = "id"
    _due_job = "kemenkes_channels.ir_cron_media"
    # addresses live for minutes, ids for days
    _due_minutes = (1, 2, 5, 15, 60, 240, 720)

    outside_id = fields.Many2one(
        "helpdesk.channel.message", required=True, readonly=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(related="outside_id.channel_id", store=True, index=True)
    ticket_id = fields.Many2one(related="outside_id.ticket_id")
    kind = fields.Char(required=True, readonly=True, help="image, video, audio, voice, sticker, document")
    name = fields.Char(readonly=True)
    source = fields.Json(readonly=True, groups="base.group_no_one", help="Where it lies, as the service said.")
    state = fields.Selection(
        [("waiting", "Being fetched"), ("done", "Fetched"), ("refused", "Refused"), ("failed", "Failed")],
        required=True,
        default="waiting",
        readonly=True,
    )
    error = fields.Char(readonly=True)
    attachment_id = fields.Many2one("ir.attachment", readonly=True, index="btree_not_null", ondelete="set null")

    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'waiting'")

    @api.model
    def _prepare_media(self, outside_id, media):
        """Values of the row for a file of a message.

        :param Media media: as the provider read it
        """
        return {
            "outside_id": outside_id,
            "kind": media.kind,
            "name": media.name or False,
            "source": {
                "ref": media.ref,
                "url": media.url,
                "mime_type": media.mime_type,
                "size": media.size,
                "sha256": media.sha256,
            },
        }

    def _media(self):
        source = self.sudo().source or {}
        return Media(self.kind, name=self.name or "", **source)

    # FETCHING

    def _work_one(self):
        account = self.channel_id._account()
        with Transport(account.api_host) as transport:
            try:
                content, fault = self._run_steps(account, transport)
            except FileRefusedError as refusal:
                self._refuse(refusal.reason)
                return
        if fault:
            self._note_fault(fault)
        else:
            self._keep(content)

    def _run_steps(self, account, transport):
        """``(content, None)`` or ``(None, Fault)``."""
        provider = providers.load(account.kind)
        media, answer = self._media(), None
        for _step in range(MAX_STEPS):
            if hasattr(provider, "media_request"):
                call = provider.media_request(account, media, answer)
            else:
                call = Call("GET", media.url, expects="file", is_trusted=False)
            if isinstance(call, Fault):
                return None, call
            if call.expects == "file":
                answer, content = transport.fetch(call, MAX_BYTES, sha256=media.sha256, clock=time.monotonic)
                return content, None if content is not None else _fault_of_status(answer.status)
            answer = transport.run(call)
            if answer.status != 200:
                return None, _fault_of_status(answer.status)
        return None, Fault(Retry.NEVER)

    def _keep(self, content):
        """The file becomes one of the message's and the ticket's."""
        mime_type = guess_mimetype(content, "application/octet-stream")
        if mime_type in ACTIVE_TYPES:
            mime_type = "text/plain"
        message = self.outside_id.message_id.sudo()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self.name or self._invent_name(mime_type),
                    "raw": content,
                    "mimetype": mime_type,
                    "res_model": message.model,
                    "res_id": message.res_id,
                }
            )
        )
        if self.kind == "voice":
            self.env["discuss.voice.metadata"].sudo().create({"attachment_id": attachment.id})
        if not self.outside_id.deleted_date:
            message.attachment_ids = [(4, attachment.id)]
        self.write({"state": "done", "attachment_id": attachment.id, "error": False})
        self.outside_id._tell_readers()

    def _invent_name(self, mime_type):
        source = self.sudo().source or {}
        extension = (
            mimetypes.guess_extension(mime_type) or mimetypes.guess_extension(source.get("mime_type") or "") or ""
        )
        return f"{self.kind}-{self.id}{extension}"

    def _refuse(self, reason):
        texts = {
            "size": self.env._("The file is larger than %s MB.", MAX_BYTES // MEGABYTE),
            "type": self.env._("Files of this type are not taken."),
            "digest": self.env._("The file is not the one that was sent."),
        }
        self.write({"state": "refused", "error": texts[reason]})
        self.outside_id._tell_readers()

    def _note_fault(self, fault):
        error = fault.detail or self.env._("The service did not give the file out.")
        if self._put_off(fault):
            self.error = error
            return
        self.write({"state": "failed", "error": error})
        self.outside_id._tell_readers()

    def action_fetch_again(self):
        """Try once more to fetch files that failed."""
        self.ticket_id.check_access("write")
        # sudo: nobody writes media by hand; who may answer on the ticket may try again
        self.sudo().filtered(lambda media: media.state == "failed").write(
            {"state": "waiting", "attempts": 0, "next_attempt_date": fields.Datetime.now()}
        )
        self._wake_job()


def _fault_of_status(status):
    """What an answer other than 200 to the request for a file asks for."""
    is_passing = status == 0 or status == 429 or status >= 500 or status in (401, 403, 404)
    return Fault(Retry.LATER if is_passing else Retry.NEVER, code=str(status))

import mimetypes
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from .. import providers
from ..providers.records import Fault, Media, Retry
from ..tools.transport import FileRefusedError, Transport

MEGABYTE = 1024 * 1024
# Four hours of telephone quality as WAV.
MAX_BYTES = 250 * MEGABYTE
SOUND_TYPES = ("audio/", "video/ogg", "application/ogg")


class HelpdeskCallRecording(models.Model):
    """The sound of a call: fetched from the telephone system, kept for as long as its line says.

    What is said is personal data that nothing masks: only roles that talk to customers hear it.
    """

    _name = "helpdesk.call.recording"
    _description = "Recording of a Call"
    _inherit = ["helpdesk.due.mixin"]
    _order = "id"
    _rec_name = "external_id"
    _due_job = "kemenkes_channels.ir_cron_recording"
    # a telephone system tells of a recording before it has written it
    _due_minutes = (1, 2, 5, 15, 60, 240, 720)

    call_id = fields.Many2one("helpdesk.call", required=True, readonly=True, index=True, ondelete="cascade")
    channel_id = fields.Many2one(related="call_id.channel_id", store=True, index=True)
    external_id = fields.Char(required=True, readonly=True)
    source = fields.Json(readonly=True, groups="base.group_no_one", help="Where it lies, as the system said.")
    seconds = fields.Integer("Length", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Being fetched"),
            ("done", "Fetched"),
            ("refused", "Refused"),
            ("failed", "Failed"),
            ("removed", "Removed, its time was over"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    error = fields.Char(readonly=True)
    attachment_id = fields.Many2one("ir.attachment", readonly=True, index="btree_not_null", ondelete="set null")

    _external_unique = models.UniqueIndex("(call_id, external_id)")
    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'waiting'")
    _kept_idx = models.Index("(channel_id, create_date) WHERE state = 'done'")

    @api.model
    def _keep(self, call, recording):
        """A recording is there to be fetched; told again, it is the same one.

        :param call: ``helpdesk.call``
        :param recording: :class:`records.Recording`
        """
        known = self.search([("call_id", "=", call.id), ("external_id", "=", recording.external_id)])
        if known or not (recording.media.url or recording.media.ref):
            return known
        media = recording.media
        source = {"ref": media.ref, "url": media.url, "mime_type": media.mime_type, "sha256": media.sha256}
        made = self.create(
            {
                "call_id": call.id,
                "external_id": recording.external_id,
                "seconds": recording.seconds,
                "source": {**source, "size": media.size},
            }
        )
        self._wake_job()
        return made

    # FETCHING

    def _work_one(self):
        account = self.channel_id._account()
        request = providers.load(account.kind).media_request(account, Media("audio", **(self.sudo().source or {})))
        if isinstance(request, Fault):
            self._note_fault(request)
            return
        # the address of the telephone system in the settings may be in a private network, no other address may
        with Transport(account.api_host) as transport:
            try:
                answer, content = transport.fetch(
                    request, MAX_BYTES, sha256=(self.sudo().source or {}).get("sha256", ""), clock=time.monotonic
                )
            except FileRefusedError as refusal:
                self._refuse(refusal.reason)
                return
        if content is None:
            # "not found" too: the file may not be written yet
            self._note_fault(Fault(Retry.LATER, code=str(answer.status)))
        elif not guess_mimetype(content, "").startswith(SOUND_TYPES) and not _is_sound(content):
            self._refuse("type")
        else:
            self._keep_content(content)

    def _keep_content(self, content):
        mime_type = _sound_type(content)
        extension = mimetypes.guess_extension(mime_type) or ".wav"
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"call-{self.call_id.id}{extension}",
                    "raw": content,
                    "mimetype": mime_type,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self.write({"state": "done", "attachment_id": attachment.id, "error": False})
        self.env["helpdesk.call.transcript"]._ask_for(self)
        self.call_id._tell_watchers()

    def _refuse(self, reason):
        texts = {
            "size": self.env._("The recording is larger than %s MB.", MAX_BYTES // MEGABYTE),
            "type": self.env._("The file is no sound."),
            "digest": self.env._("The recording is not the one that the telephone system told of."),
        }
        self.write({"state": "refused", "error": texts[reason]})
        self.call_id._tell_watchers()

    def _note_fault(self, fault):
        error = fault.detail or self.env._("The telephone system did not give the recording out.")
        if self._put_off(fault):
            self.error = error
            return
        self.write({"state": "failed", "error": error})
        self.call_id._tell_watchers()

    def action_fetch_again(self):
        """Try once more to fetch recordings that failed.

        :raise UserError: one was refused or removed
        """
        self.check_access("read")
        if self.filtered(lambda recording: recording.state in ("refused", "removed")):
            raise UserError(self.env._("This recording can't be fetched again."))
        # sudo: nobody writes recordings by hand; who may hear it may have it fetched
        failed = self.sudo().filtered(lambda recording: recording.state == "failed")
        failed.write({"state": "waiting", "attempts": 0, "next_attempt_date": fields.Datetime.now()})
        self._wake_job()

    def _to_browser(self):
        """A recording as the player shows it."""
        return {
            "id": self.id,
            "url": f"/web/content/{self.attachment_id.id}" if self.state == "done" else "",
            "seconds": self.seconds,
            "state": self.state,
            "label": dict(self._fields["state"]._description_selection(self.env))[self.state],
            "error": self.error or "",
        }

    # KEEPING

    @api.autovacuum
    def _gc_recordings(self):
        """Remove recordings whose time is over; what was said stays as text."""
        for channel in self.env["helpdesk.channel"].with_context(active_test=False).search([("kind", "=", "call")]):
            if not channel.recording_keep_days:
                continue
            limit = fields.Datetime.subtract(fields.Datetime.now(), days=channel.recording_keep_days)
            old = self.search([("channel_id", "=", channel.id), ("state", "=", "done"), ("create_date", "<", limit)])
            old._remove_sound()

    def _remove_sound(self):
        attachments = self.attachment_id
        self.write({"state": "removed", "source": False, "error": False})
        attachments.unlink()


def _is_sound(content):
    """Whether the file begins as sound does, where no library tells."""
    return content[:4] in (b"RIFF", b"OggS", b"fLaC", b"ID3\x03", b"ID3\x04") or content[:2] in (
        b"\xff\xfb",
        b"\xff\xf3",
    )


def _sound_type(content):
    kinds = {b"RIFF": "audio/x-wav", b"OggS": "audio/ogg", b"fLaC": "audio/flac"}
    found = kinds.get(content[:4])
    guessed = guess_mimetype(content, "")
    return found or (guessed if guessed.startswith("audio/") else "audio/mpeg")

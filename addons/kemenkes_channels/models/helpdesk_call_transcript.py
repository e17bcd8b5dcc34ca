import mimetypes
import os

from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalText
from odoo.addons.kemenkes_helpdesk.tools.personal_data import mask

from .. import speech
from ..providers.records import Fault, Retry
from ..tools import call_summary, speech_process

ENGINE_PARAMETER = "kemenkes_channels.speech_engine"
MODEL_PARAMETER = "kemenkes_channels.speech_model"
LANGUAGE = "id"
# What a server's start-up may set where nobody has set a folder by hand.
MODEL_VARIABLE = "HELPDESK_SPEECH_MODEL"
MAX_TEXT = 500_000


class HelpdeskCallTranscript(models.Model):
    """What was said on a call, as text: told by the telephone system, or heard by an engine of our own."""

    _name = "helpdesk.call.transcript"
    _description = "Transcript of a Call"
    _inherit = ["helpdesk.due.mixin", "helpdesk.personal.mixin"]
    _order = "id"
    _rec_name = "engine"
    _due_job = "kemenkes_channels.ir_cron_transcript"
    _due_minutes = (5, 60)

    call_id = fields.Many2one("helpdesk.call", required=True, readonly=True, index=True, ondelete="cascade")
    channel_id = fields.Many2one(related="call_id.channel_id", store=True, index=True)
    recording_id = fields.Many2one(
        "helpdesk.call.recording", readonly=True, index="btree_not_null", ondelete="cascade", groups="base.group_no_one"
    )
    engine = fields.Char(required=True, readonly=True)
    language = fields.Char(readonly=True)
    confidence = fields.Float(readonly=True, aggregator="avg", help="0 to 1, as the engine judges itself.")
    state = fields.Selection(
        [("waiting", "Being written"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="waiting",
        readonly=True,
    )
    error = fields.Char(readonly=True)
    text = PersonalText(readonly=True)
    segments = fields.Json(readonly=True, groups="base.group_no_one", help="[start, stop, speaker, words], seconds")
    summary = PersonalText(readonly=True, help="Sentences of the call, as they were said.")
    tag_reason = PersonalText("Why these tags", readonly=True)

    _engine_unique = models.UniqueIndex("(call_id, engine, COALESCE(recording_id, 0))")
    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'waiting'")
    # the same expression as in the search of calls, or PostgreSQL does not use it
    _words_idx = models.Index("USING gin (helpdesk_search_vector(coalesce(text, ''), 'A'))")

    def _is_revealed(self):
        return self.call_id._is_revealed()

    # HOW IT COMES

    @api.model
    def _keep(self, call, transcript):
        """A transcript that the telephone system tells; told again by the same engine, the new one holds.

        :param call: ``helpdesk.call``
        :param transcript: :class:`records.Transcript`
        """
        known = self.search(
            [("call_id", "=", call.id), ("engine", "=", transcript.engine), ("recording_id", "=", False)], limit=1
        )
        kept = known or self.create({"call_id": call.id, "engine": transcript.engine})
        kept._write_down(transcript)
        return kept

    @api.model
    def _ask_for(self, recording):
        """Have our own engine write down a recording, where there is one."""
        engine, _model = self._speech_settings()
        if not engine or self._speech_obstacle():
            return self.browse()
        made = self.create(
            {"call_id": recording.call_id.id, "recording_id": recording.id, "engine": engine, "language": LANGUAGE}
        )
        self._wake_job()
        return made

    @api.model
    def _speech_settings(self):
        """``(name of the engine, folder of its model)``."""
        # sudo: settings of the server
        get = self.env["ir.config_parameter"].sudo().get_param
        model = get(MODEL_PARAMETER) or os.environ.get(MODEL_VARIABLE, "")
        return get(ENGINE_PARAMETER) or (speech.names()[0] if model else ""), model

    @api.model
    def _speech_obstacle(self):
        """Why recordings are not written down here, in a sentence; ``""``: they are."""
        engine, model = self._speech_settings()
        if not engine:
            return self.env._("No speech recognition is set up on this server: recordings are kept, not written down.")
        loaded = speech.load(engine)
        if not loaded:
            return self.env._("No speech recognition is called %s.", engine)
        obstacle = loaded.missing(model)
        return obstacle and self.env._(
            "The speech recognition %(engine)s can't work: %(why)s.", engine=engine, why=obstacle
        )

    # WRITING DOWN

    def _work_one(self):
        _engine, model = self._speech_settings()
        attachment = self.sudo().recording_id.attachment_id
        if not attachment:
            self.write({"state": "failed", "error": self.env._("The recording is no longer there.")})
            return
        try:
            suffix = mimetypes.guess_extension(attachment.mimetype) or ""
            told = speech_process.transcribe(attachment.raw, self.engine, model, self.language or LANGUAGE, suffix)
        except speech_process.SpeechError as error:
            if self._put_off(Fault(Retry.LATER)):
                self.error = str(error)
            else:
                self.write({"state": "failed", "error": str(error)})
            self.call_id._tell_watchers()
            return
        self._write_down(told)

    def _write_down(self, transcript):
        """Keep what was said, and what follows from it: a summary, and tags."""
        segments = [[part.start, part.stop, part.speaker, part.text] for part in transcript.segments]
        text = transcript.whole_text()[:MAX_TEXT]
        spoken = [(speaker, words) for _start, _stop, speaker, words in segments] or [("", text)]
        sentences = call_summary.summarise(spoken)
        self.write(
            {
                "state": "done",
                "error": False,
                "language": transcript.language or LANGUAGE,
                "confidence": transcript.confidence or 0,
                "segments": segments,
                "text": text,
                "summary": "\n".join(sentence for sentence, _words in sentences) or False,
            }
        )
        self.tag_reason = self.call_id._tag_by_words(text)
        self.call_id._show_on_ticket()
        self.call_id._tell_watchers()

    def action_write_again(self):
        """Have the engine hear recordings once more whose text failed."""
        self.check_access("read")
        # sudo: nobody writes transcripts by hand; who may read it may have it written again
        failed = self.sudo().filtered(lambda one: one.state == "failed" and one.recording_id)
        failed.write({"state": "waiting", "attempts": 0, "next_attempt_date": fields.Datetime.now()})
        self._wake_job()

    def _shown_segments(self):
        """``[{"start", "stop", "speaker", "text"}]`` as the user may see them."""
        self.ensure_one()
        hides = self._hides_personal(self._fields["text"])
        # sudo: the same words as the field text, cut up; masked as that is
        told = self.sudo().segments or []
        return [
            {"start": start, "stop": stop, "speaker": speaker, "text": mask(words) if hides else words}
            for start, stop, speaker, words in told
        ]

    def _to_browser(self):
        """A transcript as the player shows it, masked as its reader sees it."""
        return {
            "id": self.id,
            "state": self.state,
            "engine": self.engine,
            "confidence": round(self.confidence * 100),
            "error": self.error or "",
            "summary": self._shown("summary") or "",
            "tags": self._shown("tag_reason") or "",
            "segments": self._shown_segments(),
            "text": self._shown("text") or "",
        }

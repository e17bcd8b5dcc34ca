from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_document import Scope
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_search import TEXT_OPERATORS


class HelpdeskCall(models.Model):
    """What was said on calls: found by words, summed up, tagged by the keyword rules that tag messages too."""

    _inherit = "helpdesk.call"

    search_text = fields.Char("Words", store=False, search="_search_words")
    summary = fields.Text(compute="_compute_summary")
    has_recording = fields.Boolean(compute="_compute_has", search="_search_has_recording")
    has_transcript = fields.Boolean(compute="_compute_has", search="_search_has_transcript")

    def _compute_summary(self):
        for call in self:
            done = call.transcript_ids.filtered(lambda one: one.state == "done" and one.summary)[:1]
            call.summary = done._shown("summary") if done else False

    def _compute_has(self):
        # sudo: that there is a recording is no secret, what it says is
        recorded = (
            self.env["helpdesk.call.recording"]
            .sudo()
            ._read_group([("call_id", "in", self.ids), ("state", "=", "done")], ["call_id"])
        )
        written = (
            self.env["helpdesk.call.transcript"]
            .sudo()
            ._read_group([("call_id", "in", self.ids), ("state", "=", "done")], ["call_id"])
        )
        recorded, written = ({call.id for (call,) in groups} for groups in (recorded, written))
        for call in self:
            call.has_recording, call.has_transcript = call.id in recorded, call.id in written

    def _search_has_recording(self, operator, value):
        return self._search_has("helpdesk_call_recording", operator)

    def _search_has_transcript(self, operator, value):
        return self._search_has("helpdesk_call_transcript", operator)

    def _search_has(self, table, operator):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", SQL("(SELECT call_id FROM %s WHERE state = 'done')", SQL.identifier(table)))

    def _search_words(self, operator, value):
        if operator not in TEXT_OPERATORS:
            return NotImplemented
        self.env["helpdesk.call.transcript"].flush_model(["text", "state"])
        document = self.env["helpdesk.ticket.document"]
        # who sees texts masked does not find the words behind the masks
        masked = self.env.user._personal_data_clearance() == "none"
        scope = Scope(hidden=None if masked else "")
        texts = [value] if isinstance(value, str) else [text for text in value if text]
        queries = [document._prepare_query(text, scope) for text in texts]
        return Domain.OR(
            Domain("note", "ilike", text)
            | Domain(
                "id",
                "in",
                SQL(
                    """
                    (SELECT call_id FROM helpdesk_call_transcript
                      WHERE helpdesk_search_vector(coalesce(text, ''), 'A') @@ to_tsquery('simple', %s))
                    """,
                    query,
                ),
            )
            if query
            else Domain.TRUE
            for text, query in zip(texts, queries, strict=True)
        )

    def _tag_by_words(self, text):
        """Tag the call by what was said on it.

        :param str text: of the whole call
        :return: which words asked for which tags, one rule a line; False for none
        """
        self.ensure_one()
        ticket = self.ticket_id
        if not ticket or not text:
            return False
        # sudo: rules work for everyone
        rules = self.env["helpdesk.keyword.rule"].sudo().search([("tag_ids", "!=", False)])
        matches = rules._find_matches({ticket: text}, ticket)[ticket]
        lines = []
        for rule, words in matches:
            self.tag_ids |= rule.tag_ids
            lines.append(f"{', '.join(rule.tag_ids.mapped('name'))} ← “{words}” ({rule.name})")
        ticket.tag_ids |= self.tag_ids
        return "\n".join(lines) or False

    def get_player(self):
        """What the screen needs to play a call and to follow its words.

        :return: ``{"recordings": [{"id", "url", "seconds", "state", "label", "error"}], "may_hear": bool,
            "transcripts": [{"id", "state", "engine", "confidence", "error", "summary", "tags", "segments", "text"}],
            "obstacle": why there is no text, or ""}``
        """
        self.ensure_one()
        self.check_access("read")
        recordings = self.env["helpdesk.call.recording"]
        may_hear = recordings.has_access("read")
        transcripts = self.transcript_ids
        found = self.recording_ids if may_hear else recordings
        return {
            "may_hear": may_hear,
            "has_recording": self.has_recording,
            "recordings": [recording._to_browser() for recording in found],
            "transcripts": [transcript._to_browser() for transcript in transcripts],
            "obstacle": "" if transcripts else self.env["helpdesk.call.transcript"]._speech_obstacle(),
        }

    def _tell_watchers(self):
        """Screens that show these calls, or their tickets, read them anew."""
        for call in self.filtered("ticket_id"):
            call.ticket_id._tell_watchers()

    def _erase(self, mark):
        """Nothing of what was said, and of who said it, stays; that there was a call does.

        :param str mark: stands where something was
        """
        self.recording_ids._remove_sound()
        self.transcript_ids.write(dict.fromkeys(("segments", "tag_reason", "summary"), False))
        self.transcript_ids.filtered("text").text = mark
        self.write(dict.fromkeys(("number", "caller_name", "reason"), False))
        self.filtered("note").note = mark

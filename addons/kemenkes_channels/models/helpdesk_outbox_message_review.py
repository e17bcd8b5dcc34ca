from odoo import api, fields, models
from odoo.tools import html2plaintext

from .helpdesk_review import STORE_KINDS


class HelpdeskOutboxMessage(models.Model):
    """Answers to reviews, told to the review at each step of their way."""

    _inherit = "helpdesk.outbox.message"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._tell_reviews()
        return rows

    def write(self, vals):
        before = {row.id: row.state for row in self} if "state" in vals else {}
        result = super().write(vals)
        if before:
            self.filtered(lambda row: row.state != before[row.id])._tell_reviews()
        return result

    def _tell_reviews(self):
        answers = self.filtered(lambda row: row.channel_id.kind in STORE_KINDS)
        if not answers:
            return
        # sudo: the outbox's machine knows what became of an answer, whoever may see the review
        reviews = self.env["helpdesk.review"].sudo()._of_tickets(answers.ticket_id)
        for row in answers:
            review = reviews.get(row.ticket_id)
            if review:
                row._tell_review(review)

    def _tell_review(self, review):
        text = html2plaintext(self.message_id.body or "", include_references=False).strip()
        if self.state == "queued":
            review._note_reply(text, self.message_id.author_id.sudo().user_ids[:1])
        elif self.state == "failed":
            review.write({"reply_state": "failed", "reply_error": self.error})
        else:
            review._note_reply_sent(text, (self.sent_date or fields.Datetime.now()))

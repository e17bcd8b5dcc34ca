from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_document import Scope
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_search import TEXT_OPERATORS


class HelpdeskReview(models.Model):
    """Reviews found by words, as tickets are: beginnings of words, "phrases", -without."""

    _inherit = "helpdesk.review"

    search_text = fields.Char("Words", store=False, search="_search_words")

    # the same expression as in the condition below, or PostgreSQL does not use it
    _words_idx = models.Index(
        "USING gin (helpdesk_search_vector(coalesce(title, '') || ' ' || coalesce(text, ''), 'A'))"
    )

    def _search_words(self, operator, value):
        if operator not in TEXT_OPERATORS:
            return NotImplemented
        self.flush_model(["title", "text"])
        document = self.env["helpdesk.ticket.document"]
        # who sees texts masked does not find the words behind the masks
        masked = self.env.user._personal_data_clearance() == "none"
        scope = Scope(hidden=None if masked else "")
        texts = [value] if isinstance(value, str) else [text for text in value if text]
        queries = [document._prepare_query(text, scope) for text in texts]
        return Domain.OR(
            Domain(
                "id",
                "in",
                SQL(
                    """
                    (SELECT id FROM helpdesk_review
                      WHERE helpdesk_search_vector(coalesce(title, '') || ' ' || coalesce(text, ''), 'A')
                            @@ to_tsquery('simple', %s))
                    """,
                    query,
                ),
            )
            if query
            else Domain.TRUE
            for query in queries
        )

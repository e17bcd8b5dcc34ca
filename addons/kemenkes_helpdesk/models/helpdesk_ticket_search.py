from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from .helpdesk_ticket_document import (
    ALL_WEIGHTS,
    TICKET_COLUMNS,
    WEIGHT_CUSTOMER,
    WEIGHT_INTERNAL,
    WEIGHT_MESSAGE,
    WEIGHT_TICKET,
    Scope,
)

TEXT_OPERATORS = ("ilike", "like", "=", "in")


class HelpdeskTicket(models.Model):
    """Search by words: in everything, or in one part of the ticket."""

    _inherit = "helpdesk.ticket"

    search_reference = fields.Char("Beginning of the reference", store=False, search="_search_reference")
    search_text = fields.Char("Everything", store=False, search="_search_everything")
    search_subject = fields.Char("Subject and description", store=False, search="_search_subject")
    search_customer = fields.Char("Customer's name, e-mail, phone", store=False, search="_search_customer")
    search_message = fields.Char("Text of messages", store=False, search="_search_message")
    search_attachment = fields.Char("Names of attachments", store=False, search="_search_attachment")

    _reference_pattern_idx = models.Index("(upper(ticket_ref) text_pattern_ops)")

    def _search_reference(self, operator, value):
        if operator not in TEXT_OPERATORS:
            return NotImplemented
        self.flush_model(["ticket_ref"])
        return Domain.OR(
            Domain(
                "id",
                "in",
                SQL(
                    "(SELECT id FROM helpdesk_ticket WHERE upper(ticket_ref) LIKE %s)",
                    f"{escape_psql(text.strip().upper())}%",
                ),
            )
            for text in self._search_inputs(value)
        )

    def _search_everything(self, operator, value):
        return self._search_words(operator, value, ALL_WEIGHTS)

    def _search_subject(self, operator, value):
        return self._search_words(operator, value, WEIGHT_TICKET)

    def _search_customer(self, operator, value):
        return self._search_words(operator, value, WEIGHT_CUSTOMER)

    def _search_message(self, operator, value):
        return self._search_words(operator, value, WEIGHT_MESSAGE + WEIGHT_INTERNAL)

    def _search_attachment(self, operator, value):
        if operator not in TEXT_OPERATORS:
            return NotImplemented
        if not self.env.user._is_internal():
            return Domain.FALSE
        self.env["ir.attachment"].flush_model(["name", "res_model", "res_id", "res_field"])
        document = self.env["helpdesk.ticket.document"]
        # words of file names have one weight: with no letter named, the names needn't be read again
        masked = self._search_scope(WEIGHT_INTERNAL).hidden is None
        scope = Scope(hidden=None if masked else "")
        queries = [document._prepare_query(text, scope) for text in self._search_inputs(value)]
        return Domain.OR(
            Domain(
                "id",
                "in",
                SQL(
                    """
                    (SELECT res_id FROM ir_attachment
                      WHERE res_model = 'helpdesk.ticket' AND res_field IS NULL
                        AND helpdesk_search_vector(name, %s) @@ to_tsquery('simple', %s))
                    """,
                    WEIGHT_INTERNAL,
                    query,
                ),
            )
            if query
            else Domain.TRUE
            for query in queries
        )

    def _search_words(self, operator, value, weights):
        if operator not in TEXT_OPERATORS:
            return NotImplemented
        self._flush_searched_text()
        document = self.env["helpdesk.ticket.document"]
        scope = self._search_scope(weights)
        subqueries = [document._matching_tickets(text, scope) for text in self._search_inputs(value)]
        return Domain.OR(Domain("id", "in", subquery) if subquery else Domain.TRUE for subquery in subqueries)

    @api.model
    def _search_scope(self, weights):
        """Where the user may look: words are found by their beginning, letter by letter they spell what is masked.

        :param str weights: the parts of the ticket that the user asked for
        :return: ``Scope``
        """
        if not self.env.user._is_internal():
            # notes and names of files attached to them are for the staff only
            weights = weights.replace(WEIGHT_INTERNAL, "")
        hidden = {"all": weights, "ask": weights.replace(WEIGHT_CUSTOMER, ""), "none": ""}
        hidden = hidden[self.env.user._personal_data_clearance()] or None
        return Scope(*("" if letters == ALL_WEIGHTS else letters for letters in (weights, hidden)))

    @api.model
    def _search_inputs(self, value):
        return [value] if isinstance(value, str) else [text for text in value if text]

    @api.model
    def _flush_searched_text(self):
        """Triggers keep the documents; they see what is in the database."""
        self.flush_model(TICKET_COLUMNS)
        self.env["mail.message"].flush_model(["body", "model", "res_id", "message_type", "is_internal", "subtype_id"])
        self.env["ir.attachment"].flush_model(["name", "res_model", "res_id"])

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_ticket_document import WEIGHT_CUSTOMER, WEIGHT_INTERNAL, WEIGHT_MESSAGE, WEIGHT_TICKET

TEXT_OPERATORS = ("ilike", "like", "=", "in")


class HelpdeskTicket(models.Model):
    """Search by words: in everything, or in one part of the ticket."""

    _inherit = "helpdesk.ticket"

    search_text = fields.Char("Everything", store=False, search="_search_everything")
    search_subject = fields.Char("Subject and description", store=False, search="_search_subject")
    search_customer = fields.Char("Customer's name, e-mail, phone", store=False, search="_search_customer")
    search_message = fields.Char("Text of messages", store=False, search="_search_message")
    search_attachment = fields.Char("Names of attachments", store=False, search="_search_attachment")

    def _search_everything(self, operator, value):
        return self._search_words(operator, value, "")

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
        queries = [document._prepare_query(text) for text in self._search_inputs(value)]
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
        if not self.env.user._is_internal():
            # notes and names of files attached to them are for the staff only
            weights = (weights or WEIGHT_TICKET + WEIGHT_CUSTOMER + WEIGHT_MESSAGE).replace(WEIGHT_INTERNAL, "")
        if self.env.user._personal_data_clearance() == "none":
            # words are found by their beginning: letter by letter, they would spell what these roles see masked
            weights = (weights or WEIGHT_TICKET + WEIGHT_MESSAGE + WEIGHT_INTERNAL).replace(WEIGHT_CUSTOMER, "")
            if not weights:
                return Domain.FALSE
        self._flush_searched_text()
        document = self.env["helpdesk.ticket.document"]
        subqueries = [document._matching_tickets(text, weights) for text in self._search_inputs(value)]
        return Domain.OR(Domain("id", "in", subquery) if subquery else Domain.TRUE for subquery in subqueries)

    @api.model
    def _search_inputs(self, value):
        return [value] if isinstance(value, str) else [text for text in value if text]

    @api.model
    def _flush_searched_text(self):
        """Triggers keep the documents; they see what is in the database."""
        self.flush_model(["ticket_ref", "name", "description", "partner_name", "partner_email", "partner_phone"])
        self.env["mail.message"].flush_model(["body", "model", "res_id", "message_type", "is_internal", "subtype_id"])
        self.env["ir.attachment"].flush_model(["name", "res_model", "res_id"])

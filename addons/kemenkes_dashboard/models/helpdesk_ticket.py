from odoo import api, fields, models
from odoo.tools import SQL

from .helpdesk_sentiment import LABELS


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sentiment = fields.Selection(
        LABELS,
        compute="_compute_sentiment",
        search="_search_sentiment",
        help="Of the customer's last message. Not stored on the ticket: nobody's work on it meets the machine's.",
    )

    def _compute_sentiment(self):
        # sudo: a label of a ticket that the user reads
        rows = (
            self.env["helpdesk.sentiment"]
            .sudo()
            .search_fetch([("ticket_id", "in", self.ids)], ["ticket_id", "value"], order="date, id")
        )
        last = {row.ticket_id.id: row.value for row in rows}
        for ticket in self:
            ticket.sentiment = last.get(ticket.id, False)

    @api.model
    def _search_sentiment(self, operator, value):
        if operator != "in":
            return NotImplemented
        query = SQL(
            """
            (SELECT ticket_id FROM helpdesk_sentiment AS last
              WHERE value = ANY(%s)
                AND NOT EXISTS (
                    SELECT FROM helpdesk_sentiment AS later
                     WHERE later.ticket_id = last.ticket_id AND (later.date, later.id) > (last.date, last.id)))
            """,
            [label for label in value if label],
        )
        self.env["helpdesk.sentiment"].flush_model()
        return [("id", "in", query)]

from odoo import api, fields, models

COMMENTS = 3


class HelpdeskWorkspace(models.AbstractModel):
    """How satisfied the customer of a ticket was so far, within what the account may see."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        requests = self.env["helpdesk.csat.request"]
        # asked and answered: the index of customers is of those that were asked
        answered = [
            ("partner_id", "in", tickets.partner_id.ids),
            ("sent_date", "!=", False),
            ("state", "=", "answered"),
        ]
        rows = requests._read_group(answered, ["partner_id"], ["score:avg", "__count"])
        figures = {partner: (average, count) for partner, average, count in rows}
        latest = requests.search(answered, order="sent_date desc", limit=COMMENTS * len(tickets)) if rows else requests
        by_customer = latest.grouped("partner_id")
        for ticket in tickets:
            average, count = figures.get(ticket.partner_id, (0, 0))
            of_customer = by_customer.get(ticket.partner_id, requests)
            prepared[ticket.id]["satisfaction"] = {
                "average": round(average, 1),
                "count": count,
                "latest": [self._prepare_rating(request, ticket) for request in of_customer[:COMMENTS]],
            }
        return prepared

    @api.model
    def _prepare_rating(self, request, ticket):
        return {
            "id": request.id,
            "score": request.score,
            "comment": request._shown("feedback") or "",
            "reasons": request.reason_ids.mapped("name"),
            "date": fields.Datetime.to_string(request.answer_date),
            "reference": request.ticket_ref,
            "ticket_id": request.ticket_id.id,
            "is_own": request.ticket_id == ticket,
        }

from odoo import models


class HelpdeskTicket(models.Model):
    """Stars that a customer gives on a channel's own screen are the same record as those that are asked for."""

    _inherit = "helpdesk.ticket"

    def _rating_choices(self):
        self.ensure_one()
        # sudo: customers have no rights on what they are asked
        requests = self.env["helpdesk.csat.request"].sudo()
        ticket = self.sudo()
        request = requests._of_conversation(ticket)
        if not request and not requests._is_asked_about(ticket, ticket.channel_id):
            return super()._rating_choices()
        reasons = self.env["helpdesk.csat.reason"].sudo().search([])
        return {
            "score": request.score,
            "feedback": request.feedback or "",
            "reasons": [
                {
                    "id": reason.id,
                    "name": reason.name,
                    "shown_for": reason.shown_for,
                    "is_chosen": reason in request.reason_ids,
                }
                for reason in reasons
            ],
        }

    def _rate(self, score, feedback="", reason_ids=()):
        self.ensure_one()
        # sudo: as above; the caller has made sure whose answer it is
        requests = self.env["helpdesk.csat.request"].sudo()
        ticket = self.sudo()
        request = requests._of_conversation(ticket) or requests._begin_unasked(ticket)
        if not request:
            return super()._rate(score, feedback, reason_ids)
        request._answer(score, feedback, self.env["helpdesk.csat.reason"].sudo().search([("id", "in", reason_ids)]))
        return True

    def _rating_link(self):
        """Where the customer rates, for the customer's own page of the ticket; empty where nothing is asked now.

        :rtype: str
        """
        self.ensure_one()
        # sudo: as above
        request = self.env["helpdesk.csat.request"].sudo()._of_conversation(self.sudo())
        return request._link() if request else ""

from odoo import fields, models


class HelpdeskTicket(models.Model):
    """A chatbot in a ticket's conversation is done as soon as people hold it."""

    _inherit = "helpdesk.ticket"

    def _give_to_people(self, reason="", summary=""):
        # sudo: the machine's own bookkeeping
        sessions = self.env["helpdesk.chatbot.session"].sudo()
        running = sessions.search([("ticket_id", "in", self.ids), ("end_date", "=", False)])
        running.end_date = fields.Datetime.now()
        super()._give_to_people(reason, summary)

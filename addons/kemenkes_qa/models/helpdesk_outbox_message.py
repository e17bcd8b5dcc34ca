from odoo import models


class HelpdeskOutboxMessage(models.Model):
    """A question that did not arrive was not asked: it counts in no answer rate."""

    _inherit = "helpdesk.outbox.message"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "failed":
            # sudo: the sender's own bookkeeping
            self.env["helpdesk.csat.request"].sudo()._note_undelivered(self.message_id)
        return result

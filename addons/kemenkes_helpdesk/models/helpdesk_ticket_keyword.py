from odoo import models


class HelpdeskTicket(models.Model):
    """What keyword rules ask of a ticket."""

    _inherit = "helpdesk.ticket"

    def _with_one_customer_message(self):
        """The tickets of ``self`` on which the customer has spoken just once."""
        counts = self.env["mail.message"]._read_group(
            [("model", "=", self._name), ("res_id", "in", self.ids), ("helpdesk_direction", "=", "in")],
            ["res_id"],
            ["__count"],
        )
        return self.browse(res_id for res_id, count in counts if count == 1)

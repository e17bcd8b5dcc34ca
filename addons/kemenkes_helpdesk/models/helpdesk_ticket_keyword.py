from odoo import models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """What keyword rules ask of a ticket."""

    _inherit = "helpdesk.ticket"

    def _with_one_customer_message(self):
        """The tickets of ``self`` on which the customer has spoken just once."""
        counts = self.env["mail.message"]._read_group(
            self._own_messages_domain() & Domain("helpdesk_direction", "=", "in"),
            ["helpdesk_source_id", "res_id"],
            ["__count"],
        )
        return self.browse(source.id or res_id for source, res_id, count in counts if count == 1)

from datetime import timedelta

from odoo import fields, models

# One automatic answer per customer and this long (RFC 3834, section 2): two machines must not talk to each other.
QUIET_TIME = timedelta(hours=1)


class HelpdeskTicket(models.Model):
    """Who may hear the machine, and in which language."""

    _inherit = "helpdesk.ticket"

    def _may_hear_machine(self):
        """The tickets of ``self`` whose customer has not heard the machine for QUIET_TIME."""
        heard = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("last_automatic_message_date", ">=", fields.Datetime.now() - QUIET_TIME),
            ]
        ).partner_id
        return self.filtered(lambda ticket: ticket.partner_id not in heard)

    def _customer_language(self):
        """Language code: the customer's own where an account says so, else Indonesian where it is installed."""
        installed = dict(self.env["res.lang"].get_installed())
        own = self.partner_id.lang
        if own in installed and self.partner_id.user_ids:
            return own
        return "id_ID" if "id_ID" in installed else self.env.lang

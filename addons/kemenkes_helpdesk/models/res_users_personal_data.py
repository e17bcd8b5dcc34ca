from odoo import models

from ..personal_fields import HandleChar, PersonalName
from ..tools.personal_data import mask_handle


class ResUsers(models.Model):
    """Customers with an account: their log-in is their address."""

    _name = "res.users"
    _inherit = ["res.users", "helpdesk.personal.mixin"]

    login = HandleChar()
    # Odoo declares these anew, so they do not become what they are on the contact
    name = PersonalName()
    email = HandleChar()
    phone = HandleChar()

    def _holds_customer_data(self):
        return self.partner_id._holds_customer_data()

    def _is_revealed(self):
        return self.partner_id._is_revealed()

    def _get_portal_access_update_body(self, access_granted):
        """Odoo writes the address into the chatter of the contact, for all its readers."""
        body = super()._get_portal_access_update_body(access_granted)
        address = self.partner_id.email
        return body.replace(address, mask_handle(address)) if address else body

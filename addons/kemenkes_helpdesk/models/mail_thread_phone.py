from odoo import models
from odoo.fields import Domain


class MailThreadPhone(models.AbstractModel):
    _inherit = "mail.thread.phone"

    def _search_phone_mobile_search(self, operator, value):
        """Hidden numbers are found as a whole, however written; Odoo looks for parts of them, past the field."""
        hides = getattr(self, "_hides_column", None)
        if not hides or not hides(self._fields["phone_sanitized"]) or not isinstance(value, str):
            return super()._search_phone_mobile_search(operator, value)
        number = self.env["helpdesk.identity"]._normalize_handle("phone", value)
        found = Domain("phone_sanitized", "=", number) if number else Domain.FALSE
        return ~found if operator in Domain.NEGATIVE_OPERATORS else found

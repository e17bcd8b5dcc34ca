from odoo import models

from ..personal_fields import PersonalChar, PersonalText
from .helpdesk_personal_mixin import CUSTOMER_MODELS


class IrAttachment(models.Model):
    """Names of customers' files, and their text as Odoo reads it for its search; the files themselves stay whole."""

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "helpdesk.personal.mixin"]

    name = PersonalChar()
    res_name = PersonalChar()
    description = PersonalText()
    index_content = PersonalText()

    def _holds_customer_data(self):
        return self.sudo().res_model in CUSTOMER_MODELS

    def _search(self, domain, *args, **kwargs):
        # Odoo looks for files in sudo, and then for those whose record the user may read
        reader = self if self.env.su else self.with_context(helpdesk_hide_in_sudo=True)
        return super(IrAttachment, reader)._search(domain, *args, **kwargs)

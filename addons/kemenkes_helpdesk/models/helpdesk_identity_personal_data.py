from odoo import models

from ..personal_fields import HandleChar


class HelpdeskIdentity(models.Model):
    _name = "helpdesk.identity"
    _inherit = ["helpdesk.identity", "helpdesk.personal.mixin"]

    handle = HandleChar()
    display_handle = HandleChar()

    def _is_revealed(self):
        return self.partner_id._is_revealed()

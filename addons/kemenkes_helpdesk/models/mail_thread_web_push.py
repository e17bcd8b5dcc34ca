from odoo import models


class MailThread(models.AbstractModel):
    """No text goes to the push services of browser makers: nobody has configured them, browsers choose them."""

    _inherit = "mail.thread"

    def _web_push_get_partners_parameters(self, partner_ids):
        return super()._web_push_get_partners_parameters([])

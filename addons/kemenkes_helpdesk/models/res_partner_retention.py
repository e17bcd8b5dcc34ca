from odoo import fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Until when a customer's data is kept, and why longer."""

    _inherit = "res.partner"

    keeps_personal_data = fields.Boolean(
        "Data must be kept", help="For a dispute or an inquiry: neither a rule nor anybody erases it meanwhile."
    )
    keep_reason = fields.Char("Why it is kept")
    erasure_date = fields.Datetime("Personal data erased on", readonly=True, copy=False)

    def _erase_personal_data(self, reason):
        if kept := self.filtered("keeps_personal_data"):
            raise UserError(self.env._("The data of %s must be kept: take that back first.", kept[0].display_name))
        return super()._erase_personal_data(reason)

    def _erase_customers(self, scope, mark):
        result = super()._erase_customers(scope, mark)
        # sudo: as in _erasure_scope
        self.sudo().write({"erasure_date": fields.Datetime.now(), "keep_reason": False})
        return result

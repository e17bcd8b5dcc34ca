from odoo import api, models


class AuditlogRule(models.Model):
    _inherit = "auditlog.rule"

    @api.model
    def _confirm_shipped(self):
        """Switch on the rules that came with an installation or an update; what somebody has switched off stays off."""
        names = self.env["ir.model.data"].search([("model", "=", self._name), ("module", "=like", r"kemenkes\_%")])
        rules = self.browse(names.mapped("res_id")).exists()
        # whoever switches one off writes it; addons that are loaded later in this update confirm their own
        rules.filtered(
            lambda rule: (
                rule.state == "draft" and rule.write_date == rule.create_date and rule.model_id.model in self.env
            )
        ).set_to_confirmed()

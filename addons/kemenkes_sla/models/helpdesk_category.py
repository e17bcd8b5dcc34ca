from odoo import api, models


class HelpdeskCategory(models.Model):
    """A policy for a category is for all below it."""

    _inherit = "helpdesk.category"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return result

from odoo import api, models


class HelpdeskRememberedMixin(models.AbstractModel):
    """Settings that every request asks for, and that all workers therefore remember: any change makes them forget."""

    _name = "helpdesk.remembered.mixin"
    _description = "Setting That is Remembered"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

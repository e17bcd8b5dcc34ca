from odoo import models


class HelpdeskSite(models.Model):
    _inherit = "helpdesk.site"

    def write(self, vals):
        result = super().write(vals)
        if "timezone" in vals:
            # agreements of the site begin and end at its midnight
            self.env.registry.clear_cache()
        return result

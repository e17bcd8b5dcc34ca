from odoo import models


class HelpdeskSite(models.Model):
    _inherit = "helpdesk.site"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"timezone", "resource_calendar_id"}:
            self.env.registry.clear_cache()
            # sudo: clocks follow from what was changed, whoever changed it
            clocks = self.env["helpdesk.sla.status"].sudo()
            clocks.search([("is_open", "=", True), ("site_id", "in", self.ids)])._mark_stale()
        return result

from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """Holidays: days off of nobody in particular. One without a calendar is a day off of every calendar."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._calendars_off()._working_hours_changed()
        return leaves

    def write(self, vals):
        before = self._calendars_off()
        result = super().write(vals)
        (before | self._calendars_off())._working_hours_changed()
        return result

    def unlink(self):
        calendars = self._calendars_off()
        result = super().unlink()
        calendars._working_hours_changed()
        return result

    def _calendars_off(self):
        """The calendars that these records concern; a person's absence concerns none."""
        general = self.filtered(lambda leave: not leave.resource_id)
        everywhere = general.filtered(lambda leave: not leave.calendar_id)
        # sudo: as in resource.calendar._working_time
        return self.env["resource.calendar"].sudo().search([]) if everywhere else general.calendar_id.sudo()

from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _working_hours_changed(self):
        """Clocks that run by these hours are worked out anew; what has ended stays as it was."""
        super()._working_hours_changed()
        if not self:
            return
        # sudo: clocks follow from what was changed, whoever changed it
        sites = self.env["helpdesk.site"].sudo().with_context(active_test=False)
        sites = sites.search([("resource_calendar_id", "in", self.ids)])
        clocks = self.env["helpdesk.sla.status"].sudo()
        clocks.search(
            [
                ("is_open", "=", True),
                "|",
                ("site_id", "in", sites.ids),
                ("version_id", "in", self._governed_versions().ids),
            ]
        )._mark_stale()

    def _governed_versions(self):
        """The versions of policies that count by these calendars."""
        # sudo: as above
        versions = self.env["helpdesk.sla.version"].sudo().search([])
        return versions.filtered(lambda version: version.definition and version.definition["hours"] in self.ids)

    def unlink(self):
        """Policies that counted by a calendar that goes count by the hours of the site, running clocks too."""
        # sudo: as above
        policies = self.env["helpdesk.sla"].sudo().with_context(active_test=False)
        policies.search([("calendar_id", "in", self.ids)]).write({"hours": "site", "calendar_id": False})
        return super().unlink()

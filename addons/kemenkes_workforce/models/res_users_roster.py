from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _roster_site_ids(self):
        """The sites whose rosters this account sees: those of its list and of its teams.

        :return: list of ids, part of the cached record rules
        """
        self.ensure_one()
        # archived sites and teams keep their rosters
        user = self.with_context(active_test=False)
        return (user.helpdesk_site_ids | user.helpdesk_team_ids.site_id).ids

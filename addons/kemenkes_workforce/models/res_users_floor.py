from odoo import models


class ResUsers(models.Model):
    """Which sites an account works in or watches."""

    _inherit = "res.users"

    def _helpdesk_floor_site_ids(self):
        """The sites of this account's list and those of its teams; the record rules of floors are made of them.

        :return: list of ids of ``helpdesk.site``
        """
        self.ensure_one()
        # archived teams have their site as before; sudo: which site a team belongs to is no secret of its members
        user = self.with_context(active_test=False).sudo()
        return (user.helpdesk_site_ids | user.helpdesk_team_ids.site_id).ids

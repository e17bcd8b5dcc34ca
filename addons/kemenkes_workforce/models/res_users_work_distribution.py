from odoo import models


class ResUsers(models.Model):
    """What a change at work means for the work itself."""

    _inherit = "res.users"

    def _can_take_work(self):
        """Those of ``self`` who may get tickets at all; called in sudo, for all who are ready.

        Who may see no tickets gets none (R9). Extensions leave out more, with no query for each:
        ``return super()._can_take_work().filtered(…)``.

        :return: ``res.users``
        """
        return self.filtered("active")._admitted()

    def _agent_teams(self):
        """The teams whose work these accounts do now; extensions add those that they are lent to.

        :return: ``{user id: set of team ids}``
        """
        self.env.cr.execute(
            "SELECT user_id, array_agg(team_id) FROM helpdesk_team_user_rel WHERE user_id = ANY(%s) GROUP BY user_id",
            [self.ids],
        )
        return {user_id: set(team_ids) for user_id, team_ids in self.env.cr.fetchall()}

    def _work_changed(self):
        super()._work_changed()
        distribution = self.env["helpdesk.distribution"].sudo()  # sudo: the system hands out and takes back
        distribution._withdraw_offers(self)
        distribution._take_back_from(self)
        distribution._wake()

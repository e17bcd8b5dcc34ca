from odoo import api, models


class HelpdeskTarget(models.Model):
    _inherit = "helpdesk.target"

    @api.model
    def _general_goals(self):
        """The targets that are not about one agent or channel.

        :return: ``[(figure, site id, team id, product id, goal)]``; False where it is about all
        """
        # sudo: what shall be reached is told to everybody who sees the figure
        targets = self.sudo().search_fetch(
            [("user_id", "=", False), ("channel_id", "=", False), ("channel_kind", "=", False)],
            ["metric", "site_id", "team_id", "product_id", "goal"],
        )
        return [
            (target.metric, target.site_id.id, target.team_id.id, target.product_id.id, target.goal)
            for target in targets
        ]

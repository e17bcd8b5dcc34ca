from odoo import fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS


class HelpdeskKpiDimensionMixin(models.AbstractModel):
    """What figures are told apart by.

    Who had the ticket (site, team, agent, tier) is as it was when it happened; what the ticket is about (product,
    channel, category) is as it is now, so that a category put right later is right in the past too.

    As in the ledger, there are no foreign keys: thirteen checks a row made counting everything anew three times as
    long, and an agent, a team or a category can be removed without touching the figures of years.
    """

    _name = "helpdesk.kpi.dimension.mixin"
    _description = "What Figures are Told Apart by"

    site_id = fields.Many2one("helpdesk.site", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    tier = fields.Selection(TIERS, readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)

    def _is_an_ordinary_table(self):
        """Odoo adds foreign keys to ordinary tables only."""
        return False

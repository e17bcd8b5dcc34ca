from odoo import models

from ..tools.indicators import DIMENSIONS, combination


class HelpdeskKpiDay(models.Model):
    """The figures of a day: one row for each combination of site, team, agent, tier, product, channel and category.

    Counts and sums only; sums of :class:`.helpdesk_kpi_fact.HelpdeskKpiFact`, kept up with them.
    """

    _name = "helpdesk.kpi.day"
    _inherit = ["helpdesk.kpi.mixin"]
    _description = "Figures of a Day"
    _order = "date desc, id"
    _rec_name = "date"
    _log_access = False

    _combination = models.UniqueIndex(
        f"(date, {combination(DIMENSIONS)})",
        "A combination stands in one row.",
    )
    _site_idx = models.Index("(site_id, date)")
    _product_idx = models.Index("(product_id, date)")
    _team_idx = models.Index("(team_id, date)")
    _user_idx = models.Index("(user_id, date)")

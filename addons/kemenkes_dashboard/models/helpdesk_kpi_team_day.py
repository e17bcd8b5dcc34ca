from odoo import models

from ..tools.indicators import DAY_TABLES, combination


class HelpdeskKpiTeamDay(models.Model):
    """The figures of a day, whoever in the team had the ticket and whatever its category.

    However many tickets a day has: there are no more rows than teams, products and channels meet.
    """

    _name = "helpdesk.kpi.team.day"
    _inherit = ["helpdesk.kpi.sum.mixin"]
    _description = "Figures of a Team's Day"

    _combination = models.UniqueIndex(
        f"(date, {combination(DAY_TABLES['helpdesk_kpi_team_day'])})",
        "A combination stands in one row.",
    )

from odoo import api, models
from odoo.tools import SQL

from ..tools.indicators import MEASURES, TEAM_DIMENSIONS, combination
from .helpdesk_kpi import sql_names, sql_sums


class HelpdeskKpiTeamDay(models.Model):
    """The figures of a day, whoever in the team had the ticket and whatever its category: ``user_id`` and
    ``category_id`` are empty.

    Sums of :class:`.helpdesk_kpi_day.HelpdeskKpiDay`, kept up with them. With many tickets a day nearly each is a
    combination of its own there; here the number of rows does not grow with them. Nobody reads this table but the
    report (``helpdesk.kpi.report``), where neither agent nor category is asked for.
    """

    _name = "helpdesk.kpi.team.day"
    _inherit = ["helpdesk.kpi.mixin"]
    _description = "Figures of a Team's Day"
    _order = "date desc, id"
    _rec_name = "date"
    _log_access = False

    _combination = models.UniqueIndex(
        f"(date, {combination(TEAM_DIMENSIONS)})",
        "A combination stands in one row.",
    )

    def init(self):
        # days that were counted before there was this table; the table of the days may be made after this one
        self.pool.post_init(self._add_up)

    @api.model
    def _add_up(self):
        """Make all rows anew, from the days."""
        key = sql_names(("date", *TEAM_DIMENSIONS))
        self.env["helpdesk.kpi.day"].flush_model()
        self.env.cr.execute("DELETE FROM helpdesk_kpi_team_day")
        self.env.cr.execute(
            SQL(
                "INSERT INTO helpdesk_kpi_team_day (%(key)s, %(measures)s)"
                " SELECT %(key)s, %(sums)s FROM helpdesk_kpi_day GROUP BY %(key)s",
                key=key,
                measures=sql_names(MEASURES),
                sums=sql_sums(),
            )
        )
        self.invalidate_model()

from odoo import api, models
from odoo.tools import SQL

from ..tools.indicators import DAY_TABLES, MEASURES
from .helpdesk_kpi import EVERY_DAY, sql_names, sql_sums


class HelpdeskKpiSumMixin(models.AbstractModel):
    """The figures of the days told apart by less than :class:`.helpdesk_kpi_day.HelpdeskKpiDay`: the other columns are
    empty.

    Sums of its rows, kept up with them. Nobody reads such a table but the report (``helpdesk.kpi.report``), where no
    more is asked for than it knows.
    """

    _name = "helpdesk.kpi.sum.mixin"
    _inherit = ["helpdesk.kpi.mixin"]
    _description = "Figures of a Day, Told Apart by Less"
    _order = "date desc, id"
    _rec_name = "date"
    _log_access = False

    def init(self):
        if not self._abstract:
            # days that were counted before there was this table; the table of the days may be made after this one
            self.pool.post_init(self._add_up)

    @api.model
    def _add_up(self):
        """Make all rows anew, from the days."""
        self.env["helpdesk.kpi.day"].flush_model()
        self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(self._table)))
        self._insert_sums()
        self.invalidate_model()

    @api.model
    def _insert_sums(self, days=EVERY_DAY):
        """The rows of days that have none yet.

        :param SQL days: of which days, a condition
        """
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(key)s, %(measures)s)"
                " SELECT %(key)s, %(sums)s FROM helpdesk_kpi_day WHERE %(days)s GROUP BY %(key)s",
                days=days,
                table=SQL.identifier(self._table),
                key=sql_names(("date", *DAY_TABLES[self._table])),
                measures=sql_names(MEASURES),
                sums=sql_sums(),
            )
        )

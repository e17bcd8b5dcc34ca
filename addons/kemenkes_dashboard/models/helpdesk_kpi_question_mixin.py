import itertools
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_kpi import sql_names


class Sums(NamedTuple):
    """The rows of a table, added up by some of its columns; no context that comes from outside can hold one."""

    table: str
    columns: tuple


class HelpdeskKpiQuestionMixin(models.AbstractModel):
    """A question that tells apart by few things is asked of rows added up by these things alone: beginnings of weeks,
    names and their order are then worked out for a few hundred rows instead of all, and the smallest table of the days
    that knows these things is enough.

    A model says which these tables and measures are, and reads ``_sql_sums`` in its ``_table_query``.
    """

    _name = "helpdesk.kpi.question.mixin"
    _description = "Questions about Days"

    # Tables of the days -> what each tells apart besides the day, the smallest first.
    _sums_tables = {}
    _sums_measures = ()
    # The aggregates that may be made of sums, however the rows were added up before.
    _sums_aggregates = frozenset()

    @api.model
    def _sql_sums(self):
        """The rows that the question under way is asked of; None: those of the days themselves."""
        sums = self.env.context.get("helpdesk_kpi_sums")
        if not isinstance(sums, Sums):
            return None
        # of the columns' own types: whole numbers stay whole when they are added up once more
        measures = SQL(", ").join(
            SQL("SUM(%s)::%s AS %s", SQL.identifier(name), SQL(self._fields[name].column_type[0]), SQL.identifier(name))
            for name in self._sums_measures
        )
        return SQL(
            "SELECT %(columns)s, %(measures)s FROM %(table)s GROUP BY %(columns)s",
            columns=sql_names(sums.columns),
            measures=measures,
            table=SQL.identifier(sums.table),
        )

    @api.model
    def _over_sums(self, domain, groupby, aggregates):
        """This model for one question: over rows added up by what the question and the reader's rights tell apart.

        :param domain: of this model
        :param groupby: specifications of ``_read_group``
        :param aggregates: specifications of ``_read_group``
        """
        if "helpdesk_kpi_sums" in self.env.context or not self._sums_aggregates.issuperset(aggregates):
            return self
        conditions = Domain(domain) & self.env["ir.rule"]._compute_domain(self._name)
        asked = [*groupby, *(condition.field_expr for condition in conditions.iter_conditions())]
        columns = {"date", *(one.partition(":")[0].partition(".")[0] for one in asked)}
        for table, known in self._sums_tables.items():
            if columns.issubset({"date", *known}):
                return self.with_context(helpdesk_kpi_sums=Sums(table, tuple(sorted(columns))))
        return self

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        asked = self._over_sums(domain, groupby, aggregates)
        return super(HelpdeskKpiQuestionMixin, asked)._read_group(
            domain, groupby, aggregates, having=having, offset=offset, limit=limit, order=order
        )

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        asked = self._over_sums(domain, itertools.chain(*grouping_sets), aggregates)
        return super(HelpdeskKpiQuestionMixin, asked)._read_grouping_sets(
            domain, grouping_sets, aggregates, order=order
        )

    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        """What a group is of is a record like any other: how the rows were added up ends with the question."""
        plain = self.with_context(helpdesk_kpi_sums=None)
        return super(HelpdeskKpiQuestionMixin, plain)._read_group_postprocess_groupby(groupby_spec, raw_values)

    @api.model
    def web_read_group(self, *args, **options):
        """A list counts the rows that it opens."""
        plain = self.with_context(helpdesk_kpi_sums=None)
        return super(HelpdeskKpiQuestionMixin, plain).web_read_group(*args, **options)

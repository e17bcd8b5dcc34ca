from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date, get_lang

from ..tools.indicators import DAY_TABLES, DIMENSIONS, INDICATORS, MEASURES

# Records that a breakdown shows.
GROUP_LIMIT = 50
DATE_FORMATS = {"day": "dd/MM/yyyy", "week": "dd/MM/yyyy", "month": "MMMM yyyy"}
SUMMABLE = {"__count", *(f"{name}:sum" for name in MEASURES), *(f"{name}:avg" for name in INDICATORS)}


class HelpdeskKpiReport(models.Model):
    """The figures of the days with the quotients that people ask for; a quotient of a group is that of its sums."""

    _name = "helpdesk.kpi.report"
    _inherit = ["helpdesk.kpi.question.mixin", "helpdesk.kpi.mixin"]
    _description = "Figures"
    _auto = False
    _order = "date desc, id"
    _rec_name = "date"
    _depends = {"helpdesk.kpi.day": ["date", *DIMENSIONS, *MEASURES]}
    _sums_tables = DAY_TABLES
    _sums_measures = MEASURES
    _sums_aggregates = SUMMABLE

    first_response_minutes = fields.Float(
        "Average first response (minutes)", readonly=True, aggregator="avg", help="From creation to the first reply."
    )
    resolution_hours = fields.Float(
        "Average resolution (hours)", readonly=True, aggregator="avg", help="From creation to the solution that stands."
    )
    handling_minutes = fields.Float(
        "Average handling time (minutes)", readonly=True, aggregator="avg", help="Measured work on the tickets solved."
    )
    first_contact_percent = fields.Float(
        "First contact resolution (%)",
        readonly=True,
        aggregator="avg",
        help="Solved with one reply and not reopened in the days that the channel says, of all solved with a reply.",
    )
    sla_percent = fields.Float(
        "SLA attainment (%)",
        readonly=True,
        aggregator="avg",
        help="Promises kept, of all kept or broken and not excused.",
    )
    first_response_percent = fields.Float(
        "First response in time (%)", readonly=True, aggregator="avg", help="Of the promises of a first response."
    )
    next_response_percent = fields.Float(
        "Next response in time (%)", readonly=True, aggregator="avg", help="Of the promises of a next response."
    )
    first_touch_percent = fields.Float(
        "First-touch resolution in time (%)", readonly=True, aggregator="avg", help="Of the promises of this kind."
    )
    resolution_percent = fields.Float(
        "Resolution in time (%)", readonly=True, aggregator="avg", help="Of the promises of a full resolution."
    )
    csat_score = fields.Float(
        "Satisfaction (1 to 5)", readonly=True, aggregator="avg", help="Average of the stars that customers gave."
    )
    csat_response_percent = fields.Float(
        "Response rate of surveys (%)", readonly=True, aggregator="avg", help="Ratings given, of customers asked."
    )
    qa_percent = fields.Float(
        "Quality score (%)", readonly=True, aggregator="avg", help="Average of the published evaluations."
    )
    reject_percent = fields.Float(
        "Reject rate (%)", readonly=True, aggregator="avg", help="Offers rejected or missed, of all answered."
    )
    reopened_percent = fields.Float(
        "Reopened (%)", readonly=True, aggregator="avg", help="Tickets reopened, of tickets solved in the same time."
    )
    escalated_percent = fields.Float(
        "Escalated (%)", readonly=True, aggregator="avg", help="Escalations, of tickets created in the same time."
    )
    negative_percent = fields.Float(
        "Negative messages (%)", readonly=True, aggregator="avg", help="Of the customers' messages with a label."
    )

    @property
    def _table_query(self):
        quotients = SQL(", ").join(
            SQL("%s AS %s", self._sql_quotient(one, lambda name: SQL.identifier("day", name)), SQL.identifier(field))
            for field, one in INDICATORS.items()
        )
        days = self._sql_sums() or SQL("TABLE helpdesk_kpi_day")
        return SQL("SELECT day.*, %s FROM (%s) day", quotients, days)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _separator, aggregator = aggregate_spec.partition(":")
        if name not in INDICATORS or aggregator != "avg":
            return super()._read_group_select(aggregate_spec, query)
        return self._sql_quotient(
            INDICATORS[name], lambda measure: SQL("SUM(%s)", self._field_to_sql(self._table, measure, query))
        )

    def _read_group_postprocess_aggregate(self, aggregate_spec, raw_values):
        """Where there is nothing to divide by there is no figure: nobody has got 0 stars."""
        name, _separator, aggregator = aggregate_spec.partition(":")
        if name not in INDICATORS or aggregator != "avg":
            return super()._read_group_postprocess_aggregate(aggregate_spec, raw_values)
        return (False if value is None else value for value in raw_values)

    @staticmethod
    def _sql_quotient(indicator, column):
        return SQL(
            "%s * (%s)::double precision / NULLIF(%s, 0)",
            indicator.factor,
            SQL(" + ").join(map(column, indicator.numerator)),
            SQL(" + ").join(map(column, indicator.denominator)),
        )

    # FOR PAGES

    @api.model
    def _label(self, name):
        """The name of a figure or of what it is told apart by, in the reader's language."""
        return self._fields[name]._description_string(self.env)

    @api.model
    def _aggregates(self, names):
        return [f"{name}:{'avg' if name in INDICATORS else 'sum'}" for name in names]

    @api.model
    def _totals(self, domain, start, end, names):
        """The figures of a period.

        :param domain: of this model
        :param date start: day at the sites
        :param date end: day at the sites, included
        :param names: of measures and indicators
        :return: ``{name: value or False}``
        """
        ((*values,),) = self._read_group(self._within(domain, start, end), [], self._aggregates(names))
        return dict(zip(names, values, strict=True))

    @api.model
    def _by_step(self, domain, start, end, step, names):
        """The figures of each day, week or month of a period; the first and the last one may be cut by it.

        :param str step: day, week or month
        :return: ``[(label, {name: value or False})]``, also where nothing happened
        """
        rows = self._read_group(self._within(domain, start, end), [f"date:{step}"], self._aggregates(names))
        known = {first: dict(zip(names, values, strict=True)) for first, *values in rows}
        nothing = {name: False if name in INDICATORS else 0 for name in names}
        first_week_day = int(get_lang(self.env).week_start) - 1
        return [
            (format_date(self.env, first, date_format=DATE_FORMATS[step]), known.get(first, nothing))
            for first in _steps(start, end, step, first_week_day)
        ]

    @api.model
    def _by_group(self, domain, start, end, dimension, names):
        """The figures of a period told apart by ``dimension``, the most tickets first.

        :return: ``[(name of the record or "", {name: value or False})]``
        """
        rows = self._read_group(
            self._within(domain, start, end),
            [dimension],
            self._aggregates(names),
            order="created:sum desc",
            limit=GROUP_LIMIT,
        )
        return [(record.display_name or "", dict(zip(names, values, strict=True))) for record, *values in rows]

    @api.model
    def _within(self, domain, start, end):
        return Domain(domain) & Domain("date", ">=", start) & Domain("date", "<=", end)

    def action_open_tickets(self):
        """The tickets behind these rows: those that one may see.

        :return: an action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        facts = Domain.OR(
            Domain.AND(
                [Domain("date", "=", row.date)]
                + [
                    Domain(name, "=", row[name].id if row._fields[name].relational else row[name])
                    for name in DIMENSIONS
                ]
            )
            for row in self
        )
        # sudo: which tickets a figure is made of; the list opens only those that its reader may see
        tickets = self.env["helpdesk.kpi.fact"].sudo().search(facts).ticket_id
        return {**action, "domain": [("id", "in", tickets.ids)], "context": {"active_test": False}}


def _first_of(day, step, first_week_day):
    """The first day of the week or month that ``day`` is in, as Odoo groups dates.

    :param int first_week_day: 0 for Monday
    """
    if step == "week":
        return day - timedelta(days=(day.weekday() - first_week_day) % 7)
    return day.replace(day=1) if step == "month" else day


def _steps(start, end, step, first_week_day):
    """The first days of all days, weeks or months from ``start`` to ``end``."""
    firsts = []
    for number in range((end - start).days + 1):
        first = _first_of(start + timedelta(days=number), step, first_week_day)
        if not firsts or firsts[-1] != first:
            firsts.append(first)
    return firsts

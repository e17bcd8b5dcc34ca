from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from .helpdesk_channel import CHANNEL_KINDS
from .helpdesk_stage import DONE_KINDS

HOME_ZONE = "Asia/Jakarta"
UNITS = [("minutes", "minutes"), ("hours", "hours"), ("percent", "%"), ("score", "of 5")]
HIGHEST_BY_UNIT = {"percent": 100, "score": 5}


class Figure(NamedTuple):
    """What the targets know of a figure besides its name.

    :param str unit: one of ``UNITS``, in which it is measured, shown and entered
    :param bool higher_is_better: False where less is better, as with times
    :param str action: xml id of the window action that lists the records behind it
    :param str date_field: of the records: the moment that puts them in a period; empty for a figure that tells only
        how it stands now, which has no place in a statement of a month
    """

    unit: str
    higher_is_better: bool = False
    action: str = "kemenkes_helpdesk.helpdesk_ticket_action"
    date_field: str = ""


class HelpdeskTarget(models.Model):
    """A figure that shall be reached (R1.b), and how it stands in the period that runs.

    The figure is the same for everybody who looks at it: it is counted over all tickets that the target is about, not
    over those that the reader may open.

    An addon adds a figure of its own with three things; form, warnings and the monthly statement then know it::

        class HelpdeskTarget(models.Model):
            _inherit = "helpdesk.target"

            metric = fields.Selection(selection_add=[("csat", "Satisfaction")], ondelete={"csat": "cascade"})

            def _figures(self):
                csat = Figure("score", higher_is_better=True, action="my_addon.rating_action", date_field="date")
                return {**super()._figures(), "csat": csat}

            def _measure_csat(self, start, end):
                domain = self._scope("ticket_id") & Domain("date", ">=", start) & Domain("date", "<", end)
                ((mean, count),) = self.env["my.rating"]._read_group(domain, [], ["rating:avg", "__count"])
                return (mean if count else None), count

    ``_measure_<figure>`` runs as superuser on one target and returns ``(value in the figure's unit, number of records
    it is made of)``, with the value None where there is nothing to measure. ``start`` (included) and ``end`` (not
    included) are naive UTC. :meth:`_figure_domain` is overridden where the records behind a figure say it otherwise
    than a ticket does.
    """

    _name = "helpdesk.target"
    _description = "Target"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    metric = fields.Selection(
        [
            ("handling_time", "Average handling time"),
            ("first_response", "Average first response"),
            ("first_contact_resolution", "First contact resolution"),
            ("service_level", "Service level"),
            ("backlog_age", "Average age of open tickets"),
        ],
        "Figure",
        required=True,
    )
    goal = fields.Float("Target", required=True)
    warning_value = fields.Float("Warn at", help="Between good and the target. Empty: warn when the target is missed.")
    unit = fields.Selection(UNITS, compute="_compute_unit")
    answer_seconds = fields.Integer("Answered within (seconds)", default=3600)
    period = fields.Selection([("day", "Day"), ("week", "Week"), ("month", "Month")], required=True, default="month")
    site_id = fields.Many2one("helpdesk.site")
    product_id = fields.Many2one("helpdesk.product")
    team_id = fields.Many2one("helpdesk.team")
    user_id = fields.Many2one("res.users", "Agent", domain=[("share", "=", False)])
    channel_kind = fields.Selection(CHANNEL_KINDS, "Kind of channel")
    channel_id = fields.Many2one("helpdesk.channel")
    told_user_ids = fields.Many2many("res.users", string="Who is told", domain=[("share", "=", False)])

    value = fields.Float("Now", compute="_compute_value")
    value_count = fields.Integer("Counted", compute="_compute_value", help="How many tickets or clocks it is made of.")
    state = fields.Selection(
        [("none", "No figure yet"), ("good", "On target"), ("risk", "At risk"), ("missed", "Missed")],
        compute="_compute_value",
    )
    told_state = fields.Selection([("risk", "At risk"), ("missed", "Missed")], readonly=True, copy=False)
    told_period = fields.Date(readonly=True, copy=False)

    _goal_positive = models.Constraint("CHECK(goal > 0)", "A target is more than nothing.")
    _answer_positive = models.Constraint(
        "CHECK(metric != 'service_level' OR answer_seconds > 0)", "Say within how many seconds."
    )

    # COMPUTES

    @api.depends("metric")
    def _compute_unit(self):
        for target in self:
            target.unit = target.metric and self._figures()[target.metric].unit

    @api.depends("metric", "site_id", "product_id", "team_id", "user_id", "channel_kind", "channel_id")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        kinds = dict(self._fields["channel_kind"]._description_selection(self.env))
        for target in self:
            # sudo: names of sites, teams and products in a figure's title
            known = target.sudo()
            scopes = (known.site_id, known.product_id, known.team_id, known.user_id, known.channel_id)
            names = [kinds.get(target.channel_kind), *(scope.display_name for scope in scopes)]
            target.display_name = " · ".join(filter(None, [metrics.get(target.metric), *names]))

    @api.depends(
        "metric", "goal", "warning_value", "period", "answer_seconds", "site_id", "product_id", "team_id", "user_id",
        "channel_kind", "channel_id",
    )  # fmt: skip
    def _compute_value(self):
        for target in self:
            value, count = target._measure(*target._current_period())
            target.value, target.value_count = value or 0, count
            target.state = target._judge(value)

    # CONSTRAINTS

    @api.constrains("metric", "goal", "warning_value")
    def _check_values(self):
        for target in self:
            highest = HIGHEST_BY_UNIT.get(target.unit)
            if highest and max(target.goal, target.warning_value) > highest:
                raise ValidationError(self.env._("This figure is at most %s.", target._format(highest)))
            if target.warning_value and target._is_worse(target.warning_value, target.goal):
                raise ValidationError(
                    self.env._(
                        "Warn before the target is missed: %s is beyond it.", target._format(target.warning_value)
                    )
                )

    # FIGURES

    @api.model
    def _figures(self):
        """Extended by addons.

        :return: ``{value of metric: Figure}``
        """
        return {
            "handling_time": Figure("minutes", date_field="solved_date"),
            "first_response": Figure("minutes", date_field="first_response_date"),
            "first_contact_resolution": Figure("percent", higher_is_better=True, date_field="solved_date"),
            "service_level": Figure("percent", higher_is_better=True, date_field="create_date"),
            "backlog_age": Figure("hours"),
        }

    # MEASURING

    def _current_period(self):
        """The period that runs: its beginning and its end, naive UTC; days begin at midnight of the site."""
        zone = pytz.timezone(self.sudo().site_id.timezone or HOME_ZONE)  # sudo: the clock of a site is no secret
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        first = {
            "week": today - timedelta(days=today.weekday()),
            "month": today + relativedelta(day=1),
        }.get(self.period, today)
        step = {"week": relativedelta(weeks=1), "month": relativedelta(months=1)}.get(
            self.period, relativedelta(days=1)
        )
        return tuple(
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (first, first + step)
        )

    def _measure(self, start, end):
        """The figure of a stretch of time.

        :param datetime start: naive UTC
        :param datetime end: naive UTC, not included
        :return: ``(value in the target's unit or None, how many tickets or clocks it is made of)``
        """
        if not self.metric:
            return None, 0
        # sudo: a figure over many tickets tells about none of them
        return getattr(self.sudo(), f"_measure_{self.metric}")(start, end)

    def _scope(self, ticket_field=None):
        """What the target is about, as a domain of tickets or of records that have the fields of the same name.

        :param str ticket_field: of records that have not: their field that leads to the ticket
        :return: Domain
        """
        domain = Domain.TRUE
        for name in ("site_id", "product_id", "team_id", "user_id", "channel_id"):
            if self[name]:
                domain &= Domain(name, "=", self[name].id)
        if self.channel_kind:
            domain &= Domain("channel_id.kind", "=", self.channel_kind)
        return Domain(ticket_field, "any", domain) if ticket_field and not domain.is_true() else domain

    def _average(self, date_field, value_field, start, end):
        domain = self._scope() & Domain(date_field, ">=", start) & Domain(date_field, "<", end)
        ((value, count),) = self.env["helpdesk.ticket"]._read_group(
            domain, [], [f"{value_field}:avg", f"{value_field}:count"]
        )
        return (value if count else None), count

    def _measure_handling_time(self, start, end):
        seconds, count = self._average("solved_date", "handling_seconds", start, end)
        return (None if seconds is None else seconds / 60), count

    def _measure_first_response(self, start, end):
        seconds, count = self._average("first_response_date", "first_response_seconds", start, end)
        return (None if seconds is None else seconds / 60), count

    def _measure_first_contact_resolution(self, start, end):
        share, count = self._average("solved_date", "first_contact_rate", start, end)
        return (None if share is None else share * 100), count

    def _measure_service_level(self, start, end):
        """Tickets that came in and were answered, or should have been."""
        limit = timedelta(seconds=self.answer_seconds)
        came = self._scope() & Domain("create_date", ">=", start) & Domain("create_date", "<", end)
        overdue = Domain("create_date", "<", fields.Datetime.now() - limit)
        due = came & (Domain("first_response_date", "!=", False) | overdue)
        tickets = self.env["helpdesk.ticket"]
        count = tickets.search_count(due)
        in_time = due & Domain("first_response_date", "!=", False)
        in_time &= Domain("first_response_seconds", "<=", self.answer_seconds)
        return (100 * tickets.search_count(in_time) / count if count else None), count

    def _measure_backlog_age(self, _start, _end):
        """How it is now: what was open at another time is not known from the tickets."""
        now = fields.Datetime.now()
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(self._scope() & Domain("stage_kind", "not in", DONE_KINDS))
        age = SQL("avg(extract(epoch FROM %s - %s)) / 3600", now, tickets._field_to_sql(query.table, "create_date"))
        ((hours, count),) = self.env.execute_query(query.select(age, SQL("count(*)")))
        return (None if hours is None else float(hours)), count

    # JUDGING

    def _judge(self, value):
        if value is None:
            return "none"
        if self._is_worse(value, self.goal):
            return "missed"
        if self.warning_value and self._is_worse(value, self.warning_value):
            return "risk"
        return "good"

    def _is_worse(self, value, than):
        return value < than if self._figures()[self.metric].higher_is_better else value > than

    def _format(self, value):
        """A value with its unit, in the user's language."""
        unit = dict(self._fields["unit"]._description_selection(self.env)).get(self.unit, "")
        number = formatLang(self.env, value, digits=1)
        return f"{number}%" if self.unit == "percent" else f"{number} {unit}"

    # WARNING

    @api.model
    def _cron_check(self):
        """Tell of targets at risk or missed: each once in a period, and one message for a person."""
        by_user = {}
        rows = []
        for target in self.search([]):
            start = target._current_period()[0].date()
            state = target.state
            told = target.told_state if target.told_period == start else False
            if state not in ("risk", "missed") or told in ("missed", state):
                continue
            target.write({"told_state": state, "told_period": start})
            rows.append({"kind": "target_crossed", "data": {"target": target.id, "state": state}})
            for user in target.told_user_ids.filtered("active"):
                by_user[user] = by_user.get(user, self.browse()) | target
        self.env["helpdesk.event"]._record(rows)
        for user, targets in by_user.items():
            targets.with_context(lang=user.lang)._tell(user)

    def _tell(self, user):
        lines = [target._notice_line() for target in self]
        user._notify_in_one(self.env._("Targets: %s need a look", len(self)), lines)

    def _notice_line(self):
        values = {"target": self.display_name, "value": self._format(self.value), "goal": self._format(self.goal)}
        if self.state == "missed":
            return self.env._("%(target)s is missed: %(value)s, target %(goal)s", **values)
        return self.env._("%(target)s is at risk: %(value)s, target %(goal)s", **values)

    # ACTIONS

    def action_open_records(self):
        """The records that the figure is made of; those that one may see.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(self._figures()[self.metric].action)
        return {**action, "domain": list(self._figure_domain(*self._current_period())), "context": {}}

    def _figure_domain(self, start, end):
        """The records behind the figure: domain of the model that its action lists."""
        if self.metric == "backlog_age":
            return self._scope() & Domain("stage_kind", "not in", DONE_KINDS)
        date_field = self._figures()[self.metric].date_field
        return self._scope() & Domain(date_field, ">=", start) & Domain(date_field, "<", end)

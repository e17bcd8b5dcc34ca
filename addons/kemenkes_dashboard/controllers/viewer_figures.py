import csv
import io
from datetime import date, timedelta

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.misc import formatLang

from odoo.addons.kemenkes_helpdesk.controllers.viewer_portal import CHOICES, RECORD_ID, ViewerPortal

from ..tools.goals import fitting_goal
from ..tools.indicators import INDICATORS

DEFAULT_DAYS = 30
# A page shows at most so many bars; longer times are told by week or month.
LONGEST_DAYS = {"day": 93, "week": 800, "month": 4000}
CARDS = (
    "created", "solved", "escalated", "sla_percent", "first_response_percent", "first_touch_percent",
    "resolution_percent", "first_response_minutes", "handling_minutes", "first_contact_percent",
    "csat_score", "qa_percent",
)  # fmt: skip
COLUMNS = (
    "created", "solved", "escalated", "sla_percent", "first_response_percent", "first_touch_percent",
    "resolution_percent", "handling_minutes", "csat_score", "qa_percent",
)  # fmt: skip
CHARTS = ("created", "sla_percent", "csat_score")
BREAKDOWNS = ("product_id", "site_id", "channel_id", "category_id", "team_id", "user_id")


class ViewerFigures(ViewerPortal):
    """The figures of the days for Pusdatin's viewers, who have no seat: in the browser, as a file too (R27.c.4).

    Counted over all tickets of the viewer's products and sites, as the lists of tickets are.
    """

    @http.route("/my/helpdesk/figures", type="http", auth="user", website=True, methods=["GET"])
    def show_figures(self, **params):
        """Cards with the period before, a bar for each day, week or month, and a breakdown."""
        self._check_viewer()
        return self._render_figures(params, address="/my/helpdesk/figures")

    @http.route("/my/helpdesk/figures.csv", type="http", auth="user", website=True, methods=["GET"])
    def download_figures(self, **params):
        """The table of the page as a file; numbers as they are, so that they can be worked with."""
        self._check_viewer()
        return self._write_figures(params)

    def _render_figures(self, params, address, embed=False):
        """The page.

        :param str address: of the page itself, to which its form leads
        :param bool embed: whether it stands in a frame of another application
        """
        asked = self._read_figures_request(params)
        report = self._figures_report()
        period = report._totals(asked["domain"], asked["start"], asked["end"], CARDS)
        length = asked["end"] - asked["start"] + timedelta(days=1)
        before = report._totals(asked["domain"], asked["start"] - length, asked["start"] - timedelta(days=1), CARDS)
        steps = report._by_step(asked["domain"], asked["start"], asked["end"], asked["step"], COLUMNS)
        goals = self._find_goals(params)
        groups = report._by_group(asked["domain"], asked["start"], asked["end"], asked["by"], COLUMNS)
        return self._render(
            "kemenkes_dashboard.viewer_figures",
            {
                "page_title": request.env._("Figures"),
                "tab": "figures",
                "address": address,
                "embed": embed,
                "params": params,
                "asked": asked,
                "choices": self._prepare_choices(),
                "breakdowns": [(name, report._label(name)) for name in BREAKDOWNS],
                "columns": [(name, report._label(name)) for name in COLUMNS],
                "cards": [self._prepare_card(report, name, period[name], before[name], goals[name]) for name in CARDS],
                "charts": [
                    self._prepare_chart(report, name, steps, goals[name])
                    for name in CHARTS
                    if any(values[name] is not False for _label, values in steps)
                ],
                "backlog": self._prepare_backlog(asked),
                "steps": [(label, self._format_row(values)) for label, values in steps],
                "groups": [(label or request.env._("None"), self._format_row(values)) for label, values in groups],
                "escalation_count": request.env["helpdesk.escalation"].search_count(self._inbox_domain()),
            },
        )

    def _write_figures(self, params):
        asked = self._read_figures_request(params)
        report = self._figures_report()
        steps = report._by_step(asked["domain"], asked["start"], asked["end"], asked["step"], COLUMNS)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([request.env._("Period"), *(report._label(name) for name in COLUMNS)])
        for label, values in steps:
            writer.writerow([label, *("" if values[name] is False else round(values[name], 2) for name in COLUMNS)])
        name = f"helpdesk-{asked['start']}-{asked['end']}.csv"
        return request.make_response(
            text.getvalue().encode("utf-8-sig"),
            [("Content-Type", "text/csv; charset=utf-8"), ("Content-Disposition", f'attachment; filename="{name}"')],
        )

    # WHAT IS ASKED

    def _figures_report(self):
        # sudo: sums over tickets tell about none of them; which tickets, the domain says (_scope)
        return request.env["helpdesk.kpi.report"].sudo()

    def _read_figures_request(self, params):
        """What can't be read is left out rather than refused."""
        today = request.env["helpdesk.backlog.day"].sudo()._today()
        end = min(_read_day(params.get("to")) or today, today)
        start = min(_read_day(params.get("from")) or end - timedelta(days=DEFAULT_DAYS - 1), end)
        step = params.get("step") if params.get("step") in LONGEST_DAYS else "day"
        while (end - start).days > LONGEST_DAYS[step] and step != "month":
            step = "week" if step == "day" else "month"
        start = max(start, end - timedelta(days=LONGEST_DAYS[step]))
        by = params.get("by") if params.get("by") in BREAKDOWNS else BREAKDOWNS[0]
        return {"start": start, "end": end, "step": step, "by": by, "domain": self._figures_domain(params)}

    def _figures_domain(self, params):
        domain = request.env.user._helpdesk_list_domain()
        for name, (field, _model) in CHOICES.items():
            if RECORD_ID.fullmatch(params.get(name) or ""):
                domain &= Domain(field, "child_of" if name == "category" else "=", int(params[name]))
        return domain

    def _find_goals(self, params):
        """``{figure: target or None}`` for the site and the product that were chosen."""
        known = request.env["helpdesk.target"]._general_goals()
        chosen = {name: [int(params[name])] if RECORD_ID.fullmatch(params.get(name) or "") else [] for name in CHOICES}
        return {name: fitting_goal(known, name, chosen["site"], [], chosen["product"]) for name in CARDS}

    # WHAT IS SHOWN

    def _prepare_card(self, report, name, value, before, goal):
        change = None
        if value is not False and before:
            change = round(100 * (value - before) / before)
        higher_is_better = INDICATORS[name].higher_is_better if name in INDICATORS else None
        tone = "" if not change or higher_is_better is None else "good" if (change > 0) == higher_is_better else "bad"
        return {
            "label": report._label(name),
            "help": report._fields[name]._description_help(request.env) or None,
            "value": self._format_figure(name, value),
            "change": change,
            "tone": tone,
            "goal": goal and self._format_figure(name, goal),
            "is_reached": goal and value is not False and (value >= goal) == INDICATORS[name].higher_is_better,
        }

    def _prepare_chart(self, report, name, steps, goal):
        values = [values[name] or 0 for _label, values in steps]
        highest = max([*values, goal or 0]) or 1
        return {
            "label": report._label(name),
            "highest": self._format_figure(name, highest),
            "goal": goal and self._format_figure(name, goal),
            "goal_percent": goal and round(100 * goal / highest, 1),
            "bars": [
                {
                    "label": label,
                    "value": self._format_figure(name, row[name]),
                    "percent": round(100 * value / highest, 1),
                }
                for (label, row), value in zip(steps, values, strict=True)
            ],
        }

    def _prepare_backlog(self, asked):
        """``[(age, number open)]`` at the end of the period."""
        # sudo: as above
        days = request.env["helpdesk.backlog.day"].sudo()
        ages = days._fields["age"]._description_selection(request.env)
        counts = dict(
            days._read_group(asked["domain"] & Domain("date", "=", asked["end"]), ["age"], ["open_count:sum"])
        )
        return [(label, counts.get(age, 0)) for age, label in ages]

    def _format_row(self, values):
        return [self._format_figure(name, values[name]) for name in COLUMNS]

    @staticmethod
    def _format_figure(name, value):
        if value is False:
            return "–"
        digits = 1 if name in INDICATORS else 0
        unit = "%" if name in INDICATORS and INDICATORS[name].unit == "percent" else ""
        return formatLang(request.env, value, digits=digits) + unit


def _read_day(text):
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None

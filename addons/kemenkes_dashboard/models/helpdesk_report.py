import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import groupby
from odoo.tools.misc import format_date, format_datetime, formatLang, get_lang

from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_viewer import VIEWER_GROUP
from odoo.addons.kemenkes_sla.report import statement_pdf

from ..report import report_xlsx
from ..report.helpdesk_kpi_report import DATE_FORMATS
from ..tools import export_file, periods, report_chart
from ..tools.indicators import INDICATORS

PERIODS = [
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("last_7_days", "Last 7 days"),
    ("last_30_days", "Last 30 days"),
    ("this_week", "This week"),
    ("last_week", "Last week"),
    ("this_month", "This month"),
    ("last_month", "Last month"),
    ("this_quarter", "This quarter"),
    ("last_quarter", "Last quarter"),
    ("this_year", "This year"),
]
DATES = [("date:day", "Day"), ("date:week", "Week"), ("date:month", "Month")]
DIMENSIONS = [
    ("product_id", "Product"),
    ("site_id", "Site"),
    ("team_id", "Team"),
    ("user_id", "Agent"),
    ("tier", "Tier"),
    ("channel_id", "Channel"),
    ("category_id", "Category"),
]
CHARTS = [("none", "No chart"), ("bar", "Bars"), ("line", "Lines"), ("pie", "Pie")]
# Rows at most, and those that a form shows.
ROW_LIMIT = 1000
SHOWN_ROWS = 60
FORMATS = ("pdf", "xlsx", "csv")
MEDIA_TYPES = {**export_file.MEDIA_TYPES, "pdf": "application/pdf"}


class HelpdeskReport(models.Model):
    """A report that people put together themselves from the figures of the days, keep and share (R24.c, R25.c.2).

    Each reader gets it over what they may see: an agent over their own figures, a viewer over their products and sites.
    """

    _name = "helpdesk.report"
    _description = "Report"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users", "Made by", required=True, readonly=True, default=lambda self: self.env.user, copy=False
    )
    group_ids = fields.Many2many(
        "res.groups",
        string="Shared with",
        domain=lambda self: [("id", "in", self._roles().ids)],
        help="Roles that read it, each over what they may see. Empty: only who made it.",
    )
    measure_ids = fields.One2many("helpdesk.report.measure", "report_id", "Figures", copy=True)
    row_by = fields.Selection([*DATES, *DIMENSIONS], "A row for each", required=True, default="date:day")
    split_by = fields.Selection(DIMENSIONS, "Told apart by")
    period = fields.Selection([*PERIODS, ("custom", "From … until …")], required=True, default="last_30_days")
    date_from = fields.Date("From")
    date_to = fields.Date("Until", help="This day included.")
    product_ids = fields.Many2many("helpdesk.product", string="Products")
    site_ids = fields.Many2many("helpdesk.site", string="Sites")
    team_ids = fields.Many2many("helpdesk.team", string="Teams")
    channel_ids = fields.Many2many("helpdesk.channel", string="Channels")
    category_ids = fields.Many2many("helpdesk.category", string="Categories", help="With what is below them.")
    agent_ids = fields.Many2many(
        "res.users", "helpdesk_report_agent_rel", "report_id", "user_id", "Agents", domain=[("share", "=", False)]
    )
    chart = fields.Selection(CHARTS, required=True, default="line")
    is_compared = fields.Boolean("Compare with the period before", default=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    _period = models.Constraint(
        "CHECK(period != 'custom' OR (date_from IS NOT NULL AND date_to IS NOT NULL AND date_from <= date_to))",
        "Say from when until when.",
    )

    @api.model
    def _roles(self):
        roles = self.env.ref("kemenkes_helpdesk.privilege_helpdesk").sudo().group_ids  # sudo: names of roles
        return roles | self.env.ref(VIEWER_GROUP).sudo()

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for report in self:
            report.is_mine = not report.id or report.has_access("write")

    @api.depends(
        "measure_ids.measure", "measure_ids.sequence", "row_by", "split_by", "period", "date_from", "date_to",
        "product_ids", "site_ids", "team_ids", "channel_ids", "category_ids", "agent_ids", "chart", "is_compared",
    )  # fmt: skip
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for report in self:
            report.preview = report._render_page() if report._is_complete() else False

    @api.constrains("measure_ids")
    def _check_measures(self):
        if self.filtered(lambda report: not report.measure_ids):
            raise ValidationError(self.env._("Choose a figure at least."))

    def _is_complete(self):
        return bool(self._names()) and (
            self.period != "custom" or (self.date_from and self.date_to and self.date_from <= self.date_to)
        )

    # FIGURES

    def _bounds(self):
        """First and last day of the report's period, as the sites' day is now."""
        if self.period == "custom":
            return self.date_from, self.date_to
        # sudo: which day it is
        return periods.bounds(self.period, self.env["helpdesk.backlog.day"].sudo()._today())

    def _names(self):
        # sudo: columns of a report that its reader reads
        return [column.measure for column in self.sudo().measure_ids.sorted("sequence") if column.measure]

    def _source(self):
        """The figures that the reader may see, and the domain of them that the report is about."""
        figures, domain = self.env["helpdesk.kpi.report"], Domain.TRUE
        if self.env.user.has_group(VIEWER_GROUP):
            # sudo: sums over tickets tell about none of them; which ones, the domain says
            figures, domain = figures.sudo(), Domain(self.env.user._helpdesk_list_domain())
        known = self.sudo()  # sudo: what was chosen when the report was made
        chosen = {
            "product_id": known.product_ids, "site_id": known.site_ids, "team_id": known.team_ids,
            "channel_id": known.channel_ids, "user_id": known.agent_ids,
        }  # fmt: skip
        for name, records in chosen.items():
            if records:
                domain &= Domain(name, "in", records.ids)
        if known.category_ids:
            domain &= Domain("category_id", "child_of", known.category_ids.ids)
        return figures, domain

    def _rows(self, start, end):
        """``[([label, ...], {name: value or False})]``, days in order, others the highest first."""
        figures, domain = self._source()
        names = self._names()
        if self.row_by.startswith("date:") and not self.split_by:
            step = self.row_by.partition(":")[2]
            return [([label], values) for label, values in figures._by_step(domain, start, end, step, names)]
        groups = [name for name in (self.row_by, self.split_by) if name]
        found = figures._read_group(figures._within(domain, start, end), groups, figures._aggregates(names))
        rows = [
            (row[: len(groups)], dict(zip(names, row[len(groups) :], strict=True)))
            for row in sorted(found, key=lambda row: -(row[len(groups)] or 0))
        ]
        if self.row_by.startswith("date:"):
            rows.sort(key=lambda row: row[0][0])
        return [
            ([self._label(group, key) for group, key in zip(groups, keys, strict=True)], values)
            for keys, values in rows[:ROW_LIMIT]
        ]

    def _label(self, group, key):
        if group.startswith("date:"):
            return format_date(self.env, key, date_format=DATE_FORMATS[group.partition(":")[2]])
        if group == "tier":
            return dict(self.env["helpdesk.kpi.report"]._fields["tier"]._description_selection(self.env)).get(key, "–")
        # sudo: the name of what figures are told apart by
        return key.sudo().display_name or self.env._("None")

    def _document(self, bounds=None):
        """All that a page, a PDF or a workbook shows: texts in the reader's language, numbers as they are.

        :param bounds: first and last day, instead of those of the report's period
        :return: dict with the texts ``title``, ``subtitle``, ``prepared`` and ``sheet``; ``dimensions`` (headings);
            ``measures``, ``[(heading, unit)]``; ``rows`` and ``totals``, ``[(labels, [number or None])]``; ``chart``
        """
        self.ensure_one()
        start, end = bounds or self._bounds()
        names = self._names()
        figures, domain = self._source()
        dimensions = dict(self._fields["row_by"]._description_selection(self.env))
        totals = [(self.env._("Total"), figures._totals(domain, start, end, names))]
        if self.is_compared:
            length = end - start
            before = start - (end - start).resolution
            totals.append((self.env._("Period before"), figures._totals(domain, before - length, before, names)))
        return {
            "title": self.name or self.env._("Report"),
            "subtitle": self._subtitle(start, end),
            "prepared": self.env._("As of %s", format_datetime(self.env, fields.Datetime.now())),
            "sheet": self.env._("Report")[:31],
            "dimensions": [dimensions[name] for name in (self.row_by, self.split_by) if name],
            "measures": [(figures._label(name), _unit(name)) for name in names],
            "rows": [(keys, _numbers(names, values)) for keys, values in self._rows(start, end)],
            "totals": [(label, _numbers(names, values)) for label, values in totals],
            "chart": self.chart,
        }

    def _subtitle(self, start, end):
        days = [format_date(self.env, day, date_format="dd/MM/yyyy") for day in (start, end)]
        known = self.sudo()  # sudo: names of what the report is about
        records = (
            known.product_ids, known.site_ids, known.team_ids, known.channel_ids, known.category_ids, known.agent_ids,
        )  # fmt: skip
        scopes = [", ".join(found.mapped("display_name")) for found in records if found]
        return " · ".join([" – ".join(days) if start != end else days[0], *scopes])

    # SHOWN

    def _drawing(self, document):
        """The chart as a ReportLab drawing; None where there is none."""
        if self.chart == "none" or not document["rows"]:
            return None
        if self.split_by:
            return report_chart.draw(self.chart, *self._split_series(document))
        unit = document["measures"][0][1]
        series = [
            (name, [values[place] for _labels, values in document["rows"]])
            for place, (name, other) in enumerate(document["measures"])
            if other == unit
        ]
        return report_chart.draw(self.chart, [labels[0] for labels, _values in document["rows"]], series)

    def _split_series(self, document):
        """The first figure, a series for each of what rows are told apart by, those with the most first."""
        labels = list(dict.fromkeys(keys[0] for keys, _values in document["rows"]))
        found = {tuple(keys): values[0] for keys, values in document["rows"]}
        sums = {
            split: sum(values[0] or 0 for _keys, values in rows)
            for split, rows in groupby(document["rows"], key=lambda row: row[0][1])
        }
        splits = sorted(sums, key=sums.get, reverse=True)
        return labels, [(split, [found.get((label, split)) for label in labels]) for split in splits]

    def _format(self, value, unit):
        if value is None:
            return "–"
        number = formatLang(self.env, value, digits=0 if unit == "count" else 2 if unit == "score" else 1)
        return f"{number}%" if unit == "percent" else number

    def _render_page(self):
        """The report as HTML: totals, chart, table."""
        document = self._document()
        drawing = self._drawing(document)
        shown = document["rows"][:SHOWN_ROWS]
        units = [unit for _name, unit in document["measures"]]
        before = document["totals"][1][1] if self.is_compared else [None] * len(units)
        return self.env["ir.qweb"]._render(
            "kemenkes_dashboard.report_page",
            {
                "document": document,
                "chart": drawing and base64.b64encode(report_chart.to_svg(drawing)).decode(),
                "cards": [
                    {
                        "label": name,
                        "value": self._format(value, unit),
                        "before": self._format(earlier, unit) if self.is_compared else "",
                    }
                    for (name, unit), value, earlier in zip(
                        document["measures"], document["totals"][0][1], before, strict=True
                    )
                ],
                "rows": [
                    (keys, [self._format(*pair) for pair in zip(values, units, strict=True)]) for keys, values in shown
                ],
                "more": len(document["rows"]) - len(shown),
            },
        )

    def _render_file(self, file_format, bounds=None):
        """The report as a file, over what the environment's user may see.

        :param str file_format: one of ``FORMATS``
        :param bounds: as of :meth:`_document`
        :return: ``(name, bytes)``
        """
        self.ensure_one()
        start, end = bounds or self._bounds()
        document = self._document((start, end))
        plain = "-".join(word for word in _plain(self.name).split("-") if word)[:60] or "report"
        render = {"pdf": self._render_pdf, "xlsx": report_xlsx.render, "csv": self._render_csv}[file_format]
        return f"{plain}-{start}-{end}.{file_format}", render(document)

    def _render_pdf(self, document):
        units = [unit for _name, unit in document["measures"]]
        depth = len(document["dimensions"])

        def cells(labels, values):
            padded = [*labels, *[""] * (depth - len(labels))]
            return [*padded, *(self._format(*pair) for pair in zip(values, units, strict=True))]

        def rows():
            for labels, values in document["rows"]:
                yield cells(labels, values), False
            for label, values in document["totals"]:
                yield cells([label], values), False

        section = {
            "title": self.env._("Figures"),
            "drawing": self._drawing(document),
            "columns": [*document["dimensions"], *(name for name, _unit in document["measures"])],
            "widths": [*[20] * depth, *[12] * len(units)],
            "count": len(document["rows"]),
            "rows": rows,
        }
        return statement_pdf.render(
            {**document, "note": "", "decimal_point": get_lang(self.env).decimal_point, "sections": [section]}
        )

    def _render_csv(self, document):
        text = export_file.CsvText(get_lang(self.env).code == "id_ID")
        rows = [[*labels, *values] for labels, values in document["rows"]]
        head = [*document["dimensions"], *(name for name, _unit in document["measures"])]
        return text.begin(head) + text.encode(rows)

    # ACTIONS

    def action_download_pdf(self):
        """The report as a PDF."""
        return self._action_download("pdf")

    def action_download_xlsx(self):
        """The report as a workbook."""
        return self._action_download("xlsx")

    def _action_download(self, file_format):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/helpdesk/report/{self.id}.{file_format}", "target": "download"}

    def action_schedule(self):
        """Have the report sent regularly: the form of deliveries, filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send regularly"),
            "res_model": "helpdesk.delivery",
            "view_mode": "form",
            "context": {"default_name": self.name, "default_content": "report", "default_report_id": self.id},
        }

    def action_watch(self):
        """A target for a figure of the report, with a warning: the form of targets, filled in.

        :raise UserError: none of the report's figures can be watched
        """
        self.ensure_one()
        metrics = self.env["helpdesk.target"]._metric_by_indicator()
        metric = next((metrics[name] for name in self._names() if name in metrics), None)
        if not metric:
            raise UserError(self.env._("None of these figures can be a target: choose a share or an average."))
        context = {"default_metric": metric}
        for name in ("product", "site", "team", "channel"):
            chosen = self[f"{name}_ids"]
            if len(chosen) == 1:
                context[f"default_{name}_id"] = chosen.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Warn me"),
            "res_model": "helpdesk.target",
            "view_mode": "form",
            "target": "new",
            "context": {**context, "default_told_user_ids": self.env.user.ids},
        }


def _unit(name):
    return INDICATORS[name].unit if name in INDICATORS else "count"


def _numbers(names, values):
    """What was counted as whole numbers; None for a quotient where there is nothing to divide by."""
    return [_quotient(values[name]) if name in INDICATORS else round(values[name] or 0) for name in names]


def _quotient(value):
    return None if value is False or value is None else round(value, 4)


def _plain(name):
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in (name or "").lower())

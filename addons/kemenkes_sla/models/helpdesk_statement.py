import base64
import functools
from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_datetime

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

from ..report import statement_pdf, statement_xlsx

BATCH = 2000
# More are prepared by a job: no browser waits for minutes.
BREACHES_AT_ONCE = 3000


class HelpdeskStatement(models.Model):
    """All contract figures of a month against their targets, as an annex to the provider's bill.

    While it is a draft it can be prepared anew; once it is final, its numbers and files stay as they were handed out.
    """

    _name = "helpdesk.statement"
    _description = "Contract Statement"
    _order = "month desc, id desc"

    month = fields.Date(required=True, default=lambda self: self._default_month(), help="Any day of the month.")
    state = fields.Selection(
        [("draft", "Draft"), ("final", "Final")], required=True, readonly=True, default="draft", copy=False
    )
    asked_by_id = fields.Many2one("res.users", "Being prepared for", readonly=True, copy=False)
    prepared_date = fields.Datetime("Prepared on", readonly=True, copy=False)
    final_date = fields.Datetime("Final since", readonly=True, copy=False)
    final_user_id = fields.Many2one("res.users", "Made final by", readonly=True, copy=False)
    line_ids = fields.One2many("helpdesk.statement.line", "statement_id", "Figures", readonly=True, copy=False)
    note = fields.Text("Remarks", help="Printed below the figures.")
    breach_count = fields.Integer("Breaches", readonly=True, copy=False)
    excused_count = fields.Integer("Excused", readonly=True, copy=False)
    pdf_file = fields.Binary("PDF", readonly=True, attachment=True, copy=False)
    pdf_name = fields.Char(compute="_compute_file_names")
    xlsx_file = fields.Binary("XLSX", readonly=True, attachment=True, copy=False)
    xlsx_name = fields.Char(compute="_compute_file_names")

    _one_final = models.UniqueIndex("(month) WHERE state = 'final'", "This month has a final statement already.")

    @api.model
    def _default_month(self):
        return fields.Date.today() + relativedelta(months=-1, day=1)

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            month = statement.month and format_date(self.env, statement.month, date_format="MMMM yyyy")
            statement.display_name = self.env._("Statement %s", month or "")

    @api.depends("month")
    def _compute_file_names(self):
        for statement in self:
            name = f"helpdesk-statement-{statement.month:%Y-%m}" if statement.month else "helpdesk-statement"
            statement.pdf_name, statement.xlsx_name = f"{name}.pdf", f"{name}.xlsx"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._at_first_day(vals) for vals in vals_list])

    def write(self, vals):
        if any(statement.state == "final" for statement in self) and set(vals) - {"state"}:
            raise UserError(self.env._("A final statement can't be changed. Make it a draft again first."))
        return super().write(self._at_first_day(vals))

    @api.ondelete(at_uninstall=False)
    def _check_draft(self):
        if self.filtered(lambda statement: statement.state == "final"):
            raise UserError(self.env._("A final statement can't be deleted."))

    @api.model
    def _at_first_day(self, vals):
        if not vals.get("month"):
            return vals
        return {**vals, "month": fields.Date.to_date(vals["month"]) + relativedelta(day=1)}

    # ACTIONS

    def action_prepare(self):
        """Work out the figures and write both files; in the language of who asks.

        A month with very many breaches is prepared by a job, which tells who asked.
        """
        self.check_access("write")
        if self.filtered(lambda statement: statement.state == "final"):
            raise UserError(self.env._("A final statement can't be changed. Make it a draft again first."))
        # sudo: a statement is about all tickets of the month; names no ticket but by its number
        for statement in self.sudo():
            if statement._is_large():
                statement.asked_by_id = self.env.user
                self.env.ref("kemenkes_sla.ir_cron_statement")._trigger()
            else:
                statement._prepare()

    def action_make_final(self):
        """Freeze the statement as it was prepared."""
        for statement in self:
            if not statement.prepared_date or statement.asked_by_id:
                raise UserError(self.env._("Prepare %s first.", statement.display_name))
            statement.write({"state": "final", "final_date": fields.Datetime.now(), "final_user_id": self.env.uid})
        self._log("final")

    def action_make_draft(self):
        """Open a final statement for changes again; who did it, and when, stays in the ledger."""
        self.write({"state": "draft"})
        self._log("draft")

    def _log(self, state):
        self.env["helpdesk.event"]._record(
            [{"kind": "statement_changed", "data": {"statement": statement.id, "state": state}} for statement in self]
        )

    # PREPARING

    def _prepare(self):
        start, end = self._bounds()
        self.line_ids.unlink()
        lines = [*self._figure_lines(start, end), *self._promise_lines(start, end)]
        self.write(
            {
                "line_ids": [fields.Command.create({**line, "sequence": number}) for number, line in enumerate(lines)],
                "breach_count": sum(line.get("breached", 0) for line in lines),
                "excused_count": sum(line.get("excused", 0) for line in lines),
                "prepared_date": fields.Datetime.now(),
                "asked_by_id": False,
            }
        )
        self.env.flush_all()  # the breaches are read past the ORM
        document = self._document(start, end)
        for field, report in (("pdf_file", statement_pdf), ("xlsx_file", statement_xlsx)):
            self[field] = base64.b64encode(report.render(document))

    @api.model
    def _cron_prepare(self):
        """Prepare the statements whose breaches are too many for a request, and tell who asked."""
        for waiting in self.search([("asked_by_id", "!=", False), ("state", "=", "draft")]):
            user = waiting.asked_by_id
            statement = waiting.with_context(lang=user.lang)
            statement._prepare()
            user._notify_in_one(statement.env._("The contract statement is ready"), [statement.display_name])
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _is_large(self):
        start, end = self._bounds()
        late = [("date", ">=", start), ("date", "<", end), ("result", "!=", "met")]
        return self.env["helpdesk.sla.attainment"].search_count(late, limit=BREACHES_AT_ONCE + 1) > BREACHES_AT_ONCE

    def _bounds(self):
        """Beginning and end of the month in Jakarta, naive UTC."""
        zone = pytz.timezone(HOME_ZONE)
        return tuple(
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (self.month, self.month + relativedelta(months=1))
        )

    def _figure_lines(self, start, end):
        lines = []
        figures = self.env["helpdesk.target"]._figures()
        # the others tell about now, not about a month that is over
        of_a_month = [name for name, figure in figures.items() if figure.date_field]
        for target in self.env["helpdesk.target"].search([("metric", "in", of_a_month)]):
            value, count = target._measure(start, end)
            lines.append(
                {
                    "name": target.display_name,
                    "goal": target.goal,
                    "value": value or 0,
                    "unit": target.unit,
                    "counted": count,
                    "result": {"none": "none", "missed": "missed"}.get(target._judge(value), "reached"),
                }
            )
        return lines

    def _promise_lines(self, start, end):
        domain = Domain("date", ">=", start) & Domain("date", "<", end)
        counts = self.env["helpdesk.sla.attainment"]._counts(domain, "sla_id")
        lines = []
        for sla, (met, breached, excused, attainment) in sorted(counts.items(), key=lambda item: item[0].sequence):
            reached = attainment is not None and attainment >= sla.goal
            lines.append(
                {
                    "name": sla.display_name,
                    "sla_id": sla.id,
                    "goal": sla.goal,
                    "value": attainment or 0,
                    "unit": "percent",
                    "counted": met + breached,
                    "breached": breached,
                    "excused": excused,
                    "result": "none" if attainment is None else ("reached" if reached else "missed"),
                }
            )
        return lines

    def _breaches(self, start, end):
        """The promises broken in the month, excused or not, oldest first; read in batches, however many they are.

        By the ticket's number: no word of a customer, but what an excuse says.

        :return: iterator of dicts
        """
        after = (start, 0)
        while batch := self._read_breaches(after, end):
            yield from batch
            after = batch[-1]["date"], batch[-1]["id"]

    def _read_breaches(self, after, end):
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT status.id, status.result_date AS date, ticket.ticket_ref, status.sla_id, status.product_id,
                       status.late_seconds, status.cause, excuse.state, excuse.reason, excuse.note,
                       excuse.decided_by_id
                  FROM helpdesk_sla_status status
                  JOIN helpdesk_ticket ticket ON ticket.id = status.ticket_id
                  LEFT JOIN LATERAL (
                           SELECT * FROM helpdesk_sla_excuse
                            WHERE status_id = status.id AND state IN ('approved', 'refused')
                         ORDER BY id DESC LIMIT 1
                       ) excuse ON TRUE
                 WHERE status.state = 'failed' AND status.result_date < %s
                   AND (status.result_date, status.id) > (%s, %s)
              ORDER BY status.result_date, status.id
                 LIMIT %s
                """,
                end,
                *after,
                BATCH,
            )
        )

    def _breach_rows(self, start, end):
        """The broken promises as cells.

        :return: iterator of ``(cells, whether it counts)``
        """
        causes = dict(self.env["helpdesk.sla.status"]._fields["cause"]._description_selection(self.env))
        reasons = dict(self.env["helpdesk.sla.excuse"]._fields["reason"]._description_selection(self.env))
        policies, products, people = (self._names(model) for model in ("helpdesk.sla", "helpdesk.product", "res.users"))
        for breach in self._breaches(start, end):
            is_excused = breach["state"] == "approved"
            excuse = ": ".join(filter(None, (reasons.get(breach["reason"]), breach["note"])))
            cells = [
                breach["ticket_ref"],
                format_datetime(self.env, breach["date"], tz=HOME_ZONE, dt_format="short"),
                policies(breach["sla_id"]),
                products(breach["product_id"]),
                breach["late_seconds"] // 60,
                self.env._("No") if is_excused else self.env._("Yes"),
                ". ".join(filter(None, (causes.get(breach["cause"]), excuse))),
                people(breach["decided_by_id"]) if is_excused else "",
            ]
            yield cells, not is_excused

    def _names(self, model):
        """Function of an id that returns the record's name; each is read once."""
        return functools.cache(lambda record_id: self.env[model].browse(record_id).display_name if record_id else "")

    def _rule_texts(self, start, end):
        """The versions of policies that governed the month, in words."""
        versions = self.env["helpdesk.sla.version"].search([("valid_from", "<", end)], order="sla_id, number")
        texts = []
        for sla, all_versions in versions.grouped("sla_id").items():
            before = all_versions.filtered(lambda version: version.valid_from <= start)[-1:]
            for version in before | all_versions.filtered(lambda version: version.valid_from > start):
                since = format_datetime(self.env, version.valid_from, tz=HOME_ZONE, dt_format="short")
                texts.append(
                    self.env._(
                        "%(policy)s, version %(number)s since %(date)s: %(rule)s, goal %(goal)s%%",
                        policy=sla.name,
                        number=version.number,
                        date=since,
                        rule=version.summary,
                        goal=f"{sla.goal:g}",
                    )
                )
        return texts

    def _document(self, start, end):
        """What both files show: plain data, every text in the user's language."""
        zone_note = self.env._("Times are those of Jakarta (WIB).")
        rules = self._rule_texts(start, end)
        return {
            "title": self.display_name,
            "subtitle": self.env.company.name,
            "prepared": self.env._(
                "Prepared on %s.", format_datetime(self.env, self.prepared_date, tz=HOME_ZONE, dt_format="short")
            )
            + f" {zone_note}",
            "note": self.note or "",
            "decimal_point": self.env["res.lang"]._get_data(code=self.env.lang).decimal_point or ".",
            "sections": [
                {
                    "title": self.env._("Figures against their targets"),
                    "columns": [
                        self.env._("Figure"),
                        self.env._("Target"),
                        self.env._("Value"),
                        self.env._("Unit"),
                        self.env._("Counted"),
                        self.env._("Breached"),
                        self.env._("Excused"),
                        self.env._("Result"),
                    ],
                    "widths": [32, 9, 9, 9, 10, 10, 11, 13],
                    "count": len(self.line_ids),
                    "rows": lambda: ((line._row(), line.result == "missed") for line in self.line_ids),
                },
                {
                    "title": self.env._("Breaches"),
                    "columns": [
                        self.env._("Ticket"),
                        self.env._("Date"),
                        self.env._("Policy"),
                        self.env._("Product"),
                        self.env._("Late (minutes)"),
                        self.env._("Counts"),
                        self.env._("Reason"),
                        self.env._("Approved by"),
                    ],
                    "widths": [15, 14, 18, 14, 9, 8, 24, 13],
                    "count": self.breach_count + self.excused_count,
                    "rows": lambda: self._breach_rows(start, end),
                },
                {
                    "title": self.env._("Rules used"),
                    "columns": [self.env._("Rule")],
                    "widths": [100],
                    "count": len(rules),
                    "rows": lambda: (([text], False) for text in rules),
                },
            ],
        }

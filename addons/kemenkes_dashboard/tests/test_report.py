import csv
import io

import openpyxl
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.clock_common import ClockCase
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..tools import periods
from ..tools.indicators import INDICATORS
from .kpi_common import store_days


class ReportMixin:
    """Figures of March 2026 of two products, and a report over them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        place = {"site_id": cls.site.id, "team_id": cls.team_l1.id}
        mine = {**place, "product_id": cls.product_a.id}
        store_days(
            cls.env,
            [
                {**mine, "date": "2026-03-03", "created": 7, "csat_count": 2, "csat_sum": 9},
                {**mine, "date": "2026-03-05", "created": 3, "csat_count": 1, "csat_sum": 1},
                {**mine, "date": "2026-02-20", "created": 5},
                {**place, "date": "2026-03-04", "product_id": cls.product_b.id, "created": 1000},
            ]
        )  # fmt: skip
        cls.march = {"period": "custom", "date_from": "2026-03-01", "date_to": "2026-03-07"}

    @classmethod
    def create_report(cls, login="supervisor", measures=("created", "csat_score"), **values):
        lines = [(0, 0, {"measure": name, "sequence": number}) for number, name in enumerate(measures)]
        reports = cls.env["helpdesk.report"].with_user(cls.users[login])
        return reports.create({"name": "Laporan", "measure_ids": lines, **cls.march, **values})


@tagged("post_install", "-at_install")
class TestReport(ReportMixin, ClockCase):
    """R24.c, R25.c.2: reports that people put together themselves."""

    def rows(self, report, login=None):
        document = report.with_user(self.users[login or "supervisor"])._document()
        return [(*labels, *values) for labels, values in document["rows"]]

    def test_figures_are_those_of_the_days(self):
        """R24.c: days without tickets too; averages of sums; the period before as long as the period."""
        report = self.create_report(product_ids=self.product_a.ids, is_compared=True)
        document = report._document()
        self.assertEqual([values[0] for _labels, values in document["rows"]], [0, 0, 7, 0, 3, 0, 0])
        self.assertEqual([values for _label, values in document["totals"]], [[10, 3.3333], [0, None]])
        self.assertEqual(document["rows"][2][0], ["03/03/2026"])
        report.write({"date_from": "2026-02-22", "date_to": "2026-03-07"})
        self.assertEqual(report._document()["totals"][1][1][0], 5)

    def test_breakdowns(self):
        report = self.create_report("operation_manager", row_by="product_id", site_ids=self.site.ids)
        self.assertEqual(self.rows(report, "operation_manager"), [("Product B", 1000, None), ("Product A", 10, 3.3333)])
        report.write({"row_by": "date:month", "split_by": "product_id"})
        self.assertEqual(
            [row[1:3] for row in self.rows(report, "operation_manager")], [("Product B", 1000), ("Product A", 10)]
        )
        for chart in ("bar", "line", "pie", "none"):
            for row_by in ("date:week", "tier", "user_id"):
                report.write({"chart": chart, "row_by": row_by, "split_by": False})
                self.assertIn("kh-report-table", report.preview)
                self.assertEqual("data:image/svg+xml" in report.preview, chart != "none")

    def test_each_reader_over_what_they_may_see(self):
        """R27.a.3: one report, other sums for each role; nobody reads a report that is not shared."""
        groups = self.env.ref("kemenkes_helpdesk.group_pusdatin_viewer") | self.env.ref("kemenkes_helpdesk.group_agent")
        report = self.create_report("operation_manager", group_ids=groups.ids, site_ids=self.site.ids)
        total = {}
        for login in ("operation_manager", "viewer", "agent", "supervisor"):
            document = report.with_user(self.users[login])._document()
            total[login] = document["totals"][0][1][0]
        self.assertEqual(total, {"operation_manager": 1010, "viewer": 10, "agent": 0, "supervisor": 1010})
        report.group_ids = False
        for login in ("viewer", "agent", "analyst"):
            with self.assertRaises(AccessError):
                report.with_user(self.users[login]).read(["name"])
            with self.assertRaises(AccessError):
                report.measure_ids.with_user(self.users[login]).read(["measure"])

    def test_only_its_maker_changes_it(self):
        group = self.env.ref("kemenkes_helpdesk.group_analyst")
        report = self.create_report(group_ids=group.ids)
        theirs = report.with_user(self.users["analyst"])
        self.assertFalse(theirs.is_mine)
        for write in (
            lambda: theirs.write({"name": "x"}),
            lambda: theirs.measure_ids[0].write({"measure": "solved"}),
            theirs.unlink,
        ):
            with self.assertRaises(AccessError):
                write()
        theirs.copy().write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.create_report("agent")

    def test_the_form_shows_it_before_it_is_kept(self):
        with Form(self.env["helpdesk.report"].with_user(self.users["supervisor"])) as form:
            form.name = "Baru"
            self.assertFalse(form.preview)
            with form.measure_ids.new() as line:
                line.measure = "csat_score"
                self.assertTrue(line.explanation)
            form.period = "custom"
            form.date_from, form.date_to = "2026-03-01", "2026-03-07"
            self.assertIn("kh-report", form.preview)
        with self.assertRaises(ValidationError):
            self.create_report(measures=())

    def test_every_figure_can_be_asked(self):
        report = self.create_report(measures=list(INDICATORS))
        self.assertEqual(len(report._document()["measures"]), len(INDICATORS))

    def test_shipped_reports(self):
        """R16.b: ready from the first day, in Indonesian too, for viewers and those who lead."""
        reports = self.env["helpdesk.report"].with_user(self.users["viewer"]).search([])
        self.assertGreaterEqual(len(reports), 9)
        for report in reports.with_context(lang="id_ID"):
            self.assertIn("kh-report", report.preview)

    def test_periods(self):
        """R24.c: weeks from Monday; at the turn of a year."""
        today = self.env["helpdesk.report"]._fields["date_from"].to_date("2026-01-01")
        expected = {
            "yesterday": ("2025-12-31", "2025-12-31"),
            "last_7_days": ("2025-12-25", "2025-12-31"),
            "this_week": ("2025-12-29", "2026-01-01"),
            "last_week": ("2025-12-22", "2025-12-28"),
            "last_month": ("2025-12-01", "2025-12-31"),
            "this_quarter": ("2026-01-01", "2026-01-01"),
            "last_quarter": ("2025-10-01", "2025-12-31"),
            "this_year": ("2026-01-01", "2026-01-01"),
        }
        for period in periods.PERIODS:
            start, end = periods.bounds(period, today)
            self.assertLessEqual(start, end)
            if period in expected:
                self.assertEqual((str(start), str(end)), expected[period], period)

    def test_watch(self):
        """R25.c.2: a figure of the report becomes a threshold, which warns as targets do."""
        user = self.users["operation_manager"]
        report = self.create_report(user.login.removeprefix("test_"), measures=("created", "escalated_percent"))
        report.product_ids = self.product_a
        action = report.action_watch()
        targets = self.env["helpdesk.target"].with_user(user).with_context(**action["context"])
        target = targets.create({"goal": 5, "period": "month"})
        self.assertEqual((target.metric, target.product_id), ("escalated_share", self.product_a))
        self.assertEqual(target.told_user_ids, user)
        self.assertEqual((target.value, target.value_count, target.state), (0, 10, "good"))
        today = self.env["helpdesk.backlog.day"].sudo()._today()
        store_days(
            self.env,
            {"date": today, "site_id": self.site.id, "product_id": self.product_a.id, "created": 10, "escalated": 2},
        )
        self.env.invalidate_all()
        self.assertEqual((target.value, target.value_count, target.state), (10, 20, "missed"))
        self.env["helpdesk.target"]._cron_check()
        notice = self.env["mail.message"].search([("partner_ids", "in", user.partner_id.ids)], order="id desc", limit=1)
        self.assertIn(target.display_name, str(notice.body))
        domain = target.action_open_records()["domain"]
        self.assertEqual(sum(self.env["helpdesk.kpi.report"].search(domain).mapped("escalated")), 2)
        with self.assertRaises(UserError):
            self.create_report(measures=("created",)).action_watch()


@tagged("post_install", "-at_install")
class TestReportFiles(ReportMixin, HelpdeskCase, HttpCase):
    """R27.c.4, R12: reports as files, and on the pages of Pusdatin's viewers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["viewer"].password = "viewer-of-the-test"
        groups = cls.env.ref("kemenkes_helpdesk.group_pusdatin_viewer")
        cls.shared = cls.create_report("operation_manager", group_ids=groups.ids, name="=Bagi", chart="bar")
        cls.private = cls.create_report("operation_manager", name="Rahasia dapur")

    def test_files_and_pages(self):
        self.authenticate("test_viewer", "viewer-of-the-test")
        for file_format in ("pdf", "xlsx", "csv"):
            self.assertEqual(self.url_open(f"/helpdesk/report/{self.private.id}.{file_format}").status_code, 404)
        pdf = PdfReader(io.BytesIO(self.url_open(f"/helpdesk/report/{self.shared.id}.pdf").content))
        text = "".join(page.extract_text() for page in pdf.pages)
        self.assertIn("=Bagi", text)
        self.assertIn("03/03/2026", text)
        book = openpyxl.load_workbook(io.BytesIO(self.url_open(f"/helpdesk/report/{self.shared.id}.xlsx").content))
        sheet = book.worksheets[0]
        self.assertEqual((sheet["A1"].value, sheet["A1"].data_type), ("=Bagi", "s"))
        self.assertEqual([sheet.cell(row, 2).value for row in range(6, 13)], [0, 0, 7, 0, 3, 0, 0])
        self.assertEqual((sheet["B13"].value, len(sheet._charts)), (10, 1))
        text = self.url_open(f"/helpdesk/report/{self.shared.id}.csv").content.decode("utf-8-sig")
        delimiter = ";" if ";" in text.splitlines()[0] else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        self.assertEqual([row[1] for row in rows[1:]], ["0", "0", "7", "0", "3", "0", "0"])
        pages = self.url_open("/my/helpdesk/reports").text
        self.assertIn("=Bagi", pages)
        self.assertNotIn("Rahasia dapur", pages)
        page = self.url_open(f"/my/helpdesk/reports/{self.shared.id}")
        self.assertIn("data:image/svg+xml", page.text)
        self.assertNotIn("1.010", page.text)
        self.assertEqual(self.url_open(f"/my/helpdesk/reports/{self.private.id}").status_code, 404)

    def test_others_have_no_page(self):
        self.create_plain_user("test_citizen", "base.group_portal", password="citizen-of-the-test")
        self.authenticate("test_citizen", "citizen-of-the-test")
        for path in (
            "/my/helpdesk/reports",
            f"/my/helpdesk/reports/{self.shared.id}",
            f"/helpdesk/report/{self.shared.id}.pdf",
        ):
            self.assertEqual(self.url_open(path).status_code, 404)

import csv
import io
from datetime import date

from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from .kpi_common import store_days


@tagged("post_install", "-at_install")
class TestViewerFigures(HelpdeskCase, HttpCase):
    """R27.c.4, R16.b: Pusdatin's viewers read the figures in the browser, without a seat."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["viewer"].password = "viewer-of-the-test"
        common = {"date": "2026-03-03", "team_id": cls.team_l1.id, "product_id": cls.product_a.id}
        store_days(
            cls.env,
            [
                {**common, "site_id": cls.site.id, "created": 7, "solved": 5, "csat_count": 2, "csat_sum": 9},
                {**common, "site_id": cls.site.id, "date": "2026-03-05", "created": 3},
                {**common, "site_id": cls.site.id, "date": "2026-02-20", "created": 5},
                {**common, "site_id": cls.site_east.id, "team_id": False, "created": 1000},
                {**common, "site_id": cls.site.id, "product_id": cls.product_b.id, "created": 1000},
            ],
        )

    def page(self, address="/my/helpdesk/figures", **params):
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return self.url_open(f"{address}?from=2026-03-01&to=2026-03-07&{query}")

    def test_own_products_and_sites_only(self):
        """R27.c.4: what the viewer's lists leave out is not counted, whatever is asked for."""
        self.authenticate("test_viewer", "viewer-of-the-test")
        page = self.page()
        self.assertEqual(page.status_code, 200)
        rows = list(csv.reader(io.StringIO(self.page("/my/helpdesk/figures.csv").content.decode("utf-8-sig"))))
        self.assertEqual([int(row[1]) for row in rows[1:]], [0, 0, 7, 0, 3, 0, 0])
        self.assertEqual(rows[3][0], "03/03/2026")
        self.assertEqual((rows[3][9], rows[4][9]), ("4.5", ""))
        # R27.c.4: raw data beside each chart
        self.assertIn("/helpdesk/export/tickets.csv?from=2026-03-01&amp;to=2026-03-07", page.text)
        elsewhere = self.page("/my/helpdesk/figures.csv", site=self.site_east.id)
        self.assertNotIn("1000", elsewhere.text)

    def test_weeks_months_and_what_cannot_be_read(self):
        """R16.a: the same by week and month; nonsense in the address is left out."""
        self.authenticate("test_viewer", "viewer-of-the-test")
        for step, bars in (("week", (1, 2)), ("month", (1,))):
            rows = list(csv.reader(io.StringIO(self.page("/my/helpdesk/figures.csv", step=step).text)))[1:]
            self.assertIn(len(rows), bars)
            self.assertEqual(sum(int(row[1]) for row in rows), 10)
        for nonsense in ("from=x&to=9999-99-99", "by=password&step=%00", "site=-1&product=abc"):
            self.assertEqual(self.url_open(f"/my/helpdesk/figures?{nonsense}").status_code, 200, nonsense)

    def test_target_beside_the_figure(self):
        """R16.b, R27.c.4: what shall be reached stands on card and chart; the site's own one where a site is chosen."""
        self.env["helpdesk.target"].search([]).active = False
        self.env["helpdesk.target"].create(
            [{"metric": "csat", "goal": 4.1}, {"metric": "csat", "goal": 4.9, "site_id": self.site.id}]
        )
        self.authenticate("test_viewer", "viewer-of-the-test")
        self.assertIn("kh-figure-goal kh-figure-good", self.page().text)
        self.assertIn("--goal: 91.1", self.page().text)
        chosen = self.page(site=self.site.id).text
        self.assertNotIn("kh-figure-goal kh-figure-good", chosen)
        self.assertIn("--goal: 100.0", chosen)

    def test_others_see_no_page(self):
        """R27.c.4: agents have their own reports, customers none."""
        self.create_plain_user("test_citizen", "base.group_portal", password="citizen-of-the-test")
        self.authenticate("test_citizen", "citizen-of-the-test")
        self.assertEqual(self.page().status_code, 404)
        self.assertEqual(self.page("/my/helpdesk/figures.csv").status_code, 404)

    def test_first_days_are_those_of_the_groups(self):
        """R16.a: every row of the table has its figures, in languages whose week begins on Sunday too."""
        report = self.env["helpdesk.kpi.report"].sudo()
        for week_start in ("1", "7"):
            self.env["res.lang"]._lang_get(self.env.lang or "en_US")
            self.env["res.lang"].search([]).week_start = week_start
            for step in ("day", "week", "month"):
                rows = report._by_step(
                    [("site_id", "=", self.site.id)], date(2026, 2, 20), date(2026, 3, 7), step, ["created"]
                )
                self.assertEqual(sum(values["created"] for _label, values in rows), 1015, (week_start, step))

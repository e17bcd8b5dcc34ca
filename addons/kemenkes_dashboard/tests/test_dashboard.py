import json

from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestDashboard(HelpdeskCase):
    """R12, R16.b: the dashboards that ship ask for nothing that isn't there, and are opened by those who lead."""

    def dashboards(self):
        return self.env.ref("kemenkes_dashboard.spreadsheet_dashboard_group").dashboard_ids

    def test_every_question_has_an_answer(self):
        """R16.b: each pivot and chart is asked as the browser asks it."""
        self.assertEqual(len(self.dashboards()), 11)
        for dashboard in self.dashboards():
            content = json.loads(dashboard.spreadsheet_data)
            for pivot in content["pivots"].values():
                rows = [":".join(filter(None, (row["fieldName"], row.get("granularity")))) for row in pivot["rows"]]
                self.ask(pivot["model"], pivot["domain"], rows, [measure["id"] for measure in pivot["measures"]])
                self.check_filters(content, pivot["model"], pivot["fieldMatching"])
            for figure in content["sheets"][0]["figures"]:
                if figure["data"]["type"].startswith("odoo_"):
                    chart = figure["data"]["metaData"]
                    model = self.env[chart["resModel"]]
                    measure = chart["measure"]
                    if measure != "__count":
                        measure = f"{measure}:{model._fields[measure].aggregator}"
                    self.ask(chart["resModel"], figure["data"]["searchParams"]["domain"], chart["groupBy"], [measure])
                    self.assertTrue(self.env.ref(figure["data"]["actionXmlId"]))
            for menu in content["chartOdooMenusReferences"].values():
                self.assertTrue(self.env.ref(menu))

    def ask(self, model, domain, group_by, measures):
        self.env[model].formatted_read_group(domain, group_by, measures)

    def check_filters(self, content, model, matching):
        known = {one["id"] for one in content["globalFilters"]}
        for key, field in matching.items():
            self.assertIn(key, known)
            self.assertEqual(self.env[model]._fields[field["chain"]].type, field["type"])

    def test_who_opens_them(self):
        """R12: those who lead, measure and train; agents have their own page, viewers theirs."""
        for role, expected in (
            ("leader", 11),
            ("supervisor", 11),
            ("quality", 11),
            ("operation_manager", 11),
            ("agent", 0),
        ):
            seen = self.env["spreadsheet.dashboard"].with_user(self.users[role]).search([]) & self.dashboards()
            self.assertEqual(len(seen), expected, role)

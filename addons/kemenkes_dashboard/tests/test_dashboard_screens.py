from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from .kpi_common import store_days

# Each dashboard that ships is opened as the dashboards' screen opens it, one after another in one page.
OPEN_ALL = """
(async () => {
    // the scripts and the first dashboard take as long as they take; the test's own time limit ends this
    while (!document.querySelector(".o-figure")) await new Promise((resolve) => setTimeout(resolve, 200));
    const module = (name) => odoo.loader.modules.get(name);
    const loading = module("@spreadsheet_dashboard/bundle/dashboard_action/dashboard_loader_service");
    const { DashboardLoader, Status } = loading;
    const { waitForDataLoaded } = module("@spreadsheet/helpers/model");
    const env = odoo.__WOWL_DEBUG__.root.env;
    const loader = new DashboardLoader(env, env.services.orm, env.services.geo_json_service);
    await loader.load();
    const faults = [];
    let cells = 0;
    let charts = 0;
    for (const id of %(ids)s) {
        const dashboard = loader.getDashboard(id);
        await dashboard.promise;
        if (dashboard.status !== Status.Loaded) throw new Error(`${id} is ${dashboard.status}`);
        const { getters } = dashboard.model;
        await waitForDataLoaded(dashboard.model);
        for (const sheetId of getters.getSheetIds()) {
            for (const position of getters.getEvaluatedCellsPositions(sheetId)) {
                const evaluated = getters.getEvaluatedCell(position);
                cells += 1;
                if (evaluated.type === "error") {
                    faults.push(`${id}: ${evaluated.message} in ${getters.getCell(position)?.content}`);
                }
            }
            for (const chartId of getters.getChartIds(sheetId)) {
                charts += 1;
                const { title } = getters.getChartDefinition(chartId);
                const runtime = getters.getChartRuntime(chartId);
                if (!runtime) faults.push(`${id}: nothing to draw for ${title.text}`);
                const menu = getters.getChartOdooMenu(chartId);
                if (!menu) faults.push(`${id}: ${title.text} leads nowhere`);
            }
        }
    }
    if (faults.length) throw new Error([...new Set(faults)].slice(0, 10).join("; "));
    if (!cells || !charts) throw new Error("nothing was looked at");
    const words = document.body.textContent;
    if (!words.includes("%(word)s")) throw new Error("not in the language");
    console.log("test successful");
})().catch((error) => console.error(String(error)));
"""


@tagged("post_install", "-at_install")
class TestDashboardScreens(HelpdeskCase, HttpCase):
    """R16.b: every dashboard in the browser, in both languages, without an error cell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = fields.Date.today()
        store_days(
            cls.env,
            [
                {
                    "date": today - timedelta(days=days),
                    "site_id": cls.site.id,
                    "team_id": cls.team_l1.id,
                    "product_id": cls.product_a.id,
                    "created": 5,
                    "csat_count": 2,
                    "csat_sum": 9,
                }
                for days in range(1, 45)
            ],
        )
        cls.user = cls.users["operation_manager"]
        # what the test browser logs in with
        cls.user.password = cls.user.login

    def test_no_error_cell_in_any_language(self):
        """R16.b, R16.a: cells, charts and where they lead to."""
        dashboards = self.env.ref("kemenkes_dashboard.spreadsheet_dashboard_group").dashboard_ids
        self.assertEqual(len(dashboards), 11)
        for lang, word in (("id_ID", "Eksekutif"), ("en_US", "Executive")):
            with self.subTest(lang=lang):
                self.env["res.lang"]._activate_lang(lang)
                self.user.lang = lang
                self.env.flush_all()
                self.browser_js(
                    "/odoo/dashboards?debug=1",
                    OPEN_ALL % {"ids": dashboards.ids, "word": word},
                    # the page alone: it gets a minute at most, and a busy machine needs more for what is in it
                    ready="!!odoo.csrf_token",
                    login=self.user.login,
                    timeout=300,
                )

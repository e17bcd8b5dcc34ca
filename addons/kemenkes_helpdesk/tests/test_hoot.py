from pathlib import Path

from odoo.modules import Manifest
from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The tests of the components (static/tests/**/*.test.js) of this addon and of those upon it, in Odoo's own runner.

    One browser for them all: to load the runner takes longer than the tests. Each test is counted by ``make test``.
    """

    def addons_with_tests(self):
        modules = self.env["ir.module.module"].search([("state", "=", "installed"), ("name", "=like", "kemenkes\\_%")])
        folders = {module.name: Path(Manifest.for_addon(module.name).path) for module in modules}
        return [name for name, folder in folders.items() if any(folder.glob("static/tests/**/*.test.js"))]

    @no_retry
    def test_components(self):
        names = self.addons_with_tests()
        self.assertIn("kemenkes_helpdesk", names)
        suites = "".join(f"&id={HOOTCommon._generate_hash(self, f'@{name}')}" for name in names)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{suites}",
            "",
            login="admin",
            # for all together, on a busy computer too: a single test that hangs ends after its 15 seconds
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

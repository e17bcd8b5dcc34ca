from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker

SUITE = "@kemenkes_helpdesk"


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The tests of the components (static/tests/**/*.test.js), in Odoo's own runner; each is counted by `make test`."""

    @no_retry
    def test_components(self):
        suite = HOOTCommon._generate_hash(self, SUITE)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

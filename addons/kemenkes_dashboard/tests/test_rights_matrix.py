from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import NOBODY, READ, READ_WRITE, RightsMatrixCase, row

EXPECTED = {
    "helpdesk.sentiment": {**row(READ_WRITE, READ_WRITE, READ, READ_WRITE, READ_WRITE, NOBODY), "quality": READ_WRITE},
}


@tagged("post_install", "-at_install")
class TestDashboardRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with figures."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_dashboard", EXPECTED)

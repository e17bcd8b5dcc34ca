from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import NOBODY, READ, RightsMatrixCase, row

EXPECTED = {
    "helpdesk.storage.sample": row(NOBODY, NOBODY, NOBODY, READ, READ, NOBODY),
    "helpdesk.storage.report": row(NOBODY, NOBODY, NOBODY, READ, READ, NOBODY),
}


@tagged("post_install", "-at_install")
class TestOperationsRightsMatrix(RightsMatrixCase):
    """R7: who sees how much storage is used."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_operations", EXPECTED)

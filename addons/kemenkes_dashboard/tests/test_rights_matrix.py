from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import NOBODY, READ, READ_WRITE, RightsMatrixCase, row

OWN_FIGURES = {**row(READ, READ, NOBODY, READ, READ, NOBODY), "quality": READ, "analyst": READ, "trainer": READ}
TICKETS = row(READ, READ, READ, READ, READ, NOBODY)

EXPECTED = {
    "helpdesk.backlog.day": OWN_FIGURES,
    "helpdesk.backlog.span": TICKETS,
    "helpdesk.kpi.day": OWN_FIGURES,
    "helpdesk.kpi.fact": TICKETS,
    "helpdesk.kpi.report": OWN_FIGURES,
    "helpdesk.kpi.stale": row(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    "helpdesk.export": {
        **row(NOBODY, NOBODY, NOBODY, "rcd", "rcd", "rc"),
        "analyst": "rcd",
    },
    "helpdesk.sentiment": {**row(READ_WRITE, READ_WRITE, READ, READ_WRITE, READ_WRITE, NOBODY), "quality": READ_WRITE},
}


@tagged("post_install", "-at_install")
class TestDashboardRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with figures."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_dashboard", EXPECTED)

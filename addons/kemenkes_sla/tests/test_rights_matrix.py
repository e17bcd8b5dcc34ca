from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import ALL, NOBODY, READ, RightsMatrixCase, row

EXPECTED = {
    "helpdesk.sla": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.sla.warning": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.sla.version": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.sla.status": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.escalation.report": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.sla.attainment": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.sla.excuse": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.sla.excuse.ask": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "leader": ALL},
    "helpdesk.statement": {**row(NOBODY, READ, NOBODY, ALL, ALL, NOBODY), "analyst": READ},
    "helpdesk.statement.line": {**row(NOBODY, READ, NOBODY, READ, READ, NOBODY), "analyst": READ},
    "helpdesk.sla.apply": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.sla.try": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.sla.try.line": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
}


@tagged("post_install", "-at_install")
class TestSlaRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with policies and clocks."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_sla", EXPECTED)

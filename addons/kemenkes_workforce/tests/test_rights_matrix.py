from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import ALL, NO_DELETE, NOBODY, READ, RightsMatrixCase, row

EXPECTED = {
    "helpdesk.agent.device": row(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    "helpdesk.agent.interval": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.agent.reason": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.agent.session": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.agent.skill": {**row(READ, ALL, READ, ALL, ALL, NOBODY), "leader": ALL},
    "helpdesk.agent.status": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.capacity": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.distribution.explanation": row(NO_DELETE, NO_DELETE, NO_DELETE, NO_DELETE, NO_DELETE, NOBODY),
    "helpdesk.offer": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.reject.reason": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.seat": {**row(READ, ALL, READ, ALL, ALL, NOBODY), "admin_support": ALL},
    "helpdesk.skill": row(READ, ALL, READ, ALL, ALL, NOBODY),
}


@tagged("post_install", "-at_install")
class TestWorkforceRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with sessions, seats and statuses."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_workforce", EXPECTED)

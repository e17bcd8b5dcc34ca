from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import ALL, NOBODY, READ, READ_WRITE, RightsMatrixCase, row

CARDS = {**row(READ, ALL, READ, ALL, ALL, NOBODY), "quality": ALL}
COACHES = dict.fromkeys(("leader", "quality", "trainer"), ALL)
EXPECTED = {
    "helpdesk.qa.scorecard": CARDS,
    "helpdesk.qa.section": CARDS,
    "helpdesk.qa.criterion": CARDS,
    "helpdesk.qa.root.cause": {**row(READ, READ, READ, ALL, ALL, NOBODY), "quality": ALL},
    "helpdesk.qa.evaluation": {**row(READ, READ_WRITE, READ, ALL, ALL, READ), "quality": ALL},
    "helpdesk.qa.evaluation.line": {**row(READ, READ_WRITE, READ, ALL, ALL, READ), "quality": ALL},
    "helpdesk.qa.calibration": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "quality": ALL},
    "helpdesk.qa.calibration.criterion": {**row(NOBODY, READ, NOBODY, READ, READ, NOBODY), "quality": READ},
    "helpdesk.qa.coaching": {**row(READ_WRITE, ALL, READ_WRITE, ALL, ALL, NOBODY), **COACHES},
    "helpdesk.qa.coaching.goal": {**row(READ, ALL, READ, ALL, ALL, NOBODY), **COACHES},
    "helpdesk.qa.example": {**row(READ, ALL, READ, ALL, ALL, NOBODY), **COACHES},
    "helpdesk.training.course": {**row(READ, ALL, READ, ALL, ALL, NOBODY), "trainer": ALL},
    "helpdesk.training.result": row(READ, READ, READ, READ, READ, READ),
    "helpdesk.csat.reason": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.csat.request": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.qa.plan": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "quality": READ},
    "helpdesk.qa.sample": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "quality": READ},
    "helpdesk.qa.reason": row(ALL, ALL, ALL, ALL, ALL, NOBODY),
}


@tagged("post_install", "-at_install")
class TestQaRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with scorecards and evaluations."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_qa", EXPECTED)

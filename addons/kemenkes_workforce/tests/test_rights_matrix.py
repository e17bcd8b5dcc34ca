from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import (
    ALL,
    NO_DELETE,
    NOBODY,
    READ,
    READ_WRITE,
    RightsMatrixCase,
    row,
)

EXPECTED = {
    "helpdesk.adherence": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.shift": row(READ, NO_DELETE, READ, NO_DELETE, NO_DELETE, READ),
    "helpdesk.shift.assignment": {**row(READ, ALL, READ, ALL, ALL, READ), "leader": ALL},
    "helpdesk.roster": {**row(READ, ALL, READ, ALL, ALL, READ), "leader": ALL},
    "helpdesk.roster.change": row(NO_DELETE, NO_DELETE, READ, NO_DELETE, NO_DELETE, READ),
    "helpdesk.roster.change.refuse": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.roster.pattern": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.roster.generate": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "leader": ALL},
    "helpdesk.staffing": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.staffing.need": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.activity": {**row(READ, READ, READ, READ, READ, NOBODY), "admin_support": NOBODY},
    "helpdesk.activity.status": {**row(READ, READ, READ, READ, READ, NOBODY), "admin_support": NOBODY},
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
    "helpdesk.nda": {**row(READ, READ, READ, ALL, ALL, READ), "admin_support": ALL},
    "helpdesk.nda.revoke": {**row(NOBODY, NOBODY, NOBODY, ALL, ALL, NOBODY), "admin_support": ALL},
    "helpdesk.nda.rule": row(READ, READ, READ, ALL, ALL, NOBODY),
    "helpdesk.onboarding": {
        **row(NOBODY, READ, NOBODY, ALL, ALL, NOBODY),
        "leader": READ,
        "quality": READ,
        "trainer": READ,
        "admin_support": ALL,
    },
    "helpdesk.onboarding.step": {**row(READ, READ, READ, ALL, ALL, NOBODY), "admin_support": ALL},
    "helpdesk.onboarding.task": {
        **row(NOBODY, READ_WRITE, NOBODY, ALL, ALL, NOBODY),
        "leader": READ_WRITE,
        "quality": READ_WRITE,
        "trainer": READ_WRITE,
        "admin_support": ALL,
    },
    "helpdesk.replacement": {**row(NOBODY, READ_WRITE, NOBODY, ALL, ALL, READ), "admin_support": ALL},
    "helpdesk.replacement.line": {**row(NOBODY, READ_WRITE, NOBODY, ALL, ALL, NOBODY), "admin_support": ALL},
    "helpdesk.floor": {**row(READ, ALL, READ, ALL, ALL, NOBODY), "admin_support": ALL},
    "helpdesk.lending": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.redistribute": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "leader": ALL},
    "helpdesk.threshold": {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "leader": READ},
    "helpdesk.seat": {**row(READ, ALL, READ, ALL, ALL, NOBODY), "admin_support": ALL},
    "helpdesk.skill": row(READ, ALL, READ, ALL, ALL, NOBODY),
}


@tagged("post_install", "-at_install")
class TestWorkforceRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with sessions, seats, statuses, agreements and replacements."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_workforce", EXPECTED)

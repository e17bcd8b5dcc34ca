from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import ALL, NOBODY, READ, READ_WRITE, RightsMatrixCase, row

OWN_FIGURES = {**row(READ, READ, NOBODY, READ, READ, NOBODY), "quality": READ, "analyst": READ, "trainer": READ}
TICKETS = row(READ, READ, READ, READ, READ, NOBODY)
SUPERVISORS = {**row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY), "leader": READ}
REPORTS = {**row(READ, ALL, ALL, ALL, ALL, READ), "leader": ALL, "admin_support": NOBODY}

EXPECTED = {
    "helpdesk.backlog.day": OWN_FIGURES,
    "helpdesk.backlog.span": TICKETS,
    "helpdesk.database.login": row(NOBODY, NOBODY, NOBODY, READ, ALL, NOBODY),
    "helpdesk.database.password": row(NOBODY, NOBODY, NOBODY, NOBODY, "rc", NOBODY),
    "helpdesk.delivery": {**row(NOBODY, ALL, ALL, ALL, ALL, NOBODY), "leader": ALL, "admin_support": NOBODY},
    "helpdesk.delivery.place": {**row(NOBODY, READ, READ, READ, ALL, NOBODY), "leader": READ, "admin_support": NOBODY},
    "helpdesk.delivery.run": {**row(NOBODY, READ, READ, READ, READ, NOBODY), "leader": READ, "admin_support": NOBODY},
    "helpdesk.kpi.agent.day": row(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    "helpdesk.kpi.day": OWN_FIGURES,
    "helpdesk.kpi.fact": TICKETS,
    "helpdesk.kpi.rebuild": row(NOBODY, NOBODY, NOBODY, NOBODY, "rc", NOBODY),
    "helpdesk.kpi.report": OWN_FIGURES,
    "helpdesk.kpi.stale": row(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    "helpdesk.kpi.team.day": row(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    "helpdesk.export": {
        **row(NOBODY, NOBODY, NOBODY, "rcd", "rcd", "rc"),
        "analyst": "rcd",
    },
    "helpdesk.report": REPORTS,
    "helpdesk.report.measure": REPORTS,
    "helpdesk.sentiment": {**row(READ_WRITE, READ_WRITE, READ, READ_WRITE, READ_WRITE, NOBODY), "quality": READ_WRITE},
    "helpdesk.embed.application": row(NOBODY, NOBODY, NOBODY, NOBODY, ALL, NOBODY),
    "helpdesk.sentiment.alert": {
        **row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
        **dict.fromkeys(("leader", "quality", "analyst"), READ),
    },
    "helpdesk.topic": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.wallboard": SUPERVISORS,
    "helpdesk.wallboard.screen": SUPERVISORS,
    "helpdesk.wallboard.tile": SUPERVISORS,
}


@tagged("post_install", "-at_install")
class TestDashboardRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with figures."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_dashboard", EXPECTED)

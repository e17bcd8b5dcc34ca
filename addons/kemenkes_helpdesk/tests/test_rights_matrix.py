from odoo.tests import tagged

from .rights_common import ALL, NO_DELETE, NOBODY, READ, READ_WRITE, RightsMatrixCase, row

# model: agents, supervisor, readers, operation manager, administrator, Pusdatin viewer
EXPECTED = {
    "helpdesk.ticket": row(NO_DELETE, NO_DELETE, READ, NO_DELETE, NO_DELETE, READ),
    "helpdesk.escalation": row(READ, READ, READ, READ, READ, READ),
    "helpdesk.escalation.reason": row(READ, NO_DELETE, READ, NO_DELETE, ALL, READ),
    "helpdesk.escalate": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.escalation.return": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.merge": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.merge.answer": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.merge.wizard": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.incident.answer": {**row(READ, ALL, READ, ALL, ALL, NOBODY), "leader": ALL},
    "helpdesk.incident.delivery": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.incident.join": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.outbox.message": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.inbox.event": row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
    "helpdesk.identity": row(NO_DELETE, NO_DELETE, NOBODY, NO_DELETE, ALL, NOBODY),
    "helpdesk.event": row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
    "helpdesk.event.seal": row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
    "helpdesk.event.cursor": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.event.check": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.product": row(READ, NO_DELETE, READ, NO_DELETE, ALL, READ),
    "helpdesk.site": row(READ, READ, READ, READ, ALL, READ),
    "helpdesk.team": row(READ, NO_DELETE, READ, NO_DELETE, ALL, READ),
    "helpdesk.stage": row(READ, NO_DELETE, READ, NO_DELETE, ALL, READ),
    "helpdesk.category": row(READ, NO_DELETE, READ, NO_DELETE, ALL, READ),
    "helpdesk.category.merge": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.tag": row(READ, NO_DELETE, READ, NO_DELETE, ALL, READ),
    "helpdesk.target": row(READ, READ, READ, ALL, ALL, NOBODY),
    "helpdesk.consent.text": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.channel": row(READ, READ_WRITE, READ, READ_WRITE, ALL, READ),
    "helpdesk.reveal": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.draft": row(ALL, ALL, ALL, ALL, ALL, NOBODY),
    "helpdesk.duplicate.dismissal": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.rate.limit": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.macro": row(READ, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.macro.run": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.auto.reply": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.handling.sign": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.handling.correction": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.keyword.rule": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.keyword.test": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.keyword.test.line": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
}
# What is erased is gone: administrators only.
EXPECTED["helpdesk.processing"] = row(NOBODY, NOBODY, NOBODY, READ, ALL, NOBODY)
EXPECTED["helpdesk.retention.rule"] = row(NOBODY, NOBODY, NOBODY, READ, ALL, NOBODY)
EXPECTED["helpdesk.erase"] = {**row(*[NOBODY] * 6), "manager": ALL}
# Who measures quality and who builds reports read handling times; trainers and admin support don't need them.
EXPECTED["helpdesk.handling"] = {
    **row(READ, READ, NOBODY, READ, READ, NOBODY),
    "quality": READ,
    "analyst": READ,
}
# Accounts are admin support's alone.
EXPECTED["helpdesk.account"] = {**row(*[NOBODY] * 6), "admin_support": ALL, "manager": ALL}


@tagged("post_install", "-at_install")
class TestRightsMatrix(RightsMatrixCase):
    """R6, R7: what each role may do with the records of each model."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_helpdesk", EXPECTED)

    def test_roles_exclude_one_another_on_the_user_form(self):
        """R7: one choice on the user form; the highest role holds what the lower ones hold."""
        roles = self.env.ref("kemenkes_helpdesk.privilege_helpdesk").group_ids
        self.assertEqual(len(roles), 11)
        self.assertTrue(all(roles.mapped("comment")))
        manager = self.env.ref("kemenkes_helpdesk.group_manager")
        self.assertEqual(manager.all_implied_ids & roles, roles)

    def test_nobody_becomes_an_administrator_of_odoo(self):
        """R7: no helpdesk role opens Odoo's own administration."""
        for role, user in self.users.items():
            self.assertFalse(user.has_group("base.group_system"), role)
            self.assertFalse(user.has_group("base.group_erp_manager"), role)

from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.rights_common import ALL, NOBODY, READ, RightsMatrixCase, row

EXPECTED = {
    "helpdesk.webhook": row(NOBODY, NOBODY, NOBODY, NOBODY, ALL, NOBODY),
    "helpdesk.webhook.event": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.webhook.delivery": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.webhook.replay": row(NOBODY, NOBODY, NOBODY, NOBODY, ALL, NOBODY),
    "helpdesk.api.key": row(NOBODY, NOBODY, NOBODY, NOBODY, ALL, NOBODY),
    "helpdesk.api.scope": row(NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY),
    "helpdesk.api.answer": row(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    "helpdesk.call": row("rwc", "rwc", READ, "rwc", "rwc", NOBODY),
    "helpdesk.call.recording": row(READ, READ, NOBODY, READ, READ, NOBODY),
    "helpdesk.call.transcript": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.channel.option": row(NOBODY, NOBODY, NOBODY, NOBODY, ALL, NOBODY),
    "helpdesk.channel.message": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.chatbot.session": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.channel.template": row(READ, READ, READ, READ, "rwd", NOBODY),
    "helpdesk.media": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.moderation": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.post": row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
    "helpdesk.channel.usage": row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
    "helpdesk.review": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.review.edition": row(READ, READ, READ, READ, READ, NOBODY),
    "helpdesk.review.rule": row(READ, ALL, READ, ALL, ALL, NOBODY),
    "helpdesk.review.import": row(NOBODY, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.review.answer": row(ALL, ALL, NOBODY, ALL, ALL, NOBODY),
    "helpdesk.inbox.item": row(NOBODY, READ, NOBODY, READ, READ, NOBODY),
}


@tagged("post_install", "-at_install")
class TestChannelsRightsMatrix(RightsMatrixCase):
    """R7: what each role may do with channels."""

    def test_every_model_and_role(self):
        self.check_matrix("kemenkes_channels", EXPECTED)

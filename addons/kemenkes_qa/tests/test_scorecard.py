from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .qa_common import QaCase


@tagged("post_install", "-at_install")
class TestScorecard(QaCase):
    """R27.c.2: what is in use never changes; a new version takes its place."""

    def test_card_in_use_does_not_change(self):
        criterion = self.card.criterion_ids[0]
        for change in (
            lambda: self.card.write({"pass_percent": 50}),
            lambda: criterion.write({"weight": 9}),
            criterion.unlink,
            lambda: criterion.section_id.write({"name": "Other"}),
            lambda: self.env["helpdesk.qa.section"].create({"name": "More", "scorecard_id": self.card.id}),
            self.card.unlink,
        ):
            with self.assertRaisesRegex(UserError, "new version"), self.cr.savepoint():
                change()

    def test_new_version_takes_the_place(self):
        evaluation = self.published()
        before = evaluation.score
        version = self.env["helpdesk.qa.scorecard"].browse(self.card.action_new_version()["res_id"])
        self.assertEqual((version.number, version.state, len(version.criterion_ids)), (2, "draft", 4))
        version.criterion_ids.filtered(lambda criterion: criterion.name == "Right").weight = 50
        self.assertEqual(self.card._find_for(self.ticket), self.card, "a draft judges nobody")
        version.action_publish()
        self.assertEqual((self.card.state, self.card._find_for(self.ticket)), ("retired", version))
        self.assertEqual((evaluation.scorecard_id, evaluation.score), (self.card, before), "old scores stay")
        self.assertEqual(self.card.action_new_version()["res_id"], version.id, "one successor")
        with self.assertRaises(UserError):
            self.card.action_reactivate()

    def test_out_of_use_and_back(self):
        self.card.action_retire()
        self.assertFalse(self.card._find_for(self.ticket))
        self.card.action_reactivate()
        self.assertEqual(self.card._find_for(self.ticket), self.card)

    def test_empty_card_is_refused(self):
        empty = self.env["helpdesk.qa.scorecard"].create({"name": "Empty"})
        with self.assertRaisesRegex(ValidationError, "no criterion"):
            empty.action_publish()

    def test_special_card_before_general(self):
        special = self.create_card(name="Form A", channel_kind="form", product_ids=[(6, 0, self.product_a.ids)])
        special.action_publish()
        form_ticket = self.create_ticket(channel_id=self.channel_form.id)
        self.assertEqual(self.card._find_for(form_ticket), special)
        self.assertEqual(self.card._find_for(self.ticket), self.card)

    def test_impossible_weight(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.create_card().criterion_ids[0].weight = 0
            self.env.flush_all()

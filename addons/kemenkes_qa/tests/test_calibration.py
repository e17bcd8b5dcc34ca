from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ..tools.agreement import alpha
from .qa_common import QaCase


@tagged("post_install", "-at_install")
class TestAgreement(BaseCase):
    """R27.c.2: Krippendorff's alpha, against worked examples."""

    def test_example_of_the_book(self):
        """Four observers, twelve units, gaps (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, C)."""
        gap = None
        answers = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, gap, gap, gap],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, gap, 3],
            [gap, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, gap],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, gap],
        ]
        for level, expected in (("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)):
            self.assertAlmostEqual(alpha(answers, level), expected, 3)

    def test_where_nothing_differs_or_nothing_is_known(self):
        self.assertEqual(alpha([[100, 100], [100, 100]]), 1)
        self.assertIsNone(alpha([[100, None], [None, 50]]))
        self.assertIsNone(alpha([]))
        self.assertLess(alpha([[0, 100], [100, 0]]), 0)


@tagged("post_install", "-at_install")
class TestCalibration(QaCase):
    """R27.c.2: several evaluators judge the same conversations blind, and it is measured how far they agree."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_ticket = cls.create_ticket(user_id=cls.users["agent"].id)
        cls.agent_says(cls.other_ticket, "Sudah kami perbaiki.")
        cls.calibration = (
            cls.env["helpdesk.qa.calibration"]
            .with_user(cls.users["supervisor"])
            .create(
                {
                    "name": "November",
                    "scorecard_id": cls.card.id,
                    "ticket_ids": (cls.ticket | cls.other_ticket).ids,
                    "evaluator_ids": (cls.users["quality"] | cls.second_evaluator).ids,
                }
            )
        )

    def mine(self, user, ticket=None):
        evaluations = self.env["helpdesk.qa.evaluation"].with_user(user)
        found = evaluations.search([("calibration_id", "=", self.calibration.id)])
        return found.filtered(lambda evaluation: evaluation.ticket_id == ticket) if ticket else found

    def judge(self, user, ticket, right, personal_data=1):
        evaluation = self.mine(user, ticket)
        for name in ("Greets", "Category"):
            self.line(evaluation, name).write({"points": 1, "is_answered": True})
        self.answer_all(evaluation, right=right, personal_data=personal_data)
        evaluation.action_hand_in()
        return evaluation

    def test_the_way(self):
        """Blind while it is open; compared by criterion; each criterion shows who is strict and who is mild."""
        self.calibration.action_open()
        first, second = self.users["quality"], self.second_evaluator
        self.assertEqual(len(self.mine(first)), 2)
        self.assertEqual(self.mine(first).evaluator_id, first, "another evaluator's answers are seen")
        self.assertFalse(self.mine(first).line_ids.filtered("is_answered"), "the machine's proposals are no agreement")
        for user in ("agent", "supervisor", "operation_manager", "viewer"):
            self.assertFalse(self.mine(self.users[user]), f"{user} sees what is judged blind")
        with self.assertRaises(ValidationError):
            self.mine(first, self.ticket).action_hand_in()
        self.judge(first, self.ticket, right=5)
        with self.assertRaisesRegex(UserError, "two evaluators"):
            self.calibration.action_close()
        self.judge(first, self.other_ticket, right=1)
        self.judge(second, self.ticket, right=5, personal_data=0)
        done = self.judge(second, self.other_ticket, right=2)
        with self.assertRaises(UserError):
            self.line(done, "Right").points = 5
        done.action_take_back()
        self.line(done, "Right").points = 2
        done.action_hand_in()
        with self.assertRaisesRegex(UserError, "not published"):
            done.action_publish()
        with self.assertRaises(UserError):
            done.unlink()
        self.calibration.action_close()
        self.assertEqual((self.calibration.state, self.calibration.handed_in_count), ("closed", 4))
        by_name = {line.criterion_id.name: line for line in self.calibration.criterion_ids}
        self.assertEqual((by_name["Greets"].alpha, by_name["Greets"].agreement), (1, "reliable"))
        self.assertEqual((by_name["Right"].lowest, by_name["Right"].highest), (60, 70))
        self.assertEqual(by_name["Personal data"].agreement, "poor")
        self.assertTrue(0 < self.calibration.alpha < 1)
        self.assertEqual(len(self.mine(first)), 4, "compared: all answers are seen")
        self.assertEqual(len(self.mine(self.users["supervisor"])), 4)
        self.assertFalse(self.mine(self.users["agent"]), "an agent sees what was judged among evaluators")

    def test_it_counts_nowhere(self):
        self.calibration.action_open()
        own = self.start()
        self.assertFalse(own.calibration_id, "an evaluation of one's own is another one")
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.with_user(self.users["quality"]).evaluation_count, 1)

    def test_bad_input(self):
        calibrations = self.env["helpdesk.qa.calibration"].with_user(self.users["supervisor"])
        alone = calibrations.create({"name": "Alone", "scorecard_id": self.card.id, "ticket_ids": self.ticket.ids})
        with self.assertRaises(ValidationError):
            alone.action_open()
        self.ticket.user_id = self.second_evaluator
        with self.assertRaisesRegex(UserError, "their own"):
            self.calibration.action_open()
        hidden = self.create_ticket(product_id=self.product_b.id, user_id=self.users["agent"].id)
        self.calibration.sudo().ticket_ids = hidden
        with self.assertRaisesRegex(UserError, "may not read"):
            self.calibration.sudo().action_open()
        self.calibration.sudo().ticket_ids = self.other_ticket
        self.calibration.action_open()
        with self.assertRaisesRegex(UserError, "fixed"):
            self.calibration.evaluator_ids -= self.second_evaluator
        with self.assertRaises(UserError):
            self.calibration.unlink()
        stranger = self.create_user("other_quality", "group_quality")
        with self.assertRaises(AccessError):
            self.calibration.with_user(stranger).name = "Mine"

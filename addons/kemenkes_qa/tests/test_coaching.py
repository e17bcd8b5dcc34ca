from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .qa_common import QaCase

MORNING = datetime(2026, 3, 3, 3, 0)


@tagged("post_install", "-at_install")
class TestCoaching(QaCase):
    """R24.b, R27.c.2: sessions that begin with evaluations, goals that are looked at again, and what came of it."""

    def evaluated(self, day, right):
        """An evaluation published ``day`` days after the session."""
        ticket = self.create_ticket(user_id=self.users["agent"].id, category_id=self.category.id)
        self.agent_says(ticket, "Selamat pagi.")
        evaluation = self.start(ticket=ticket)
        self.answer_all(evaluation, right=right)
        evaluation.action_publish()
        evaluation.sudo().published_date = MORNING + timedelta(days=day)
        return evaluation

    def session(self, evaluations, login="quality"):
        action = evaluations.with_user(self.users[login]).action_coach()
        session = self.env["helpdesk.qa.coaching"].with_user(self.users[login]).browse(action["res_id"])
        session.session_date = MORNING
        return session

    def test_from_evaluation_to_effect(self):
        """Greeting 1, right 3 x share, personal data 2, category 1: with 0 points 4 of 7, with 5 points 7 of 7."""
        weak = self.evaluated(-3, right=0)
        self.evaluated(-40, right=5)
        session = self.session(weak)
        right = self.line(weak, "Right").criterion_id
        self.assertEqual((session.agent_id, session.evaluation_ids, session.coach_id.login), (
            self.users["agent"], weak, self.users["quality"].login,
        ))  # fmt: skip
        with self.assertRaisesRegex(UserError, "goal"):
            session.action_hold()
        session.goal_ids = [(0, 0, {"name": "Steps in order", "criterion_id": right.id})]
        session.follow_up_date = MORNING.date() + timedelta(days=14)
        with freeze_all_time(MORNING):
            session.action_hold()
        self.assertEqual(session.state, "held")
        self.assertEqual(session.activity_ids.user_id, self.users["quality"], "reminded to look again")
        self.assertEqual((session.before_count, session.after_count), (1, 0))
        self.evaluated(5, right=5)
        session.invalidate_recordset()
        session.goal_ids.invalidate_recordset()
        self.assertAlmostEqual(session.before_score, 57.1, 1)
        self.assertAlmostEqual(session.effect, 42.9, 1)
        goal = session.goal_ids
        self.assertEqual((goal.before_score, goal.after_score, goal.has_effect), (0, 100, True))
        with self.assertRaisesRegex(UserError, "each goal"):
            session.action_close()
        goal.state = "reached"
        session.action_close()
        self.assertEqual((session.state, session.reached_goal_count, session.activity_ids.ids), ("closed", 1, []))
        rows = self.env["helpdesk.event"].sudo().search([("kind", "=", "coached")], limit=2)
        self.assertEqual(rows.target_user_id, self.users["agent"])
        with self.assertRaises(UserError):
            session.unlink()

    def test_rights(self):
        """The agent reads the session and writes what he or she takes along; colleagues and other sites see nothing."""
        session = self.session(self.published())
        as_agent = session.with_user(self.users["agent"])
        as_agent.agent_note = "Salam di awal."
        for values in ({"note": "Fine"}, {"follow_up_date": MORNING.date()}):
            with self.assertRaises(AccessError):
                as_agent.write(values)
        with self.assertRaises(AccessError):
            as_agent.goal_ids.create({"coaching_id": session.id, "name": "None"})
        colleague = self.create_user("colleague", "group_agent")
        stranger = self.create_user("stranger", "group_supervisor", sites=self.site_east)
        seen_by = {colleague: False, stranger: False, self.users["leader"]: True, self.users["supervisor"]: True}
        for user, sees in seen_by.items():
            found = self.env["helpdesk.qa.coaching"].with_user(user).search([("id", "=", session.id)])
            self.assertEqual(bool(found), sees, user.login)

    def test_one_agent_a_session(self):
        other_ticket = self.create_ticket(user_id=self.users["expert"].id)
        other = self.start(ticket=other_ticket)
        with self.assertRaisesRegex(UserError, "one agent"):
            (self.published() | other).action_coach()

    def test_good_examples_tell_of_no_customer(self):
        """What was said well is shared by product, with personal data masked when it is stored."""
        words = "Ibu Siti Aminah, NIK 3275010101900004 sudah kami perbarui. Bu Siti, silakan masuk kembali."
        self.agent_says(self.ticket, words)
        evaluation = self.published()
        action = evaluation.action_make_example()
        example = self.env["helpdesk.qa.example"].browse(action["res_id"])
        self.assertNotIn("3275010101900004", example.quote)
        self.assertIn("silakan masuk kembali", example.quote)
        self.assertNotIn("Siti", example.quote)
        example.reason = "Tenang, nomor 081234567890 tidak disebut."
        self.assertNotIn("081234567890", example.reason)
        found = self.env["helpdesk.qa.example"].with_user(self.users["agent"]).search([("id", "=", example.id)])
        self.assertTrue(found)
        example.product_id = self.product_b
        found = self.env["helpdesk.qa.example"].with_user(self.users["agent"]).search([("id", "=", example.id)])
        self.assertFalse(found, "of a product that the agent does not have")
        with self.assertRaises(AccessError):
            example.with_user(self.users["agent"]).reason = "x"

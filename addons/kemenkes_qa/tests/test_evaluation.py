from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .qa_common import QaCase


@tagged("post_install", "-at_install")
class TestEvaluation(QaCase):
    """R27.c.2, R24.b: a conversation is judged, the agent answers, somebody else decides."""

    def test_machine_proposes(self):
        """What the machine can tell is filled in and marked; the evaluator decides the rest."""
        evaluation = self.start()
        greeting, category, right = (self.line(evaluation, name) for name in ("Greets", "Category", "Right"))
        self.assertEqual((greeting.proposal, greeting.points, greeting.is_answered), ("met", 1, True))
        self.assertEqual((category.proposal, category.points), ("met", 1))
        self.assertEqual((right.proposal, right.is_answered), (False, False))
        self.assertEqual(self.start(), evaluation, "one evaluation for each evaluator, agent and ticket")

    def test_score(self):
        """Greeting 1, right 3 x 4/5, personal data 2, category 1: 6.4 of 7."""
        evaluation = self.start()
        self.answer_all(evaluation, right=4)
        self.assertAlmostEqual(evaluation.score, 91.43, 2)
        self.assertTrue(evaluation.is_passed)
        self.line(evaluation, "Right").write({"points": 0, "is_not_applicable": True})
        self.assertEqual(evaluation.score, 100)

    def test_critical_miss(self):
        evaluation = self.start()
        self.answer_all(evaluation, personal_data=0)
        self.assertEqual((evaluation.score, evaluation.is_failed, evaluation.is_passed), (0, True, False))

    def test_published_only_when_complete(self):
        evaluation = self.start()
        with self.assertRaisesRegex(ValidationError, "Right"):
            evaluation.action_publish()
        with self.assertRaises(ValidationError):
            self.line(evaluation, "Right").points = 6

    def test_bad_answers(self):
        evaluation = self.start()
        other = self.create_ticket(name="Another conversation")
        message = self.customer_says(other, "Lain")
        with self.assertRaisesRegex(ValidationError, "not part"), self.cr.savepoint():
            self.line(evaluation, "Right").message_id = message
        self.line(evaluation, "Right").message_id = self.answer

    def test_the_way_to_the_end(self):
        evaluation = self.published(right=2)
        agent = self.users["agent"]
        as_agent = evaluation.with_user(agent)
        self.assertEqual(as_agent.state, "published")
        as_agent.action_acknowledge()
        with self.assertRaisesRegex(UserError, "Say what"):
            as_agent._dispute("  ")
        self.env["helpdesk.qa.reason"].with_user(agent).create(
            {"evaluation_id": evaluation.id, "purpose": "dispute", "reason": "The update did solve it."}
        ).action_confirm()
        self.assertEqual((evaluation.state, evaluation.disputed_score), ("disputed", evaluation.score))
        with self.assertRaises(AccessError):
            evaluation.with_user(self.users["quality"])._decide("I was right.")
        with self.assertRaises(AccessError):
            as_agent._decide("Of course.")
        decider = evaluation.with_user(self.second_evaluator)
        before = evaluation.score
        self.line(decider, "Right").points = 5
        decider._decide("The agent is right: the update is the solution.")
        self.assertEqual((evaluation.state, evaluation.decided_by_id), ("final", self.second_evaluator))
        self.assertGreater(evaluation.score, before)
        self.assertEqual(evaluation.disputed_score, before)
        kinds = [kind for kind in self.kinds_of(self.ticket) if kind.startswith("evaluat")]
        self.assertEqual(kinds, ["evaluated", "evaluation_acknowledged", "evaluation_disputed", "evaluation_decided"])
        with self.assertRaises(UserError):
            as_agent._dispute("Again")

    def test_nobody_evaluates_their_own_work(self):
        own = self.create_ticket(user_id=self.users["quality"].id)
        with self.assertRaisesRegex(UserError, "their own"):
            self.start(ticket=own)
        evaluation = self.start()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            evaluation.sudo().write({"agent_id": self.users["quality"].id})
            self.env.flush_all()
        unassigned = self.create_ticket()
        with self.assertRaisesRegex(UserError, "Nobody has worked"):
            self.start(ticket=unassigned)

    def test_published_answers_stand(self):
        evaluation = self.published()
        with self.assertRaises(UserError):
            self.line(evaluation, "Right").points = 1
        with self.assertRaises(UserError):
            evaluation.summary = "Other words"
        with self.assertRaises(UserError):
            evaluation.unlink()
        draft = self.start(ticket=self.create_ticket(user_id=self.users["agent"].id))
        draft.unlink()

    def test_who_sees_what(self):
        """Agents see what was published about themselves; evaluators their drafts; Pusdatin what is published."""
        draft, colleague = self.start(), self.create_user("colleague", "group_agent")
        self.team_l1.member_ids |= colleague
        for login in ("agent", "leader", "supervisor", "viewer", "analyst"):
            self.assertFalse(self._seen(self.users[login], draft), f"{login} sees a draft")
        self.assertFalse(self._seen(self.second_evaluator, draft), "another evaluator sees a draft")
        self.answer_all(draft)
        draft.action_publish()
        for login in ("agent", "leader", "supervisor", "viewer", "analyst", "quality"):
            self.assertTrue(self._seen(self.users[login], draft), f"{login} does not see it")
        self.assertFalse(self._seen(colleague, draft), "a colleague sees it")
        stranger = self.create_user("stranger", "group_supervisor", sites=self.site_east)
        self.assertFalse(self._seen(stranger, draft), "another site's supervisor sees it")
        with self.assertRaises(UserError):
            draft.with_user(self.users["agent"]).write({"summary": "I am great"})
        with self.assertRaises(AccessError):
            draft.with_user(self.users["agent"]).write({"state": "final"})
        with self.assertRaises(AccessError):
            draft.with_user(colleague).action_acknowledge()

    def _seen(self, user, evaluation):
        seen = self.env["helpdesk.qa.evaluation"].with_user(user).search([("id", "=", evaluation.id)])
        lines = self.env["helpdesk.qa.evaluation.line"].with_user(user).search([("evaluation_id", "=", evaluation.id)])
        self.assertEqual(bool(seen), bool(lines), "answers follow their evaluation")
        return bool(seen)

    def test_frozen(self):
        """The work counts to whom it was done for, whoever gets the ticket later."""
        evaluation = self.published()
        self.ticket.write({"user_id": self.users["expert"].id, "team_id": self.team_l2.id})
        self.assertEqual((evaluation.agent_id, evaluation.team_id), (self.users["agent"], self.team_l1))
        self.assertEqual(self.ticket.evaluation_count, 1)

from odoo.tests import HttpCase, tagged

from .qa_common import QaCase


@tagged("post_install", "-at_install")
class TestQualityTour(QaCase, HttpCase):
    """R27.c.2, R24.b: from the sample to the coaching, in a browser, by four people."""

    def open(self, action, tour, login):
        self.start_tour(f"/odoo/action-kemenkes_qa.{action}", tour, login=f"test_{login}")

    def test_sample_score_dispute_decision_coaching(self):
        self.env["helpdesk.qa.sample"].search([]).unlink()
        plan = self.env["helpdesk.qa.plan"].create(
            {"name": "Weekly", "team_ids": self.team_l1.ids, "evaluator_ids": self.users["quality"].ids}
        )
        sample = self.env["helpdesk.qa.sample"].create(
            {
                "plan_id": plan.id,
                "ticket_id": self.ticket.id,
                "agent_id": self.users["agent"].id,
                "evaluator_id": self.users["quality"].id,
            }
        )
        self.open("helpdesk_qa_sample_action", "helpdesk_quality_scores", "quality")
        evaluation = sample.evaluation_id
        self.assertEqual((sample.state, evaluation.state), ("done", "published"))
        before = evaluation.score
        self.open("helpdesk_qa_evaluation_action", "helpdesk_agent_disputes", "agent")
        self.open("helpdesk_qa_evaluation_action", "helpdesk_quality_decides", "quality_two")
        evaluation.invalidate_recordset()
        self.assertEqual((evaluation.state, evaluation.disputed_score), ("final", before))
        self.assertEqual(evaluation.score, 100)
        self.open("helpdesk_qa_evaluation_action", "helpdesk_quality_coaches", "quality")
        session = self.env["helpdesk.qa.coaching"].search([("evaluation_ids", "in", evaluation.ids)])
        self.assertEqual((session.state, session.agent_id), ("held", self.users["agent"]))

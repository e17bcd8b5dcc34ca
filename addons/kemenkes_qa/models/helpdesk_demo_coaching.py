from datetime import timedelta

from odoo import api, fields, models

# (goal, criterion, reached, what was talked about)
SESSIONS = (
    (
        "Langkah penyelesaian disebut berurutan",
        "criterion_correct",
        True,
        "Jawaban sudah ramah. Langkah ketiga terlewat.",
    ),
    (
        "Kalimat pendek tanpa istilah internal",
        "criterion_clear",
        False,
        "Pelanggan bertanya ulang karena istilah.",
    ),
)
TALKED_ABOUT_DAYS = 28
EXAMPLE_REASON = "Tenang, satu langkah tiap kalimat, dan menutup dengan cara memeriksa hasilnya."


class HelpdeskDemo(models.AbstractModel):
    """Coaching, good examples and a calibration of the demo's evaluators."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_coaching(self):
        """Sessions about the demo's evaluations, once.

        :return: the sessions
        """
        sessions = self.env["helpdesk.qa.coaching"]
        if sessions.search_count([], limit=1):
            return sessions
        evaluations = self.env["helpdesk.qa.evaluation"].search(
            [
                ("state", "in", ("published", "acknowledged")),
                ("calibration_id", "=", False),
                ("published_date", ">", fields.Datetime.now() - timedelta(days=TALKED_ABOUT_DAYS)),
            ],
            order="published_date, id",
        )
        coach = self.env.ref("kemenkes_helpdesk.demo_user_qa1")
        # with evaluations before and after the session
        judged_often = [own for own in evaluations.grouped("agent_id").values() if self._days_between(own)]
        weakest = sorted(judged_often, key=lambda own: sum(own.mapped("score")) / len(own))
        for (goal, criterion, is_reached, note), own in zip(SESSIONS, weakest, strict=False):
            session_date = own[0].published_date + self._days_between(own) / 2
            talked_about = own.filtered(lambda one, date=session_date: one.published_date < date)
            session = sessions.create(
                {
                    "agent_id": own.agent_id.id,
                    "coach_id": coach.id,
                    "session_date": session_date.replace(microsecond=0),
                    "follow_up_date": fields.Date.today() + timedelta(days=7),
                    "evaluation_ids": talked_about[-3:].ids,
                    "note": note,
                    "goal_ids": [(0, 0, self._prepare_goal(goal, criterion))],
                }
            )
            session.with_user(coach).action_hold()
            session.goal_ids.state = "reached" if is_reached else "open"
            sessions |= session
        for evaluation in evaluations.sorted("score", reverse=True)[:2]:
            self.env["helpdesk.qa.example"]._of_evaluation(evaluation).write(
                {"name": f"Jawaban yang menuntun: {evaluation.product_id.name or ''}", "reason": EXAMPLE_REASON}
            )
        return sessions

    def _days_between(self, evaluations):
        """Time from the first to the last of evaluations in their order, if they are not of one hour."""
        between = evaluations[-1].published_date - evaluations[0].published_date
        return between if between > timedelta(hours=1) else timedelta()

    def _prepare_goal(self, goal, criterion):
        return {
            "name": goal,
            "criterion_id": self.env.ref(f"kemenkes_qa.{criterion}").id,
            "due_date": fields.Date.today() + timedelta(days=7),
        }

    @api.model
    def _load_calibration(self):
        """Two evaluators who have judged the same conversations, once.

        :return: the calibration
        """
        calibrations = self.env["helpdesk.qa.calibration"]
        if calibrations.search_count([], limit=1):
            return calibrations
        evaluators = self.env.ref("kemenkes_helpdesk.demo_user_qa1") | self.env.ref(
            "kemenkes_helpdesk.demo_user_manajer1"
        )
        card = self.env["helpdesk.qa.scorecard"].search([("state", "=", "active")], limit=1)
        tickets = self.env["helpdesk.ticket"].search(
            [("solved_date", "!=", False), ("user_id", "not in", [False, *evaluators.ids])], order="id desc", limit=20
        )
        tickets = tickets.filtered(lambda ticket: ticket.with_user(evaluators[0]).has_access("read"))[:4]
        calibration = calibrations.create(
            {
                "name": "Kalibrasi bulan ini",
                "scorecard_id": card.id,
                "ticket_ids": tickets.ids,
                "evaluator_ids": evaluators.ids,
                "note": "Salam dihitung juga bila memakai nama pelanggan. Langkah yang kurang satu tetap 4 dari 5.",
            }
        )
        calibration.action_open()
        for evaluation in calibration.evaluation_ids:
            for line in evaluation.line_ids:
                line.write(
                    self._prepare_calibrated(line, evaluation.ticket_id, evaluation.evaluator_id == evaluators[0])
                )
        calibration.evaluation_ids.is_handed_in = True
        calibration.action_close()
        return calibration

    def _prepare_calibrated(self, line, ticket, is_first):
        """Evaluators see most alike; the second is milder about some conversations."""
        most = line.criterion_id._points()
        points = most if line.is_critical or most == 1 else most - (ticket.id + line.criterion_id.id) % 3
        milder = not is_first and not line.is_critical and (ticket.id + line.criterion_id.id) % 4 == 0
        return {"points": min(points + milder, most), "is_answered": True}

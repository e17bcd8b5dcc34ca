import random
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_event import OWN_HISTORY

EVALUATIONS = 48
# Of the months before: one ticket of so many.
PAST_DAYS = 28
PAST_STEP = 10
# What the demo's evaluator tends to see, as points of 5; agents differ, so that reports have something to tell.
HABITS = ((5, 5, 4), (5, 4, 4), (4, 4, 3), (5, 4, 2))
COMMENTS = {
    "criterion_correct": ("Langkahnya lengkap dan berurutan.", "Kurang menyebut cara memeriksa hasilnya."),
    "criterion_clear": ("Bahasanya ramah dan jelas.", "Kalimat terlalu panjang, ada istilah internal."),
}


class HelpdeskDemo(models.AbstractModel):
    """Evaluations of the demo's solved tickets, so that quality has a past."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_evaluations(self):
        """Judge some of the demo's tickets, once.

        :return: the evaluations
        """
        evaluations = self.env["helpdesk.qa.evaluation"]
        if evaluations.search_count([], limit=1):
            return evaluations
        evaluator = self.env.ref("kemenkes_helpdesk.demo_user_qa1")
        since = fields.Datetime.now() - timedelta(days=PAST_DAYS)
        tickets = self._worth_judging(evaluator, [("solved_date", ">=", since)])
        # a recorded seed: the same demo on the same day
        chance = random.Random(EVALUATIONS)
        for ticket in tickets[:: max(len(tickets) // EVALUATIONS, 1)]:
            evaluations |= self._evaluate(ticket, chance)
        self._tell_of_disputes(evaluations.sudo())
        return evaluations | self._judge_the_past(evaluator, chance, since)

    def _worth_judging(self, evaluator, domain):
        """Tickets with somebody's work, as the evaluator, the longest solved first."""
        domain = [*domain, ("user_id", "not in", [False, evaluator.id]), ("reply_count", ">", 0)]
        return self.env["helpdesk.ticket"].search(domain, order="solved_date").with_user(evaluator)

    def _judge_the_past(self, evaluator, chance, until):
        """Evaluations that agents have read long ago, on the day after the solution."""
        evaluations = self.env["helpdesk.qa.evaluation"]
        tickets = self._worth_judging(evaluator, [("solved_date", "<", until)])
        for ticket in tickets[::PAST_STEP]:
            evaluation = self._judge(ticket, chance)
            date = ticket.solved_date + timedelta(days=1)
            evaluation.write({"state": "acknowledged", "published_date": date, "acknowledged_date": date})
            evaluations |= evaluation
        self.env["helpdesk.event"].with_context(helpdesk_history=OWN_HISTORY)._record(
            [
                {
                    "kind": "evaluated",
                    "date": evaluation.published_date,
                    "user_id": evaluator.id,
                    "ticket_id": evaluation.ticket_id.id,
                    "target_user_id": evaluation.agent_id.id,
                    "data": {"evaluation": evaluation.id},
                }
                for evaluation in evaluations
            ]
        )
        return evaluations

    def _judge(self, ticket, chance):
        evaluation = self.env["helpdesk.qa.evaluation"].with_user(ticket.env.user)._start(ticket).sudo()
        habit = HABITS[evaluation.agent_id.id % len(HABITS)]
        for line in evaluation.line_ids.filtered(lambda line: not line.is_answered):
            line.write(self._prepare_answer(line, chance.choice(habit), chance))
        return evaluation

    def _evaluate(self, ticket, chance):
        evaluation = self._judge(ticket, chance)
        evaluation.action_publish()
        evaluation.published_date = min(ticket.solved_date + timedelta(days=1), fields.Datetime.now())
        return evaluation

    def _prepare_answer(self, line, points, chance):
        if line.kind == "yes_no":
            return {"points": int(points > 2 or not line.is_critical), "is_answered": True}
        names = line.criterion_id.get_external_id()
        good, bad = COMMENTS.get(names[line.criterion_id.id].split(".")[-1], ("", ""))
        return {"points": points, "is_answered": True, "comment": good if points > 3 else bad}

    def _tell_of_disputes(self, evaluations):
        """Most agents agree, the last ones have not read theirs yet; one disputes."""
        for evaluation in evaluations[: len(evaluations) * 3 // 4]:
            evaluation.with_user(evaluation.agent_id).action_acknowledge()
        if disputed := evaluations.filtered(lambda evaluation: evaluation.score < 90)[-1:]:
            disputed.with_user(disputed.agent_id)._dispute(
                "Pelanggan sudah mengonfirmasi bahwa langkahnya berhasil pada pesan kedua."
            )

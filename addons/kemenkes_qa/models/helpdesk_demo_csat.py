import random
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_event import OWN_HISTORY

# Out of so many questions as many answers; citizens who answer are mostly content, and say why when they are not.
ASKED = 900
ANSWERED = 0.55
STARS = (1, 2, 3, 4, 4, 5, 5, 5)
WORDS = {
    1: ("Sudah tiga hari belum ada hasil.", "Jawabannya tidak sesuai pertanyaan saya."),
    2: ("Akhirnya selesai, tapi lama sekali.", ""),
    3: ("Lumayan.", ""),
    4: ("Terima kasih, sudah bisa masuk lagi.", ""),
    5: ("Cepat dan jelas, terima kasih!", "Petugasnya ramah sekali.", ""),
}
REASONS = {"low": ("csat_reason_slow", "csat_reason_unsolved"), "high": ("csat_reason_fast", "csat_reason_clear")}


class HelpdeskDemo(models.AbstractModel):
    """Answers of the demo's customers, so that satisfaction has a past."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_satisfaction(self):
        """Let customers of solved demo tickets answer, once.

        :return: the questions
        """
        requests = self.env["helpdesk.csat.request"]
        if requests.search_count([], limit=1):
            return requests
        tickets = self.env["helpdesk.ticket"].search(
            [("solved_date", "!=", False), ("user_id", "!=", False), ("partner_id", "!=", False)],
            order="solved_date desc",
            limit=ASKED,
        )
        # a recorded seed: the same demo on the same day
        chance = random.Random(ASKED)
        now = fields.Datetime.now()
        requests = requests.create([self._prepare_asked(ticket, now) for ticket in tickets])
        answered = requests.filtered(lambda _request: chance.random() < ANSWERED)
        for request in answered.filtered(lambda request: request.state == "sent"):
            self._answer_demo(request, chance, now)
        self._tell_old_answers(answered.filtered(lambda request: request.state == "expired"), chance)
        return requests

    def _prepare_asked(self, ticket, now):
        asked = ticket.solved_date + timedelta(hours=1)
        return {
            "ticket_id": ticket.id,
            "partner_id": ticket.partner_id.id,
            "agent_id": ticket.user_id.id,
            "team_id": ticket.team_id.id,
            "site_id": ticket.site_id.id,
            "product_id": ticket.product_id.id,
            "category_id": ticket.category_id.id,
            "channel_id": ticket.channel_id.id,
            "solved_date": ticket.solved_date,
            "send_date": asked,
            "sent_date": asked,
            "expiry_date": asked + timedelta(days=14),
            "state": "sent" if asked + timedelta(days=14) > now else "expired",
        }

    def _answer_demo(self, request, chance, now):
        score, words, reason = self._draw_answer(chance)
        request._answer(score, words, reason)
        request.answer_date = min(request.sent_date + timedelta(minutes=chance.randint(5, 2000)), now)

    def _draw_answer(self, chance):
        score = chance.choice(STARS)
        name = chance.choice(REASONS["low" if score <= 2 else "high"])
        return score, chance.choice(WORDS[score]), self.env.ref(f"kemenkes_qa.{name}")

    def _tell_old_answers(self, requests, chance):
        """What was answered in time, weeks ago: nobody is called about it any more."""
        for request in requests:
            score, words, reason = self._draw_answer(chance)
            request.write(
                {
                    "state": "answered",
                    "answer_date": request.sent_date + timedelta(minutes=chance.randint(5, 2000)),
                    "score": score,
                    "feedback": words,
                    "reason_ids": [(6, 0, reason.ids)],
                }
            )
            request._write_rating()
        self.env["helpdesk.event"].with_context(helpdesk_history=OWN_HISTORY)._record(
            [
                {
                    "kind": "rated",
                    "date": request.answer_date,
                    "ticket_id": request.ticket_id.id,
                    "agent_id": request.agent_id.id,
                    "team_id": request.team_id.id,
                    "data": {"request": request.id, "score": request.score},
                }
                for request in requests.sorted("answer_date")
            ]
        )

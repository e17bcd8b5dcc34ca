from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..tools.sampling import Candidate, draw, share_out
from .qa_common import QaCase

CANDIDATES = st.lists(
    st.tuples(st.integers(1, 400), st.integers(1, 5), st.integers(1, 4), st.integers(1, 7)),
    max_size=60,
    unique_by=lambda row: row[0],
).map(lambda rows: [Candidate(*row) for row in rows])
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestDraw(BaseCase):
    """R27.c.2: the draw is fair, even and can be repeated."""

    @given(CANDIDATES, st.integers(1, 8), st.integers(0, 1000))
    @PATIENT
    def test_draw(self, candidates, number, seed):
        drawn = draw(candidates, number, seed)
        self.assertEqual(drawn, draw(candidates[::-1], number, seed), "another order draws others")
        self.assertEqual(len(drawn), len(set(drawn)))
        for agent, available in Counter(candidate.agent for candidate in candidates).items():
            mine = [candidate.channel for candidate in drawn if candidate.agent == agent]
            self.assertEqual(len(mine), min(number, available))
            self._check_spread(mine, [candidate.channel for candidate in candidates if candidate.agent == agent])

    def _check_spread(self, drawn, available):
        """None is more than one ahead of another that had more to give."""
        counts, stock = Counter(drawn), Counter(available)
        for value in stock:
            if counts[value] < stock[value]:
                self.assertLessEqual(max(counts.values()) - counts[value], 1)

    @given(CANDIDATES, st.integers(1, 8), st.integers(0, 1000))
    @PATIENT
    def test_even_over_days(self, candidates, number, seed):
        """Of one agent and channel no day is more than one ahead of a day that had more to give."""
        alike = [replace(candidate, agent=1, channel=1) for candidate in candidates]
        self._check_spread([candidate.day for candidate in draw(alike, number, seed)], [c.day for c in alike])

    @given(CANDIDATES, st.dictionaries(st.integers(1, 8), st.integers(0, 3), min_size=1))
    @PATIENT
    def test_share_out(self, drawn, loads):
        evaluators = share_out(drawn, loads)
        for candidate, evaluator in zip(drawn, evaluators, strict=True):
            self.assertNotEqual(candidate.agent, evaluator, "judges own work")
            if evaluator is None:
                self.assertEqual(set(loads), {candidate.agent})

    def test_least_work_first(self):
        drawn = [Candidate(number, 9, 1, 1) for number in range(4)]
        self.assertEqual(share_out(drawn, {1: 2, 2: 0}), [2, 2, 1, 2])


@tagged("post_install", "-at_install")
class TestSampling(QaCase):
    """R27.c.2, R24.b: conversations are drawn, shared out, judged, left out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = date(2026, 3, 9)
        cls.solved = cls.env["helpdesk.ticket"]
        for number in range(8):
            ticket = cls.create_ticket(
                user_id=cls.users["agent"].id,
                channel_id=(cls.channel_email if number < 6 else cls.channel_form).id,
                stage_id=cls.env["helpdesk.stage"]._get_by_kind("solved").id,
            )
            ticket.write({"solved_date": datetime(2026, 3, 3, 4) + timedelta(hours=number), "reply_count": 1})
            cls.solved |= ticket
        cls.plan = cls.env["helpdesk.qa.plan"].create(
            {
                "name": "Weekly",
                "number": 4,
                "team_ids": [(6, 0, cls.team_l1.ids)],
                "evaluator_ids": [(6, 0, (cls.users["quality"] | cls.second_evaluator).ids)],
                "next_date": cls.day,
            }
        )

    def test_draw_is_even_and_can_be_repeated(self):
        samples = self.plan._draw(self.day, seed=7)
        self.assertEqual(len(samples), 4)
        self.assertEqual(len(samples.ticket_id.filtered(lambda t: t.channel_id == self.channel_form)), 2)
        self.assertEqual(Counter(s.evaluator_id for s in samples)[self.users["quality"]], 2)
        self.assertEqual(set(samples.mapped("seed")), {7})
        tickets = samples.ticket_id
        samples.unlink()
        self.assertEqual(self.plan._draw(self.day, seed=7).ticket_id, tickets)

    def test_draw_is_even_over_days(self):
        """Seven conversations of one day and one of another: both days are in a draw of two, whatever the seed."""
        self.solved.channel_id = self.channel_email
        self.solved[0].solved_date = datetime(2026, 3, 5, 4)
        self.plan.number = 2
        for seed in range(5):
            samples = self.plan._draw(self.day, seed=seed)
            self.assertIn(self.solved[0], samples.ticket_id, seed)
            samples.unlink()

    def test_nothing_is_drawn_twice(self):
        first = self.plan._draw(self.day)
        second = self.plan._draw(self.day)
        self.assertFalse(first.ticket_id & second.ticket_id)
        self.assertFalse(self.plan._draw(self.day))
        self.plan.next_date = self.day
        with self.assertRaisesRegex(UserError, "No conversation"):
            self.plan.with_context(tz="Asia/Jakarta").action_draw()

    def test_days_are_those_of_the_site(self):
        """17:30 UTC of the last day is the next day in Jakarta."""
        self.solved.write({"solved_date": datetime(2026, 3, 8, 17, 30)})
        self.assertFalse(self.plan._draw(self.day))
        self.solved.write({"solved_date": datetime(2026, 3, 1, 17, 30)})
        self.assertEqual(len(self.plan._draw(self.day)), 4)

    def test_rules(self):
        reopened, long = self.solved[0], self.solved[1]
        reopened.reopen_count = 1
        long.handling_seconds = 31 * 60
        for rule, expected in (("reopened", reopened), ("long", long), ("low_rating", self.solved[:0])):
            self.plan.rule = rule
            self.assertEqual(self.plan._draw(self.day).ticket_id, expected, rule)
        self.solved[2].with_user(self.users["quality"])
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": self.solved[2].id,
                "rating": 1,
                "consumed": True,
            }
        )
        self.plan.rule = "low_rating"
        self.assertEqual(self.plan._draw(self.day).ticket_id, self.solved[2])

    def test_judged_left_out_and_back(self):
        samples = self.plan._draw(self.day, seed=1)
        mine = samples.filtered(lambda sample: sample.evaluator_id == self.users["quality"])
        sample = mine[0].with_user(self.users["quality"])
        with self.assertRaises(AccessError):
            mine[0].with_user(self.second_evaluator).action_evaluate()
        evaluation = self.env["helpdesk.qa.evaluation"].browse(sample.action_evaluate()["res_id"])
        with self.assertRaises(UserError):
            sample.action_skip()
        evaluation = evaluation.with_user(self.users["quality"])
        for line in evaluation.line_ids:
            line.write({"points": line.criterion_id._points(), "is_answered": True})
        evaluation.action_publish()
        self.assertEqual(sample.state, "done")
        other = mine[1].with_user(self.users["quality"])
        other.action_skip()
        self.assertEqual(other.state, "skipped")
        other.action_reopen()
        self.assertEqual((other.state, self.plan.done_count, self.plan.open_count), ("open", 1, 3))
        seen = self.env["helpdesk.qa.sample"].with_user(self.second_evaluator).search([("plan_id", "=", self.plan.id)])
        self.assertEqual(seen.evaluator_id, self.second_evaluator)

    def test_the_job_draws_and_tells(self):
        with self.enter_registry_test_mode():
            self.env.ref("kemenkes_qa.ir_cron_draw").method_direct_trigger()
        self.assertEqual(len(self.plan.sample_ids), 4)
        self.assertEqual(self.plan.next_date, date(2026, 3, 16))
        notice = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["quality"].partner_id.ids)], limit=1, order="id desc"
        )
        self.assertIn("Weekly: 2", notice.body)

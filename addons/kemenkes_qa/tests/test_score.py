from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.score import Answer, score

ANSWERS = st.lists(
    st.builds(
        Answer,
        weight=st.integers(1, 1000),
        share=st.one_of(st.none(), st.sampled_from((0, 0.2, 0.5, 0.8, 1))),
        is_critical=st.booleans(),
    ),
    max_size=30,
)


@tagged("post_install", "-at_install")
class TestScore(BaseCase):
    """R27.c.2: the arithmetic of scorecards, against examples worked out by hand."""

    def test_weighted_mean(self):
        """3 x 4/5 + 1 x 1 + 1 x 0 = 3.4 of 5: 68 %."""
        result = score([Answer(3, 4 / 5), Answer(1, 1), Answer(1, 0)])
        self.assertEqual((result.percent, result.is_failed), (68, False))

    def test_what_does_not_apply_leaves_its_weight_to_the_others(self):
        """Without the 3: 1 x 1 + 1 x 0 = 1 of 2: 50 %; the others keep their proportions."""
        self.assertEqual(score([Answer(3, None), Answer(1, 1), Answer(1, 0)]).percent, 50)
        self.assertEqual(score([Answer(3, None), Answer(2, 1), Answer(1, 0)]).percent, 66.67)

    def test_critical_criterion_fails_the_whole(self):
        result = score([Answer(98, 1), Answer(1, 1), Answer(1, 0, is_critical=True)])
        self.assertEqual((result.percent, result.is_failed), (0, True))

    def test_half_of_a_critical_criterion_is_a_miss(self):
        self.assertTrue(score([Answer(1, 0.5, is_critical=True)]).is_failed)

    def test_critical_criterion_that_does_not_apply_fails_nothing(self):
        result = score([Answer(1, None, is_critical=True), Answer(1, 1)])
        self.assertEqual((result.percent, result.is_failed), (100, False))

    def test_nothing_applies(self):
        self.assertIsNone(score([Answer(1, None)]).percent)
        self.assertIsNone(score([]).percent)

    @given(ANSWERS)
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_bounds_and_order(self, answers):
        """Between 0 and 100, the same in any order, and never better for a lost point."""
        result = score(answers)
        self.assertEqual(result, score(answers[::-1]))
        if result.percent is None:
            return
        self.assertTrue(0 <= result.percent <= 100)
        worse = [Answer(a.weight, a.share and a.share / 2, a.is_critical) for a in answers]
        self.assertLessEqual(score(worse).percent, result.percent)

"""How the answers on a scorecard become one score; arithmetic only.

Weighted mean over the criteria that apply: what does not apply leaves its weight to the others, in their proportions. A
critical criterion that is missed fails the whole conversation, whatever the rest is worth.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One criterion's answer.

    ``weight`` is above 0; ``share`` is what was reached of the criterion, 0 to 1, or None where it does not apply;
    ``is_critical`` says that missing a part of it fails the whole.
    """

    weight: float
    share: float | None
    is_critical: bool = False


@dataclass(frozen=True)
class Score:
    """``percent`` is 0 to 100, or None when no criterion applies; ``is_failed`` when a critical one was missed."""

    percent: float | None
    is_failed: bool


def score(answers):
    """The score of a conversation.

    :param answers: iterable of :class:`Answer`
    :rtype: Score
    """
    applicable = [answer for answer in answers if answer.share is not None]
    if not applicable:
        return Score(None, is_failed=False)
    if any(answer.is_critical and answer.share < 1 for answer in applicable):
        return Score(0.0, is_failed=True)
    total = sum(answer.weight for answer in applicable)
    reached = sum(answer.weight * answer.share for answer in applicable)
    return Score(round(100 * reached / total, 2), is_failed=False)

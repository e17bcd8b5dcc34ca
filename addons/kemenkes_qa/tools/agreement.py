"""How far several evaluators agree: Krippendorff's alpha; arithmetic only.

1 is full agreement, 0 what chance would give. Krippendorff (Content Analysis, 4th edition, chapter 12) relies on values
from 0.8 on, and takes those from 0.667 on for tentative conclusions only.
"""

import krippendorff

RELIABLE, TENTATIVE = 0.8, 0.667
MISSING = float("nan")


def alpha(answers, level="interval"):
    """Krippendorff's alpha.

    :param answers: for each evaluator a list with one value for each thing judged, in the same order; None where the
        evaluator found that it does not apply
    :param str level: "nominal", "ordinal" or "interval": what the distance between two values means
    :return: at most 1, or None when fewer than two evaluators have judged any one thing
    """
    judged_twice = [column for column in zip(*answers, strict=True) if sum(value is not None for value in column) > 1]
    if not judged_twice:
        return None
    values = {value for column in judged_twice for value in column if value is not None}
    if len(values) == 1:
        return 1.0  # the library has no answer where nothing differs
    rows = [[MISSING if value is None else value for value in row] for row in zip(*judged_twice, strict=True)]
    return float(krippendorff.alpha(reliability_data=rows, level_of_measurement=level))

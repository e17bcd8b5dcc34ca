"""What the figures of the dashboards are: what is counted, and which quotients are made of it. Plain Python, no Odoo.

Name and explanation of each, in both languages, are those of the field of the same name (``helpdesk.kpi.mixin`` for
what is counted, ``helpdesk.kpi.report`` for quotients). Averages are never stored: a quotient is made of sums where it
is shown.
"""

from typing import NamedTuple

# What is counted of a ticket on a day; sums of seconds and of scores included.
MEASURES = (
    "created", "message_in", "message_out", "solved", "reopened", "escalated", "returned",
    "first_response_count", "first_response_seconds",
    "resolution_count", "resolution_seconds",
    "handling_count", "handling_seconds",
    "first_contact_count", "one_reply_count",
    "first_response_met", "first_response_breached",
    "next_response_met", "next_response_breached",
    "first_touch_met", "first_touch_breached",
    "tier_resolution_met", "tier_resolution_breached",
    "full_resolution_met", "full_resolution_breached",
    "csat_asked", "csat_count", "csat_sum",
    "qa_count", "qa_sum",
    "offered", "rejected",
    "sentiment_negative", "sentiment_neutral", "sentiment_positive",
)  # fmt: skip

# Target of an SLA clock -> beginning of the names of its two measures.
CLOCKS = {
    "first_response": "first_response",
    "next_response": "next_response",
    "first_touch_resolution": "first_touch",
    "tier_resolution": "tier_resolution",
    "full_resolution": "full_resolution",
}

# What a measure is told apart by, besides the day: who had the ticket, and what it is about.
DIMENSIONS = ("site_id", "team_id", "user_id", "tier", "product_id", "channel_id", "category_id")
# Tables of the days and what each tells apart, the smallest first; in the last one, which tells apart everything,
# nearly every ticket is a combination of its own.
DAY_TABLES = {
    "helpdesk_kpi_agent_day": ("site_id", "team_id", "user_id", "tier"),
    "helpdesk_kpi_team_day": ("site_id", "team_id", "tier", "product_id", "channel_id"),
    "helpdesk_kpi_day": DIMENSIONS,
}


def combination(dimensions):
    """Dimensions as expressions of an index: nothing is a value of its own, so that a combination stands in one row."""
    return ", ".join(f"COALESCE({name}, {chr(39) * 2 if name == 'tier' else 0})" for name in dimensions)


class Indicator(NamedTuple):
    """A quotient of sums.

    :param tuple numerator: measures that are added up
    :param tuple denominator: measures that are added up; where they are 0 there is no figure
    :param float factor: by which the quotient is multiplied
    :param str unit: "minutes", "hours", "percent" or "score"
    :param bool higher_is_better:
    """

    numerator: tuple
    denominator: tuple
    factor: float
    unit: str
    higher_is_better: bool


def _share(numerator, denominator, higher_is_better):
    return Indicator(numerator, denominator, 100, "percent", higher_is_better)


def _attainment(*names):
    met = tuple(f"{name}_met" for name in names)
    return _share(met, (*met, *(f"{name}_breached" for name in names)), higher_is_better=True)


INDICATORS = {
    "first_response_minutes": Indicator(
        ("first_response_seconds",), ("first_response_count",), 1 / 60, "minutes", higher_is_better=False
    ),
    "resolution_hours": Indicator(
        ("resolution_seconds",), ("resolution_count",), 1 / 3600, "hours", higher_is_better=False
    ),
    "handling_minutes": Indicator(
        ("handling_seconds",), ("handling_count",), 1 / 60, "minutes", higher_is_better=False
    ),
    "first_contact_percent": _share(("one_reply_count",), ("first_contact_count",), higher_is_better=True),
    "sla_percent": _attainment(*CLOCKS.values()),
    "first_response_percent": _attainment("first_response"),
    "next_response_percent": _attainment("next_response"),
    "first_touch_percent": _attainment("first_touch"),
    "resolution_percent": _attainment("full_resolution"),
    "csat_score": Indicator(("csat_sum",), ("csat_count",), 1, "score", higher_is_better=True),
    "csat_response_percent": _share(("csat_count",), ("csat_asked",), higher_is_better=True),
    "qa_percent": Indicator(("qa_sum",), ("qa_count",), 1, "percent", higher_is_better=True),
    "reject_percent": _share(("rejected",), ("offered",), higher_is_better=False),
    "reopened_percent": _share(("reopened",), ("solved",), higher_is_better=False),
    "escalated_percent": _share(("escalated",), ("created",), higher_is_better=False),
    "negative_percent": _share(
        ("sentiment_negative",),
        ("sentiment_negative", "sentiment_neutral", "sentiment_positive"),
        higher_is_better=False,
    ),
}

# Figure -> figure of ``helpdesk.target`` whose target holds for it.
TARGETS_OF = {
    "first_response_minutes": "first_response",
    "handling_minutes": "handling_time",
    "first_contact_percent": "first_contact_resolution",
    "sla_percent": "sla_attainment",
    "csat_score": "csat",
    "qa_percent": "qa",
    "reject_percent": "reject_rate",
}

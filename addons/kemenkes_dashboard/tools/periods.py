"""Stretches of days by name, as reports and deliveries mean them. Plain Python, no Odoo."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

PERIODS = (
    "today", "yesterday", "last_7_days", "last_30_days", "this_week", "last_week", "this_month", "last_month",
    "this_quarter", "last_quarter", "this_year",
)  # fmt: skip


def bounds(period, today):
    """The first and the last day of a period; weeks begin on Monday, a period that runs ends today.

    :param str period: one of :data:`PERIODS`
    :param date today: day at the sites
    :return: ``(date, date)``, both included
    """
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    quarter = month.replace(month=month.month - (month.month - 1) % 3)
    day = timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - day, today - day),
        "last_7_days": (today - 7 * day, today - day),
        "last_30_days": (today - 30 * day, today - day),
        "this_week": (monday, today),
        "last_week": (monday - 7 * day, monday - day),
        "this_month": (month, today),
        "last_month": (month - relativedelta(months=1), month - day),
        "this_quarter": (quarter, today),
        "last_quarter": (quarter - relativedelta(months=3), quarter - day),
        "this_year": (month.replace(month=1), today),
    }[period]

"""What the answers of all services have in common: nothing came back, the service is down, it asks for patience."""

from .records import Fault, Reason, Retry

DETAIL_LENGTH = 500


def read_common(answer, detail="", code=""):
    """The fault of an answer that means the same everywhere; None where the service's own rules decide.

    :param str detail: the service's own words
    :param str code: the service's own number or word
    """
    detail = detail[:DETAIL_LENGTH]
    if answer.status == 0:
        return Fault(Retry.LATER, Reason.UNAVAILABLE, detail, code)
    if answer.status == 429:
        return Fault(Retry.LATER, Reason.RATE, detail, code, seconds=retry_after(answer))
    if answer.status in (408, 425) or answer.status >= 500:
        return Fault(Retry.LATER, Reason.UNAVAILABLE, detail, code, seconds=retry_after(answer))
    return None


def retry_after(answer):
    """Seconds of the ``Retry-After`` header; None where there is none, or a date."""
    value = answer.header("retry-after").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None

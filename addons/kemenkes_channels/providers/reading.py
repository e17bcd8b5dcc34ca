"""Reading what strangers send: JSON of any shape, numbers of any size, times of any form. Nothing here raises."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1)
# PostgreSQL takes later years, Python and people do not need them.
LAST_YEAR = 9000


def load(raw):
    """JSON of bytes; None where it is none, or nested without end."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError, TypeError):
        return None


def dig(value, *path):
    """What stands at the end of a path of keys and indices, None where the path breaks off."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return None
            value = value[step]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def text(value, *path):
    """Text at a path: numbers as digits, anything else ``""``.

    NUL and lone surrogates, which no database takes, are replaced.
    """
    value = dig(value, *path)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def items(value, *path):
    """A list at a path, ``[]`` where there is none."""
    value = dig(value, *path)
    return value if isinstance(value, list) else []


def table(value, *path):
    """An object at a path, ``{}`` where there is none."""
    value = dig(value, *path)
    return value if isinstance(value, dict) else {}


def whole(value, *path):
    """A whole number at a path, also one written as text; 0 where there is none."""
    value = dig(value, *path)
    try:
        return int(value) if isinstance(value, str | int | float) and len(str(value)) < 30 else 0
    except (ValueError, OverflowError):
        return 0


def decimal(value, *path):
    """A number at a path, None where there is none."""
    value = dig(value, *path)
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and abs(number) < 1e300 else None


def time_of_seconds(value, *path, per_second=1):
    """UTC of a count since 1970, None where there is none.

    :param int per_second: 1000 for milliseconds
    """
    number = decimal(value, *path)
    if not number or not 0 < number / per_second < 1e11:
        return None
    time = EPOCH + timedelta(seconds=number / per_second)
    return time if time.year < LAST_YEAR else None


def time_of_iso(value, *path):
    """UTC of an ISO 8601 text with zone (without one: UTC), None where there is none."""
    written = text(value, *path).strip()
    if written.endswith(("Z", "z")):
        written = written[:-1] + "+00:00"
    if len(written) > 5 and written[-5] in "+-" and written[-4:].isdigit():
        written = f"{written[:-2]}:{written[-2:]}"  # Python 3.10 wants the colon
    head, dot, tail = written.partition(".")
    if dot:  # … and three or six digits of a second
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        written = f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
    try:
        time = datetime.fromisoformat(written)
        if time.tzinfo:
            time = time.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return time if time > EPOCH and time.year < LAST_YEAR else None


def web_address(text):
    """An address from outside that a person may be led to: one of the web; anything else, such as a script, is none."""
    return text if text and text.lower().startswith(("https://", "http://")) else ""


def same(ours, theirs):
    """Whether two secrets are equal, in constant time; an empty one is never equal."""
    if not ours or not theirs:
        return False
    return hmac.compare_digest(ours.encode("utf-8", "replace"), theirs.encode("utf-8", "replace"))


def sign(secret, raw, encoding="hex"):
    """HMAC-SHA256 of bytes.

    :param str encoding: hex or base64
    """
    mac = hmac.new(secret.encode(), raw, hashlib.sha256)
    return mac.hexdigest() if encoding == "hex" else base64.b64encode(mac.digest()).decode()


def is_signed(secrets, signature, raw, encoding="hex"):
    """Whether a header's signature is that of one of the secrets; every secret is tried, so time tells nothing.

    :param str signature: as the header brings it, with or without ``sha256=``
    """
    given = signature.strip()
    given = given[7:] if given[:7].lower() == "sha256=" else given
    if encoding == "hex":
        given = given.lower()
    found = [same(sign(secret, raw, encoding), given) for secret in secrets if secret]
    return any(found)

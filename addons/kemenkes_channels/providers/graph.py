"""What WhatsApp, Messenger, Facebook and Instagram share: Meta's Graph API and its webhooks.

Sources: developers.facebook.com/docs/graph-api (changelog, webhooks/getting-started, overview/rate-limiting,
guides/error-handling). Which error codes mean what was read there and in the sections of each product.
"""

import hashlib
import hmac
import json
from urllib.parse import urlsplit

from . import reading
from .records import Accepted, Answer, Call, Fault, Health, Reason, Reply, Retry, Unsupported, Verdict

HOST = "https://graph.facebook.com"
VERSION = "v26.0"
# When Meta switches a version off (changelog of 2026-07-29); the account's keepers hear of it 180 days before.
VERSION_ENDS = {
    "v20.0": "2026-09-24",
    "v21.0": "2027-01-21",
    "v22.0": "2027-05-20",
    "v23.0": "2027-10-08",
    "v24.0": "2028-02-18",
    "v25.0": "2028-07-29",
}
FILE_HOSTS = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".cdninstagram.com")
OPTIONS = {
    "api_version": ("Graph API version", False),
    "app_id": ("App id", False),
    "client": ("HTTP client: requests or facebook-sdk", False),
}

DAY = 24 * 3600
# Share of a rate limit, in percent, from which on the account goes slower.
SLOW_DOWN_AT = 80
SLOW_SECONDS = 30

RATE_CODES = {4, 17, 32, 613, 80001, 80002, 80006, 80007, 80008}
TEMPORARY_CODES = {-1, 1, 2}
PERMISSION_CODES = {3, 10, *range(200, 300)}
# Code and subcode that say more than the code alone.
EXACT = {
    (10, 2018278): (Retry.PERSON, Reason.WINDOW_CLOSED, False),
    (10, 2534022): (Retry.PERSON, Reason.WINDOW_CLOSED, False),
    (10, 1893063): (Retry.PERSON, Reason.ACCOUNT, True),
    (100, 33): (Retry.NEVER, Reason.GONE, False),
    (100, 2018001): (Retry.NEVER, Reason.NO_RECIPIENT, False),
    (100, 2018218): (Retry.NEVER, Reason.NO_RECIPIENT, False),
    (100, 2534014): (Retry.NEVER, Reason.NO_RECIPIENT, False),
}
CODES = {
    100: (Retry.NEVER, Reason.BAD_REQUEST, False),
    102: (Retry.PERSON, Reason.TOKEN, True),
    190: (Retry.PERSON, Reason.TOKEN, True),
    368: (Retry.PERSON, Reason.ACCOUNT, True),
    506: (Retry.NEVER, Reason.DUPLICATE, False),
    551: (Retry.NEVER, Reason.REFUSED, False),
    10900: (Retry.NEVER, Reason.DUPLICATE, False),
    2494191: (Retry.NEVER, Reason.PERMISSION, False),
}
STATUSES = {
    401: (Retry.PERSON, Reason.TOKEN, True),
    403: (Retry.PERSON, Reason.PERMISSION, False),
    404: (Retry.NEVER, Reason.GONE, False),
    413: (Retry.NEVER, Reason.MEDIA, False),
}

# THE WEBHOOK


def handshake(account, query):
    """Answer to ``GET ?hub.mode=subscribe&hub.challenge=…&hub.verify_token=…``: the challenge if the token is ours."""
    is_ours = reading.same(account.verify_token, reading.text(query, "hub.verify_token"))
    if reading.text(query, "hub.mode") == "subscribe" and is_ours:
        return Reply(200, reading.text(query, "hub.challenge"))
    return Reply(403)


def verify(account, headers, raw):
    """``X-Hub-Signature-256`` over the bytes received, by the current app secret or one that is being rotated out."""
    signature = headers.get("x-hub-signature-256")
    if not signature:
        return Verdict.UNSIGNED
    return Verdict.GENUINE if reading.is_signed(account.app_secrets, signature, raw) else Verdict.FORGED


def parse_entries(raw, readers):
    """Records of every entry of a webhook.

    :param dict readers: ``{object: generator of records, given an entry}``
    """
    payload = reading.load(raw)
    records = []
    entries = reading.items(payload, "entry")
    reader = readers.get(reading.text(payload, "object"))
    if not entries or reader is None:
        return (unsupported(payload, reading.text(payload, "object") or "unreadable", raw=raw),)
    for entry in entries:
        records += each(reader, [entry], reading.text(entry, "id"))
    return tuple(records)


def each(reader, items, account_ref="", channel=""):
    """Records of every item; an item that the reader chokes on is kept as it is and harms no other."""
    records = []
    for item in items:
        try:
            records += reader(item)
        except Exception:  # noqa: BLE001 - outside bytes must never raise; the item is kept and shown
            records.append(unsupported(item, "unreadable", account_ref=account_ref, channel=channel))
    return records


def unsupported(item, what, raw=None, **values):
    """Something we cannot read, kept under a key made of what it holds."""
    content = raw if raw is not None else fingerprint_bytes(item)
    return Unsupported(key=f"{what}:{hashlib.sha256(content).hexdigest()}", what=what, raw=item, **values)


def fingerprint_bytes(item):
    """The same bytes for the same JSON value, in whatever order its names stand."""
    return json.dumps(item, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


# REQUESTS


def call(account, method, path, host=HOST, **values):
    """A request to the Graph with the account's token in its header, never in the address.

    :param str path: after the version, such as ``<id>/messages``
    """
    version = account.options.get("api_version") or VERSION
    return Call(
        method,
        f"{account.base(host)}/{version}/{path}",
        headers={"Authorization": f"Bearer {account.access_token}"},
        params={**values.pop("params", {}), **_proof(account, host)},
        **values,
    )


def _proof(account, host):
    """``appsecret_proof``: a stolen token alone is of no use. Instagram Login has another app's secret."""
    if host != HOST or not account.app_secrets or not account.access_token:
        return {}
    digest = hmac.new(account.app_secrets[0].encode(), account.access_token.encode(), hashlib.sha256)
    return {"appsecret_proof": digest.hexdigest()}


def file_call(account, url, *, with_token=False):
    """Fetch a file from an address that came in a payload or an answer.

    The token goes to Meta's own hosts only, and to a stand-in that the settings name.
    """
    is_stand_in = bool(account.api_host) and url.startswith(f"{account.base(HOST)}/")
    is_meta = urlsplit(url).scheme == "https" and (urlsplit(url).hostname or "").endswith(FILE_HOSTS)
    headers = {"Authorization": f"Bearer {account.access_token}"} if with_token and (is_meta or is_stand_in) else {}
    return Call("GET", url, headers=headers, step="file", expects="file", is_repeatable=True, is_trusted=is_stand_in)


def split_text(text, limit, length=len):
    """Parts of a text that each fit, cut at the end of a paragraph, line, sentence or word.

    :param int limit: the longest part
    :param length: how the service counts
    """
    parts = []
    rest = text.strip()
    while length(rest) > limit:
        end = _fitting(rest, limit, length)
        head = rest[:end]
        for mark in ("\n\n", "\n", ". ", " "):
            cut = head.rfind(mark)
            if cut > end // 3:
                end = cut + (mark == ". ")
                break
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return (*parts, rest) if rest or not parts else tuple(parts)


def _fitting(text, limit, length):
    """How many characters of a text fit."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= limit else (low, middle - 1)
    return low


# ANSWERS


def read_answer(answer, codes=None):
    """The JSON of a good answer, or the Fault of a bad one.

    :param dict codes: of one product, ``{code: (Retry, Reason, stops_account)}``, before those of all
    """
    body = answer.json()
    error = reading.table(body, "error")
    if 200 <= answer.status < 300 and isinstance(body, dict) and not error:
        return body
    if error:
        return _fault_of_error(answer, error, codes or {})
    return _fault_of_status(answer)


def error_fault(error, codes=None):
    """The Fault of an error that a webhook brings, such as in a failed status."""
    return _fault_of_error(Answer(200), error, codes or {})


def _fault_of_error(answer, error, codes):
    code, subcode = reading.whole(error, "code"), reading.whole(error, "error_subcode")
    retry, reason, stops = _meaning(code, subcode, error, answer.status, codes)
    return Fault(
        retry,
        reason,
        detail=_detail(error),
        code=f"{code}/{subcode}" if subcode else str(code),
        seconds=_seconds(answer, reason) if retry is Retry.LATER else None,
        stops_account=stops,
    )


def _meaning(code, subcode, error, status, codes):
    found = codes.get(code) or EXACT.get((code, subcode)) or CODES.get(code)
    if found:
        return found
    if code in RATE_CODES or status == 429:
        return Retry.LATER, Reason.RATE, False
    if code in TEMPORARY_CODES or error.get("is_transient") is True or status >= 500:
        return Retry.LATER, Reason.UNAVAILABLE, False
    if code in PERMISSION_CODES:
        return Retry.PERSON, Reason.PERMISSION, True
    return Retry.NEVER, Reason.UNKNOWN, False


def _detail(error):
    """The service's words, the most exact first, with the number by which Meta's support finds the request."""
    said = (
        reading.text(error, "error_data", "details")
        or reading.text(error, "error_user_msg")
        or reading.text(error, "message")
        or reading.text(error, "title")
    )
    trace = reading.text(error, "fbtrace_id")
    return f"{said} (fbtrace_id {trace})".strip() if trace else said


def _fault_of_status(answer):
    if answer.status in STATUSES:
        retry, reason, stops = STATUSES[answer.status]
        return Fault(retry, reason, code=f"HTTP {answer.status}", stops_account=stops)
    if answer.status == 429:
        return Fault(Retry.LATER, Reason.RATE, code="HTTP 429", seconds=_seconds(answer, Reason.RATE))
    if answer.status == 0 or answer.status >= 500 or 200 <= answer.status < 300:
        code = f"HTTP {answer.status}" if answer.status else ""
        return Fault(Retry.LATER, Reason.UNAVAILABLE, code=code, seconds=_retry_after(answer))
    return Fault(Retry.NEVER, Reason.BAD_REQUEST, code=f"HTTP {answer.status}")


def _seconds(answer, reason):
    """How long to wait by the answer's headers, None where they do not say."""
    if reason is Reason.RATE:
        minutes = max((whole for _percent, whole in _usage(answer)), default=0)
        if minutes:
            return min(minutes, 24 * 60) * 60.0
    return _retry_after(answer)


def _retry_after(answer):
    seconds = reading.decimal(answer.header("Retry-After"))
    return min(seconds, DAY) if seconds and seconds > 0 else None


def rest_seconds(answer):
    """How long an account that nears a rate limit rests before its next request; 0 while there is room.

    Reads ``X-Business-Use-Case-Usage`` and ``X-App-Usage``, percent of what the hour allows.
    """
    percent = max((percent for percent, _minutes in _usage(answer)), default=0)
    return SLOW_SECONDS if percent >= SLOW_DOWN_AT else 0


def _usage(answer):
    """``(highest percent, minutes until access is back)`` of each limit that the headers tell of."""
    by_case = reading.load(answer.header("X-Business-Use-Case-Usage"))
    limits = [limit for case in reading.table(by_case).values() for limit in reading.items(case)]
    limits.append(reading.load(answer.header("X-App-Usage")))
    return [
        (
            max(reading.whole(limit, name) for name in ("call_count", "total_cputime", "total_time")),
            reading.whole(limit, "estimated_time_to_regain_access"),
        )
        for limit in limits
        if isinstance(limit, dict)
    ]


def accepted(answer, step, *path, codes=None, value_path=()):
    """What a step made, its id at ``path``; a good answer without the id was done all the same."""
    body = read_answer(answer, codes)
    if isinstance(body, Fault):
        return body
    return Accepted(
        step,
        external_id=reading.text(body, *path) if path else "",
        value=reading.text(body, *value_path) if value_path else "",
        rest_seconds=rest_seconds(answer),
    )


# THE ACCOUNT


def read_health(account, answer, name_of):
    """What "test connection" found.

    :param name_of: the account's name and more, of the answer's JSON
    """
    body = read_answer(answer)
    if isinstance(body, Fault):
        return body
    name, detail = name_of(body)
    app_id = str(account.options.get("app_id") or "")
    apps = reading.dig(body, "subscribed_apps", "data")
    subscribed = None
    if isinstance(apps, list):
        ids = {reading.text(app, "id") or reading.text(app, "whatsapp_business_api_data", "id") for app in apps}
        subscribed = app_id in ids if app_id else bool(ids)
    ends = VERSION_ENDS.get(account.options.get("api_version") or VERSION)
    if ends:
        detail = f"{detail} (Graph API {account.options['api_version']}: {ends})".strip()
    return Health(name, detail, is_subscribed=subscribed)

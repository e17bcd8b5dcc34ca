"""App Store: customer reviews of one app, and the one answer each may have (App Store Connect API).

The account's id outside is the app's Apple id, a number. There is no webhook for reviews: they are pulled, newest
first, until a page is older than the last pull; once a day everything of the last LOOK_BACK_DAYS is read again, because
an edited review does not move to the top. The first pull reads all there is. Quota: 3,500 requests an hour for one key.
"""

import json
import time
from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote, urlsplit

import jwt

from . import digest, reading, reports
from ._http import read_common
from .records import (
    Accepted,
    Call,
    Fault,
    Handle,
    Health,
    Limits,
    Person,
    Pulled,
    Reason,
    Retry,
    Review,
    Unsupported,
)

HOST = "https://api.appstoreconnect.apple.com"
AUDIENCE = "appstoreconnect-v1"
# Apple takes tokens of 20 minutes at most.
TOKEN_SECONDS = 900
TOKEN_RENEWAL = 600

OPTIONS = {
    "key_id": ("Key id", False),
    "issuer_id": ("Issuer id (empty for an individual key)", False),
    "private_key": ("Private key (.p8)", True),
}
PULLS = {"reviews": 1800}
PULLS_A_DAY = 48
PAGE_SIZE = 200
PAGES_PER_PULL = 200
LOOK_BACK_DAYS = 90
# Requests of the hour that are left to answers.
SPARED_REQUESTS = 100
# Measured by others; Apple does not say.
REPLY_LENGTH = 5970
# Apple's names of an answer's state.
REPLY_STATES = {"PENDING_PUBLISH": "pending", "PUBLISHED": "published"}


# READING REVIEWS


def parse(account, raw):
    """Reviews of a page of the list, or one review by itself, each with its answer where the page includes it."""
    payload = reading.load(raw)
    data = payload.get("data") if isinstance(payload, dict) else None
    data = [data] if isinstance(data, dict) else data
    if not isinstance(data, list):
        return (Unsupported(key=digest(raw), what="page", raw=payload),)
    answers = {reading.text(item, "id"): item for item in reading.items(payload, "included")}
    return tuple(_read_review(item, answers) for item in data)


def _read_review(item, answers):
    review_id = reading.text(item, "id")
    said = reading.table(item, "attributes")
    stars = reading.whole(said, "rating")
    if not review_id or not 1 <= stars <= 5:
        return Unsupported(key=digest(json.dumps(item, sort_keys=True).encode()), what="review", raw=item)
    title, text = reading.text(said, "title").strip(), reading.text(said, "body").strip()
    answer = answers.get(reading.text(item, "relationships", "response", "data", "id"))
    answered = reading.table(answer, "attributes")
    reply_state = reading.text(answered, "state")
    reply_stamp = f"{reading.text(answered, 'lastModifiedDate')}/{reply_state}"
    return Review(
        key="+".join([f"{review_id}@{edition(title, text, stars)}", *([reply_stamp] if answered else [])]),
        date=reading.time_of_iso(said, "createdDate"),
        external_id=review_id,
        sender=Person((Handle("appstore", review_id),), reading.text(said, "reviewerNickname").strip()),
        stars=stars,
        title=title,
        text=text,
        territory=reading.text(said, "territory")[:20],
        created_date=reading.time_of_iso(said, "createdDate"),
        reply=reading.text(answered, "responseBody").strip(),
        reply_id=reading.text(answer, "id"),
        reply_date=reading.time_of_iso(answered, "lastModifiedDate"),
        reply_state=REPLY_STATES.get(reply_state, "pending") if answered else "",
    )


def edition(title, text, stars):
    """What tells two versions of one review apart: Apple gives no date of a change."""
    return digest(json.dumps([title, text, stars]).encode())[:20]


def pull(account, what, cursor):
    """One page; ``next`` of the cursor is the path that the page before named, followed as it stands."""
    if cursor.get("next"):
        return Call("GET", account.base(HOST) + cursor["next"], _headers(account), step="pull", is_repeatable=True)
    params = {"sort": "-createdDate", "limit": str(PAGE_SIZE), "include": "response"}
    return Call("GET", _address(account), _headers(account), params, step="pull", is_repeatable=True)


def read_pull(account, what, cursor, answer):
    """Reviews of a page.

    The cursor: ``since``, creation date of the newest review of the pull before; ``newest``, that of this pull;
    ``next``, path of the next page; ``page``, how many were read; ``pulls``, how many since everything was read.
    """
    if answer.status != 200:
        return read_fault(answer)
    payload = answer.json()
    if not isinstance(payload, dict):
        return Fault(Retry.LATER, Reason.UNAVAILABLE, "The answer is no JSON.")
    records = parse(account, answer.body)
    dates = [record.date for record in records if record.date]
    newest = max([*(date.isoformat() for date in dates), cursor.get("newest") or ""])
    pulls = reading.whole(dict(cursor), "pulls")
    following = _next_path(payload)
    number = reading.whole(dict(cursor), "page") + 1
    if not following or _is_known(cursor, pulls, dates):
        since = max(newest, cursor.get("since") or "")
        return Pulled(records, {"since": since, "pulls": (pulls + 1) % PULLS_A_DAY})
    going_on = {**cursor, "newest": newest, "next": following, "page": number}
    if number % PAGES_PER_PULL == 0 or _remaining(answer) < SPARED_REQUESTS:
        return Pulled(records, going_on)
    return Pulled(records, going_on, has_more=True)


def _is_known(cursor, pulls, dates):
    """Whether the next page can hold nothing new: all it has is older than the last pull, or than we look back."""
    since = reading.time_of_iso(dict(cursor), "since")
    if not since or not dates:
        return False
    return min(dates) < (since - timedelta(days=LOOK_BACK_DAYS) if pulls == 0 else since)


def _next_path(payload):
    """Path and query of the next page; the host is always ours, so that no page can send the token elsewhere."""
    try:
        parts = urlsplit(reading.text(payload, "links", "next"))
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.path.startswith("/v1/") else ""


def _remaining(answer):
    """Requests left in this hour, from ``user-hour-lim:3500;user-hour-rem:500;``; enough where it is missing."""
    parts = dict(part.split(":", 1) for part in answer.header("x-rate-limit").split(";") if ":" in part)
    value = parts.get("user-hour-rem", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else SPARED_REQUESTS


def read_report(account, raw):
    """Reviews of a CSV file with the attributes of Apple's interface as columns, for back-filling from other tools.

    Apple itself offers no report of reviews for download; the first pull reads all of them.

    :param bytes raw: the file, UTF-8 or UTF-16
    :return: ``reports.Report``
    """
    return reports.read(raw, REPORT_COLUMNS, _read_row)


REPORT_COLUMNS = ("id", "rating", "title", "body", "createdDate")


def _read_row(row):
    review_id = row["id"].strip()
    if not review_id:
        raise reports.RowError("no_id")
    stars = reports.stars(row["rating"])
    date = reading.time_of_iso(row, "createdDate")
    if date is None:
        raise reports.RowError("date", row["createdDate"])
    title, text, reply = row["title"].strip(), row["body"].strip(), row.get("responseBody", "").strip()
    replied = reading.time_of_iso(row, "responseDate")
    return Review(
        key="+".join([f"{review_id}@{edition(title, text, stars)}", *([f"{replied}/PUBLISHED"] if reply else [])]),
        date=date,
        external_id=review_id,
        sender=Person((Handle("appstore", review_id),), row.get("reviewerNickname", "").strip()),
        stars=stars,
        title=title,
        text=text,
        territory=row.get("territory", "").strip()[:20],
        app_version=row.get("appVersion", "").strip(),
        created_date=date,
        reply=reply,
        reply_date=replied if reply else None,
        reply_state="published" if reply else "",
    )


# ANSWERING


def limits(account):
    return Limits(text_length=REPLY_LENGTH, actions=("message", "edit", "delete"), one_answer=True)


def build(account, outgoing, done=()):
    """The answer to a review, which creates or overwrites; or its removal, ``target`` being the answer's id then."""
    if done:
        return None
    if outgoing.action == "delete":
        address = f"{account.base(HOST)}/v1/customerReviewResponses/{quote(outgoing.target, safe='')}"
        return Call("DELETE", address, _headers(account), step="delete", is_repeatable=True)
    fault = _find_hindrance(outgoing)
    if fault:
        return fault
    content = {
        "data": {
            "type": "customerReviewResponses",
            "attributes": {"responseBody": outgoing.text},
            "relationships": {"review": {"data": {"type": "customerReviews", "id": outgoing.target}}},
        }
    }
    address = f"{account.base(HOST)}/v1/customerReviewResponses"
    return Call("POST", address, _headers(account), json=content, step="reply", is_repeatable=True)


def _find_hindrance(outgoing):
    if outgoing.action not in ("message", "edit"):
        return Fault(Retry.NEVER, Reason.UNSUPPORTED)
    if outgoing.files:
        return Fault(Retry.NEVER, Reason.MEDIA)
    if len(outgoing.text) > REPLY_LENGTH:
        return Fault(Retry.NEVER, Reason.TOO_LONG, f"{len(outgoing.text)} > {REPLY_LENGTH}")
    if not outgoing.target or not outgoing.text.strip():
        return Fault(Retry.NEVER, Reason.BAD_REQUEST)
    return None


def read_answer(account, call, answer):
    if answer.status not in (200, 201, 204):
        return read_fault(answer)
    data = reading.table(answer.json(), "data")
    state = REPLY_STATES.get(reading.text(data, "attributes", "state"), "pending")
    # overwritten answers keep their id; each is a message of its own
    stamp = reading.text(data, "attributes", "lastModifiedDate")
    answer_id = f"{reading.text(data, 'id')}@{stamp}" if data else ""
    return Accepted(call.step, external_id=answer_id, value=state if data else "")


def read_fault(answer):
    """Apple's errors: ``{errors: [{status, code, title, detail}]}``."""
    error = reading.table(answer.json(), "errors", 0)
    detail = reading.text(error, "detail") or reading.text(error, "title")
    code = reading.text(error, "code")
    if fault := read_common(answer, detail, code):
        return fault
    if answer.status == 401:
        return Fault(Retry.PERSON, Reason.TOKEN, detail, code, stops_account=True)
    if answer.status == 403:
        # a key of the role Customer Support is said to read and not to answer
        return Fault(Retry.PERSON, Reason.PERMISSION, detail, code, stops_account=True)
    if answer.status == 404:
        return Fault(Retry.NEVER, Reason.GONE, detail, code)
    if answer.status == 409:
        return Fault(Retry.LATER, Reason.UNAVAILABLE, detail, code)
    return Fault(Retry.NEVER, Reason.BAD_REQUEST, detail, code)


# THE ACCOUNT


def health_call(account):
    return Call("GET", _address(account), _headers(account), {"limit": "1"}, step="health", is_repeatable=True)


def read_health(account, answer):
    return Health(name=account.account_ref) if answer.status == 200 else read_fault(answer)


def _address(account):
    return f"{account.base(HOST)}/v1/apps/{quote(account.account_ref, safe='')}/customerReviews"


def _headers(account):
    """The signed token; none where the key is missing or unreadable, which Apple answers with 401."""
    options = account.options
    key_id, issuer, key = (str(options.get(name) or "") for name in ("key_id", "issuer_id", "private_key"))
    token = make_token(key_id, issuer, key, int(time.time()) // TOKEN_RENEWAL * TOKEN_RENEWAL)
    return {"Authorization": f"Bearer {token}"} if token else {}


@lru_cache(maxsize=32)
def make_token(key_id, issuer, private_key, now):
    """A JWT of a team's key, or of an individual one where there is no issuer; ``""`` where the key can't sign.

    :param int now: seconds since 1970
    """
    whose = {"iss": issuer} if issuer else {"sub": "user"}
    claims = {**whose, "iat": now, "exp": now + TOKEN_SECONDS, "aud": AUDIENCE}
    try:
        return jwt.encode(claims, private_key, algorithm="ES256", headers={"kid": key_id})
    except (ValueError, TypeError, jwt.PyJWTError):
        return ""

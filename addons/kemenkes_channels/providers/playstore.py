"""Google Play: reviews of one app, and the one answer each may have (androidpublisher v3).

The account's id outside is the app's package name. There is no webhook: reviews are pulled. The service gives only
reviews with a text, of the production track, written or changed in the last seven days; what is older comes from the
monthly reports of the Play Console (:func:`read_report`). Quota of one app: 200 requests for reading an hour, 2,000
answers a day.
"""

import json
import time
from urllib.parse import quote, unquote, urlsplit

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
    Token,
    Unsupported,
)

HOST = "https://androidpublisher.googleapis.com"
TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_SECONDS = 3600
TOKEN_MARGIN = 300

OPTIONS = {
    "service_account": ("Service account key (JSON)", True),
    "translation_language": ("Translate reviews into (language code)", False),
}
# With a page limit of 90, two pulls an hour stay below the 200 requests an hour that one app may read.
PULLS = {"reviews": 1800}
PAGE_SIZE = 100
PAGES_PER_PULL = 90
REPLY_LENGTH = 350
# Reasons by which a 403 says that there were too many requests, not that we may not.
RATE_REASONS = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded")
# Java's old code for Indonesian, which Android still sends.
OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}


# READING REVIEWS


def parse(account, raw):
    """Reviews of a page of the list, or one review by itself."""
    payload = reading.load(raw)
    if isinstance(payload, dict) and "reviewId" in payload:
        return (_read_review(payload),)
    if not isinstance(payload, dict) or not isinstance(payload.get("reviews", []), list):
        return (Unsupported(key=digest(raw), what="page", raw=payload),)
    return tuple(_read_review(item) for item in payload.get("reviews", []))


def _read_review(item):
    review_id = reading.text(item, "reviewId")
    comments = [comment for comment in reading.items(item, "comments") if isinstance(comment, dict)]
    said = _newest(comments, "userComment")
    answered = _newest(comments, "developerComment")
    stars = reading.whole(said, "starRating")
    if not review_id or not said or not 1 <= stars <= 5:
        return Unsupported(key=digest(json.dumps(item, sort_keys=True).encode()), what="review", raw=item)
    title, text = _split_title(reading.text(said, "text"))
    original = _split_title(reading.text(said, "originalText"))[1]
    language = reading.text(said, "reviewerLanguage")[:20]
    return Review(
        key="+".join([f"{review_id}@{_stamp(said)}", *([_stamp(answered)] if answered else [])]),
        date=_time(said),
        external_id=review_id,
        sender=Person((Handle("playstore", review_id),), reading.text(item, "authorName").strip(), language=language),
        stars=stars,
        title=title,
        text=text,
        original_text=original,
        language=OLD_LANGUAGES.get(language, language),
        app_version=reading.text(said, "appVersionName") or reading.text(said, "appVersionCode"),
        os_version=_os_version(reading.text(said, "androidOsVersion")),
        device=reading.text(said, "deviceMetadata", "productName") or reading.text(said, "device"),
        helpful_count=max(0, reading.whole(said, "thumbsUpCount")),
        unhelpful_count=max(0, reading.whole(said, "thumbsDownCount")),
        reply=reading.text(answered, "text").strip(),
        reply_date=_time(answered),
        reply_state="published" if answered else "",
    )


def _newest(comments, name):
    """The latest of the user's or the developer's comments; an edited review may list more than one."""
    found = [comment[name] for comment in comments if isinstance(comment.get(name), dict)]
    return max(found, key=_moment, default={})


def _moment(comment):
    return reading.whole(comment, "lastModified", "seconds"), reading.whole(comment, "lastModified", "nanos")


def _stamp(comment):
    """Milliseconds are enough to tell versions apart, and all that the console's reports have."""
    seconds, nanos = _moment(comment)
    return f"{seconds}.{nanos // 1_000_000:03d}"


def _time(comment):
    return reading.time_of_seconds(comment, "lastModified", "seconds")


def _split_title(text):
    """``(title, body)``: old reviews have both in one text with a tab between them."""
    title, tab, body = text.partition("\t")
    return (title.strip(), body.strip()) if tab else ("", text.strip())


def _os_version(level):
    return f"Android API {level}" if level else ""


def pull(account, what, cursor):
    """One page; the service pages with tokens that last a few minutes."""
    params = {"maxResults": str(PAGE_SIZE)}
    if cursor.get("token"):
        params["token"] = str(cursor["token"])
    if account.options.get("translation_language"):
        params["translationLanguage"] = account.options["translation_language"]
    return Call("GET", _address(account), _headers(account), params, step="pull", is_repeatable=True)


def read_pull(account, what, cursor, answer):
    """Reviews of a page; after PAGES_PER_PULL pages the rest is left to the next pull."""
    if answer.status != 200:
        return read_fault(answer)
    page = answer.json()
    if not isinstance(page, dict):
        return Fault(Retry.LATER, Reason.UNAVAILABLE, "The answer is no JSON.")
    token = reading.text(page, "tokenPagination", "nextPageToken")
    number = reading.whole(dict(cursor), "page") + 1
    if not token:
        return Pulled(parse(account, answer.body))
    if number >= PAGES_PER_PULL:
        return Pulled(parse(account, answer.body), {"token": token})
    return Pulled(parse(account, answer.body), {"token": token, "page": number}, has_more=True)


def read_report(account, raw):
    """Reviews of a monthly CSV report of the Play Console, for back-filling.

    :param bytes raw: the file; UTF-16 as the console writes it, or UTF-8 as it is after somebody's editing
    :return: ``reports.Report``
    """
    return reports.read(raw, REPORT_COLUMNS, lambda row: _read_row(account, row))


REPORT_COLUMNS = ("Package Name", "Star Rating", "Review Text", "Review Last Update Millis Since Epoch", "Review Link")


def _read_row(account, row):
    package = row.get("Package Name", "").strip()
    if package and package != account.account_ref:
        raise reports.RowError("other_app", package)
    review_id = _id_of_link(row.get("Review Link", ""))
    if not review_id:
        raise reports.RowSkipped
    stars = reports.stars(row["Star Rating"])
    updated = reports.millis(row, "Review Last Update Millis Since Epoch")
    replied = reports.millis(row, "Developer Reply Millis Since Epoch")
    reply = row.get("Developer Reply Text", "").strip()
    language = row.get("Reviewer Language", "").strip()[:20]
    return Review(
        key="+".join([f"{review_id}@{_millis_stamp(updated)}", *([_millis_stamp(replied)] if reply else [])]),
        date=reports.time_of(updated),
        external_id=review_id,
        sender=Person((Handle("playstore", review_id),), language=language),
        stars=stars,
        title=row.get("Review Title", "").strip(),
        text=row["Review Text"].strip(),
        language=OLD_LANGUAGES.get(language, language),
        app_version=row.get("App Version Name", "").strip() or row.get("App Version Code", "").strip(),
        device=row.get("Device", "").strip(),
        created_date=reports.time_of(reports.millis(row, "Review Submit Millis Since Epoch")),
        reply=reply,
        reply_date=reports.time_of(replied) if reply else None,
        reply_state="published" if reply else "",
    )


def _id_of_link(link):
    """The review's id in the console's link: ``reviewId=``, in old reports ``ReviewPlace:id=``; ``""`` for none."""
    for mark in ("reviewId=", "reviewid=", "ReviewPlace:id="):
        _before, found, rest = link.partition(mark)
        if found:
            return unquote(rest.split("&")[0].split("#")[0]).strip()
    return ""


def _millis_stamp(millis):
    return f"{millis // 1000}.{millis % 1000:03d}"


# ANSWERING


def limits(account):
    return Limits(text_length=REPLY_LENGTH, actions=("message", "edit"), one_answer=True)


def build(account, outgoing, done=()):
    """The answer to a review; a second one replaces the first, so repeating it does no harm."""
    if done:
        return None
    fault = _find_hindrance(outgoing)
    if fault:
        return fault
    address = f"{_address(account)}/{quote(outgoing.target, safe='')}:reply"
    return Call("POST", address, _headers(account), json={"replyText": outgoing.text}, step="reply", is_repeatable=True)


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
    if answer.status != 200:
        return read_fault(answer)
    review_id = unquote(urlsplit(call.url).path.rsplit("/", 1)[-1].removesuffix(":reply"))
    edited = reading.text(answer.json(), "result", "lastEdited", "seconds")
    return Accepted(call.step, external_id=f"{review_id}@{edited}", value="published")


def read_fault(answer):
    """Google's errors: ``{error: {code, message, status, errors: [{reason}]}}``."""
    body = answer.json()
    detail = reading.text(body, "error", "message")
    reason = reading.text(body, "error", "errors", 0, "reason") or reading.text(body, "error", "status")
    if answer.status == 403 and reason in RATE_REASONS:
        return Fault(Retry.LATER, Reason.RATE, detail, reason, seconds=3600)
    if fault := read_common(answer, detail, reason):
        return fault
    if answer.status == 401:
        # the engine gets a new token; when that does not help, nothing of this account goes
        return Fault(Retry.LATER, Reason.TOKEN, detail, reason)
    if answer.status == 403:
        return Fault(Retry.PERSON, Reason.PERMISSION, detail, reason, stops_account=True)
    if answer.status == 404:
        return Fault(Retry.NEVER, Reason.GONE, detail, reason)
    return Fault(Retry.NEVER, Reason.BAD_REQUEST, detail, reason)


# THE ACCOUNT


def token_call(account):
    """A token of one hour for the service account; None where its key is missing or unreadable."""
    key = reading.load(account.options.get("service_account") or "")
    email, private_key = reading.text(key, "client_email"), reading.text(key, "private_key")
    if not email or not private_key:
        return None
    now = int(time.time())
    claims = {"iss": email, "scope": SCOPE, "aud": TOKEN_ADDRESS, "iat": now, "exp": now + TOKEN_SECONDS}
    try:
        assertion = jwt.encode(claims, private_key, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        return None
    address = f"{account.api_host.rstrip('/')}/token" if account.api_host else TOKEN_ADDRESS
    form = {"grant_type": GRANT, "assertion": assertion}
    return Call("POST", address, form=form, step="token", is_repeatable=True)


def read_token(account, answer):
    body = answer.json()
    token = reading.text(body, "access_token")
    if answer.status == 200 and token:
        return Token(token, seconds=reading.whole(body, "expires_in") or TOKEN_SECONDS)
    detail = reading.text(body, "error_description") or reading.text(body, "error")
    return read_common(answer, detail) or Fault(Retry.PERSON, Reason.TOKEN, detail, stops_account=True)


def health_call(account):
    return Call("GET", _address(account), _headers(account), {"maxResults": "1"}, step="health", is_repeatable=True)


def read_health(account, answer):
    return Health(name=account.account_ref) if answer.status == 200 else read_fault(answer)


def _address(account):
    package = quote(account.account_ref, safe="")
    return f"{account.base(HOST)}/androidpublisher/v3/applications/{package}/reviews"


def _headers(account):
    return {"Authorization": f"Bearer {account.access_token}"}

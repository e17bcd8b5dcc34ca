"""X: mentions, replies, quotes and direct messages (API v2, X Activity API).

The account's id outside is the user id of our account. ``app_secrets`` are consumer secrets, ``access_token`` the
user's OAuth 2.0 token of two hours. Requests that python-twitter-v2 knows are made by it; it knows no webhooks, no
token renewal and loses the media upload's fields, those are made here.

Everything costs money, reading too (:data:`PRICES`), so nothing is asked for in vain. Since February 2026 an ordinary
app may answer in public only those who mentioned or quoted the account; everybody else gets 403.
"""

import base64
import html
import json
import time
from functools import lru_cache
from urllib.parse import quote, urlsplit

import regex

from . import digest, reading
from ._http import read_common
from .records import (
    Accepted,
    AccountNotice,
    Call,
    Deletion,
    Fault,
    Handle,
    Health,
    Limits,
    Media,
    MediaLimit,
    Message,
    Person,
    Post,
    Pulled,
    Reason,
    Reply,
    Retry,
    Token,
    Unsupported,
    Verdict,
    Watermark,
)

HOST = "https://api.x.com"
SIGNATURE_HEADER = "x-twitter-webhooks-signature"
TEXT_LENGTH = 280
MESSAGE_LENGTH = 10_000
TOKEN_MARGIN = 600
TOKEN_SECONDS = 7200
# What is paid for, in thousandths of a US dollar (price list of 2026-02-06).
PRICES = {
    "mention": 1,
    "post": 5,
    "message": 10,
    "reply": 10,
    "send_post": 15,
    "send_post_link": 200,
    "send_message": 15,
}

OPTIONS = {
    "client_id": ("OAuth 2.0 client id", False),
    "client_secret": ("OAuth 2.0 client secret (confidential apps)", True),
    "refresh_token": ("OAuth 2.0 refresh token", True),
    "app_token": ("App-only bearer token (webhooks)", True),
    "allows_links": ("Links in public replies (0.20 USD each)", False),
    "long_posts": ("The account may write long posts", False),
}
# Webhooks are not sent again for long, so mentions and messages are also asked for now and then.
PULLS = {"messages": 900}
# The service gives the newest 800 mentions.
MENTION_PAGES = 8
PAGE_SIZE = 100
EXPANSIONS = ("author_id", "attachments.media_keys", "referenced_tweets.id")
POST_FIELDS = (
    "attachments", "author_id", "conversation_id", "created_at", "entities", "in_reply_to_user_id", "lang",
    "note_tweet", "referenced_tweets",
)  # fmt: skip
USER_FIELDS = ("name", "username")
MEDIA_FIELDS = ("type", "url", "variants", "alt_text", "preview_image_url")

POST_EVENTS = ("post.create", "post.mention.create", "post.reply.create", "post.quote.create")
# Filler: tells nothing that anybody would look for.
SILENT_EVENTS = ("dm.indicate_typing",)

URL = regex.compile(
    r"(?:https?://\S+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|id|org|net|go\.id|co\.id|me|info|io)\b\S*)", regex.I
)
URL_WEIGHT = 23
# Code points that count one; all others count two (the service's own configuration, version 3).
LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


# THE WEBHOOK


def handshake(account, query):
    """The challenge: about hourly the service asks us to sign a token (CRC)."""
    token = query.get("crc_token") or ""
    secret = next((secret for secret in account.app_secrets if secret), "")
    if not token:
        return Reply(400)
    if not secret:
        return Reply(403)
    signed = {"response_token": f"sha256={reading.sign(secret, token.encode(), 'base64')}"}
    return Reply(200, json.dumps(signed), "application/json")


def verify(account, headers, raw):
    signature = headers.get(SIGNATURE_HEADER, "")
    if not signature:
        return Verdict.UNSIGNED
    is_ours = reading.is_signed(account.app_secrets, signature, raw, "base64")
    return Verdict.GENUINE if is_ours else Verdict.FORGED


# READING


def parse(account, raw):
    """An event of a webhook, or a page of posts or direct messages that was asked for."""
    payload = reading.load(raw)
    data = reading.dig(payload, "data")
    if isinstance(data, list):
        includes = reading.table(payload, "includes")
        return tuple(record for item in data for record in _read_listed(account, item, includes))
    if not isinstance(data, dict):
        return (Unsupported(key=digest(raw), what="body", raw=payload),)
    return tuple(_read_event(account, data))


def _read_listed(account, item, includes):
    if reading.text(item, "event_type") in ("MessageCreate", "ParticipantsJoin", "ParticipantsLeave"):
        return _read_listed_message(account, item, includes)
    if reading.text(item, "event_type"):
        return _read_event(account, item)
    return [_read_post(account, item, includes, "") or _unsupported(item, "post", item)]


def _read_event(account, event):
    kind = reading.text(event, "event_type")
    payload = reading.table(event, "payload")
    if kind in SILENT_EVENTS:
        return []
    if kind in POST_EVENTS:
        includes = reading.table(event, "includes") or reading.table(payload, "includes")
        records = [_read_post(account, payload, includes, kind)]
    elif kind == "post.delete":
        records = [_read_deletion(event, payload)]
    elif kind in ("dm.received", "dm.sent"):
        records = _read_messages(account, payload)
    elif kind == "dm.read":
        records = _read_marks(event, payload)
    elif kind == "chat.received":
        records = [_read_encrypted(event, payload)]
    elif kind == "oauth.revoke":
        records = [AccountNotice(key=_event_key(event), kind="token_revoked", level="error", text=kind)]
    else:
        records = []
    return [record or _unsupported(event, kind, event) for record in records] or [_unsupported(event, kind, event)]


def _event_key(event):
    return reading.text(event, "event_uuid") or digest(json.dumps(event, sort_keys=True).encode())


def _unsupported(event, what, raw):
    return Unsupported(key=_event_key(event), what=what[:100] or "event", raw=raw)


def _read_post(account, post, includes, kind):
    """A post as a comment in public; None where it has no id."""
    post_id, author_id = reading.text(post, "id"), reading.text(post, "author_id")
    if not post_id or not (author_id or reading.text(post, "text")):
        return None
    referenced = {
        reading.text(item, "type"): reading.text(item, "id")
        for item in reading.items(post, "referenced_posts") or reading.items(post, "referenced_tweets")
    }
    is_echo = bool(author_id) and author_id == account.account_ref
    other = reading.text(post, "in_reply_to_user_id") if is_echo else author_id
    replied = referenced.get("replied_to", "") or reading.text(post, "in_reply_to_tweet_id")
    author = _person(author_id, includes)
    return Message(
        key=post_id,
        date=reading.time_of_iso(post, "created_at"),
        external_id=post_id,
        sender=_person(other, includes),
        conversation=reading.text(post, "conversation_id") or post_id,
        text=_post_text(post),
        kind="comment" if replied else "mention",
        is_public=True,
        is_echo=is_echo,
        reply_to=replied,
        media=_post_media(post, includes),
        post=_read_context(referenced.get("quoted") or replied, includes),
        url=f"{_site(author)}/status/{post_id}",
    )


def _site(author):
    # the address with "i" leads to the post whoever wrote it
    return f"https://x.com/{quote(author.username, safe='') or 'i'}"


def _post_text(post):
    """The whole text: of long posts ``text`` is only the beginning."""
    long = reading.text(post, "note_post", "text") or reading.text(post, "note_tweet", "text")
    return html.unescape(long or reading.text(post, "text"))


def _read_context(post_id, includes):
    if not post_id:
        return None
    posts = reading.items(includes, "posts") or reading.items(includes, "tweets")
    found = next((post for post in posts if reading.text(post, "id") == post_id), {})
    author = _person(reading.text(found, "author_id"), includes)
    return Post(post_id, _post_text(found), f"{_site(author)}/status/{post_id}", author.name)


def _person(user_id, includes):
    if not user_id:
        return Person()
    user = next((user for user in reading.items(includes, "users") if reading.text(user, "id") == user_id), {})
    return Person((Handle("x", user_id),), reading.text(user, "name"), reading.text(user, "username"))


def _post_media(post, includes):
    keys = [reading.text(key) for key in reading.items(post, "attachments", "media_keys")]
    found = {reading.text(item, "media_key"): item for item in reading.items(includes, "media")}
    return tuple(media for key in keys if (media := _read_media(found.get(key, {}))))


def _read_media(item):
    kind = "image" if reading.text(item, "type") == "photo" else "video"
    variants = [one for one in reading.items(item, "variants") if reading.text(one, "content_type") == "video/mp4"]
    best = max(variants, key=lambda one: reading.whole(one, "bit_rate"), default={})
    url = reading.text(best, "url") or reading.text(item, "url") or reading.text(item, "media_url_https")
    if not url:
        return None
    return Media(kind, url=url, mime_type="video/mp4" if best else "", name=reading.text(item, "alt_text")[:100])


def _read_deletion(event, payload):
    post_id = reading.text(payload, "id") or reading.text(payload, "post_id") or reading.text(payload, "tweet_id")
    return Deletion(key=post_id, message_id=post_id) if post_id else None


def _read_messages(account, payload):
    """Direct messages of a webhook, which keeps the form of version 1.1."""
    people = reading.table(payload, "users")
    return [_read_message(account, item, people) for item in reading.items(payload, "direct_message_events")]


def _read_message(account, item, people):
    event_id, sender_id = reading.text(item, "id"), reading.text(item, "message_create", "sender_id")
    content = reading.table(item, "message_create", "message_data")
    if not event_id or not sender_id or not content:
        return None
    target = reading.text(item, "message_create", "target", "recipient_id")
    is_echo = sender_id == account.account_ref
    other = target if is_echo else sender_id
    user = reading.table(people, other, "data") or reading.table(people, other)
    attached = _read_media(reading.table(content, "attachment", "media"))
    return Message(
        key=event_id,
        date=reading.time_of_seconds(item, "created_timestamp", per_second=1000),
        external_id=event_id,
        sender=Person((Handle("x", other),), reading.text(user, "name"), reading.text(user, "username")),
        conversation=_conversation(sender_id, target),
        text=html.unescape(reading.text(content, "text")),
        kind="media" if attached else "text",
        is_echo=is_echo,
        media=(attached,) if attached else (),
    )


def _conversation(*people):
    """The id the service gives a conversation of two: the smaller user id first."""
    return "-".join(sorted((person for person in people if person), key=lambda person: (len(person), person)))


def _read_listed_message(account, item, includes):
    """A direct message of the list, which has the form of version 2."""
    event_id, sender_id = reading.text(item, "id"), reading.text(item, "sender_id")
    if reading.text(item, "event_type") != "MessageCreate" or not event_id or not sender_id:
        return [_unsupported(item, reading.text(item, "event_type"), item)]
    conversation = reading.text(item, "dm_conversation_id")
    is_echo = sender_id == account.account_ref
    others = [person for person in conversation.split("-") if person != account.account_ref]
    other = (others[0] if others else "") if is_echo else sender_id
    media = _post_media(item, includes)
    message = Message(
        key=event_id,
        date=reading.time_of_iso(item, "created_at"),
        external_id=event_id,
        sender=_person(other, includes),
        conversation=conversation,
        text=html.unescape(reading.text(item, "text")),
        kind="media" if media else "text",
        is_echo=is_echo,
        media=media,
    )
    return [message]


def _read_marks(event, payload):
    marks = reading.items(payload, "direct_message_mark_read_events")
    return [
        Watermark(
            key=f"{_event_key(event)}:{number}",
            state="read",
            until=reading.time_of_seconds(mark, "created_timestamp", per_second=1000),
            sender=_person(reading.text(mark, "sender_id"), {}),
            conversation=_conversation(reading.text(mark, "sender_id"), reading.text(mark, "target", "recipient_id")),
        )
        for number, mark in enumerate(marks)
        if reading.text(mark, "sender_id")
    ]


def _read_encrypted(event, payload):
    """XChat is encrypted from end to end: the agent is told to look on X."""
    return Unsupported(
        key=_event_key(event),
        date=reading.time_of_seconds(payload, "created_at_msec", per_second=1000),
        what="chat.received",
        raw=payload,
        sender=_person(reading.text(payload, "sender_id"), {}),
        conversation=_conversation(*reading.text(payload, "conversation_id").split(":")),
        external_id=reading.text(payload, "id"),
    )


def media_request(account, media, answer=None):
    """Files of direct messages are given only to us; those of posts to anybody."""
    host = urlsplit(media.url).hostname or ""
    headers = _headers(account) if host in ("ton.twitter.com", "api.x.com", "api.twitter.com") else {}
    return Call("GET", media.url, headers, step="file", expects="file", is_repeatable=True, is_trusted=False)


# ASKING FOR WHAT CAME


def pull(account, what, cursor):
    """Mentions page by page, then the newest direct messages; the cursor is as :func:`read_pull` makes it."""
    if cursor.get("phase") == "messages":
        params = {
            "max_results": str(PAGE_SIZE),
            "event_types": "MessageCreate",
            "dm_event.fields": "attachments,created_at,dm_conversation_id,event_type,sender_id,text",
            "expansions": "sender_id,attachments.media_keys",
            "user.fields": ",".join(USER_FIELDS),
            "media.fields": ",".join(MEDIA_FIELDS),
        }
        return Call("GET", f"{account.base(HOST)}/2/dm_events", _headers(account), params, step="messages")
    return _ask_library(
        account,
        "mentions",
        "get_mentions",
        user_id=account.account_ref,
        since_id=cursor.get("since") or None,
        pagination_token=cursor.get("token") or None,
        max_results=PAGE_SIZE,
        tweet_fields=POST_FIELDS,
        expansions=EXPANSIONS,
        user_fields=USER_FIELDS,
        media_fields=MEDIA_FIELDS,
    )


def read_pull(account, what, cursor, answer):
    """Posts or messages of a page.

    The cursor: ``since``, id of the newest mention of the pull before; ``newest``, of this one; ``token`` of the next
    page; ``page``, how many were read; ``phase``, what is asked for next.
    """
    if answer.status != 200:
        return read_fault(answer)
    records = parse(account, answer.body)
    meta = reading.table(answer.json(), "meta")
    if not reading.items(answer.json(), "data"):
        records = ()
    since = reading.text(dict(cursor), "since")
    if cursor.get("phase") == "messages":
        return Pulled(records, {"since": since})
    newest = _later(reading.text(dict(cursor), "newest"), reading.text(meta, "newest_id"))
    page, token = reading.whole(dict(cursor), "page") + 1, reading.text(meta, "next_token")
    if token and page < MENTION_PAGES:
        return Pulled(records, {"since": since, "newest": newest, "token": token, "page": page}, has_more=True)
    return Pulled(records, {"since": _later(since, newest), "phase": "messages"}, has_more=True)


def _later(one, other):
    """The greater of two ids, which grow with time."""
    return max(one, other, key=lambda post_id: (len(post_id), post_id))


# SENDING


def limits(account):
    return Limits(
        text_length=MESSAGE_LENGTH,
        text_unit="weighted",
        public_text_length=25_000 if account.options.get("long_posts") else TEXT_LENGTH,
        media={
            "image": MediaLimit(5 * 1024 * 1024, ("image/jpeg", "image/png", "image/webp", "image/gif")),
        },
        per_second=0.1,  # 100 posts in 15 minutes
        actions=("message", "delete", "hide", "unhide"),
        has_private_reply=True,
    )


def text_length(account, text):
    """The service's weighted length: an address is 23, an emoji 2, Latin letters 1, Chinese ones 2."""
    addresses = URL.findall(text)
    rest = URL.sub("", text)
    return URL_WEIGHT * len(addresses) + sum(_weight(cluster) for cluster in regex.findall(r"\X", rest))


def _weight(cluster):
    if len(cluster) > 1 and any(ord(letter) >= 0x1F000 or letter == "\ufe0f" for letter in cluster):
        return 2  # an emoji put together of several
    return sum(1 if any(first <= ord(letter) <= last for first, last in LIGHT_RANGES) else 2 for letter in cluster)


def build(account, outgoing, done=()):
    """The next request: each picture is uploaded first, then the post or the direct message."""
    if outgoing.action != "message":
        return None if done else _build_action(account, outgoing)
    if any(step.step == "send" for step in done):
        return None
    fault = _find_hindrance(account, outgoing)
    if fault:
        return fault
    uploaded = [step.value for step in done if step.step == "upload"]
    if len(uploaded) < len(outgoing.files):
        return _build_upload(account, outgoing, outgoing.files[len(uploaded)])
    if _is_post(outgoing):
        return _ask_library(
            account,
            "send",
            "create_tweet",
            text=outgoing.text,
            reply_in_reply_to_tweet_id=outgoing.target or None,
            media_media_ids=uploaded or None,
        )
    content = {"text": outgoing.text} if outgoing.text else {}
    if uploaded:
        content["attachments"] = [{"media_id": media_id} for media_id in uploaded]
    address = f"{account.base(HOST)}/2/dm_conversations/with/{quote(outgoing.recipient, safe='')}/messages"
    return Call("POST", address, _headers(account), json=content)


def _is_post(outgoing):
    return outgoing.is_public and not outgoing.is_private_reply


def _find_hindrance(account, outgoing):
    is_post = _is_post(outgoing)
    limit = limits(account).public_text_length if is_post else MESSAGE_LENGTH
    length = text_length(account, outgoing.text) if is_post else len(outgoing.text)
    if length > limit:
        return Fault(Retry.NEVER, Reason.TOO_LONG, f"{length} > {limit}")
    if not outgoing.text.strip() and not outgoing.files:
        return Fault(Retry.NEVER, Reason.BAD_REQUEST)
    if not is_post and not outgoing.recipient.isdigit():
        return Fault(Retry.NEVER, Reason.NO_RECIPIENT)
    if len(outgoing.files) > (4 if is_post else 1):
        return Fault(Retry.NEVER, Reason.MEDIA, "4 files in a post, 1 in a message")
    if is_post and URL.search(outgoing.text) and not account.options.get("allows_links"):
        return Fault(Retry.NEVER, Reason.UNSUPPORTED, "Links in public replies are switched off: each costs 0.20 USD.")
    return None


def _build_upload(account, outgoing, file):
    limit = limits(account).media["image"]
    if file.mime_type not in limit.types or file.size > limit.size:
        return Fault(Retry.NEVER, Reason.MEDIA, f"{file.mime_type}, {file.size}")
    what = "gif" if file.mime_type == "image/gif" else "image"
    category = f"{'tweet' if _is_post(outgoing) else 'dm'}_{what}"
    content = ("media", file.name, file.read(), file.mime_type)
    address = f"{account.base(HOST)}/2/media/upload"
    form = {"media_category": category}
    return Call("POST", address, _headers(account), form=form, files=(content,), step="upload", is_repeatable=True)


def _build_action(account, outgoing):
    target = quote(outgoing.target, safe="")
    if not target:
        return Fault(Retry.NEVER, Reason.BAD_REQUEST)
    if outgoing.action in ("hide", "unhide"):
        hidden = outgoing.action == "hide"
        return _ask_library(account, "hide", "hidden_reply", tweet_id=outgoing.target, hidden=hidden)
    if outgoing.action == "delete":
        path = f"tweets/{target}" if outgoing.is_public else f"dm_events/{target}"
        return Call("DELETE", f"{account.base(HOST)}/2/{path}", _headers(account), step="delete", is_repeatable=True)
    return Fault(Retry.NEVER, Reason.UNSUPPORTED)


def read_answer(account, call, answer):
    body = answer.json()
    data = reading.table(body, "data")
    if answer.status not in (200, 201, 202, 204) or (not data and reading.items(body, "errors")):
        return read_fault(answer, call)
    if call.step == "upload":
        media_id = reading.text(data, "id") or reading.text(body, "media_id_string")
        if not media_id:
            return Fault(Retry.LATER, Reason.MEDIA, "The upload gave no id.")
        return Accepted("upload", value=media_id)
    return Accepted(call.step, external_id=reading.text(data, "id") or reading.text(data, "dm_event_id"))


def check_sent(account, outgoing):
    """After a lost answer: our newest posts, to see whether the reply is among them.

    Direct messages can't be asked for so cheaply; the service refuses the same words again by itself.
    """
    params = {"max_results": "10", "tweet.fields": "created_at,referenced_tweets"}
    address = f"{account.base(HOST)}/2/users/{quote(account.account_ref, safe='')}/tweets"
    return Call("GET", address, _headers(account), params, step="check", is_repeatable=True)


def read_check_sent(account, outgoing, answer):
    for post in reading.items(answer.json(), "data"):
        replied = [reading.text(item, "id") for item in reading.items(post, "referenced_tweets")]
        if _is_post(outgoing) and outgoing.target in replied and _words(post) == outgoing.text.split():
            return Accepted("send", external_id=reading.text(post, "id"))
    return None


def _words(post):
    """The words of a reply without the mentions that the service puts before them."""
    words = _post_text(post).split()
    while words and words[0].startswith("@"):
        words = words[1:]
    return words


def read_fault(answer, call=None):
    """The service's errors: ``{title, detail, type, status}``, or ``errors`` of them."""
    body = answer.json()
    problem = reading.table(body) if reading.text(body, "title") else reading.table(body, "errors", 0)
    detail = (
        reading.text(problem, "detail") or reading.text(problem, "title") or reading.text(body, "error_description")
    )
    code = reading.text(problem, "type").rsplit("/", 1)[-1] or reading.text(body, "error")
    if answer.status == 402 or code in ("usage-capped", "credits-exhausted"):
        return Fault(Retry.PERSON, Reason.PAYMENT, detail, code, stops_account=True)
    if answer.status == 429:
        return Fault(Retry.LATER, Reason.RATE, detail, code, seconds=_seconds_to_reset(answer))
    if fault := read_common(answer, detail, code):
        return fault
    if answer.status == 401:
        return Fault(Retry.LATER, Reason.TOKEN, detail, code)
    if answer.status == 403:
        return _read_refusal(detail, code, call)
    if answer.status == 404 or code == "resource-not-found":
        return Fault(Retry.NEVER, Reason.GONE, detail, code)
    return Fault(Retry.NEVER, Reason.BAD_REQUEST, detail, code)


def _read_refusal(detail, code, call):
    words = detail.lower()
    if "duplicate" in words:
        return Fault(Retry.NEVER, Reason.DUPLICATE, detail, code)
    if "suspended" in words or "locked" in words:
        return Fault(Retry.PERSON, Reason.ACCOUNT, detail, code, stops_account=True)
    if call is None or code in ("client-forbidden", "unsupported-authentication"):
        return Fault(Retry.PERSON, Reason.PERMISSION, detail, code, stops_account=True)
    if call.url.endswith("/messages"):
        return Fault(Retry.NEVER, Reason.REFUSED, detail, code)
    if call.step == "send":
        return Fault(Retry.PERSON, Reason.NOT_MENTIONED, detail, code)
    return Fault(Retry.NEVER, Reason.PERMISSION, detail, code)


def _seconds_to_reset(answer):
    """Seconds to the time in ``x-rate-limit-reset``, a count since 1970."""
    value = answer.header("x-rate-limit-reset").strip()
    if not value.isascii() or not value.isdigit() or len(value) > 12:
        return None
    return float(max(1, int(value) - int(time.time())))


def price_of_page(records):
    """What asking for a page of posts or messages has cost.

    :return: ``{key of PRICES: how often}``
    """
    public = sum(getattr(record, "is_public", False) for record in records)
    counts = {"mention": public, "message": len(records) - public}
    return {operation: count for operation, count in counts.items() if count}


def price_of(outgoing):
    """What sending has cost, as :func:`price_of_page`."""
    if outgoing.action != "message":
        return {}
    if not _is_post(outgoing):
        return {"send_message": 1}
    if URL.search(outgoing.text):
        return {"send_post_link": 1}
    return {"reply" if outgoing.target else "send_post": 1}


# THE ACCOUNT


def token_call(account):
    """Renew the token of two hours; the service gives a new refresh token too, the old one is spent."""
    options = account.options
    refresh_token, client_id = options.get("refresh_token") or "", options.get("client_id") or ""
    if not refresh_token or not client_id:
        return None
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    headers = {}
    if secret := options.get("client_secret"):
        headers["Authorization"] = "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return Call("POST", f"{account.base(HOST)}/2/oauth2/token", headers, form=form, step="token")


def read_token(account, answer):
    body = answer.json()
    token = reading.text(body, "access_token")
    if answer.status == 200 and token:
        seconds = reading.whole(body, "expires_in") or TOKEN_SECONDS
        return Token(token, seconds, reading.text(body, "refresh_token"))
    detail = reading.text(body, "error_description") or reading.text(body, "error")
    return read_common(answer, detail) or Fault(Retry.PERSON, Reason.TOKEN, detail, stops_account=True)


def health_call(account):
    return Call("GET", f"{account.base(HOST)}/2/users/me", _headers(account), step="health", is_repeatable=True)


def read_health(account, answer):
    if answer.status != 200:
        return read_fault(answer)
    data = reading.table(answer.json(), "data")
    return Health(name=f"@{reading.text(data, 'username')}", detail=reading.text(data, "name"))


def profile(account, handle):
    address = f"{account.base(HOST)}/2/users/{quote(handle.value, safe='')}"
    return Call("GET", address, _headers(account), step="profile", is_repeatable=True)


def read_profile(account, handle, answer):
    data = reading.table(answer.json(), "data")
    if answer.status != 200 or not data:
        return read_fault(answer)
    return Person((handle,), reading.text(data, "name"), reading.text(data, "username"))


def subscribe(account, address):
    """Enter the webhook's address; the service asks for the challenge at once, and takes no port in the address."""
    headers = {"Authorization": f"Bearer {account.options.get('app_token') or account.access_token}"}
    return Call("POST", f"{account.base(HOST)}/2/webhooks", headers, json={"url": address}, step="subscribe")


def read_subscribe(account, answer):
    if answer.status not in (200, 201):
        return read_fault(answer)
    return Accepted("subscribe", external_id=reading.text(answer.json(), "data", "id"))


# THE LIBRARY


def _headers(account):
    return {"Authorization": f"Bearer {account.access_token}"}


def _ask_library(account, step, method, **arguments):
    """The request that a method of python-twitter-v2 would make, as a Call."""
    recorder = _recorder_class()()
    getattr(recorder, method)(**arguments)
    verb, url, params, content = recorder.asked
    parts = urlsplit(url)
    return Call(
        verb,
        account.base(HOST) + parts.path,
        _headers(account),
        {name: str(value) for name, value in (params or {}).items() if value is not None},
        json=content,
        step=step,
        is_repeatable=verb in ("GET", "PUT"),
    )


@lru_cache(maxsize=1)
def _recorder_class():
    """python-twitter-v2's client without a network; imported when first needed, the receiver does without."""
    import pytwitter

    class Recorder(pytwitter.Api):
        """Keeps the request that it is asked for, and answers with nothing."""

        def __init__(self):
            super().__init__(bearer_token="none")  # noqa: S106 - the header is set by us
            self.asked = None

        def _request(self, url, verb="GET", params=None, data=None, json=None, files=None, enforce_auth=True):
            self.asked = (verb, url, params, json)
            return _Nothing()

    return Recorder


class _Nothing:
    status_code = 200
    headers = {}
    ok = True

    def json(self):
        return {"data": {}}

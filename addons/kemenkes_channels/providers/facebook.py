"""Comments on a Facebook Page.

Sources: developers.facebook.com/docs/graph-api/webhooks/reference/page and webhooks-for-pages, the Comment object. A
Page has one webhook for comments and for Messenger: both modules read the whole of it.
"""

import hashlib
from functools import partial

from . import graph, graph_comments, graph_messaging, reading
from .records import (
    Accepted,
    Deletion,
    Edit,
    Fault,
    Handle,
    Limits,
    Media,
    MediaLimit,
    Message,
    Person,
    Post,
    Visibility,
)

OPTIONS = graph.OPTIONS
PULLS = {"messages": 900}
FETCHES_FILES = True
# Not in Meta's documents; often quoted, and longer than anybody reads.
COMMENT_LENGTH = 8000
PICTURE = MediaLimit(4 * 2**20, ("image/jpeg", "image/png", "image/gif"))
COMMENT_FIELDS = "id,message,from,created_time,parent,permalink_url,attachment"
# A verb of a comment that changes who sees it, and whether it hides.
HIDING = {"hide": True, "unhide": False}
EDITING = ("edit", "edited", "update")
POST_ITEMS = ("post", "status", "photo", "video", "share")
SUBSCRIBED_FIELDS = (
    "feed,messages,message_echoes,message_deliveries,message_reads,messaging_postbacks,message_reactions,message_edits,"
    "messaging_referrals,messaging_handovers,standby,messaging_optins"
)

handshake = graph.handshake
verify = graph.verify
media_request = graph_messaging.media_request

# IN


def parse(account, raw):
    """Comments and private messages of a Page."""

    def read_page(entry):
        changes = reading.items(entry, "changes")
        return graph_comments.read_entry(account, entry, changes, _read_change, "facebook", "messenger")

    return graph.parse_entries(raw, {"page": read_page})


def _read_change(entry, change):
    value = reading.table(change, "value")
    item, verb = reading.text(value, "item"), reading.text(value, "verb")
    if reading.text(change, "field") != "feed":
        return [_kept(entry, change, reading.text(change, "field") or "change")]
    if item == "comment" and reading.text(value, "comment_id"):
        return _read_comment(entry, change, value, verb)
    if item in POST_ITEMS and verb == "add":
        return _read_visitor_post(entry, change, value)
    return [_kept(entry, change, f"{item} {verb}".strip()[:60])]


def _kept(entry, change, what):
    return graph.unsupported(change, what, channel="facebook", account_ref=reading.text(entry, "id"))


def _common(entry, value, key):
    return {
        "key": key,
        "date": reading.time_of_seconds(value, "created_time") or reading.time_of_seconds(entry, "time"),
        "channel": "facebook",
        "account_ref": reading.text(entry, "id"),
    }


def _read_comment(entry, change, value, verb):
    comment_id, page = reading.text(value, "comment_id"), reading.text(entry, "id")
    person = _person(value, page)
    if verb == "add":
        return [_comment(entry, value, comment_id, person)]
    if verb in EDITING:
        words = reading.text(value, "message")
        digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]
        common = _common(entry, value, f"{comment_id}:{digest}")
        return [Edit(**common, message_id=comment_id, sender=person, text=words, media=_media(value))]
    if verb in ("remove", "delete"):
        return [Deletion(**_common(entry, value, comment_id), message_id=comment_id, sender=person)]
    if verb in HIDING:
        # the same comment may be hidden and shown many times
        common = _common(entry, value, f"{comment_id}:{verb}:{reading.text(entry, 'time')}")
        return [Visibility(**common, message_id=comment_id, is_hidden=HIDING[verb])]
    return [_kept(entry, change, f"comment {verb}".strip()[:60])]


def _person(value, page):
    """Who wrote, nobody where it was the Page itself; the comment stands for an author whom Facebook keeps from us."""
    author = reading.text(value, "from", "id")
    if author == page:
        return Person()
    if not author:
        return Person((Handle("facebook", f"comment:{reading.text(value, 'comment_id')}"),), name="Pengguna Facebook")
    return Person((Handle("facebook", author),), name=reading.text(value, "from", "name"))


def _comment(entry, value, comment_id, person):
    post_id, parent_id = reading.text(value, "post_id"), reading.text(value, "parent_id")
    is_reply = parent_id not in ("", post_id, comment_id)
    common = _common(entry, value, comment_id)
    return graph_comments.comment(
        common.pop("key"),
        parent_id if is_reply else "",
        person,
        **common,
        text=reading.text(value, "message"),
        media=_media(value),
        post=Post(external_id=post_id, url=reading.text(value, "post", "permalink_url")),
        url=f"https://www.facebook.com/{comment_id}",
    )


def _media(value):
    found = (("image", reading.text(value, "photo")), ("video", reading.text(value, "video")))
    return tuple(Media(kind, url=url) for kind, url in found if url)


def _read_visitor_post(entry, change, value):
    """A visitor's post on the Page; what the Page itself posts is nobody's question."""
    post_id, page = reading.text(value, "post_id"), reading.text(entry, "id")
    person = _person(value, page)
    if not person.handles or not post_id or not reading.text(value, "from", "id"):
        return [_kept(entry, change, f"{reading.text(value, 'item')} add")]
    return [
        Message(
            **_common(entry, value, post_id),
            external_id=post_id,
            sender=person,
            conversation=post_id,
            text=reading.text(value, "message"),
            kind="comment",
            is_public=True,
            media=_media(value),
            post=Post(external_id=post_id, url=reading.text(value, "post", "permalink_url")),
            url=reading.text(value, "post", "permalink_url") or f"https://www.facebook.com/{post_id}",
        )
    ]


# OUT


def limits(account):
    """What a Page may do with comments; a private reply is one message within seven days."""
    return Limits(
        text_length=2000,
        public_text_length=COMMENT_LENGTH,
        media={"image": PICTURE},
        actions=("message", "edit", "delete", "hide", "unhide", "like", "unlike"),
        has_private_reply=True,
    )


def build(account, outgoing, done=()):
    """A public comment below ``target``, a private reply to it, or what moderates it."""
    if outgoing.action != "message":
        return None if done else _build_action(account, outgoing)
    if outgoing.is_private_reply:
        return _build_private_reply(account, outgoing, done)
    return _build_comment(account, outgoing, done)


def _build_comment(account, outgoing, done):
    parts = [{"message": part} for part in graph.split_text(outgoing.text, COMMENT_LENGTH)]
    for number, file in enumerate(outgoing.files):
        if not file.url:
            return graph_messaging.too_big(file)
        if number < len(parts):
            parts[number]["attachment_url"] = file.url
        else:
            parts.append({"attachment_url": file.url})
    if len(done) >= len(parts):
        return None
    return graph.call(account, "POST", f"{outgoing.target}/comments", form=parts[len(done)], step="comment")


def _build_private_reply(account, outgoing, done):
    """One message only; files and what is longer go on in Messenger."""
    if done:
        return None
    if outgoing.files:
        return graph_messaging.too_big(outgoing.files[0])
    body = graph_messaging.envelope(outgoing, {"text": outgoing.text})
    return graph_messaging.send_call(account, body)


def _build_action(account, outgoing):
    if outgoing.action in ("hide", "unhide"):
        form = {"is_hidden": "true" if outgoing.action == "hide" else "false"}
        return _moderate(account, "POST", outgoing, form=form)
    if outgoing.action in ("like", "unlike"):
        return _moderate(account, "POST" if outgoing.action == "like" else "DELETE", outgoing, path="/likes")
    if outgoing.action == "edit":
        return _moderate(account, "POST", outgoing, form={"message": outgoing.text})
    if outgoing.action == "delete":
        return _moderate(account, "DELETE", outgoing)
    return graph_messaging.cannot(outgoing.action)


def _moderate(account, method, outgoing, path="", **values):
    return graph.call(account, method, outgoing.target + path, step=outgoing.action, is_repeatable=True, **values)


def read_answer(account, call, answer):
    """What the answer to a call of ``build`` means."""
    if call.step == "send":
        return graph_messaging.read_sent(call, answer)
    return graph.accepted(answer, call.step, "id")


def check_sent(account, outgoing):
    """Read the thread and compare: the Graph has no idempotency key."""
    if outgoing.is_private_reply:
        params = {"fields": "can_reply_privately"}
        return graph.call(account, "GET", outgoing.target, params=params, step="check", is_repeatable=True)
    params = {
        "filter": "stream",
        "order": "reverse_chronological",
        "fields": "id,message,from,created_time",
        "limit": "25",
    }
    path = f"{outgoing.target}/comments"
    return graph.call(account, "GET", path, params=params, step="check", is_repeatable=True)


def read_check_sent(account, outgoing, answer):
    """Our own comment with these words, where it is there."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return None
    if outgoing.is_private_reply:
        return Accepted("send") if reading.dig(body, "can_reply_privately") is False else None
    texts = graph.split_text(outgoing.text, COMMENT_LENGTH)
    return graph_messaging.find_sent(account, texts, answer, reading.items(body, "data"))


# ASKING


def pull(account, what, cursor):
    """The newest posts of the Page with their newest comments: what webhooks may have missed."""
    comments = f"comments.filter(stream).order(reverse_chronological).limit(100){{{COMMENT_FIELDS}}}"
    params = {"fields": f"id,message,permalink_url,{comments}", "limit": "25"}
    if cursor.get("after"):
        params["after"] = cursor["after"]
    return graph.call(account, "GET", f"{account.account_ref}/feed", params=params, step="pull", is_repeatable=True)


def read_pull(account, what, cursor, answer):
    """Comments younger than those of the last pull."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    records, newest = graph_comments.read_younger(
        account, body, "created_time", cursor.get("until", ""), partial(_pulled, account), "facebook"
    )
    return graph_messaging.next_page(body, records, cursor, newest)


def _pulled(account, post, row):
    comment_id, parent_id = reading.text(row, "id"), reading.text(row, "parent", "id")
    person = _person({**row, "comment_id": comment_id}, account.account_ref)
    return graph_comments.comment(
        comment_id,
        parent_id,
        person,
        date=reading.time_of_iso(row, "created_time"),
        channel="facebook",
        account_ref=account.account_ref,
        text=reading.text(row, "message"),
        media=_pulled_media(row),
        post=Post(reading.text(post, "id"), reading.text(post, "message"), reading.text(post, "permalink_url")),
        url=reading.text(row, "permalink_url"),
    )


def _pulled_media(row):
    url = reading.text(row, "attachment", "media", "image", "src")
    return (Media("image", url=url),) if url else ()


def post_call(account, post_id, mention=""):
    """Ask for a post: webhooks bring its id only."""
    params = {"fields": "message,permalink_url,from"}
    return graph.call(account, "GET", post_id, params=params, step="post", is_repeatable=True)


def read_post(account, post_id, mention, answer):
    """The post's words; a :class:`Fault` where it is gone or not ours to read."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    words, url = reading.text(body, "message"), reading.text(body, "permalink_url")
    return Post(post_id, text=words, url=url, author=reading.text(body, "from", "name"))


def health_call(account):
    """The Page's name, and whether our app gets its webhooks."""
    params = {"fields": "name,subscribed_apps{id,name,subscribed_fields}"}
    return graph.call(account, "GET", account.account_ref, params=params, step="health", is_repeatable=True)


def read_health(account, answer):
    """What "test connection" found."""
    return graph.read_health(account, answer, lambda body: (reading.text(body, "name"), ""))


def subscribe(account, address):
    """Have the Page's webhooks sent to our app; the address itself is entered in the app's dashboard."""
    params = {"subscribed_fields": SUBSCRIBED_FIELDS}
    path = f"{account.account_ref}/subscribed_apps"
    return graph.call(account, "POST", path, params=params, step="subscribe", is_repeatable=True)


def read_subscribe(account, answer):
    """Whether the subscription stands."""
    return graph.accepted(answer, "subscribe")

"""Instagram: comments, mentions and direct messages of a professional account.

Sources: developers.facebook.com/docs/instagram-platform (webhooks, comment moderation, private replies, messaging).
Two ways in: Instagram Login (graph.instagram.com, a token of 60 days) and Facebook Login (the linked Page's token).
"""

from functools import partial

from . import graph, graph_comments, graph_messaging, reading
from .records import Call, Fault, Handle, Limits, MediaLimit, Message, Person, Post, Pulled, Token

LOGIN_HOST = "https://graph.instagram.com"
OPTIONS = {
    **graph.OPTIONS,
    "login": ("Way in: instagram (Instagram Login) or facebook (Facebook Login)", False),
}
PULLS = {"messages": 900}
FETCHES_FILES = True
# A token lives 60 days and can be renewed once it is a day old; what replaces it goes on from there.
RENEW_DAYS = 7
TEXT_BYTES = 1000
COMMENT_LENGTH = 2200
MEDIA = {
    "image": MediaLimit(8 * 2**20, ("image/png", "image/jpeg")),
    "video": MediaLimit(25 * 2**20, ("video/mp4", "video/ogg", "video/avi", "video/quicktime", "video/webm")),
    "audio": MediaLimit(25 * 2**20, ("audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav")),
    "document": MediaLimit(25 * 2**20, ("application/pdf",)),
}
COMMENT_FIELDS = ("comments", "live_comments")
SUBSCRIBED_FIELDS = (
    "comments,live_comments,mentions,messages,message_reactions,messaging_postbacks,messaging_seen,message_edit,"
    "messaging_referral,messaging_handover,standby"
)

handshake = graph.handshake
verify = graph.verify
media_request = graph_messaging.media_request


def _host(account):
    return graph.HOST if account.options.get("login") == "facebook" else LOGIN_HOST


# IN


def parse(account, raw):
    """Comments, mentions and direct messages of an account."""

    def read_entry(entry):
        changes = reading.items(entry, "changes")
        if "field" in reading.table(entry):
            changes = [*changes, entry]  # one of the documented forms has the change on the entry itself
        return graph_comments.read_entry(account, entry, changes, _read_change, "instagram", "instagram")

    return graph.parse_entries(raw, {"instagram": read_entry})


def _read_change(entry, change):
    field, value = reading.text(change, "field"), reading.table(change, "value")
    comment_id = reading.text(value, "id") or reading.text(value, "comment_id")
    if field in COMMENT_FIELDS and comment_id:
        return [_comment(entry, value, comment_id)]
    if field == "mentions" and reading.text(value, "media_id"):
        return [_mention(entry, value)]
    what = field or "change"
    return [graph.unsupported(change, what, channel="instagram", account_ref=reading.text(entry, "id"))]


def _common(entry, key):
    # a comment carries no time of its own
    return {
        "key": key,
        "date": reading.time_of_seconds(entry, "time"),
        "channel": "instagram",
        "account_ref": reading.text(entry, "id"),
    }


def _person(value, account_ref):
    author, username = reading.text(value, "from", "id"), reading.text(value, "from", "username")
    if account_ref in (author, reading.text(value, "from", "self_ig_scoped_id")):
        return Person()
    if not author:
        author = f"comment:{reading.text(value, 'id') or reading.text(value, 'comment_id')}"
    return Person((Handle("instagram", author),), name=username or "Pengguna Instagram", username=username)


def _comment(entry, value, comment_id):
    parent_id = reading.text(value, "parent_id")
    person = _person(value, reading.text(entry, "id"))
    media = reading.table(value, "media")
    common = _common(entry, comment_id)
    return graph_comments.comment(
        common.pop("key"),
        parent_id,
        person,
        **common,
        text=reading.text(value, "text"),
        post=Post(
            external_id=reading.text(media, "original_media_id") or reading.text(media, "id"),
            text=reading.text(media, "ad_title"),
        ),
    )


def _mention(entry, value):
    """Somebody named the account in a caption or comment; only ids come, the words are asked for by :func:`detail`."""
    media_id, comment_id = reading.text(value, "media_id"), reading.text(value, "comment_id")
    external_id = comment_id or media_id
    return Message(
        **_common(entry, f"mention:{external_id}"),
        external_id=external_id,
        sender=Person((Handle("instagram", f"mention:{external_id}"),), name="Pengguna Instagram"),
        conversation=external_id,
        kind="mention",
        is_public=True,
        post=Post(external_id=media_id),
    )


# OUT


def text_length(account, text):
    """Direct messages are counted in bytes of UTF-8."""
    return len(text.encode())


def limits(account):
    """What Instagram takes."""
    return Limits(
        text_length=TEXT_BYTES,
        text_unit="bytes",
        public_text_length=COMMENT_LENGTH,
        media=MEDIA,
        window_seconds=graph_messaging.WINDOW_SECONDS,
        tag_window_seconds=graph_messaging.HUMAN_AGENT_SECONDS,
        button_count=graph_messaging.QUICK_REPLIES,
        per_second=100 if _host(account) == LOGIN_HOST else 300,
        actions=("message", "delete", "hide", "unhide", "mark_read", "typing"),
        has_private_reply=True,
    )


def build(account, outgoing, done=()):
    """The next request: a public reply below ``target``, a private reply to it, or a direct message in parts."""
    if outgoing.action != "message":
        return None if done else _build_action(account, outgoing)
    if outgoing.is_public:
        return _build_comment(account, outgoing, done)
    return _build_message(account, outgoing, done)


def _build_comment(account, outgoing, done):
    if outgoing.files:
        return graph_messaging.too_big(outgoing.files[0])
    parts = graph.split_text(outgoing.text, COMMENT_LENGTH)
    if len(done) >= len(parts):
        return None
    # Instagram shows two levels: who answers a reply answers the comment above it
    path, body = f"{_top_comment(outgoing)}/replies", {"message": parts[len(done)]}
    return graph.call(account, "POST", path, _host(account), json=body, step="comment")


def _top_comment(outgoing):
    return outgoing.conversation or outgoing.target


def _build_message(account, outgoing, done):
    messages = graph_messaging.send_steps(outgoing, TEXT_BYTES, lambda text: len(text.encode()))
    if outgoing.is_private_reply:
        messages = messages[:1]  # a second one only after the customer answers
    if len(done) >= len(messages):
        return None
    message = messages[len(done)]
    if not isinstance(message, dict):
        if not message.url:
            return graph_messaging.too_big(message)
        payload = {"url": message.url}
        message = {"attachment": {"type": graph_messaging.file_kind(message), "payload": payload}}
    body = graph_messaging.envelope(outgoing, message)
    if body.get("messaging_type") == "RESPONSE":
        del body["messaging_type"]  # Instagram knows the tag only
    return graph_messaging.send_call(account, body, _host(account))


def _build_action(account, outgoing):
    host = _host(account)
    if outgoing.action in ("typing", "mark_read"):
        return graph_messaging.sender_action(account, outgoing, host)
    values = {"step": outgoing.action, "is_repeatable": True}
    if outgoing.action in ("hide", "unhide"):
        hide = "true" if outgoing.action == "hide" else "false"
        return graph.call(account, "POST", outgoing.target, host, form={"hide": hide}, **values)
    if outgoing.action == "delete":
        return graph.call(account, "DELETE", outgoing.target, host, **values)
    return graph_messaging.cannot(outgoing.action)


def read_answer(account, call, answer):
    """What the answer to a call of ``build`` means."""
    if call.step == "comment":
        return graph.accepted(answer, call.step, "id")
    return graph_messaging.read_sent(call, answer)


def check_sent(account, outgoing):
    """Read the thread and compare: the Graph has no idempotency key."""
    if outgoing.is_public:
        params = {"fields": "id,text,timestamp,from", "limit": "25"}
        path = f"{_top_comment(outgoing)}/replies"
        return graph.call(account, "GET", path, _host(account), params=params, step="check", is_repeatable=True)
    return graph_messaging.conversation_call(account, "instagram", outgoing.recipient, _host(account))


def read_check_sent(account, outgoing, answer):
    """Our own message with these words, where it is there."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return None
    if outgoing.is_public:
        texts, rows = graph.split_text(outgoing.text, COMMENT_LENGTH), reading.items(body, "data")
    else:
        texts = graph.split_text(outgoing.text, TEXT_BYTES, lambda text: len(text.encode()))
        rows = reading.items(body, "data", 0, "messages", "data")
    return graph_messaging.find_sent(account, texts, answer, rows)


# ASKING


def pull(account, what, cursor):
    """The newest posts with their newest comments, then conversations: what webhooks may have missed."""
    if cursor.get("phase") == "conversations":
        return graph_messaging.conversations_call(account, "instagram", cursor.get("at", {}), _host(account))
    fields = "id,caption,permalink,comments.limit(50){id,text,from,username,timestamp,parent_id}"
    path = f"{account.account_ref}/media"
    params = {"fields": fields, "limit": "25"}
    return graph.call(account, "GET", path, _host(account), params=params, step="pull", is_repeatable=True)


def read_pull(account, what, cursor, answer):
    """Comments and messages younger than those of the last pull."""
    if cursor.get("phase") == "conversations":
        return _read_conversations(account, cursor, answer)
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    since = cursor.get("until", "")
    records, newest = graph_comments.read_younger(
        account, body, "timestamp", since, partial(_pulled, account), "instagram"
    )
    after = {"phase": "conversations", "until": newest or since, "at": cursor.get("messages", {})}
    return Pulled(tuple(records), after, has_more=True)


def _read_conversations(account, cursor, answer):
    pulled = graph_messaging.read_conversations(account, "instagram", cursor.get("at", {}), answer)
    if isinstance(pulled, Fault):
        return pulled
    if pulled.has_more:
        return Pulled(pulled.records, {**cursor, "at": dict(pulled.cursor)}, has_more=True)
    return Pulled(pulled.records, {"until": cursor.get("until", ""), "messages": dict(pulled.cursor)})


def _pulled(account, post, row):
    comment_id, parent_id = reading.text(row, "id"), reading.text(row, "parent_id")
    author = {"from": row.get("from") or {"username": reading.text(row, "username")}, "id": comment_id}
    person = _person(author, account.account_ref)
    return graph_comments.comment(
        comment_id,
        parent_id,
        person,
        date=reading.time_of_iso(row, "timestamp"),
        channel="instagram",
        account_ref=account.account_ref,
        text=reading.text(row, "text"),
        post=Post(reading.text(post, "id"), reading.text(post, "caption"), reading.text(post, "permalink")),
    )


def post_call(account, post_id, mention=""):
    """Ask for a post: webhooks bring its id only.

    :param str mention: id of the comment, or of the post itself, in which the account was named: another's post is read
        through the account that it names
    """
    if not mention:
        params = {"fields": "caption,permalink,username"}
        return graph.call(account, "GET", post_id, _host(account), params=params, step="post", is_repeatable=True)
    fields = f"mentioned_media.media_id({post_id}){{caption,permalink,username}}"
    if mention != post_id:
        fields = f"mentioned_comment.comment_id({mention}){{text,username,media{{caption,permalink}}}}"
    params = {"fields": fields}
    path = account.account_ref
    return graph.call(account, "GET", path, _host(account), params=params, step="post", is_repeatable=True)


def read_post(account, post_id, mention, answer):
    """The post's words. Of a mention in a comment the words are the comment's, who wrote it is the author."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    comment = reading.table(body, "mentioned_comment")
    if comment:
        url, author = reading.text(comment, "media", "permalink"), reading.text(comment, "username")
        return Post(post_id, text=reading.text(comment, "text"), url=url, author=author)
    media = reading.table(body, "mentioned_media") or body
    words, url = reading.text(media, "caption"), reading.text(media, "permalink")
    return Post(post_id, text=words, url=url, author=reading.text(media, "username"))


def profile(account, handle):
    """Ask for a customer's name."""
    return graph_messaging.profile_call(account, handle, "name,username", _host(account))


def read_profile(account, handle, answer):
    """The customer's name."""
    return graph_messaging.read_profile(handle, answer)


def renew_call(account):
    """Renew the token of Instagram Login; that of a linked Page does not end."""
    if _host(account) != LOGIN_HOST:
        return None
    return Call(
        "GET",
        f"{account.base(LOGIN_HOST)}/refresh_access_token",
        # here Meta takes it as a parameter only
        params={"grant_type": "ig_refresh_token", "access_token": account.access_token},
        step="token",
        is_repeatable=True,
    )


def read_renewed(account, answer):
    """The new token and how long it lives."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    return Token(reading.text(body, "access_token"), reading.whole(body, "expires_in"))


def health_call(account):
    """The account's name; of a linked Page's token also whether our app gets its webhooks."""
    fields = "username,name" if _host(account) != LOGIN_HOST else "user_id,username,name,account_type"
    node = account.account_ref if _host(account) != LOGIN_HOST else "me"
    return graph.call(
        account, "GET", node, _host(account), params={"fields": fields}, step="health", is_repeatable=True
    )


def read_health(account, answer):
    """What "test connection" found."""
    return graph.read_health(account, answer, lambda body: (reading.text(body, "username"), reading.text(body, "name")))


def subscribe(account, address):
    """Have the account's webhooks sent to our app; the address itself is entered in the app's dashboard."""
    node = account.account_ref if _host(account) != LOGIN_HOST else "me"
    params = {"subscribed_fields": SUBSCRIBED_FIELDS}
    path = f"{node}/subscribed_apps"
    return graph.call(account, "POST", path, _host(account), params=params, step="subscribe", is_repeatable=True)


def read_subscribe(account, answer):
    """Whether the subscription stands."""
    return graph.accepted(answer, "subscribe")

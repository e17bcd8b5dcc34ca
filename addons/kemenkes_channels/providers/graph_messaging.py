"""Private messages as Messenger and Instagram have them in common: ``entry[].messaging[]`` and the Send API.

Sources: developers.facebook.com/documentation/business-messaging (messenger-platform and instagram: webhook events,
send API, conversation routing of 2025-09-24).
"""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from . import graph, reading
from .records import (
    Accepted,
    Choice,
    Control,
    Deletion,
    Edit,
    Fault,
    Handle,
    Media,
    Message,
    Person,
    PersonEvent,
    Post,
    Pulled,
    Reaction,
    Reason,
    Referral,
    Retry,
    Watermark,
)

WINDOW_SECONDS = graph.DAY
HUMAN_AGENT_SECONDS = 7 * graph.DAY
QUICK_REPLIES = 13
QUICK_REPLY_TITLE = 20
ATTACHMENT_SIZE = 25 * 2**20
# Kinds of attachments that are files; all others are links to something shared.
FILE_KINDS = {"image": "image", "video": "video", "audio": "voice", "file": "document"}
# An own message older than this by the service's clock is not the request whose answer was lost.
LOST_MINUTES = 15
MIME_KINDS = {"image": "image", "video": "video", "audio": "audio"}

# IN


def read_entry(account, channel, entry):
    """Records of the ``messaging`` and ``standby`` events of one entry.

    :param str channel: messenger or instagram
    """
    records = []
    for name in ("messaging", "standby"):
        records += graph.each(
            lambda event, name=name: _read_event(account, channel, entry, event, name == "standby"),
            reading.items(entry, name),
            reading.text(entry, "id"),
            channel,
        )
    return records


def _read_event(account, channel, entry, event, is_standby):
    """Records of one event; each event has one of the keys below, an unknown one is kept."""
    found = _Event(account, channel, reading.text(entry, "id"), event, is_standby)
    for name, read in READERS.items():
        if isinstance(event, dict) and isinstance(event.get(name), dict):
            found.content = event[name]
            return read(found)
    names = set(reading.table(event)) - {"sender", "recipient", "timestamp"}
    return [found.unsupported("+".join(sorted(names))[:60] or "empty")]


class _Event:
    """One event, with what all kinds read of it."""

    def __init__(self, account, channel, account_ref, event, is_standby):
        self.channel, self.account_ref, self.event = channel, account_ref, event
        self.app_id = str(account.options.get("app_id") or "")
        self.is_standby = is_standby
        self.content = None
        self.prefix = "standby:" if is_standby else ""
        self.stamp = reading.text(event, "timestamp")
        sender, recipient = reading.text(event, "sender", "id"), reading.text(event, "recipient", "id")
        # without a sender (app_roles) the recipient is the account itself
        self.customer = recipient if sender == account_ref else sender

    @property
    def person(self):
        return Person((Handle(self.channel, self.customer),)) if self.customer else Person()

    def common(self, key):
        return {
            "key": f"{self.prefix}{key}",
            "date": reading.time_of_seconds(self.event, "timestamp", per_second=1000),
            "channel": self.channel,
            "account_ref": self.account_ref,
        }

    def unsupported(self, what, external_id=""):
        return graph.unsupported(
            self.event,
            what,
            channel=self.channel,
            account_ref=self.account_ref,
            external_id=external_id,
            sender=self.person,
            conversation=self.customer,
            date=reading.time_of_seconds(self.event, "timestamp", per_second=1000),
        )


def _read_message(event):
    content = event.content
    mid = reading.text(content, "mid")
    if not mid:
        return [event.unsupported("message")]
    if content.get("is_deleted") is True:
        return [Deletion(**event.common(mid), message_id=mid, sender=event.person)]
    if content.get("is_unsupported") is True:
        return [event.unsupported("message", external_id=mid)]
    attachments = reading.items(content, "attachments")
    media = tuple(item for attachment in attachments if (item := _media(attachment)))
    story = reading.table(content, "reply_to", "story")
    post = _shared_post(attachments) or _story_post(story)
    choice = None
    if isinstance(content.get("quick_reply"), dict):
        choice = Choice(reading.text(content, "text"), reading.text(content, "quick_reply", "payload"))
    message = Message(
        **event.common(mid),
        external_id=mid,
        sender=event.person,
        conversation=event.customer,
        text=reading.text(content, "text"),
        kind=_message_kind(attachments, media, story, choice),
        is_echo=content.get("is_echo") is True,
        is_standby=event.is_standby,
        own_reference=reading.text(content, "metadata"),
        media=media,
        reply_to=reading.text(content, "reply_to", "mid"),
        post=post,
        choice=choice,
        referral=_referral(content.get("referral")),
        url=post.url if post else "",
    )
    if not (message.text or media or post or choice):
        return [event.unsupported("message", external_id=mid)]
    return [message]


def _message_kind(attachments, media, story, choice):
    kinds = {reading.text(attachment, "type") for attachment in attachments}
    if story or kinds & {"story", "story_mention"}:
        return "story"
    if choice:
        return "choice"
    if media:
        return "sticker" if all(item.kind == "sticker" for item in media) else "media"
    return "text"


def _media(attachment):
    kind, url = reading.text(attachment, "type"), reading.text(attachment, "payload", "url")
    if not url:
        return None
    if reading.text(attachment, "payload", "sticker_id") or kind == "sticker":
        return Media("sticker", url=url)
    if kind == "story_mention":
        return Media("image", url=url)
    return Media(FILE_KINDS[kind], url=url) if kind in FILE_KINDS else None


def _shared_post(attachments):
    """Something shared: a post, a reel, a link; shown with its title and address."""
    for attachment in attachments:
        kind, payload = reading.text(attachment, "type"), reading.table(attachment, "payload")
        url, title = reading.text(payload, "url"), reading.text(payload, "title")
        if kind not in FILE_KINDS and (url or title):
            ids = (reading.text(payload, name) for name in ("reel_video_id", "ig_post_media_id", "id"))
            return Post(external_id=next(filter(None, ids), ""), text=title, url=url)
    return None


def _story_post(story):
    return Post(external_id=reading.text(story, "id"), url=reading.text(story, "url")) if story else None


def _referral(value):
    if not isinstance(value, dict):
        return None
    context = reading.table(value, "ads_context_data")
    return Referral(
        source=reading.text(value, "source"),
        reference=reading.text(value, "ref"),
        title=reading.text(context, "ad_title"),
        url=reading.text(value, "referer_uri") or reading.text(context, "photo_url"),
    )


def _read_postback(event):
    content = event.content
    # a postback of a conversation that another application holds has no payload
    mid = reading.text(content, "mid") or f"{event.customer}:{event.stamp}"
    title = reading.text(content, "title")
    return [
        Message(
            **event.common(mid),
            external_id=mid,
            sender=event.person,
            conversation=event.customer,
            text=title,
            kind="choice",
            is_standby=event.is_standby,
            choice=Choice(title, reading.text(content, "payload")),
            referral=_referral(content.get("referral")),
        )
    ]


def _read_reaction(event):
    content = event.content
    mid, action = reading.text(content, "mid"), reading.text(content, "action")
    emoji = reading.text(content, "emoji") or reading.text(content, "reaction")
    return [
        Reaction(
            **event.common(f"{mid}:{event.customer}:{action}:{event.stamp}"),
            message_id=mid,
            sender=event.person,
            emoji="" if action == "unreact" else emoji,
        )
    ]


def _read_edit(event):
    mid = reading.text(event.content, "mid")
    return [
        Edit(
            **event.common(f"{mid}:{reading.text(event.content, 'num_edit')}"),
            message_id=mid,
            sender=event.person,
            text=reading.text(event.content, "text"),
        )
    ]


def _read_delivery(event):
    return [_watermark(event, "delivered")]


def _read_read(event):
    return [_watermark(event, "read")]


def _watermark(event, state):
    """Messenger: everything up to a time; Instagram: up to one message."""
    content = event.content
    named = [*reading.items(content, "mids"), content.get("mid")]
    ids = tuple(filter(None, (reading.text(mid) for mid in named)))
    until = reading.time_of_seconds(content, "watermark", per_second=1000)
    stamp = reading.text(content, "watermark") or event.stamp
    # to the millisecond, and the last one of it counts
    return Watermark(
        **event.common(f"{event.customer}:{state}:{stamp}:{','.join(ids)}"),
        state=state,
        until=until and until + timedelta(microseconds=999),
        sender=event.person,
        conversation=event.customer,
        message_ids=ids,
    )


def _read_control(event):
    """Who answers has changed. Where our app's id is unknown: passed to us, taken from us."""
    name = next(name for name in ("pass_thread_control", "take_thread_control") if name in event.event)
    new_owner = reading.text(event.content, "new_owner_app_id")
    other = new_owner != event.app_id if event.app_id and new_owner else name == "take_thread_control"
    return [
        Control(
            **event.common(f"{name}:{event.customer}:{event.stamp}"),
            owner="other" if other else "us",
            sender=event.person,
            conversation=event.customer,
            name=new_owner if other else reading.text(event.content, "previous_owner_app_id"),
            summary=reading.text(event.content, "metadata"),
        )
    ]


def _person_event(kind):
    def read(event):
        content = event.content
        return [
            PersonEvent(
                **event.common(f"{kind}:{event.customer}:{event.stamp}"),
                kind=kind,
                sender=event.person,
                conversation=event.customer,
                referral=_referral(content),
                text=reading.text(content, "ref") or reading.text(content, "title"),
            )
        ]

    return read


READERS = {
    "message": _read_message,
    "message_edit": _read_edit,
    "reaction": _read_reaction,
    "postback": _read_postback,
    "delivery": _read_delivery,
    "read": _read_read,
    "pass_thread_control": _read_control,
    "take_thread_control": _read_control,
    "optin": _person_event("opt_in"),
    "referral": _person_event("referral"),
}


# OUT


def send_steps(outgoing, text_limit, length=len):
    """The messages of the Send API that something to send is made of: files first, the words after them, in order.

    :return: list of ``message`` objects; a file stands in it as the :class:`OutgoingFile` itself
    """
    messages = list(outgoing.files)
    if outgoing.text or not messages:
        messages += [{"text": part} for part in graph.split_text(outgoing.text, text_limit, length)]
    if outgoing.buttons and isinstance(messages[-1], dict):
        messages[-1]["quick_replies"] = [
            {
                "content_type": "text",
                "title": button.title[:QUICK_REPLY_TITLE],
                "payload": (button.payload or button.title)[:1000],
            }
            for button in outgoing.buttons[:QUICK_REPLIES]
        ]
    return messages


def envelope(outgoing, message):
    """The body of a send around a message: to whom, and by what right."""
    if outgoing.is_private_reply:
        return {"recipient": {"comment_id": outgoing.target}, "message": message}
    body = {"recipient": {"id": outgoing.recipient}, "messaging_type": "RESPONSE", "message": message}
    if outgoing.tag == "human_agent":
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    if outgoing.reply_to:
        body["reply_to"] = {"mid": outgoing.reply_to}
    return body


def file_kind(file):
    """The attachment type under which a file is sent."""
    return MIME_KINDS.get(file.mime_type.split("/")[0], "file")


def sender_action(account, outgoing, host=graph.HOST):
    """Typing, or seen."""
    action = {"typing": "typing_on", "mark_read": "mark_seen"}[outgoing.action]
    body = {"recipient": {"id": outgoing.recipient}, "sender_action": action}
    return graph.call(
        account, "POST", f"{account.account_ref}/messages", host, json=body, step=outgoing.action, is_repeatable=True
    )


def thread_control(account, outgoing, host=graph.HOST):
    """Hand the conversation to another application, or take it."""
    body = {"recipient": {"id": outgoing.recipient}, "metadata": outgoing.text[:1000]}
    if outgoing.action == "pass_control":
        body["target_app_id"] = outgoing.target
    path = {"pass_control": "pass_thread_control", "take_control": "take_thread_control"}[outgoing.action]
    return graph.call(account, "POST", f"{account.account_ref}/{path}", host, json=body, step=outgoing.action)


def read_sent(call, answer):
    """What the answer to any call of the Send API means."""
    if call.step.startswith("upload"):
        return graph.accepted(answer, call.step, value_path=("attachment_id",))
    if call.step == "send":
        return graph.accepted(answer, call.step, "message_id")
    return graph.accepted(answer, call.step)


# ASKING


def media_request(account, media, answer=None):
    """A file lies at a signed address that expires; it needs no token."""
    return graph.file_call(account, media.url)


def conversation_call(account, platform, recipient, host=graph.HOST):
    """The last messages with one person: whether a lost request arrived."""
    params = {
        "platform": platform,
        "user_id": recipient,
        "fields": "messages.limit(20){id,message,created_time,from,attachments}",
    }
    path = f"{account.account_ref}/conversations"
    return graph.call(account, "GET", path, host, params=params, step="check", is_repeatable=True)


def find_sent(account, texts, answer, rows):
    """Of our own messages among ``rows``, a fresh one with one of the texts: a lost request that arrived.

    :param tuple texts: what was to be sent and is not known to have arrived
    :param list rows: ``{id, message or text, created_time, from}``
    """
    now = _answer_time(answer)
    for row in rows:
        words = reading.text(row, "message") or reading.text(row, "text")
        author = reading.text(row, "from", "id")
        time = reading.time_of_iso(row, "created_time") or reading.time_of_iso(row, "timestamp")
        is_fresh = not (now and time) or now - time < timedelta(minutes=LOST_MINUTES)
        if words in texts and author in ("", account.account_ref) and is_fresh:
            return Accepted("send", external_id=reading.text(row, "id"))
    return None


def _answer_time(answer):
    """The service's clock, of the header ``Date``."""
    try:
        return parsedate_to_datetime(answer.header("Date")).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None


def conversations_call(account, platform, cursor, host=graph.HOST):
    """One page of conversations, the last changed first."""
    params = {
        "platform": platform,
        "fields": "updated_time,participants,messages.limit(25){id,created_time,from,to,message,attachments}",
        "limit": "20",
    }
    if cursor.get("after"):
        params["after"] = cursor["after"]
    path = f"{account.account_ref}/conversations"
    return graph.call(account, "GET", path, host, params=params, step="pull", is_repeatable=True)


def read_conversations(account, channel, cursor, answer):
    """Messages of the page, and whether an older page may hold more that are new."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    since = cursor.get("until", "")
    rows = [
        row
        for conversation in reading.items(body, "data")
        for row in reading.items(conversation, "messages", "data")
        if reading.text(row, "created_time") > since
    ]
    records = graph.each(lambda row: [_pulled_message(account, channel, row)], rows, account.account_ref, channel)
    newest = max((reading.text(row, "created_time") for row in rows), default="")
    return next_page(body, records, cursor, newest)


def next_page(body, records, cursor, newest):
    """The :class:`Pulled` of a page whose rows come newest first.

    :param str newest: the time of the newest row on this page
    """
    newest = max(newest, cursor.get("newest", ""))
    after = reading.text(body, "paging", "cursors", "after")
    if records and after and reading.dig(body, "paging", "next"):
        return Pulled(tuple(records), {**cursor, "after": after, "newest": newest}, has_more=True)
    return Pulled(tuple(records), {"until": max(newest, cursor.get("until", ""))})


def _pulled_message(account, channel, row):
    mid, author = reading.text(row, "id"), reading.text(row, "from", "id")
    is_own = author == account.account_ref
    other = reading.text(row, "to", "data", 0, "id") if is_own else author
    name = "" if is_own else reading.text(row, "from", "name") or reading.text(row, "from", "username")
    media = tuple(
        Media(
            MIME_KINDS.get(reading.text(file, "mime_type").split("/")[0], "document"),
            url=url,
            mime_type=reading.text(file, "mime_type"),
            name=reading.text(file, "name"),
            size=reading.whole(file, "size"),
        )
        for file in reading.items(row, "attachments", "data")
        if (url := _pulled_url(file))
    )
    return Message(
        key=mid,
        external_id=mid,
        date=reading.time_of_iso(row, "created_time"),
        channel=channel,
        account_ref=account.account_ref,
        sender=Person((Handle(channel, other),), name=name) if other else Person(),
        conversation=other,
        text=reading.text(row, "message"),
        kind="media" if media else "text",
        is_echo=is_own,
        media=media,
    )


def _pulled_url(file):
    return (
        reading.text(file, "image_data", "url")
        or reading.text(file, "video_data", "url")
        or reading.text(file, "file_url")
    )


def profile_call(account, handle, fields, host=graph.HOST):
    """Ask for the name behind an id."""
    return graph.call(account, "GET", handle.value, host, params={"fields": fields}, step="profile", is_repeatable=True)


def read_profile(handle, answer):
    """The person behind an id."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return body
    parts = (reading.text(body, "first_name"), reading.text(body, "last_name"))
    name = reading.text(body, "name") or " ".join(filter(None, parts))
    return Person((handle,), name=name, username=reading.text(body, "username"))


def cannot(detail=""):
    """The Fault of what a service can't do at all."""
    return Fault(Retry.NEVER, Reason.UNSUPPORTED, detail=detail)


def too_big(file):
    """The Fault of a file that the service does not take."""
    return Fault(Retry.NEVER, Reason.MEDIA, detail=f"{file.name} ({file.mime_type}, {file.size} bytes)")


def attachment_call(account, file, host=graph.HOST):
    """Upload a file as a reusable attachment."""
    message = f'{{"attachment":{{"type":"{file_kind(file)}","payload":{{"is_reusable":true}}}}}}'
    return graph.call(
        account,
        "POST",
        f"{account.account_ref}/message_attachments",
        host,
        form={"message": message},
        files=(("filedata", file.name, file.read(), file.mime_type),),
        step="upload",
        is_repeatable=True,
    )


def send_call(account, body, host=graph.HOST):
    """Send one message."""
    return graph.call(account, "POST", f"{account.account_ref}/messages", host, json=body, step="send")

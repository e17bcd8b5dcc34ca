"""Telegram: messages to a bot (Bot API 10.1).

The account's id outside is the bot's id, ``access_token`` the bot's token. The token stands in the path of every
request, so no address is ever logged. A bot can't write first: ``https://t.me/<bot>?start=<reference>`` lets a person
begin, and ties them to a ticket. Ids of messages count within a chat, so outside ids here are ``<chat>:<message>``.
"""

import json
from urllib.parse import quote

from . import digest, reading
from ._http import read_common
from .records import (
    Accepted,
    Call,
    Choice,
    ContactCard,
    Edit,
    Fault,
    Handle,
    Health,
    Limits,
    Location,
    Media,
    MediaLimit,
    Message,
    Person,
    PersonEvent,
    Reaction,
    Reason,
    Referral,
    Retry,
    Unsupported,
    Verdict,
)

HOST = "https://api.telegram.org"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
# Reactions come only to who asks for them.
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
BUTTON_BYTES = 64

OPTIONS = {}

# What a message may hold, by the name of its field: our kind of media, and of message.
MEDIA_KINDS = {
    "animation": "video",
    "audio": "audio",
    "document": "document",
    "sticker": "sticker",
    "video": "video",
    "video_note": "video",
    "voice": "voice",
}
SEND_METHODS = {"image": "sendPhoto", "video": "sendVideo", "audio": "sendAudio", "document": "sendDocument"}
# Words in Telegram's descriptions of a refused request, and what they mean; it has no numbers for them.
REFUSALS = (
    ("blocked by the user", Reason.REFUSED),
    ("can't initiate conversation", Reason.REFUSED),
    ("user is deactivated", Reason.NO_RECIPIENT),
    ("bot was kicked", Reason.NO_RECIPIENT),
    ("chat not found", Reason.NO_RECIPIENT),
    ("upgraded to a supergroup", Reason.NO_RECIPIENT),
    ("too long", Reason.TOO_LONG),
    ("not modified", Reason.DUPLICATE),
    ("not found", Reason.GONE),
    ("can't be edited", Reason.GONE),
    ("can't be deleted", Reason.GONE),
    ("too big", Reason.MEDIA),
    ("wrong file", Reason.MEDIA),
)


# THE WEBHOOK


def verify(account, headers, raw):
    """The secret that we set with the webhook comes back in a header; Telegram signs nothing."""
    given = headers.get(SECRET_HEADER, "")
    if not given:
        return Verdict.UNSIGNED
    return Verdict.GENUINE if reading.same(account.verify_token, given) else Verdict.FORGED


def subscribe(account, address):
    """Enter the webhook's address, with the secret that comes back in a header."""
    settings = {"url": address, "secret_token": account.verify_token, "allowed_updates": list(UPDATES)}
    return _call(account, "setWebhook", settings, is_repeatable=True)


def read_subscribe(account, answer):
    return read_answer(account, _call(account, "setWebhook", {}), answer)


# READING


def parse(account, raw):
    """One update, or a list of them."""
    payload = reading.load(raw)
    updates = payload if isinstance(payload, list) else [payload]
    return tuple(_read_update(account, update) for update in updates)


def _read_update(account, update):
    update_id = reading.text(update, "update_id")
    readers = {
        "message": _read_message,
        "edited_message": _read_edit,
        "callback_query": _read_choice,
        "message_reaction": _read_reaction,
        "my_chat_member": _read_membership,
    }
    for name, read in readers.items():
        content = reading.table(update, name)
        if content:
            return read(account, update_id, content) or _unsupported(update_id, name, update, content)
    names = [name for name in reading.table(update) if name != "update_id"]
    return _unsupported(update_id, names[0] if names else "update", update, {})


def _unsupported(update_id, what, raw, content):
    return Unsupported(
        key=update_id or digest(json.dumps(raw, sort_keys=True).encode()),
        what=what[:100],
        raw=raw,
        date=reading.time_of_seconds(content, "date"),
        sender=_person(content, "from"),
        conversation=reading.text(content, "chat", "id"),
        external_id=_message_id(content),
    )


def _person(content, *path):
    user = reading.table(content, *path)
    user_id = reading.text(user, "id")
    if not user_id:
        return Person()
    names = (reading.text(user, "first_name"), reading.text(user, "last_name"))
    return Person(
        handles=(Handle("telegram", user_id),),
        name=" ".join(name for name in names if name),
        username=reading.text(user, "username"),
        language=reading.text(user, "language_code")[:20],
    )


def _message_id(content):
    chat, number = reading.text(content, "chat", "id"), reading.text(content, "message_id")
    return f"{chat}:{number}" if chat and number else ""


def _read_message(account, update_id, content):
    message_id = _message_id(content)
    if not message_id:
        return None
    text = reading.text(content, "text") or reading.text(content, "caption")
    if text == "/start" or text.startswith("/start "):
        return _read_start(update_id, content, text)
    is_echo = reading.text(content, "from", "id") == account.account_ref != ""
    parts = _read_parts(content)
    if not text and not parts:
        return None
    return Message(
        key=message_id,
        date=reading.time_of_seconds(content, "date"),
        external_id=message_id,
        sender=_person(content, "chat") if is_echo else _person(content, "from"),
        conversation=reading.text(content, "chat", "id"),
        text=text,
        is_echo=is_echo,
        is_forwarded=bool(reading.table(content, "forward_origin")),
        reply_to=_message_id(reading.table(content, "reply_to_message")),
        album=reading.text(content, "media_group_id"),
        **parts,
    )


def _read_start(update_id, content, text):
    """A person opened the chat, perhaps by a link with our reference behind ``?start=``."""
    reference = text[len("/start") :].strip()
    return PersonEvent(
        key=update_id or _message_id(content),
        date=reading.time_of_seconds(content, "date"),
        kind="started",
        sender=_person(content, "from"),
        conversation=reading.text(content, "chat", "id"),
        referral=Referral("link", reference=reference) if reference else None,
        text=text,
    )


def _read_parts(content):
    """What a message holds besides its text, as arguments of Message; empty where there is nothing we know."""
    photos = [photo for photo in reading.items(content, "photo") if reading.text(photo, "file_id")]
    if photos:
        # the same picture in several sizes
        largest = max(photos, key=lambda photo: reading.whole(photo, "width") * reading.whole(photo, "height"))
        return {"kind": "media", "media": (_media("image", largest, "image/jpeg"),)}
    for name, kind in MEDIA_KINDS.items():
        if reading.text(content, name, "file_id"):
            media = _media(kind, reading.table(content, name), "")
            return {"kind": "sticker" if name == "sticker" else "media", "media": (media,)}
    if contact := reading.table(content, "contact"):
        names = (reading.text(contact, "first_name"), reading.text(contact, "last_name"))
        phone = reading.text(contact, "phone_number")
        card = ContactCard(" ".join(name for name in names if name), (phone,) if phone else ())
        return {"kind": "contact", "contacts": (card,)}
    return _read_location(content)


def _read_location(content):
    place = reading.table(content, "venue") or content
    latitude, longitude = (reading.decimal(place, "location", name) for name in ("latitude", "longitude"))
    if latitude is None or longitude is None:
        return {}
    location = Location(latitude, longitude, reading.text(place, "title"), reading.text(place, "address"))
    return {"kind": "location", "location": location}


def _media(kind, file, mime_type):
    return Media(
        kind,
        ref=reading.text(file, "file_id"),
        mime_type=reading.text(file, "mime_type") or mime_type,
        name=reading.text(file, "file_name"),
        size=max(0, reading.whole(file, "file_size")),
    )


def _read_edit(account, update_id, content):
    message_id = _message_id(content)
    if not message_id:
        return None
    return Edit(
        key=f"{message_id}:{reading.text(content, 'edit_date') or update_id}",
        date=reading.time_of_seconds(content, "edit_date") or reading.time_of_seconds(content, "date"),
        message_id=message_id,
        sender=_person(content, "from"),
        text=reading.text(content, "text") or reading.text(content, "caption"),
        media=_read_parts(content).get("media", ()),
    )


def _read_choice(account, update_id, content):
    """A button below one of our messages; the app shows a clock on it until we answer (action ``mark_read``)."""
    query_id, asked = reading.text(content, "id"), reading.table(content, "message")
    if not query_id:
        return None
    payload = reading.text(content, "data")
    buttons = [
        button
        for row in reading.items(asked, "reply_markup", "inline_keyboard")
        if isinstance(row, list)
        for button in row
        if reading.text(button, "callback_data") == payload
    ]
    title = reading.text(buttons, 0, "text") or payload
    return Message(
        key=f"choice:{query_id}",
        # the service gives no time of the choice; that of the question is the best there is
        date=reading.time_of_seconds(asked, "date"),
        external_id=f"choice:{query_id}",
        sender=_person(content, "from"),
        conversation=reading.text(asked, "chat", "id") or reading.text(content, "from", "id"),
        kind="choice",
        text=title,
        choice=Choice(title, payload),
        reply_to=_message_id(asked),
    )


def _read_reaction(account, update_id, content):
    message_id = _message_id(content)
    if not message_id:
        return None
    latest = reading.table(content, "new_reaction", 0)
    # custom and paid reactions are pictures without a letter of their own
    emoji = reading.text(latest, "emoji") or ("⭐" if latest else "")
    return Reaction(
        key=update_id or f"{message_id}:{reading.text(content, 'date')}",
        date=reading.time_of_seconds(content, "date"),
        message_id=message_id,
        sender=_person(content, "user"),
        emoji=emoji,
    )


def _read_membership(account, update_id, content):
    kinds = {"kicked": "blocked", "left": "blocked", "member": "unblocked"}
    kind = kinds.get(reading.text(content, "new_chat_member", "status"))
    if not kind or not update_id:
        return None
    return PersonEvent(
        key=update_id,
        date=reading.time_of_seconds(content, "date"),
        kind=kind,
        sender=_person(content, "from"),
        conversation=reading.text(content, "chat", "id"),
    )


# FILES


def media_request(account, media, answer=None):
    """First where the file lies (``getFile``, good for an hour), then the file."""
    if media.size > MAX_DOWNLOAD:
        return Fault(Retry.NEVER, Reason.MEDIA, f"{media.size} > {MAX_DOWNLOAD}")
    if answer is None:
        return _call(account, "getFile", {"file_id": media.ref}, is_repeatable=True)
    path = reading.text(answer.json(), "result", "file_path")
    if answer.status != 200 or not path:
        return read_fault(answer)
    if ".." in path.split("/"):
        return Fault(Retry.NEVER, Reason.MEDIA)
    address = f"{account.base(HOST)}/file/bot{account.access_token}/{quote(path)}"
    return Call("GET", address, step="file", expects="file", is_repeatable=True)


# SENDING


def limits(account):
    return Limits(
        text_length=TEXT_LENGTH,
        caption_length=CAPTION_LENGTH,
        media={
            "image": MediaLimit(MAX_PHOTO, ("image/jpeg", "image/png", "image/webp")),
            "video": MediaLimit(MAX_UPLOAD, ("video/mp4",)),
            "audio": MediaLimit(MAX_UPLOAD, ("audio/mpeg", "audio/mp4")),
            "document": MediaLimit(MAX_UPLOAD),
        },
        button_count=10,
        per_second=30,
        pair_seconds=1,
        actions=("message", "edit", "delete", "typing", "mark_read"),
    )


def text_length(account, text):
    """Telegram counts UTF-16 code units: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def build(account, outgoing, done=()):
    """The next request: the text first, then each file; a short text goes with the first file as its caption."""
    if outgoing.action == "message":
        return _build_message(account, outgoing, len(done))
    return None if done else _build_action(account, outgoing)


def _build_action(account, outgoing):
    chat, _colon, number = outgoing.target.rpartition(":")
    if outgoing.action == "typing":
        return _call(account, "sendChatAction", {"chat_id": _chat(outgoing), "action": "typing"}, is_repeatable=True)
    if outgoing.action == "mark_read":
        # only buttons wait for a word of ours
        answered = {"callback_query_id": number} if chat == "choice" else None
        return _call(account, "answerCallbackQuery", answered, is_repeatable=True) if answered else None
    if not chat or not number.isdigit():
        return Fault(Retry.NEVER, Reason.BAD_REQUEST)
    place = {"chat_id": _number(chat), "message_id": int(number)}
    if outgoing.action == "edit":
        return _call(account, "editMessageText", {**place, "text": outgoing.text}, is_repeatable=True)
    if outgoing.action == "delete":
        return _call(account, "deleteMessage", place, is_repeatable=True)
    return Fault(Retry.NEVER, Reason.UNSUPPORTED)


def _build_message(account, outgoing, number):
    """Request ``number`` of a message, None behind the last."""
    if not _chat(outgoing):
        return Fault(Retry.NEVER, Reason.NO_RECIPIENT)
    length = text_length(account, outgoing.text)
    if length > TEXT_LENGTH:
        return Fault(Retry.NEVER, Reason.TOO_LONG, f"{length} > {TEXT_LENGTH}")
    has_caption = outgoing.files and length <= CAPTION_LENGTH and not outgoing.buttons
    steps = [*([] if has_caption or not outgoing.text else [None]), *outgoing.files]
    if number >= len(steps):
        return None if steps else Fault(Retry.NEVER, Reason.BAD_REQUEST)
    head = {"chat_id": _chat(outgoing), **(_quote(outgoing) if number == 0 else {})}
    file = steps[number]
    if file is None:
        buttons = _buttons(outgoing)
        if isinstance(buttons, Fault):
            return buttons
        return _call(account, "sendMessage", {**head, "text": outgoing.text, **buttons})
    return _build_file(account, head, file, outgoing.text if has_caption and number == 0 else "")


def _chat(outgoing):
    return _number(outgoing.conversation or outgoing.recipient)


def _number(chat):
    """Telegram's ids are numbers, channels may be named ``@name``."""
    return int(chat) if chat.lstrip("-").isdigit() and len(chat) < 20 else chat


def _quote(outgoing):
    number = outgoing.reply_to.rpartition(":")[2]
    if not number.isdigit() or outgoing.reply_to.startswith("choice:"):
        return {}
    # the customer may have deleted what we quote
    return {"reply_parameters": {"message_id": int(number), "allow_sending_without_reply": True}}


def _buttons(outgoing):
    if not outgoing.buttons:
        return {}
    rows = [[{"text": button.title, "callback_data": button.payload or button.title}] for button in outgoing.buttons]
    if any(len(row[0]["callback_data"].encode()) > BUTTON_BYTES for row in rows):
        return Fault(Retry.NEVER, Reason.BAD_REQUEST, f"A button holds {BUTTON_BYTES} bytes at most.")
    return {"reply_markup": {"inline_keyboard": rows}}


def _build_file(account, head, file, caption):
    kind = file.mime_type.split("/")[0]
    allowed = limits(account).media
    limit = allowed.get(kind)
    if limit is None or file.mime_type not in limit.types or file.size > limit.size:
        kind, limit = "document", allowed["document"]
    if file.size > limit.size:
        return Fault(Retry.NEVER, Reason.MEDIA, f"{file.size} > {limit.size}")
    method = SEND_METHODS[kind if kind in SEND_METHODS else "document"]
    fields = {**head, **({"caption": caption} if caption else {})}
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    content = (method[len("send") :].lower(), file.name, file.read(), file.mime_type)
    return Call("POST", _address(account, method), form=form, files=(content,), step=method)


def read_answer(account, call, answer):
    body = answer.json()
    if answer.status != 200 or reading.dig(body, "ok") is not True:
        return read_fault(answer)
    return Accepted(call.step, external_id=_message_id(reading.table(body, "result")))


def read_fault(answer):
    """Telegram's errors: ``{ok: false, error_code, description, parameters: {retry_after?, migrate_to_chat_id?}}``."""
    body = answer.json()
    detail, code = reading.text(body, "description"), reading.text(body, "error_code")
    if answer.status == 429:
        seconds = reading.whole(body, "parameters", "retry_after")
        return Fault(Retry.LATER, Reason.RATE, detail, code, seconds=float(seconds) if seconds > 0 else None)
    if fault := read_common(answer, detail, code):
        return fault
    if answer.status == 413:
        return Fault(Retry.NEVER, Reason.MEDIA, detail, code)
    if answer.status in (401, 404):
        # an unknown token is an unknown address
        return Fault(Retry.PERSON, Reason.TOKEN, detail, code, stops_account=True)
    if answer.status == 409:
        return Fault(Retry.LATER, Reason.UNAVAILABLE, detail, code)
    words = detail.lower()
    for part, reason in REFUSALS:
        if part in words:
            return Fault(Retry.NEVER, reason, detail, code)
    return Fault(Retry.NEVER, Reason.REFUSED if answer.status == 403 else Reason.BAD_REQUEST, detail, code)


# THE ACCOUNT


def health_call(account):
    return _call(account, "getWebhookInfo", {}, is_repeatable=True)


def read_health(account, answer):
    if answer.status != 200:
        return read_fault(answer)
    info = reading.table(answer.json(), "result")
    return Health(
        name=account.account_ref,
        detail=reading.text(info, "last_error_message"),
        is_subscribed=bool(reading.text(info, "url")),
    )


def _call(account, method, content, is_repeatable=False):
    return Call("POST", _address(account, method), json=content, step=method, is_repeatable=is_repeatable)


def _address(account, method):
    return f"{account.base(HOST)}/bot{account.access_token}/{method}"

"""WhatsApp Business Cloud API.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp (pages of April to August 2026),
business-messaging-api of facebook/openapi. Payloads of conversation routing (``standby``, ``messaging_handovers``)
follow providers' documents that name Meta's pages.
"""

import base64
import binascii
import re

from . import graph, reading
from .records import (
    AccountNotice,
    Choice,
    ContactCard,
    Control,
    Deletion,
    Edit,
    Fault,
    Handle,
    IdentityChange,
    Limits,
    Location,
    Media,
    MediaLimit,
    Message,
    Person,
    PersonEvent,
    Post,
    Pulled,
    Reaction,
    Reason,
    Referral,
    Retry,
    Status,
    Template,
)

OPTIONS = {
    "api_version": graph.OPTIONS["api_version"],
    "app_id": graph.OPTIONS["app_id"],
    "business_id": ("WhatsApp Business Account id", False),
    "per_second": ("Messages per second (20 for a number shared with the app)", False),
    "handover_to": ("Role of the application that conversations may be passed to, such as ai_agent", False),
}
PULLS = {"templates": graph.DAY}
TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
BODY_LENGTH = 1024
REPLY_BUTTONS, REPLY_TITLE = 3, 20
LIST_ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72
DOCUMENT_SIZE = 100 * 2**20
MEDIA = {
    "audio": MediaLimit(16 * 2**20, ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")),
    "document": MediaLimit(DOCUMENT_SIZE),
    "image": MediaLimit(5 * 2**20, ("image/jpeg", "image/png")),
    "sticker": MediaLimit(500 * 2**10, ("image/webp",)),
    "video": MediaLimit(16 * 2**20, ("video/mp4", "video/3gpp")),
}
# A business-scoped user id: country, dot, letters and digits; everything else that people have is a number.
USER_ID = re.compile(r"[A-Z]{2}\.")
PAIR_SECONDS = 6
# Meta asks for 4^n seconds after too many messages to one person; the second step is enough for a burst.
PAIR_WAIT_SECONDS = 16

handshake = graph.handshake
verify = graph.verify

_NEVER, _LATER, _PERSON = Retry.NEVER, Retry.LATER, Retry.PERSON
TEMPLATE_CODES = (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016)
CODES = {
    0: (_PERSON, Reason.TOKEN, True),
    131005: (_PERSON, Reason.PERMISSION, True),
    # throttling
    130429: (_LATER, Reason.RATE, False),
    131056: (_LATER, Reason.RATE, False),
    133016: (_LATER, Reason.RATE, False),
    131048: (_PERSON, Reason.ACCOUNT, True),
    131064: (_PERSON, Reason.ACCOUNT, True),
    # temporary
    131000: (_LATER, Reason.UNAVAILABLE, False),
    131016: (_LATER, Reason.UNAVAILABLE, False),
    131057: (_LATER, Reason.UNAVAILABLE, False),
    135000: (_LATER, Reason.UNAVAILABLE, False),
    # the recipient
    131047: (_PERSON, Reason.WINDOW_CLOSED, False),
    131026: (_NEVER, Reason.UNDELIVERABLE, False),
    131030: (_PERSON, Reason.PERMISSION, False),
    130472: (_NEVER, Reason.REFUSED, False),
    131049: (_NEVER, Reason.REFUSED, False),
    131050: (_NEVER, Reason.OPTED_OUT, False),
    131063: (_NEVER, Reason.REFUSED, False),
    137000: (_PERSON, Reason.NO_RECIPIENT, False),
    # the message
    131008: (_NEVER, Reason.BAD_REQUEST, False),
    131009: (_NEVER, Reason.BAD_REQUEST, False),
    131021: (_NEVER, Reason.NO_RECIPIENT, False),
    131062: (_NEVER, Reason.BAD_REQUEST, False),
    131051: (_NEVER, Reason.MEDIA, False),
    131052: (_NEVER, Reason.MEDIA, False),
    131053: (_NEVER, Reason.MEDIA, False),
    **dict.fromkeys(
        (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016), (_PERSON, Reason.TEMPLATE, False)
    ),
    # the account
    131042: (_PERSON, Reason.PAYMENT, True),
    131044: (_PERSON, Reason.PAYMENT, True),
    **dict.fromkeys((131031, 131037, 131045), (_PERSON, Reason.ACCOUNT, True)),
    130497: (_NEVER, Reason.UNDELIVERABLE, False),
}

# IN


def parse(account, raw):
    """Messages, statuses and news of every change of every entry."""

    def read_entry(entry):
        changes = reading.items(entry, "changes")
        if not changes:
            return [graph.unsupported(entry, "entry")]
        return graph.each(_read_change, changes)

    return graph.parse_entries(raw, {"whatsapp_business_account": read_entry})


def _read_change(change):
    field, value = reading.text(change, "field"), reading.table(change, "value")
    read = FIELDS.get(field)
    records = read(value) if read else []
    return records or [graph.unsupported(change, field or "change", account_ref=_number_id(value))]


def _number_id(value):
    return reading.text(value, "metadata", "phone_number_id") or reading.text(value, "recipient", "phone_number_id")


def _read_messages(value, *, prefix="", is_echo=False):
    """Records of one ``value``. Contacts are found by id, never by their place in the list."""
    number_id = _number_id(value)
    people = _People(value)
    records = graph.each(
        lambda item: _read_message(item, people, number_id, prefix, is_echo),
        reading.items(value, "message_echoes" if is_echo else "messages"),
        number_id,
        "whatsapp",
    )
    records += graph.each(
        lambda item: _read_status(item, people, number_id, prefix),
        reading.items(value, "statuses"),
        number_id,
        "whatsapp",
    )
    if not records:
        # an error of the account itself comes without message or status
        records += graph.each(lambda item: [_account_error(item, number_id)], reading.items(value, "errors"), number_id)
    return records


class _People:
    """Who the ids of a payload belong to."""

    def __init__(self, value):
        self.contacts = reading.items(value, "contacts")

    def person(self, number, user_id, parent_id=""):
        """The person behind a number and/or a business-scoped id, with the name a contact of the payload gives."""
        contact = next(
            (
                contact
                for contact in self.contacts
                if (user_id and reading.text(contact, "user_id") == user_id)
                or (number and reading.text(contact, "wa_id") == number)
            ),
            {},
        )
        user_id = user_id or reading.text(contact, "user_id")
        number = number or reading.text(contact, "wa_id")
        phone = f"+{number}" if number.isdigit() else number
        ids = (user_id, phone, parent_id or reading.text(contact, "parent_user_id"))
        return Person(
            tuple(Handle("whatsapp", value) for value in dict.fromkeys(ids) if value),
            name=reading.text(contact, "profile", "name"),
            username=reading.text(contact, "profile", "username"),
            phone=phone,
        )


def _read_message(item, people, number_id, prefix, is_echo):
    message_id = reading.text(item, "id")
    if is_echo:
        person = people.person(reading.text(item, "to"), reading.text(item, "to_user_id"))
    else:
        person = people.person(
            reading.text(item, "from"), reading.text(item, "from_user_id"), reading.text(item, "from_parent_user_id")
        )
    common = {
        "key": prefix + message_id,
        "date": reading.time_of_seconds(item, "timestamp"),
        "channel": "whatsapp",
        "account_ref": number_id,
    }
    kind = reading.text(item, "type")
    content = reading.dig(item, kind)
    read = EVENTS.get(kind)
    if message_id and read and isinstance(content, dict):
        return [read(item, content, person, common)]
    parts = _content(kind, content) if message_id else None
    if parts is None:
        return [_unsupported(item, kind, person, common)]
    return [
        Message(
            **common,
            **parts,
            external_id=message_id,
            sender=person,
            conversation=_conversation(item, person),
            is_echo=is_echo,
            is_standby=bool(prefix),
            is_forwarded=bool(_forwarded(item)),
            reply_to=reading.text(item, "context", "id"),
            referral=_referral(item.get("referral")),
            own_reference=reading.text(item, "biz_opaque_callback_data"),
            post=_product(item),
        )
    ]


def _conversation(item, person):
    """The group, or the person under the most lasting id."""
    return reading.text(item, "group_id") or (person.handles[0].value if person.handles else "")


def _forwarded(item):
    context = reading.table(item, "context")
    return context.get("forwarded") is True or context.get("frequently_forwarded") is True


def _product(item):
    product = reading.table(item, "context", "referred_product")
    return Post(external_id=reading.text(product, "product_retailer_id")) if product else None


def _referral(value):
    if not isinstance(value, dict):
        return None
    return Referral(
        source=reading.text(value, "source_type"),
        reference=reading.text(value, "source_id"),
        title=reading.text(value, "headline"),
        url=reading.text(value, "source_url"),
    )


def _unsupported(item, kind, person, common):
    """What WhatsApp itself calls unsupported is shown in the conversation: the customer is asked to send it again."""
    named = reading.text(item, "unsupported", "type") or reading.text(item, "errors", 0, "code")
    what = f"{kind} {named}".strip()[:60] or "message"
    values = {name: common[name] for name in ("date", "channel", "account_ref")}
    external_id = reading.text(item, "id")
    return graph.unsupported(
        item, what, external_id=external_id, sender=person, conversation=_conversation(item, person), **values
    )


# What a message says


def _content(kind, content):
    """The part of a :class:`Message` that its type decides; None for an unknown type."""
    read = CONTENTS.get(kind)
    return read(content) if read and content else None


def _text(content):
    return {"text": reading.text(content, "body")} if isinstance(content, dict) else None


def _file(kind):
    def read(content):
        if not (reading.text(content, "id") or reading.text(content, "url")):
            return None
        voice = kind == "audio" and reading.table(content).get("voice") is True
        media = Media(
            "voice" if voice else kind,
            ref=reading.text(content, "id"),
            url=reading.text(content, "url"),
            mime_type=reading.text(content, "mime_type"),
            name=reading.text(content, "filename"),
            sha256=_hex(reading.text(content, "sha256")),
        )
        return {
            "kind": "sticker" if kind == "sticker" else "media",
            "text": reading.text(content, "caption"),
            "media": (media,),
        }

    return read


def _hex(digest):
    """A SHA-256 in hex: webhooks bring it in base64, the media endpoint in hex."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        return digest.lower()
    try:
        found = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return found.hex() if len(found) == 32 else ""


def _location(content):
    latitude, longitude = reading.decimal(content, "latitude"), reading.decimal(content, "longitude")
    if latitude is None or longitude is None:
        return None
    name, address = reading.text(content, "name"), reading.text(content, "address")
    return {"kind": "location", "location": Location(latitude, longitude, name, address)}


def _contacts(content):
    cards = (
        tuple(
            ContactCard(
                name=reading.text(card, "name", "formatted_name") or reading.text(card, "name", "first_name"),
                phones=_each_text(card, "phones", "phone") or _each_text(card, "phones", "wa_id"),
                emails=_each_text(card, "emails", "email"),
                organisation=reading.text(card, "org", "company"),
            )
            for card in content
            if isinstance(card, dict)
        )
        if isinstance(content, list)
        else ()
    )
    return {"kind": "contact", "contacts": cards} if cards else None


def _each_text(card, name, field):
    return tuple(filter(None, (reading.text(item, field) for item in reading.items(card, name))))


def _interactive(content):
    kind = reading.text(content, "type")
    reply = reading.table(content, kind)
    if kind in ("button_reply", "list_reply"):
        title = reading.text(reply, "title")
        choice = Choice(title, reading.text(reply, "id"), reading.text(reply, "description"))
        return {"kind": "choice", "text": title, "choice": choice}
    if kind == "nfm_reply":
        words = reading.text(reply, "body") or reading.text(reply, "name")
        return {"kind": "form", "text": words, "choice": Choice(words, reading.text(reply, "response_json"))}
    if kind == "call_permission_reply":
        answer = reading.text(reply, "response")
        return {"kind": "choice", "text": answer, "choice": Choice(answer, "call_permission_reply")}
    return None


def _button(content):
    title = reading.text(content, "text")
    if not title:
        return None
    return {"kind": "choice", "text": title, "choice": Choice(title, reading.text(content, "payload"))}


CONTENTS = {
    "text": _text,
    **{kind: _file(kind) for kind in ("image", "video", "sticker", "document", "audio")},
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
}


# What happens to a message


def _reaction(item, content, person, common):
    target, emoji = reading.text(content, "message_id"), reading.text(content, "emoji")
    return Reaction(**common, message_id=target, sender=person, emoji=emoji)


def _edit(item, content, person, common):
    message = reading.table(content, "message")
    kind = reading.text(message, "type")
    parts = _content(kind, reading.dig(message, kind)) or {}
    target = reading.text(content, "original_message_id")
    media = parts.get("media", ())
    return Edit(**common, message_id=target, sender=person, text=parts.get("text", ""), media=media)


def _revoke(item, content, person, common):
    return Deletion(**common, message_id=reading.text(content, "original_message_id"), sender=person)


def _system(item, content, person, common):
    """The customer goes on under another number; both belong to one person."""
    number, user_id = reading.text(content, "wa_id"), reading.text(content, "user_id")
    after = _People({}).person(number, user_id, reading.text(content, "parent_user_id"))
    if not after.handles:
        return _unsupported(item, "system", person, common)
    return IdentityChange(**common, before=person.handles, person=after)


def _request_welcome(item, content, person, common):
    return PersonEvent(**common, kind="started", sender=person, conversation=_conversation(item, person))


EVENTS = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "request_welcome": _request_welcome,
}


def _read_status(item, people, number_id, prefix):
    message_id, state = reading.text(item, "id"), reading.text(item, "status")
    known = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
    if not message_id or state not in known:
        return [graph.unsupported(item, f"status {state}".strip()[:60], account_ref=number_id, channel="whatsapp")]
    error = reading.dig(item, "errors", 0)
    return [
        Status(
            key=f"{prefix}{message_id}:{state}",
            date=reading.time_of_seconds(item, "timestamp"),
            channel="whatsapp",
            account_ref=number_id,
            message_id=message_id,
            state=known[state],
            recipient=people.person(reading.text(item, "recipient_id"), reading.text(item, "recipient_user_id")),
            reference=reading.text(item, "biz_opaque_callback_data"),
            fault=graph.error_fault(error, CODES) if state == "failed" else None,
        )
    ]


# Conversation routing


def _read_standby(value):
    """What another application answers on our number; one level deeper than ``messages``."""
    inner = {**reading.table(value, "standby"), "metadata": value.get("metadata")}
    echoes = [_standby_echo(echo) for echo in reading.items(inner, "message_echoes")]
    records = _read_messages({**inner, "message_echoes": []}, prefix="standby:")
    return records + _read_messages(
        {**inner, "message_echoes": echoes, "statuses": [], "errors": []}, prefix="standby:", is_echo=True
    )


def _standby_echo(echo):
    """An echo whose ``message`` is the request that was sent, in the form of the others."""
    request = reading.table(echo, "message")
    user_id = reading.text(request, "recipient")
    return {
        **request,
        "id": reading.dig(echo, "id"),
        "timestamp": reading.dig(echo, "timestamp"),
        "to_user_id": user_id,
    }


def _read_echoes(value):
    return _read_messages(value, is_echo=True)


def _read_handover(value):
    kind, number_id = reading.text(value, "type"), _number_id(value)
    if kind not in ("control_passed", "control_taken"):
        return []
    content = reading.table(value, kind)
    stamp = reading.text(value, "timestamp")
    number = reading.text(value, "sender", "phone_number") or reading.text(value, "sender", "wa_id")
    person = _People({}).person(number.lstrip("+"), reading.text(value, "sender", "user_id"))
    other = "previous_owner" if kind == "control_passed" else "new_owner"
    conversation = person.handles[0].value if person.handles else ""
    summary = reading.text(content, "conversation_context", "summary", "text") or reading.text(content, "metadata")
    return [
        Control(
            key=f"{kind}:{conversation}:{stamp}",
            date=reading.time_of_seconds(value, "timestamp"),
            channel="whatsapp",
            account_ref=number_id,
            owner="us" if kind == "control_passed" else "other",
            sender=person,
            conversation=conversation,
            name=reading.text(content, f"{other}_role") or reading.text(content, f"{other}_app_id"),
            summary=summary,
        )
    ]


# News of the account


def _account_error(item, number_id):
    fault = graph.error_fault(reading.table(item), CODES)
    record = graph.unsupported(item, "error")
    level = "error" if fault.stops_account else "warning"
    return AccountNotice(key=record.key, account_ref=number_id, kind="error", level=level, text=fault.detail)


TEMPLATE_STATES = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "FLAGGED": "approved",
    "DISABLED": "disabled",
    "LIMIT_EXCEEDED": "disabled",
    "ARCHIVED": "deleted",
    "DELETED": "deleted",
    "PENDING_DELETION": "deleted",
}


def _read_template_news(value):
    name, event = reading.text(value, "message_template_name"), reading.text(value, "event")
    if not name or event not in TEMPLATE_STATES:
        return []
    return [
        Template(
            key=graph.unsupported(value, "template").key,
            channel="whatsapp",
            name=name,
            language=reading.text(value, "message_template_language"),
            external_id=reading.text(value, "message_template_id"),
            state=TEMPLATE_STATES[event],
            reason=reading.text(value, "reason"),
        )
    ]


def _notice(kind, level):
    """News that the account's keepers read: every name and value of it, in Meta's words."""

    def read(value):
        words = ", ".join(f"{name}: {text}" for name in sorted(value) if (text := reading.text(value, name)))
        key = graph.unsupported(value, kind).key
        return [AccountNotice(key=key, channel="whatsapp", kind=kind, level=level, text=words[:1000])] if words else []

    return read


def _read_account_update(value):
    records = _notice("account_update", "warning")(value)
    blocked = reading.text(value, "event") in ("ACCOUNT_DELETED", "ACCOUNT_RESTRICTION", "DISABLED_UPDATE")
    if not blocked or not records:
        return records
    return [
        AccountNotice(
            key=records[0].key, channel="whatsapp", kind="account_update", level="error", text=records[0].text
        )
    ]


def _read_preferences(value):
    """Opting out of, and back into, marketing."""
    kinds = {"stop": "opt_out", "resume": "opt_in"}
    people = _People(value)
    return [
        PersonEvent(
            key=graph.unsupported(item, "preference").key,
            date=reading.time_of_seconds(item, "timestamp"),
            channel="whatsapp",
            account_ref=_number_id(value),
            kind=kinds[reading.text(item, "value")],
            sender=(person := people.person(reading.text(item, "wa_id"), reading.text(item, "user_id"))),
            conversation=person.handles[0].value if person.handles else "",
            text=reading.text(item, "detail"),
        )
        for item in reading.items(value, "user_preferences")
        if reading.text(item, "value") in kinds
    ]


FIELDS = {
    "messages": _read_messages,
    "standby": _read_standby,
    "smb_message_echoes": _read_echoes,
    "messaging_handovers": _read_handover,
    "message_template_status_update": _read_template_news,
    "message_template_quality_update": _notice("template_quality", "info"),
    "phone_number_quality_update": _notice("phone_number_quality", "warning"),
    "account_update": _read_account_update,
    "account_alerts": _notice("account_alert", "warning"),
    "security": _notice("security", "warning"),
    "user_preferences": _read_preferences,
}


# OUT


def limits(account):
    """What WhatsApp takes."""
    return Limits(
        text_length=TEXT_LENGTH,
        caption_length=CAPTION_LENGTH,
        media=MEDIA,
        window_seconds=graph.DAY,
        has_templates=True,
        button_count=LIST_ROWS,
        per_second=reading.decimal(account.options, "per_second") or 80,
        pair_seconds=PAIR_SECONDS,
        actions=("message", "react", "mark_read", "typing", "pass_control", "take_control"),
    )


def build(account, outgoing, done=()):
    """The next request: each file is uploaded and sent, a long text goes in parts, each after the one before it."""
    if outgoing.action != "message":
        return None if done else _build_action(account, outgoing)
    steps = _steps(outgoing)
    if len(done) >= len(steps):
        return None
    step = steps[len(done)]
    if isinstance(step, Fault):
        return step
    if step["type"] == "upload":
        return _upload(account, step["file"])
    kind = step["type"]
    if "file" in step:
        content = {name: value for name, value in step[kind].items() if value}
        link = {"link": step["file"].url} if step["file"].url else {"id": done[-1].value}
        step = {"type": kind, kind: {**link, **content}}
    body = {**_address(outgoing.recipient), **step}
    if outgoing.reply_to:
        body["context"] = {"message_id": outgoing.reply_to}
    if outgoing.reference:
        body["biz_opaque_callback_data"] = outgoing.reference
    return _send(account, body)


def _address(recipient):
    """To a business-scoped id, or to a number with its plus: without it WhatsApp adds our own country's code."""
    common = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    if USER_ID.match(recipient):
        return {**common, "recipient": recipient}
    return {**common, "to": f"+{recipient.lstrip('+')}"}


def _send(account, body, step="send", **values):
    return graph.call(account, "POST", f"{account.account_ref}/messages", json=body, step=step, **values)


def _steps(outgoing):
    """What something to send is made of, in order: uploads, and bodies of messages by their type."""
    if outgoing.template:
        return [{"type": "template", "template": _template(outgoing)}]
    steps, text = [], outgoing.text
    for file in outgoing.files:
        kind = file_kind(file)
        if file.size > MEDIA[kind].size:
            return [Fault(Retry.NEVER, Reason.MEDIA, detail=f"{file.name} ({file.mime_type}, {file.size} bytes)")]
        caption = ""
        if kind not in ("audio", "sticker") and len(text) <= CAPTION_LENGTH and not outgoing.buttons:
            caption, text = text, ""
        if not file.url:
            steps.append({"type": "upload", "file": file})
        content = {"caption": caption, "filename": file.name if kind == "document" else ""}
        steps.append({"type": kind, kind: content, "file": file})
    if outgoing.buttons:
        *before, text = graph.split_text(text, BODY_LENGTH)
        steps += [_text_step(part) for part in before]
        return [*steps, {"type": "interactive", "interactive": _choices(outgoing, text)}]
    if text or not steps:
        steps += [_text_step(part) for part in graph.split_text(text, TEXT_LENGTH)]
    return steps


def _text_step(text):
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def file_kind(file):
    """The kind under which a file is sent: as a document where its own kind does not take its type or size."""
    mime_type = file.mime_type.split(";")[0].strip()
    for kind in ("image", "video", "audio"):
        if mime_type in MEDIA[kind].types and file.size <= MEDIA[kind].size:
            return kind
    return "sticker" if mime_type in MEDIA["sticker"].types and file.size <= MEDIA["sticker"].size else "document"


def _choices(outgoing, text):
    """Up to three buttons, or a list of up to ten lines."""
    if len(outgoing.buttons) <= REPLY_BUTTONS and not any(button.description for button in outgoing.buttons):
        replies = [{"id": (b.payload or b.title)[:256], "title": b.title[:REPLY_TITLE]} for b in outgoing.buttons]
        buttons = [{"type": "reply", "reply": reply} for reply in replies]
        return {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}
    rows = [
        {
            "id": (button.payload or button.title)[:200],
            "title": button.title[:ROW_TITLE],
            **({"description": button.description[:ROW_DESCRIPTION]} if button.description else {}),
        }
        for button in outgoing.buttons[:LIST_ROWS]
    ]
    action = {"button": (outgoing.list_title or "Pilih")[:REPLY_TITLE], "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": text}, "action": action}


def _template(outgoing):
    template = outgoing.template
    components = []
    if template.header_parameters:
        header = [{"type": "text", "text": value} for value in template.header_parameters]
        components.append({"type": "header", "parameters": header})
    if template.parameters:
        body = [
            {"type": "text", **({} if name.isdigit() else {"parameter_name": name}), "text": value}
            for name, value in template.parameters
        ]
        components.append({"type": "body", "parameters": body})
    components += [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": str(index),
            "parameters": [{"type": "payload", "payload": button.payload}],
        }
        for index, button in enumerate(outgoing.buttons)
        if button.payload
    ]
    found = {"name": template.name, "language": {"code": template.language}}
    return {**found, "components": components} if components else found


def _upload(account, file):
    mime_type = file.mime_type.split(";")[0].strip()
    return graph.call(
        account,
        "POST",
        f"{account.account_ref}/media",
        form={"messaging_product": "whatsapp", "type": mime_type},
        files=(("file", file.name, file.read(), mime_type),),
        step="upload",
        is_repeatable=True,
    )


def _build_action(account, outgoing):
    if outgoing.action in ("mark_read", "typing"):
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": outgoing.target}
        if outgoing.action == "typing":
            body["typing_indicator"] = {"type": "text"}
        return _send(account, body, outgoing.action, is_repeatable=True)
    if outgoing.action == "react":
        reaction = {"message_id": outgoing.target, "emoji": outgoing.text}
        return _send(account, {**_address(outgoing.recipient), "type": "reaction", "reaction": reaction}, "react")
    if outgoing.action in ("pass_control", "take_control"):
        body = _address(outgoing.recipient)
        del body["recipient_type"]
        body["action"] = "pass" if outgoing.action == "pass_control" else "take"
        if outgoing.text:
            body["metadata"] = outgoing.text[:2000]
        if outgoing.action == "pass_control":
            body["control_pass"] = {"target_role": outgoing.target or "ai_agent"}
        return graph.call(account, "POST", f"{account.account_ref}/thread_control", json=body, step=outgoing.action)
    return Fault(Retry.NEVER, Reason.UNSUPPORTED, detail=outgoing.action)


def read_answer(account, call, answer):
    """What the answer to a call of ``build`` means. Accepted is not delivered: statuses tell the rest."""
    found = graph.accepted(answer, call.step, "messages", 0, "id", codes=CODES, value_path=("id",))
    if isinstance(found, Fault) and found.code == "131056" and found.seconds is None:
        return Fault(found.retry, found.reason, found.detail, found.code, PAIR_WAIT_SECONDS)
    return found


# ASKING


def media_request(account, media, answer=None):
    """The file's address, which lives five minutes, then the file; both with the account's token."""
    if answer is None:
        params = {"phone_number_id": account.account_ref}
        return graph.call(account, "GET", media.ref, params=params, step="media", is_repeatable=True)
    body = graph.read_answer(answer, CODES)
    if isinstance(body, Fault):
        return body
    if reading.whole(body, "file_size") > DOCUMENT_SIZE:
        return Fault(Retry.NEVER, Reason.MEDIA, detail=f"{body['file_size']} bytes")
    url = reading.text(body, "url")
    if not url:
        return Fault(Retry.NEVER, Reason.GONE)
    return graph.file_call(account, url, with_token=True)


def pull(account, what, cursor):
    """One page of the templates of the business account."""
    params = {"fields": "id,name,language,status,category,components,rejected_reason", "limit": "100"}
    if cursor.get("after"):
        params["after"] = cursor["after"]
    business = account.options.get("business_id") or account.account_ref
    return graph.call(account, "GET", f"{business}/message_templates", params=params, step="pull", is_repeatable=True)


def read_pull(account, what, cursor, answer):
    """The templates of a page."""
    body = graph.read_answer(answer, CODES)
    if isinstance(body, Fault):
        return body
    records = tuple(graph.each(lambda row: [_pulled_template(row)], reading.items(body, "data")))
    after = reading.text(body, "paging", "cursors", "after")
    if after and reading.dig(body, "paging", "next"):
        return Pulled(records, {"after": after}, has_more=True)
    return Pulled(records)


def _pulled_template(row):
    if not reading.text(row, "name"):
        return graph.unsupported(row, "template")
    parts = {reading.text(part, "type"): part for part in reading.items(row, "components")}
    body = reading.text(parts.get("BODY"), "text")
    buttons = tuple(Choice(reading.text(button, "text")) for button in reading.items(parts.get("BUTTONS"), "buttons"))
    name, language = reading.text(row, "name"), reading.text(row, "language")
    return Template(
        key=f"{name}:{language}:{graph.unsupported(row, 'template').key}",
        channel="whatsapp",
        name=name,
        language=language,
        external_id=reading.text(row, "id"),
        category=reading.text(row, "category").lower(),
        state=TEMPLATE_STATES.get(reading.text(row, "status"), "pending"),
        header=reading.text(parts.get("HEADER"), "text"),
        body=body,
        footer=reading.text(parts.get("FOOTER"), "text"),
        parameters=tuple(dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", body))),
        buttons=buttons,
        reason=reading.text(row, "rejected_reason").replace("NONE", ""),
    )


def health_call(account):
    """The number's name and quality; with the business account's id also whether our app gets its webhooks."""
    business = account.options.get("business_id")
    fields = "verified_name,display_phone_number,quality_rating"
    params = {"fields": f"name,subscribed_apps,phone_numbers{{id,{fields}}}" if business else fields}
    node = business or account.account_ref
    return graph.call(account, "GET", node, params=params, step="health", is_repeatable=True)


def read_health(account, answer):
    """What "test connection" found."""

    def name_of(body):
        numbers = reading.items(body, "phone_numbers", "data")
        number = next((row for row in numbers if reading.text(row, "id") == account.account_ref), body)
        name = reading.text(number, "verified_name") or reading.text(body, "name")
        parts = (reading.text(number, "display_phone_number"), reading.text(number, "quality_rating"))
        return name, " ".join(filter(None, parts))

    return graph.read_health(account, answer, name_of)


def subscribe(account, address):
    """Have the webhooks sent to our app, at our address."""
    business = account.options.get("business_id") or account.account_ref
    form = {"override_callback_uri": address, "verify_token": account.verify_token}
    return graph.call(account, "POST", f"{business}/subscribed_apps", form=form, step="subscribe", is_repeatable=True)


def read_subscribe(account, answer):
    """Whether the subscription stands."""
    return graph.accepted(answer, "subscribe")

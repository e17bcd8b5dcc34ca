"""A service of few words, for tests of what all services have in common.

A payload is ``{"items": [{"type": "message", ...}]}``, signed with HMAC-SHA256 in ``X-Signature``.
"""

import json

from odoo.addons.kemenkes_channels.providers import reading
from odoo.addons.kemenkes_channels.providers.records import (
    Accepted,
    Call,
    ContactCard,
    Control,
    Deletion,
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
    Post,
    Pulled,
    Reaction,
    Reason,
    Reply,
    Retry,
    Status,
    Template,
    Unsupported,
    Verdict,
    Visibility,
    Watermark,
)

OPTIONS = {"business_id": ("Business account", False), "client_secret": ("Client secret", True)}
PULLS = {"templates": 86400}
FAULTS = {
    "window": Fault(Retry.PERSON, Reason.WINDOW_CLOSED, "24 hours are over", "131047"),
    "token": Fault(Retry.PERSON, Reason.TOKEN, "expired", "190", stops_account=True),
    "rate": Fault(Retry.LATER, Reason.RATE, "slow down", "429", seconds=90),
    "never": Fault(Retry.NEVER, Reason.NO_RECIPIENT, "who?", "404"),
}


def sign(secret, raw):
    return "sha256=" + reading.sign(secret, raw)


def handshake(account, query):
    if reading.same(account.verify_token, query.get("hub.verify_token", "")):
        return Reply(200, query.get("hub.challenge", ""))
    return Reply(403)


def verify(account, headers, raw):
    if not headers.get("x-signature"):
        return Verdict.UNSIGNED
    return Verdict.GENUINE if reading.is_signed(account.app_secrets, headers["x-signature"], raw) else Verdict.FORGED


def _person(account, item):
    handle, name = reading.text(item, "from"), reading.text(item, "name")
    return Person((Handle(account.kind, handle),), name) if handle else Person(name=name)


def _message(account, item, common):
    return Message(
        **common,
        external_id=reading.text(item, "id"),
        sender=_person(account, item),
        conversation=reading.text(item, "from"),
        text=reading.text(item, "text"),
        kind=reading.text(item, "kind") or "text",
        reply_to=reading.text(item, "reply_to"),
        is_public=bool(reading.dig(item, "is_public")),
        is_echo=bool(reading.dig(item, "is_echo")),
        own_reference=reading.text(item, "reference"),
        media=tuple(Media(**file) for file in reading.items(item, "media")),
        post=Post(**reading.table(item, "post")) if reading.table(item, "post") else None,
        location=Location(**reading.table(item, "location")) if reading.table(item, "location") else None,
        contacts=tuple(ContactCard(**card) for card in reading.items(item, "contacts")),
    )


def _read(account, item):
    common = {
        "key": reading.text(item, "key") or reading.text(item, "id"),
        "date": reading.time_of_seconds(item, "at"),
        "channel": reading.text(item, "channel"),
        "account_ref": reading.text(item, "account"),
    }
    person = _person(account, item)
    target = reading.text(item, "of")
    builders = {
        "message": lambda: _message(account, item, common),
        "edit": lambda: Edit(**common, message_id=target, sender=person, text=reading.text(item, "text")),
        "reaction": lambda: Reaction(**common, message_id=target, sender=person, emoji=reading.text(item, "emoji")),
        "deletion": lambda: Deletion(**common, message_id=target, sender=person),
        "visibility": lambda: Visibility(**common, message_id=target, is_hidden=bool(reading.dig(item, "hidden"))),
        "status": lambda: Status(
            **common,
            message_id=target,
            state=reading.text(item, "state"),
            reference=reading.text(item, "reference"),
            fault=FAULTS.get(reading.text(item, "fault")),
        ),
        "watermark": lambda: Watermark(
            **common, state=reading.text(item, "state"), until=common["date"], sender=person
        ),
        "control": lambda: Control(**common, owner=reading.text(item, "owner"), sender=person),
        "template": lambda: Template(
            **common, name=reading.text(item, "name"), language="id", state=reading.text(item, "state")
        ),
    }
    kind = reading.text(item, "type")
    if kind in builders:
        return builders[kind]()
    return Unsupported(**common, what=kind, raw=item, external_id=reading.text(item, "id"), sender=person)


def parse(account, raw):
    return tuple(_read(account, item) for item in reading.items(reading.load(raw), "items"))


def limits(account):
    return Limits(
        text_length=1000,
        caption_length=100,
        media={"image": MediaLimit(5_000_000, ("image/png", "image/jpeg"))},
        window_seconds=86400,
        has_templates=True,
        per_second=100,
        actions=("message", "hide", "unhide"),
        has_private_reply=True,
    )


def build(account, outgoing, done=()):
    if outgoing.files and not any(step.step == "upload" for step in done):
        file = outgoing.files[0]
        return Call(
            "POST",
            account.base("https://plain.example") + "/media",
            files=(("file", file.name, file.read(), file.mime_type),),
            step="upload",
            is_repeatable=True,
        )
    if any(step.step == "send" for step in done):
        return None
    body = {"to": outgoing.recipient, "text": outgoing.text, "reference": outgoing.reference}
    uploaded = [step.value for step in done if step.step == "upload"]
    extra = {
        "media": uploaded,
        "template": outgoing.template and [outgoing.template.name, dict(outgoing.template.parameters)],
        "target": outgoing.target if outgoing.is_public or outgoing.is_private_reply else "",
        "private_reply": outgoing.is_private_reply,
        "action": "" if outgoing.action == "message" else outgoing.action,
        "quotes": outgoing.reply_to,
    }
    body.update({name: value for name, value in extra.items() if value})
    return Call(
        "POST",
        account.base("https://plain.example") + "/messages",
        headers={"Authorization": f"Bearer {account.access_token}"},
        json=body,
    )


def read_answer(account, call, answer):
    if answer.status == 0 or answer.status >= 500:
        return Fault(Retry.LATER, Reason.UNAVAILABLE, "no answer")
    data = answer.json() or {}
    if answer.status != 200:
        return FAULTS.get(reading.text(data, "fault"), Fault(Retry.NEVER, Reason.BAD_REQUEST, answer.body.decode()))
    return Accepted(call.step, reading.text(data, "id") if call.step == "send" else "", reading.text(data, "media"))


def pull(account, what, cursor):
    return Call("GET", account.base("https://plain.example") + "/templates", params={"page": cursor.get("page", "1")})


def read_pull(account, what, cursor, answer):
    if answer.status != 200:
        return Fault(Retry.LATER, Reason.UNAVAILABLE)
    data = answer.json()
    found = tuple(
        Template(
            key=item["id"],
            external_id=item["id"],
            name=item["name"],
            language="id",
            state=item["state"],
            body=item["body"],
            parameters=tuple(item["parameters"]),
        )
        for item in data["templates"]
    )
    return Pulled(found, {"page": data["next"]} if data["next"] else {}, bool(data["next"]))


def profile(account, handle):
    return Call("GET", account.base("https://plain.example") + f"/people/{handle}")


def read_profile(account, handle, answer):
    if answer.status != 200:
        return Fault(Retry.LATER, Reason.UNAVAILABLE)
    return Person((Handle(account.kind, handle),), reading.text(answer.json(), "name"))


def health_call(account):
    return Call("GET", account.base("https://plain.example") + "/me")


def read_health(account, answer):
    if answer.status != 200:
        return FAULTS["token"]
    return Health(name=reading.text(answer.json(), "name"), is_subscribed=True)


def dump(*items):
    """A payload of the service."""
    return json.dumps({"items": items}).encode()

"""Telephone: the events of a telephone system (CTI), and the request to call somebody.

There is no one interface of telephone systems. This is ours, a neutral one: a system, or a small adapter beside it,
posts JSON events signed by the rules of Standard Webhooks (HMAC-SHA256 over ``id.timestamp.body``). Asterisk has such
an adapter in :mod:`ari`.

Settings: ``app_secrets`` sign the events; ``api_host`` is the address of the telephone system, from which recordings
are fetched (also in a private network) and where calls are asked for; ``access_token`` is what it wants: a token, or
``user:password``.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import time
from urllib.parse import quote

from . import reading
from ._http import read_common
from .records import (
    Accepted,
    Call,
    CallEvent,
    Fault,
    Handle,
    Health,
    Limits,
    Media,
    Person,
    Reason,
    Recording,
    Retry,
    Segment,
    Transcript,
    Unsupported,
    Verdict,
)

# Standard Webhooks: a signature holds for five minutes.
SKEW_SECONDS = 300
MAX_SEGMENTS = 5000
MAX_SECONDS = 7 * 86400
EVENTS = {
    "call.ringing": "ringing",
    "call.answered": "answered",
    "call.transferred": "transferred",
    "call.hold": "hold",
    "call.unhold": "unhold",
    "call.missed": "missed",
    "call.ended": "ended",
    "recording.ready": "recording",
    "transcript.ready": "transcript",
}
ASTERISK = "asterisk"
OPTIONS = {
    "system": (f'Telephone system: "{ASTERISK}", or empty for the neutral interface', False),
    "context": ("Asterisk: context from which calls go out", False),
    "technology": ("Asterisk: technology of the agents' telephones, such as PJSIP", False),
    "line": ("Our number, as shown to those who are called", False),
}
RING_SECONDS = 30
# What can be done with a call that goes on: method and path, by our interface and by Asterisk's.
CONTROLS = {
    "hold": (("POST", "/hold"), ("POST", "/hold")),
    "unhold": (("POST", "/unhold"), ("DELETE", "/hold")),
    "hangup": (("POST", "/hangup"), ("DELETE", "")),
}


# WEBHOOK


def verify(account, headers, raw):
    """Signed by one of our secrets, not longer ago than :data:`SKEW_SECONDS`."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not (message_id and stamp and given):
        return Verdict.UNSIGNED
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and abs(time.time() - int(stamp)) <= SKEW_SECONDS):
        return Verdict.FORGED
    wanted = [f"v1,{sign(secret, message_id, stamp, raw)}" for secret in account.app_secrets if secret]
    # all are compared, so time tells nothing
    found = [reading.same(ours, theirs) for ours in wanted for theirs in given]
    return Verdict.GENUINE if any(found) else Verdict.FORGED


def sign(secret, message_id, stamp, raw):
    """The signature of Standard Webhooks, without its version.

    :param str secret: ``whsec_`` and base64, or any text
    :param str stamp: seconds since 1970
    """
    key = secret.encode()
    if secret.startswith("whsec_"):
        # no base64: the text itself is the key
        with contextlib.suppress(binascii.Error):
            key = base64.b64decode(secret[len("whsec_") :])
    signed = f"{message_id}.{stamp}.".encode("utf-8", "replace") + raw
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def parse(account, raw):
    """One event, or a list of them."""
    payload = reading.load(raw)
    events = payload if isinstance(payload, list) else [payload]
    return tuple(_read_event(event) for event in events)


def _read_event(event):
    kind, call_id = EVENTS.get(reading.text(event, "event")), reading.text(event, "call_id")[:200]
    if not kind or not call_id:
        return _unsupported(event)
    direction = reading.text(event, "direction")
    ends = reading.text(event, "from").strip()[:50], reading.text(event, "to").strip()[:50]
    number, line = reversed(ends) if direction == "outbound" else ends
    sequence = max(0, min(reading.whole(event, "sequence"), 2**53))
    return CallEvent(
        key=_key(event, call_id, sequence),
        date=reading.time_of_iso(event, "occurred_at"),
        event=kind,
        call_id=call_id,
        sequence=sequence,
        direction=direction if direction in ("inbound", "outbound") else "",
        sender=Person((Handle("phone", number),), name=reading.text(event, "from_name")[:200], phone=number)
        if number
        else Person(),
        number=number,
        line=line,
        queue=reading.text(event, "queue")[:200],
        ivr_path=tuple(filter(None, (reading.text(key)[:100] for key in reading.items(event, "ivr_path")[:50]))),
        extension=reading.text(event, "agent", "extension")[:50],
        login=reading.text(event, "agent", "login")[:200],
        duration_seconds=_seconds(event, "duration_s"),
        talk_seconds=_seconds(event, "talk_s"),
        hold_seconds=_seconds(event, "hold_s"),
        wait_seconds=_seconds(event, "wait_s"),
        reason=(reading.text(event, "reason") or reading.text(event, "hangup_cause"))[:200],
        is_announced=announced if isinstance(announced := reading.dig(event, "consent_announced"), bool) else None,
        recording=_read_recording(reading.table(event, "recording")),
        transcript=_read_transcript(reading.table(event, "transcript")),
        reference=reading.text(event, "request_id")[:200],
    )


def _key(event, call_id, sequence):
    event_id = reading.text(event, "event_id")
    if event_id:
        return event_id
    # without an id: the place in the call, else what it says
    rest = str(sequence) if sequence else _digest(event)
    return f"{call_id}:{reading.text(event, 'event')}:{rest}"


def _unsupported(event):
    name = reading.text(event, "event")
    return Unsupported(
        key=reading.text(event, "event_id") or _digest(event),
        what=name[:100] or "event",
        raw=event,
        date=reading.time_of_iso(event, "occurred_at"),
    )


def _digest(event):
    return hashlib.sha256(repr(event).encode("utf-8", "replace")).hexdigest()


def _seconds(value, *path):
    return max(0, min(reading.whole(value, *path), MAX_SECONDS))


def _read_recording(recording):
    external_id, url = reading.text(recording, "id"), reading.text(recording, "url")
    if not url and not external_id:
        return None
    media = Media(
        "audio",
        ref=external_id[:200],
        url=url[:2000],
        mime_type=reading.text(recording, "mime_type")[:100],
        size=max(0, reading.whole(recording, "size")),
        sha256=reading.text(recording, "sha256").lower()[:64],
    )
    return Recording(external_id[:200] or url[:200], media, _seconds(recording, "duration_s"))


def _read_transcript(transcript):
    segments = tuple(filter(None, map(_read_segment, reading.items(transcript, "segments")[:MAX_SEGMENTS])))
    text = reading.text(transcript, "text").strip()
    if not segments and not text:
        return None
    confidence = reading.decimal(transcript, "confidence")
    return Transcript(
        engine=reading.text(transcript, "engine")[:100] or "cti",
        language=reading.text(transcript, "language")[:20],
        confidence=confidence if confidence is not None and 0 <= confidence <= 1 else None,
        segments=segments,
        text=text,
    )


def _read_segment(segment):
    text = reading.text(segment, "text").strip()
    start, stop = (min(max(reading.decimal(segment, name) or 0, 0), MAX_SECONDS) for name in ("start", "end"))
    return Segment(start, max(start, stop), text, reading.text(segment, "speaker")[:50]) if text else None


# REQUESTS


def limits(account):
    return Limits(actions=("dial", *CONTROLS) if account.api_host else ())


def build(account, outgoing, done=()):
    """Ask for a call: first the agent's telephone rings, then the customer's; or for something to be done with one."""
    if done:
        return None
    if outgoing.action in CONTROLS:
        return _build_control(account, outgoing)
    if outgoing.action != "dial":
        return Fault(Retry.NEVER, Reason.UNSUPPORTED)
    if not account.api_host or not outgoing.target or not outgoing.recipient:
        return Fault(Retry.NEVER, Reason.NO_RECIPIENT)
    if account.options.get("system") == ASTERISK:
        return _build_ari(account, outgoing)
    content = {
        "request_id": outgoing.reference,
        "extension": outgoing.target,
        "to": outgoing.recipient,
        "line": account.options.get("line", ""),
    }
    # the request's id keeps a second request from being a second call
    return Call("POST", f"{account.base('')}/calls", _headers(account), json=content, step="dial", is_repeatable=True)


def _build_ari(account, outgoing):
    """Asterisk: ``POST /ari/channels``; the id we give the channel keeps a second request from being a second call."""
    technology = account.options.get("technology") or "PJSIP"
    values = {
        "endpoint": f"{technology}/{outgoing.target}",
        "extension": outgoing.recipient,
        "context": account.options.get("context") or "default",
        "priority": "1",
        "callerId": account.options.get("line") or outgoing.recipient,
        "channelId": outgoing.reference,
        "timeout": str(RING_SECONDS),
    }
    address = f"{account.base('')}/ari/channels"
    return Call("POST", address, _headers(account), params=values, step="dial", is_repeatable=True)


def _build_control(account, outgoing):
    """``recipient`` is the call's id at the telephone system; said twice it is as if said once."""
    if not account.api_host or not outgoing.recipient:
        return Fault(Retry.NEVER, Reason.NO_RECIPIENT)
    is_asterisk = account.options.get("system") == ASTERISK
    method, path = CONTROLS[outgoing.action][is_asterisk]
    calls = "/ari/channels" if is_asterisk else "/calls"
    address = f"{account.base('')}{calls}/{quote(outgoing.recipient, safe='')}{path}"
    return Call(method, address, _headers(account), step=outgoing.action, is_repeatable=True)


def read_answer(account, call, answer):
    """What the telephone system says to a request."""
    # a call that is gone needs no hanging up
    if call.step in CONTROLS and (answer.status in (200, 202, 204) or (call.step, answer.status) == ("hangup", 404)):
        return Accepted(call.step)
    body = answer.json()
    if answer.status in (200, 201, 202):
        call_id = reading.text(body, "call_id") or reading.text(body, "id")
        return Accepted(call.step, external_id=call_id[:200])
    if answer.status == 409:
        # the channel is there already: a repeat
        return Accepted(call.step, external_id=call.params.get("channelId", ""))
    return read_fault(answer)


def read_fault(answer):
    """Why the telephone system does not do what it was asked for."""
    body = answer.json()
    detail = reading.text(body, "message") or reading.text(body, "error")
    if fault := read_common(answer, detail, str(answer.status)):
        return fault
    if answer.status in (401, 403):
        return Fault(Retry.PERSON, Reason.TOKEN, detail[:500], str(answer.status), stops_account=True)
    return Fault(Retry.NEVER, Reason.BAD_REQUEST, detail[:500], str(answer.status))


def media_request(account, media, answer=None):
    """A recording: from the telephone system itself with its access, from elsewhere without."""
    base = account.base("")
    url = media.url
    if not url.startswith(("http://", "https://", "/")):
        return Fault(Retry.NEVER, Reason.MEDIA)
    if url.startswith("/"):
        if not base:
            return Fault(Retry.NEVER, Reason.MEDIA)
        url = base + url
    is_own = bool(base) and url.startswith(f"{base}/")
    return Call("GET", url, _headers(account) if is_own else {}, expects="file", is_repeatable=True, is_trusted=False)


def health_call(account):
    path = "/ari/asterisk/info?only=system" if account.options.get("system") == ASTERISK else "/health"
    return Call("GET", f"{account.base('http://127.0.0.1:8088')}{path}", _headers(account), is_repeatable=True)


def read_health(account, answer):
    if answer.status not in (200, 204):
        return read_fault(answer)
    body = answer.json()
    version = reading.text(body, "version") or reading.text(body, "system", "version")
    return Health(name=account.account_ref, detail=version)


def _headers(account):
    token = account.access_token
    if not token:
        return {}
    if ":" in token:
        return {"Authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"}

"""A telephone system, played: citizens call, an agent's telephone rings, somebody picks it up, they talk."""

import base64
import hashlib
import hmac
import io
import json
import math
import time
import wave
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .fake import Citizen, Entry, Fake, Reply, Room

EXTENSIONS = ("2011", "2012", "2013")
WORD_SECONDS = 0.4
SAMPLE_RATE = 8000
STATES = {
    "ringing": "📞 Memanggil …",
    "talking": "🟢 Tersambung",
    "held": "⏸ Ditahan",
    "ended": "☎ Selesai",
    "missed": "✕ Tidak diangkat",
}


@dataclass
class Call:
    """One call, and what is said on it."""

    id: str
    citizen: str
    name: str
    started: float
    extension: str
    direction: str = "inbound"
    request_id: str = ""
    state: str = "ringing"
    answered: float = 0.0
    sequence: int = 0
    said: list = field(default_factory=list)


class Cti(Fake):
    """The neutral interface of a telephone system: signed events out, requests for calls in, recordings to fetch."""

    key = "cti"
    kinds = ("call",)
    routes = (
        ("POST", "/calls", "dial"),
        ("POST", "/calls/<call_id>/<command>", "control"),
        ("GET", "/recordings/<call_id>.wav", "download"),
        ("GET", "/health", "health"),
    )

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.calls = {}
        self.requested = {}
        self.recordings = {}

    def fault_names(self):
        return ("token", "busy", *super().fault_names())

    def fault_named(self, name):
        faults = {"token": Reply({"message": "unauthorised"}, 401), "busy": Reply({"message": "extension busy"}, 422)}
        return faults.get(name) or super().fault_named(name)

    # THE HELPDESK'S REQUESTS

    def dial(self, taken):
        """Ring an agent, then a citizen; the same request twice is one call."""
        if refusal := self._refuse(taken):
            return refusal
        body = taken.json or {}
        if not body.get("extension") or not body.get("to"):
            return Reply({"message": "extension and to are needed"}, 422)
        request_id = body.get("request_id", "")
        call = self.requested.get(request_id)
        if call is None:
            call = self._begin(
                body["to"].lstrip("+"), "", body["extension"], direction="outbound", request_id=request_id
            )
            self.requested[request_id] = call
            self._tell(call, "call.ringing")
        return Reply({"call_id": call.id}, 201)

    def control(self, taken, call_id, command):
        """Hold, go on, hang up: what becomes of the call is told by its events."""
        if refusal := self._refuse(taken):
            return refusal
        call = self.calls.get(call_id)
        if call is None or call.state in ("ended", "missed"):
            return Reply({"message": "no such call"}, 404)
        citizen = Citizen(call.citizen, call.name)
        if command == "hangup":
            self.do_hang_up(None, citizen, {})
        elif (command, call.state) in (("hold", "talking"), ("unhold", "held")):
            self.do_hold(None, citizen, {})
        return Reply({}, 202)

    def download(self, taken, call_id):
        return self._refuse(taken) or (
            Reply(self.recordings[call_id], mimetype="audio/wav") if call_id in self.recordings else Reply({}, 404)
        )

    def health(self, taken):
        return self._refuse(taken) or Reply({"version": "tiruan"})

    def _refuse(self, taken):
        token = self._account().token
        return None if taken.headers.get("Authorization") == f"Bearer {token}" else self.fault_named("token")

    # THE CITIZEN

    def rooms(self):
        actions = ("text", "call", "pick_up", "hold", "hang_up")
        return [Room("call", "Telepon", account.account_ref, actions) for account in self.accounts.values()]

    def entries(self, room, citizen):
        shown = []
        for call in self.calls.values():
            if call.citizen != citizen.id:
                continue
            arrow = "→" if call.direction == "inbound" else "←"
            title = f"{arrow} {STATES[call.state]} · ext. {call.extension}"
            shown.append(Entry(call.id, "other", "Telepon", title, call.started))
            shown += [
                Entry(f"{call.id}-{number}", "citizen" if speaker == "caller" else "helpdesk", name, text, moment)
                for number, (speaker, name, text, moment) in enumerate(call.said)
            ]
        return shown

    def do_call(self, room, citizen, values):
        """Dial the helpdesk; the first telephone rings that is named."""
        call = self._begin(citizen.id, citizen.name, values.get("extension") or EXTENSIONS[0])
        self._tell(call, "call.ringing", ivr_path=["1"])
        return call

    def do_pick_up(self, room, citizen, values):
        """The other side picks up: the agent, or the citizen who is called."""
        call = self._under_way(citizen)
        call.state, call.answered = "talking", self.clock()
        self._tell(call, "call.answered")

    def do_hold(self, room, citizen, values):
        call = self._under_way(citizen)
        call.state = "talking" if call.state == "held" else "held"
        self._tell(call, "call.hold" if call.state == "held" else "call.unhold")

    def do_text(self, room, citizen, values):
        """Say something; without a call under way the citizen calls first. ``>`` before it: the agent says it."""
        call = self._under_way(citizen) or self.do_call(room, citizen, values)
        if call.state == "ringing":
            self.do_pick_up(room, citizen, values)
        text = values.get("text", "")
        speaker = ("agent", "Halo Kemkes") if text.startswith(">") else ("caller", citizen.name)
        call.said.append((*speaker, text.lstrip("> "), self.clock()))

    def do_hang_up(self, room, citizen, values):
        """End the call: recording and transcript follow."""
        call = self._under_way(citizen)
        if call.state == "ringing":
            call.state = "missed"
            self._tell(call, "call.missed", wait_s=round(self.clock() - call.started), reason="abandoned")
            return
        call.state = "ended"
        talk = max(1, round(self.clock() - call.answered))
        segments = _segments(call.said)
        length = max(talk, int(segments[-1]["end"]) + 1 if segments else 1)
        self.recordings[call.id] = sound(length)
        recording = {
            "id": f"rek-{call.id}",
            "url": f"{self.base}/recordings/{call.id}.wav",
            "mime_type": "audio/wav",
            "sha256": fingerprint(self.recordings[call.id]),
            "duration_s": length,
        }
        self._tell(call, "call.ended", talk_s=talk, hangup_cause="normal", consent_announced=True, recording=recording)
        if segments:
            transcript = {"language": "id", "engine": "cti", "confidence": 0.9, "segments": segments}
            self._tell(call, "transcript.ready", transcript=transcript)

    def _begin(self, citizen, name, extension, **values):
        call = Call(f"tiruan-{self.number()}", citizen, name, self.clock(), extension, **values)
        self.calls[call.id] = call
        return call

    def _under_way(self, citizen):
        found = [call for call in self.calls.values() if call.citizen == citizen.id]
        return found[-1] if found and found[-1].state not in ("ended", "missed") else None

    def _account(self):
        return next(iter(self.accounts.values()))

    def _tell(self, call, event, **values):
        """Bring one event to the helpdesk, signed as Standard Webhooks are."""
        account = self._account()
        call.sequence += 1
        ends = (f"+{call.citizen}", account.account_ref)
        moment = datetime.fromtimestamp(self.clock(), timezone.utc)
        body = {
            "event_id": f"{call.id}-{call.sequence}",
            "event": event,
            "sequence": call.sequence,
            "occurred_at": moment.isoformat(),
            "call_id": call.id,
            "direction": call.direction,
            "from": ends[0] if call.direction == "inbound" else ends[1],
            "to": ends[1] if call.direction == "inbound" else ends[0],
            "from_name": call.name,
            "queue": "Layanan umum",
            "agent": {"extension": call.extension},
            "request_id": call.request_id,
            **values,
        }
        raw = json.dumps(body).encode()
        self.courier.take(account.webhook, raw, signature(account.secret, body["event_id"], raw))


def signature(secret, message_id, raw, at=None):
    """Headers of Standard Webhooks."""
    stamp = str(int(at or time.time()))
    signed = f"{message_id}.{stamp}.".encode() + raw
    mac = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{mac}",
    }


def fingerprint(content):
    """SHA-256 of a recording, as the event tells it."""
    return hashlib.sha256(content).hexdigest()


def sound(seconds):
    """A soft tone as WAV: played calls have no voices."""
    tone = bytes(round(128 + 12 * math.sin(2 * math.pi * 220 * n / SAMPLE_RATE)) for n in range(SAMPLE_RATE))
    with io.BytesIO() as content:
        with wave.open(content, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(1)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(tone * seconds)
        return content.getvalue()


def _segments(said):
    segments, moment = [], 0.5
    for speaker, _name, text, _at in said:
        stop = moment + max(1.0, len(text.split()) * WORD_SECONDS)
        segments.append({"start": round(moment, 1), "end": round(stop, 1), "speaker": speaker, "text": text})
        moment = stop + 0.4
    return segments

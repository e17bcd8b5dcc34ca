"""Events of a telephone system and requests to it, without a network (R24.a, R24.b)."""

import json
import time

import pytest
from ari.events import Interpreter
from hypothesis import given, settings
from hypothesis import strategies as st
from strange import damaged, json_values

from providers import batch_key, call, verify
from providers.records import (
    Accepted,
    Account,
    Answer,
    CallEvent,
    Fault,
    Incoming,
    Media,
    Outgoing,
    Reason,
    Retry,
    Unsupported,
    Verdict,
)

SECRET = "rahasia-uji"
ACCOUNT = Account(
    "call", "+622150000000", app_secrets=(SECRET,), access_token="kunci", api_host="https://pbx.contoh.invalid"
)
SAMPLES = ("ringing", "answered", "missed", "ended_with_recording")


def read(*events):
    return call.parse(ACCOUNT, json.dumps(events[0] if len(events) == 1 else list(events)).encode())


def signed(raw, secret=SECRET, at=0):
    stamp = str(int(time.time()) + at)
    return {
        "Webhook-Id": "e1",
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{call.sign(secret, 'e1', stamp, raw)}",
    }


def test_signature():
    raw = b'{"event": "call.ringing"}'
    assert verify(ACCOUNT, signed(raw), raw) == Verdict.GENUINE
    assert verify(ACCOUNT, signed(raw), raw + b" ") == Verdict.FORGED
    assert verify(ACCOUNT, signed(raw, "salah"), raw) == Verdict.FORGED
    assert verify(ACCOUNT, {}, raw) == Verdict.UNSIGNED
    assert verify(Account("call"), signed(raw, ""), raw) == Verdict.FORGED
    for at in (-call.SKEW_SECONDS - 60, call.SKEW_SECONDS + 60):
        assert verify(ACCOUNT, signed(raw, at=at), raw) == Verdict.FORGED


def test_vector_of_standard_webhooks():
    """The example of the Standard Webhooks specification, with its base64 secret."""
    raw = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    wanted = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert call.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", raw) == wanted


def test_samples(sample):
    ringing, answered, missed, ended = (read(sample(f"call_cti/cti_{name}"))[0] for name in SAMPLES)
    assert (ringing.event, ringing.call_id, ringing.sequence) == ("ringing", "uji-panggilan-77", 1)
    assert (ringing.number, ringing.line, ringing.queue) == ("+6280012340003", "+622150000000", "helpdesk-utama")
    assert ringing.ivr_path == ("1", "3")
    assert (answered.extension, answered.login) == ("2011", "petugas.uji")
    assert (missed.event, missed.wait_seconds, missed.reason) == ("missed", 64, "abandoned")
    assert (ended.duration_seconds, ended.talk_seconds, ended.hold_seconds) == (402, 371, 15)
    assert (ended.recording.external_id, ended.recording.seconds) == ("rek-77", 371)
    assert ended.recording.media.sha256.startswith("4389d798")
    assert batch_key([ended], b"") == "call:uji-panggilan-77-5"


def test_outgoing_call_turns_the_ends_round(sample):
    event = {**sample("call_cti/cti_answered"), "direction": "outbound", "from": "+622150000000", "to": "+628001"}
    [record] = read(event)
    assert (record.number, record.line, record.direction) == ("+628001", "+622150000000", "outbound")


def test_number_withheld(sample):
    [record] = read({**sample("call_cti/cti_ringing"), "from": ""})
    assert (record.number, record.sender.handles) == ("", ())


def test_unknown_and_several(sample):
    found = read({"event": "call.dreamt", "event_id": "x"}, sample("call_cti/cti_ringing"), 7)
    assert [type(record) for record in found] == [Unsupported, CallEvent, Unsupported]
    assert len({record.item_key for record in found}) == 3


def test_transcript():
    event = {
        "event": "transcript.ready",
        "event_id": "t1",
        "call_id": "p1",
        "transcript": {
            "engine": "mesin",
            "language": "id",
            "confidence": 0.8,
            "segments": [{"start": 0, "end": 2.5, "speaker": "caller", "text": "Tidak bisa masuk."}, {"text": " "}, 3],
        },
    }
    [record] = read(event)
    assert (record.transcript.engine, record.transcript.whole_text()) == ("mesin", "Tidak bisa masuk.")
    assert len(record.transcript.segments) == 1


def test_dial():
    outgoing = Outgoing(action="dial", reference="helpdesk-7", recipient="+628001", target="2011")
    asked = call.build(ACCOUNT, outgoing)
    assert (asked.method, asked.url, asked.is_repeatable) == ("POST", "https://pbx.contoh.invalid/calls", True)
    assert asked.json == {"request_id": "helpdesk-7", "extension": "2011", "to": "+628001", "line": ""}
    assert asked.headers == {"Authorization": "Bearer kunci"}
    assert call.read_answer(ACCOUNT, asked, Answer(201, {}, b'{"call_id": "p9"}')) == Accepted("dial", "p9")
    assert call.build(ACCOUNT, outgoing, (Accepted("dial"),)) is None
    assert call.build(Account("call"), outgoing).reason is Reason.NO_RECIPIENT


def test_dial_by_asterisk():
    account = Account(
        "call",
        access_token="ari:rahasia",
        api_host="http://10.0.0.5:8088",
        options={"system": "asterisk", "context": "keluar", "line": "021500567"},
    )
    asked = call.build(account, Outgoing(action="dial", reference="helpdesk-7", recipient="+628001", target="2011"))
    assert asked.url == "http://10.0.0.5:8088/ari/channels"
    assert asked.params["endpoint"] == "PJSIP/2011"
    assert (asked.params["context"], asked.params["channelId"]) == ("keluar", "helpdesk-7")
    assert asked.headers["Authorization"].startswith("Basic ")
    # the channel is there already: an answer got lost
    assert call.read_answer(account, asked, Answer(409, {}, b"{}")) == Accepted("dial", "helpdesk-7")


@pytest.mark.parametrize(
    ("status", "retry", "stops"),
    [(0, Retry.LATER, False), (503, Retry.LATER, False), (429, Retry.LATER, False), (401, Retry.PERSON, True),
     (422, Retry.NEVER, False)],
)  # fmt: skip
def test_errors(status, retry, stops):
    fault = call.read_fault(Answer(status, {}, b'{"message": "tidak bisa"}'))
    assert (fault.retry, fault.stops_account) == (retry, stops)


def test_the_access_goes_to_the_telephone_system_only():
    """A recording elsewhere, or at an address that only begins like ours, gets no token."""
    own = call.media_request(ACCOUNT, Media("audio", url="https://pbx.contoh.invalid/rekaman/1.wav"))
    assert own.headers == {"Authorization": "Bearer kunci"}
    for url in ("https://lain.invalid/1.wav", "https://pbx.contoh.invalid.jahat.invalid/1.wav"):
        other = call.media_request(ACCOUNT, Media("audio", url=url))
        assert (other.headers, other.is_trusted) == ({}, False)
    assert isinstance(call.media_request(ACCOUNT, Media("audio", url="file:///etc/passwd")), Fault)


def check(raw):
    for record in call.parse(ACCOUNT, raw):
        assert isinstance(record, Incoming)
        assert record.key
        record.item_key.encode()
    assert isinstance(call.read_fault(Answer(500, {}, raw)), Fault)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(raw):
    check(raw)


@settings(max_examples=80, deadline=None)
@given(json_values)
def test_any_json(payload):
    check(json.dumps(payload).encode())


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_samples(sample, name):
    @settings(max_examples=60, deadline=None)
    @given(damaged([sample(f"call_cti/cti_{name}")]))
    def run(payload):
        check(json.dumps(payload).encode())

    run()


# ASTERISK


def ari(kind, at="00", **content):
    return {"type": kind, "timestamp": f"2026-11-24T10:01:{at}.000+0700", "asterisk_id": "a1", **content}


CALLER = {"id": "1795489260.77", "name": "PJSIP/trunk-uji-0000004d", "caller": {"number": "080012340003"}}
CALLER["dialplan"] = {"exten": "02150000000"}
PEER = {"id": "1795489262.78", "name": "PJSIP/2011-0000004e", "caller": {"number": "2011"}}


def test_a_call_on_an_asterisk(sample):
    """From ringing to the recording, in the words of the neutral interface."""
    interpreter = Interpreter("http://10.0.0.5:8088/")
    told = []
    for event in (
        sample("call_cti/asterisk_ari_stasis_start"),
        ari("Dial", "02", caller=CALLER, peer=PEER, dialstatus=""),
        ari("Dial", "05", caller=CALLER, peer=PEER, dialstatus="ANSWER"),
        ari("ChannelHold", "10", channel=PEER),
        ari("ChannelUnhold", "20", channel=PEER),
        ari("ChannelDtmfReceived", "21", channel=CALLER),
        ari("ChannelDestroyed", "40", channel=PEER, cause_txt="Normal Clearing"),
        ari("ChannelDestroyed", "41", channel=CALLER, cause_txt="Normal Clearing"),
        ari(
            "RecordingFinished", "42", recording={"name": "rek", "format": "wav", "target_uri": "channel:1795489260.77"}
        ),
    ):
        told += interpreter.read(event)
    records = read(*told)
    assert [record.event for record in records] == [
        "ringing", "ringing", "answered", "hold", "unhold", "ended", "recording",
    ]  # fmt: skip
    assert {record.call_id for record in records} == {"1795489260.77"}
    assert [record.extension for record in records][1:3] == ["2011", "2011"]
    assert records[0].number == "080012340003"
    assert sorted(record.sequence for record in records) == [record.sequence for record in records]
    assert records[-1].recording.media.url == "http://10.0.0.5:8088/ari/recordings/stored/rek/file"


def test_an_agents_own_call_is_outgoing():
    interpreter = Interpreter("")
    [told] = interpreter.read(
        ari("Dial", caller={**PEER, "dialplan": {"exten": "0811"}}, peer={**CALLER, "id": "x"}, dialstatus="ANSWER")
    )
    [record] = read(told)
    assert (record.direction, record.number, record.extension) == ("outbound", "0811", "2011")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(json_values, max_size=3), st.sampled_from(["StasisStart", "Dial", "ChannelDestroyed", "RecordingFinished"])
)
def test_asterisk_of_any_kind(parts, kind):
    interpreter = Interpreter("")
    for part in parts:
        for told in interpreter.read({"type": kind, "channel": part, "caller": part, "peer": part, "recording": part}):
            json.dumps(told)

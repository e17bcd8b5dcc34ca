"""Meta's Graph API: handshake, signature, errors, limits, long texts (R23.c.1)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meta import SECRET, account, raw, vectors

import providers
from providers import graph
from providers.records import Answer, Fault, Reason, Retry, Verdict

META = ("whatsapp", "messenger", "facebook", "instagram")
FOLDERS = ("whatsapp", "messenger", "facebook_page", "instagram")


@pytest.mark.parametrize("kind", META)
def test_handshake(kind):
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "token-uji"}
    reply = providers.handshake(account(kind), query)
    assert (reply.status, reply.body) == (200, "1158201444")
    for change in ({"hub.mode": "unsubscribe"}, {"hub.verify_token": "salah"}, {"hub.verify_token": ""}):
        assert providers.handshake(account(kind), {**query, **change}).status == 403
    assert providers.handshake(account(kind), {}).status == 403
    without_token = providers.records.Account(kind, "1")
    assert providers.handshake(without_token, {**query, "hub.verify_token": ""}).status == 403


@pytest.mark.parametrize(("body", "signature"), vectors(*FOLDERS))
def test_signature_vectors(body, signature):
    """Every vector is genuine, and with one byte changed or another secret it is forged."""
    ours = account("whatsapp")
    assert providers.verify(ours, {"X-Hub-Signature-256": signature}, body) is Verdict.GENUINE
    assert (
        providers.verify(ours, {"x-hub-signature-256": signature.upper().replace("SHA", "sha")}, body)
        is Verdict.GENUINE
    )
    assert providers.verify(ours, {"X-Hub-Signature-256": signature}, body + b" ") is Verdict.FORGED
    assert providers.verify(ours, {"X-Hub-Signature-256": signature}, body.replace(b"1", b"2", 1)) is Verdict.FORGED
    other = providers.records.Account("whatsapp", app_secrets=("lain",))
    assert providers.verify(other, {"X-Hub-Signature-256": signature}, body) is Verdict.FORGED
    rotating = providers.records.Account("whatsapp", app_secrets=("baru", SECRET))
    assert providers.verify(rotating, {"X-Hub-Signature-256": signature}, body) is Verdict.GENUINE


@pytest.mark.parametrize("kind", META)
def test_signature_fails_closed(kind):
    body, signature = vectors("whatsapp")[0]
    assert providers.verify(account(kind), {}, body) is Verdict.UNSIGNED
    assert providers.verify(account(kind), {"X-Hub-Signature-256": "sha256="}, body) is Verdict.FORGED
    assert providers.verify(account(kind), {"X-Hub-Signature-256": "ü"}, body) is Verdict.FORGED
    without_secret = providers.records.Account(kind, "1", app_secrets=("",))
    assert providers.verify(without_secret, {"X-Hub-Signature-256": signature}, body) is Verdict.FORGED


def fault(code, subcode=None, status=400, headers=None, codes=None, **more):
    error = {"message": "x", "code": code, **({"error_subcode": subcode} if subcode else {}), **more}
    return graph.read_answer(Answer(status, headers or {}, json.dumps({"error": error}).encode()), codes)


@pytest.mark.parametrize(
    ("code", "subcode", "retry", "reason", "stops"),
    [
        (190, 463, Retry.PERSON, Reason.TOKEN, True),
        (190, None, Retry.PERSON, Reason.TOKEN, True),
        (200, None, Retry.PERSON, Reason.PERMISSION, True),
        (299, None, Retry.PERSON, Reason.PERMISSION, True),
        (10, None, Retry.PERSON, Reason.PERMISSION, True),
        (10, 2018278, Retry.PERSON, Reason.WINDOW_CLOSED, False),
        (10, 2534022, Retry.PERSON, Reason.WINDOW_CLOSED, False),
        (10, 1893063, Retry.PERSON, Reason.ACCOUNT, True),
        (100, None, Retry.NEVER, Reason.BAD_REQUEST, False),
        (100, 33, Retry.NEVER, Reason.GONE, False),
        (100, 2018001, Retry.NEVER, Reason.NO_RECIPIENT, False),
        (551, None, Retry.NEVER, Reason.REFUSED, False),
        (368, None, Retry.PERSON, Reason.ACCOUNT, True),
        (4, None, Retry.LATER, Reason.RATE, False),
        (613, None, Retry.LATER, Reason.RATE, False),
        (80001, None, Retry.LATER, Reason.RATE, False),
        (80002, None, Retry.LATER, Reason.RATE, False),
        (1, None, Retry.LATER, Reason.UNAVAILABLE, False),
        (2, None, Retry.LATER, Reason.UNAVAILABLE, False),
        (-1, None, Retry.LATER, Reason.UNAVAILABLE, False),
        (987654, None, Retry.NEVER, Reason.UNKNOWN, False),
    ],
)
def test_errors_are_sorted(code, subcode, retry, reason, stops):
    found = fault(code, subcode)
    assert (found.retry, found.reason, found.stops_account) == (retry, reason, stops)
    assert found.code == (f"{code}/{subcode}" if subcode else str(code))


def test_transient_and_server_errors_come_again():
    assert fault(987654, is_transient=True).retry is Retry.LATER
    assert fault(987654, status=503).retry is Retry.LATER
    for status in (0, 500, 502, 503, 504):
        assert graph.read_answer(Answer(status, body=b"<html>bad gateway</html>")).retry is Retry.LATER
    # a page instead of JSON is not an answer: whether it was done is not known
    assert graph.read_answer(Answer(200, body=b"<html>")).reason is Reason.UNAVAILABLE
    assert graph.read_answer(Answer(401)).reason is Reason.TOKEN
    assert graph.read_answer(Answer(404)).reason is Reason.GONE
    assert graph.read_answer(Answer(413)).reason is Reason.MEDIA
    assert graph.read_answer(Answer(429, {"retry-after": "17"})).seconds == 17


def test_details_before_the_title():
    found = fault(131047, error_data={"details": "Lebih dari 24 jam."}, fbtrace_id="AuJi")
    assert found.detail == "Lebih dari 24 jam. (fbtrace_id AuJi)"


def test_rate_limit_headers():
    usage = {"1": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}
    headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
    assert fault(80001, headers=headers).seconds == 420
    assert fault(80001).seconds is None
    assert graph.rest_seconds(Answer(200, {"x-app-usage": '{"call_count": 79}'})) == 0
    assert graph.rest_seconds(Answer(200, {"x-app-usage": '{"call_count": 85, "total_time": 3}'})) > 0
    assert graph.rest_seconds(Answer(200, {"x-app-usage": "[1", "X-Business-Use-Case-Usage": "[]"})) == 0


def test_token_stays_out_of_addresses():
    call = graph.call(account("messenger"), "GET", "me")
    assert call.url == "https://graph.facebook.com/v26.0/me"
    assert call.headers["Authorization"] == "Bearer UJI"
    assert "UJI" not in json.dumps([call.url, dict(call.params)])
    assert "UJI" not in repr(call)
    assert len(call.params["appsecret_proof"]) == 64


def test_token_goes_to_meta_only():
    stand_in = account("whatsapp", api_host="http://127.0.0.1:9100/graph")
    for url, has_token, trusted in (
        ("https://lookaside.fbsbx.com/x", True, False),
        ("http://lookaside.fbsbx.com/x", False, False),
        ("https://fbsbx.com.jahat.example/x", False, False),
        ("https://169.254.169.254/x", False, False),
        ("http://127.0.0.1:9100/graph/cdn/1", True, True),
        ("http://127.0.0.1:9100.jahat.example/graph/", False, False),
    ):
        call = graph.file_call(stand_in, url, with_token=True)
        assert ("Authorization" in call.headers, call.is_trusted) == (has_token, trusted), url


def test_version_and_stand_in():
    ours = account("messenger", api_host="http://127.0.0.1:9100/graph/", options={"api_version": "v25.0"})
    assert graph.call(ours, "GET", "me").url == "http://127.0.0.1:9100/graph/v25.0/me"


@given(
    st.text(max_size=400), st.integers(1, 60), st.sampled_from([len, lambda text: len(text.encode("utf-8", "replace"))])
)
def test_long_texts_lose_nothing(text, limit, length):
    limit = max(limit, 4)  # the longest character in UTF-8
    parts = graph.split_text(text, limit, length)
    assert all(length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_long_texts_are_cut_between_sentences():
    text = "Kalimat pertama selesai. Kalimat kedua juga selesai. Dan ini yang ketiga."
    assert graph.split_text(text, 60) == (
        "Kalimat pertama selesai. Kalimat kedua juga selesai.",
        "Dan ini yang ketiga.",
    )


def test_unreadable_bytes_are_kept():
    for body in (
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{" * 2000,
        raw({"object": "user", "entry": [{}]}),
        raw({"entry": 1}),
    ):
        (record,) = providers.parse(account("whatsapp"), body)
        assert record.record == "unsupported"


def test_health():
    body = {"name": "Halo Kemkes", "subscribed_apps": {"data": [{"id": "12"}]}}
    answer = Answer(200, body=raw(body))
    from providers import messenger

    assert messenger.read_health(account("messenger", options={"app_id": "12"}), answer).is_subscribed is True
    assert messenger.read_health(account("messenger", options={"app_id": "13"}), answer).is_subscribed is False
    old = account("messenger", options={"api_version": "v21.0"})
    assert "2027-01-21" in messenger.read_health(old, answer).detail
    assert isinstance(messenger.read_health(old, Answer(500)), Fault)

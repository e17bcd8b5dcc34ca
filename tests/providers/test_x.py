"""X's events and requests, without a network (R25.a.1)."""

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime

import pytest

from providers import batch_key, handshake, verify, x
from providers.records import (
    Accepted,
    Account,
    Answer,
    Fault,
    Handle,
    Media,
    Outgoing,
    OutgoingFile,
    Reason,
    Retry,
    Verdict,
)

OURS, PUTRI = "1900000000000000001", "1900000000000000002"
ACCOUNT = Account("x", OURS, app_secrets=("rahasia-konsumen-uji",), access_token="token")
REPLY = Outgoing(target="2100000000000000001", is_public=True, text="Halo Kak")


def as_answer(part):
    return Answer(part["http_status"], part.get("headers", {}), json.dumps(part["body"]).encode())


def read(payload):
    return x.parse(ACCOUNT, json.dumps(payload).encode())


def sign(secret, raw):
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


# THE WEBHOOK


def test_challenge(sample):
    part = sample("x_twitter/outbound_crc_and_errors")["crc"]
    reply = handshake(ACCOUNT, part["request"]["query"])
    assert (reply.status, json.loads(reply.body)) == (200, part["response"]["body"])
    assert handshake(ACCOUNT, {}).status == 400
    assert handshake(Account("x", OURS), part["request"]["query"]).status == 403, "no secret: closed"


def test_signature_over_the_raw_bytes():
    raw = b'{"data":\xf0\x9f\x98\x80}'
    good = {"X-Twitter-Webhooks-Signature": sign("rahasia-konsumen-uji", raw)}
    assert verify(ACCOUNT, good, raw) == Verdict.GENUINE
    assert verify(ACCOUNT, good, raw + b" ") == Verdict.FORGED
    assert verify(ACCOUNT, {}, raw) == Verdict.UNSIGNED
    assert verify(Account("x", OURS), good, raw) == Verdict.FORGED
    assert (
        verify(Account("x", OURS, app_secrets=("",)), {"x-twitter-webhooks-signature": sign("", raw)}, raw)
        == Verdict.FORGED
    )


def test_both_secrets_hold_while_one_is_changed():
    account = Account("x", OURS, app_secrets=("baru", "lama"))
    for secret in ("baru", "lama"):
        assert verify(account, {"x-twitter-webhooks-signature": sign(secret, b"{}")}, b"{}") == Verdict.GENUINE


# EVENTS


def test_mention(sample):
    (post,) = read(sample("x_twitter/xaa_post_mention_create"))
    assert post.text == "Min @SehatKitaUji kenapa aplikasi error terus waktu cek jadwal dokter?"
    assert (post.external_id, post.kind, post.is_public, post.is_echo) == (
        "2100000000000000001",
        "mention",
        True,
        False,
    )
    assert (post.sender.handles, post.sender.name, post.sender.username) == (
        (Handle("x", PUTRI),),
        "Putri Uji",
        "putri_uji",
    )
    assert post.url == "https://x.com/putri_uji/status/2100000000000000001"
    assert post.date == datetime(2026, 11, 24, 3, 5)


def test_reply_keeps_its_place(sample):
    (post,) = read(sample("x_twitter/xaa_post_reply_create"))
    assert (post.kind, post.reply_to, post.conversation) == ("comment", "2099999999999999999", "2099999999999999999")
    assert post.post.url == "https://x.com/i/status/2099999999999999999"


def test_one_post_by_two_events_and_by_asking_is_one(sample):
    event = sample("x_twitter/xaa_post_mention_create")
    other = json.loads(
        json.dumps(event).replace("post.mention.create", "post.quote.create").replace("3000000000000000001", "7")
    )
    page = sample("x_twitter/poll_mentions_response")
    keys = {record.key for payload in (event, other, page) for record in read(payload)}
    assert keys == {"2100000000000000001", "2100000000000000002"}
    assert batch_key(read(event), b"a") == batch_key(read(other), b"b")


def test_direct_message_and_the_same_by_asking(sample):
    (message,) = read(sample("x_twitter/xaa_dm_received"))
    assert (message.text, message.is_public) == ("Halo min, saya kirim data lewat DM ya", False)
    assert (message.sender.handles, message.conversation) == ((Handle("x", PUTRI),), f"{OURS}-{PUTRI}")
    assert message.date == datetime(2026, 11, 24, 3, 0, 9)
    listed = {
        "id": message.external_id,
        "event_type": "MessageCreate",
        "sender_id": PUTRI,
        "dm_conversation_id": f"{OURS}-{PUTRI}",
        "text": message.text,
        "created_at": "2026-11-24T03:00:09.000Z",
    }
    (same,) = read({"data": [listed]})
    assert (same.key, same.text, same.conversation, same.date) == (
        message.key, message.text, message.conversation, message.date,
    )  # fmt: skip


def test_what_we_wrote_elsewhere_is_an_echo(sample):
    event = sample("x_twitter/xaa_dm_received")
    content = event["data"]["payload"]["direct_message_events"][0]["message_create"]
    content["sender_id"], content["target"]["recipient_id"] = OURS, PUTRI
    (message,) = read(event)
    assert (message.is_echo, message.sender.name) == (True, "Putri Uji")


def test_encrypted_chat_is_shown_as_unsupported(sample):
    (record,) = read(sample("x_twitter/xaa_chat_received_encrypted"))
    assert (record.record, record.what) == ("unsupported", "chat.received")
    assert (record.sender.handles, record.conversation) == ((Handle("x", PUTRI),), f"{OURS}-{PUTRI}")


def test_other_events():
    def event(kind, payload):
        return {"data": {"event_uuid": "9", "event_type": kind, "payload": payload}}

    assert read(event("post.delete", {"id": "77"}))[0].message_id == "77"
    assert read(event("oauth.revoke", {}))[0].level == "error"
    assert read(event("dm.indicate_typing", {})) == ()
    marks = {"direct_message_mark_read_events": [{"sender_id": PUTRI, "created_timestamp": "1795489209000"}]}
    (mark,) = read(event("dm.read", marks))
    assert (mark.state, mark.until) == ("read", datetime(2026, 11, 24, 3, 0, 9))
    unknown = read(event("spaces.create", {"a": 1}))[0]
    assert (unknown.record, unknown.what, unknown.key) == ("unsupported", "spaces.create", "9")


def test_long_post_old_and_new_names_and_entities():
    post = {
        "id": "5",
        "author_id": PUTRI,
        "text": "awal …",
        "note_post": {"text": "awal &amp; akhir"},
        "referenced_posts": [{"type": "quoted", "id": "4"}],
        "attachments": {"media_keys": ["3_1", "7_2"]},
    }
    media = [
        {"media_key": "3_1", "type": "photo", "url": "https://pbs.example/a.jpg"},
        {
            "media_key": "7_2",
            "type": "video",
            "variants": [
                {"content_type": "video/mp4", "bit_rate": 1, "url": "https://v.example/1.mp4"},
                {"content_type": "video/mp4", "bit_rate": 9, "url": "https://v.example/9.mp4"},
            ],
        },
    ]
    (record,) = read({"data": [post], "includes": {"media": media, "tweets": [{"id": "4", "text": "kutipan"}]}})
    assert (record.text, record.post.text) == ("awal & akhir", "kutipan")
    assert [file.url for file in record.media] == ["https://pbs.example/a.jpg", "https://v.example/9.mp4"]


def test_files_of_strangers_get_no_token():
    assert x.media_request(ACCOUNT, Media("image", url="https://pbs.twimg.com/a.jpg")).headers == {}
    assert x.media_request(ACCOUNT, Media("image", url="https://evil.example/a.jpg")).is_trusted is False
    assert x.media_request(ACCOUNT, Media("image", url="https://ton.twitter.com/a.jpg")).headers


# ASKING


def test_mentions_page_by_page_then_messages(sample):
    call = x.pull(ACCOUNT, "messages", {})
    assert call.url == f"https://api.x.com/2/users/{OURS}/mentions"
    assert call.params["max_results"] == "100"
    assert "since_id" not in call.params
    page = Answer(200, {}, json.dumps(sample("x_twitter/poll_mentions_response")).encode())
    first = x.read_pull(ACCOUNT, "messages", {}, page)
    assert (len(first.records), first.has_more, first.cursor["token"]) == (2, True, "uji7next")
    assert x.pull(ACCOUNT, "messages", first.cursor).params["pagination_token"] == "uji7next"
    last = x.read_pull(ACCOUNT, "messages", first.cursor, Answer(200, {}, b'{"meta": {"result_count": 0}}'))
    assert last.records == ()
    messages = x.pull(ACCOUNT, "messages", last.cursor)
    assert messages.url == "https://api.x.com/2/dm_events"
    done = x.read_pull(ACCOUNT, "messages", last.cursor, Answer(200, {}, b'{"meta": {}}'))
    assert (done.has_more, done.cursor) == (False, {"since": "2100000000000000002"})
    assert x.pull(ACCOUNT, "messages", done.cursor).params["since_id"] == "2100000000000000002"


def test_part_of_a_page_missing_is_no_error(sample):
    part = sample("x_twitter/outbound_crc_and_errors")["partial_error_200"]
    pulled = x.read_pull(ACCOUNT, "messages", {}, as_answer(part))
    assert [record.external_id for record in pulled.records] == ["2100000000000000001"]


# SENDING


@pytest.mark.parametrize(
    ("name", "outgoing"),
    [
        ("reply", {"target": "2100000000000000001", "is_public": True}),
        ("dm", {"recipient": PUTRI, "conversation": f"{OURS}-{PUTRI}"}),
        ("dm", {"target": "2100000000000000001", "recipient": PUTRI, "is_public": True, "is_private_reply": True}),
    ],
)
def test_sending(sample, name, outgoing):
    part = sample("x_twitter/outbound_crc_and_errors")[name]
    outgoing = Outgoing(text=part["request"]["json"]["text"], **outgoing)
    call = x.build(ACCOUNT, outgoing)
    assert (call.method, call.json, call.url) == ("POST", part["request"]["json"], x.HOST + part["request"]["path"])
    accepted = x.read_answer(ACCOUNT, call, as_answer(part["response"]))
    assert accepted.external_id in ("2100000000000000100", "2100000000000000101")
    assert x.build(ACCOUNT, outgoing, (accepted,)) is None


def test_pictures_go_up_before_the_post():
    files = tuple(OutgoingFile(f"{name}.png", "image/png", 3, b"png") for name in "ab")
    outgoing = Outgoing(target="1", is_public=True, text="Begini", files=files)
    first = x.build(ACCOUNT, outgoing)
    assert (first.url, first.form) == ("https://api.x.com/2/media/upload", {"media_category": "tweet_image"})
    up = [x.read_answer(ACCOUNT, first, Answer(200, {}, b'{"data": {"id": "%d"}}' % number)) for number in (7, 8)]
    assert x.build(ACCOUNT, outgoing, (up[0],)).step == "upload"
    post = x.build(ACCOUNT, outgoing, tuple(up))
    assert post.json["media"] == {"media_ids": ["7", "8"]}


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 280, 280),
        ("lihat https://kemkes.go.id/sangat/panjang/sekali/alamatnya-ini", 6 + 23),
        ("😀", 2),
        ("👨‍👩‍👧", 2),
        ("👍🏽", 2),
        ("漢字", 4),
        ("é", 1),
        ("", 0),
    ],
)
def test_length_as_the_service_counts_it(text, length):
    assert x.text_length(ACCOUNT, text) == length


def test_too_long_is_refused_before_sending():
    assert x.build(ACCOUNT, Outgoing(target="1", is_public=True, text="a" * 281)).reason == Reason.TOO_LONG
    assert not isinstance(x.build(ACCOUNT, Outgoing(recipient=PUTRI, text="a" * 10_000)), Fault)
    long_posts = Account("x", OURS, options={"long_posts": "1"})
    assert not isinstance(x.build(long_posts, Outgoing(target="1", is_public=True, text="a" * 281)), Fault)


def test_links_in_public_cost_and_are_switched_off():
    outgoing = Outgoing(target="1", is_public=True, text="Lihat https://kemkes.go.id ya")
    assert x.build(ACCOUNT, outgoing).reason == Reason.UNSUPPORTED
    allowed = Account("x", OURS, options={"allows_links": "1"})
    assert not isinstance(x.build(allowed, outgoing), Fault)
    assert x.price_of(outgoing) == {"send_post_link": 1}


def test_what_requests_cost(sample):
    posts = read(sample("x_twitter/poll_mentions_response"))
    messages = read(sample("x_twitter/xaa_dm_received"))
    assert x.price_of_page((*posts, *messages)) == {"mention": 2, "message": 1}
    assert x.price_of_page(()) == {}
    assert x.price_of(REPLY) == {"reply": 1}
    assert x.price_of(Outgoing(recipient=PUTRI, text="a")) == {"send_message": 1}
    assert x.price_of(Outgoing(is_public=True, text="a")) == {"send_post": 1}
    assert x.price_of(Outgoing(action="hide", target="1")) == {}


def test_hiding_and_deleting():
    hide = x.build(ACCOUNT, Outgoing(action="hide", target="5", is_public=True))
    assert (hide.method, hide.url, hide.json) == ("PUT", "https://api.x.com/2/tweets/5/hidden", {"hidden": True})
    shown = x.build(ACCOUNT, Outgoing(action="unhide", target="5", is_public=True))
    assert shown.json == {"hidden": False}
    assert x.build(ACCOUNT, Outgoing(action="delete", target="5", is_public=True)).url.endswith("/2/tweets/5")
    assert x.build(ACCOUNT, Outgoing(action="delete", target="5")).url.endswith("/2/dm_events/5")
    assert x.build(ACCOUNT, Outgoing(action="like", target="5")).reason == Reason.UNSUPPORTED


def test_after_a_lost_answer_the_timeline_tells():
    posts = {
        "data": [
            {
                "id": "9",
                "text": "@putri_uji Halo Kak",
                "referenced_tweets": [{"type": "replied_to", "id": REPLY.target}],
            }
        ]
    }
    found = Answer(200, {}, json.dumps(posts).encode())
    assert x.read_check_sent(ACCOUNT, REPLY, found) == Accepted("send", external_id="9")
    assert x.read_check_sent(ACCOUNT, Outgoing(target=REPLY.target, is_public=True, text="Lain"), found) is None
    assert x.read_check_sent(ACCOUNT, REPLY, Answer(200, {}, b"{}")) is None


# ERRORS


def test_too_many_requests_waits_for_the_reset(sample, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1795490000.0)
    fault = x.read_fault(as_answer(sample("x_twitter/outbound_crc_and_errors")["error_429"]))
    assert (fault.retry, fault.reason, fault.seconds) == (Retry.LATER, Reason.RATE, 100)


def test_reply_to_who_did_not_mention_us(sample):
    answer = as_answer(sample("x_twitter/outbound_crc_and_errors")["error_reply_not_summoned"])
    fault = x.read_answer(ACCOUNT, x.build(ACCOUNT, REPLY), answer)
    assert (fault.retry, fault.reason) == (Retry.PERSON, Reason.NOT_MENTIONED)
    closed = x.read_answer(ACCOUNT, x.build(ACCOUNT, Outgoing(recipient=PUTRI, text="a")), answer)
    assert (closed.retry, closed.reason) == (Retry.NEVER, Reason.REFUSED)


PROBLEMS = "https://api.x.com/2/problems"
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."


@pytest.mark.parametrize(
    ("status", "body", "retry", "reason"),
    [
        (401, {"title": "Unauthorized"}, Retry.LATER, Reason.TOKEN),
        (402, {"title": "Payment Required"}, Retry.PERSON, Reason.PAYMENT),
        (429, {"title": "UsageCapExceeded", "type": f"{PROBLEMS}/usage-capped"}, Retry.PERSON, Reason.PAYMENT),
        (403, {"title": "Forbidden", "detail": DUPLICATE}, Retry.NEVER, Reason.DUPLICATE),
        (403, {"title": "Forbidden", "detail": "Your account is suspended"}, Retry.PERSON, Reason.ACCOUNT),
        (404, {"title": "Not Found"}, Retry.NEVER, Reason.GONE),
        (200, {"errors": [{"title": "x", "type": f"{PROBLEMS}/resource-not-found"}]}, Retry.NEVER, Reason.GONE),
        (400, {"title": "Invalid Request"}, Retry.NEVER, Reason.BAD_REQUEST),
        (503, {}, Retry.LATER, Reason.UNAVAILABLE),
        (0, {}, Retry.LATER, Reason.UNAVAILABLE),
    ],
)
def test_errors(status, body, retry, reason):
    fault = x.read_answer(ACCOUNT, x.build(ACCOUNT, REPLY), Answer(status, {}, json.dumps(body).encode()))
    assert (fault.retry, fault.reason) == (retry, reason)


# THE ACCOUNT


def test_token_is_renewed_and_the_refresh_token_with_it():
    options = {"client_id": "klien", "client_secret": "rahasia", "refresh_token": "lama"}
    call = x.token_call(Account("x", OURS, options=options))
    assert call.form == {"grant_type": "refresh_token", "refresh_token": "lama", "client_id": "klien"}
    assert base64.b64decode(call.headers["Authorization"].split()[1]) == b"klien:rahasia"
    body = b'{"access_token": "baru", "refresh_token": "juga baru", "expires_in": 7200}'
    token = x.read_token(ACCOUNT, Answer(200, {}, body))
    assert (token.access_token, token.refresh_token, token.seconds) == ("baru", "juga baru", 7200)
    fault = x.read_token(ACCOUNT, Answer(400, {}, b'{"error": "invalid_grant"}'))
    assert (fault.retry, fault.reason, fault.stops_account) == (Retry.PERSON, Reason.TOKEN, True)
    assert x.token_call(ACCOUNT) is None


def test_library_gives_what_the_document_says():
    import pytwitter

    assert pytwitter.Api.__module__.startswith("pytwitter.api"), "python-twitter-v2, not the pytwitter of 2009"

"""Messenger (R25.a.1)."""

import json

import pytest
from hypothesis import given
from meta import account, answer_of, broken, path_of, raw, requests_of, sample, values

import providers
from providers import messenger
from providers.records import Accepted, Answer, Choice, Fault, Handle, Media, Outgoing, OutgoingFile, Reason, Retry

OURS = account("messenger")
EXAMPLES = requests_of("messenger")
CUSTOMER = "7700000000000001"


def records(name, index=0, ours=OURS):
    return providers.parse(ours, raw(sample("messenger", name)[index]))


def event(**content):
    item = {"sender": {"id": CUSTOMER}, "recipient": {"id": OURS.account_ref}, "timestamp": 1795489205123, **content}
    return providers.parse(OURS, raw({"object": "page", "entry": [{"id": OURS.account_ref, "messaging": [item]}]}))


def test_text_and_quick_reply():
    text, choice = records("text_and_quick_reply")
    assert (text.key, text.text, text.kind) == ("m_UJI-1", "Kak, kode OTP tidak masuk-masuk.", "text")
    assert text.sender.handles == (Handle("messenger", CUSTOMER),)
    assert (text.channel, text.account_ref, text.conversation) == ("messenger", OURS.account_ref, CUSTOMER)
    assert (choice.kind, choice.choice) == ("choice", Choice("Login", "TOPIK_LOGIN"))


def test_attachments():
    image, voice, file, link, sticker = records("attachments")
    assert [item.media[0].kind for item in (image, voice, file, sticker)] == ["image", "voice", "document", "sticker"]
    assert (link.text, link.media, link.post.url) == ("Lihat https://contoh.invalid", (), "https://contoh.invalid")


def test_reply_and_postback():
    (reply,) = records("reply_to_message")
    assert reply.reply_to == "m_UJI-keluar-1"
    (postback,) = records("postback_referral")
    assert (postback.choice, postback.referral.reference) == (Choice("Mulai", "MULAI"), "situs-bantuan")


def test_echo_delivery_read():
    ours, business_suite, delivered, read = records("echo_delivery_read")
    assert (ours.is_echo, ours.own_reference, ours.sender.handles[0].value) == (True, "odoo:mail.message:456", CUSTOMER)
    assert (business_suite.is_echo, business_suite.own_reference) == (True, "")
    assert (delivered.state, delivered.message_ids) == ("delivered", ("m_UJI-keluar-1",))
    assert (read.state, read.until.isoformat()) == ("read", "2026-11-24T03:00:56.000999")


def test_who_answers():
    passed, taken, requested, roles = (records("handover_events", index)[0] for index in range(4))
    assert (passed.owner, passed.summary, taken.owner) == ("us", "tiket HD-2026-000126", "other")
    assert (requested.record, requested.what) == ("unsupported", "request_thread_control")
    assert (roles.record, roles.what) == ("unsupported", "app_roles")
    bot = account("messenger", options={"app_id": "100000000000002"})
    assert records("handover_events", 0, bot)[0].owner == "other"
    assert records("handover_events", 1, bot)[0].owner == "us"


def test_edits_reactions_and_standby():
    (edit,) = event(message_edit={"mid": "m_1", "text": "baru", "num_edit": 2})
    assert (edit.key, edit.text) == ("m_1:2", "baru")
    (reaction,) = event(reaction={"mid": "m_1", "action": "react", "emoji": "❤️", "reaction": "love"})
    (back,) = event(reaction={"mid": "m_1", "action": "unreact", "reaction": "love"})
    assert (reaction.emoji, back.emoji) == ("❤️", "")
    item = {"sender": {"id": CUSTOMER}, "recipient": {"id": OURS.account_ref}, "message": {"mid": "m_9", "text": "x"}}
    payload = {"object": "page", "entry": [{"id": OURS.account_ref, "standby": [item]}]}
    (standby,) = providers.parse(OURS, raw(payload))
    assert (standby.key, standby.is_standby) == ("standby:m_9", True)
    (unknown,) = event(neues={"a": 1})
    assert (unknown.record, unknown.what, unknown.conversation) == ("unsupported", "neues", CUSTOMER)


@given(values)
def test_any_json(payload):
    assert all(record.item_key for record in providers.parse(OURS, raw(payload)))


@given(broken(sample("messenger", "echo_delivery_read")[0]))
def test_broken_payload(payload):
    found = providers.parse(OURS, raw(payload))
    assert found
    assert all(record.item_key for record in found)


# OUT


def test_text_request():
    example = EXAMPLES["text"]
    outgoing = Outgoing(text="Baik Kak, mohon tunggu.", recipient=CUSTOMER, reference="odoo:mail.message:456")
    call = messenger.build(OURS, outgoing)
    assert (path_of(call), call.json) == (example["request"]["path"], example["request"]["json"])
    accepted = messenger.read_answer(OURS, call, answer_of(example["response"]))
    assert accepted == Accepted("send", "m_UJI-keluar-1")
    assert messenger.build(OURS, outgoing, (accepted,)) is None


def test_human_agent_and_typing():
    words = EXAMPLES["human_agent"]["request"]["json"]["message"]["text"]
    call = messenger.build(OURS, Outgoing(text=words, recipient=CUSTOMER, tag="human_agent"))
    assert call.json == EXAMPLES["human_agent"]["request"]["json"]
    typing = messenger.build(OURS, Outgoing(action="typing", recipient=CUSTOMER))
    assert typing.json == EXAMPLES["typing"]["request"]["json"]
    assert messenger.build(OURS, Outgoing(action="hide", target="x")).reason is Reason.UNSUPPORTED


def test_file_then_words_with_buttons():
    file = OutgoingFile("panduan.pdf", "application/pdf", 4, b"%PDF")
    outgoing = Outgoing(
        text="Lanjut?", files=(file,), buttons=(Choice("Ya", "ya"),), recipient=CUSTOMER, reply_to="m_1"
    )
    upload = messenger.build(OURS, outgoing)
    assert path_of(upload) == f"/v26.0/{OURS.account_ref}/message_attachments"
    assert json.loads(upload.form["message"])["attachment"]["type"] == "file"
    stored = messenger.read_answer(OURS, upload, Answer(200, body=raw({"attachment_id": "55"})))
    send = messenger.build(OURS, outgoing, (stored,))
    assert send.json["message"]["attachment"] == {"type": "file", "payload": {"attachment_id": "55"}}
    words = messenger.build(OURS, outgoing, (stored, Accepted("send", "m_2")))
    assert words.json["message"]["quick_replies"] == [{"content_type": "text", "title": "Ya", "payload": "ya"}]
    assert words.json["reply_to"] == {"mid": "m_1"}
    assert messenger.build(OURS, outgoing, (stored, Accepted("send", "m_2"), Accepted("send", "m_3"))) is None
    big = OutgoingFile("film.mp4", "video/mp4", 26 * 2**20, b"")
    assert messenger.build(OURS, Outgoing(files=(big,), recipient=CUSTOMER)).reason is Reason.MEDIA


def test_long_text_goes_in_parts():
    outgoing = Outgoing(text="kata " * 1000, recipient=CUSTOMER)
    done = ()
    while call := messenger.build(OURS, outgoing, done):
        assert len(call.json["message"]["text"]) <= 2000
        done = (*done, Accepted("send", str(len(done))))
    assert len(done) == 3


@pytest.mark.parametrize(
    ("name", "retry", "reason"),
    [
        ("error_window", Retry.PERSON, Reason.WINDOW_CLOSED),
        ("error_no_user", Retry.NEVER, Reason.NO_RECIPIENT),
        ("error_unavailable", Retry.NEVER, Reason.REFUSED),
        ("error_removed_tag", Retry.NEVER, Reason.BAD_REQUEST),
        ("error_page_restricted", Retry.PERSON, Reason.ACCOUNT),
    ],
)
def test_errors(name, retry, reason):
    call = messenger.build(OURS, Outgoing(text="x", recipient=CUSTOMER))
    fault = messenger.read_answer(OURS, call, answer_of(EXAMPLES[name]))
    assert (fault.retry, fault.reason) == (retry, reason)


def test_lost_answer_is_looked_up():
    """The Send API has no idempotency key: our fresh message with the same words is the lost one, an old one is not."""
    outgoing = Outgoing(text="Baik", recipient=CUSTOMER)
    call = messenger.check_sent(OURS, outgoing)
    assert call.params["user_id"] == CUSTOMER

    def look(author, words, time):
        row = {"id": "m_5", "message": words, "created_time": time, "from": {"id": author}}
        body = raw({"data": [{"messages": {"data": [row]}}]})
        answer = Answer(200, {"Date": "Tue, 24 Nov 2026 03:05:00 GMT"}, body)
        return messenger.read_check_sent(OURS, outgoing, answer)

    assert look(OURS.account_ref, "Baik", "2026-11-24T03:01:00+0000") == Accepted("send", "m_5")
    assert look(OURS.account_ref, "Baik", "2026-11-23T03:01:00+0000") is None
    assert look(CUSTOMER, "Baik", "2026-11-24T03:01:00+0000") is None
    assert look(OURS.account_ref, "Lain", "2026-11-24T03:01:00+0000") is None
    assert messenger.read_check_sent(OURS, outgoing, Answer(500)) is None


def test_pull_of_what_webhooks_missed():
    rows = [
        {
            "id": "m_2",
            "created_time": "2026-11-24T03:01:00+0000",
            "from": {"id": CUSTOMER, "name": "Dewi"},
            "message": "b",
        },
        {"id": "m_1", "created_time": "2026-11-24T03:00:00+0000", "from": {"id": OURS.account_ref}, "message": "a"},
    ]
    rows[1]["to"] = {"data": [{"id": CUSTOMER}]}
    answer = Answer(200, body=raw({"data": [{"messages": {"data": rows}}]}))
    pulled = messenger.read_pull(OURS, "messages", {}, answer)
    assert [(record.key, record.is_echo, record.conversation) for record in pulled.records] == [
        ("m_2", False, CUSTOMER),
        ("m_1", True, CUSTOMER),
    ]
    again = messenger.read_pull(OURS, "messages", pulled.cursor, answer)
    assert again.records == ()
    assert again.cursor == pulled.cursor
    assert isinstance(messenger.read_pull(OURS, "messages", {}, Answer(500)), Fault)


def test_profile_and_files():
    handle = Handle("messenger", CUSTOMER)
    person = messenger.read_profile(OURS, handle, Answer(200, body=raw({"first_name": "Dewi", "last_name": "Contoh"})))
    assert (person.name, person.handles) == ("Dewi Contoh", (handle,))
    gone = Answer(400, body=raw({"error": {"code": 100, "error_subcode": 2018218}}))
    assert messenger.read_profile(OURS, handle, gone).reason is Reason.NO_RECIPIENT
    call = messenger.media_request(OURS, Media("image", url="https://scontent.contoh.invalid/otp.jpg"))
    assert (call.headers, call.is_trusted) == ({}, False)

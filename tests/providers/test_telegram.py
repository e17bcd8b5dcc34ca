"""Telegram's updates and requests, without a network (R24.a)."""

import json

import pytest

from providers import batch_key, telegram, verify
from providers.records import (
    Accepted,
    Account,
    Answer,
    Choice,
    Fault,
    Handle,
    Media,
    Outgoing,
    OutgoingFile,
    Reason,
    Retry,
    Verdict,
)

ACCOUNT = Account("telegram", "7900000001", verify_token="rahasia_uji-1", access_token="7900000001:UJI")
AGUS = (Handle("telegram", "8100000001"),)


def as_answer(part):
    return Answer(part["http_status"], {}, json.dumps(part["body"]).encode())


def read(payload):
    return telegram.parse(ACCOUNT, json.dumps(payload).encode())


def message(**content):
    chat = {"id": 8100000001, "type": "private", "first_name": "Agus"}
    update = {"message_id": 30, "from": {"id": 8100000001, "first_name": "Agus"}, "chat": chat, "date": 1795489205}
    return {"update_id": 1, "message": {**update, **content}}


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({"X-Telegram-Bot-Api-Secret-Token": "rahasia_uji-1"}, Verdict.GENUINE),
        ({"X-Telegram-Bot-Api-Secret-Token": "rahasia_uji-2"}, Verdict.FORGED),
        ({"X-Telegram-Bot-Api-Secret-Token": "räuber"}, Verdict.FORGED),
        ({}, Verdict.UNSIGNED),
    ],
)
def test_secret_of_the_webhook(headers, verdict):
    assert verify(ACCOUNT, headers, b"{}") == verdict


def test_without_a_secret_nothing_is_genuine():
    assert verify(Account("telegram"), {"X-Telegram-Bot-Api-Secret-Token": ""}, b"{}") == Verdict.UNSIGNED
    assert verify(Account("telegram"), {"X-Telegram-Bot-Api-Secret-Token": "x"}, b"{}") == Verdict.FORGED


def test_start_with_a_reference_and_a_quoting_message(sample):
    start, said = read(sample("telegram/message_text_command_reply"))
    assert (start.record, start.kind, start.referral.reference) == ("person_event", "started", "tiket_HD-2026-000123")
    assert (said.text, said.sender.handles, said.sender.name) == ("Kartu digital saya tidak tampil", AGUS, "Agus Uji")
    assert (said.external_id, said.reply_to) == ("8100000001:12", "8100000001:10")
    assert (said.conversation, said.sender.username, said.is_echo) == ("8100000001", "agus_uji", False)


def test_location_and_contact(sample):
    place, card = read(sample("telegram/message_location_contact"))
    assert (place.kind, place.location.latitude, place.location.longitude) == ("location", -7.2575, 112.7521)
    assert (card.kind, card.contacts[0].name, card.contacts[0].phones) == ("contact", "Agus", ("6280012340002",))


def test_edit_reaction_and_button(sample):
    edit, reaction, choice = read(sample("telegram/edited_reaction_callback"))
    assert (edit.message_id, edit.text) == ("8100000001:12", "Kartu digital ISTRI saya tidak tampil")
    assert edit.key == "8100000001:12:1795489260"
    assert (reaction.message_id, reaction.emoji) == ("8100000001:10", "👍")
    assert (choice.kind, choice.choice, choice.reply_to) == ("choice", Choice("csat:5", "csat:5"), "8100000001:19")


def test_reaction_taken_back(sample):
    update = sample("telegram/edited_reaction_callback")[1]
    update["message_reaction"].update(new_reaction=[])
    assert read(update)[0].emoji == ""


def test_choice_is_called_as_its_button():
    query = {
        "id": "1",
        "from": {"id": 8100000001},
        "data": "csat:5",
        "message": {
            "message_id": 19,
            "chat": {"id": 8100000001},
            "reply_markup": {"inline_keyboard": [[{"text": "Puas sekali", "callback_data": "csat:5"}]]},
        },
    }
    assert read({"update_id": 3, "callback_query": query})[0].text == "Puas sekali"


def test_blocked_and_unblocked(sample):
    update = sample("telegram/my_chat_member_blocked")
    assert (read(update)[0].kind, read(update)[0].sender.handles) == ("blocked", AGUS)
    update["my_chat_member"]["new_chat_member"]["status"] = "member"
    assert read(update)[0].kind == "unblocked"


@pytest.mark.parametrize(
    ("content", "kind", "media_kind"),
    [
        ({"voice": {"file_id": "v", "mime_type": "audio/ogg", "file_size": 22000}}, "media", "voice"),
        ({"document": {"file_id": "d", "file_name": "kartu.pdf", "mime_type": "application/pdf"}}, "media", "document"),
        ({"video_note": {"file_id": "n"}}, "media", "video"),
        ({"sticker": {"file_id": "s", "emoji": "😀"}}, "sticker", "sticker"),
    ],
)
def test_files(content, kind, media_kind):
    (record,) = read(message(**content))
    assert (record.kind, record.media[0].kind) == (kind, media_kind)


def test_of_a_photo_the_largest_is_taken_and_the_album_named():
    photos = [{"file_id": "besar", "width": 1280, "height": 960}, {"file_id": "kecil", "width": 90, "height": 67}]
    (record,) = read(
        message(photo=photos, caption="Tangkapan layar", media_group_id="g1", forward_origin={"type": "user"})
    )
    assert (record.media[0].ref, record.text, record.album, record.is_forwarded) == (
        "besar",
        "Tangkapan layar",
        "g1",
        True,
    )


@pytest.mark.parametrize("content", [{"dice": {"value": 3}}, {"new_chat_members": [{"id": 1}]}, {}])
def test_what_has_no_place_is_kept_with_its_writer(content):
    (record,) = read(message(**content))
    assert (record.record, record.what, record.conversation) == ("unsupported", "message", "8100000001")
    assert record.sender.handles == AGUS


def test_unknown_kind_of_update():
    (record,) = read({"update_id": 8, "business_connection": {"id": "x"}})
    assert (record.record, record.what, record.key) == ("unsupported", "business_connection", "8")


def test_own_words_are_an_echo_to_the_customer():
    update = message(text="Halo")
    update["message"]["from"] = {"id": 7900000001, "is_bot": True}
    (record,) = read(update)
    assert (record.is_echo, record.sender.handles) == (True, AGUS)


def test_same_message_by_another_update_is_the_same():
    first, second = message(text="a"), {**message(text="a"), "update_id": 2}
    assert batch_key(read(first), b"1") == batch_key(read(second), b"2")


def test_sending(sample):
    part = sample("telegram/outbound_and_errors")["send"]
    outgoing = Outgoing(conversation="8100000001", text="Baik Kak, kami cek ya.", reply_to="8100000001:12")
    call = telegram.build(ACCOUNT, outgoing)
    assert call.json == part["request"]["json"]
    assert call.url == telegram.HOST + part["request"]["path"].replace("<TOKEN>", ACCOUNT.access_token)
    accepted = telegram.read_answer(ACCOUNT, call, as_answer(part["response"]))
    assert accepted.external_id == "8100000001:20"
    assert telegram.build(ACCOUNT, outgoing, (accepted,)) is None


def test_token_shows_in_no_text_of_a_request():
    assert "UJI" not in repr(telegram.build(ACCOUNT, Outgoing(conversation="1", text="a")))
    assert "UJI" not in repr(ACCOUNT)


def test_files_follow_one_another_and_the_first_carries_a_short_text():
    photo = OutgoingFile("a.jpg", "image/jpeg", 10, lambda: b"foto")
    outgoing = Outgoing(
        recipient="5", text="Ini caranya", files=(photo, OutgoingFile("b.zip", "application/zip", 5, b"zip"))
    )
    first = telegram.build(ACCOUNT, outgoing)
    assert (first.step, first.form) == ("sendPhoto", {"chat_id": "5", "caption": "Ini caranya"})
    assert first.files == (("photo", "a.jpg", b"foto", "image/jpeg"),)
    second = telegram.build(ACCOUNT, outgoing, (Accepted(),))
    assert (second.step, second.form) == ("sendDocument", {"chat_id": "5"})
    assert telegram.build(ACCOUNT, outgoing, (Accepted(), Accepted())) is None


def test_long_text_goes_before_its_file():
    outgoing = Outgoing(recipient="5", text="a" * 2000, files=(OutgoingFile("a.jpg", "image/jpeg", 1, b"f"),))
    assert telegram.build(ACCOUNT, outgoing).step == "sendMessage"
    assert telegram.build(ACCOUNT, outgoing, (Accepted(),)).form == {"chat_id": "5"}


def test_length_as_telegram_counts_it():
    assert telegram.text_length(ACCOUNT, "a😀") == 3
    assert telegram.build(ACCOUNT, Outgoing(recipient="5", text="😀" * 2049)).reason == Reason.TOO_LONG


def test_buttons():
    outgoing = Outgoing(recipient="5", text="Puas?", buttons=(Choice("Ya", "csat:5"), Choice("Tidak")))
    rows = telegram.build(ACCOUNT, outgoing).json["reply_markup"]["inline_keyboard"]
    assert rows == [[{"text": "Ya", "callback_data": "csat:5"}], [{"text": "Tidak", "callback_data": "Tidak"}]]
    too_much = Outgoing(recipient="5", text="?", buttons=(Choice("Ya", "ä" * 33),))
    assert telegram.build(ACCOUNT, too_much).reason == Reason.BAD_REQUEST


@pytest.mark.parametrize(
    ("outgoing", "step", "content"),
    [
        (
            Outgoing(action="edit", target="5:7", text="b"),
            "editMessageText",
            {"chat_id": 5, "message_id": 7, "text": "b"},
        ),
        (Outgoing(action="delete", target="-5:7"), "deleteMessage", {"chat_id": -5, "message_id": 7}),
        (Outgoing(action="typing", conversation="5"), "sendChatAction", {"chat_id": 5, "action": "typing"}),
        (Outgoing(action="mark_read", target="choice:34"), "answerCallbackQuery", {"callback_query_id": "34"}),
    ],
)
def test_other_actions(outgoing, step, content):
    call = telegram.build(ACCOUNT, outgoing)
    assert (call.step, call.json) == (step, content)
    assert telegram.build(ACCOUNT, outgoing, (Accepted(),)) is None


def test_only_buttons_are_marked_read():
    assert telegram.build(ACCOUNT, Outgoing(action="mark_read", target="5:7")) is None


def test_file_in_two_requests(sample):
    media = Media("voice", ref="UJI-suara", size=22000)
    asked = telegram.media_request(ACCOUNT, media)
    assert (asked.step, asked.json, asked.expects) == ("getFile", {"file_id": "UJI-suara"}, "json")
    file = telegram.media_request(
        ACCOUNT, media, as_answer(sample("telegram/outbound_and_errors")["get_file"]["response"])
    )
    assert (file.expects, file.url) == ("file", f"{telegram.HOST}/file/bot7900000001:UJI/voice/file_1.oga")
    assert telegram.media_request(ACCOUNT, Media("video", ref="x", size=21 * 1024**2)).reason == Reason.MEDIA
    climbing = Answer(200, {}, b'{"ok": true, "result": {"file_path": "../../bot/getMe"}}')
    assert isinstance(telegram.media_request(ACCOUNT, media, climbing), Fault)


def test_errors(sample):
    part = sample("telegram/outbound_and_errors")
    fault = telegram.read_fault(as_answer(part["flood"]))
    assert (fault.retry, fault.reason, fault.seconds) == (Retry.LATER, Reason.RATE, 5)
    fault = telegram.read_fault(as_answer(part["blocked"]))
    assert (fault.retry, fault.reason) == (Retry.NEVER, Reason.REFUSED)


@pytest.mark.parametrize(
    ("status", "description", "retry", "reason", "stops"),
    [
        (401, "Unauthorized", Retry.PERSON, Reason.TOKEN, True),
        (404, "Not Found", Retry.PERSON, Reason.TOKEN, True),
        (400, "Bad Request: chat not found", Retry.NEVER, Reason.NO_RECIPIENT, False),
        (400, "Bad Request: message is too long", Retry.NEVER, Reason.TOO_LONG, False),
        (400, "Bad Request: message to edit not found", Retry.NEVER, Reason.GONE, False),
        (403, "Forbidden: user is deactivated", Retry.NEVER, Reason.NO_RECIPIENT, False),
        (400, "Bad Request: can't parse entities", Retry.NEVER, Reason.BAD_REQUEST, False),
        (409, "Conflict", Retry.LATER, Reason.UNAVAILABLE, False),
        (502, "Bad Gateway", Retry.LATER, Reason.UNAVAILABLE, False),
        (0, "", Retry.LATER, Reason.UNAVAILABLE, False),
    ],
)
def test_other_errors(status, description, retry, reason, stops):
    body = json.dumps({"ok": False, "error_code": status, "description": description}).encode()
    fault = telegram.read_fault(Answer(status, {}, body))
    assert (fault.retry, fault.reason, fault.stops_account) == (retry, reason, stops)


def test_entering_the_webhook():
    call = telegram.subscribe(ACCOUNT, "https://helpdesk.example/helpdesk/webhook/abc")
    assert call.json["secret_token"] == "rahasia_uji-1"
    assert "message_reaction" in call.json["allowed_updates"], "reactions come only to who asks for them"
    health = telegram.read_health(ACCOUNT, Answer(200, {}, b'{"ok": true, "result": {"url": ""}}'))
    assert health.is_subscribed is False

"""WhatsApp Cloud API (R23.c.1, R23.c.3)."""

from datetime import datetime

import pytest
from hypothesis import given
from meta import account, answer_of, broken, own_params, path_of, raw, requests_of, sample, values

import providers
from providers import whatsapp
from providers.records import (
    Accepted,
    Answer,
    Choice,
    Fault,
    Media,
    Outgoing,
    OutgoingFile,
    OutgoingTemplate,
    Reason,
    Retry,
)

OURS = account("whatsapp", options={"business_id": "900100200300400"})
EXAMPLES = requests_of("whatsapp")
RINA = ("ID.90000000000000000001", "+6280012340001")


def records(name, index=0):
    return providers.parse(OURS, raw(sample("whatsapp", name)[index]))


def value(field="messages", **content):
    metadata = {"display_phone_number": "622150000000", "phone_number_id": "700800900100200"}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **content}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "900100200300400", "changes": [change]}]}


def parsed(payload):
    return providers.parse(OURS, raw(payload))


def incoming(kind, content, **more):
    message = {"id": "wamid.1", "from": "6281", "timestamp": "1795489205", "type": kind, kind: content, **more}
    (record,) = parsed(value(messages=[message]))
    return record


# IN


def test_text():
    (message,) = records("inbound_text")
    assert message.key == message.external_id == "wamid.VUpJLXRla3MtMQ=="
    assert message.text.startswith("Selamat pagi, sertifikat vaksin")
    assert tuple(handle.value for handle in message.sender.handles) == RINA
    assert (message.sender.name, message.sender.phone) == ("Rina Contoh", RINA[1])
    assert message.date == datetime(2026, 11, 24, 3, 0, 5)
    assert (message.channel, message.account_ref) == ("whatsapp", "700800900100200")
    assert message.conversation == RINA[0]


def test_media_batch():
    image, voice, video, document, sticker = records("inbound_media_batch")
    assert (image.text, image.reply_to) == ("Ini layar galatnya 🙏", "wamid.VUpJLWtlbHVhci0x")
    assert image.media[0].kind == "image"
    assert voice.media[0].kind == "voice"
    assert voice.media[0].sha256 == EXAMPLES["media_lookup"]["response"]["body"]["sha256"]
    assert video.media[0].kind == "video"
    assert (document.media[0].name, document.text) == ("rujukan_puskesmas.pdf", "Surat rujukan")
    assert (sticker.kind, sticker.media[0].kind) == ("sticker", "sticker")
    assert len({message.key for message in (image, voice, video, document, sticker)}) == 5


def test_location_contacts_and_reactions():
    place, card, thumb, taken_back = records("inbound_location_contacts_reaction")
    assert (place.kind, place.location.latitude, place.location.name) == ("location", -6.1754, "Puskesmas Contoh")
    assert card.contacts[0].name == "Sari Pendamping"
    assert card.contacts[0].phones == ("+62 800-1234-0009",)
    assert card.contacts[0].emails == ("sari@contoh.invalid",)
    assert (thumb.record, thumb.emoji, thumb.message_id) == ("reaction", "👍", "wamid.VUpJLWtlbHVhci0x")
    assert (taken_back.record, taken_back.emoji) == ("reaction", "")
    assert thumb.item_key != taken_back.item_key


def test_choices():
    button, line, template = records("inbound_interactive_and_button")
    assert button.choice == Choice("Sangat puas", "csat:5")
    assert line.choice == Choice("Sertifikat vaksin", "topik:vaksin", "Data atau sertifikat tidak muncul")
    assert template.choice == Choice("Masih terkendala", "TIKET:HD-2026-000123:LANJUT")
    assert [item.text for item in (button, line, template)] == [
        "Sangat puas",
        "Sertifikat vaksin",
        "Masih terkendala",
    ]


def test_statuses():
    found = [records("statuses", index)[0] for index in range(5)]
    assert [status.state for status in found] == ["sent", "read", "delivered", "read", "failed"]
    assert found[0].reference == "tiket:123;msg:456"
    assert found[4].fault.reason is Reason.WINDOW_CLOSED
    assert found[4].fault.detail == "Jendela layanan 24 jam sudah tertutup."
    assert len({status.item_key for status in found}) == 5


def test_person_without_a_number():
    """Since April 2026 people with a username may have no number; contacts are found by id, not by place."""
    contacts = [
        {"profile": {"name": "Lain"}, "wa_id": "6299", "user_id": "ID.2"},
        {"profile": {"name": "Bagus", "username": "bagus"}, "user_id": "ID.1"},
    ]
    message = {"id": "wamid.1", "from_user_id": "ID.1", "type": "text", "text": {"body": "Halo"}}
    (record,) = parsed(value(contacts=contacts, messages=[message]))
    assert [handle.value for handle in record.sender.handles] == ["ID.1"]
    assert (record.sender.name, record.sender.username, record.sender.phone) == ("Bagus", "bagus", "")


def test_edit_revoke_and_new_number():
    edit = incoming("edit", {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "baru"}}})
    assert (edit.record, edit.message_id, edit.text, edit.key) == ("edit", "wamid.0", "baru", "wamid.1")
    revoke = incoming("revoke", {"original_message_id": "wamid.0"})
    assert (revoke.record, revoke.message_id) == ("deletion", "wamid.0")
    change = incoming("system", {"type": "user_changed_number", "wa_id": "6282", "user_id": "ID.9"})
    assert change.record == "identity_change"
    assert [handle.value for handle in change.before] == ["+6281"]
    assert [handle.value for handle in change.person.handles] == ["ID.9", "+6282"]


def test_unsupported_is_shown_in_the_conversation():
    record = incoming("unsupported", {"type": "poll"}, errors=[{"code": 131051}])
    assert (record.record, record.what, record.external_id) == ("unsupported", "unsupported poll", "wamid.1")
    assert record.sender.handles
    assert incoming("order", {"catalog_id": "1"}).what == "order"
    assert incoming("location", {"latitude": "x"}).record == "unsupported"
    assert incoming("interactive", {"type": "neu"}).record == "unsupported"


def test_standby_and_handover():
    """What another application answers on our number is recorded apart and not answered (R23.c.1)."""
    message = {"id": "wamid.1", "from": "6281", "type": "text", "text": {"body": "Halo"}}
    echo = {
        "id": "wamid.2",
        "timestamp": "1795489205",
        "message": {"to": "6281", "type": "text", "text": {"body": "Saya bot"}},
    }
    said, answered = parsed(value("standby", standby={"messages": [message], "message_echoes": [echo]}))
    assert (said.key, said.is_standby, said.is_echo) == ("standby:wamid.1", True, False)
    assert (answered.key, answered.is_standby, answered.is_echo) == ("standby:wamid.2", True, True)
    assert answered.sender.phone == "+6281"
    passed = {
        "type": "control_passed",
        "timestamp": "1795489300",
        "sender": {"phone_number": "6281"},
        "recipient": {"phone_number_id": "700800900100200"},
        "control_passed": {
            "previous_owner_role": "ai_agent",
            "conversation_context": {"type": "summary", "summary": {"text": "Sertifikat hilang"}},
        },
    }
    (control,) = parsed(value("messaging_handovers", **passed))
    assert (control.owner, control.name, control.summary) == ("us", "ai_agent", "Sertifikat hilang")
    assert control.account_ref == "700800900100200"
    (kept,) = parsed(value("standby", standby={}))
    assert kept.record == "unsupported"


def test_echo_of_the_phone_app():
    echo = {"id": "wamid.3", "from": "6221", "to": "6281", "type": "text", "text": {"body": "Dari ponsel"}}
    (record,) = parsed(value("smb_message_echoes", message_echoes=[echo]))
    assert (record.is_echo, record.sender.phone) == (True, "+6281")


def test_news_of_the_account():
    news = {"event": "PAUSED", "message_template_name": "survei", "message_template_language": "id", "reason": "x"}
    (template,) = parsed(value("message_template_status_update", **news))
    assert (template.record, template.state) == ("template", "paused")
    (notice,) = parsed(value("account_update", event="ACCOUNT_RESTRICTION"))
    assert (notice.record, notice.level) == ("account_notice", "error")
    (quality,) = parsed(value("phone_number_quality_update", event="FLAGGED", current_limit="TIER_1K"))
    assert (quality.level, quality.text) == (
        "warning",
        "current_limit: TIER_1K, event: FLAGGED, messaging_product: whatsapp",
    )
    preferences = [{"wa_id": "6281", "value": "stop", "timestamp": "1795489205"}]
    (stop,) = parsed(value("user_preferences", user_preferences=preferences))
    assert (stop.record, stop.kind) == ("person_event", "opt_out")
    (unknown,) = parsed(value("history", history=[{"x": 1}]))
    assert (unknown.record, unknown.what) == ("unsupported", "history")


def test_one_bad_item_harms_no_other():
    payload = sample("whatsapp", "inbound_media_batch")[0]
    payload["entry"][0]["changes"][0]["value"]["messages"][1] = 17
    payload["entry"].append(sample("whatsapp", "inbound_text")[0]["entry"][0])
    found = parsed(payload)
    assert [record.record for record in found] == ["message", "unsupported", *["message"] * 4]


@given(values)
def test_any_json(payload):
    assert all(record.item_key for record in parsed(payload))


@given(broken(sample("whatsapp", "inbound_media_batch")[0]))
def test_broken_payload(payload):
    found = parsed(payload)
    assert found
    assert all(record.item_key for record in found)
    assert providers.batch_key(found, raw(payload)) == providers.batch_key(parsed(payload), raw(payload))


# OUT


def first(outgoing, done=()):
    return providers.load("whatsapp").build(OURS, outgoing, done)


def test_text_request():
    example = EXAMPLES["text"]["request"]
    outgoing = Outgoing(
        text=example["json"]["text"]["body"],
        recipient="6280012340001",
        reply_to="wamid.VUpJLXRla3MtMQ==",
        reference="tiket:123;msg:456",
    )
    call = first(outgoing)
    assert (call.method, path_of(call), call.json) == (example["method"], example["path"], example["json"])
    assert own_params(call) == {}
    accepted = whatsapp.read_answer(OURS, call, answer_of(EXAMPLES["text"]["response"]))
    assert accepted == Accepted("send", "wamid.VUpJLWtlbHVhci0x")
    assert first(outgoing, (accepted,)) is None


def test_text_to_a_business_scoped_id():
    example = EXAMPLES["text_to_bsuid"]["request"]
    call = first(Outgoing(text="Baik Kak Bagus, kami bantu ya.", recipient="ID.90000000000000000002"))
    assert {**example["json"], "text": {**example["json"]["text"], "preview_url": False}} == call.json


def test_template_request():
    example = EXAMPLES["template"]["request"]
    template = OutgoingTemplate("pembaruan_tiket", "id", (("1", "HD-2026-000123"), ("2", "Selesai")))
    buttons = (Choice("Masih terkendala", "TIKET:HD-2026-000123:LANJUT"),)
    assert first(Outgoing(template=template, buttons=buttons, recipient="+6280012340001")).json == example["json"]


def test_buttons_and_list_requests():
    example = EXAMPLES["buttons"]["request"]
    buttons = (Choice("Sudah", "selesai:ya"), Choice("Belum", "selesai:belum"))
    outgoing = Outgoing(text="Apakah kendala sudah teratasi?", buttons=buttons, recipient="6280012340001")
    assert first(outgoing).json == example["json"]
    marks = tuple(Choice(str(mark), f"csat:{mark}") for mark in range(1, 6))
    interactive = first(Outgoing(text="Nilai kami", buttons=marks, list_title="Nilai", recipient="62")).json[
        "interactive"
    ]
    assert interactive["type"] == "list"
    assert [row["id"] for row in interactive["action"]["sections"][0]["rows"]] == [f"csat:{m}" for m in range(1, 6)]


def test_mark_read_and_typing():
    example = EXAMPLES["mark_read_and_typing"]
    call = first(Outgoing(action="typing", target="wamid.VUpJLXRla3MtMQ=="))
    assert (path_of(call), call.json) == (example["request"]["path"], example["request"]["json"])
    assert whatsapp.read_answer(OURS, call, answer_of(example["response"])) == Accepted("typing")
    assert "typing_indicator" not in first(Outgoing(action="mark_read", target="wamid.1")).json


def test_reaction():
    body = first(Outgoing(action="react", target="wamid.1", text="👍", recipient="62")).json
    assert (body["type"], body["reaction"]) == ("reaction", {"message_id": "wamid.1", "emoji": "👍"})


def test_file_is_uploaded_then_sent_with_its_caption():
    example = EXAMPLES["media_upload"]
    file = OutgoingFile("panduan.pdf", "application/pdf", 4, lambda: b"%PDF")
    outgoing = Outgoing(text="Panduan", files=(file,), recipient="62", reference="r")
    upload = first(outgoing)
    assert path_of(upload) == example["request"]["path"]
    assert upload.form == {"messaging_product": "whatsapp", "type": "application/pdf"}
    assert upload.files == (("file", "panduan.pdf", b"%PDF", "application/pdf"),)
    stored = whatsapp.read_answer(OURS, upload, answer_of(example["response"]))
    assert stored.value == "811000000000050"
    send = first(outgoing, (stored,))
    assert send.json["document"] == {"id": "811000000000050", "caption": "Panduan", "filename": "panduan.pdf"}
    assert send.json["biz_opaque_callback_data"] == "r"
    assert first(outgoing, (stored, Accepted("send", "wamid.1"))) is None


def test_file_by_link_and_voice_with_words():
    voice = OutgoingFile("jawaban.ogg", "audio/ogg; codecs=opus", 4, b"OggS", url="https://helpdesk.example/a.ogg")
    outgoing = Outgoing(text="Dengarkan ya", files=(voice,), recipient="62")
    sent = first(outgoing)
    assert sent.json["audio"] == {"link": "https://helpdesk.example/a.ogg"}
    words = first(outgoing, (Accepted("send", "wamid.1"),))
    assert words.json["text"]["body"] == "Dengarkan ya"


@pytest.mark.parametrize(
    ("mime_type", "size", "kind"),
    [
        ("image/jpeg", 5 * 2**20, "image"),
        ("image/jpeg", 5 * 2**20 + 1, "document"),
        ("image/gif", 10, "document"),
        ("image/webp", 10, "sticker"),
        ("video/mp4", 10, "video"),
        ("audio/ogg; codecs=opus", 10, "audio"),
        ("application/zip", 10, "document"),
    ],
)
def test_file_kinds(mime_type, size, kind):
    assert whatsapp.file_kind(OutgoingFile("x", mime_type, size)) == kind


def test_file_too_big():
    fault = first(Outgoing(files=(OutgoingFile("x.zip", "application/zip", 101 * 2**20),), recipient="62"))
    assert (fault.retry, fault.reason) == (Retry.NEVER, Reason.MEDIA)


def test_long_text_goes_in_parts():
    outgoing = Outgoing(text="kata " * 2000, recipient="62")
    done = ()
    while call := first(outgoing, done):
        assert len(call.json["text"]["body"]) <= 4096
        done = (*done, Accepted("send", str(len(done))))
    assert len(done) == 3


@pytest.mark.parametrize(
    ("name", "retry", "reason", "seconds", "stops"),
    [
        ("error_window_closed", Retry.PERSON, Reason.WINDOW_CLOSED, None, False),
        ("error_pair_rate", Retry.LATER, Reason.RATE, 16, False),
        ("error_throughput", Retry.LATER, Reason.RATE, None, False),
        ("error_waba_rate", Retry.LATER, Reason.RATE, None, False),
        ("error_token", Retry.PERSON, Reason.TOKEN, None, True),
    ],
)
def test_errors(name, retry, reason, seconds, stops):
    fault = whatsapp.read_answer(OURS, first(Outgoing(text="x", recipient="62")), answer_of(EXAMPLES[name]))
    assert (fault.retry, fault.reason, fault.seconds, fault.stops_account) == (retry, reason, seconds, stops)


@pytest.mark.parametrize(
    ("code", "retry", "reason"),
    [
        (131026, Retry.NEVER, Reason.UNDELIVERABLE),
        (131050, Retry.NEVER, Reason.OPTED_OUT),
        (131053, Retry.NEVER, Reason.MEDIA),
        (132015, Retry.PERSON, Reason.TEMPLATE),
        (131042, Retry.PERSON, Reason.PAYMENT),
        (131031, Retry.PERSON, Reason.ACCOUNT),
        (131048, Retry.PERSON, Reason.ACCOUNT),
        (131016, Retry.LATER, Reason.UNAVAILABLE),
        (131005, Retry.PERSON, Reason.PERMISSION),
        (3, Retry.PERSON, Reason.PERMISSION),
        (0, Retry.PERSON, Reason.TOKEN),
    ],
)
def test_error_codes(code, retry, reason):
    answer = Answer(400, body=raw({"error": {"code": code, "message": "x"}}))
    fault = whatsapp.read_answer(OURS, first(Outgoing(text="x", recipient="62")), answer)
    assert (fault.retry, fault.reason) == (retry, reason)


# FILES, TEMPLATES, ACCOUNT


def test_media_is_asked_for_then_fetched():
    media = Media("voice", ref="811000000000002")
    call = whatsapp.media_request(OURS, media)
    assert path_of(call) == EXAMPLES["media_lookup"]["request"]["path"]
    assert own_params(call) == {"phone_number_id": "700800900100200"}
    file = whatsapp.media_request(OURS, media, answer_of(EXAMPLES["media_lookup"]["response"]))
    assert file.url.startswith("https://lookaside.fbsbx.com/")
    assert (file.expects, file.headers["Authorization"], file.is_trusted) == ("file", "Bearer UJI", False)
    too_big = Answer(200, body=raw({"url": "https://x", "file_size": 101 * 2**20}))
    assert whatsapp.media_request(OURS, media, too_big).reason is Reason.MEDIA
    assert whatsapp.media_request(OURS, media, Answer(404)).reason is Reason.GONE


def test_templates_are_pulled_page_by_page():
    row = {
        "id": "1",
        "name": "pembaruan_tiket",
        "language": "id",
        "status": "APPROVED",
        "category": "UTILITY",
        "components": [
            {"type": "BODY", "text": "Tiket {{1}}: {{ 2 }}"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Lanjut"}]},
        ],
    }
    page = {"data": [row, 5], "paging": {"cursors": {"after": "abc"}, "next": "https://…"}}
    call = whatsapp.pull(OURS, "templates", {})
    assert path_of(call) == "/v26.0/900100200300400/message_templates"
    pulled = whatsapp.read_pull(OURS, "templates", {}, Answer(200, body=raw(page)))
    template = pulled.records[0]
    assert (template.state, template.category, template.parameters) == ("approved", "utility", ("1", "2"))
    assert template.buttons == (Choice("Lanjut"),)
    assert pulled.records[1].record == "unsupported"
    assert pulled.has_more
    assert whatsapp.pull(OURS, "templates", pulled.cursor).params["after"] == "abc"
    last = whatsapp.read_pull(OURS, "templates", pulled.cursor, Answer(200, body=raw({"data": [row]})))
    assert not last.has_more
    assert isinstance(whatsapp.read_pull(OURS, "templates", {}, Answer(500)), Fault)


def test_limits():
    limits = whatsapp.limits(OURS)
    assert (limits.window_seconds, limits.has_templates, limits.pair_seconds, limits.per_second) == (86400, True, 6, 80)
    shared = account("whatsapp", options={"per_second": "20"})
    assert whatsapp.limits(shared).per_second == 20

"""Comments on a Facebook Page (R25.a.1)."""

import pytest
from hypothesis import given
from meta import account, answer_of, broken, path_of, raw, requests_of, sample, values

import providers
from providers import facebook
from providers.records import Accepted, Answer, Handle, Outgoing, OutgoingFile, Reason, Retry

OURS = account("facebook")
EXAMPLES = requests_of("facebook")
POST, COMMENT = "150000000000001_320000000000010", "320000000000010_500000000000001"


def change(**value):
    found = {"item": "comment", "comment_id": COMMENT, "post_id": POST, "created_time": 1795489210, **value}
    entry = {"id": OURS.account_ref, "time": 1795489300, "changes": [{"field": "feed", "value": found}]}
    (record,) = providers.parse(OURS, raw({"object": "page", "entry": [entry]}))
    return record


def records(name):
    return providers.parse(OURS, raw(sample("facebook", name)[0]))


def test_comment_tree():
    (top,) = records("comment_add")
    assert (top.key, top.conversation, top.reply_to, top.is_public) == (COMMENT, COMMENT, "", True)
    assert (top.sender.name, top.sender.handles) == ("Dewi Contoh", (Handle("facebook", "6400000000000001"),))
    assert (top.post.external_id, top.post.url) == (POST, "https://www.facebook.com/contoh/posts/320000000000010")
    (reply,) = records("comment_reply_nested")
    assert (reply.conversation, reply.reply_to, reply.sender.name) == (COMMENT, COMMENT, "Joko Contoh")
    (own,) = records("comment_by_page_itself")
    assert (own.is_echo, own.conversation, own.sender.handles) == (True, COMMENT, ())


def test_author_kept_from_us():
    record = change(verb="add", message="Halo")
    assert record.sender.name == "Pengguna Facebook"
    assert record.sender.handles == (Handle("facebook", f"comment:{COMMENT}"),)
    assert not record.is_echo


def test_what_happens_to_a_comment():
    author = {"from": {"id": "64", "name": "Dewi"}}
    first, second = change(verb="edited", message="satu", **author), change(verb="edited", message="dua", **author)
    assert (first.record, first.message_id, first.text) == ("edit", COMMENT, "satu")
    assert first.item_key != second.item_key
    assert change(verb="remove", **author).record == "deletion"
    hidden, shown = change(verb="hide", **author), change(verb="unhide", **author)
    assert (hidden.is_hidden, shown.is_hidden) == (True, False)
    assert change(verb="follow", **author).record == "unsupported"
    picture = change(verb="add", photo="https://x.invalid/a.jpg", **author)
    assert (picture.text, picture.media[0].kind) == ("", "image")


def test_visitor_post_and_what_is_nobodys_question():
    post = change(item="post", verb="add", message="Antre lama", **{"from": {"id": "64", "name": "Dewi"}})
    assert (post.record, post.external_id, post.text) == ("message", POST, "Antre lama")
    own = change(item="status", verb="add", message="Info", **{"from": {"id": OURS.account_ref}})
    assert own.record == "unsupported"
    assert change(item="reaction", verb="add").record == "unsupported"


def test_page_webhook_brings_private_messages_too():
    payload = sample("facebook", "comment_add")[0]
    payload["entry"] += sample("messenger", "text_and_quick_reply")[0]["entry"]
    found = providers.parse(OURS, raw(payload))
    assert [record.channel for record in found] == ["facebook", "messenger", "messenger"]
    assert found == providers.parse(account("messenger"), raw(payload))


@given(values)
def test_any_json(payload):
    assert all(record.item_key for record in providers.parse(OURS, raw(payload)))


@given(broken(sample("facebook", "comment_add")[0]))
def test_broken_payload(payload):
    found = providers.parse(OURS, raw(payload))
    assert found
    assert all(record.item_key for record in found)


# OUT


def test_public_reply():
    example = EXAMPLES["public_reply"]
    outgoing = Outgoing(text=example["request"]["form"]["message"], target=COMMENT, is_public=True)
    call = facebook.build(OURS, outgoing)
    assert (call.method, path_of(call), call.form) == ("POST", example["request"]["path"], example["request"]["form"])
    accepted = facebook.read_answer(OURS, call, answer_of(example["response"]))
    assert accepted.external_id == "320000000000010_500000000000009"
    assert facebook.build(OURS, outgoing, (accepted,)) is None


def test_private_reply():
    example = EXAMPLES["private_reply"]
    words = example["request"]["json"]["message"]["text"]
    outgoing = Outgoing(text=words, target=COMMENT, is_private_reply=True)
    call = facebook.build(OURS, outgoing)
    assert (path_of(call), call.json) == (example["request"]["path"], example["request"]["json"])
    assert facebook.read_answer(OURS, call, answer_of(example["response"])).external_id == "m_UJI-privat-1"
    again = Answer(400, body=raw({"error": {"code": 10900, "message": "Activity already replied to"}}))
    assert facebook.read_answer(OURS, call, again).reason is Reason.DUPLICATE


def test_picture_below_a_comment_needs_an_address():
    picture = OutgoingFile("a.png", "image/png", 9, b"x", url="https://helpdesk.example/a.png")
    call = facebook.build(OURS, Outgoing(text="Begini", files=(picture,), target=COMMENT, is_public=True))
    assert call.form == {"message": "Begini", "attachment_url": "https://helpdesk.example/a.png"}
    without = OutgoingFile("a.png", "image/png", 9, b"x")
    assert facebook.build(OURS, Outgoing(text="x", files=(without,), target=COMMENT)).reason is Reason.MEDIA


@pytest.mark.parametrize(
    ("action", "method", "path", "form"),
    [
        ("hide", "POST", COMMENT, {"is_hidden": "true"}),
        ("unhide", "POST", COMMENT, {"is_hidden": "false"}),
        ("like", "POST", f"{COMMENT}/likes", None),
        ("unlike", "DELETE", f"{COMMENT}/likes", None),
        ("delete", "DELETE", COMMENT, None),
        ("edit", "POST", COMMENT, {"message": "baru"}),
    ],
)
def test_moderation(action, method, path, form):
    call = facebook.build(OURS, Outgoing(action=action, target=COMMENT, text="baru"))
    assert (call.method, path_of(call), call.form) == (method, f"/v26.0/{path}", form)
    assert facebook.read_answer(OURS, call, answer_of(EXAMPLES["hide"]["response"])) == Accepted(action)


@pytest.mark.parametrize(
    ("name", "retry", "reason"),
    [
        ("error_page_rate", Retry.LATER, Reason.RATE),
        ("error_permission", Retry.PERSON, Reason.PERMISSION),
        ("error_deleted", Retry.NEVER, Reason.GONE),
    ],
)
def test_errors(name, retry, reason):
    call = facebook.build(OURS, Outgoing(text="x", target=COMMENT, is_public=True))
    fault = facebook.read_answer(OURS, call, answer_of(EXAMPLES[name]))
    assert (fault.retry, fault.reason) == (retry, reason)


def test_lost_answer_is_looked_up():
    outgoing = Outgoing(text="Halo", target=COMMENT, is_public=True)
    assert path_of(facebook.check_sent(OURS, outgoing)) == f"/v26.0/{COMMENT}/comments"
    row = {"id": "c_1", "message": "Halo", "from": {"id": OURS.account_ref}}
    found = facebook.read_check_sent(OURS, outgoing, Answer(200, body=raw({"data": [row]})))
    assert found.external_id == "c_1"


def test_pull_keeps_the_post_as_context():
    comment = {"id": COMMENT, "message": "Halo", "from": {"id": "64"}, "created_time": "2026-11-24T03:00:00+0000"}
    page = {"data": [{"id": POST, "message": "Jadwal", "permalink_url": "https://x", "comments": {"data": [comment]}}]}
    pulled = facebook.read_pull(OURS, "messages", {}, Answer(200, body=raw(page)))
    (record,) = pulled.records
    assert (record.key, record.post.text) == (COMMENT, "Jadwal")
    assert facebook.read_pull(OURS, "messages", pulled.cursor, Answer(200, body=raw(page))).records == ()


def test_posts_are_asked_for():
    assert path_of(facebook.post_call(OURS, POST)) == f"/v26.0/{POST}"
    post = facebook.read_post(
        OURS, POST, "", Answer(200, body=raw({"message": "Jadwal", "permalink_url": "https://x"}))
    )
    assert (post.text, post.url) == ("Jadwal", "https://x")
    assert facebook.read_post(OURS, POST, "", answer_of(EXAMPLES["error_deleted"])).reason is Reason.GONE


def test_lost_private_reply_is_looked_up():
    outgoing = Outgoing(text="Halo", target=COMMENT, is_private_reply=True)
    assert path_of(facebook.check_sent(OURS, outgoing)) == f"/v26.0/{COMMENT}"
    for can_reply, found in ((False, Accepted("send")), (True, None)):
        answer = Answer(200, body=raw({"can_reply_privately": can_reply}))
        assert facebook.read_check_sent(OURS, outgoing, answer) == found

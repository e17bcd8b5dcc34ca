"""Instagram comments and direct messages (R25.a.1)."""

import pytest
from hypothesis import given
from meta import account, answer_of, broken, path_of, raw, requests_of, sample, values

import providers
from providers import instagram
from providers.records import Accepted, Answer, Choice, Handle, Outgoing, OutgoingFile, Reason, Retry

OURS = account("instagram")
LINKED = account("instagram", options={"login": "facebook"})
EXAMPLES = requests_of("instagram")
CUSTOMER = "880000000000001"
COMMENT = "17870000000000001"


def records(name, index=0):
    return providers.parse(OURS, raw(sample("instagram", name)[index]))


def test_comment_tree():
    (top,) = records("comment_top_level")
    assert (top.key, top.conversation, top.reply_to, top.is_public) == (COMMENT, COMMENT, "", True)
    assert (top.sender.username, top.sender.handles) == ("warga.uji", (Handle("instagram", CUSTOMER),))
    assert top.post.external_id == "17990000000000001"
    (reply,) = records("comment_reply_nested")
    assert (reply.conversation, reply.reply_to, reply.text[:10]) == (COMMENT, COMMENT, "@warga.uji")


def test_forms_that_the_documents_disagree_about():
    payload = sample("instagram", "comment_top_level")[0]
    (wanted,) = records("comment_top_level")
    value = payload["entry"][0]["changes"][0]["value"]
    value["comment_id"] = value.pop("id")
    assert providers.parse(OURS, raw(payload)) == (wanted,)
    entry = payload["entry"][0]
    entry |= entry.pop("changes")[0]
    assert providers.parse(OURS, raw(payload)) == (wanted,)
    entry["field"] = "live_comments"
    assert providers.parse(OURS, raw(payload)) == (wanted,)


def test_own_comment():
    payload = sample("instagram", "comment_top_level")[0]
    payload["entry"][0]["changes"][0]["value"]["from"]["id"] = OURS.account_ref
    (own,) = providers.parse(OURS, raw(payload))
    assert (own.is_echo, own.sender.handles) == (True, ())


def test_mentions_bring_ids_only():
    (caption,), (comment,) = records("mentions", 0), records("mentions", 1)
    assert (caption.kind, caption.external_id, caption.post.external_id) == ("mention", *["17990000000000010"] * 2)
    assert (comment.external_id, comment.post.external_id) == ("17870000000000011", "17990000000000011")


def test_direct_messages():
    text, reply, story, choice = records("dm_text_and_replies")
    assert (text.text, text.channel, text.is_public) == ("Min, cara ubah nomor HP gimana?", "instagram", False)
    assert reply.reply_to == "aWdfZ-UJI-keluar-1"
    assert (story.kind, story.post.url) == ("story", "https://lookaside.contoh.invalid/ig_story/1")
    assert choice.choice == Choice("Lupa kata sandi", "TOPIK_SANDI")


def test_what_happens_to_direct_messages():
    echo, read, reaction, edit, postback = records("dm_echo_seen_reaction_edit_postback")
    assert (echo.is_echo, echo.sender.handles[0].value) == (True, CUSTOMER)
    assert (read.state, read.message_ids, read.until) == ("read", ("aWdfZ-UJI-keluar-1",), None)
    assert (reaction.emoji, reaction.message_id) == ("❤️", "aWdfZ-UJI-keluar-1")
    assert (edit.key, edit.text) == ("aWdfZ-UJI-2:1", "yang kedua")
    assert postback.choice == Choice("Lapor kendala", "ICE_LAPOR")
    payload = sample("instagram", "dm_text_and_replies")[0]
    payload["entry"][0]["messaging"][0]["message"] = {"mid": "aWdfZ-UJI-1", "is_deleted": True}
    payload["entry"][0]["messaging"][1]["message"] = {"mid": "aWdfZ-UJI-2", "is_unsupported": True}
    mention = {"type": "story_mention", "payload": {"url": "https://x.invalid/1"}}
    payload["entry"][0]["messaging"][2]["message"] = {"mid": "aWdfZ-UJI-3", "attachments": [mention]}
    deleted, unsupported, story, _choice = providers.parse(OURS, raw(payload))
    assert (deleted.record, deleted.message_id) == ("deletion", "aWdfZ-UJI-1")
    assert (unsupported.record, unsupported.external_id) == ("unsupported", "aWdfZ-UJI-2")
    assert (story.kind, story.media[0].kind) == ("story", "image")


@given(values)
def test_any_json(payload):
    assert all(record.item_key for record in providers.parse(OURS, raw(payload)))


@given(broken(sample("instagram", "dm_echo_seen_reaction_edit_postback")[0]))
def test_broken_payload(payload):
    found = providers.parse(OURS, raw(payload))
    assert found
    assert all(record.item_key for record in found)


# OUT


@pytest.mark.parametrize(
    ("name", "outgoing"),
    [
        ("dm", Outgoing(text="Halo Kak, kami bantu ya.", recipient=CUSTOMER)),
        (
            "dm_human_agent",
            Outgoing(text="Kendala sudah selesai, terima kasih.", recipient=CUSTOMER, tag="human_agent"),
        ),
        (
            "comment_public_reply",
            Outgoing(text="@warga.uji mohon cek pesan ya Kak 🙏", target=COMMENT, is_public=True),
        ),
        (
            "comment_private_reply",
            Outgoing(text="Halo Kak, kami lanjut di sini ya.", target=COMMENT, is_private_reply=True),
        ),
    ],
)
def test_requests(name, outgoing):
    example = EXAMPLES[name]
    call = instagram.build(OURS, outgoing)
    assert call.url == f"https://graph.instagram.com{example['request']['path']}"
    assert call.json == example["request"]["json"]
    if "response" in example:
        accepted = instagram.read_answer(OURS, call, answer_of(example["response"]))
        assert accepted.external_id == example["response"]["body"].get("id", accepted.external_id)
        assert accepted.external_id
        assert instagram.build(OURS, outgoing, (accepted,)) is None


def test_reply_to_a_reply_goes_below_the_top_comment():
    call = instagram.build(OURS, Outgoing(text="x", target="178700002", conversation=COMMENT, is_public=True))
    assert path_of(call) == f"/v26.0/{COMMENT}/replies"


def test_linked_page_uses_the_other_host():
    assert instagram.build(LINKED, Outgoing(text="x", recipient=CUSTOMER)).url.startswith("https://graph.facebook.com/")
    assert instagram.renew_call(LINKED) is None


def test_text_is_cut_by_bytes():
    outgoing = Outgoing(text="🙏" * 600, recipient=CUSTOMER)
    assert instagram.text_length(OURS, outgoing.text) == 2400
    done = ()
    while call := instagram.build(OURS, outgoing, done):
        assert len(call.json["message"]["text"].encode()) <= 1000
        done = (*done, Accepted("send", str(len(done))))
    assert len(done) == 3


def test_files_go_by_address():
    picture = OutgoingFile("a.png", "image/png", 9, b"x", url="https://helpdesk.example/a.png")
    call = instagram.build(OURS, Outgoing(files=(picture,), recipient=CUSTOMER))
    assert call.json["message"]["attachment"] == {"type": "image", "payload": {"url": picture.url}}
    without = OutgoingFile("a.png", "image/png", 9, b"x")
    assert instagram.build(OURS, Outgoing(files=(without,), recipient=CUSTOMER)).reason is Reason.MEDIA


def test_hide_and_delete():
    hide = instagram.build(OURS, Outgoing(action="hide", target=COMMENT))
    assert (hide.method, hide.form) == ("POST", {"hide": "true"})
    assert instagram.build(OURS, Outgoing(action="delete", target=COMMENT)).method == "DELETE"
    assert instagram.build(OURS, Outgoing(action="like", target=COMMENT)).reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    ("name", "retry", "reason"),
    [("error_window", Retry.PERSON, Reason.WINDOW_CLOSED), ("error_rate", Retry.LATER, Reason.RATE)],
)
def test_errors(name, retry, reason):
    call = instagram.build(OURS, Outgoing(text="x", recipient=CUSTOMER))
    fault = instagram.read_answer(OURS, call, answer_of(EXAMPLES[name]))
    assert (fault.retry, fault.reason) == (retry, reason)


def test_token_is_renewed():
    call = instagram.renew_call(OURS)
    assert call.url == "https://graph.instagram.com/refresh_access_token"
    assert call.params["grant_type"] == "ig_refresh_token"
    token = instagram.read_renewed(OURS, answer_of(EXAMPLES["token_refresh"]["response"]))
    assert (token.access_token, token.seconds) == ("UJI2", 5183944)
    assert "UJI2" not in repr(token)
    expired = Answer(400, body=raw({"error": {"code": 190, "message": "expired"}}))
    assert instagram.read_renewed(OURS, expired).reason is Reason.TOKEN


def test_pull_asks_for_comments_then_conversations():
    comment = {"id": COMMENT, "text": "Halo", "from": {"id": CUSTOMER, "username": "warga.uji"}}
    comment["timestamp"] = "2026-11-24T03:00:00+0000"
    page = {"data": [{"id": "1799", "caption": "Jadwal", "permalink": "https://x", "comments": {"data": [comment]}}]}
    assert path_of(instagram.pull(OURS, "messages", {})).endswith("/media")
    comments = instagram.read_pull(OURS, "messages", {}, Answer(200, body=raw(page)))
    assert [(record.key, record.post.text) for record in comments.records] == [(COMMENT, "Jadwal")]
    assert comments.has_more
    assert path_of(instagram.pull(OURS, "messages", comments.cursor)).endswith("/conversations")
    row = {"id": "m1", "created_time": "2026-11-24T03:01:00+0000", "from": {"id": CUSTOMER}, "message": "DM"}
    answer = Answer(200, body=raw({"data": [{"messages": {"data": [row]}}]}))
    messages = instagram.read_pull(OURS, "messages", comments.cursor, answer)
    assert [record.key for record in messages.records] == ["m1"]
    assert not messages.has_more
    assert instagram.read_pull(OURS, "messages", messages.cursor, Answer(200, body=raw(page))).records == ()


def test_posts_are_asked_for():
    """A comment comes with its post's id only; a mention comes with ids only, its words are asked for."""
    assert path_of(instagram.post_call(OURS, "1799")) == "/v26.0/1799"
    body = {"caption": "Jadwal", "permalink": "https://x", "username": "kemenkes"}
    post = instagram.read_post(OURS, "1799", "", Answer(200, body=raw(body)))
    assert (post.text, post.url, post.author) == ("Jadwal", "https://x", "kemenkes")
    call = instagram.post_call(OURS, "1799", "1799")
    assert call.params["fields"].startswith("mentioned_media.media_id(1799)")
    post = instagram.read_post(OURS, "1799", "1799", Answer(200, body=raw({"mentioned_media": body})))
    assert post.text == "Jadwal"
    assert "comment_id(1787)" in instagram.post_call(OURS, "1799", "1787").params["fields"]
    comment = {"mentioned_comment": {"text": "@kemenkes tolong", "username": "warga.uji", "media": {"permalink": "u"}}}
    post = instagram.read_post(OURS, "1799", "1787", Answer(200, body=raw(comment)))
    assert (post.text, post.author, post.url) == ("@kemenkes tolong", "warga.uji", "u")

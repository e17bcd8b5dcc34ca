"""The App Store's reviews, without a network (R26.a)."""

import json
from datetime import datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from providers import appstore
from providers.records import Accepted, Account, Answer, Fault, Outgoing, Reason, Retry

ACCOUNT = Account("appstore", "6400000001")
PAGE = "app_store/customer_reviews_page"


def as_answer(part):
    return Answer(part["http_status"], part.get("headers", {}), json.dumps(part["body"]).encode())


def page_answer(payload, headers=None):
    return Answer(200, headers or {}, json.dumps(payload).encode())


def read(payload):
    return appstore.parse(ACCOUNT, json.dumps(payload).encode())


def test_page_of_reviews(sample):
    first, second = read(sample(PAGE))
    assert first.external_id == "00000099-aaaa-0001-0000-000000000001"
    assert (first.stars, first.title, first.text) == (1, "Tidak bisa daftar", "Foto KTP selalu gagal diunggah.")
    assert (first.sender.name, first.territory, first.reply_state) == ("ujiwarga01", "IDN", "")
    assert first.date == datetime(2026, 11, 23, 17, 12), "of the zone in the payload, as UTC"
    assert second.key != first.key


def test_review_with_its_answer(sample):
    (review,) = read(sample("app_store/customer_review_with_included_response"))
    assert review.reply == "Terima kasih, mohon perbarui ke versi 5.2.1."
    assert (review.reply_id, review.reply_state) == ("00000099-bbbb-0001-0000-000000000001", "pending")
    alone = read(sample(PAGE))[0]
    assert review.key.partition("+")[0] == alone.key, "the same version of the review"
    assert review.key != alone.key, "but news: somebody has answered"


def test_other_words_or_stars_are_another_version():
    keys = {appstore.edition(*version) for version in (("a", "b", 1), ("a", "b", 2), ("a", "c", 1), ("", "ab", 1))}
    assert len(keys) == 4


def test_first_pull_reads_everything_and_the_next_stops_at_what_is_known(sample):
    call = appstore.pull(ACCOUNT, "reviews", {})
    assert call.url == "https://api.appstoreconnect.apple.com/v1/apps/6400000001/customerReviews"
    assert call.params == {"sort": "-createdDate", "limit": "200", "include": "response"}
    page = sample(PAGE)
    pulled = appstore.read_pull(ACCOUNT, "reviews", {}, page_answer(page))
    assert pulled.has_more
    following = appstore.pull(ACCOUNT, "reviews", pulled.cursor)
    assert following.url == page["links"]["next"], "followed as it stands"
    del page["links"]["next"]
    done = appstore.read_pull(ACCOUNT, "reviews", pulled.cursor, page_answer(page))
    assert not done.has_more
    assert done.cursor == {"since": "2026-11-23T17:12:00", "pulls": 1}
    again = appstore.read_pull(ACCOUNT, "reviews", done.cursor, page_answer(sample(PAGE)))
    assert not again.has_more, "the page ends before the last pull's newest"
    assert again.cursor["pulls"] == 2


def test_once_a_day_older_reviews_are_read_again(sample):
    page = sample(PAGE)
    daily = {"since": "2026-11-23T17:12:00", "pulls": 0}
    assert appstore.read_pull(ACCOUNT, "reviews", daily, page_answer(page)).has_more, (
        "an edited review stays in its place"
    )
    page["data"][1]["attributes"]["createdDate"] = "2026-08-01T00:00:00-08:00"
    assert not appstore.read_pull(ACCOUNT, "reviews", daily, page_answer(page)).has_more
    last_of_the_day = appstore.read_pull(ACCOUNT, "reviews", {**daily, "pulls": 47}, page_answer(page))
    assert last_of_the_day.cursor["pulls"] == 0


def test_next_page_can_not_send_the_token_elsewhere(sample):
    page = sample(PAGE)
    page["links"]["next"] = "https://evil.example/v1/apps/1/customerReviews?cursor=x"
    cursor = appstore.read_pull(ACCOUNT, "reviews", {}, page_answer(page)).cursor
    assert appstore.pull(ACCOUNT, "reviews", cursor).url.startswith("https://api.appstoreconnect.apple.com/v1/")
    page["links"]["next"] = "https://api.appstoreconnect.apple.com/v2/elsewhere"
    assert not appstore.read_pull(ACCOUNT, "reviews", {}, page_answer(page)).has_more


def test_requests_are_left_for_answers(sample):
    nearly_spent = {"X-Rate-Limit": "user-hour-lim:3500;user-hour-rem:99;"}
    pulled = appstore.read_pull(ACCOUNT, "reviews", {}, page_answer(sample(PAGE), nearly_spent))
    assert not pulled.has_more
    assert pulled.cursor["next"], "the next pull goes on here"


def test_answer(sample):
    part = sample("app_store/response_create")
    outgoing = Outgoing(
        target="00000099-aaaa-0001-0000-000000000001", text="Terima kasih, mohon perbarui ke versi 5.2.1."
    )
    call = appstore.build(ACCOUNT, outgoing)
    assert (call.method, call.json) == ("POST", part["request"]["json"])
    assert call.url == appstore.HOST + part["request"]["path"]
    accepted = appstore.read_answer(ACCOUNT, call, as_answer(part["response"]))
    assert accepted == Accepted("reply", "00000099-bbbb-0001-0000-000000000001@2026-11-24T03:20:00-08:00", "pending")
    assert appstore.build(ACCOUNT, outgoing, (accepted,)) is None


def test_answer_taken_away():
    call = appstore.build(ACCOUNT, Outgoing(action="delete", target="b/1"))
    assert (call.method, call.url) == ("DELETE", f"{appstore.HOST}/v1/customerReviewResponses/b%2F1")
    assert appstore.read_answer(ACCOUNT, call, Answer(204)) == Accepted("delete")


def test_too_long_an_answer_is_refused_before_sending():
    assert not isinstance(appstore.build(ACCOUNT, Outgoing(target="r", text="a" * 5970)), Fault)
    assert appstore.build(ACCOUNT, Outgoing(target="r", text="a" * 5971)).reason == Reason.TOO_LONG


@pytest.mark.parametrize(
    ("name", "retry", "reason", "stops"),
    [
        ("rate", Retry.LATER, Reason.RATE, False),
        ("auth", Retry.PERSON, Reason.TOKEN, True),
        ("role", Retry.PERSON, Reason.PERMISSION, True),
        ("no_response_yet", Retry.NEVER, Reason.GONE, False),
    ],
)
def test_errors(sample, name, retry, reason, stops):
    fault = appstore.read_fault(as_answer(sample("app_store/errors")[name]))
    assert (fault.retry, fault.reason, fault.stops_account) == (retry, reason, stops)
    assert fault.code == sample("app_store/errors")[name]["body"]["errors"][0]["code"]


@pytest.mark.parametrize("who", ["team_key", "individual_key"])
def test_token_is_signed_as_apple_wants_it(sample, who):
    wanted = sample("app_store/jwt_header_and_claims")[who]
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    issuer = wanted["payload"].get("iss", "")
    token = appstore.make_token(wanted["header"]["kid"], issuer, pem, wanted["payload"]["iat"])
    assert jwt.get_unverified_header(token) == wanted["header"]
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, key.public_key(), algorithms=["ES256"], audience="appstoreconnect-v1", options=options)
    assert claims == wanted["payload"]


def test_unusable_key_sends_no_token():
    account = Account("appstore", "1", options={"private_key": "no key", "key_id": "K"})
    assert appstore.health_call(account).headers == {}


def test_file_for_back_filling(sample):
    heading = "id,rating,title,body,reviewerNickname,createdDate,territory,responseBody,responseDate\n"
    row = (
        "00000099-aaaa-0001-0000-000000000001,1,Tidak bisa daftar,Foto KTP selalu gagal diunggah.,ujiwarga01,"
        "2026-11-23T09:12:00-08:00,IDN,,\n"
    )
    report = appstore.read_report(ACCOUNT, (heading + row + row.replace("2026-11-23T", "gestern ")).encode())
    assert report.reviews[0] == read(sample(PAGE))[0], "the same record as by the interface"
    assert [(problem.line, problem.code) for problem in report.problems] == [(3, "date")]

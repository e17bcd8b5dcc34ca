"""Google Play's reviews, without a network (R26.a)."""

import json
from datetime import datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from providers import batch_key, playstore
from providers.records import Accepted, Account, Answer, Fault, Outgoing, OutgoingFile, Reason, Retry, Review

ACCOUNT = Account("playstore", "id.contoh.sehatkita", access_token="token")


def as_answer(part):
    return Answer(part["http_status"], part.get("headers", {}), json.dumps(part["body"]).encode())


def read(payload):
    return playstore.parse(ACCOUNT, json.dumps(payload).encode())


def test_page_of_reviews(sample):
    first, second = read(sample("google_play/reviews_list_page1"))
    assert first.external_id == "uji-ulasan-0001"
    assert first.key == "uji-ulasan-0001@1795485600.120"
    assert (first.stars, first.app_version, first.os_version) == (1, "5.2.0", "Android API 34")
    assert (first.device, first.language, first.helpful_count) == ("UJI-A1 (Ponsel Uji)", "id", 12)
    assert first.date == datetime(2026, 11, 24, 2, 0)
    assert first.sender.name == "Pengguna Uji Satu"
    assert (second.stars, second.app_version, second.device, second.reply) == (5, "", "", "")


def test_title_before_a_tab_and_translation(sample):
    (review,) = read(sample("google_play/review_tab_title_and_translation"))
    assert (review.title, review.text) == ("Login", "Cannot log in after the update")
    assert review.original_text == "Tidak bisa masuk setelah pembaruan"
    assert review.language == "id", "Java's old code for Indonesian"


def test_edited_review_with_the_answer_to_its_first_version():
    (review,) = read(
        {
            "reviews": [
                {
                    "reviewId": "r1",
                    "comments": [
                        {"userComment": {"text": "dulu", "starRating": 5, "lastModified": {"seconds": "100"}}},
                        {"developerComment": {"text": "terima kasih", "lastModified": {"seconds": "150"}}},
                        {"userComment": {"text": "\tkini", "starRating": 1, "lastModified": {"seconds": "200"}}},
                    ],
                }
            ]
        }
    )
    assert (review.title, review.text, review.stars) == ("", "kini", 1)
    assert (review.reply, review.reply_state) == ("terima kasih", "published")
    assert review.reply_date < review.date
    assert review.key == "r1@200.000+150.000"


def test_unreadable_review_is_kept_and_harms_no_other(sample):
    page = sample("google_play/reviews_list_page1")
    page["reviews"].insert(1, {"reviewId": "ohne", "comments": [{"userComment": {"starRating": 9}}]})
    records = read(page)
    assert [record.record for record in records] == ["review", "unsupported", "review"]
    assert records[1].raw["reviewId"] == "ohne"


def test_same_reviews_in_another_page_have_the_same_key(sample):
    page = sample("google_play/reviews_list_page1")
    turned = {"reviews": list(reversed(page["reviews"]))}
    assert batch_key(read(page), b"a") == batch_key(read(turned), b"b")


def test_pages_until_there_is_no_token(sample):
    page = Answer(200, {}, json.dumps(sample("google_play/reviews_list_page1")).encode())
    call = playstore.pull(ACCOUNT, "reviews", {})
    assert call.url.endswith("/androidpublisher/v3/applications/id.contoh.sehatkita/reviews")
    assert call.params == {"maxResults": "100"}
    pulled = playstore.read_pull(ACCOUNT, "reviews", {}, page)
    assert len(pulled.records) == 2
    assert pulled.has_more
    assert playstore.pull(ACCOUNT, "reviews", pulled.cursor).params["token"] == "uji-token-2"
    last = playstore.read_pull(ACCOUNT, "reviews", pulled.cursor, Answer(200, {}, b"{}"))
    assert (last.records, last.cursor, last.has_more) == ((), {}, False)


def test_a_pull_stays_below_the_quota_of_an_hour():
    body = Answer(200, {}, b'{"reviews": [], "tokenPagination": {"nextPageToken": "again"}}')
    cursor, pages = {}, 0
    while True:
        pulled = playstore.read_pull(ACCOUNT, "reviews", cursor, body)
        cursor, pages = pulled.cursor, pages + 1
        if not pulled.has_more:
            break
    assert pages * 3600 / playstore.PULLS["reviews"] <= 200
    assert cursor == {"token": "again"}, "the next pull goes on where this one stopped"


def test_answer(sample):
    part = sample("google_play/reply_request_and_response")
    outgoing = Outgoing(target="uji-ulasan-0001", text=part["request"]["json"]["replyText"])
    call = playstore.build(ACCOUNT, outgoing)
    assert (call.method, call.json) == ("POST", part["request"]["json"])
    assert call.url == playstore.HOST + part["request"]["path"]
    accepted = playstore.read_answer(ACCOUNT, call, as_answer(part["response"]))
    assert accepted == Accepted("reply", "uji-ulasan-0001@1795489800", "published")
    assert playstore.build(ACCOUNT, outgoing, (accepted,)) is None


def test_too_long_an_answer_is_refused_before_sending():
    assert playstore.limits(ACCOUNT).text_length == 350
    assert not isinstance(playstore.build(ACCOUNT, Outgoing(target="r", text="a" * 350)), Fault)
    fault = playstore.build(ACCOUNT, Outgoing(target="r", text="a" * 351))
    assert (fault.retry, fault.reason) == (Retry.NEVER, Reason.TOO_LONG)


@pytest.mark.parametrize(
    ("outgoing", "reason"),
    [
        (Outgoing(target="r", text=" "), Reason.BAD_REQUEST),
        (Outgoing(text="a"), Reason.BAD_REQUEST),
        (Outgoing(target="r", text="a", files=(OutgoingFile("a", "b", 1),)), Reason.MEDIA),
        (Outgoing(target="r", action="hide"), Reason.UNSUPPORTED),
    ],
)
def test_what_a_store_can_not_do(outgoing, reason):
    assert playstore.build(ACCOUNT, outgoing).reason == reason


def test_id_of_a_review_can_not_leave_its_place_in_the_address():
    call = playstore.build(ACCOUNT, Outgoing(target="../../x?y#z", text="a"))
    assert call.url.endswith("/reviews/..%2F..%2Fx%3Fy%23z:reply")


@pytest.mark.parametrize(
    ("name", "retry", "reason", "stops"),
    [
        ("not_found", Retry.NEVER, Reason.GONE, False),
        ("forbidden", Retry.PERSON, Reason.PERMISSION, True),
        ("quota", Retry.LATER, Reason.RATE, False),
        ("reply_too_long", Retry.NEVER, Reason.BAD_REQUEST, False),
    ],
)
def test_errors(sample, name, retry, reason, stops):
    fault = playstore.read_fault(as_answer(sample("google_play/empty_and_errors")[name]))
    assert (fault.retry, fault.reason, fault.stops_account) == (retry, reason, stops)
    assert fault.detail.startswith("contoh")


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
def test_a_service_that_is_down_is_asked_again_later(status):
    fault = playstore.read_fault(Answer(status, {"Retry-After": "30"}))
    assert (fault.retry, fault.reason) == (Retry.LATER, Reason.UNAVAILABLE)
    assert fault.seconds == (None if status == 0 else 30)


def test_a_403_for_too_many_requests_is_not_a_lack_of_rights():
    body = {"error": {"code": 403, "errors": [{"reason": "rateLimitExceeded"}]}}
    fault = playstore.read_fault(Answer(403, {}, json.dumps(body).encode()))
    assert (fault.retry, fault.reason, fault.seconds) == (Retry.LATER, Reason.RATE, 3600)


def test_token_of_a_service_account():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    service = json.dumps({"client_email": "helpdesk@uji.iam.example", "private_key": pem})
    call = playstore.token_call(Account("playstore", "a", options={"service_account": service}))
    assert call.url == "https://oauth2.googleapis.com/token"
    claims = jwt.decode(call.form["assertion"], key.public_key(), algorithms=["RS256"], audience=call.url)
    assert (claims["iss"], claims["scope"]) == ("helpdesk@uji.iam.example", playstore.SCOPE)
    assert claims["exp"] - claims["iat"] == 3600
    token = playstore.read_token(ACCOUNT, Answer(200, {}, b'{"access_token": "neu", "expires_in": 3599}'))
    assert (token.access_token, token.seconds) == ("neu", 3599)
    fault = playstore.read_token(ACCOUNT, Answer(400, {}, b'{"error": "invalid_grant"}'))
    assert (fault.retry, fault.reason, fault.stops_account) == (Retry.PERSON, Reason.TOKEN, True)


@pytest.mark.parametrize("key", ["", "{", "[]", '{"client_email": "a", "private_key": "no key"}'])
def test_unusable_key_gives_no_token(key):
    assert playstore.token_call(Account("playstore", "a", options={"service_account": key})) is None


HEADING = (
    "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,"
    "Review Submit Millis Since Epoch,Review Last Update Date and Time,Review Last Update Millis Since Epoch,"
    "Star Rating,Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,"
    "Developer Reply Text,Review Link\r\n"
)
LINK = (
    "https://play.google.com/console/developers/1/app/2/user-feedback/review-details?reviewId=uji-ulasan-0001&corpus=P"
)
ROW = (
    f'id.contoh.sehatkita,50200,5.2.0,id,uji_a1,,1795480000000,,1795485600120,1,,"Tidak bisa, masuk\nlagi",,'
    f"1795489800000,Mohon perbarui,{LINK}\r\n"
)


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_report_of_the_console(sample, coding):
    report = playstore.read_report(ACCOUNT, (HEADING + ROW).encode(coding))
    (review,) = report.reviews
    assert isinstance(review, Review)
    assert not report.problems
    assert (review.external_id, review.stars, review.text) == ("uji-ulasan-0001", 1, "Tidak bisa, masuk\nlagi")
    assert (review.reply, review.created_date) == ("Mohon perbarui", datetime(2026, 11, 24, 0, 26, 40))
    same = read(sample("google_play/reviews_list_page1"))[0]
    assert review.key.partition("+")[0] == same.key, "file and interface tell of the same version"


def test_report_with_semicolons_as_excel_writes_it():
    text = HEADING.replace(",", ";") + ROW.replace("Tidak bisa, masuk", "Tidak bisa masuk").replace(",", ";")
    assert len(playstore.read_report(ACCOUNT, text.encode()).reviews) == 1


def test_report_tells_line_and_reason_of_what_is_wrong():
    rows = [
        ROW,
        ROW.replace(",1,,", ",6,,"),
        ROW.replace("1795485600120", "gestern"),
        ROW.replace("id.contoh.sehatkita", "com.other"),
        ROW.replace(LINK, ""),
        "\r\n",
    ]
    report = playstore.read_report(ACCOUNT, (HEADING + "".join(rows)).encode("utf-16"))
    assert len(report.reviews) == 1
    assert [(problem.line, problem.code, problem.value) for problem in report.problems] == [
        (5, "stars", "6"),
        (7, "date", "gestern"),
        (9, "other_app", "com.other"),
    ]
    assert report.skipped == 1, "stars without words have no id"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "encoding"),
        (b"\x80\x81\x82", "encoding"),
        (b"a,b,c\r\n1,2,3", "columns"),
        (b'"a', "broken"),
    ],
)
def test_file_that_is_no_report(raw, code):
    report = playstore.read_report(ACCOUNT, raw)
    assert not report.reviews
    assert [problem.code for problem in report.problems] == [code]

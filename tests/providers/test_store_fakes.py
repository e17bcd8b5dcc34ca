"""The providers of X, Telegram and the stores, and the services as we play them, over real HTTP (R25.a.1, R26.a)."""

import dataclasses
import json
import time

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import providers
from fakes.__main__ import open_all
from fakes.appstore import AppStore
from fakes.courier import Courier
from fakes.fake import Account as FakeAccount
from fakes.fake import Citizen
from fakes.playstore import PlayStore
from fakes.server import serving
from fakes.telegram import Telegram
from fakes.x import X
from providers.records import Accepted, Account, Answer, Fault, Handle, Media, Outgoing, OutgoingFile, Reason, Verdict

RINA = Citizen("6280012340001", "Rina Contoh")
REFS = {"x": "1900000000000000001", "telegram": "7900000001", "playstore": "id.contoh.app", "appstore": "6400000001"}
SECRET = "rahasia_uji"


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Played:
    """The services, and our accounts at them."""

    def __init__(self, application, courier):
        self.fakes, self.courier = application.fakes, courier
        self.accounts = {
            kind: Account(
                kind,
                ref,
                verify_token=SECRET,
                app_secrets=(SECRET,),
                access_token="kunci",
                api_host=f"{application.base}/{kind}",
                options={"key_id": "K", "private_key": KEY_OF_APPLE},
            )
            for kind, ref in REFS.items()
        }

    def run(self, call):
        """Run a call as the helpdesk would."""
        files = [(name, (file, content, mime)) for name, file, content, mime in call.files]
        answer = requests.request(
            call.method, call.url, params=call.params, headers=call.headers, json=call.json, data=call.form,
            files=files or None, timeout=10,
        )  # fmt: skip
        return Answer(answer.status_code, dict(answer.headers), answer.content)

    def send(self, kind, **values):
        """All steps of something to send; what they made, or the fault."""
        account, outgoing, done = self.accounts[kind], Outgoing(**values), ()
        provider = providers.load(kind)
        while call := provider.build(account, outgoing, done):
            if isinstance(call, Fault):
                return call
            found = provider.read_answer(account, call, self.run(call))
            if isinstance(found, Fault):
                return found
            done = (*done, found)
        return done

    def act(self, kind, action, room="", **values):
        """A citizen does something; the records of the webhooks that came of it."""
        came = []

        def take(_address, body, headers):
            verdict = providers.verify(self.accounts[kind], headers, body)
            if verdict is Verdict.GENUINE:
                came.extend(providers.parse(self.accounts[kind], body))
            return 200 if verdict is Verdict.GENUINE else 403

        self.courier.send = take
        self.fakes[kind].act(room or kind, RINA, action, values)
        self.courier.bring()
        return came

    def pull(self, kind, what, cursor=None):
        """All pages: ``(records, cursor)``, or the fault."""
        provider, found, cursor = providers.load(kind), [], cursor or {}
        while True:
            pulled = provider.read_pull(
                self.accounts[kind], what, cursor, self.run(provider.pull(self.accounts[kind], what, cursor))
            )
            if isinstance(pulled, Fault):
                return pulled
            found += pulled.records
            cursor = pulled.cursor
            if not pulled.has_more:
                return found, cursor


KEY_OF_APPLE = pem(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def played():
    courier = Courier()

    def make(base):
        fakes = [fake(courier, base) for fake in (X, Telegram, PlayStore, AppStore)]
        for fake in fakes:
            ref = REFS[fake.key]
            fake.add_account(
                FakeAccount(fake.key, ref, "http://helpdesk.invalid/", SECRET, SECRET, "kunci", "SehatKita")
            )
        return fakes

    with serving(make, courier) as application:
        yield Played(application, courier)


# X


def test_x_mention_answered_in_public(played):
    (post,) = played.act("x", "text", text="kenapa aplikasi error terus?")
    assert (post.sender.name, post.is_public, post.kind) == ("Rina Contoh", True, "mention")
    (sent,) = played.send("x", target=post.external_id, is_public=True, text="Halo Kak, kami cek ya")
    assert played.fakes["x"].said[sent.external_id].reply_to == post.external_id
    again = played.send("x", target=post.external_id, is_public=True, text="Halo Kak, kami cek ya")
    assert again.reason is Reason.DUPLICATE
    (answer,) = played.act("x", "reply", target=sent.external_id, text="masih belum bisa")
    assert (answer.kind, answer.reply_to, answer.conversation) == ("comment", sent.external_id, post.external_id)


def test_x_only_who_mentioned_us_is_answered(played):
    service = played.fakes["x"]
    stranger = service._keep("citizen", "77", "Orang Lain", "aplikasi apa ini", "77")
    fault = played.send("x", target=stranger.id, is_public=True, text="Halo")
    assert fault.reason is Reason.NOT_MENTIONED


def test_x_asked_for_and_pushed_is_the_same(played):
    pushed = [played.act("x", "text", text=f"halo {number}")[0] for number in range(3)]
    pulled, cursor = played.pull("x", "messages")
    assert {record.key for record in pushed} == {record.key for record in pulled}
    assert played.pull("x", "messages", cursor) == ([], cursor)


def test_x_direct_message_picture_and_closed_door(played):
    picture = OutgoingFile("a.png", "image/png", 3, b"png")
    sent = played.send("x", recipient=RINA.id, text="Begini Kak", files=(picture,))
    assert [step.step for step in sent] == ["upload", "send"]
    played.fakes["x"].closed.add(RINA.id)
    assert played.send("x", recipient=RINA.id, text="Halo").reason is Reason.REFUSED


def test_x_token_is_renewed(played):
    account = dataclasses.replace(
        played.accounts["x"], options={"client_id": "k", "refresh_token": SECRET}, access_token="kedaluwarsa"
    )
    provider = providers.load("x")
    assert provider.read_health(account, played.run(provider.health_call(account))).reason is Reason.TOKEN
    token = provider.read_token(account, played.run(provider.token_call(account)))
    account = dataclasses.replace(account, access_token=token.access_token)
    assert provider.read_health(account, played.run(provider.health_call(account))).name == "@SehatKita"
    spent = provider.read_token(account, played.run(provider.token_call(account)))
    assert (spent.reason, spent.stops_account) == (Reason.TOKEN, True), "a refresh token holds once"


def test_x_direct_message_comes_in(played):
    (said,) = played.act("x", "text", room="x_messages", text="saya kirim data lewat DM ya")
    assert (said.is_public, said.sender.name, said.kind) == (False, "Rina Contoh", "text")
    assert said.key in {record.key for record in played.pull("x", "messages")[0]}


# TELEGRAM


def test_telegram_conversation(played):
    (said,) = played.act("telegram", "text", text="Kartu tidak tampil")
    (sent,) = played.send("telegram", conversation=said.conversation, text="Kami cek", reply_to=said.external_id)
    chat, number = sent.external_id.split(":")
    assert played.fakes["telegram"].said[chat, int(number)].quote == int(said.external_id.split(":")[1])
    (reaction,) = played.act("telegram", "react", target=number, emoji="👍")
    assert (reaction.message_id, reaction.emoji) == (sent.external_id, "👍")
    (edit,) = played.act("telegram", "edit", target=said.external_id.split(":")[1], text="Kartu ISTRI tidak tampil")
    assert (edit.message_id, edit.text) == (said.external_id, "Kartu ISTRI tidak tampil")


def test_telegram_file_both_ways(played):
    (said,) = played.act("telegram", "file", text="ini", files=[("a.png", "image/png", b"gambar")])
    provider, account = providers.load("telegram"), played.accounts["telegram"]
    found = played.run(provider.media_request(account, said.media[0]))
    file = provider.media_request(account, said.media[0], found)
    assert played.run(file).body == b"gambar"
    assert played.run(provider.media_request(account, Media("image", ref="?"))).status == 400
    sent = played.send(
        "telegram",
        conversation=said.conversation,
        text="ini",
        files=(OutgoingFile("b.pdf", "application/pdf", 3, b"pdf"),),
    )
    assert sent[0].step == "sendDocument"


def test_telegram_blocked(played):
    played.act("telegram", "text", text="halo")
    (event,) = played.act("telegram", "block")
    assert (event.kind, event.sender.handles) == ("blocked", (Handle("telegram", RINA.id),))
    assert played.send("telegram", conversation=RINA.id, text="Halo").reason is Reason.REFUSED


def test_telegram_webhook_is_entered(played):
    provider, account = providers.load("telegram"), played.accounts["telegram"]
    answer = played.run(provider.subscribe(account, "http://helpdesk.invalid/baru"))
    assert isinstance(provider.read_subscribe(account, answer), Accepted)
    assert provider.read_health(account, played.run(provider.health_call(account))).is_subscribed


# STORES


def test_play_pages_answer_and_what_is_too_old(played):
    service, package = played.fakes["playstore"], REFS["playstore"]
    now = service.clock()
    service.write_many(package, [(f"Warga {number}", 1, f"keluhan {number}", now - number) for number in range(250)])
    service.write(package, RINA, 5, "lama sekali", at=now - 8 * 24 * 3600)
    found, cursor = played.pull("playstore", "reviews")
    assert len({record.external_id for record in found}) == 250
    assert cursor == {}
    assert played.fakes["playstore"].taken[-1].query["token"] == "200"
    (sent,) = played.send("playstore", target=found[0].external_id, text="Mohon perbarui")
    assert sent.value == "published"
    again, _cursor = played.pull("playstore", "reviews")
    assert again[0].reply == "Mohon perbarui"
    assert again[0].key != found[0].key


def test_play_token_of_a_service_account(played):
    key = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    service = json.dumps({"client_email": "a@b.example", "private_key": key})
    account = dataclasses.replace(played.accounts["playstore"], options={"service_account": service}, access_token="")
    provider = providers.load("playstore")
    token = provider.read_token(account, played.run(provider.token_call(account)))
    account = dataclasses.replace(account, access_token=token.access_token)
    assert provider.read_health(account, played.run(provider.health_call(account))).name == REFS["playstore"]


def test_apple_cursor_answer_and_its_publication(played):
    service, app = played.fakes["appstore"], REFS["appstore"]
    now = service.clock()
    for number in range(450):
        service.write(app, RINA, 1, "", f"keluhan {number}", at=now - number * 60)
    found, cursor = played.pull("appstore", "reviews")
    assert len({record.external_id for record in found}) == 450
    assert played.pull("appstore", "reviews", cursor)[1]["pulls"] == 2
    assert len(service.taken) == 4, "three pages at first, then one"
    (sent,) = played.send("appstore", target=found[0].external_id, text="Terima kasih")
    assert sent.value == "pending"
    states = [played.pull("appstore", "reviews", cursor)[0][0].reply_state for _time in range(2)]
    assert states == ["pending", "published"]
    reply_id = sent.external_id.partition("@")[0]
    assert played.send("appstore", action="delete", target=reply_id)[0].step == "delete"


@pytest.mark.parametrize("kind", ["x", "telegram", "playstore", "appstore"])
def test_errors_as_the_services_give_them(played, kind):
    service = played.fakes[kind]
    values = {"conversation": RINA.id} if kind == "telegram" else {"target": "1", "is_public": True}
    reasons = {}
    for name in service.fault_names():
        service.fail_next(service.fault_named(name))
        if name not in ("cut", "lost"):
            fault = played.send(kind, recipient=RINA.id, text="Halo", **values)
            reasons[name] = fault.reason
        else:
            service.faults.clear()
    assert reasons["token"] is Reason.TOKEN
    assert reasons["server"] is Reason.UNAVAILABLE
    assert Reason.RATE in reasons.values()
    assert Reason.UNKNOWN not in reasons.values()


@pytest.mark.parametrize("kind", ["whatsapp", "messenger", "instagram", "telegram", "playstore", "appstore", "call"])
def test_services_that_start_anew_use_no_id_twice(kind, monkeypatch):
    """What has the id of something from before `make fakes` was started anew would be no news to the helpdesk."""
    ids = []
    for now in (1_795_000_000.0, 1_795_000_600.0):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        played = open_all(Courier(lambda *_webhook: 200), "http://localhost", "http://localhost")
        service = next(fake for fake in played if kind in fake.kinds)
        service.act(kind, RINA, "call" if kind == "call" else "text", {"text": "Halo"})
        ids += [entry.id for entry in service.entries(service.room(kind), RINA)]
    assert len(ids) > 1
    assert len(set(ids)) == len(ids)

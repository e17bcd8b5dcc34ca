"""The providers and the Graph we play speak the same language, over real HTTP (R23.c.1, R25.a.1)."""

import dataclasses
import urllib.parse

import pytest
import requests
from meta import REFS, SECRET, account

import providers
from fakes.courier import Courier
from fakes.fake import Account, Citizen
from fakes.graph import Graph
from fakes.server import serving
from providers.records import Answer, Choice, Fault, Outgoing, OutgoingFile, OutgoingTemplate, Reason, Verdict
from tools import graph_sdk

RINA = Citizen("6280012340001", "Rina Contoh")
WEBHOOK = "http://helpdesk.invalid/"


class Played:
    """The Graph, the helpdesk's account at it, and the records of the webhooks that came."""

    def __init__(self, application, courier):
        self.graph = application.fakes["graph"]
        self.courier = courier
        self.base = f"{application.base}/graph"

    def account(self, kind, **values):
        return dataclasses.replace(account(kind), api_host=self.base, **values)

    def run(self, kind, call):
        """Run a call as the helpdesk would."""
        files = [(name, (file, content, mime)) for name, file, content, mime in call.files]
        answer = requests.request(
            call.method,
            call.url,
            params=call.params,
            headers=call.headers,
            json=call.json,
            data=call.form,
            files=files or None,
            timeout=10,
        )
        return Answer(answer.status_code, dict(answer.headers), answer.content)

    def send(self, kind, **values):
        """All steps of something to send; what they made, or the fault."""
        ours, outgoing, done = self.account(kind), Outgoing(**values), ()
        provider = providers.load(kind)
        while call := provider.build(ours, outgoing, done):
            if isinstance(call, Fault):
                return call
            found = provider.read_answer(ours, call, self.run(kind, call))
            if isinstance(found, Fault):
                return found
            done = (*done, found)
        return done

    def look_up(self, kind, outgoing):
        """The id under which the service has a message whose answer was lost; None where it has none."""
        ours, provider = self.account(kind), providers.load(kind)
        answer = self.run(kind, provider.check_sent(ours, outgoing))
        found = provider.read_check_sent(ours, outgoing, answer)
        return found and found.external_id

    def records(self, kind):
        """What the webhooks say that came since the last time."""
        self.courier.bring()
        found, self.courier.received = self.courier.received, []
        return [record for body, headers in found for record in self._read(kind, body, headers)]

    def _read(self, kind, body, headers):
        ours = self.account(kind)
        assert providers.verify(ours, headers, body) is Verdict.GENUINE
        return providers.parse(ours, body)


@pytest.fixture
def played():
    courier = Courier(lambda _address, body, headers: courier.received.append((body, headers)) or 200)
    courier.received = []
    with serving(lambda base: [Graph(courier, base)], courier) as application:
        for kind, ref in REFS.items():
            application.fakes["graph"].add_account(Account(kind, ref, WEBHOOK, SECRET, "token-uji", "UJI"))
        yield Played(application, courier)


def test_whatsapp_conversation(played):
    played.graph.act("whatsapp", RINA, "text", {"text": "Halo"})
    (message,) = played.records("whatsapp")
    assert (message.text, message.sender.name, message.sender.phone) == ("Halo", RINA.name, f"+{RINA.id}")
    (sent,) = played.send("whatsapp", text="Ya?", recipient=RINA.id, reply_to=message.external_id, reference="r:1")
    statuses = played.records("whatsapp")
    assert [(status.state, status.message_id, status.reference) for status in statuses] == [
        ("sent", sent.external_id, "r:1"),
        ("delivered", sent.external_id, "r:1"),
    ]
    answer, reply = played.graph.entries(played.graph.room("whatsapp"), RINA)
    assert (answer.text, reply.text, reply.quote) == ("Halo", "Ya?", "Halo")
    (read,) = played.records("whatsapp")
    assert read.state == "read"


def test_whatsapp_files_both_ways(played):
    file = ("foto.jpg", "image/jpeg", b"\xff\xd8bytes")
    played.graph.act("whatsapp", RINA, "file", {"files": [file], "text": "Layar saya"})
    (message,) = played.records("whatsapp")
    ours, media = played.account("whatsapp"), message.media[0]
    whatsapp = providers.load("whatsapp")
    lookup = played.run("whatsapp", whatsapp.media_request(ours, media))
    fetched = played.run("whatsapp", whatsapp.media_request(ours, media, lookup))
    assert fetched.body == file[2]
    assert providers.digest(fetched.body) == media.sha256
    guide = OutgoingFile("panduan.pdf", "application/pdf", 4, b"%PDF")
    played.send("whatsapp", text="Panduan", files=(guide,), recipient=RINA.id)
    entry = played.graph.entries(played.graph.room("whatsapp"), RINA)[-1]
    assert (entry.text, entry.media[0]["name"]) == ("Panduan", "panduan.pdf")
    without_token = requests.get(entry.media[0]["url"] + "?wa=1", timeout=10)
    assert without_token.status_code == 401


def test_whatsapp_window_and_templates(played):
    now = played.graph.clock()
    played.graph.act("whatsapp", RINA, "text", {"text": "Halo"})
    played.graph.clock = lambda: now + 25 * 3600
    assert played.send("whatsapp", text="Terlambat", recipient=RINA.id).reason is Reason.WINDOW_CLOSED
    template = OutgoingTemplate("pembaruan_tiket", "id", (("1", "HD-1"), ("2", "Selesai")))
    played.send("whatsapp", template=template, recipient=RINA.id)
    assert "HD-1" in played.graph.entries(played.graph.room("whatsapp"), RINA)[-1].text
    paused = OutgoingTemplate("survei_kepuasan", "id")
    assert played.send("whatsapp", template=paused, recipient=RINA.id).reason is Reason.TEMPLATE
    whatsapp, ours = providers.load("whatsapp"), played.account("whatsapp")
    cursor, names = {}, []
    while True:
        pulled = whatsapp.read_pull(
            ours, "templates", cursor, played.run("whatsapp", whatsapp.pull(ours, "templates", cursor))
        )
        names += [record.name for record in pulled.records]
        if not pulled.has_more:
            break
        cursor = pulled.cursor
    assert names == ["pembaruan_tiket", "lanjut_percakapan", "survei_kepuasan"]


def test_whatsapp_other_kinds(played):
    graph = played.graph
    for action in ("voice", "sticker", "location", "contact"):
        graph.act("whatsapp", RINA, action, {})
    assert [record.kind for record in played.records("whatsapp")] == ["media", "sticker", "location", "contact"]
    (sent,) = played.send("whatsapp", text="Puas?", buttons=(Choice("Ya", "ya"),), recipient=RINA.id)
    played.records("whatsapp")
    graph.act("whatsapp", RINA, "press", {"payload": "ya", "text": "Ya", "target": sent.external_id})
    graph.act("whatsapp", RINA, "react", {"target": sent.external_id, "emoji": "👍"})
    own = graph.act("whatsapp", RINA, "text", {"text": "slah"})
    graph.act("whatsapp", RINA, "edit", {"target": own.id, "text": "salah"})
    graph.act("whatsapp", RINA, "unsend", {"target": own.id})
    pressed, reaction, _text, edit, deletion = played.records("whatsapp")
    assert (pressed.choice, pressed.reply_to) == (Choice("Ya", "ya"), sent.external_id)
    assert (reaction.message_id, reaction.emoji) == (sent.external_id, "👍")
    assert (edit.message_id, edit.text, deletion.message_id) == (own.id, "salah", own.id)


@pytest.mark.parametrize("kind", ["messenger", "instagram"])
def test_private_messages(played, kind):
    graph = played.graph
    graph.act(kind, RINA, "text", {"text": "Halo"})
    (message,) = played.records(kind)
    assert (message.channel, message.conversation) == (kind, RINA.id)
    (sent,) = played.send(kind, text="Ya?", recipient=RINA.id, reference="r:1")
    found = {record.record: record for record in played.records(kind)}
    assert (found["message"].is_echo, found["message"].external_id) == (True, sent.external_id)
    graph.entries(graph.room(kind), RINA)
    (read,) = played.records(kind)
    assert read.state == "read"
    now = graph.clock()
    graph.clock = lambda: now + 25 * 3600
    assert played.send(kind, text="Telat", recipient=RINA.id).reason is Reason.WINDOW_CLOSED
    assert played.send(kind, text="Orang", recipient=RINA.id, tag="human_agent")[0].external_id
    graph.clock = lambda: now + 8 * 24 * 3600
    assert played.send(kind, text="Orang", recipient=RINA.id, tag="human_agent").reason is Reason.WINDOW_CLOSED
    assert played.send(kind, text="Siapa", recipient="99").reason is Reason.NO_RECIPIENT


def test_messenger_file(played):
    played.graph.act("messenger", RINA, "file", {"files": [("a.png", "image/png", b"x")]})
    (message,) = played.records("messenger")
    call = providers.load("messenger").media_request(played.account("messenger"), message.media[0])
    assert played.run("messenger", call).body == b"x"
    guide = OutgoingFile("panduan.pdf", "application/pdf", 4, b"%PDF")
    assert len(played.send("messenger", files=(guide,), recipient=RINA.id)) == 2
    entry = played.graph.entries(played.graph.room("messenger"), RINA)[-1]
    assert (entry.media[0]["type"], entry.media[0]["name"]) == ("file", "panduan.pdf")


@pytest.mark.parametrize(("kind", "room"), [("facebook", "facebook"), ("instagram", "instagram_comments")])
def test_comments(played, kind, room):
    graph = played.graph
    top = graph.act(room, RINA, "text", {"text": "Kenapa?"})
    graph.act(room, Citizen("62899", "Joko"), "reply", {"text": "Sama", "target": top.id})
    first, second = played.records(kind)
    assert (first.is_public, second.conversation, second.reply_to) == (True, first.external_id, first.external_id)
    (sent,) = played.send(kind, text="Kami cek", target=top.id, is_public=True)
    (own,) = played.records(kind)
    assert (own.is_echo, own.external_id, own.conversation) == (True, sent.external_id, first.external_id)
    assert played.send(kind, text="Pribadi", target=top.id, is_private_reply=True)[0].external_id
    assert played.send(kind, text="Lagi", target=top.id, is_private_reply=True).reason is Reason.DUPLICATE
    played.send(kind, action="hide", target=top.id)
    assert "Kenapa?" not in [entry.text for entry in graph.entries(graph.room(room), RINA)]
    played.send(kind, action="unhide", target=top.id)
    played.send(kind, action="delete", target=top.id)
    assert played.send(kind, text="Hilang", target=top.id, is_public=True).reason is Reason.GONE


@pytest.mark.parametrize("kind", ["messenger", "instagram"])
def test_lost_answers_are_found_again(played, kind):
    """A request whose answer was lost is looked up before it is sent again."""
    played.graph.act(kind, RINA, "text", {"text": "Halo"})
    (sent,) = played.send(kind, text="Ya?", recipient=RINA.id)
    for text, found in (("Ya?", sent.external_id), ("Belum terkirim", None)):
        outgoing = Outgoing(text=text, recipient=RINA.id)
        assert played.look_up(kind, outgoing) == found


@pytest.mark.parametrize(("kind", "room"), [("facebook", "facebook"), ("instagram", "instagram_comments")])
def test_lost_answers_to_comments_are_found_again(played, kind, room):
    top = played.graph.act(room, RINA, "text", {"text": "Kenapa?"})
    (sent,) = played.send(kind, text="Kami cek", target=top.id, conversation=top.id, is_public=True)
    for text, found in (("Kami cek", sent.external_id), ("Belum", None)):
        outgoing = Outgoing(text=text, target=top.id, conversation=top.id, is_public=True)
        assert played.look_up(kind, outgoing) == found


def test_lost_private_reply_is_found_again(played):
    top = played.graph.act("facebook", RINA, "text", {"text": "Kenapa?"})
    outgoing = Outgoing(text="Pribadi", target=top.id, is_private_reply=True)
    assert played.look_up("facebook", outgoing) is None
    played.send("facebook", text="Pribadi", target=top.id, is_private_reply=True)
    assert played.look_up("facebook", outgoing) == ""


@pytest.mark.parametrize(("kind", "room"), [("facebook", "facebook"), ("instagram", "instagram_comments")])
def test_what_webhooks_missed_is_pulled(played, kind, room):
    top = played.graph.act(room, RINA, "text", {"text": "Kenapa?"})
    played.send(kind, text="Kami cek", target=top.id, conversation=top.id, is_public=True)
    by_webhook = {record.key for record in played.records(kind)}
    provider, ours, cursor, pulled_keys = providers.load(kind), played.account(kind), {}, set()
    for _page in range(5):
        call = provider.pull(ours, "messages", cursor)
        pulled = provider.read_pull(ours, "messages", cursor, played.run(kind, call))
        pulled_keys |= {record.key for record in pulled.records}
        assert all(record.post.text for record in pulled.records if record.is_public)
        cursor = pulled.cursor
        if not pulled.has_more:
            break
    assert pulled_keys == by_webhook


def test_posts_are_asked_for(played):
    top = played.graph.act("instagram_comments", RINA, "text", {"text": "Kenapa?"})
    (record,) = played.records("instagram")
    instagram, ours = providers.load("instagram"), played.account("instagram")
    answer = played.run("instagram", instagram.post_call(ours, record.post.external_id))
    assert top.post == record.post.external_id
    assert instagram.read_post(ours, record.post.external_id, "", answer).text.startswith("Jadwal")


def test_faults_on_demand(played):
    played.graph.act("whatsapp", RINA, "text", {"text": "Halo"})
    for name, reason in (
        ("token", Reason.TOKEN),
        ("rate", Reason.RATE),
        ("server", Reason.UNAVAILABLE),
        ("undeliverable", Reason.UNDELIVERABLE),
    ):
        played.graph.fail_next(played.graph.fault_named(name))
        fault = played.send("whatsapp", text="x", recipient=RINA.id)
        assert fault.reason is reason, name
    assert played.send("whatsapp", text="x", recipient=RINA.id)[0].external_id
    played.graph.fail_next(played.graph.fault_named("cut"))
    with pytest.raises(requests.ConnectionError):
        played.send("whatsapp", text="x", recipient=RINA.id)
    played.graph.accounts["whatsapp", REFS["whatsapp"]].token = "baru"
    assert played.send("whatsapp", text="x", recipient=RINA.id).reason is Reason.TOKEN


def test_courier_repeats_forges_and_shuffles():
    """What is not taken comes again; twice and in any order where the weather says so."""
    taken, refuse = [], [True]

    def helpdesk(_address, body, headers):
        taken.append((body, headers["X-Hub-Signature-256"]))
        return 500 if refuse[0] else 200

    courier = Courier(helpdesk)
    graph = Graph(courier)
    graph.add_account(Account("whatsapp", REFS["whatsapp"], WEBHOOK, SECRET, token="UJI"))
    graph.act("whatsapp", RINA, "text", {"text": "Halo"})
    courier.bring(now=0)
    assert courier.bring(now=0.5) == 0
    refuse[0] = False
    courier.bring(now=1.5)
    assert len(taken) == 2
    assert not courier.waiting
    courier.weather.doubled = courier.weather.forged = 1
    graph.act("whatsapp", RINA, "text", {"text": "Dua"})
    courier.bring(now=2)
    assert [signature == "sha256=" + "0" * 64 for _body, signature in taken[2:]] == [True, False, False]


def answer_by_sdk(call):
    response = graph_sdk.send(call, (5, 10))
    return Answer(response.status_code, dict(response.headers), response.content)


@pytest.mark.parametrize("kind", ["facebook", "messenger", "instagram"])
def test_facebook_sdk_does_the_same(played, kind):
    """Accounts may use facebook-sdk: its answers are those of requests, its requests carry the token in the header."""
    room = "instagram_comments" if kind == "instagram" else kind
    said = played.graph.act(room, RINA, "text", {"text": "Halo"})
    ours, provider = played.account(kind), providers.load(kind)
    outgoing = Outgoing(text="Kami cek 🙏", target=said.id, conversation=said.id, recipient=RINA.id, is_public=True)
    calls = [
        provider.health_call(ours),
        provider.build(ours, outgoing),
        provider.check_sent(ours, outgoing),
        provider.pull(ours, "messages", {}),
    ]
    if kind != "messenger":
        calls += [
            provider.build(ours, Outgoing(action=action, target=said.id)) for action in ("hide", "unhide", "delete")
        ]
    for call in calls:
        by_sdk = answer_by_sdk(call)
        sent = played.graph.taken[-1]
        assert sent.headers["Authorization"] == "Bearer UJI"
        assert "access_token" not in {**sent.query, **sent.form}
        by_requests = played.run(kind, call)
        assert played.graph.taken[-1].path == sent.path
        assert by_sdk.status == by_requests.status, call
        assert set(by_sdk.json() or {}) == set(by_requests.json() or {})
    gone = provider.read_answer(ours, calls[1], answer_by_sdk(calls[1]))
    assert isinstance(gone, Fault) == (kind != "messenger")


def test_page(played):
    """The citizen's page lists its rooms and lets a citizen act."""
    base = played.base.removesuffix("/graph")
    assert "Warga" in requests.get(base, timeout=10).text
    assert requests.get(f"{base}/page/page.js", timeout=10).status_code == 200
    assert requests.get(f"{base}/page/..%2Fgraph.py", timeout=10).status_code == 404
    rooms = requests.get(f"{base}/page/api/rooms", timeout=10).json()
    assert [room["kind"] for room in rooms] == ["whatsapp", "messenger", "facebook", "instagram_comments", "instagram"]
    form = {"action": "text", "citizen": RINA.id, "name": RINA.name, "text": "Dari halaman"}
    assert requests.post(f"{base}/page/api/whatsapp/act", data=form, timeout=10).ok
    (message,) = played.records("whatsapp")
    assert message.text == "Dari halaman"
    query = urllib.parse.urlencode({"citizen": RINA.id})
    (entry,) = requests.get(f"{base}/page/api/whatsapp/entries?{query}", timeout=10).json()
    assert entry["text"] == "Dari halaman"

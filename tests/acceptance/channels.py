"""Every documented sample of every channel through a running helpdesk and back (R23.a.1, R24.a, R25.a.1, R26.a).

    python tests/acceptance/channels.py http://localhost:8069 --receiver http://localhost:8075 [--only whatsapp,x]

Plays the outside services on port 9100, where the demo data's channels have theirs (not beside `make fakes`), and a
mail server. Each sample goes in as the service brings it, by the light receiver where there is one; the helpdesk makes
a message on a ticket of it; an agent answers; the service must get the right request; and what it says of the answer
must stand on the message. One line for each sample, and 1 at the end when something is missing. The samples' ids and
times are moved by this run's time, so that it may run again; it writes tickets and ends what it sets up.
"""

import argparse
import contextlib
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import requests
from _helpdesk import Helpdesk, wait_for

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "addons/kemenkes_channels"
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ADDON)]

from ari.events import Interpreter  # noqa: E402

from fakes import cti as cti_fake  # noqa: E402
from fakes import x as x_fake  # noqa: E402
from fakes.accounts import demo_accounts  # noqa: E402
from fakes.appstore import AppStore  # noqa: E402
from fakes.courier import Courier  # noqa: E402
from fakes.cti import Cti  # noqa: E402
from fakes.graph import Graph  # noqa: E402
from fakes.mail import mail_server  # noqa: E402
from fakes.playstore import PlayStore  # noqa: E402
from fakes.server import serving  # noqa: E402
from fakes.telegram import Telegram  # noqa: E402
from fakes.x import X  # noqa: E402

SAMPLES = ADDON / "tests/samples"
# When the samples happen: Tuesday, 24 November 2026, 03:00 UTC; moved to twenty minutes ago.
SAMPLE_SECONDS = 1795489200
AGO = 1200
PORT = 9100
ROW = "{:<11} {:<42} {:>7} {:>8} {:<5} {:<10} {:>7}  {}"
# Ids of Meta's samples that must be new in each run.
META_IDS = ("wamid.", "m_UJI", "aWdfZ", "1787000", "320000000000010_5")


@dataclass
class Outcome:
    """What became of one sample.

    :param statuses: of the webhook's requests
    :param int wanted: things that have to be on tickets
    :param int found: those that are
    :param str request: what the service got for the agent's answer; "-" where there is nothing to answer
    :param str state: how far the answer is
    """

    statuses: list
    wanted: int = 0
    found: int = 0
    request: str = "-"
    state: str = "-"

    def is_right(self):
        """Whether everything went there and back."""
        came = all(200 <= status < 300 for status in self.statuses)
        return came and self.wanted == self.found and bool(self.request) and bool(self.state)


def load(folder):
    """``(name, payload)`` of a folder's samples; of a file that holds several each."""
    for file in sorted((SAMPLES / folder).glob("*.json")):
        content = json.loads(file.read_text())
        if file.stem.startswith("outbound"):
            continue
        if not isinstance(content, list):
            yield file.stem, content
            continue
        yield from ((f"{file.stem} {number}", payload) for number, payload in enumerate(content, 1))


def moved(value, change):
    """A payload in which ``change(text or number)`` has replaced every plain value."""
    if isinstance(value, dict):
        return {key: moved(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [moved(item, change) for item in value]
    return value if isinstance(value, bool) or value is None else change(value)


def moved_time(value, now):
    """A sample's time, in seconds or milliseconds, moved to the present; everything else as it is."""
    digits = str(value)
    if digits.startswith("17954") and len(digits) in (10, 13):
        scale = 1 if len(digits) == 10 else 1000
        return type(value)(int(digits) + (now - SAMPLE_SECONDS - AGO) * scale)
    return value


class Road:
    """The way of one channel: a subclass says what its samples are, how they come in and what is to be found.

    :param run: :class:`Run`
    """

    kind = ""
    # states that an answer has to reach: what the service tells of it
    there = ("sent", "delivered", "read")

    def __init__(self, run):
        self.run, self.helpdesk, self.now = run, run.helpdesk, run.now

    def samples(self):
        """``(name, payload)`` of what comes in."""
        raise NotImplementedError

    def go(self, payload):
        """One sample there and back; its :class:`Outcome`."""
        raise NotImplementedError

    def bring(self, fake, body, headers):
        """Let the courier take a webhook to the helpdesk; the statuses of its answers."""
        account = next(account for (kind, _ref), account in fake.accounts.items() if kind == self.kind)
        return self.run.bring(lambda: self.run.courier.take(account.webhook, body, headers))

    def find(self, wanted):
        """The rows of messages with these ids at the service, once all are there."""
        domain = [("external_id", "in", wanted), ("channel_id.kind", "=", self.kind)]

        def all_of():
            rows = self.helpdesk.read("helpdesk.channel.message", domain, "external_id", "ticket_id")
            return rows if {row["external_id"] for row in rows} == set(wanted) else None

        return wait_for(all_of) or []

    def answer(self, ticket_id, fake):
        """An agent's answer on a ticket: ``(path of the service's request, state of the answer)``."""
        text = f"Jawaban uji {time.time():.3f}"
        options = {"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.helpdesk.call("helpdesk.ticket", "message_post", [ticket_id], **options)
        asked = wait_for(lambda: next((one for one in fake.taken if text in json.dumps([one.json, one.form])), None))
        return (asked.path, self.state_of(text)) if asked else ("", "")

    def state_of(self, text):
        """How far an answer is, once it is with the service."""
        said = ("message_id.body", "like", text)
        sent = [said, ("state", "not in", ("queued", "failed"))]
        # a status that comes before the helpdesk has noted the message's id waits there for a minute
        wait_for(lambda: self.helpdesk.read("helpdesk.outbox.message", sent, "state", limit=1))
        self.run.bring(lambda: None)
        there = [said, ("state", "in", self.there)]
        found = wait_for(lambda: self.helpdesk.read("helpdesk.outbox.message", there, "state", limit=1))
        return found[0]["state"] if found else ""

    def go_as_messages(self, fake, statuses, wanted):
        """The rest of the way of what became messages."""
        if not wanted:
            return Outcome(statuses)
        found = self.find(wanted)
        if not found:
            return Outcome(statuses, len(wanted), 0, "", "")
        request, state = self.answer(found[0]["ticket_id"][0], fake)
        return Outcome(statuses, len(wanted), len(found), request, state)


class MetaRoad(Road):
    """WhatsApp, Messenger, Facebook, Instagram."""

    folder = ""

    def samples(self):
        # an answer to a reply goes to the comment above it, which has to be known
        for name, payload in sorted(load(self.folder or self.kind), key=lambda sample: "nested" in sample[0]):
            yield name, moved(payload, self._change)

    def _change(self, value):
        if isinstance(value, str) and value.startswith(META_IDS):
            return f"{value}{self.now}"
        return moved_time(value, self.now)

    def go(self, payload):
        graph = self.run.fakes["graph"]
        statuses = self.run.bring(lambda: graph.replay(self.kind, payload))
        return self.go_as_messages(graph, statuses, list(customers_words(payload)))


class WhatsappRoad(MetaRoad):
    kind, there = "whatsapp", ("delivered", "read")


class MessengerRoad(MetaRoad):
    kind = "messenger"


class FacebookRoad(MetaRoad):
    kind, folder = "facebook", "facebook_page"


class InstagramRoad(MetaRoad):
    kind = "instagram"


def customers_words(payload):
    """Ids of the messages in one of Meta's payloads that customers wrote, and that can be answered."""
    for entry in payload["entry"]:
        for event in entry.get("messaging", ()):
            said = event.get("message") or event.get("postback")
            if said and not said.get("is_echo"):
                yield said["mid"]
        for change in entry.get("changes", ()):
            value = change["value"]
            yield from (item["id"] for item in value.get("messages", ()) if item["type"] != "reaction")
            author = value.get("from", {}).get("id")
            if author and author != entry["id"]:
                yield value.get("comment_id") or value["id"]


class XRoad(Road):
    """Mentions, replies, direct messages, and what can only be read on X itself."""

    kind = "x"

    def samples(self):
        for name, payload in load("x_twitter"):
            if name.startswith("xaa_"):
                yield name, moved(payload, self._change)

    def _change(self, value):
        digits = str(value)
        if isinstance(value, str) and digits.lstrip("-").startswith(("21000000000", "20999999999", "30000000000")):
            return str(int(digits) + self.now * 1000)
        if isinstance(value, str) and digits.startswith("b6e0a5b0"):
            return f"{value}-{self.now}"
        return moved_time(value, self.now)

    def go(self, payload):
        service = self.run.fakes["x"]
        event = payload["data"]
        body = json.dumps(payload).encode()
        service.learn(event)
        statuses = self.bring(service, body, x_fake.sign(body, service.accounts["x", self._ref(service)].secret))
        said = event["payload"]
        wanted = [message["id"] for message in said.get("direct_message_events", [said])]
        return self.go_as_messages(service, statuses, wanted)

    def _ref(self, service):
        return next(ref for _kind, ref in service.accounts)


class TelegramRoad(Road):
    """Chats with the bot."""

    kind = "telegram"

    def samples(self):
        for name, payload in load("telegram"):
            yield name, self._renumber(moved(payload, lambda value: moved_time(value, self.now)))

    def _renumber(self, value):
        if isinstance(value, list):
            return [self._renumber(item) for item in value]
        if not isinstance(value, dict):
            return value
        numbered = ("update_id", "message_id")
        return {
            key: item + self.now % 10_000_000 * 100 if key in numbered else self._renumber(item)
            for key, item in value.items()
        }

    def go(self, payload):
        service = self.run.fakes["telegram"]
        service.learn(payload)
        account = next(iter(service.accounts.values()))
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": account.verify_token}
        statuses = self.bring(service, json.dumps(payload).encode(), headers)
        said = payload.get("message")
        # opening the chat is no message
        is_said = said and not said.get("text", "").startswith("/start")
        wanted = [f"{said['chat']['id']}:{said['message_id']}"] if is_said else []
        return self.go_as_messages(service, statuses, wanted)


class StoreRoad(Road):
    """Reviews: the helpdesk asks for them and answers each."""

    def reviews(self, service, payload):
        """Keep a page's reviews at the service; their ids."""
        raise NotImplementedError

    def go(self, payload):
        service = self.run.fakes[self.kind]
        before = len(service.taken)
        wanted = self.reviews(service, payload)
        [channel] = self.helpdesk.call("helpdesk.channel", "search", [("kind", "=", self.kind)], limit=1)
        self.helpdesk.call("helpdesk.channel", "action_pull", [channel])
        domain = [("external_id", "in", wanted), ("channel_id", "=", channel)]

        def all_of():
            rows = self.helpdesk.read("helpdesk.review", domain, "id")
            return rows if len(rows) == len(wanted) else None

        found = wait_for(all_of) or []
        statuses = [200] if len(service.taken) > before else []
        if not found:
            return Outcome(statuses, len(wanted), 0, "", "")
        request, state = self._answer_review(service, found[0]["id"])
        return Outcome(statuses, len(wanted), len(found), request, state)

    def _answer_review(self, service, review_id):
        text = f"Mohon perbarui aplikasi ({time.time():.3f})."
        self.helpdesk.call("helpdesk.review", "answer", [review_id], text)
        asked = wait_for(lambda: next((one for one in service.taken if text in json.dumps(one.json or "")), None))
        if not asked:
            return "", ""
        state = self.state_of(text)
        [review] = self.helpdesk.read("helpdesk.review", [("id", "=", review_id)], "state")
        return asked.path.rpartition("/")[2], state if review["state"] == "answered" else ""


class PlaystoreRoad(StoreRoad):
    kind = "playstore"

    def samples(self):
        for name, payload in load("google_play"):
            if name.startswith("review"):
                yield name, moved(payload, self._change)

    def _change(self, value):
        if isinstance(value, str) and value.startswith("uji-ulasan"):
            return f"{value}-{self.now}"
        return moved_time(value, self.now)

    def reviews(self, service, payload):
        package = next(ref for _kind, ref in service.accounts)
        return [service.learn(package, review).id for review in payload["reviews"]]


class AppstoreRoad(StoreRoad):
    kind = "appstore"

    def samples(self):
        for name, payload in load("app_store"):
            if name.startswith("customer_review"):
                # a review stands in two samples: each is one of its own
                yield name, moved(payload, lambda value, name=name: self._change(value, name))

    def _change(self, value, name):
        if isinstance(value, str) and value.startswith("00000099"):
            return f"{value}-{self.now}{len(name)}"
        if isinstance(value, str) and value.startswith("2026-11-2"):
            return datetime.fromtimestamp(self.now - AGO, timezone.utc).isoformat(timespec="seconds")
        return value

    def reviews(self, service, payload):
        app = next(ref for _kind, ref in service.accounts)
        return [service.learn(app, review, payload.get("included", ())).id for review in payload["data"]]


class CallRoad(Road):
    """The telephone: steps of a call come in; the agent's answer is a call back."""

    kind = "call"

    def samples(self):
        names = dict(load("call_cti"))
        for name in ("cti_ringing", "cti_answered", "cti_ended_with_recording", "cti_missed"):
            yield name, self._moved(names[name], "9" if name == "cti_missed" else "7")
        [told] = Interpreter("http://127.0.0.1").read(names["asterisk_ari_stasis_start"])
        yield "asterisk_ari_stasis_start", self._moved({**told, "to": ""}, "5")

    def _moved(self, payload, number):
        shift = self.now - SAMPLE_SECONDS - AGO
        moment = datetime.fromisoformat(payload["occurred_at"].replace("Z", "+00:00")).timestamp() + shift
        body = {
            **payload,
            "call_id": f"uji-{number}-{self.now}",
            "event_id": f"{payload.get('event_id', number)}-{self.now}-{number}",
            "occurred_at": datetime.fromtimestamp(moment, timezone.utc).isoformat(),
            "agent": {"extension": "2011"},
        }
        if "recording" in body:
            sound = cti_fake.sound(2)
            self.run.fakes["cti"].recordings["uji"] = sound
            url = f"{self.run.fakes['cti'].base}/recordings/uji.wav"
            body["recording"] = {**body["recording"], "url": url, "sha256": cti_fake.fingerprint(sound)}
        return body

    def go(self, payload):
        service = self.run.fakes["cti"]
        raw = json.dumps(payload).encode()
        [account] = service.accounts.values()
        headers = cti_fake.signature(account.secret, payload["event_id"], raw)
        statuses = self.bring(service, raw, headers)
        domain = [("external_id", "=", payload["call_id"])]
        state = {"call.answered": "talking", "call.missed": "missed", "call.ended": "ended"}.get(payload["event"])
        wanted = [*domain, ("state", "=", state), ("ticket_id", "!=", False)] if state else domain
        found = wait_for(lambda: self.helpdesk.read("helpdesk.call", wanted, "ticket_id"))
        if not found or not state:
            return Outcome(statuses, 1, len(found or ()))
        if "recording" in payload and not self._has_recording(found[0]["id"]):
            return Outcome(statuses, 1, 0, "", "")
        if payload["event"] == "call.answered":
            return Outcome(statuses, 1, 1)
        request, state = self._call_back(service, found[0]["ticket_id"][0])
        return Outcome(statuses, 1, 1, request, state)

    def _has_recording(self, call_id):
        domain = [("call_id", "=", call_id), ("state", "=", "done")]
        return wait_for(lambda: self.helpdesk.read("helpdesk.call.recording", domain, "id"))

    def _call_back(self, service, ticket_id):
        before = len(service.taken)
        [last] = self.helpdesk.call("helpdesk.call", "search", [], limit=1, order="id desc")
        self.run.agent.call("helpdesk.ticket", "action_dial", [ticket_id])
        asked = wait_for(lambda: next((one for one in service.taken[before:] if one.path == "/calls"), None))
        if not asked:
            return "", ""
        self.run.bring(lambda: None)
        domain = [("id", ">", last), ("ticket_id", "=", ticket_id), ("state", "=", "ringing")]
        rows = wait_for(lambda: self.helpdesk.read("helpdesk.call", domain, "state"))
        return asked.path, rows[0]["state"] if rows else ""


class EmailRoad(Road):
    """Mails by the entrance for mail servers, answers by SMTP; a mail that comes back fails its answer."""

    kind = "email"

    def samples(self):
        names = dict(load("email"))
        for name in ("new_request", "auto_reply_out_of_office", "bounce_dsn"):
            yield name, names[name]["raw"].replace("<uji-", f"<uji-{self.now}-")

    def go(self, payload):
        if "delivery-status" in payload:
            return self._go_as_bounce(payload)
        statuses = [self._bring(payload)]
        message_id = payload.partition("Message-ID: ")[2].partition("\r\n")[0]
        domain = [("external_id", "=like", f"{message_id}%")]
        wanted = [*domain, ("state", "in", ("done", "ignored"))]
        found = wait_for(lambda: self.helpdesk.read("helpdesk.inbox.event", wanted, "ticket_id", "state"))
        if not found:
            return Outcome(statuses, 1, 0, "", "")
        if "Auto-Submitted" in payload:
            # a machine's mail is answered by nobody
            return Outcome(statuses, 1, 1)
        request, state = self._answer_by_mail(found[0]["ticket_id"][0])
        return Outcome(statuses, 1, 1, request, state)

    def _bring(self, raw):
        [channel] = self.helpdesk.read("helpdesk.channel", [("kind", "=", "email")], "mail_entrance", limit=1)
        path = channel["mail_entrance"].partition("/helpdesk/mail/")[2]
        address = f"{self.helpdesk.address}/helpdesk/mail/{path}"
        return requests.post(address, data=raw.encode(), timeout=120).status_code

    def _answer_by_mail(self, ticket_id):
        text = f"Jawaban uji {time.time():.3f}"
        options = {"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.helpdesk.call("helpdesk.ticket", "message_post", [ticket_id], **options)
        mail = wait_for(lambda: next((one for one in self.run.mails if text in str(one)), None))
        if not mail:
            return "", ""
        self.answered = mail["Message-ID"], text
        return f"mail to {mail['To']}", self.state_of(text)

    def _go_as_bounce(self, payload):
        message_id, text = self.answered
        raw = payload.replace("<odoo-9@helpdesk.contoh.invalid>", message_id.strip())
        statuses = [self._bring(raw.replace("salah@contoh.invalid", "siti@contoh.invalid"))]
        domain = [("message_id.body", "like", text), ("state", "=", "failed")]
        rows = wait_for(lambda: self.helpdesk.read("helpdesk.outbox.message", domain, "state"))
        return Outcome(statuses, 1, len(rows or ()), "-", "failed" if rows else "")


class FormRoad(EmailRoad):
    """The public web form, answered by mail."""

    kind = "form"

    def samples(self):
        yield "web_form_submission", json.loads((SAMPLES / "open_api/web_form_submission.json").read_text())["form"]

    def go(self, payload):
        from reviews_as_forms import TOKEN, TOPIC, read_reference

        address = f"{self.helpdesk.address}/helpdesk/form/satusehat-mobile"
        page = requests.get(address, timeout=120).text
        time.sleep(4)  # faster than that nobody fills in a form
        data = {
            "form_token": TOKEN.search(page)[1],
            "name": payload["name"],
            "email": f"maya{self.now}@contoh.example",
            "category_id": TOPIC.findall(page)[0],
            "subject": payload["description"],
            "message": payload["description"],
            "consent": "1",
        }
        answer = requests.post(address, data=data, timeout=120)
        reference = read_reference(answer)
        found = reference and self.helpdesk.read("helpdesk.ticket", [("ticket_ref", "=", reference)], "id")
        if not found:
            return Outcome([answer.status_code], 1, 0, "", "")
        request, state = self._answer_by_mail(found[0]["id"])
        return Outcome([answer.status_code], 1, 1, request, state)


class LivechatRoad(Road):
    """A visitor of the widget: asks for a session, writes, reads the agent's answer."""

    kind = "livechat"

    def samples(self):
        said = json.loads((SAMPLES / "live_chat/message_post.json").read_text())["embedded_site"]
        yield "get_session, message_post", said

    def go(self, payload):
        [channel] = self.helpdesk.read("helpdesk.channel", [("kind", "=", "livechat")], "livechat_id", limit=1)
        session = self._ask(
            "/im_livechat/cors/get_session",
            channel_id=channel["livechat_id"][0],
            chatbot_script_id=None,
            previous_operator_id=None,
            persisted=True,
        )
        token, chat_id = session["store_data"]["Store"]["guest_token"], session["channel_id"]
        text = f"{payload['json']['params']['post_data']['body']} {self.now}"
        data = {**payload["json"]["params"]["post_data"], "body": text}
        self._ask(payload["path"], guest_token=token, thread_model="discuss.channel", thread_id=chat_id, post_data=data)
        domain = [("channel_id.kind", "=", "livechat"), ("message_ids.body", "like", text)]
        found = wait_for(lambda: self.helpdesk.read("helpdesk.ticket", domain, "id"))
        if not found:
            return Outcome([200], 1, 0, "", "")
        words = f"Jawaban uji {time.time():.3f}"
        options = {"body": words, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.helpdesk.call("helpdesk.ticket", "message_post", [found[0]["id"]], **options)
        path = "/im_livechat/cors/channel/messages"
        heard = wait_for(lambda: words in json.dumps(self._ask(path, guest_token=token, channel_id=chat_id)))
        self._ask("/im_livechat/cors/visitor_leave_session", guest_token=token, channel_id=chat_id)
        return Outcome([200], 1, 1, path if heard else "", "read" if heard else "")

    def _ask(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = requests.post(self.helpdesk.address + path, json=body, timeout=120).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        # what gives nothing leaves it out
        return answer.get("result")


class ApiRoad(Road):
    """Another system makes a ticket, twice under one name, and reads the agent's answer."""

    kind = "api"

    def samples(self):
        yield "incoming_ticket_create", json.loads((SAMPLES / "open_api/incoming_ticket_create.json").read_text())

    def go(self, payload):
        headers = {"Authorization": f"Bearer {self.run.key}"}
        body = {key: payload[key] for key in ("subject", "description")}
        body["customer"] = payload["contact"]
        base = f"{self.helpdesk.address}/helpdesk/api/v1/tickets"
        named = {**headers, "Idempotency-Key": f"{payload['idempotency_key']}-{self.now}"}
        made = [requests.post(base, json=body, headers=named, timeout=120) for _time in range(2)]
        numbers = {answer.json().get("id") for answer in made}
        if len(numbers) != 1 or None in numbers:
            return Outcome([answer.status_code for answer in made], 1, len(numbers), "", "")
        ticket_id = numbers.pop()
        words = f"Jawaban uji {time.time():.3f}"
        options = {"body": words, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.helpdesk.call("helpdesk.ticket", "message_post", [ticket_id], **options)
        told = requests.get(f"{base}/{ticket_id}/messages", headers=headers, timeout=120)
        kinds = [message["kind"] for message in told.json()["data"] if words in message["text"]]
        state = "read" if kinds == ["agent"] else ""
        return Outcome([answer.status_code for answer in made], 1, 1, "GET /messages", state)


ROADS = (
    WhatsappRoad,
    MessengerRoad,
    FacebookRoad,
    InstagramRoad,
    XRoad,
    TelegramRoad,
    PlaystoreRoad,
    AppstoreRoad,
    CallRoad,
    EmailRoad,
    FormRoad,
    LivechatRoad,
    ApiRoad,
)


class Run:
    """What all roads share: the helpdesk, the services that are played, and the moment from which ids are made."""

    def __init__(self, helpdesk, agent, courier):
        self.helpdesk, self.agent, self.courier = helpdesk, agent, courier
        self.now = int(time.time())
        self.fakes, self.mails, self.key = {}, [], ""

    def bring(self, act):
        """Do something that sends webhooks, and bring them; the statuses of the answers."""
        before = len(self.courier.brought)
        act()
        self.courier.bring(now=time.monotonic() + 3600)
        return [status for webhook in self.courier.brought[before:] for status in webhook.statuses]


@contextlib.contextmanager
def own_mail_server(helpdesk, port):
    """Mails go to a server of ours for the length of the block."""
    values = {"name": "Uji", "smtp_host": "127.0.0.1", "smtp_port": port, "sequence": 0, "smtp_encryption": "none"}
    server = helpdesk.call("ir.mail_server", "create", values)
    try:
        yield
    finally:
        helpdesk.call("ir.mail_server", "unlink", [server])


@contextlib.contextmanager
def own_key(helpdesk):
    """A key of the open API for the length of the block."""
    scopes = helpdesk.call("helpdesk.api.scope", "search", [])
    [user] = helpdesk.call("res.users", "search", [("login", "=", "admin")])
    values = {"name": "Uji saluran", "user_id": user, "scope_ids": [(6, 0, scopes)], "rate_limit": 10_000}
    key = helpdesk.call("helpdesk.api.key", "create", values)
    try:
        yield helpdesk.call("helpdesk.api.key", "action_make_key", [key])["context"]["default_key"]
    finally:
        helpdesk.call("helpdesk.api.key", "action_revoke", [key])


def go(road, name, payload):
    """One line of the table; whether it is right."""
    start = time.monotonic()
    try:
        outcome = road.go(payload)
    except (RuntimeError, requests.RequestException, KeyError, ValueError) as error:
        outcome = Outcome([], 1, 0, f"{type(error).__name__}: {error}", "")
    is_right = outcome.is_right()
    statuses = ",".join(map(str, sorted(set(outcome.statuses)))) or "none"
    counts = f"{outcome.found}/{outcome.wanted}"
    took = f"{time.monotonic() - start:.1f}"
    mark = "yes" if is_right else "NO"
    print(ROW.format(road.kind, name, statuses, counts, mark, outcome.state, took, outcome.request), flush=True)
    return is_right


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("helpdesk")
    parser.add_argument("--receiver", help="address of the light receiver; the helpdesk itself by default")
    parser.add_argument("--database", default="kemenkes")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", default="admin")
    parser.add_argument("--agent", default="agen1@demo.kemenkes.example", help="an account with a telephone")
    parser.add_argument("--only", default="", help="kinds of channel, with commas")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    helpdesk = Helpdesk(options.helpdesk, options.database, options.login, options.password)
    agent = Helpdesk(options.helpdesk, options.database, options.agent, "demo")
    run, right, wrong = Run(helpdesk, agent, Courier()), 0, 0
    fakes = (Graph, X, Telegram, PlayStore, AppStore, Cti)
    with contextlib.ExitStack() as stack:
        application = stack.enter_context(
            serving(lambda base: [fake(run.courier, base) for fake in fakes], run.courier, options.port)
        )
        mails = stack.enter_context(mail_server())
        stack.enter_context(own_mail_server(helpdesk, mails.port))
        run.fakes, run.mails, run.key = application.fakes, mails.mails, stack.enter_context(own_key(helpdesk))
        run.fakes["graph"].read_by_citizens = False
        for fake in run.fakes.values():
            for account in demo_accounts(fake.kinds, options.receiver or options.helpdesk):
                fake.add_account(account)
        print(ROW.format("channel", "sample", "webhook", "messages", "right", "state", "seconds", "request"))
        for road in (kind(run) for kind in ROADS if not only or kind.kind in only):
            for name, payload in road.samples():
                is_right = go(road, name, payload)
                right, wrong = right + is_right, wrong + (not is_right)
    print(f"{right} of {right + wrong} samples went there and back")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

"""Every documented payload of Meta's services through a running helpdesk and back (R23.c.1, R23.c.3, R25.a.1).

    python tests/acceptance/meta_channels.py http://localhost:8069 [--login admin --password admin]

Plays the services on port 9100, where the demo data's channels have theirs (not beside `make fakes`). Each sample comes
in by its webhook, an agent answers, the service must get the right request, and what it says of the answer must stand
on the message. Prints a table and ends with 1 when something is missing. The samples' ids are moved by this run's time,
so it may run again.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fakes.accounts import demo_accounts  # noqa: E402
from fakes.courier import Courier  # noqa: E402
from fakes.graph import Graph  # noqa: E402
from fakes.server import serving  # noqa: E402

SAMPLES = ROOT / "addons/kemenkes_channels/tests/samples"
FOLDERS = {"whatsapp": "whatsapp", "messenger": "messenger", "facebook": "facebook_page", "instagram": "instagram"}
SAMPLE_SECONDS = 1795489200
PORT = 9100
# a busy machine runs its jobs late
WAIT_SECONDS = 240
ROW = "{:<11} {:<38} {:>7} {:>8} {:>6} {:>9} {:>7}  {}"


class Helpdesk:
    """A running helpdesk, as the browser talks to it."""

    def __init__(self, address, database, login, password):
        self.address, self.session = address.rstrip("/"), requests.Session()
        self._post("/web/session/authenticate", db=database, login=login, password=password)

    def call(self, model, method, *arguments, **options):
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=list(arguments), kwargs=options
        )

    def _post(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.address + path, json=body, timeout=120).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]


def wait_for(condition):
    """What ``condition`` gives once it gives something; None after WAIT_SECONDS."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.5)
    return None


def samples():
    """``(kind, name, payload)`` of everything that comes in, moved to now and to ids that no other run has used."""
    now = int(time.time())
    for kind, folder in FOLDERS.items():
        for file in sorted((SAMPLES / folder).glob("*.json")):
            if file.stem.startswith("outbound"):
                continue
            content = json.loads(file.read_text())
            for number, payload in enumerate(content if isinstance(content, list) else [content], 1):
                name = f"{file.stem} {number}" if isinstance(content, list) else file.stem
                yield kind, name, _moved(payload, now)


def _moved(value, now, name=""):
    if isinstance(value, dict):
        return {key: _moved(item, now, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, now, name) for item in value]
    digits = str(value)
    if digits.startswith("17954") and len(digits) in (10, 13):
        scale = 1 if len(digits) == 10 else 1000
        return type(value)(int(digits) + (now - SAMPLE_SECONDS - 1200) * scale)
    if isinstance(value, str) and (digits.startswith(("wamid.", "m_UJI", "aWdfZ", "1787000", "320000000000010_5"))):
        return f"{value}{now}"
    return value


def customers_words(kind, payload):
    """Ids of the messages in a payload that customers wrote, and that can be answered."""
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


def try_sample(helpdesk, graph, courier, kind, payload):
    """``(webhook statuses, messages wanted, messages found, request, state)`` of one sample."""
    before = len(courier.brought)
    graph.replay(kind, payload)
    courier.bring(now=time.monotonic() + 3600)
    statuses = [status for webhook in courier.brought[before:] for status in webhook.statuses]
    wanted = list(customers_words(kind, payload))
    if not wanted:
        return statuses, 0, 0, "-", "-"
    domain = [("external_id", "in", wanted), ("channel_id.kind", "=", kind)]
    fields = ["external_id", "ticket_id"]
    found = wait_for(lambda: _all_of(helpdesk.call("helpdesk.channel.message", "search_read", domain, fields), wanted))
    if not found:
        return statuses, len(wanted), 0, "", ""
    ticket_id = found[0]["ticket_id"][0]
    text = f"Jawaban uji {time.time():.3f}"
    options = {"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
    helpdesk.call("helpdesk.ticket", "message_post", [ticket_id], **options)
    request = wait_for(
        lambda: next((taken for taken in graph.taken if text in json.dumps([taken.json, taken.form])), None)
    )
    if not request:
        return statuses, len(wanted), len(found), "", ""
    courier.bring(now=time.monotonic() + 3600)
    domain = [("ticket_id", "=", ticket_id), ("state", "!=", "queued")]
    state = wait_for(lambda: helpdesk.call("helpdesk.outbox.message", "search_read", domain, ["state"], limit=1))
    return statuses, len(wanted), len(found), request.path, state[0]["state"] if state else ""


def _request_with(graph, text):
    return next((taken for taken in graph.taken if text in json.dumps([taken.json, taken.form])), None)


def _all_of(rows, wanted):
    return rows if {row["external_id"] for row in rows} == set(wanted) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("helpdesk")
    parser.add_argument("--database", default="kemenkes")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", default="admin")
    parser.add_argument("--port", type=int, default=PORT)
    arguments = parser.parse_args()
    helpdesk = Helpdesk(arguments.helpdesk, arguments.database, arguments.login, arguments.password)
    courier, failed = Courier(), 0
    with serving(lambda base: [Graph(courier, base)], courier, arguments.port) as application:
        graph = application.fakes["graph"]
        graph.read_by_citizens = False
        for account in demo_accounts(graph.kinds, arguments.helpdesk):
            graph.add_account(account)
        print(ROW.format("channel", "sample", "webhook", "messages", "right", "state", "seconds", "request"))
        for kind, name, payload in samples():
            start = time.monotonic()
            statuses, wanted, found, request, state = try_sample(helpdesk, graph, courier, kind, payload)
            is_right = set(statuses) == {200} and wanted == found and request and state
            failed += not is_right
            took = f"{time.monotonic() - start:.1f}"
            shown = ",".join(map(str, sorted(set(statuses)))) or "none"
            mark = "yes" if is_right else "NO"
            print(ROW.format(kind, name, shown, f"{found}/{wanted}", mark, state, took, request), flush=True)
    print(f"{failed} failed" if failed else "every sample went there and back")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

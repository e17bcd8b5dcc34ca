"""Let agents log in to a running server and work, and measure how soon a supervisor's screen shows it (R24.c, R25.b.2).

    python tests/acceptance/busy_floor.py http://localhost:8069 --agents 100 --seconds 60

With several workers there is a process of its own for web sockets: ``--live http://localhost:8072``.

Needs the demo's site Jakarta. The administrator first makes what is missing: accounts ``lantai<n>``, a floor with a
seat for each, tickets that wait. Then every agent logs in over HTTP, sits down, changes status, takes tickets and
solves them; a supervisor listens on the web socket as the browser does. For each change of status the time is measured
from before the agent's request is sent until the supervisor has the message. Prints one line of figures and ends with
1 when the 95th percentile is beyond ``--limit`` seconds, or when messages were lost.
"""

import argparse
import base64
import concurrent.futures
import itertools
import json
import math
import random
import re
import statistics
import sys
import threading
import time
from urllib.parse import urlsplit

import requests
import websocket

PATIENCE = 300  # seconds: a hundred passwords are checked at once
SIGN_SECONDS = 40  # as the browser does it
LOGINS_AT_ONCE = 4  # checking a password is meant to be slow
PASSWORD = "lantai-uji"
FLOOR = "Lantai uji"
COLUMNS, ROWS = 32, 18
NAMES = ("Adi", "Bunga", "Candra", "Dewi", "Eko", "Fitri", "Gilang", "Hana", "Irfan", "Jelita", "Lukman", "Mega")
FAMILIES = ("Pratama", "Wijaya", "Siregar", "Nasution", "Hidayat", "Kusuma", "Rahayu", "Santoso", "Utami", "Halim")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Account:
    """A logged-in browser without a screen."""

    def __init__(self, base, login, password):
        self.base, self.login = base, login
        self.http = requests.Session()
        page = self.http.get(f"{base}/web/login", timeout=PATIENCE)
        token = TOKEN.search(page.text)[1]
        answer = self.http.post(
            f"{base}/web/login",
            data={"login": login, "password": password, "csrf_token": token},
            allow_redirects=False,
            timeout=PATIENCE,
        )
        if answer.status_code != 303:
            raise SystemExit(f"{login} could not log in")

    def call(self, model, method, *args, **kwargs):
        answer = self.http.post(
            f"{self.base}/web/dataset/call_kw/{model}/{method}",
            json={"jsonrpc": "2.0", "params": {"model": model, "method": method, "args": args, "kwargs": kwargs}},
            timeout=PATIENCE,
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer.get("result")


class Screen(threading.Thread):
    """What a supervisor's screen hears: the moment at which each agent's newest status arrived."""

    def __init__(self, account, site_ids, live):
        super().__init__(daemon=True)
        self.arrived, self.tickets = {}, 0
        address = urlsplit(live)
        version = re.search(
            r'"websocket_worker_version":\s*"([^"]+)"', account.http.get(f"{account.base}/odoo", timeout=PATIENCE).text
        )
        self.socket = websocket.create_connection(
            f"ws://{address.netloc}/websocket?version={version[1] if version else ''}",
            cookie="; ".join(f"{cookie.name}={cookie.value}" for cookie in account.http.cookies),
            origin=account.base,
            timeout=None,
        )
        channels = [f"helpdesk.floor_{site_id}" for site_id in site_ids]
        self.socket.send(json.dumps({"event_name": "subscribe", "data": {"channels": channels, "last": 0}}))

    def run(self):
        while True:
            for notification in json.loads(self.socket.recv() or "[]"):
                moment, message = time.monotonic(), notification["message"]
                if message["type"] == "helpdesk.floor/agent":
                    payload = message["payload"]
                    self.arrived.setdefault(
                        (payload["user_id"], payload["status_id"], payload["reason_id"]), []
                    ).append(moment)
                elif message["type"] == "helpdesk.floor/tickets":
                    self.tickets += 1


def prepare(admin, count, tickets):
    """The accounts, seats and tickets that are missing.

    :return: ids of the site and of the agents
    """
    (site,) = admin.call("helpdesk.site", "search_read", [["code", "=", "jakarta"]], ["id"])
    (team,) = admin.call(
        "helpdesk.team", "search_read", [["site_id", "=", site["id"]], ["tier", "=", "1"]], ["id"], limit=1
    )
    products = [row["id"] for row in admin.call("helpdesk.product", "search_read", [], ["id"])]
    (group,) = admin.call(
        "ir.model.data", "search_read", [["module", "=", "kemenkes_helpdesk"], ["name", "=", "group_agent"]], ["res_id"]
    )
    logins = [f"lantai{number}" for number in range(count)]
    rows = admin.call("res.users", "search_read", [["login", "in", logins]], ["login"])
    known = {row["login"]: row["id"] for row in rows}
    people = zip(itertools.cycle(NAMES), itertools.cycle(FAMILIES))
    missing = [
        {
            "name": " ".join(next(people)),
            "login": login,
            "password": PASSWORD,
            "tz": "Asia/Jakarta",
            "group_ids": [[6, 0, [group["res_id"]]]],
            "helpdesk_site_ids": [[6, 0, [site["id"]]]],
            "helpdesk_team_ids": [[6, 0, [team["id"]]]],
            "helpdesk_product_ids": [[6, 0, products]],
        }
        for login in logins
        if login not in known
    ]
    if missing:
        for values, user_id in zip(missing, admin.call("res.users", "create", missing), strict=True):
            known[values["login"]] = user_id
    prepare_agreements(admin, site["id"], [known[login] for login in logins])
    prepare_seats(admin, site["id"], count)
    waiting = admin.call("helpdesk.ticket", "search_count", [["team_id", "=", team["id"]], ["user_id", "=", False]])
    if waiting < tickets:
        admin.call(
            "helpdesk.ticket",
            "create",
            [
                {"name": f"Tidak bisa masuk ({number})", "team_id": team["id"], "product_id": random.choice(products)}
                for number in range(tickets - waiting)
            ],
        )
    return site["id"], team["id"], {login: known[login] for login in logins}


def prepare_agreements(admin, site_id, user_ids):
    """Without a signed agreement an agent sees no ticket (R9)."""
    rows = admin.call("helpdesk.nda", "search_read", [["user_id", "in", user_ids]], ["user_id"])
    missing = set(user_ids) - {row["user_id"][0] for row in rows}
    if not missing:
        return
    paper = base64.b64encode(b"%PDF-1.4 agreement of a test").decode()
    today = time.strftime("%Y-%m-%d")
    ndas = admin.call(
        "helpdesk.nda",
        "create",
        [
            {
                "user_id": user_id,
                "site_id": site_id,
                "signatory": "Acceptance run",
                "signed_date": today,
                "valid_from": today,
                "document": paper,
                "document_name": "agreement.pdf",
            }
            for user_id in missing
        ],
    )
    admin.call("helpdesk.nda", "action_sign", ndas)


def prepare_seats(admin, site_id, count):
    floors = admin.call("helpdesk.floor", "search_read", [["site_id", "=", site_id], ["name", "=", FLOOR]], ["id"])
    if floors:
        return
    across = COLUMNS // 2 - 2
    spots = [
        (2 + 2 * (number % across) + (number % across) // 5, 1.2 + 2 * (number // across) + (number // across) * 0.2)
        for number in range(count)
    ]
    admin.call(
        "helpdesk.floor",
        "create",
        [
            {
                "name": FLOOR,
                "site_id": site_id,
                "column_count": COLUMNS,
                "row_count": ROWS,
                "seat_ids": [
                    [0, 0, {"name": f"U{number + 1}", "position_x": x / COLUMNS, "position_y": min(y / ROWS, 1)}]
                    for number, (x, y) in enumerate(spots)
                ],
            }
        ],
    )


class Agent:
    """One agent: logs in to work, then changes status and takes tickets, as people do."""

    def __init__(self, base, login, user_id, team_id, seats, pace):
        self.account = Account(base, login, PASSWORD)
        self.user_id, self.team_id, self.pace = user_id, team_id, pace
        self.sent, self.times, self.taken = [], [], 0
        self.next_sign = 0
        work = self.account.call("helpdesk.agent.session", "get_work")
        free = [seat["id"] for seat in work["seats"] if not seat["taken_by"] and seat["id"] in seats]
        if not work["session"]:
            self.account.call(
                "helpdesk.agent.session", "start_work", seats[int(login[6:]) % len(seats)] if free else False
            )
        self.statuses = work["statuses"]
        session = self.account.call("helpdesk.agent.session", "get_work")["session"]
        self.current = (user_id, session["status_id"], False)

    def work(self, until):
        while time.monotonic() < until:
            time.sleep(random.uniform(0.5, 1.5) * self.pace)
            act = random.choices([self.change_status, self.take_ticket, self.solve], [3, 3, 1])[0]
            act()
            if time.monotonic() > self.next_sign:
                self.next_sign = time.monotonic() + SIGN_SECONDS
                self.account.call("helpdesk.agent.session", "give_sign")

    def change_status(self):
        status = random.choices(
            self.statuses, [6 if each["kind"] in ("ready", "busy") else 1 for each in self.statuses]
        )[0]
        reasons = status.get("reasons") or []
        reason = random.choice(reasons)["id"] if reasons else False
        key = (self.user_id, status["id"], reason)
        if self.current == key:
            return  # no change, so nobody is told
        self.current = key
        begun = time.monotonic()
        self.account.call("helpdesk.agent.session", "set_status", status["id"], reason)
        self.sent.append((key, begun))
        self.times.append(time.monotonic() - begun)

    def take_ticket(self):
        free = self.account.call(
            "helpdesk.ticket",
            "search",
            [["team_id", "=", self.team_id], ["user_id", "=", False], ["stage_kind", "in", ["new", "open"]]],
            limit=20,
        )
        if free:
            self.account.call("helpdesk.ticket", "action_take", [random.choice(free)])
            self.taken += 1

    def solve(self):
        mine = self.account.call(
            "helpdesk.ticket", "search", [["user_id", "=", self.user_id], ["stage_kind", "=", "open"]], limit=1
        )
        if mine:
            self.account.call("helpdesk.ticket", "action_solve", mine)


def measure(agents, screen):
    """How long each change took to arrive, and how many never did."""
    delays, lost = [], 0
    for agent in agents:
        for number, (key, begun) in enumerate(agent.sent):
            again = next((moment for other, moment in agent.sent[number + 1 :] if other == key), math.inf)
            moments = [moment for moment in screen.arrived.get(key, []) if begun <= moment < again]
            if moments:
                delays.append(min(moments) - begun)
            else:
                lost += 1
    return delays, lost


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument(
        "--live", help="where web sockets are served, when not by the same process: with several workers"
    )
    parser.add_argument("--agents", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--tickets", type=int, default=400, help="so many wait at the beginning")
    parser.add_argument("--pace", type=float, default=10, help="seconds between an agent's acts, on average")
    parser.add_argument("--limit", type=float, default=1, help="seconds within which a change must be on the screen")
    parser.add_argument("--supervisor", default="supervisor1@demo.kemenkes.example")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    admin = Account(options.base, "admin", "admin")
    site_id, team_id, logins = prepare(admin, options.agents, options.tickets)
    seats = [
        row["id"]
        for row in admin.call("helpdesk.seat", "search_read", [["floor_id.name", "=", FLOOR]], ["id"], order="id")
    ]
    screen = Screen(Account(options.base, options.supervisor, "demo"), [site_id], options.live or options.base)
    screen.start()
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(LOGINS_AT_ONCE) as pool:
        agents = list(pool.map(lambda item: Agent(options.base, *item, team_id, seats, options.pace), logins.items()))
    with concurrent.futures.ThreadPoolExecutor(options.agents) as pool:
        print(f"{len(agents)} agents logged in to work in {time.monotonic() - begun:.0f} s", flush=True)
        until = time.monotonic() + options.seconds
        failures = [job.exception() for job in [pool.submit(agent.work, until) for agent in agents]]
    time.sleep(5)
    delays, lost = measure(agents, screen)
    own = [each for agent in agents for each in agent.times]
    late = statistics.quantiles(delays, n=20)[-1]
    print(
        f"status changes {len(delays)}, lost {lost}, on the screen after {statistics.median(delays):.3f} s (median),"
        f" {late:.3f} s (95 %), {max(delays):.3f} s (longest); of that the agent's own request"
        f" {statistics.median(own):.3f} s (median); tickets taken {sum(agent.taken for agent in agents)},"
        f" messages of tickets {screen.tickets}, agents that failed {len([each for each in failures if each])}"
    )
    for failure in list(filter(None, failures))[:3]:
        print(f"  {failure}")
    return int(lost > 0 or late > options.limit)


if __name__ == "__main__":
    sys.exit(main())

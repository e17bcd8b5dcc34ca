"""People at work, for Locust: agents, Pusdatin's viewers, citizens, services that bring webhooks.

Meant for a database of `scripts/generate` (accounts agent0 ... agent79 and viewer); `make load` runs it.

Of ten people six are agents, two viewers, two citizens; besides, one service brings a WhatsApp message a second to the
address LOAD_WEBHOOKS. An agent does something every 5 to 25 seconds.

What is counted begins LOAD_SETTLE seconds after the last of them has logged in (the file LOAD_FOLDER/counting tells
that it has) and lasts LOAD_MINUTES.
"""

import itertools
import os
import random
import re
from pathlib import Path

import gevent
import whatsapp
from locust import HttpUser, between, constant_throughput, events, task

# As tests/bench/_tickets.py makes them, which needs Odoo.
PASSWORD = "sandi-ukur-bersama"
AGENTS = int(os.environ.get("LOAD_AGENTS", "80"))
WEBHOOKS = os.environ.get("LOAD_WEBHOOKS")
LIST_FIELDS = ("ticket_ref", "name", "partner_name", "stage_id", "priority", "user_id", "next_due_date")
FORM_FIELDS = (*LIST_FIELDS, "description", "team_id", "product_id", "category_id", "channel_id")
PAGE = 80
# What the list counts up to before it writes "1000+".
COUNT_LIMIT = 1001
SETTLE_SECONDS = float(os.environ.get("LOAD_SETTLE", "30"))
COUNTED_SECONDS = float(os.environ.get("LOAD_MINUTES", "10")) * 60
COUNTING = Path(os.environ.get("LOAD_FOLDER", ".")) / "counting"
numbers = itertools.count()
logged_in = []


@events.init.add_listener
def watch(environment, **_more):
    """When everybody is there, not everybody has logged in."""

    def wait(**_counts):
        gevent.spawn(count_when_settled, environment.runner)

    environment.events.spawning_complete.add_listener(wait)


def count_when_settled(runner):
    people = sum(runner.user_classes_count[kind.__name__] for kind in (Agent, Viewer))
    while len(logged_in) < people:
        gevent.sleep(1)
    gevent.sleep(SETTLE_SECONDS)
    runner.stats.reset_all()
    COUNTING.touch()
    gevent.sleep(COUNTED_SECONDS)
    runner.quit()


class Person(HttpUser):
    """Somebody with a browser."""

    abstract = True

    def log_in(self, login):
        page = self.client.get("/web/login", name="log-in: page").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        form = {"login": login, "password": PASSWORD, "csrf_token": token}
        self.client.post("/web/login", data=form, name="log-in")
        logged_in.append(login)

    def call(self, name, model, method, *args, **kwargs):
        """A public method, as the web client calls it; an error of the server is a failure."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        address = f"/web/dataset/call_kw/{model}/{method}"
        with self.client.post(address, json=body, name=name, catch_response=True) as answer:
            content = answer.json() if answer.ok else {"error": answer.status_code}
            if "error" in content:
                answer.failure(str(content["error"])[:200])
                return None
            return content["result"]


class Agent(Person):
    """Takes a ticket from the list, reads it, answers, and looks for another one."""

    weight = 60
    wait_time = between(5, 25)

    def on_start(self):
        login = f"agent{next(numbers) % AGENTS}"
        self.log_in(login)
        self.tickets = []

    @task(6)
    def look_at_the_list(self):
        specification = {name: {} for name in LIST_FIELDS}
        domain = [["stage_kind", "in", ["new", "open"]]]
        options = {"domain": domain, "limit": PAGE, "count_limit": COUNT_LIMIT, "order": "next_due_date, id"}
        name = "agent: list of open tickets"
        found = self.call(name, "helpdesk.ticket", "web_search_read", specification=specification, **options)
        self.tickets = [record["id"] for record in found["records"]] if found else []
        if found and not self.tickets:
            self.environment.events.request.fire(
                request_type="POST",
                name="agent: list of open tickets",
                response_time=0,
                response_length=0,
                exception=ValueError("an agent without tickets"),
            )

    @task(10)
    def read_a_ticket(self):
        if not self.tickets:
            self.look_at_the_list()
        if self.tickets:
            ticket = random.choice(self.tickets)
            specification = {name: {} for name in FORM_FIELDS}
            self.call("agent: open a ticket", "helpdesk.ticket", "web_read", [ticket], specification=specification)
            self.client.post(
                "/mail/thread/messages",
                json={"params": {"thread_model": "helpdesk.ticket", "thread_id": ticket}},
                name="agent: its conversation",
            )

    @task(4)
    def answer(self):
        if self.tickets:
            ticket = random.choice(self.tickets)
            body = "Terima kasih, kami periksa dan kabari hari ini."
            self.call("agent: answer", "helpdesk.ticket", "message_post", [ticket], body=body)

    @task(2)
    def search(self):
        word = random.choice(("vaksin", "sertifikat", "login", "otp", "nik", "bpjs"))
        options = {"domain": [["search_text", "ilike", word]], "limit": PAGE, "count_limit": COUNT_LIMIT}
        self.call("agent: search", "helpdesk.ticket", "web_search_read", specification={"name": {}}, **options)


class Viewer(Person):
    """Pusdatin: looks at tickets and figures."""

    weight = 20
    wait_time = between(10, 40)

    def on_start(self):
        self.log_in("viewer")

    @task(3)
    def tickets(self):
        self.client.get("/my/tickets", name="viewer: tickets")

    @task(1)
    def home(self):
        self.client.get("/my/home", name="viewer: home")


class Citizen(HttpUser):
    """Writes by the form, asks for a ticket's status."""

    weight = 20
    wait_time = between(10, 60)

    @task(3)
    def form(self):
        self.client.get("/helpdesk/form", name="citizen: form")

    @task(1)
    def status(self):
        self.client.get("/helpdesk/status", name="citizen: status")


class Service(HttpUser):
    """Brings webhooks, one a second."""

    fixed_count = 1
    wait_time = constant_throughput(1)

    @task
    def bring(self):
        raw = whatsapp.payload(f"wamid.load.{os.getpid()}.{next(numbers)}", random.randrange(10**8))
        headers = {"X-Hub-Signature-256": whatsapp.sign(raw), "Content-Type": "application/json"}
        self.client.post(WEBHOOKS, data=raw, headers=headers, name="service: webhook")

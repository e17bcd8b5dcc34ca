"""Ticket lists and search with many tickets, in milliseconds, beside OCA's helpdesk_mgmt with the same tickets.

What a browser asks for is asked here: ``web_search_read`` with the fields of the list view and the count,
``web_read_group`` for kanban and grouped lists, and for Pusdatin's viewers the whole page over WSGI. BENCH_TICKETS
says how many tickets (100,000). RUNS questions of each kind; between two of them the ORM's cache is emptied.
"""

import json
import logging
import os
import random
import re
import statistics
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import werkzeug.test
from lxml import etree

import odoo
import odoo.http
from odoo.modules.registry import Registry
from odoo.tools import config

sys.path.insert(0, os.path.dirname(__file__))
import _tickets as tickets

TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))
RUNS = int(os.environ.get("BENCH_RUNS", "20"))
PAGE = 80
# What the list counts up to before it writes "1000+".
COUNT_LIMIT = 1001
GOAL = 300
# "35 tickets", "10000+ tiket" on the viewer's page
FOUND = re.compile(r'role="status">(\d+)')
COMMON_WORDS = ("aplikasi", "tidak bisa masuk", "mohon bantuan", "data", "vaksin", "satusehat", "puskesmas", "sinkron")
RARE_WORDS = ("sisrute", "audit", "sertifikat vaksin", "ganti nomor", "interoperabilitas", "rujukan", "kuota")


def specification(model, view_type):
    """Fields of a view as the web client asks for them."""
    arch = etree.fromstring(model.get_view(view_type=view_type)["arch"])
    names = {node.get("name") for node in arch.iter("field") if not node.xpath("ancestor::field")}
    return {
        name: {"fields": {"display_name": {}}} if model._fields[name].relational else {}
        for name in names
        if model._fields[name].type != "properties"
    }


class Questions:
    """What people ask of the ticket list; each method is a row of the table, ``number`` varies what is looked for."""

    def __init__(self, env, samples):
        self.tickets = env["helpdesk.ticket"]
        self.env = env
        self.samples = samples
        self.list_fields = specification(self.tickets, "list")
        self.kanban_fields = specification(self.tickets, "kanban")

    def search(self, domain, order=None):
        return self.tickets.web_search_read(domain, self.list_fields, limit=PAGE, order=order, count_limit=COUNT_LIMIT)

    def group(self, domain, groupby, unfold=False):
        return self.tickets.web_read_group(
            domain,
            [groupby],
            limit=PAGE,
            auto_unfold=unfold,
            unfold_read_specification=self.kanban_fields if unfold else None,
        )

    def sample(self, number):
        return self.samples[number % len(self.samples)]


class OurQuestions(Questions):
    OPEN = [("stage_kind", "not in", ("solved", "closed"))]

    def rows(self):
        """``{name: function of number}``"""
        env, user = self.env, self.env.user
        categories = env["helpdesk.category"].search([("parent_id", "=", False), ("child_ids", "!=", False)]).ids
        teams = user.helpdesk_team_ids.ids
        team_fields = specification(env["helpdesk.team"], "kanban")
        mine = [("user_id", "=", user.id), *self.OPEN]
        unassigned = [("user_id", "=", False), ("team_id.member_ids", "in", user.id), *self.OPEN]
        now = self.env.cr.now()
        orders = (None, "priority desc", "create_date", "next_due_date", "waiting_since", "stage_id", "user_id", "name")
        return {
            "all tickets": lambda number: self.search([]),
            "all tickets, other orders": lambda number: self.search([], orders[number % len(orders)]),
            "all tickets, page 100": lambda number: self.tickets.web_search_read(
                [], self.list_fields, limit=PAGE, offset=100 * PAGE, count_limit=COUNT_LIMIT
            ),
            "my open tickets": lambda number: self.search(mine),
            "waiting for me": lambda number: self.search([("user_id", "=", user.id), ("waiting_since", "!=", False)]),
            "unassigned in my teams": lambda number: self.search(unassigned),
            "open": lambda number: self.search(self.OPEN),
            "overdue": lambda number: self.search([("next_due_date", "<", now), *self.OPEN]),
            "high or urgent": lambda number: self.search([("priority", "in", ("2", "3"))]),
            "closed": lambda number: self.search([("stage_kind", "=", "closed")]),
            "L2": lambda number: self.search([("tier", "=", "2")]),
            "created on a day": lambda number: self.search(self.days(now, number, 1)),
            "created in a month": lambda number: self.search(self.days(now, number, 30)),
            "category with its subtree": lambda number: self.search(
                [("category_id", "child_of", categories[number % len(categories)])]
            ),
            "of a team, open": lambda number: self.search([("team_id", "in", teams), *self.OPEN]),
            "reference": lambda number: self.words("search_reference", self.sample(number)["ticket_ref"]),
            "reference, among everything": lambda number: self.words("search_text", self.sample(number)["ticket_ref"]),
            "phone": lambda number: self.words("search_text", self.sample(number)["partner_phone"]),
            "phone as 08…": lambda number: self.words(
                "search_text", self.sample(number)["partner_phone"].replace("+62", "0")
            ),
            "e-mail": lambda number: self.words("search_text", self.sample(number)["partner_email"]),
            "customer's name": lambda number: self.words("search_customer", self.sample(number)["partner_name"]),
            "a common word": lambda number: self.words("search_text", COMMON_WORDS[number % len(COMMON_WORDS)]),
            "a common word, oldest first": lambda number: self.search(
                [("search_text", "ilike", COMMON_WORDS[number % len(COMMON_WORDS)])], "create_date"
            ),
            "a rare word": lambda number: self.words("search_text", RARE_WORDS[number % len(RARE_WORDS)]),
            "words of the subject": lambda number: self.words("search_subject", self.sample(number)["name"][:40]),
            "words of messages": lambda number: self.words("search_message", COMMON_WORDS[number % len(COMMON_WORDS)]),
            "a word nobody wrote": lambda number: self.words("search_text", f"xylofon{number}"),
            "name of a file": lambda number: self.words(
                "search_attachment", ("ktp", "sertifikat", "layar")[number % 3]
            ),
            "name of one file": lambda number: self.words("search_attachment", str(self.sample(number)["number"])),
            "word, open, category, month": lambda number: self.search(
                [
                    ("search_text", "ilike", COMMON_WORDS[number % len(COMMON_WORDS)]),
                    ("category_id", "child_of", categories[number % len(categories)]),
                    *self.days(now, number, 30),
                ]
            ),
            "kanban by stage, open": lambda number: self.group(self.OPEN, "stage_id", unfold=True),
            "kanban by stage, all": lambda number: self.group([], "stage_id", unfold=True),
            "kanban by stage, all: progress bars": lambda number: self.tickets.read_progress_bar(
                [], "stage_id", {"field": "activity_state", "colors": {"planned": "success"}}
            ),
            "list by team": lambda number: self.group([], "team_id"),
            "list by agent, open": lambda number: self.group(self.OPEN, "user_id"),
            "list by category": lambda number: self.group([], "category_id"),
            "list by customer": lambda number: self.group([], "partner_id"),
            "list by day": lambda number: self.group([], "create_date:day"),
            "pivot: category by week, open and this month": lambda number: self.tickets.formatted_read_grouping_sets(
                self.days(now, 0, 30),
                [[], ["category_id"], ["create_date:week"], ["category_id", "create_date:week"]],
                ["first_response_seconds:avg", "resolution_seconds:avg", "__count"],
            ),
            "pivot: category by week, all": lambda number: self.tickets.formatted_read_grouping_sets(
                [],
                [[], ["category_id"], ["create_date:week"], ["category_id", "create_date:week"]],
                ["first_response_seconds:avg", "resolution_seconds:avg", "__count"],
            ),
            "graph: day by stage, this month": lambda number: self.tickets.formatted_read_group(
                self.days(now, 0, 30), ["create_date:day", "stage_kind"], ["__count"]
            ),
            "graph: day by stage, all": lambda number: self.tickets.formatted_read_group(
                [], ["create_date:day", "stage_kind"], ["__count"]
            ),
            "team dashboard": lambda number: env["helpdesk.team"].web_search_read([], team_fields),
            **self.workspace_rows(),
        }

    def workspace_rows(self):
        """What the agent's workspace asks: nothing of it may grow with the number of tickets."""
        if not self.env.user.has_group("kemenkes_helpdesk.group_agent"):
            return {}
        workspace = self.env["helpdesk.workspace"]
        ids = self.tickets.search([], limit=40, order="id desc").ids
        return {
            "workspace: queues and counters": lambda number: workspace.get_queues(),
            "workspace: my work": lambda number: workspace.get_queue_rows("mine"),
            "workspace: my team's queue": lambda number: workspace.get_queue_rows("team"),
            "workspace: open a ticket": lambda number: workspace.get_ticket(ids[number % len(ids)]),
        }

    def days(self, now, number, length):
        end = now - timedelta(days=number * 5)
        return [("create_date", ">=", end - timedelta(days=length)), ("create_date", "<", end)]

    def words(self, field, text):
        return self.search([(field, "ilike", text)])


class PeerQuestions(Questions):
    """The same questions where the peer has them; its search covers number, title, description, customer."""

    OPEN = [("closed", "=", False)]

    def rows(self):
        user = self.env.user
        categories = self.env["helpdesk.ticket.category"].search([]).ids
        return {
            "all tickets": lambda number: self.search([]),
            "my open tickets": lambda number: self.search([("user_id", "=", user.id), *self.OPEN]),
            "open": lambda number: self.search(self.OPEN),
            "high or urgent": lambda number: self.search([("priority", "in", ("2", "3"))]),
            "category with its subtree": lambda number: self.search(
                [("category_id", "child_of", categories[number % len(categories)])]
            ),
            "reference": lambda number: self.search(
                [
                    "|",
                    ("number", "ilike", self.sample(number)["ticket_ref"]),
                    ("name", "ilike", self.sample(number)["ticket_ref"]),
                ]
            ),
            "e-mail": lambda number: self.search([("partner_email", "ilike", self.sample(number)["partner_email"])]),
            "customer's name": lambda number: self.search(
                [("partner_id", "ilike", self.sample(number)["partner_name"])]
            ),
            "a common word": lambda number: self.words(COMMON_WORDS[number % len(COMMON_WORDS)]),
            "a rare word": lambda number: self.words(RARE_WORDS[number % len(RARE_WORDS)]),
            "words of the subject": lambda number: self.search([("name", "ilike", self.sample(number)["name"][:40])]),
            "a word nobody wrote": lambda number: self.words(f"xylofon{number}"),
            "kanban by stage, open": lambda number: self.group(self.OPEN, "stage_id", unfold=True),
            "kanban by stage, all": lambda number: self.group([], "stage_id", unfold=True),
            "list by team": lambda number: self.group([], "team_id"),
        }

    def words(self, text):
        return self.search(["|", ("name", "ilike", text), ("description", "ilike", text)])


def measure(questions, only=None):
    """``{name: (median, 95th percentile, found)}``: milliseconds, and how many records or groups the last one found."""
    results = {}
    for name, ask in questions.rows().items():
        if only and only not in name:
            continue
        ask(RUNS)  # pays for what a running server has in memory
        times = []
        for number in range(RUNS):
            questions.env.invalidate_all()
            start = time.perf_counter()
            answer = ask(number)
            times.append((time.perf_counter() - start) * 1000)
        results[name] = (*summarise(times), answer["length"] if "length" in answer else len(answer))
        questions.env.cr.rollback()
    return results


def summarise(times):
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def measure_pages(database, samples):
    """The viewer's list as a page, through Odoo's WSGI application."""
    config["db_name"] = [database]
    client = werkzeug.test.Client(odoo.http.root)
    here = {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}}
    params = {"db": database, "login": "viewer", "password": tickets.PASSWORD}
    answer = client.post("/web/session/authenticate", json={"jsonrpc": "2.0", "params": params}, **here)
    if not (json.loads(answer.get_data()).get("result") or {}).get("uid"):
        raise SystemExit("The viewer could not log in.")
    pages = {
        "page: all": lambda number: "",
        "page: page 100": lambda number: "/page/100",
        "page: open, oldest first": lambda number: "?kind=open&sortby=old",
        "page: last activity first": lambda number: "?sortby=activity",
        "page: reference": lambda number: f"?search={samples[number % len(samples)]['ticket_ref']}",
        "page: a common word": lambda number: f"?search={COMMON_WORDS[number % len(COMMON_WORDS)]}",
        "page: a rare word": lambda number: f"?search={RARE_WORDS[number % len(RARE_WORDS)]}",
        "page: one day": lambda number: "?from=2026-10-{0:02}&to=2026-10-{0:02}".format(1 + number % 28),
    }
    results = {}
    for name, path in pages.items():
        times = []
        for number in range(-1, RUNS):
            start = time.perf_counter()
            answer = client.get(f"/my/helpdesk{path(number)}", **here)
            times.append((time.perf_counter() - start) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{name}: {answer.status_code}")
        results[name] = (*summarise(times[1:]), int(FOUND.search(answer.text)[1]))
    return results


@contextmanager
def environment(database):
    with Registry(database).cursor() as cursor:
        yield odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})


def take_samples(env, users):
    """Tickets that the agent may see, to look for."""
    tickets = env["helpdesk.ticket"].with_user(users["agent"]).search([], limit=4000)
    chosen = random.Random(3).sample(tickets.sudo(), 40)
    names = ("ticket_ref", "name", "partner_name", "partner_email", "partner_phone")
    return [
        {**{name: ticket[name] for name in names}, "number": int(ticket.ticket_ref.rpartition("-")[2]) // 5 * 5}
        for ticket in chosen
    ]


def print_table(title, results, peer=None):
    print(
        f"\n{title:52}{'found':>9}{'p50 ms':>9}{'p95 ms':>9}" + (f"{'peer p50':>10}{'peer/ours':>10}" if peer else "")
    )
    for name, (median, high, found) in results.items():
        line = f"{name:52}{found:9}{median:9.0f}{high:9.0f}"
        if peer and name in peer:
            line += f"{peer[name][0]:10.0f}{peer[name][0] / median:10.1f}"
        print(line + (f"  over {GOAL} ms" if high > GOAL else ""))


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    ours, peers = os.environ["BENCH_DATABASE"], os.environ["BENCH_PEER_DATABASE"]
    with environment(ours) as env, environment(peers) as peer_env:
        start = time.perf_counter()
        users = tickets.fill(env, TICKETS)
        made = time.perf_counter() - start
        tickets.copy_to_peer(env.cr, peer_env)
        env.cr.execute("SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket'")
        print(f"{TICKETS} tickets, {env.cr.fetchone()[0]} messages, made in {made:.0f} s; {RUNS} questions each")
        samples = take_samples(env, users)
        only = os.environ.get("BENCH_ONLY")
        agent = peer_env["res.users"].search([("login", "=", "agent0")])
        peer = measure(PeerQuestions(peer_env(user=agent.id), samples), only)
        for role in ("agent", "supervisor"):
            results = measure(OurQuestions(env(user=users[role].id), samples), only)
            visible = env["helpdesk.ticket"].with_user(users[role]).search_count([])
            print_table(f"{role}, who sees {visible}", results, peer)
        env.cr.commit()
        print_table("viewer, whole pages", measure_pages(ours, samples))


if __name__ == "__main__":
    main()

"""A long day in the workspace: customers write thousands of messages while one agent works in one page.

    ODOO_RC=odoo.conf python tests/acceptance/workspace_soak.py --database NAME [--port PORT] [--messages NUMBER]

The agent goes from ticket to ticket and answers; whatever comes in shows in the queue, and on the ticket that is open.
After each fifth of the messages, with the same ticket open and garbage collected: the page's heap, its nodes and
listeners, the server's memory. Ends with 1 when one of them goes on growing after the first fifth, or when the last
message is not on the screen.
"""

import argparse
import itertools
import logging
import os
import random
import sys
import threading
import time
from typing import NamedTuple

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from config.environment import odoo_command

sys.path.insert(0, os.path.dirname(__file__))
import _customer as customer
from _chromium import Browser, Server
from _helpdesk import Helpdesk

AGENT = "citra"
PASSWORD = "hari-yang-panjang"
TICKETS = 40
# More than the page keeps of a ticket that was left: what it keeps is as much at the first sample as at the last.
EARLIER_MESSAGES = 40
PARTS = 5
CUSTOMERS_AT_ONCE = 2
# Every so many messages one is for the ticket that is open.
FOR_THE_OPEN_ONE = 4
COMPOSER = ".o_helpdesk_composer textarea.o-mail-Composer-input"
DELETE_FROM_EACH = """function () {
    for (const map of this) {
        const key = {};
        map.set(key, key);
        map.delete(key);
    }
}"""
SEND_NOW = ".o_helpdesk_outbox_item .btn-link"
# Growth from the first fifth to the last that is no more noise.
GROWN = 1.2
# What runs by itself after the last message: counters, the queue, read ahead.
SETTLE_SECONDS = 6


class Sample(NamedTuple):
    """What page and server hold at one moment."""

    messages: int
    heap_megabytes: float
    nodes: int
    listeners: int
    server_megabytes: float


def prepare(database):
    """An agent with tickets of many customers; their ids, and the action by which the customers write."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        # who has signed an agreement is no part of this
        env["helpdesk.nda.rule"].search([]).required = False
        team = env["helpdesk.team"].search([("tier", "=", "1")], limit=1)
        product = env["helpdesk.product"].search([], limit=1)
        channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
        agent = env["res.users"].with_context(no_reset_password=True)
        agent = agent.create(
            {
                "name": "Citra Anggraini",
                "login": AGENT,
                "password": PASSWORD,
                "email": "citra@helpdesk.example",
                "tz": "Asia/Jakarta",
                "group_ids": [(6, 0, env.ref("kemenkes_helpdesk.group_agent").ids)],
                "helpdesk_product_ids": [(6, 0, product.ids)],
                "helpdesk_site_ids": [(6, 0, team.site_id.ids)],
            }
        )
        team.member_ids |= agent
        customers = env["res.partner"].create(
            [{"name": f"Pelanggan {number}", "email": f"soak{number}@customer.example"} for number in range(TICKETS)]
        )
        tickets = env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Kode OTP tidak masuk ({customer.name})",
                    "partner_id": customer.id,
                    "product_id": product.id,
                    "team_id": team.id,
                    "site_id": team.site_id.id,
                    "channel_id": channel.id,
                    "user_id": agent.id,
                }
                for customer in customers
            ]
        )
        return tickets.ids, customer.prepare(env)


class Customers:
    """Those who write, some at the same time."""

    def __init__(self, server, database, tickets, action_id):
        # nobody writes on the first one: it looks the same at every sample
        self.tickets, self.numbers = itertools.cycle(tickets[1:]), itertools.count(1)
        self.action_id = action_id
        self.sessions = [Helpdesk(server.address, database, "admin", "admin") for _one in range(CUSTOMERS_AT_ONCE)]
        self.open_ticket, self.lock, self.left = None, threading.Lock(), 0
        self.problems = []

    def write(self, count):
        """Begin to write so many messages; the threads that do."""
        self.left = count
        threads = [threading.Thread(target=self._write, args=(session,)) for session in self.sessions]
        for thread in threads:
            thread.start()
        return threads

    def say(self, session, ticket_id, text):
        """One message of a ticket's customer."""
        customer.say(session, self.action_id, ticket_id, text)

    def _write(self, session):
        try:
            while (number := self._take()) is not None:
                is_for_open_one = self.open_ticket and number % FOR_THE_OPEN_ONE == 0
                ticket_id = self.open_ticket if is_for_open_one else next(self.tickets)
                self.say(session, ticket_id, f"Pesan {number}: sejak pagi saya tidak bisa masuk, mohon bantuannya.")
        except (OSError, RuntimeError) as error:
            self.problems.append(error)

    def _take(self):
        with self.lock:
            if not self.left or self.problems:
                return None
            self.left -= 1
            return next(self.numbers)


class Agent:
    """Who works in the page."""

    def __init__(self, browser, server, quiet):
        self.browser, self.quiet = browser, quiet
        self.dice, self.answers = random.Random(7), itertools.count(1)
        browser.log_in(server.address, AGENT, PASSWORD)
        browser.open(f"{server.address}/odoo/helpdesk-workspace")
        browser.wait_for_element(".o_helpdesk_row")

    def open(self, ticket_id):
        """Open a ticket, wherever in the queue it is."""
        self.browser.evaluate(f"void odoo.__WOWL_DEBUG__.root.env.services.helpdesk_workspace.openTicket({ticket_id})")
        self.browser.wait_for_element(f'.o_helpdesk_ticket_header[data-ticket="{ticket_id}"]')
        self.browser.wait_for_element(COMPOSER)

    def open_another(self):
        """Open one of those on the screen, but not the quiet one; its id."""
        rows = f'.o_helpdesk_row:not([data-ticket="{self.quiet}"])'
        self.browser.wait_for_element(rows)
        # the list changes under the hand: what is there is clicked in the same moment
        ticket_id = self.browser.evaluate(
            f"""(() => {{
                const rows = [...document.querySelectorAll('{rows}')];
                const row = rows[Math.floor({self.dice.random()} * rows.length)];
                row.click();
                return Number(row.dataset.ticket);
            }})()"""
        )
        self.browser.wait_for_element(f'.o_helpdesk_ticket_header[data-ticket="{ticket_id}"]')
        return ticket_id

    def answer(self):
        """Write an answer and send it at once."""
        self.browser.click(COMPOSER)
        self.browser.write(f"Jawaban {next(self.answers)}: kami periksa sekarang.")
        self.browser.press("Enter", "ctrl")
        self.browser.wait_for(f"!document.querySelector('{COMPOSER}')?.value", "the answer is taken")
        # on a busy machine the seconds in which it can be taken back may be over before the click
        self.browser.evaluate(f"document.querySelector('{SEND_NOW}')?.click()")
        self.browser.wait_for(f"!document.querySelector('{SEND_NOW}')", "the answer is sent")

    def wait_for_words(self, words):
        """Wait until a message of the conversation has these words."""
        self.browser.wait_for(
            f"[...document.querySelectorAll('.o-mail-Message')].some((one) => one.textContent.includes('{words}'))",
            words,
        )


def sample(browser, server, messages):
    """What is held now, without garbage and without room that stands empty."""
    give_back_room(browser)
    for _time in range(2):
        browser.send("HeapProfiler.collectGarbage")
    counters = browser.send("Memory.getDOMCounters")
    heap = browser.send("Runtime.getHeapUsage")["usedSize"]
    return Sample(
        messages, heap / 2**20, counters["nodes"], counters["jsEventListeners"], _resident_megabytes(server.process.pid)
    )


def give_back_room(browser):
    """Let the weak maps of the page be as large as what is in them.

    V8 leaves their tables, megabytes of Owl's proxies, at the size of the busiest moment so far, and makes them smaller
    only when something is deleted from them (ObjectHashTable::Remove in its objects.cc).
    """
    browser.send("HeapProfiler.collectGarbage")
    prototype = browser.send("Runtime.evaluate", expression="WeakMap.prototype")["result"]["objectId"]
    maps = browser.send("Runtime.queryObjects", prototypeObjectId=prototype)["objects"]["objectId"]
    browser.send("Runtime.callFunctionOn", objectId=maps, functionDeclaration=DELETE_FROM_EACH)
    for object_id in (maps, prototype):
        browser.send("Runtime.releaseObject", objectId=object_id)


def _resident_megabytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        [line] = (line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def work(agent, customers, server, count):
    """The day; its samples, a line each."""
    part = count // PARTS
    print(f"{'messages':>10}{'answers':>9}{'heap MB':>9}{'nodes':>8}{'listeners':>11}{'server MB':>11}", flush=True)
    answered = 0
    # what a page and a server need once and for all is there before the first sample
    for _time in range(5):
        agent.open_another()
        agent.answer()
    for messages in range(0, count + 1, part):
        threads = customers.write(part) if messages else []
        while any(thread.is_alive() for thread in threads):
            customers.open_ticket = agent.open_another()
            agent.answer()
            answered += 1
        if customers.problems:
            raise SystemExit(f"the server refuses a customer: {customers.problems[0]}")
        agent.open(agent.quiet)
        time.sleep(SETTLE_SECONDS)
        held = sample(agent.browser, server, messages)
        print(
            f"{held.messages:10}{answered:9}{held.heap_megabytes:9.1f}{held.nodes:8}{held.listeners:11}"
            f"{held.server_megabytes:11.0f}",
            flush=True,
        )
        yield held


def grown(samples):
    """What has grown from the first fifth to the last: ``[(name, times)]``."""
    first, last = samples[1], samples[-1]
    ratios = {name: getattr(last, name) / getattr(first, name) for name in Sample._fields[1:]}
    return [(name, ratio) for name, ratio in ratios.items() if ratio > GROWN]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument("--messages", type=int, default=5000)
    options = parser.parse_args()
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.CRITICAL)
    tickets, action_id = prepare(options.database)
    quiet = tickets[0]
    arguments = ("-d", options.database, "--http-interface", "127.0.0.1", "--http-port", str(options.port))
    command = odoo_command.words("server", *arguments, "--log-level", "critical", "--max-cron-threads", "0")
    with Server(command, options.port) as server, Browser() as browser:
        customers = Customers(server, options.database, tickets, action_id)
        for thread in customers.write(EARLIER_MESSAGES * (TICKETS - 1)):
            thread.join()
        agent = Agent(browser, server, quiet)
        try:
            samples = list(work(agent, customers, server, options.messages))
        except AssertionError as error:
            raise SystemExit(f"{error}\n\n{browser.account()}") from error
        customers.say(customers.sessions[0], quiet, "Pesan terakhir hari ini.")
        agent.wait_for_words("Pesan terakhir hari ini.")
    found = grown(samples)
    for name, ratio in found:
        print(f"  GROWS: {name}, {ratio:.2f} times from the first fifth to the last")
    if not found:
        print("  flat from the first fifth to the last, and the last message is on the screen")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())

"""The agent's workspace in Chromium, beside Odoo's form of the same tickets in the same run: with 100 tickets and with
many.

What an agent waits for, from the click or key until it is on the screen, in milliseconds (median, 95th percentile),
with the requests and kilobytes of answers that it costs: opening a ticket until its conversation is there, the next
ticket, an answer, a message that comes in (from the moment at which it is sent to the server; what the bus brings is no
request). BENCH_TICKETS says how many are many (100,000), or BENCH_FILLED a database that `scripts/generate` has filled;
BENCH_RUNS how often each is done (10). Ends with 1 when the form is quicker, or when requests grow with the tickets or
times double.
"""

import json
import logging
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from config.environment import database, odoo_command, postgres

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, str(Path(__file__).parents[1] / "acceptance"))
import _customer as customer
import _tickets as tickets
from _chromium import Browser, Server
from _helpdesk import Helpdesk

FEW = 100
MANY = int(os.environ.get("BENCH_TICKETS", "100000"))
FILLED = os.environ.get("BENCH_FILLED")
RUNS = int(os.environ.get("BENCH_RUNS", "10"))
AGENT = "agent0"
STORIES, AGENTS = 300, 10
# What comes after an act belongs to its cost: the next ticket is read ahead, after three seconds queues are counted.
SETTLE_SECONDS = 1.2
NEWS_SETTLE_SECONDS = 4
# So much longer than with few tickets is no more noise of the machine.
GROWN = 2
# So long is waited for a message that a screen does not show by itself.
UNSEEN_SECONDS = 4
TIMER = """
window.benchUntil = (act, isThere, seconds = 60) => new Promise((resolve, reject) => {
    const start = performance.now();
    const look = () => {
        const passed = performance.now() - start;
        if (isThere()) {
            // drawn, not only decided on
            requestAnimationFrame(() => resolve({ milliseconds: performance.now() - start, at: Date.now() }));
        } else if (passed > seconds * 1000) {
            resolve(null);
        } else {
            requestAnimationFrame(look);
        }
    };
    act();
    look();
});
window.benchSays = (text) => [...document.querySelectorAll(".o-mail-Message")].some(
    (message) => message.textContent.includes(text) && message.checkVisibility()
);
window.benchKey = (key, options = {}) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options })
);
"""


class Cost(NamedTuple):
    """What an act costs."""

    milliseconds: float
    requests: int
    kilobytes: float


def mark(ticket_id):
    """Words that only this ticket's conversation has."""
    return f"Nomor uji {ticket_id}."


def fill(name, count):
    """Tickets, and an agent."""
    # fewer stories are told sooner; how many tickets there are of each changes nothing here
    tickets.STORIES, tickets.AGENTS = STORIES, AGENTS
    with Registry(name).cursor() as cursor:
        tickets.fill(odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {}), count)


def prepare(name):
    """Give an agent tickets to work on; the action by which their customers write, and how many tickets there are."""
    with Registry(name).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        agent = env["res.users"].search([("login", "=", AGENT)])
        found = env["helpdesk.ticket"].search([("stage_kind", "in", ("new", "open"))], order="id desc", limit=RUNS + 2)
        team = agent.helpdesk_team_ids[:1]
        # one that may always be answered
        channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
        found.with_context(tracking_disable=True).write(
            {
                "user_id": agent.id,
                "channel_id": channel.id,
                "team_id": team.id,
                "site_id": team.site_id.id,
                "product_id": agent.helpdesk_product_ids[:1].id,
            }
        )
        # whatever else the story tellers gave the agent has no words to look for
        cursor.execute(
            "UPDATE helpdesk_ticket SET user_id = NULL WHERE user_id = %s AND id != ALL(%s)", [agent.id, found.ids]
        )
        env.invalidate_all()
        for ticket in found:
            say(ticket, mark(ticket.id))
        return customer.prepare(env), env["helpdesk.ticket"].search_count([])


def say(ticket, text):
    """The customer writes."""
    ticket.with_context(mail_create_nosubscribe=True).message_post(
        body=text, author_id=ticket.partner_id.id, message_type="comment", subtype_xmlid="mail.mt_comment"
    )


class Screen:
    """A screen in the browser on which the same things are done."""

    def __init__(self, browser, server, admin, action_id):
        self.browser, self.server, self.admin, self.action_id = browser, server, admin, action_id

    def until(self, act, is_there, seconds=60):
        """``{"milliseconds": since the act, "at": the browser's clock}`` once something is on the screen, or None."""
        return self.browser.evaluate(f"benchUntil(() => {{ {act} }}, () => {is_there}, {seconds})")

    def shown(self, what, act, is_there):
        """The same.

        :raise AssertionError: it does not come; ``what`` says what is missing
        """
        if seen := self.until(act, is_there):
            return seen
        raise AssertionError(f"{type(self).__name__}: not on the screen after a minute: {what}")

    def cost(self, what, act, is_there):
        """The same, with requests and kilobytes."""
        self.browser.traffic.begin()
        seen = self.shown(what, act, is_there)
        time.sleep(SETTLE_SECONDS)
        return self._cost(seen["milliseconds"])

    def _cost(self, milliseconds):
        traffic = self.browser.traffic
        return Cost(milliseconds, traffic.count, traffic.bytes / 1024)

    def load(self, path, selector):
        """Begin anew.

        :raise AssertionError: what is selected does not come
        """
        self.browser.open(self.server.address + path)
        self.browser.wait_for_element(selector)
        self.browser.evaluate(TIMER)
        time.sleep(SETTLE_SECONDS)

    def says(self, text):
        return f"benchSays({json.dumps(text)})"

    def incoming(self, ticket_id, text, seconds):
        """From the moment at which a customer's message is sent to the server until it is read on the screen.

        :return: None when the screen does not show it by itself
        """

        def post():
            time.sleep(0.3)
            sent_at = time.time() * 1000
            customer.say(self.admin, self.action_id, ticket_id, text)
            return sent_at

        self.browser.traffic.begin()
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(post)
            seen = self.until("", self.says(text), seconds)
            # what the server refuses is raised here
            sent_at = sending.result()
        time.sleep(NEWS_SETTLE_SECONDS)
        return seen and self._cost(seen["at"] - sent_at)


class WorkspaceScreen(Screen):
    """The workspace."""

    def begin(self):
        self.load("/odoo/helpdesk-workspace", ".o_helpdesk_row")

    def ids(self):
        """The tickets of the queue, as they stand there."""
        return self.browser.evaluate(
            "[...document.querySelectorAll('.o_helpdesk_row')].map((row) => Number(row.dataset.ticket))"
        )

    def open(self, ticket_id):
        return self.cost(
            f"the conversation of ticket {ticket_id}",
            f"document.querySelector('.o_helpdesk_row[data-ticket=\"{ticket_id}\"]').click()",
            self.says(mark(ticket_id)),
        )

    def next(self, ticket_id):
        return self.cost(
            f"the next ticket, {ticket_id}",
            "document.activeElement.blur(); benchKey('j')",
            self.says(mark(ticket_id)),
        )

    def answer(self, text):
        self.browser.click(".o_helpdesk_composer textarea.o-mail-Composer-input")
        self.browser.write(text)
        self.browser.wait_for_element(".o_helpdesk_composer .o-mail-Composer-send:enabled")
        held = f"document.querySelector('.o_helpdesk_outbox_words')?.textContent.includes({json.dumps(text)})"
        taken = self.shown(f"the outbox with: {text}", "benchKey('Enter', { ctrlKey: true })", held)
        # without the seconds in which it can be taken back
        send_now = "document.querySelector('.o_helpdesk_outbox_item .btn-link').click()"
        return Cost(taken["milliseconds"], 0, 0), self.cost(f"the answer: {text}", send_now, self.says(text))


class FormScreen(Screen):
    """Odoo's form with its chatter."""

    def begin(self):
        self.load("/odoo", ".o_main_navbar")

    def open(self, ticket_id, ids=()):
        action = {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": ticket_id,
            "views": [[False, "form"]],
        }
        options = {"clearBreadcrumbs": True, "props": {"resIds": list(ids or [ticket_id])}}
        return self.cost(
            f"the form of ticket {ticket_id}",
            f"odoo.__WOWL_DEBUG__.root.env.services.action.doAction({json.dumps(action)}, {json.dumps(options)})",
            self.says(mark(ticket_id)),
        )

    def next(self, ticket_id):
        return self.cost(
            f"the form of the next ticket, {ticket_id}",
            "document.querySelector('.o_pager_next').click()",
            self.says(mark(ticket_id)),
        )

    def answer(self, text):
        self.browser.click(".o-mail-Chatter-sendMessage")
        self.browser.click(".o-mail-Chatter textarea.o-mail-Composer-input")
        self.browser.write(text)
        self.browser.wait_for_element(".o-mail-Chatter .o-mail-Composer-send:enabled")
        return self.cost(
            f"the answer: {text}",
            "document.querySelector('.o-mail-Chatter .o-mail-Composer-send').click()",
            self.says(text),
        )


def measure_workspace(screen):
    """``{what: [Cost]}`` of the workspace, and the order of its tickets."""
    screen.begin()
    ids = screen.ids()[: RUNS + 1]
    # upwards, so that none of them was read ahead
    opened = [screen.open(ticket_id) for ticket_id in reversed(ids)]
    screen.begin()
    screen.open(ids[0])
    followed = [screen.next(ticket_id) for ticket_id in ids[1:]]
    taken, sent = zip(*(screen.answer(f"Jawaban ke-{number}.") for number in range(RUNS)), strict=True)
    heard = [screen.incoming(ids[-1], f"Balasan ke-{number}.", 30) for number in range(RUNS)]
    if None in heard:
        raise AssertionError("WorkspaceScreen: a customer's message is not on the screen after 30 seconds")
    return {
        "open a ticket": opened[1:],
        "next ticket": followed,
        "answer: on the screen": taken,
        "answer: in the conversation": sent,
        "incoming message": heard,
    }, ids


def measure_form(screen, ids):
    """``{what: [Cost]}`` of the form, with the same tickets in the same order."""
    screen.begin()
    opened = [screen.open(ticket_id) for ticket_id in reversed(ids)]
    screen.open(ids[0], ids)
    followed = [screen.next(ticket_id) for ticket_id in ids[1:]]
    sent = [screen.answer(f"Jawaban formulir ke-{number}.") for number in range(RUNS)]
    heard = []
    while len(heard) < RUNS:
        seen = screen.incoming(ids[-1], f"Balasan formulir ke-{len(heard)}.", UNSEEN_SECONDS)
        if not seen:
            break
        heard.append(seen)
    return {
        "open a ticket": opened[1:],
        "next ticket": followed,
        "answer: on the screen": sent,
        "answer: in the conversation": sent,
        "incoming message": heard,
    }


def print_table(title, ours, peer):
    """Both screens, and how many times longer the form takes."""
    print(f"\n{title}")
    head = f"{'ms p50':>8}{'p95':>7}{'requests':>10}{'kB':>7}"
    print(f"{'':30}{'workspace':>32}{'form':>32}\n{'':30}{head}{head}{'ratio':>8}")
    for what, costs in ours.items():
        ratio = f"{_median(peer[what]) / _median(costs):8.1f}" if peer[what] else f"{'-':>8}"
        print(f"{what:30}{_columns(costs)}{_columns(peer[what])}{ratio}")


def _median(costs):
    return statistics.median(cost.milliseconds for cost in costs)


def _columns(costs):
    if not costs:
        return f"{'not shown by itself':>32}"
    late = (
        statistics.quantiles((cost.milliseconds for cost in costs), n=20, method="inclusive")[-1]
        if len(costs) > 1
        else _median(costs)
    )
    requests_made, kilobytes = (_mean(costs, name) for name in ("requests", "kilobytes"))
    return f"{_median(costs):8.0f}{late:7.0f}{requests_made:10.1f}{kilobytes:7.1f}"


def _mean(costs, name):
    return statistics.mean(getattr(cost, name) for cost in costs)


def measure(name, port):
    """Serve and measure one filled database; the costs of workspace and form."""
    action_id, count = prepare(name)
    arguments = ("-d", name, "--http-interface", "127.0.0.1", "--http-port", str(port), "--log-level", "critical")
    with Server(odoo_command.words("server", *arguments, "--max-cron-threads", "0"), port) as server:
        admin = Helpdesk(server.address, name, "admin", "admin")
        with Browser() as browser:
            browser.log_in(server.address, AGENT, tickets.PASSWORD)
            try:
                ours, ids = measure_workspace(WorkspaceScreen(browser, server, admin, action_id))
                peer = measure_form(FormScreen(browser, server, admin, action_id), ids)
            except AssertionError as error:
                raise SystemExit(f"{error}\n\n{browser.account()}") from error
    print_table(f"{count} tickets, {len(ids)} of them opened", ours, peer)
    return ours, peer


def print_growth(before, after):
    """Times and requests with many tickets as multiples of those with few; what has grown."""
    print("\nworkspace with many tickets, as a multiple of few: time (median), requests, kB")
    grown = []
    for what, costs in after.items():
        time_ratio = _median(costs) / _median(before[what])
        requests_made, kilobytes = (_ratio(costs, before[what], name) for name in ("requests", "kilobytes"))
        print(f"  {what:30}{time_ratio:6.1f}{requests_made:6.1f}{kilobytes:6.1f}")
        if max(time_ratio, requests_made) > GROWN:
            grown.append(what)
    return grown


def _ratio(costs, before, name):
    return (_mean(costs, name) or 1) / (_mean(before, name) or 1)


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.CRITICAL)
    many, port = os.environ["BENCH_DATABASE"], int(os.environ["BENCH_PORT"])
    few = f"{many}_few"
    with postgres.running() as server:
        database.copy(server, many, few)
        try:
            fill(few, FEW)
            before, _peer = measure(few, port)
            if FILLED:
                odoo.sql_db.close_all()
                database.copy(server, FILLED, many)
            else:
                fill(many, MANY)
            after, peer = measure(many, port)
        finally:
            odoo.sql_db.close_all()
            database.remove(server, few)
    grown = print_growth(before, after)
    slower = [what for what, costs in after.items() if peer[what] and _median(costs) > _median(peer[what])]
    for what in grown:
        print(f"  GROWS with the tickets: {what}")
    for what in slower:
        print(f"  SLOWER than the form: {what}")
    return 1 if grown or slower else 0


if __name__ == "__main__":
    sys.exit(main())

"""Two agents on one ticket, each with a browser of their own, and what may go wrong while they write.

    ODOO_RC=odoo.conf python tests/acceptance/two_agents.py --database NAME [--port PORT] [--cut SECONDS]

They see one another, and write; both send at the same moment: the second answer is held back until its author has seen
the first. Then the line of one is cut for a minute in the middle of writing, and the server is killed and started
again meanwhile; at another time the server hears an answer and its own words get lost on the way back; at last the
page of one crashes. Ends with 1 when a word that was typed is lost, or an answer is there twice.
"""

import argparse
import logging
import os
import sys
import time
from contextlib import ExitStack

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from config.environment import odoo_command

sys.path.insert(0, os.path.dirname(__file__))
from _chromium import Browser, Line, Server

NAMES = {"ayu": "Ayu Lestari", "bima": "Bima Santoso"}
PASSWORD = "dua-petugas"
COMPOSER = ".o_helpdesk_composer textarea.o-mail-Composer-input"
OUTBOX = ".o_helpdesk_outbox_item"
# An answer can be taken back for five seconds; then it has to go through a busy machine.
SENT_SECONDS = 60


def prepare(database):
    """Two agents of one team, and their customer's ticket; its id."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        # who has signed an agreement is no part of this
        env["helpdesk.nda.rule"].search([]).required = False
        team = env["helpdesk.team"].search([("tier", "=", "1")], limit=1)
        product = env["helpdesk.product"].search([], limit=1)
        agents = env["res.users"].with_context(no_reset_password=True)
        agents = agents.create([_account(env, login, product, team.site_id) for login in NAMES])
        team.member_ids |= agents
        customer = env["res.partner"].create({"name": "Siti Aminah", "email": "siti@customer.example"})
        channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
        ticket = env["helpdesk.ticket"].create(
            {
                "name": "Kode OTP tidak masuk",
                "partner_id": customer.id,
                "product_id": product.id,
                "team_id": team.id,
                "site_id": team.site_id.id,
                "channel_id": channel.id,
            }
        )
        ticket.with_context(mail_create_nosubscribe=True).message_post(
            body="Sejak pagi saya tidak bisa masuk.",
            author_id=customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return ticket.id


def _account(env, login, product, site):
    return {
        "name": NAMES[login],
        "login": login,
        "password": PASSWORD,
        "email": f"{login}@helpdesk.example",
        "lang": "en_US",
        "tz": "Asia/Jakarta",
        "group_ids": [(6, 0, env.ref("kemenkes_helpdesk.group_agent").ids)],
        "helpdesk_product_ids": [(6, 0, product.ids)],
        "helpdesk_site_ids": [(6, 0, site.ids)],
    }


class Agent:
    """One agent at a browser, which reaches the server by a line of its own."""

    def __init__(self, browser, server, login, ticket_id):
        self.browser, self.line, self.login = browser, Line(server.port), login
        self.path = f"/odoo/helpdesk-workspace/{ticket_id}"
        browser.log_in(self.line.address, login, PASSWORD)
        self.open_ticket()

    def open_ticket(self):
        """Open the ticket in the workspace."""
        self.browser.open(self.line.address + self.path)
        self.browser.wait_for_element(COMPOSER)

    def write(self, text):
        """Type, as one does: in several goes."""
        self.browser.click(COMPOSER)
        for word in text.split(" "):
            self.browser.write(f"{word} ")
            time.sleep(0.05)

    def send(self):
        """Ctrl and Enter."""
        self.browser.press("Enter", "ctrl")

    @property
    def typed(self):
        """What stands in the composer."""
        return self.browser.evaluate(f"document.querySelector('{COMPOSER}')?.value.trim() || ''")

    def wait_for_words(self, selector, words, seconds=SENT_SECONDS):
        """Wait until an element with these words is on the screen."""
        self.browser.wait_for(
            f"[...document.querySelectorAll('{selector}')].some((one) => one.textContent.includes('{words}'))",
            f"{words} in {selector} ({self.login})",
            seconds,
        )

    def wait_until_gone(self, selector, seconds=SENT_SECONDS):
        """Wait until no such element is on the screen."""
        self.browser.wait_for(f"!document.querySelector('{selector}')", f"{selector} is gone ({self.login})", seconds)

    def count_shown(self, words):
        """How many messages of the conversation have these words."""
        shown = self.browser.evaluate("[...document.querySelectorAll('.o-mail-Message')].map((one) => one.textContent)")
        return sum(words in text for text in shown)


class Check:
    """What is found, a line each."""

    def __init__(self):
        self.failed = 0

    def __call__(self, what, is_right, more=""):
        self.failed += not is_right
        print(f"  {'right' if is_right else 'WRONG'}  {what}{f': {more}' if more and not is_right else ''}", flush=True)


class Ledger:
    """What the database has of the ticket."""

    def __init__(self, database, ticket_id):
        self.registry, self.ticket_id = Registry(database), ticket_id

    def count(self, words):
        """Messages with these words."""
        with self.registry.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket' AND res_id = %s AND body LIKE %s",
                [self.ticket_id, f"%{words}%"],
            )
            return cursor.fetchone()[0]

    def wait_for(self, words, seconds=SENT_SECONDS):
        """Wait until a message has these words."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.count(words):
            time.sleep(0.2)

    def wait_for_draft(self, words, seconds=SENT_SECONDS):
        """Whether the server has kept a draft with these words."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.registry.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM helpdesk_draft WHERE ticket_id = %s AND text LIKE %s", [self.ticket_id, f"%{words}%"]
                )
                if cursor.rowcount:
                    return True
            time.sleep(0.2)
        return False


def meet(ayu, bima, check):
    """They see one another, and that the other writes."""
    ayu.wait_for_words(".o_helpdesk_watchers", NAMES["bima"])
    bima.wait_for_words(".o_helpdesk_watchers", NAMES["ayu"])
    check("each sees that the other looks at the ticket too", True)
    bima.write("Mohon kirim nomor Anda.")
    ayu.wait_for_words(".o_helpdesk_watchers .o_typing", NAMES["bima"])
    check("one sees that the other writes", True)


def collide(ayu, bima, ledger, check):
    """Both send at the same moment."""
    ayu.write("Kode baru sudah kami kirim.")
    ayu.send()
    bima.send()
    winner, loser = _first_answer(ayu, bima)
    check("of two answers of one moment one is held back", True)
    words = {ayu: "Kode baru", bima: "Mohon kirim"}
    check("the customer got one of them", (ledger.count(words[winner]), ledger.count(words[loser])) == (1, 0))
    loser.wait_for_words(".o-mail-Message", words[winner])
    check("who was slower sees the colleague's answer", True)
    loser.browser.click(".o_helpdesk_send_anyway")
    loser.wait_until_gone(OUTBOX)
    check("and sends all the same, once", ledger.count(words[loser]) == 1)
    winner.wait_for_words(".o-mail-Message", words[loser])
    check("which the other sees without asking", winner.count_shown(words[loser]) == 1)


def _first_answer(ayu, bima):
    deadline = time.monotonic() + SENT_SECONDS
    held = f"!!document.querySelector('{OUTBOX}[data-state=answered]')"
    while time.monotonic() < deadline:
        for winner, loser in ((ayu, bima), (bima, ayu)):
            if loser.browser.evaluate(held):
                return winner, loser
        time.sleep(0.1)
    raise AssertionError("neither of two answers was held back")


def cut_while_writing(ayu, bima, server, ledger, seconds, check):
    """No connection for a minute in the middle of writing, and the server begins anew meanwhile."""
    ayu.write("Silakan coba lagi,")
    ayu.line.cut()
    begun = time.monotonic()
    ayu.write("lalu kabari kami.")
    ayu.send()
    ayu.wait_for_words(f"{OUTBOX}[data-state=waiting]", "Silakan coba lagi")
    ayu.browser.wait_for_element(".o_helpdesk_offline", SENT_SECONDS)
    check("the screen says that there is no connection, and the answer waits", True)
    ayu.write("Satu hal lagi:")
    server.kill()
    server.start()
    time.sleep(max(0, begun + seconds - time.monotonic()))
    ayu.write("terima kasih.")
    check("nothing went out meanwhile", ledger.count("Silakan coba lagi") == 0)
    ayu.line.mend()
    ledger.wait_for("Silakan coba lagi")
    ayu.wait_until_gone(OUTBOX)
    ayu.wait_until_gone(".o_helpdesk_offline")
    check("with the connection back the answer is out, once", ledger.count("Silakan coba lagi, lalu kabari kami.") == 1)
    check("and stands in the conversation once", ayu.count_shown("Silakan coba lagi") == 1)
    check("what was typed meanwhile is there", ayu.typed == "Satu hal lagi: terima kasih.", ayu.typed)
    bima.wait_for_words(".o-mail-Message", "Silakan coba lagi")
    check("the colleague, whose server began anew, sees the answer", bima.count_shown("Silakan coba lagi") == 1)


def lose_answers(ayu, ledger, check):
    """The server takes an answer, and the browser never hears of it."""
    ayu.send()
    ayu.browser.wait_for_element(OUTBOX)
    ayu.line.swallow_answers()
    ayu.browser.click(f"{OUTBOX} .btn-link")
    ledger.wait_for("Satu hal lagi")
    check(
        "the server has an answer of which the browser does not know",
        bool(ayu.browser.evaluate(_kept("Satu hal lagi"))),
    )
    ayu.line.mend()
    ayu.browser.wait_for(f"!({_kept('Satu hal lagi')})", "the browser has heard of it", SENT_SECONDS)
    check("it was sent again and is there once", ledger.count("Satu hal lagi: terima kasih.") == 1)
    check("on the screen too", ayu.count_shown("Satu hal lagi") == 1)


def _kept(words):
    return f"Object.values(localStorage).some((kept) => kept.includes('dueAt') && kept.includes('{words}'))"


def crash_while_writing(ayu, ledger, check):
    """The page dies; what was typed is in front of the agent again, and on the server for another computer."""
    ayu.write("Mohon unggah tangkapan layar")
    check("a draft is kept on the server", ledger.wait_for_draft("tangkapan layar"))
    ayu.line.cut()
    ayu.write("dari aplikasi.")
    # it is kept on this computer after a third of a second
    time.sleep(1)
    ayu.browser.crash()
    ayu.line.mend()
    ayu.open_ticket()
    wanted = "Mohon unggah tangkapan layar dari aplikasi."
    ayu.browser.wait_for(f"document.querySelector('{COMPOSER}').value.includes('unggah')", "the draft", SENT_SECONDS)
    check("after a crash of the page every word is there", ayu.typed == wanted, ayu.typed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument("--cut", type=float, default=60, help="so many seconds there is no connection")
    options = parser.parse_args()
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.CRITICAL)
    ticket_id = prepare(options.database)
    ledger, check = Ledger(options.database, ticket_id), Check()
    arguments = ("-d", options.database, "--http-interface", "127.0.0.1", "--http-port", str(options.port))
    command = odoo_command.words("server", *arguments, "--log-level", "critical")
    with ExitStack() as stack:
        server = stack.enter_context(Server(command, options.port))
        ayu, bima = (Agent(stack.enter_context(Browser()), server, login, ticket_id) for login in NAMES)
        meet(ayu, bima, check)
        collide(ayu, bima, ledger, check)
        cut_while_writing(ayu, bima, server, ledger, options.cut, check)
        lose_answers(ayu, ledger, check)
        crash_while_writing(ayu, ledger, check)
    print(f"  {'nothing lost, nothing doubled' if not check.failed else f'{check.failed} WRONG'}")
    return min(check.failed, 1)


if __name__ == "__main__":
    sys.exit(main())

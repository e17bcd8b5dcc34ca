import random
import re
import threading
import time
from contextlib import contextmanager
from unittest.mock import patch

import requests
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import DummyRLock, Registry
from odoo.service import model, security
from odoo.tests import HOST, BaseCase, HttpCase, get_db_name
from odoo.tools import SQL, mute_logger

LEDGER_TABLES = ("helpdesk_event", "helpdesk_event_head")
PATIENCE_SECONDS = 60


class ParallelCase(BaseCase):
    """Real transactions on connections of their own; each test removes at its end what it wrote.

    Nothing here waits for a certain time: whoever must be late waits for a lock.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.mark = f"parallel{random.randrange(10**9)}"
        self.failures = []
        # the thread that loads the registry, and runs the tests, holds its lock
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        # as in HelpdeskCase
        self.startPatcher(patch.object(self.registry["res.users"], "_is_admitted", lambda user: True))

    @contextmanager
    def transaction(self, user_id=SUPERUSER_ID):
        """An environment of ``user_id`` on a connection of its own; committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, user_id, {})

    def replayed(self, work):
        """``work(env)`` in a transaction, again when it met another one, as Odoo does it with requests and jobs."""
        for _attempt in range(200):
            try:
                with self.transaction() as env:
                    return work(env)
            except TransactionRollbackError:
                continue
        raise AssertionError("met another transaction each time")

    def at_once(self, *works):
        """Run functions in threads that start together; whatever they raise is a failure of the test.

        :return: what they returned, in order
        """
        with mute_logger("odoo.sql_db"):
            return self._finish(self._start(works, threading.Barrier(len(works)).wait))

    def collide(self, ticket_id, *works):
        """Run functions that write one ticket so that each has begun its transaction before any of them may write.

        :return: what they returned, in order
        """
        return self.collide_on("helpdesk_ticket", ticket_id, *works)

    def collide_on(self, table, row_id, *works):
        """As :meth:`collide`, with the row of another table."""
        locked = SQL("SELECT id FROM %s WHERE id = %s FOR UPDATE", SQL.identifier(table), row_id)
        with mute_logger("odoo.sql_db"):
            with self.transaction() as env:
                env.execute_query(locked)
                running = self._start(works)
                blocked = self._wait_until_blocked(len(works))
            results = self._finish(running)
        self.assertTrue(blocked, "they did not meet")
        return results

    def _start(self, works, ready=lambda: None):
        results = [None] * len(works)

        def run(number, work):
            try:
                ready()
                results[number] = work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must tell
                self.failures.append(error)

        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        return threads, results

    def _finish(self, running):
        threads, results = running
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        self.assertEqual(self.failures, [])
        self.assertFalse([thread for thread in threads if thread.is_alive()], "still running")
        return results

    def _wait_until_blocked(self, count):
        blocked = SQL(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and not self.failures:
            with self.transaction() as env:
                if env.execute_query(blocked)[0][0] >= count:
                    return True
            time.sleep(0.02)
        return False

    def remove_from_ledger(self, env, chains):
        """Delete chains of the ledger, protection lifted.

        :param SQL chains: a condition on the column ``chain``
        """
        for name in LEDGER_TABLES:
            table = SQL.identifier(name)
            env.cr.execute(SQL("GRANT ALL ON %s TO CURRENT_USER", table))
            env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER ALL", table))
            env.cr.execute(SQL("DELETE FROM %s WHERE %s", table, chains))
        env["helpdesk.event"].init()  # protection back, as at an update

    def remove_tickets(self, env, channels):
        """Delete the tickets of channels, with all that hangs on them, and the channels."""
        tickets = env["helpdesk.ticket"].with_context(active_test=False).search([("channel_id", "in", channels.ids)])
        self.remove_from_ledger(env, SQL("chain = ANY(%s)", tickets.ids))
        for statement in (
            "DELETE FROM helpdesk_inbox_event WHERE channel_id = ANY(%(channels)s)",
            "DELETE FROM mail_message WHERE model = 'helpdesk.ticket' AND res_id = ANY(%(tickets)s)",
            "DELETE FROM helpdesk_ticket WHERE id = ANY(%(tickets)s)",
        ):
            env.cr.execute(SQL(statement, channels=channels.ids, tickets=tickets.ids))
        env.invalidate_all()
        channels.unlink()


class ParallelHttpCase(ParallelCase):
    """People at their browsers: each a session of its own, requests that Odoo's server works on side by side.

    Two agents in L1 (ani, budi), two experts in L2 (eko, fitri), and a ticket by web form that nobody has.
    """

    def setUp(self):
        super().setUp()
        # what met another transaction is replayed at once; tests need not wait for that
        self.pauses = self.startPatcher(patch.object(model.random, "uniform", return_value=0.01))
        self.addCleanup(self.clean_up)
        with self.transaction() as env:
            self.create_world(env(context={"no_reset_password": True}))

    def create_world(self, env):
        product, site = (
            env[name].create({"name": self.mark, "code": self.mark}) for name in ("helpdesk.product", "helpdesk.site")
        )
        self.product_id, self.site_id = product.id, site.id
        roles = {"ani": "agent", "budi": "agent", "eko": "expert", "fitri": "expert"}
        people = {name: self.create_person(env, name, role) for name, role in roles.items()}
        self.people = {name: user.id for name, user in people.items()}
        second = self.create_team(env, "2", people["eko"] | people["fitri"])
        first = self.create_team(env, "1", people["ani"] | people["budi"], escalation_team_ids=second.ids)
        self.team_id, self.second_id = first.id, second.id
        values = {"site_id": site.id, "team_id": first.id, "product_id": product.id}
        channel = env["helpdesk.channel"].create(
            {**values, "name": self.mark, "kind": "form", "form_min_seconds": 0, "email_from": "halo@helpdesk.example"}
        )
        customer = env["res.partner"].create({"name": "Siti Aminah", "email": f"siti@{self.mark}.example"})
        ticket = env["helpdesk.ticket"].create(
            {**values, "name": "OTP", "partner_id": customer.id, "channel_id": channel.id, "priority": "1"}
        )
        self.channel_id, self.ticket_id, self.customer_link = channel.id, ticket.id, ticket.get_portal_url()

    def create_person(self, env, name, role):
        return env["res.users"].create(
            {
                "name": name.title(),
                "login": f"{name}@{self.mark}.example",
                "email": f"{name}@{self.mark}.example",
                "group_ids": [(4, env.ref(f"kemenkes_helpdesk.group_{role}").id), (4, env.ref("base.group_user").id)],
                "helpdesk_product_ids": [(6, 0, [self.product_id])],
                "helpdesk_site_ids": [(6, 0, [self.site_id])],
            }
        )

    def create_team(self, env, tier, members, **values):
        return env["helpdesk.team"].create(
            {
                "name": f"{self.mark} L{tier}",
                "tier": tier,
                "site_id": self.site_id,
                "member_ids": members.ids,
                **values,
            }
        )

    def clean_up(self):
        people = list(self.people.values())
        with self.transaction() as env:
            self.remove_tickets(env, env["helpdesk.channel"].browse(self.channel_id))
            env["helpdesk.team"].browse([self.team_id, self.second_id]).unlink()
            self.remove_from_ledger(env, SQL("chain = ANY(%s)", [-user_id for user_id in people]))
            env["res.users"].browse(people).unlink()
            env["helpdesk.product"].browse(self.product_id).unlink()
            env["helpdesk.site"].browse(self.site_id).unlink()
            env["res.partner"].search([("email", "like", f"@{self.mark}.example")]).unlink()
            # every visitor of the tests comes from one address
            env["helpdesk.rate.limit"].search([]).unlink()

    # PEOPLE

    def log_in(self, name=None):
        """The browser of a person, or of a visitor without an account."""
        session = http.root.session_store.new()
        session.update(http.get_default_session(), db=get_db_name(), _trace_disable=True)
        if name:
            with self.transaction(self.people[name]) as env:
                session.uid, session.login = env.uid, env.user.login
                session.session_token = security.compute_session_token(session, env)
                session.context = dict(env.user.context_get())
        http.root.session_store.save(session)
        self.addCleanup(http.root.session_store.delete, session)
        browser = requests.Session()
        browser.cookies.set("session_id", session.sid, domain=HOST)
        return browser

    def call(self, browser, name, method, *args, **kwargs):
        """A call as the web client makes it.

        :return: ``(result, None)``, or ``(None, message that the user reads)``
        """
        params = {"model": name, "method": method, "args": args, "kwargs": kwargs}
        return self.call_route(browser, f"/web/dataset/call_kw/{name}/{method}", params)

    def call_route(self, browser, path, params):
        """A call of a route for scripts; the answer as of :meth:`call`."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = browser.post(HttpCase.base_url() + path, json=body).json()
        error = answer.get("error")
        if not error:
            return answer.get("result"), None
        # a programming error and a lost race are no messages
        self.assertIn("exceptions", error["data"]["name"], error["data"]["debug"])
        self.assertNotIn("psycopg2", error["data"]["name"], error["data"]["debug"])
        return None, error["data"]["message"]

    def get(self, browser, path):
        page = browser.get(HttpCase.base_url() + path)
        self.assertEqual(page.status_code, 200, page.text[:500])
        return page

    def send(self, browser, path, **values):
        """Send a form of a page of ours; the page that follows."""
        page = browser.post(HttpCase.base_url() + path, data=values, files={"files": ("", b"")})
        self.assertEqual(page.status_code, 200, page.text[:500])
        return page

    def hidden(self, page, name):
        """The value of a hidden field of a page."""
        return re.search(rf'name="{name}" value="([^"]+)"', page.text)[1]

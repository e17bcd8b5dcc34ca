import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.parallel_common import ParallelHttpCase

MINUTES = 30


@tagged("post_install", "-at_install")
class TestSlaParallel(ParallelHttpCase):
    """R14: the sweep finds a clock late in the moment in which an agent answers: real transactions side by side."""

    def setUp(self):
        super().setUp()
        real = Cursor.now
        self.ahead = {}
        # a thread's transactions take place later than they do, by what the test says
        self.startPatcher(
            patch.object(Cursor, "now", lambda cr: real(cr) + self.ahead.get(threading.get_ident(), timedelta()))
        )
        with self.transaction() as env:
            self.others_ids = env["helpdesk.sla"].search([]).ids
            env["helpdesk.sla"].browse(self.others_ids).active = False
            policy = env["helpdesk.sla"].create(
                {"name": self.mark, "target": "first_response", "minutes": MINUTES, "active": True}
            )
            policy.version_ids.valid_from = fields.Datetime.now() - timedelta(days=1)
            self.policy_id = policy.id
            env["helpdesk.sla.status"]._refresh(env["helpdesk.ticket"].browse(self.ticket_id))
        with self.transaction() as env:
            self.due = self.clock(env).deadline
            self.assertTrue(self.due)

    def clean_up(self):
        with self.transaction() as env:
            env["helpdesk.sla.status"].search([("sla_id", "=", self.policy_id)]).unlink()
            policy = env["helpdesk.sla"].browse(self.policy_id)
            policy.active = False
            policy.version_ids.unlink()
            policy.unlink()
            env["helpdesk.sla"].browse(self.others_ids).active = True
        super().clean_up()

    def clock(self, env):
        return env["helpdesk.sla.status"].search([("ticket_id", "=", self.ticket_id), ("sla_id", "=", self.policy_id)])

    def at(self, after_due):
        """From now on this thread's transactions take place so many seconds after the due time."""
        self.ahead[threading.get_ident()] = self.due + timedelta(seconds=after_due) - fields.Datetime.now()

    def sweep(self, after_due, meanwhile=lambda: None):
        """What the job does, in a transaction of its own; ``meanwhile`` happens when it has found what is due.

        :return: how many of the test's clocks it found
        """

        def work(env):
            mine = env["helpdesk.sla.status"]._take_due(100).filtered(lambda one: one.sla_id.id == self.policy_id)
            meanwhile()
            mine._sweep()
            return len(mine)

        self.at(after_due)
        return self.replayed(work)

    def answer(self, env):
        """Ani answers in the form."""
        env["helpdesk.ticket"].with_user(self.people["ani"]).browse(self.ticket_id).message_post(
            body="Sudah pulih", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        env.flush_all()

    def replayed_answer(self, after_due):
        """As :meth:`answer`, in a transaction of its own, as the server does it."""
        self.at(after_due)
        self.replayed(self.answer)

    def check(self):
        """Stored is what the ledger says, told once, the chain is whole, and what was said is there once.

        :return: the clock's state
        """
        with self.transaction() as env:
            self.at(600)
            ticket, one = env["helpdesk.ticket"].browse(self.ticket_id), self.clock(env)
            self.assertEqual(env["helpdesk.sla.status"]._compare(ticket), [])
            self.assertFalse(env["helpdesk.event"].verify([("ticket_id", "=", ticket.id)]))
            rows = env["helpdesk.event"].search([("ticket_id", "=", ticket.id)])
            kinds = rows.mapped("kind")
            self.assertEqual(kinds.count("message_out"), 1)
            self.assertEqual(kinds.count("sla_breached"), 1 if one.state == "failed" else 0)
            self.assertEqual((one.is_open, ticket.next_due_date, one.check_date), (False, False, False))
            self.assertEqual(one.reached_date > one.deadline, one.state == "failed")
            self.ahead.clear()
            return one.state

    def test_sweep_first(self):
        """The sweep has found it late but is not through when the agent answers: one breach, then the late answer."""
        running = []

        def answer_meanwhile():
            if not running:
                running.append(self._start([lambda: self.replayed_answer(25)]))
                self.assertTrue(self._wait_until_blocked(1), "the agent did not wait for the sweep")

        with mute_logger("odoo.sql_db"):
            self.assertEqual(self.sweep(20, answer_meanwhile), 1)
            self._finish(running[0])
        self.assertEqual(self.check(), "failed")

    def test_answer_first_and_late(self):
        """The agent is about to answer, late: the sweep leaves the ticket alone, the answer itself tells the breach."""
        self.at(20)
        with self.transaction() as env:
            self.answer(env)
            self.assertEqual(self.sweep(21), 0)
        self.assertEqual(self.sweep(60), 0)
        self.assertEqual(self.check(), "failed")

    def test_answer_first_in_the_last_second(self):
        """It was in time and stays so, although the sweep runs after the due time and before the answer is through."""
        self.at(-1)
        with self.transaction() as env:
            self.answer(env)
            self.assertEqual(self.sweep(5), 0)
        self.assertEqual(self.sweep(60), 0)
        self.assertEqual(self.check(), "reached")

    def test_at_once(self):
        """Left to chance, who comes first: never two breaches, never none for a late answer."""
        self.at_once(lambda: self.sweep(20), lambda: self.sweep(20), lambda: self.replayed_answer(25))
        self.assertEqual(self.check(), "failed")

    def test_two_sweeps(self):
        """Two jobs at once take no clock twice."""
        taken = self.at_once(lambda: self.sweep(20), lambda: self.sweep(20))
        self.assertEqual(sum(taken), 1)
        self.replayed_answer(30)
        self.assertEqual(self.check(), "failed")

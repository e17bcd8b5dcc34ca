import random

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.kemenkes_helpdesk.models.helpdesk_event import DIMENSIONS

from .parallel_common import ParallelCase

# Kept apart from the ids of tickets and of the other tests: these rows are really committed.
FIRST_CHAIN = 3_000_000_000


@tagged("post_install", "-at_install")
class TestLedgerParallel(ParallelCase):
    """R27.b.2: the ledger, written and read at the same moment."""

    def setUp(self):
        super().setUp()
        self.ticket = FIRST_CHAIN + random.randrange(10**9)
        self.reader = f"test_{self.ticket}"
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.transaction() as env:
            self.remove_from_ledger(env, SQL("chain BETWEEN %s AND %s", self.ticket, self.ticket + 100))
            env.cr.execute("DELETE FROM helpdesk_event_cursor WHERE name = %s", [self.reader])

    def record(self, env, *numbers, kind="note"):
        rows = [{**dict.fromkeys(DIMENSIONS), "kind": kind, "ticket_id": self.ticket + number} for number in numbers]
        return env["helpdesk.event"]._record(rows)

    def consume(self, limit=1000):
        """Ids of this test's rows that the reader gets, until there is nothing new."""
        ids = []
        while True:
            with self.transaction() as env:
                rows = env["helpdesk.event.cursor"]._consume(self.reader, limit)
            ids += [row["id"] for row in rows if (row["ticket_id"] or 0) >= self.ticket]
            if not rows:
                return ids

    def verify(self):
        with self.transaction() as env:
            return env["helpdesk.event"].verify([("ticket_id", ">=", self.ticket)])

    def chain(self, number=0):
        with self.transaction() as env:
            env.cr.execute("SELECT sequence FROM helpdesk_event WHERE chain = %s ORDER BY id", [self.ticket + number])
            return [sequence for (sequence,) in env.cr.fetchall()]

    def test_second_writer_is_replayed_and_nothing_forks(self):
        """R27.b.2: two open transactions on one chain: the later one fails with what Odoo replays, then follows on."""
        with self.transaction() as env:
            self.record(env, 0)
        with self.registry.cursor() as late_cr:
            late_cr.execute("SELECT 1")  # its view of the database begins here
            with self.transaction() as env:
                self.record(env, 0)
            late = api.Environment(late_cr, SUPERUSER_ID, {})
            with mute_logger("odoo.sql_db"), self.assertRaisesRegex(SerializationFailure, "serialize"):
                self.record(late, 0)
            late_cr.rollback()
            self.record(late, 0)
        self.assertEqual(self.chain(), [1, 2, 3])
        self.assertEqual(self.verify(), [])

    def test_first_row_of_a_chain_twice_at_once(self):
        """R27.b.2: also a chain's first row can't be written twice."""
        with self.registry.cursor() as late_cr:
            late_cr.execute("SELECT 1")
            with self.transaction() as env:
                self.record(env, 0)
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.record(api.Environment(late_cr, SUPERUSER_ID, {}), 0)
            late_cr.rollback()
        self.assertEqual(self.chain(), [1])

    def test_many_writers(self):
        """R27.b.2: writers on the same tickets in any order: no deadlock, no fork, no row lost or missed."""
        consumed, finished = [], []

        def write(seed):
            order = random.Random(seed)
            try:
                for _batch in range(15):
                    numbers = order.sample(range(6), 3)
                    self.replayed(lambda env, numbers=numbers: self.record(env, *numbers))
            finally:
                finished.append(seed)

        def read():
            while len(finished) < 4:
                consumed.extend(self.consume(limit=7))

        self.at_once(read, *(lambda seed=seed: write(seed) for seed in range(4)))
        consumed += self.consume()
        chains = [self.chain(number) for number in range(6)]
        self.assertEqual(chains, [list(range(1, len(chain) + 1)) for chain in chains])
        self.assertEqual(sum(map(len, chains)), 4 * 15 * 3)
        self.assertEqual(self.verify(), [])
        self.assertEqual(len(consumed), 4 * 15 * 3)
        self.assertEqual(len(set(consumed)), len(consumed))

    def test_late_commit_is_not_missed(self):
        """R27.b.2: a row with a small id that is committed after a larger one still reaches the reader, once."""
        self.consume()
        with self.registry.cursor() as slow_cr:
            slow = self.record(api.Environment(slow_cr, SUPERUSER_ID, {}), 1)
            with self.transaction() as env:
                quick = self.record(env, 2)
            self.assertLess(slow[0], quick[0])
            self.assertEqual(self.consume(), [], "a transaction is open that may still write before the quick row")
            slow_cr.commit()
        self.assertEqual(self.consume(), slow + quick)
        self.assertEqual(self.consume(), [])

    def test_other_databases_are_not_waited_for(self):
        """R27.b.2: a long transaction in another database of the same cluster does not hold the readers up."""
        self.consume()
        with db_connect("postgres").cursor() as other_cr:
            other_cr.execute("SELECT pg_current_xact_id()")
            with self.transaction() as env:
                ids = self.record(env, 0)
            self.assertEqual(self.consume(), ids)

    def test_reader_that_fails_gets_the_rows_again(self):
        """R27.b.2: the bookmark moves with the reader's own transaction."""
        self.consume()
        with self.transaction() as env:
            ids = self.record(env, 0, 1)
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["helpdesk.event.cursor"]._consume(self.reader)
            cr.rollback()
        self.assertEqual(self.consume(), ids)

    def test_rolled_back_rows_leave_no_gap(self):
        """R27.b.2: what was never committed is no hole in the chain."""
        with self.transaction() as env:
            self.record(env, 0)
        with self.registry.cursor() as cr:
            self.record(api.Environment(cr, SUPERUSER_ID, {}), 0)
            cr.rollback()
        with self.transaction() as env:
            self.record(env, 0)
        self.assertEqual(self.chain(), [1, 2])
        self.assertEqual(self.verify(), [])

    def test_transaction_numbers_grow_after_a_restore(self):
        """R27.b.2: in a cluster that a dump was restored into, new rows still come after the old ones."""
        with self.transaction() as env:
            old = self.record(env, 0)
            env.cr.execute(
                "GRANT ALL ON helpdesk_event TO CURRENT_USER; ALTER TABLE helpdesk_event DISABLE TRIGGER ALL"
            )
            env.cr.execute("UPDATE helpdesk_event SET xact = xact + 1000000 WHERE id = %s", old)
            env["helpdesk.event"].init()
        with self.transaction() as env:
            env.cr.execute("SELECT shift FROM helpdesk_event_epoch")
            shift = env.cr.fetchone()[0]
            self.addCleanup(self.set_shift, shift)
            env["helpdesk.event"]._register_hook()
        with self.transaction() as env:
            new = self.record(env, 1)
        self.assertEqual(self.consume()[-2:], old + new)

    def set_shift(self, shift):
        # rows with a number from the future are gone by now
        with self.transaction() as env:
            env.cr.execute("UPDATE helpdesk_event_epoch SET shift = %s", [shift])

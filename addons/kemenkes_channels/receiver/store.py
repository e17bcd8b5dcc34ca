"""PostgreSQL: one row for each payload, durable before anybody hears "200".

Requests that come while a transaction is under way wait for the next one, which stores them all together: one write to
disk for many payloads, and no waiting where there is only one.
"""

import json
import logging
from contextlib import contextmanager

import gevent
import psycopg2
import psycopg2.extras
from gevent.event import AsyncResult, Event
from gevent.queue import Empty, Queue
from psycopg2 import extensions

_logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
WAKE_SECONDS = 1
WAIT_SECONDS = 20
INSERT = """
    INSERT INTO helpdesk_inbox_event
           (channel_id, external_id, payload, headers, state, attempts, create_uid, write_uid, create_date, write_date)
    VALUES %s ON CONFLICT (channel_id, external_id) DO NOTHING
"""
ROW = (
    """(%s, %s, encode(%s, 'base64')::bytea, %s, 'new', 0, 1, 1, now() at time zone 'UTC', now() at time zone 'UTC')"""
)
# the job is called once: one call among many is enough
WAKE = """
    WITH job AS (
        SELECT res_id AS id FROM ir_model_data WHERE module = 'kemenkes_helpdesk' AND name = 'ir_cron_inbox')
    INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, write_uid, create_date, write_date)
    SELECT job.id, now() at time zone 'UTC', 1, 1, now() at time zone 'UTC', now() at time zone 'UTC' FROM job
     WHERE NOT EXISTS (
        SELECT FROM ir_cron_trigger WHERE cron_id = job.id AND call_at <= now() at time zone 'UTC')
"""


def _wait(connection):
    """Let other requests go on while PostgreSQL works (psycopg2's own way to share a thread)."""
    hub = gevent.get_hub()
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        event = 1 if state == extensions.POLL_READ else 2
        hub.wait(hub.loop.io(connection.fileno(), event))


class Store:
    """The inbox table.

    :param str dsn: the database, as libpq takes it
    :param int connections: how many transactions at once
    """

    def __init__(self, dsn, connections=4):
        extensions.set_wait_callback(_wait)
        self._dsn = dsn
        self._waiting = Queue()
        self._stored = Event()
        for _number in range(connections):
            gevent.spawn(self._work)
        gevent.spawn(self._wake_for_ever)

    # FOR REQUESTS

    def keep(self, channel_id, external_id, raw, headers):
        """Store a payload for good; a repeat is stored already.

        :raise psycopg2.Error: it is not stored
        """
        result = AsyncResult()
        self._waiting.put(((channel_id, external_id, psycopg2.Binary(raw), json.dumps(headers)), result))
        try:
            result.get(timeout=WAIT_SECONDS)
        except gevent.Timeout as error:
            raise psycopg2.OperationalError("the database does not answer") from error

    def read(self, query):  # pylint: disable=method-required-super
        """Rows of a query as dicts, on a connection of its own."""
        with self._connect() as connection, connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def check(self):
        """:raise psycopg2.Error: the database does not answer"""
        self.read("SELECT 1 AS one")

    # WORKERS

    @contextmanager
    def _connect(self, **settings):
        connection = psycopg2.connect(self._dsn, connect_timeout=5, application_name="helpdesk-receiver", **settings)
        try:
            connection.autocommit = True
            yield connection
        finally:
            connection.close()

    def _work(self):
        """Store what waits, for ever; a connection that breaks is made anew."""
        connection = None
        while True:
            batch = self._next_batch()
            try:
                connection = self._store(connection, batch)
            except psycopg2.Error as error:
                connection = self._drop(connection)
                self._store_again(batch, error)
            except gevent.GreenletExit:
                self._drop(connection)
                raise

    def _next_batch(self):
        batch = [self._waiting.get()]
        while len(batch) < MOST_AT_ONCE:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch

    def _drop(self, connection):
        if connection is not None:
            connection.close()

    def _store_again(self, batch, error):
        """Once more on a new connection: the old one may only have been cut by a restart of the database."""
        try:
            self._drop(self._store(None, batch))
        except psycopg2.Error:
            for _row, result in batch:
                if not result.ready():
                    result.set_exception(error)

    def _store(self, connection, batch):
        """One transaction for all of a batch; those who brought it hear so when it is on disk."""
        if connection is None:
            connection = psycopg2.connect(self._dsn, connect_timeout=5, application_name="helpdesk-receiver")
        # the same order in every transaction: two that bring the same repeats must not wait for one another
        rows = sorted((row for row, _result in batch), key=lambda row: row[:2])
        with connection, connection.cursor() as cursor:
            psycopg2.extras.execute_values(cursor, INSERT, rows, template=ROW, page_size=MOST_AT_ONCE)
            stored = cursor.rowcount
        for _row, result in batch:
            result.set(True)
        if stored:
            self._stored.set()
        return connection

    # WAKING ODOO

    def _wake_for_ever(self):
        """Have Odoo's job run soon after something was stored; it runs every minute in any case."""
        while True:
            self._stored.wait()
            self._stored.clear()
            try:
                self._wake()
            except psycopg2.Error as error:
                _logger.info("Odoo could not be woken: %s", type(error).__name__)
            gevent.sleep(WAKE_SECONDS)

    def _wake(self):
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
            cursor.execute(WAKE)
            cursor.execute("SELECT current_database()")
            [database] = cursor.fetchone()
        # Odoo's job server listens in the database that is always there
        with self._connect(dbname="postgres") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [database])

"""One row of PostgreSQL for each payload, durable before anybody hears "200".

Requests that come while a transaction is under way wait for the next one, which stores them all together: one write to
disk for many payloads, and no waiting where there is only one.

While the database is away a batch goes to the spool instead. From then on everything does, until all of the spool is in
the database: so the inbox has payloads in the order in which they came.
"""

import json
import logging
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timezone

import gevent
import psycopg2
import psycopg2.extras
from gevent.event import AsyncResult, Event
from gevent.queue import Empty, Queue
from psycopg2 import extensions

from .payload import Payload
from .spool import SpoolFull

_logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
WAKE_SECONDS = 1
WAIT_SECONDS = 20
# A database that was cut off answers nothing at all; who sends webhooks waits ten seconds, some only five.
STORE_SECONDS = 3
CONNECT_SECONDS = 3
REPLAY_SECONDS = 0.5
MOMENT_SECONDS = 0.01
# What the database refuses for what it is, and would refuse again; everything else is a database that is away, is being
# upgraded, is full, or is a standby at present.
REFUSALS = (psycopg2.DataError, psycopg2.IntegrityError)
INSERT = """
    INSERT INTO helpdesk_inbox_event
           (channel_id, external_id, payload, headers, state, attempts, create_uid, write_uid, create_date, write_date)
    VALUES %s ON CONFLICT (channel_id, external_id) DO NOTHING
"""
ROW = "(%s, %s, encode(%s, 'base64')::bytea, %s, 'new', 0, 1, 1, %s, now() at time zone 'UTC')"
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


class Silence(psycopg2.OperationalError):
    """The database does not answer; to ask it again at once would only cost the same time again."""


@contextmanager
def _in_time():
    """Give a block up when the database does not answer."""
    try:
        with gevent.Timeout(STORE_SECONDS):
            yield
    except gevent.Timeout as error:
        raise Silence("the database does not answer") from error


def _row(payload):
    """A payload as the template of the insert takes it."""
    raw = psycopg2.Binary(payload.raw)
    return payload.channel_id, payload.key, raw, json.dumps(payload.headers), payload.received


def _answer(batch, error=None):
    """Tell those who brought a batch that it is stored, or why it is not."""
    for _payload, result in batch:
        if error is None:
            result.set(True)
        else:
            result.set_exception(error)


class Store:
    """The inbox table, and the spool before it.

    :param str dsn: the database, as libpq takes it
    :param int connections: how many transactions at once
    :param Spool spool: None for none: then nothing is accepted while the database is away
    """

    def __init__(self, dsn, connections=4, spool=None):
        extensions.set_wait_callback(_wait)
        self.spool = spool
        # for those who watch: stored, spooled, replayed, refused
        self.counts = Counter()
        self._dsn = dsn
        self._waiting = Queue()
        self._stored = Event()
        # closed while the last of the spool goes into the database
        self._passage = Event()
        self._passage.set()
        for _number in range(connections):
            gevent.spawn(self._work)
        gevent.spawn(self._wake_for_ever)
        if spool:
            gevent.spawn(self._replay_for_ever)

    # FOR REQUESTS

    def keep(self, channel_id, external_id, raw, headers):
        """Store a payload for good, in the database or in the spool; a repeat is stored already.

        :raise psycopg2.Error: it is not stored
        :raise SpoolFull: it is not stored, the database is away and there is no room to wait for it
        """
        received = datetime.now(timezone.utc).replace(tzinfo=None)
        result = AsyncResult()
        self._waiting.put((Payload(channel_id, external_id, raw, headers, received), result))
        try:
            result.get(timeout=WAIT_SECONDS)
        except gevent.Timeout as error:
            raise psycopg2.OperationalError("the database does not answer") from error

    def read(self, query):  # pylint: disable=method-required-super
        """Rows of a query as dicts, on a connection of its own.

        :raise psycopg2.Error: the database does not answer
        """
        with (
            _in_time(),
            self._connect() as connection,
            connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor,
        ):
            cursor.execute(query)
            return cursor.fetchall()

    def check(self):
        """:raise psycopg2.Error: the database does not answer"""
        self.read("SELECT 1 AS one")

    @property
    def is_waiting(self):
        """Whether payloads wait in the spool for a database that is away."""
        return bool(self.spool) and not self.spool.is_empty

    # WORKERS

    @contextmanager
    def _connect(self, **settings):
        connection = self._open(**settings)
        try:
            connection.autocommit = True
            yield connection
        finally:
            connection.close()

    def _open(self, **settings):
        return psycopg2.connect(
            self._dsn, connect_timeout=CONNECT_SECONDS, application_name="helpdesk-receiver", **settings
        )

    def _work(self):
        """Store what waits, for ever; a connection that breaks is made anew."""
        connection = None
        while True:
            batch = self._next_batch()
            self._passage.wait(timeout=STORE_SECONDS)
            if self.is_waiting:
                self._spool(batch)
                continue
            try:
                connection = self._store(connection, batch)
            except Silence as error:
                connection = None
                self._put_by(batch, error)
            except psycopg2.Error:
                connection = None
                self._store_again(batch)

    def _next_batch(self):
        batch = [self._waiting.get()]
        while len(batch) < MOST_AT_ONCE:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch

    def _store_again(self, batch):
        """Once more on a new connection: the old one may only have been cut by a restart of the database."""
        try:
            self._store(None, batch).close()
        except REFUSALS as error:
            self._store_apart(batch, error)
        except psycopg2.Error as error:
            self._put_by(batch, error)

    def _store_apart(self, batch, error):
        """One payload of a batch is refused: it must harm no other."""
        if len(batch) == 1:
            self.counts["refused"] += 1
            _answer(batch, error)
            return
        half = len(batch) // 2
        for part in (batch[:half], batch[half:]):
            self._store_again(part)

    def _put_by(self, batch, error):
        """The database is away: what it can't take waits in the spool, where there is one."""
        _logger.warning("The database is away (%s).", type(error).__name__)
        if self.spool:
            self._spool(batch)
        else:
            _answer(batch, error)

    def _spool(self, batch):
        try:
            self.spool.append([payload for payload, _result in batch])
        except SpoolFull as error:
            _answer(batch, error)
        else:
            self.counts["spooled"] += len(batch)
            _answer(batch)

    def _store(self, connection, batch):
        """One transaction for all of a batch; those who brought it hear so when it is on disk."""
        # the same order in every transaction: two that bring the same repeats must not wait for one another
        payloads = sorted(
            (payload for payload, _result in batch), key=lambda payload: (payload.channel_id, payload.key)
        )
        connection, stored = self._insert(connection, payloads)
        self.counts["stored"] += len(batch)
        _answer(batch)
        if stored:
            self._stored.set()
        return connection

    def _insert(self, connection, payloads):
        """Insert what is not there yet, in this order: the inbox works by its ids.

        :return: the connection, and how many rows are new
        """
        rows = [_row(payload) for payload in payloads]
        with _in_time():
            connection = connection or self._open()
            try:
                with connection.cursor() as cursor:
                    psycopg2.extras.execute_values(cursor, INSERT, rows, template=ROW, page_size=MOST_AT_ONCE)
                    stored = cursor.rowcount
                connection.commit()
            except BaseException:
                # no rollback: a database that does not answer would not answer that either
                connection.close()
                raise
        return connection, stored

    # REPLAY

    def _replay_for_ever(self):
        """Bring what waits in the spool into the database, oldest first, as soon as there is one."""
        while True:
            try:
                self._replay_all()
            except (psycopg2.Error, OSError) as error:
                _logger.info("The spool waits on: %s", type(error).__name__)
            gevent.sleep(REPLAY_SECONDS)

    def _replay_all(self):
        """Until the spool is empty: many batches in one transaction, else what comes meanwhile would be faster.

        While the last of them go, new payloads wait a moment instead of lining up behind them: with a slow disk one
        would always be under way, and the spool would never be empty.

        :raise psycopg2.Error: the database is away
        """
        connection = None
        try:
            while not self.spool.is_empty:
                try:
                    names, payloads = self.spool.oldest(MOST_AT_ONCE)
                except ValueError:
                    _logger.exception("A batch of the spool can't be read and is put aside.")
                    self.spool.put_aside()
                    continue
                if not names:
                    # one is being written just now
                    gevent.sleep(MOMENT_SECONDS)
                    continue
                if len(names) == self.spool.file_count:
                    self._passage.clear()
                connection = self._replay(connection, payloads)
                self.spool.remove(names)
                self.counts["replayed"] += len(payloads)
                self._stored.set()
        finally:
            self._passage.set()
            if connection:
                connection.close()

    def _replay(self, connection, payloads):
        try:
            connection, _stored = self._insert(connection, payloads)
        except REFUSALS:
            connection = None
            if len(payloads) == 1:
                _logger.exception("The database refuses a payload of channel %s.", payloads[0].channel_id)
                self.spool.reject(payloads[0])
                self.counts["refused"] += 1
                return None
            half = len(payloads) // 2
            for part in (payloads[:half], payloads[half:]):
                connection = self._replay(connection, part)
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
        with _in_time(), self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
            cursor.execute(WAKE)
            cursor.execute("SELECT current_database()")
            [database] = cursor.fetchone()
        # Odoo's job server listens in the database that is always there
        with _in_time(), self._connect(dbname="postgres") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [database])

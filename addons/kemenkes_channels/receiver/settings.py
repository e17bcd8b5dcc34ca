"""The channels as Odoo's administrators set them, read again as soon as they change."""

import hmac
import logging
import time
from dataclasses import dataclass

import psycopg2
from gevent.lock import BoundedSemaphore

from providers.records import Account

_logger = logging.getLogger(__name__)

# How old settings may be. A token or secret that was changed holds, or stops holding, after this at the latest.
REFRESH_SECONDS = 2.0
# An address nobody knows may be that of a channel that was made just now.
UNKNOWN_SECONDS = 0.5
CHANNELS = """
    SELECT channel.id, channel.kind, channel.account_ref, channel.verify_token, channel.app_secret,
           channel.previous_app_secret, channel.api_host, channel.webhook_token,
           (SELECT json_object_agg(name, value) FROM helpdesk_channel_option AS option
             WHERE option.channel_id = channel.id AND value IS NOT NULL AND value != '') AS options
      FROM helpdesk_channel AS channel
     WHERE channel.active AND channel.webhook_token IS NOT NULL
"""


@dataclass(frozen=True)
class Channel:
    """One configured account: its row's id, and its settings as the providers take them."""

    id: int
    account: Account


class Settings:
    """Channels by the last part of their address.

    :param store: :class:`store.Store` to read them from
    :param clock: seconds that only rise
    """

    def __init__(self, store, clock=time.monotonic):
        self._store = store
        self._clock = clock
        self._channels = {}
        self._read_at = None
        self._reading = BoundedSemaphore()

    def of_token(self, token):
        """The channel behind a token, None for a stranger's guess.

        :raise psycopg2.Error: the channels have never been read, and can't be read now, nor does the spool know them
        """
        self._refresh(REFRESH_SECONDS)
        found = self._find(token)
        if not found:
            self._refresh(UNKNOWN_SECONDS)
            found = self._find(token)
        return found

    def load(self):
        """Read the channels before anybody asks: they are known then when the database goes away."""
        try:
            self._refresh(REFRESH_SECONDS)
        except psycopg2.Error:
            _logger.warning("The channels can't be read yet.")

    def _find(self, token):
        found = None
        # every channel is compared, in constant time: how long it takes tells nothing of a token
        for known, channel in self._channels.items():
            if hmac.compare_digest(known, token.encode("utf-8", "replace")):
                found = channel
        return found

    def _refresh(self, seconds):
        """Read the channels again where they are older than so many seconds."""
        # while one request reads, the others go on with what is known; at first all wait for it
        if self._is_fresh(seconds) or not self._reading.acquire(blocking=self._read_at is None):
            return
        try:
            if not self._is_fresh(seconds):
                self._read()
        finally:
            self._reading.release()

    def _is_fresh(self, seconds):
        if self._read_at is None:
            return False
        # no request waits for a database that is known to be away
        return self._store.is_waiting or self._clock() - self._read_at < seconds

    def _read(self):
        spool = self._store.spool
        try:
            rows = self._store.read(CHANNELS)
        except psycopg2.Error:
            kept = spool.channels() if spool and self._read_at is None else None
            if self._read_at is None and kept is None:
                raise
            # Odoo may be upgrading the table, or the database be away: what was known goes on to hold
            _logger.warning("The channels can't be read again at present.")
            if kept is not None:
                self._use(kept)
        else:
            self._use(rows)
            if spool:
                spool.keep_channels(rows)
        self._read_at = self._clock()

    def _use(self, rows):
        self._channels = {row["webhook_token"].encode(): _channel(row) for row in rows}


def _channel(row):
    account = Account(
        kind=row["kind"],
        account_ref=row["account_ref"] or "",
        verify_token=row["verify_token"] or "",
        app_secrets=tuple(filter(None, (row["app_secret"], row["previous_app_secret"]))),
        api_host=row["api_host"] or "",
        options=row["options"] or {},
    )
    return Channel(row["id"], account)

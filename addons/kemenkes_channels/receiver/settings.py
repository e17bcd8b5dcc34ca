"""The channels as Odoo's administrators set them, read again as soon as they change."""

import hmac
import logging
import time
from dataclasses import dataclass

import psycopg2

from providers.records import Account

_logger = logging.getLogger(__name__)

# How old settings may be. A token or secret that was changed holds, or stops holding, after this at the latest.
REFRESH_SECONDS = 2.0
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

    def of_token(self, token):
        """The channel behind a token, None for a stranger's guess.

        :raise psycopg2.Error: the channels have never been read, and can't be read now
        """
        self._refresh()
        found = None
        # every channel is compared, in constant time: how long it takes tells nothing of a token
        for known, channel in self._channels.items():
            if hmac.compare_digest(known, token.encode("utf-8", "replace")):
                found = channel
        return found

    def _refresh(self):
        now = self._clock()
        if self._read_at is not None and now - self._read_at < REFRESH_SECONDS:
            return
        # set first: while one request reads, the others go on with what is known
        before, self._read_at = self._read_at, now
        try:
            rows = self._store.read(CHANNELS)
        except psycopg2.Error:
            if before is None:
                self._read_at = None
                raise
            # Odoo may be upgrading the table: what was known goes on to hold
            _logger.warning("The channels can't be read again at present.")
            return
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

"""Telling other systems what happened: signed after Standard Webhooks 1.0, never into a network that is not public."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from .guarded_session import PrivateAddressError, open_session

PREFIX = "whsec_"
SECRET_BYTES = 32
# Seconds until a connection stands, and until the answer begins.
TIMEOUT = (5, 10)
# What a system answers matters by its status alone.
MAX_ANSWER_BYTES = 1024
SUCCESS = range(200, 300)
GONE = 410


@dataclass(frozen=True)
class Attempt:
    """What became of one request. ``status`` is 0 where no answer came, ``error`` then says why, in a word."""

    status: int
    seconds: float
    error: str = ""
    retry_after: int = 0

    @property
    def is_success(self):
        return self.status in SUCCESS


def make_secret():
    """A new secret, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(all_secrets, message_id, timestamp, body):
    """The signature header: one signature for each secret, so that a receiver may change over in its own time.

    :param all_secrets: texts of :func:`make_secret`
    :param str message_id: the same for every attempt
    :param int timestamp: seconds since 1970, of this attempt
    :param bytes body: as it is sent
    """
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    keys = [base64.b64decode(secret.removeprefix(PREFIX)) for secret in all_secrets]
    return " ".join("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys)


def is_allowed_address(url):
    """Whether an address may be told: HTTPS, with a host, and no password in it."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def send(url, headers, body):
    """Send one request; redirects are not followed, nothing is raised.

    :return: :class:`Attempt`
    """
    start = time.monotonic()
    try:
        with (
            open_session() as session,
            session.post(
                url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as response,
        ):
            response.raw.read(MAX_ANSWER_BYTES)
            return Attempt(response.status_code, time.monotonic() - start, retry_after=_retry_after(response))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return Attempt(0, time.monotonic() - start, error=_reason(error))


def _retry_after(response):
    written = response.headers.get("Retry-After", "")
    return min(int(written), 86_400) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def _reason(error):
    """Why no answer came: timeout, private, tls or connection."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, PrivateAddressError):
        return "private"
    if isinstance(error, requests.Timeout):
        return "timeout"
    if isinstance(error, requests.exceptions.SSLError):
        return "tls"
    return "connection"

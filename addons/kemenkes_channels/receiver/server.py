"""HTTP: who may bring what, and what is answered."""

import logging
import signal
from urllib.parse import parse_qsl

import gevent
import psycopg2
from gevent.pywsgi import WSGIServer

import providers
from providers.records import Verdict

from . import metrics
from .settings import Settings
from .spool import SpoolFull

_logger = logging.getLogger(__name__)

PREFIX = "/helpdesk/webhook/"
HEALTH = "/helpdesk/webhook-health"
# For who watches the receiver, on its own port: the proxy hands on webhooks only.
METRICS = "/metrics"
# As the Odoo controller: the largest batch a service sends is 3 MB.
MAX_BYTES = 8 * 1024 * 1024
STATUS = {
    200: "200 OK",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    503: "503 Service Unavailable",
}
REFUSALS = {Verdict.UNSIGNED: 401, Verdict.FORGED: 403}
KEPT_HEADERS = ("content-type", "user-agent")
# How long requests under way may take when the process is told to end.
STOP_SECONDS = 10


class Receiver:
    """The WSGI application.

    :param Settings settings: the channels
    :param Store store: the inbox
    """

    def __init__(self, settings, store):
        self.settings = settings
        self.store = store

    def __call__(self, environ, start_response):
        status, body, content_type = self._answer(environ)
        payload = body.encode()
        start_response(
            STATUS.get(status, f"{status} "),
            [
                ("Content-Type", content_type),
                ("Content-Length", str(len(payload))),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return [payload]

    def _answer(self, environ):
        path = environ.get("PATH_INFO", "")
        if path == HEALTH:
            return self._health()
        if path == METRICS:
            return 200, metrics.exposition(self.store), metrics.CONTENT_TYPE
        if not path.startswith(PREFIX):
            return _text(404, "unknown address")
        try:
            channel = self.settings.of_token(path[len(PREFIX) :])
        except psycopg2.Error:
            _logger.exception("The channels can't be read.")
            return _text(503, "try again")
        if not channel or not providers.load(channel.account.kind):
            return _text(404, "unknown address")
        if environ["REQUEST_METHOD"] == "GET":
            return self._shake_hands(channel, environ)
        if environ["REQUEST_METHOD"] == "POST":
            return self._take_in(channel, environ)
        return _text(405, "GET or POST")

    def _health(self):
        """For load balancers: payloads can be taken in, by the database or by the spool."""
        if self.store.is_waiting:
            return _text(200, "spooling")
        try:
            self.store.check()
        except psycopg2.Error:
            return _text(200, "spooling") if self.store.spool else _text(503, "no database")
        return _text(200, "ok")

    def _shake_hands(self, channel, environ):
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        reply = providers.handshake(channel.account, query)
        return reply.status, reply.body, f"{reply.content_type}; charset=utf-8"

    def _take_in(self, channel, environ):
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return _text(400, "bad length")
        if length > MAX_BYTES:
            return _text(413, "too large")
        raw = environ["wsgi.input"].read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            return _text(413, "too large")
        headers = _headers(environ)
        verdict = providers.verify(channel.account, headers, raw)
        if verdict is not Verdict.GENUINE:
            _logger.info("A payload for channel %s is refused: %s", channel.id, verdict.value)
            return _text(REFUSALS[verdict], verdict.value)
        records = providers.parse(channel.account, raw)
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        try:
            self.store.keep(channel.id, providers.batch_key(records, raw), raw, kept)
        except SpoolFull:
            _logger.exception("A payload for channel %s could not be stored.", channel.id)
            return _text(503, "try again")
        except psycopg2.Error:
            # no content and no parameters: the message is not for the server's log
            _logger.exception("A payload for channel %s could not be stored.", channel.id)
            return _text(503, "try again")
        return _text(200, "stored")


def _text(status, body):
    return status, body, "text/plain; charset=utf-8"


def _headers(environ):
    """Request headers with lower-case names."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return headers


def serve(host, port, store):
    """Serve until SIGTERM or SIGINT; what is under way is finished.

    :param Store store: where payloads go
    """
    settings = Settings(store)
    settings.load()
    # no access log: the address holds the channel's token
    server = WSGIServer((host, port), Receiver(settings, store), log=None, error_log=_logger, backlog=1024)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, lambda: server.stop(timeout=STOP_SECONDS))
    _logger.info("Webhooks are taken in at http://%s:%s%s<token>", host, port, PREFIX)
    server.serve_forever()

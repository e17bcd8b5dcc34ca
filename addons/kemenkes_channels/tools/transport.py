"""Running the requests that providers build, and fetching files under limits."""

import hashlib
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from ..providers.records import Answer
from . import graph_sdk
from .guarded_session import open_session

# Seconds until a connection stands, and between two pieces of an answer.
TIMEOUT = (5, 20)
# No answer of a service is longer; what is longer is cut and fails as JSON.
MAX_ANSWER_BYTES = 5 * 1024 * 1024
# A file that drips may not hold a worker for ever.
MAX_FILE_SECONDS = 300
PIECE = 64 * 1024


class FileRefusedError(Exception):
    """A file breaks a limit. ``reason`` is size, type or digest."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Transport:
    """Connections of one batch: an open one serves all requests to its host.

    :param str own_origin: address from the settings (a stand-in, a relay in the office): it may be a private network's
    :param str client: by what an account's requests go: ``facebook-sdk`` where its settings say so, else ``requests``
    """

    def __init__(self, own_origin="", client=""):
        self.own_origin = _origin(own_origin)
        self.client = client
        self._trusted = requests.Session()
        self._guarded = open_session()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._trusted.close()
        self._guarded.close()

    def run(self, call):
        """Send one request.

        :param Call call: with ``expects="json"``
        :return: :class:`Answer`, with status 0 where none came; nothing is raised
        """
        try:
            if self.client == graph_sdk.NAME:
                response = graph_sdk.send(call, TIMEOUT)
                return Answer(response.status_code, dict(response.headers), response.content[:MAX_ANSWER_BYTES])
            with self._request(call) as response:
                body = response.raw.read(MAX_ANSWER_BYTES, decode_content=True) or b""
                return Answer(response.status_code, dict(response.headers), body)
        except requests.ConnectTimeout:
            return Answer(0)
        except requests.ConnectionError as error:
            return Answer(0, lost=not _never_left(error))
        except (requests.RequestException, HTTPError, OSError, ValueError):
            return Answer(0, lost=True)

    def fetch(self, call, limit, types=(), sha256="", clock=None):
        """Fetch a file.

        :param Call call: with ``expects="file"``
        :param int limit: bytes at most
        :param tuple types: MIME types, or how they begin (``image/``), that are taken; empty: any
        :param str sha256: what its digest must be, ``""``: anything
        :param clock: seconds that only rise, such as :func:`time.monotonic`
        :raise FileRefusedError: a limit is broken
        :return: ``(Answer, content)``; content is None where the answer is no success
        """
        try:
            with self._request(call) as response:
                answer = Answer(response.status_code, dict(response.headers))
                if response.status_code != 200:
                    return answer, None
                content = _read_file(response, limit, types, clock)
        except (requests.RequestException, HTTPError, OSError, ValueError):
            return Answer(0), None
        if sha256 and hashlib.sha256(content).hexdigest() != sha256.lower():
            raise FileRefusedError("digest")
        return answer, content

    def _request(self, call):
        is_own = bool(self.own_origin) and _origin(call.url) == self.own_origin
        session = self._trusted if call.is_trusted or is_own else self._guarded
        return session.request(
            call.method,
            call.url,
            params=call.params or None,
            headers=dict(call.headers),
            json=call.json,
            data=call.form if call.body is None else call.body,
            files=[(field, (name, content, mime)) for field, name, content, mime in call.files] or None,
            timeout=TIMEOUT,
            stream=True,
            # a redirect of a trusted address would go unguarded
            allow_redirects=session is self._guarded,
        )


def _read_file(response, limit, types, clock):
    mime_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if types and not mime_type.startswith(types):
        raise FileRefusedError("type")
    if int(response.headers.get("Content-Length") or 0) > limit:
        raise FileRefusedError("size")
    pieces, size, start = [], 0, clock() if clock else 0
    for piece in response.iter_content(PIECE):
        size += len(piece)
        if size > limit:
            raise FileRefusedError("size")
        if clock and clock() - start > MAX_FILE_SECONDS:
            raise requests.Timeout("the file drips")
        pieces.append(piece)
    return b"".join(pieces)


def _origin(address):
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


def _never_left(error):
    """Whether a request certainly did not reach its host: the connection never stood."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")

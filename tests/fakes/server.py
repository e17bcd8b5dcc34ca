"""Serves fakes over HTTP, each under ``/<its key>/``, and the citizen's page that drives them all."""

import contextlib
import json
import socket
import threading
import time
from dataclasses import asdict
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Request, Response

from .fake import Citizen, Taken

PAGE = Path(__file__).parent / "page"
PAGE_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


class Application:
    """A WSGI application over some fakes."""

    def __init__(self, fakes, courier):
        self.fakes = {fake.key: fake for fake in fakes}
        self.courier = courier
        self._lock = threading.RLock()
        rules = [
            Rule("/", endpoint=self._page),
            Rule("/page/<name>", endpoint=self._page),
            Rule("/page/api/rooms", endpoint=self._rooms, methods=["GET"]),
            Rule("/page/api/<kind>/entries", endpoint=self._entries, methods=["GET"]),
            Rule("/page/api/<kind>/act", endpoint=self._act, methods=["POST"]),
            Rule("/page/api/<kind>/fault", endpoint=self._fault, methods=["POST"]),
            Rule("/page/api/weather", endpoint=self._weather, methods=["GET", "POST"]),
            Rule("/page/api/<kind>/requests", endpoint=self._requests, methods=["GET"]),
        ]
        rules += [
            Rule(f"/{fake.key}{path}", endpoint=(fake, name), methods=[method])
            for fake in fakes
            for method, path, name in fake.routes
        ]
        self._map = Map(rules, strict_slashes=False)

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            endpoint, names = self._map.bind_to_environ(environ).match()
            response = (
                self._to_fake(request, *endpoint, names) if isinstance(endpoint, tuple) else endpoint(request, **names)
            )
        except HTTPException as error:
            response = Response(json.dumps({"error": error.description}), error.code, mimetype="application/json")
        return response(environ, start_response)

    # THE SERVICES

    def _to_fake(self, request, fake, method_name, names):
        time.sleep(self.courier.weather.slow)
        taken = Taken(
            request.method,
            request.path.removeprefix(f"/{fake.key}"),
            request.args.to_dict(),
            dict(request.headers),
            request.get_json(silent=True),
            request.form.to_dict(),
            {name: (file.filename, file.mimetype, file.read()) for name, file in request.files.items()},
        )
        with self._lock:
            reply = fake.answer(method_name, taken, names)
        if reply is None:
            _cut(request)
            return Response(status=500)
        body = reply.body if isinstance(reply.body, (bytes, str)) else json.dumps(reply.body)
        return Response(body, reply.status, reply.headers, mimetype=reply.mimetype)

    # THE CITIZEN'S PAGE

    def _page(self, _request, name="index.html"):
        file = PAGE / secure_filename(name)
        if not file.is_file():
            return Response(status=404)
        return Response(file.read_bytes(), mimetype=PAGE_TYPES.get(file.suffix, "text/plain"))

    def _rooms(self, _request):
        return _json(
            [{**asdict(room), "faults": fake.fault_names()} for fake in self.fakes.values() for room in fake.rooms()]
        )

    def _fake_of(self, kind):
        return next(fake for fake in self.fakes.values() if any(room.kind == kind for room in fake.rooms()))

    def _entries(self, request, kind):
        fake = self._fake_of(kind)
        with self._lock:
            return _json([asdict(entry) for entry in fake.entries(fake.room(kind), _citizen(request.args))])

    def _act(self, request, kind):
        values = request.form.to_dict()
        values["files"] = [(file.filename, file.mimetype, file.read()) for file in request.files.values()]
        with self._lock:
            self._fake_of(kind).act(kind, _citizen(values), values["action"], values)
        return _json({})

    def _fault(self, request, kind):
        fake = self._fake_of(kind)
        fault = fake.fault_named(request.form["name"])
        fake.fail_next(*[fault] * int(request.form.get("times", 1)))
        return _json({})

    def _weather(self, request):
        weather = self.courier.weather
        for name, value in request.form.items():
            setattr(weather, name, type(getattr(weather, name))(float(value)))
        return _json(asdict(weather))

    def _requests(self, _request, kind):
        asked = (taken for taken in self._fake_of(kind).taken if not taken.path.startswith("/cdn/"))
        return _json([{"method": taken.method, "path": taken.path, "json": taken.json} for taken in asked])


def _citizen(values):
    return Citizen(values["citizen"], values.get("name", ""))


def _json(value):
    return Response(json.dumps(value), mimetype="application/json")


def _cut(request):
    """End the connection without an answer."""
    with contextlib.suppress(OSError, KeyError):
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def serving(make_fakes, courier, port=0):
    """Serve fakes for the length of the block.

    :param make_fakes: callable ``base address -> list of fakes``
    :param int port: 0 for any free one
    :return: the application; ``application.base`` is its address
    """
    server = None
    listening = socket.create_server(("127.0.0.1", port))
    try:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        application = Application(make_fakes(base), courier)
        application.base = base
        server = make_server(
            "127.0.0.1", port, application, threaded=True, fd=listening.fileno(), request_handler=_quiet_handler()
        )
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield application
    finally:
        if server:
            server.shutdown()
            server.server_close()
        listening.close()


def _quiet_handler():
    from werkzeug.serving import WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log(self, *_arguments):
            """A line a request would hide what a person wants to see."""

    return Quiet

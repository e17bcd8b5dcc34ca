import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import requests

from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_channels.providers.records import Call
from odoo.addons.kemenkes_channels.tools import guarded_session
from odoo.addons.kemenkes_channels.tools.transport import FileRefusedError, Transport

PRIVATE = (
    "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.1.1.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "240.0.0.1", "255.255.255.255", "no address",
)  # fmt: skip
SEND = requests.Session.send
PUBLIC = ("8.8.8.8", "157.240.1.1", "2a03:2880::1")


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        content = b"x" * 5000
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/file")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", "image/png")
        if self.path != "/unknown-length":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


@tagged("post_install", "-at_install")
class TestTools(BaseCase):
    """R23.a.1: addresses that strangers write lead into no private network, and files keep to their limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.address = f"http://127.0.0.1:{cls.server.server_port}"

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        # names of this test are looked up by the test itself: nothing leaves this machine
        return SEND(session, request, **kwargs)

    @contextmanager
    def names(self, *answers):
        """A resolver that gives another answer each time it is asked."""
        given = iter(answers)

        def look_up(host, port, *args, **kwargs):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(given), port))]

        with patch.object(guarded_session.socket, "getaddrinfo", look_up):
            yield

    def fetch(self, path="/file", limit=10_000, is_trusted=True, **kwargs):
        with Transport() as transport:
            call = Call("GET", self.address + path, expects="file", is_trusted=is_trusted)
            return transport.fetch(call, limit, **kwargs)

    def test_addresses(self):
        self.assertFalse([address for address in PRIVATE if guarded_session.is_public(address)])
        self.assertFalse([address for address in PUBLIC if not guarded_session.is_public(address)])

    def test_private_network_is_never_reached(self):
        """Written as an address, behind a name, or behind a redirect."""
        self.assertEqual(self.fetch()[0].status, 200)
        answer, content = self.fetch(is_trusted=False)
        self.assertEqual((answer.status, content), (0, None))
        with self.names("10.0.0.5"), Transport() as transport:
            self.assertEqual(transport.run(Call("GET", "http://foto.example/a", is_trusted=False)).status, 0)

    def test_name_that_changes_its_mind(self):
        """DNS rebinding: the name is looked up once, and the connection goes to the address that was judged."""
        reached = []

        class Spy(socket.socket):
            def connect(self, address):
                reached.append(address[0])
                raise ConnectionRefusedError

        with (
            self.names("8.8.8.8", "127.0.0.1", "127.0.0.1"),
            patch.object(guarded_session.socket, "socket", Spy),
            Transport() as transport,
        ):
            transport.run(Call("GET", "http://foto.example/a", is_trusted=False))
        self.assertEqual(set(reached), {"8.8.8.8"})

    def test_redirect(self):
        """A redirect of a settings' address is not followed at all, one of a stranger's is judged anew."""
        with Transport() as transport:
            self.assertEqual(transport.run(Call("GET", self.address + "/redirect")).status, 302)
        with (
            patch.object(guarded_session, "is_public", lambda address: address == "127.0.0.1"),
            self.names("127.0.0.1", "10.0.0.1"),
            Transport() as transport,
        ):
            self.assertEqual(transport.run(Call("GET", self.address + "/redirect", is_trusted=False)).status, 0)

    def test_stand_in_of_the_settings(self):
        """The address that an administrator entered may be in the office's network; no other there."""
        with Transport(self.address) as transport:
            call = Call("GET", self.address + "/file", expects="file", is_trusted=False)
            self.assertEqual(transport.fetch(call, 10_000)[0].status, 200)
        with Transport("http://127.0.0.1:1") as transport:
            self.assertEqual(transport.fetch(call, 10_000)[0].status, 0)

    def test_limits_of_files(self):
        self.assertEqual(len(self.fetch(limit=5000)[1]), 5000)
        for path in ("/file", "/unknown-length"):
            with self.assertRaises(FileRefusedError) as refused:
                self.fetch(path, limit=4999)
            self.assertEqual(refused.exception.reason, "size")
        with self.assertRaises(FileRefusedError) as refused:
            self.fetch(types=("video/",))
        self.assertEqual(refused.exception.reason, "type")
        with self.assertRaises(FileRefusedError) as refused:
            self.fetch(sha256="0" * 64)
        self.assertEqual(refused.exception.reason, "digest")
        self.assertEqual(self.fetch("/gone"), (self.fetch("/gone")[0], None))
        ticks = iter(range(0, 100_000, 1000))
        self.assertEqual(self.fetch(clock=lambda: next(ticks))[0].status, 0)

    def test_nobody_there(self):
        """A request that certainly did not arrive is told from one that may have."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with Transport() as transport:
            answer = transport.run(Call("POST", f"http://127.0.0.1:{port}/"))
        self.assertEqual((answer.status, answer.lost), (0, False))

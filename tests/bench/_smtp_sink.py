"""A mail server that takes every mail and keeps none: enough of SMTP (RFC 5321) for smtplib to send to it."""

import contextlib
import socketserver
import threading
import time

ANSWERS = {b"EHLO": b"250 sink", b"HELO": b"250 sink", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        self._answer(b"220 sink")
        for line in self.rfile:
            command = line[:4].upper()
            self._answer(ANSWERS.get(command, b"250 ok"))
            if command == b"QUIT":
                return
            if command == b"DATA":
                self._take_mail()

    def _answer(self, line):
        time.sleep(self.server.round_trip)
        self.wfile.write(line + b"\r\n")

    def _take_mail(self):
        while self.rfile.readline() != b".\r\n":
            pass
        self.server.mails += 1
        self._answer(b"250 taken")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    connections = 0
    mails = 0


@contextlib.contextmanager
def smtp_sink(round_trip):
    """Serve on a free port for the length of the block; yields the server with its counters.

    :param float round_trip: seconds before each answer, as a server some way off would take
    """
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.round_trip = round_trip
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()

"""A mail server, played: takes every mail and keeps it. Enough of SMTP (RFC 5321) for smtplib to send to it."""

import contextlib
import email
import email.policy
import socketserver
import threading

ANSWERS = {b"EHLO": b"250 tiruan", b"HELO": b"250 tiruan", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._answer(b"220 tiruan")
        for line in self.rfile:
            command = line[:4].upper()
            self._answer(ANSWERS.get(command, b"250 ok"))
            if command == b"QUIT":
                return
            if command == b"DATA":
                self._take_mail()

    def _answer(self, line):
        self.wfile.write(line + b"\r\n")

    def _take_mail(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self._keep_mail(lines)
        self._answer(b"250 taken")

    def _keep_mail(self, lines):
        self.server.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))


class MailServer(socketserver.ThreadingTCPServer):
    """``mails`` holds what was taken, as ``email.message.EmailMessage``."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, session=Session):
        super().__init__(("127.0.0.1", 0), session)
        self.mails = []
        self.port = self.server_address[1]


@contextlib.contextmanager
def mail_server():
    """Serve on a free port for the length of the block."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()

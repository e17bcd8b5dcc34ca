"""The played mail server of the tests, as one some way off that counts and keeps nothing."""

import contextlib
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from fakes import mail


class _Session(mail.Session):
    def setup(self):
        super().setup()
        self.server.connections += 1

    def _answer(self, line):
        time.sleep(self.server.round_trip)
        super()._answer(line)

    def _keep_mail(self, lines):
        self.server.mails += 1


class _Server(mail.MailServer):
    def __init__(self, round_trip):
        super().__init__(_Session)
        self.round_trip = round_trip
        self.connections = self.mails = 0


@contextlib.contextmanager
def smtp_sink(round_trip):
    """Serve on a free port for the length of the block; yields the server with its counters.

    :param float round_trip: seconds before each answer, as a server some way off would take
    """
    with _Server(round_trip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()

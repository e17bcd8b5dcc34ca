from datetime import datetime, timedelta
from unittest.mock import patch

from .common import HelpdeskCase

START = datetime(2026, 3, 2, 2, 0)  # a Monday, 09.00 in Jakarta


class ClockCase(HelpdeskCase):
    """A clock on the wall that the test moves.

    The transaction's own time is what the ledger dates its rows with; here the test says what it is.
    """

    def setUp(self):
        super().setUp()
        self.now = START
        cr = self.env.cr
        self.startPatcher(patch.object(type(cr), "now", lambda _cr: self.now))
        self.startPatcher(patch("odoo.fields.Datetime.now", lambda *_args: self.now.replace(microsecond=0)))

    def wait(self, minutes=0, **units):
        """Let time pass."""
        self.env.flush_all()
        self.now += timedelta(minutes=minutes, **units)

    def at(self, minutes):
        """The moment so many minutes after the beginning."""
        return START + timedelta(minutes=minutes)

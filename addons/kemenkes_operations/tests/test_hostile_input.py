import contextlib
import io
import re
import signal
import sys
import zipfile
from datetime import datetime
from email.message import EmailMessage

from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_helpdesk.providers import email

OURS = "odoo.addons.kemenkes_"
LENGTH = 5_000
# Repeated, these make expressions run away that look through what they have looked through already.
PIECES = ("a", "1", " ", "\n", "<", "@", ".", "-", "a@", "a.", "0 ", "> ", "&#", "%2", "=?", "http://", "a1-", "\t \n")
# Processor time for one expression on one such text: a straight one takes a thousandth of it.
SECONDS = 3


class RunawayError(Exception):
    """The expression took too long."""


@contextlib.contextmanager
def time_limit(seconds):
    """Cut off what takes more processor time."""

    def cut(_signal, _frame):
        raise RunawayError

    before = signal.signal(signal.SIGVTALRM, cut)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@tagged("post_install", "-at_install")
class TestHostileInput(BaseCase):
    """R13: what strangers send costs no more than its length."""

    def test_no_expression_of_ours_runs_away(self):
        """ReDoS: each compiled expression of our addons, on texts made to catch it."""
        patterns = {
            (pattern.pattern, pattern.flags): (f"{name}.{attribute}", pattern)
            for name, module in list(sys.modules.items())
            if name.startswith(OURS) and ".tests" not in name
            for attribute, pattern in vars(module).items()
            if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str)
        }
        self.assertGreater(len(patterns), 30)
        slow = set()
        for name, pattern in patterns.values():
            for piece in PIECES:
                text = (piece * LENGTH)[:LENGTH] + "!"
                try:
                    with time_limit(SECONDS):
                        pattern.search(text)
                        pattern.match(text)
                except RunawayError:
                    slow.add(name)
        self.assertFalse(sorted(slow))

    def test_the_limit_cuts_off(self):
        """A test of the test: the classic example is caught."""
        with self.assertRaises(RunawayError), time_limit(0.2):
            re.search(r"^(a+)+$", "a" * 40 + "!")

    def test_a_zip_bomb_stays_packed(self):
        """A file in a mail is kept as it came: nothing of ours unpacks what strangers send."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("nol.txt", b"0" * 50_000_000)
        mail = EmailMessage()
        mail["From"] = "a@x.example"
        mail.set_content("lampiran")
        mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="bom.zip")
        read = email.parse(mail.as_bytes(), datetime(2026, 3, 3))
        self.assertEqual([file.content for file in read.attachments], [packed.getvalue()])
        self.assertLess(len(packed.getvalue()), 200_000)

    def test_entities_do_not_grow(self):
        """A billion laughs in the HTML of a mail are some characters of text."""
        lines = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))]
        html = f"<!DOCTYPE x [{''.join(lines)}]><html><body>&a11; halo</body></html>"
        mail = EmailMessage()
        mail["From"] = "a@x.example"
        mail.set_content(html, subtype="html")
        with time_limit(SECONDS):
            read = email.parse(mail.as_bytes(), datetime(2026, 3, 3))
        self.assertIn("halo", read.text)
        self.assertLess(len(read.text), len(html) * 2)

    def test_a_mail_of_very_many_parts_costs_little(self):
        """Each part costs the library more than its few bytes; the sender is read, and the raw mail is kept."""
        head = b'From: a@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        part = b"--b\nContent-Type: text/plain\n\nx\n"
        with time_limit(SECONDS):
            read = email.parse(head + part * 300_000 + b"--b--\n", datetime(2026, 3, 3))
        self.assertEqual((read.readable, read.sender.email), (False, "a@x.example"))
        self.assertTrue(email.parse(head + part * 100 + b"--b--\n", datetime(2026, 3, 3)).readable)

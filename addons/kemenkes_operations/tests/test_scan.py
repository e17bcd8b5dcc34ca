import os
import socket
import socketserver
import struct
import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..models.ir_attachment_scan import SCANNER_VARIABLE
from ..tools import clamd

# The file that every scanner takes for a virus, in two parts so that none takes this one for it.
VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST_BYTES = 2_000_000
LOGGER = "odoo.addons.kemenkes_operations.models.ir_attachment_scan"


class Daemon(socketserver.BaseRequestHandler):
    """ClamAV's daemon, as clamd(8) describes INSTREAM."""

    def handle(self):
        assert self._read(10) == clamd.COMMAND
        content = b""
        while size := struct.unpack("!L", self._read(4))[0]:
            content += self._read(size)
            if len(content) > MOST_BYTES:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.request.sendall(b"stream: Eicar-Signature FOUND\0" if VIRUS in content else b"stream: OK\0")

    def _read(self, size):
        content = b""
        while len(content) < size:
            content += self.request.recv(size - len(content))
        return content


@tagged("post_install", "-at_install")
class TestScan(HelpdeskCase):
    """R27.a.3: files are looked through for viruses, and no message waits for that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon)
        threading.Thread(target=cls.daemon.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.daemon.server_close)
        cls.addClassCleanup(cls.daemon.shutdown)
        cls.classPatch(os, "environ", {**os.environ, SCANNER_VARIABLE: f"127.0.0.1:{cls.daemon.server_address[1]}"})
        cls.ticket = cls.create_ticket()

    def attach(self, name, raw, **values):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": raw, "res_model": "helpdesk.ticket", "res_id": self.ticket.id, **values}
        )

    def scan(self):
        with self.enter_registry_test_mode():
            self.env.ref("kemenkes_operations.ir_cron_scan").method_direct_trigger()

    def test_virus_is_taken_out(self):
        letter, bad = self.attach("surat.txt", b"Selamat pagi"), self.attach("foto.jpg", b"...." + VIRUS)
        self.assertEqual((letter + bad).mapped("scan_state"), ["waiting", "waiting"])
        self.scan()
        self.assertEqual((letter.scan_state, letter.raw), ("clean", b"Selamat pagi"))
        self.assertEqual((bad.scan_state, bad.scan_finding), ("infected", "Eicar-Signature"))
        self.assertNotIn(VIRUS, bad.raw)
        self.assertEqual((bad.name, bad.mimetype), ("foto.jpg.txt", "text/plain"))
        self.scan()
        note = self.ticket.message_ids.filtered(lambda message: "Eicar-Signature" in (message.body or ""))
        self.assertEqual(len(note), 1, "told once")
        self.assertTrue(note.subtype_id.internal)
        self.assertIn("foto.jpg", note.body)

    def test_scanner_away(self):
        """Files wait, the health page tells for how long, and are looked at when it is back."""
        file = self.attach("surat.txt", VIRUS)
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            away = {SCANNER_VARIABLE: f"127.0.0.1:{nobody.getsockname()[1]}"}
            with patch.dict(os.environ, away), mute_logger(LOGGER):
                self.scan()
        self.assertEqual((file.scan_state, file.raw), ("waiting", VIRUS))
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(hours=5), file.id],
        )
        states = {reading.check.name: reading.state for reading in self.env["helpdesk.health"]._readings()}
        self.assertEqual(states["scan_age_seconds"], "critical")
        self.scan()
        self.assertEqual(file.scan_state, "infected")

    def test_too_large_for_the_scanner(self):
        """It is told so, and what comes after it is scanned."""
        large, small = self.attach("rekaman.bin", os.urandom(3 * MOST_BYTES)), self.attach("surat.txt", b"Pagi")
        self.scan()
        self.assertEqual((large.scan_state, small.scan_state), ("refused", "clean"))
        self.assertIn("size limit", large.scan_finding)

    def test_what_is_scanned(self):
        """Files of customers, also those that are handed to a ticket later; nothing where there is no scanner."""
        own = self.attach("latar.png", b"x", res_model="ir.ui.view", res_id=1)
        later = self.attach("foto.jpg", b"y", res_model="mail.compose.message", res_id=0)
        self.assertEqual((own.scan_state, later.scan_state), (False, False))
        later.write({"res_model": "helpdesk.ticket", "res_id": self.ticket.id})
        self.assertEqual(later.scan_state, "waiting")
        with patch.dict(os.environ, {SCANNER_VARIABLE: ""}):
            self.assertFalse(self.attach("surat.txt", b"z").scan_state)
            self.assertNotIn("scan_age_seconds", self.env["helpdesk.health"]._probe_scanner())

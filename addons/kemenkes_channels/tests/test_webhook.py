import json
import logging

from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_channels.tests import plain_provider as plain
from odoo.addons.kemenkes_channels.tests.channels_common import SECRET, ChannelsCase, said


@tagged("post_install", "-at_install")
class TestWebhook(ChannelsCase, HttpCase):
    """R23.a.1: where services call: verified on raw bytes, stored, then answered."""

    def post(self, raw, signature=None, token=None):
        headers = {"Content-Type": "application/json"}
        if signature:
            headers["X-Signature"] = signature
        address = f"/helpdesk/webhook/{token or self.channel.webhook_token}"
        return self.url_open(address, data=raw, headers=headers)

    def test_genuine(self):
        raw = json.dumps({"items": [said("h\u00e4lo")]}).encode()
        answer = self.post(raw, plain.sign(SECRET, raw))
        self.assertEqual((answer.status_code, answer.text), (200, "stored"))
        event = self.inbox.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(event._raw(), raw)
        self.assertEqual(event.state, "new")
        again = self.post(raw, plain.sign(SECRET, raw))
        self.assertEqual(again.status_code, 200)
        self.assertEqual(self.inbox.search([("channel_id", "=", self.channel.id)]), event)

    def test_refused(self):
        """Fail closed: nothing unsigned, forged, or for a channel without a secret is stored."""
        raw = plain.dump(said())
        with self.assertLogs("odoo.addons.kemenkes_channels.controllers.webhook", logging.INFO) as log:
            self.assertEqual(self.post(raw).status_code, 401)
            self.assertEqual(self.post(raw, plain.sign("salah", raw)).status_code, 403)
        self.assertEqual(len(log.output), 2, "an attempt is a line of the log (ASVS 16.3.3)")
        self.assertEqual(self.post(raw + b" ", plain.sign(SECRET, raw)).status_code, 403)
        self.assertEqual(self.post(raw, plain.sign(SECRET, raw), token="tebakan").status_code, 404)
        self.assertEqual(
            self.post(raw, plain.sign(SECRET, raw), token=self.channel_email.webhook_token).status_code, 404
        )
        self.channel.app_secret = False
        self.assertEqual(self.post(raw, plain.sign("", raw)).status_code, 403)
        self.assertFalse(self.inbox.search([("channel_id", "=", self.channel.id)]))

    def test_rotated_secret(self):
        self.channel.write({"app_secret": "baru", "previous_app_secret": SECRET})
        raw = plain.dump(said())
        self.assertEqual(self.post(raw, plain.sign(SECRET, raw)).status_code, 200)

    def test_handshake(self):
        address = f"/helpdesk/webhook/{self.channel.webhook_token}?hub.challenge=12345&hub.verify_token="
        good = self.url_open(address + "kenal")
        self.assertEqual((good.status_code, good.text), (200, "12345"))
        self.assertEqual(self.url_open(address + "bukan").status_code, 403)

from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_channels.tests.meta_common import REFS, RINA, MetaCase, samples_of


@tagged("post_install", "-at_install")
class TestMetaWebhooks(MetaCase, HttpCase):
    """R23.c.1, R25.a.1: Meta's webhooks come over HTTP, by the addresses that the channels show."""

    def take_webhook(self, address, body, headers):
        return self.url_open(address, body, headers=headers).status_code

    def test_every_sample(self):
        """Each documented payload is taken by its address, and what customers say in it stands on tickets."""
        for kind in REFS:
            for name, payloads in samples_of(kind).items():
                with self.subTest(kind=kind, sample=name):
                    for payload in payloads:
                        self.graph.replay(kind, payload)
                        self.bring()
                    self.assertEqual(self.courier.brought[-1].statuses, [200])
            channel = self.channels[kind]
            self.assertTrue(self.outside.search([("channel_id", "=", channel.id), ("direction", "=", "in")]))

    def test_forged(self):
        self.courier.weather.forged = 1
        self.graph.act("whatsapp", RINA, "text", {"text": "Halo"})
        self.bring()
        self.assertEqual(len(self.inbox.search([("channel_id", "=", self.channels["whatsapp"].id)])), 1)

    def test_handshake(self):
        query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
        for channel in self.channels.values():
            address = f"/helpdesk/webhook/{channel.webhook_token}?{query}"
            self.assertEqual(self.url_open(f"{address}token-uji").text, "1158201444")
            self.assertEqual(self.url_open(f"{address}salah").status_code, 403)

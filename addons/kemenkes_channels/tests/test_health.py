from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kemenkes_channels.providers.records import Answer
from odoo.addons.kemenkes_channels.tests.channels_common import ChannelsCase, said
from odoo.addons.kemenkes_channels.tools.transport import Transport


@tagged("post_install", "-at_install")
class TestHealth(ChannelsCase):
    """R23.a.1, R23.a.2: how every account of every site is doing, on one screen."""

    def test_figures_and_judgement(self):
        self.assertEqual(self.channel.health, "good")
        event = self.inbox._receive_payload(self.channel, b'{"items": []}')
        self.env.invalidate_all()
        self.assertEqual(self.channel.waiting_count, 1)
        self.assertTrue(self.channel.last_event_date)
        event.write({"state": "dead"})
        self.env.invalidate_all()
        self.assertEqual((self.channel.dead_count, self.channel.health), (1, "attention"))
        self.assertIn(self.channel, self.env["helpdesk.channel"].search([("health", "in", ["attention"])]))
        self.channel.with_user(self.users["supervisor"]).action_replay_dead()
        self.inbox._process_pending()
        self.env.invalidate_all()
        self.assertEqual((event.state, self.channel.health), ("done", "good"))

    def test_token_that_ends(self):
        self.channel.token_expiry_date = fields.Datetime.now() + timedelta(days=5)
        self.assertEqual(self.channel.health, "attention")
        self.channel.token_expiry_date = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self.channel.health, "broken")

    def test_without_secret(self):
        self.channel.write({"app_secret": False, "verify_token": False})
        self.assertEqual(self.channel.health, "unset")

    def test_connection(self):
        with patch.object(Transport, "run", lambda transport, call: Answer(200, body=b'{"name": "Bot Uji"}')):
            notice = self.channel.with_user(self.users["supervisor"]).action_test_connection()
        self.assertIn("Bot Uji", notice["params"]["message"])
        with patch.object(Transport, "run", lambda transport, call: Answer(401)):
            notice = self.channel.action_test_connection()
        self.assertEqual(notice["params"]["type"], "danger")
        self.assertEqual(self.channel.health, "broken")

    def test_agents_may_not(self):
        """R7: who answers customers does not pause channels, nor read their secrets."""
        agent = self.channel.with_user(self.users["agent"])
        for method in ("action_pause", "action_resume", "action_test_connection", "action_replay_dead"):
            with self.assertRaises(AccessError):
                getattr(agent, method)()
        for name in ("previous_app_secret", "api_host", "webhook_url"):
            with self.assertRaises(AccessError):
                agent.read([name])
        with self.assertRaises(AccessError):
            self.channel.option_ids.with_user(self.users["supervisor"]).read(["value"])

    def test_one_query_for_all(self):
        channels = self.channel | self.create_channel("telegram", name="B", account_ref="b", app_secret="x")
        self.take_in(said())
        self.env.flush_all()
        channels.invalidate_recordset()
        channels.mapped("kind")
        with self.assertQueryCount(1):
            channels.mapped("waiting_count")

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

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

    def test_social_media_in_one_place(self):
        """R25.a.1: X, Facebook and Instagram stand in the list, by site, each with its figures and its settings."""
        channels = {
            kind: self.create_channel(
                kind,
                name=kind,
                account_ref=f"uji-{kind}",
                app_secret="x",
                verify_token="x",
                product_id=self.product_a.id,
            )
            for kind in ("x", "facebook", "instagram")
        }
        channels["x"].site_id = self.site_east
        supervisor = self.env["helpdesk.channel"].with_user(self.users["manager"])
        action = self.env.ref("kemenkes_channels.helpdesk_channel_health_action")
        shown = supervisor.search(safe_eval(action.domain or "[]"))
        self.assertLessEqual({channel.id for channel in channels.values()}, set(shown.ids))
        self.inbox._receive_payload(channels["x"], b'{"data": {}}')
        self.env.invalidate_all()
        figures = shown.filtered(lambda channel: channel.id == channels["x"].id).read(
            ["health", "waiting_count", "dead_count", "last_event_date", "site_id"]
        )[0]
        self.assertEqual((figures["waiting_count"], figures["dead_count"]), (1, 0))
        by_site = dict(supervisor._read_group([("id", "in", shown.ids)], ["site_id"], ["__count"]))
        self.assertEqual(by_site[self.site_east], 1)
        view = supervisor.get_view(self.env.ref("kemenkes_helpdesk.helpdesk_channel_view_form").id, "form")
        for name in ("app_secret", "access_token", "team_id", "product_id", "option_ids"):
            self.assertIn(f'name="{name}"', view["arch"])

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

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .stores_common import REFS, RINA, StoresCase


@tagged("post_install", "-at_install")
class TestChannelPull(StoresCase):
    """R26.a: services that call nobody are asked by a job."""

    def test_the_job_asks_who_is_due(self):
        """R26.a: accounts without a key, paused ones and those asked a moment ago are left alone."""
        service, channel = self.played.fakes["playstore"], self.channels["playstore"]
        service.write(REFS["playstore"], RINA, 1, "Lambat")
        (self.channels["x"] | self.channels["appstore"]).is_paused = True
        self.run_job("kemenkes_channels.ir_cron_pull")
        self.work_off()
        self.assertEqual(self.reviews.search_count([("channel_id", "=", channel.id)]), 1)
        self.assertTrue(channel.pull_date)
        count = len(service.taken)
        self.run_job("kemenkes_channels.ir_cron_pull")
        channel.write({"pull_cursors": False, "is_paused": True})
        self.run_job("kemenkes_channels.ir_cron_pull")
        channel.write({"is_paused": False, "access_token": False})
        self._set_options("playstore")
        self.run_job("kemenkes_channels.ir_cron_pull")
        self.assertEqual(len(service.taken), count)

    def test_reviews_about_to_be_lost(self):
        """R26.a: Google shows seven days; after five without success the keepers are told."""
        service, channel = self.played.fakes["playstore"], self.channels["playstore"]
        channel.pull_date = fields.Datetime.now() - timedelta(days=6)
        service.fail_next(service.fault_named("server"))
        keeper = self.users["manager"].partner_id
        before = self.env["mail.notification"].search_count([("res_partner_id", "=", keeper.id)])
        self.pull("playstore")
        self.assertTrue(channel.is_pull_late)
        self.assertGreater(self.env["mail.notification"].search_count([("res_partner_id", "=", keeper.id)]), before)

    def test_ask_now(self):
        self.played.fakes["appstore"].write(REFS["appstore"], RINA, 3, "", "Lumayan")
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            notice = self.channels["appstore"].with_user(self.users["manager"]).action_pull()
        self.assertEqual(notice["params"]["type"], "success")
        self.work_off()
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.channels["appstore"].id)]), 1)

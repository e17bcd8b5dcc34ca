from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestPullDemo(TransactionCase):
    """R26.a: who writes in a played store sees the review at the next run of the job, not half an hour later."""

    def test_each_run_asks_the_played_stores(self):
        job = self.env.ref("kemenkes_channels.ir_cron_pull")
        before = fields.Datetime.now() - timedelta(**{job.interval_type: job.interval_number})
        for kind in ("playstore", "appstore"):
            channel = self.env.ref(f"kemenkes_channels.demo_channel_{kind}")
            channel.pull_cursors = {"reviews": {"cursor": {}, "date": fields.Datetime.to_string(before)}}
            self.assertTrue(channel._is_due("reviews", 1800), kind)

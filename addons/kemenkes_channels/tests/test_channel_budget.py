from odoo.tests import tagged

from .stores_common import StoresCase


@tagged("post_install", "-at_install")
class TestChannelBudget(StoresCase):
    """R25.a.1: what X costs is counted, shown, and stopped at the month's budget."""

    def test_requests_are_counted(self):
        """R25.a.1: mentions read, replies in public, direct messages."""
        channel = self.channels["x"]
        post = self.act("x", text="tolong")
        self.pull("x")
        ticket = self.ticket_of("x", post.id)
        self.answer(ticket, "Halo Kak")
        self.answer(ticket, "Detailnya di sini ya", mode="private")
        self.send()
        counts = {row.operation: row.count for row in channel.usage_ids}
        self.assertEqual(counts, {"mention": 1, "reply": 1, "send_message": 1})
        self.assertAlmostEqual(channel.month_cost, 0.001 + 0.010 + 0.015)
        channel.monthly_budget = 1
        self.assertAlmostEqual(channel.budget_percent, 2.6)

    def test_nothing_goes_beyond_the_budget(self):
        """R25.a.1: answers wait, the agent sees why, and they go out when the budget is raised."""
        channel = self.channels["x"]
        post = self.act("x", text="tolong")
        self.env["helpdesk.channel.usage"]._add(channel, {"send_post_link": 10}, {"send_post_link": 200})
        channel.monthly_budget = 2
        self.assertTrue(channel.is_budget_spent)
        row = self.answer(self.ticket_of("x", post.id), "Halo Kak")
        count = len(self.played.fakes["x"].taken)
        self.send()
        channel.pull_cursors = False
        (self.channels["playstore"] | self.channels["appstore"]).is_paused = True
        self.run_job("kemenkes_channels.ir_cron_pull")
        self.assertEqual(row.state, "queued")
        self.assertIn("Anggaran", row.error, "in the language of the people who read it")
        self.assertEqual(len(self.played.fakes["x"].taken), count)
        channel.monthly_budget = 5
        self.due_again(row)
        self.send()
        self.assertEqual(row.state, "sent", row.error)

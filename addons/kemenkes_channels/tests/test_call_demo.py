from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "demo_data")
class TestCallDemo(TransactionCase):
    """R24.b: the demo's calls show every screen alive."""

    def test_calls_of_the_demo(self):
        channel = self.env.ref("kemenkes_channels.demo_channel_call")
        calls = self.env["helpdesk.call"].search([("channel_id", "=", channel.id)])
        self.assertEqual(set(calls.mapped("state")), {"ended", "missed"})
        self.assertEqual(set(calls.mapped("direction")), {"in", "out"})
        heard = calls.filtered("has_recording")
        self.assertEqual(heard, calls.filtered("has_transcript"))
        for call in heard:
            self.assertTrue(call.summary)
            self.assertTrue(call.recording_ids.attachment_id.raw)
            self.assertEqual(call.ticket_id.channel_id, channel)
        before = self.env["helpdesk.call"].search_count([])
        self.env["helpdesk.demo"]._load_calls()
        self.assertEqual(self.env["helpdesk.call"].search_count([]), before)

from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.tour_common import TourCase

from .common import WorkCase


@tagged("post_install", "-at_install")
class TestWorkTours(WorkCase, TourCase):
    """R23.b.1, R23.c.3, R24.b: an agent's day at the browser: seat, break, offers by keyboard and mouse, end."""

    def test_agent_at_work(self):
        self.env["res.users"].union(*self.users.values()).lang = "id_ID"
        self.start("helpdesk_agent_works", "agent")
        session = self.agent._work_session()
        self.assertEqual((session.seat_id, session.status_kind), (self.own_seat, "ready"))
        self.assertEqual(session.interval_ids.sorted("id").mapped("kind"), ["ready", "break", "ready"])
        chat = self.create_channel("livechat", name="Chat A")
        self.team_l1.write({"distribution_rule": "least_loaded", "ring_seconds": 300})

        accepted = self.create_ticket(name="Tidak bisa masuk", channel_id=chat.id)
        self.env["helpdesk.distribution"]._distribute()
        self.start("helpdesk_agent_accepts", "agent")
        self.assertEqual(accepted.user_id, self.agent)

        rejected = self.create_ticket(name="Lupa kata sandi", channel_id=chat.id)
        self.env["helpdesk.distribution"]._distribute()
        self.start("helpdesk_agent_rejects", "agent")
        self.assertEqual(rejected.offer_ids.state, "rejected")
        self.assertEqual(session.end_reason, "agent")

from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.tour_common import LANGUAGES

from .floor_common import FloorCase


@tagged("post_install", "-at_install")
class TestFloorTours(FloorCase, HttpCase):
    """R23.b.2, R24.c, R25.b.2: what a supervisor does at the live screens, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for language in LANGUAGES:
            cls.env["res.lang"]._activate_lang(language)
        cls.supervisor.lang = "id_ID"
        cls.start_work("agent", seat=cls.seat)

    def start(self, action, tour):
        self.start_tour(f"/odoo/action-kemenkes_workforce.{action}", tour, login="test_supervisor")

    def test_directing_from_the_floor(self):
        tickets = self.create_ticket(user_id=self.agent.id) | self.create_ticket(user_id=self.agent.id)
        self.start("helpdesk_floor_live_action", "helpdesk_floor_supervisor")
        self.assertIn(self.supervisor, tickets.user_id, "taken over")
        self.assertNotEqual(self.agent._work_session().status_kind, "ready")
        self.assertTrue(self.env["helpdesk.lending"].search([("user_id", "=", self.agent.id)]))
        self.assertIn("whispered", self.env["helpdesk.event"].search([], order="id desc", limit=30).mapped("kind"))

    def test_arranging_seats(self):
        before = self.seat.position_x
        self.start_tour(
            f"/odoo/{self.floor.id}/action-kemenkes_workforce.helpdesk_floor_arrange_action",
            "helpdesk_floor_arranged",
            login="test_supervisor",
        )
        self.assertAlmostEqual(self.seat.position_x, before + 1 / self.floor.column_count)
        self.assertIn("B7", self.floor.seat_ids.mapped("name"))

    def test_moving_work_from_the_desk(self):
        tickets = self.create_ticket() | self.create_ticket()
        self.start("helpdesk_desk_action", "helpdesk_desk_moves")
        self.assertEqual(tickets.user_id, self.users["second"])

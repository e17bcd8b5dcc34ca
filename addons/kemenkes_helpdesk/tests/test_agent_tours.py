from odoo.tests import tagged

from .tour_common import LANGUAGES, TourCase


@tagged("post_install", "-at_install")
class TestAgentTours(TourCase):
    """The main job in a real browser, in both languages (R27.a.1, R27.c.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.canned.response"].create(
            {
                "source": "otp",
                "substitution": "Halo {{customer}}. Silakan coba lagi.",
                "group_ids": cls.env.ref("kemenkes_helpdesk.group_agent").ids,
            }
        )
        cls.env["helpdesk.macro"].create(
            {"name": "Naikkan prioritas", "priority": "3", "reply": "<p>Kami tangani segera.</p>"}
        )

    def create_otp_ticket(self):
        ticket = self.create_ticket(name="Kode OTP tidak masuk")
        self.customer_says(ticket, "Sejak kemarin")
        return ticket

    def said(self, ticket, direction):
        messages = ticket.message_ids.filtered(lambda message: message.helpdesk_direction == direction)
        return messages.sorted("id").mapped("preview")

    def test_take_answer_escalate_return_solve(self):
        for language in LANGUAGES:
            with self.in_language(language):
                ticket = self.create_otp_ticket()
                self.start("helpdesk_agent_escalates", "agent", "helpdesk_ticket_action_unassigned")
                self.check_escalated(ticket)
                self.start("helpdesk_expert_returns", "expert")
                self.check_returned(ticket)
                self.start("helpdesk_agent_solves", "agent", "helpdesk_ticket_action_mine")
                self.check_solved(ticket)
                ticket.name = "Done"

    def check_escalated(self, ticket):
        answers = ["Halo Siti Aminah. Silakan coba lagi.", "Kami tangani segera."]
        self.assertEqual(self.said(ticket, "out"), answers)
        letters = self.env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)], order="id")
        self.assertEqual(letters.message_id.mapped("preview"), answers)
        self.assertEqual(set(letters.mapped("recipient")), {self.customer.email})
        notes = ticket.message_ids.filtered(lambda message: message.subtype_id.internal)
        self.assertIn("Nomor ponselnya sudah dicek", notes.mapped("preview"))
        self.assertEqual((ticket.priority, ticket.team_id), ("3", self.team_l2))
        self.assertEqual(ticket.escalation_ids.reason, "Gateway SMS perlu dicek Pusdatin")
        kinds = self.kinds_of(ticket)
        self.assertEqual(
            [kinds.count(kind) for kind in ("assigned", "message_out", "note", "escalated")], [1, 2, 1, 1], kinds
        )

    def check_returned(self, ticket):
        escalation = ticket.escalation_ids
        self.assertEqual((escalation.state, escalation.to_user_id), ("returned", self.users["expert"]))
        self.assertEqual(escalation.return_reason, "Nomor salah di data peserta")
        self.assertEqual((ticket.team_id, ticket.user_id), (self.team_l1, self.users["agent"]))

    def check_solved(self, ticket):
        self.assertEqual(ticket.stage_kind, "solved")
        self.assertEqual(self.said(ticket, "out")[-1], "Nomor Anda sudah kami betulkan")

    def test_what_was_revealed_is_found_in_the_ledger(self):
        """R27.b.2, R27.a.3: who looked at a customer's number can be traced."""
        for language in LANGUAGES:
            with self.in_language(language):
                ticket = self.create_otp_ticket()
                ticket.user_id = self.users["agent"]
                self.start("helpdesk_agent_reveals", "agent", "helpdesk_ticket_action_mine")
                row = self.env["helpdesk.event"].search([("kind", "=", "revealed"), ("ticket_id", "=", ticket.id)])
                self.assertEqual(row.user_id, self.users["agent"])
                self.start("helpdesk_supervisor_traces", "supervisor", "helpdesk_event_action")
                ticket.name = "Done"

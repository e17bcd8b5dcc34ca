from odoo.tests import tagged

from .tour_common import TourCase


@tagged("post_install", "-at_install")
class TestChatterTours(TourCase):
    """R7, R27.a.1: who may answer a customer, and to whom the answer goes, is plain to see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(name="Kode OTP tidak masuk")
        cls.customer_says(cls.ticket, "Halo").subject = "Re: Kode OTP tidak masuk"

    def test_who_only_reads_leaves_notes(self):
        self.start("helpdesk_reader_notes", "quality", "helpdesk_ticket_action")

    def test_the_composer_says_who_reads_the_answer(self):
        self.start("helpdesk_agent_sees_who_reads", "agent", "helpdesk_ticket_action")

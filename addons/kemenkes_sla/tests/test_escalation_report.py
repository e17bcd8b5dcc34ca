from odoo.tests import tagged

from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestEscalationReport(SlaCase):
    """R27.b.1, R27.a.2: escalations by team, product, site and reason: how soon, what came of them, which were late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_policy("tier_resolution", minutes=120, tier="2")
        cls.defect = cls.env.ref("kemenkes_helpdesk.escalation_reason_defect")
        cls.data = cls.env.ref("kemenkes_helpdesk.escalation_reason_data")
        cls.Report = cls.env["helpdesk.escalation.report"]

    def setUp(self):
        super().setUp()
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)

    def escalate(self, kind, **values):
        ticket = self.create_ticket(user_id=self.users["agent"].id, **values)
        return ticket.with_user(self.users["agent"]).escalate(self.team_l2, "Perlu dicek", kind)

    def accept(self, escalation, after):
        self.wait(after)
        escalation.with_user(self.users["expert"]).accept()

    def rows(self, escalations):
        self.env.flush_all()
        return self.Report.search([("id", "in", escalations.ids)], order="id")

    def read_group(self, escalations, group_by, *figures, login="supervisor"):
        self.env.flush_all()
        report = self.Report.with_user(self.users[login])
        groups = report._read_group([("id", "in", escalations.ids)], [group_by], [*figures, "__count"])
        return {key: figures for key, *figures in groups}

    def test_times_shares_and_breaches(self):
        """R27.b.1: answered by words to the customer, by a return, or by the solution; late where a clock ran out."""
        told, returned, late, waiting = (
            self.escalate(kind) for kind in (self.defect, self.data, self.defect, self.data)
        )
        self.accept(told, 30)
        self.accept(returned, 30)
        self.wait(30)
        self.agent_says(told.ticket_id, "Sudah kami betulkan", login="expert")
        returned.with_user(self.users["expert"]).return_back("Lampirkan KTP")
        self.accept(late, 30)
        self.wait(60)
        self.sweep()
        late.ticket_id.with_user(self.users["expert"]).action_solve()
        self.assertRecordValues(
            self.rows(told | returned | late | waiting),
            [
                {"accept_hours": 0.5, "answer_hours": 1.5, "returned_percent": 0, "late_count": 1, "open_count": 1},
                {"accept_hours": 1, "answer_hours": 1.5, "returned_percent": 100, "late_count": 0, "open_count": 0},
                {"accept_hours": 2, "answer_hours": 3, "returned_percent": 0, "late_count": 1, "open_count": 0},
                {"accept_hours": 0, "answer_hours": 0, "returned_percent": 0, "late_count": 1, "open_count": 1},
            ],
        )
        everything = told | returned | late | waiting
        self.assertEqual(
            self.read_group(everything, "reason_id", "answer_hours:avg", "late_count:sum"),
            {self.defect: [2.25, 2, 2], self.data: [1.5, 1, 2]},
        )
        # of those that ended: one of two; who still waits spoils no average
        self.assertEqual(
            self.read_group(everything, "to_team_id", "returned_percent:avg", "accept_hours:avg", "open_count:sum"),
            {self.team_l2: [50, 3.5 / 3, 2, 4]},
        )

    def test_answer_of_the_first_tier_is_none_of_the_next(self):
        """R27.b.1: what L1 tells the customer meanwhile does not answer the hand-over."""
        escalation = self.escalate(self.defect)
        self.wait(10)
        escalation.with_user(self.users["expert"]).answer_back("Minta pengguna memasang ulang")
        self.wait(10)
        self.agent_says(escalation.ticket_id, "Silakan pasang ulang")
        again = escalation.ticket_id.with_user(self.users["agent"]).escalate(self.team_l2, "Masih", self.defect)
        first, second = self.rows(escalation | again)
        self.assertAlmostEqual(first.answer_hours, 1 / 6)
        self.assertEqual((first.state, second.state, second.answer_hours), ("done", "waiting", 0))

    def test_everyone_counts_what_they_may_see(self):
        """R27.a.3, R27.b.1: rows of other products are not counted; managers count all; a click opens the ticket."""
        self.users["other"] = self.create_user("other", "group_agent", products=self.product_b)
        own = self.escalate(self.defect)
        foreign = self.create_ticket(product_id=self.product_b.id, user_id=self.users["other"].id)
        foreign = foreign.with_user(self.users["other"]).escalate(self.team_l2, "Perlu dicek", self.defect).sudo()
        seen = self.read_group(own | foreign, "product_id")
        self.assertEqual(seen, {self.product_a: [1]})
        seen = self.read_group(own | foreign, "site_id", login="operation_manager")
        self.assertEqual(seen, {self.site: [2]})
        row = self.rows(own).with_user(self.users["supervisor"])
        self.assertEqual(row.action_open_ticket()["res_id"], own.ticket_id.id)
        exported = row.with_user(self.users["analyst"]).export_data(["ticket_ref", "reason_id/name", "accept_hours"])[
            "datas"
        ]
        self.assertEqual(exported[0][0], own.ticket_id.ticket_ref)

    def test_reason_that_was_used_stays(self):
        """R27.b.1: a reason that tickets were escalated for is archived, not deleted."""
        escalation = self.escalate(self.data)
        self.data.with_user(self.users["supervisor"]).active = False
        self.assertEqual(self.read_group(escalation, "reason_id"), {self.data: [1]})

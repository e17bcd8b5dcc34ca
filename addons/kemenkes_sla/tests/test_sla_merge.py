from odoo.tests import tagged

from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestSlaMerge(SlaCase):
    """R14, R27.b.4: on a survivor several customers wait, and an answer to one of them is none to the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_policy("first_response", minutes=60)
        cls.create_policy("next_response", minutes=30)
        cls.budi, cls.wati = cls.env["res.partner"].create(
            [
                {"name": "Budi", "email": "budi@customer.example"},
                {"name": "Wati", "email": "wati@customer.example"},
            ]
        )

    def setUp(self):
        super().setUp()
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        self.survivor = self.create_ticket()
        self.other = self.create_ticket(partner_id=self.budi.id)

    def answer(self, tickets):
        tickets.with_user(self.users["agent"]).answer_customers("Sudah pulih")

    def waits(self, ticket=None):
        """``[(started, state, ended)]`` of the waits for a next answer, in minutes after the beginning."""

        def minutes(date):
            return date and (date - self.at(0)).total_seconds() / 60

        clocks = self.clock(ticket or self.survivor, "next_response").sorted("number")
        return [(minutes(one.start_date), one.state, minutes(one.end_date)) for one in clocks]

    def assert_all_rebuilt(self):
        self.assert_rebuilt(self.survivor | self.other)

    def test_each_customer_waits_for_an_own_answer(self):
        """A reply to one leaves the other waiting; answering all answers each."""
        self.agent_says(self.survivor, "Halo")
        self.agent_says(self.other, "Halo")
        self.other.merge_into(self.survivor)
        self.wait(10)
        self.customer_says(self.survivor, "Masih error")
        self.wait(5)
        self.customer_says(self.other, "Di sini juga")
        self.assertEqual(self.waits(), [(10, "ongoing", False), (15, "ongoing", False)])
        self.wait(5)
        self.agent_says(self.survivor, "Kami cek")
        self.assertEqual(self.waits(), [(10, "reached", 20), (15, "ongoing", False)])
        self.assertEqual(self.survivor.next_due_date, self.at(45))
        self.wait(30)
        self.sweep()
        self.assertEqual(self.waits(), [(10, "reached", 20), (15, "failed", False)])
        self.customer_says(self.survivor, "Bagaimana?")
        self.answer(self.survivor | self.other)
        self.assertEqual(self.waits(), [(10, "reached", 20), (15, "failed", 50), (50, "reached", 50)])
        self.assert_all_rebuilt()

    def test_who_waits_when_merged_goes_on_waiting(self):
        """The old ticket's clocks end; nobody is forgotten, and a reply to somebody else is no answer."""
        self.agent_says(self.survivor, "Halo")
        self.wait(10)
        self.other.merge_into(self.survivor)
        self.assertEqual(self.clock(self.other).state, "cancelled")
        self.assertEqual(self.waits(), [(10, "ongoing", False)])
        self.wait(5)
        self.agent_says(self.survivor, "Kami cek")
        self.assertEqual(self.waits(), [(10, "ongoing", False)])
        self.answer(self.other)
        self.assertEqual(self.waits(), [(10, "reached", 15)])
        self.assert_all_rebuilt()

    def test_answer_to_another_customer_is_no_first_response(self):
        """The survivor's own customer has been told nothing yet; the figure says the same."""
        self.other.merge_into(self.survivor)
        self.wait(5)
        self.answer(self.other)
        self.assertEqual(self.clock(self.survivor).state, "ongoing")
        self.assertFalse(self.survivor.first_response_date)
        self.wait(5)
        self.agent_says(self.survivor, "Halo")
        self.assertEqual(self.clock(self.survivor).reached_date, self.at(10))
        self.assertEqual(self.survivor.first_response_date, self.at(10))
        self.assert_all_rebuilt()

    def test_one_customer_with_two_numbers_waits_once(self):
        """Who wrote twice about the same problem is answered once."""
        self.other.partner_id = self.customer
        self.other.merge_into(self.survivor)
        self.assertEqual(self.waits(), [], "the first response is waited for")
        self.wait(5)
        self.agent_says(self.survivor, "Halo")
        self.customer_says(self.other, "Masih error")
        self.customer_says(self.survivor, "Masih error")
        self.assertEqual(self.waits(), [(5, "ongoing", False)])
        self.wait(5)
        self.agent_says(self.survivor, "Kami cek")
        self.assertEqual(self.waits(), [(5, "reached", 10)])
        self.assert_all_rebuilt()

    def test_undo_gives_the_wait_back(self):
        """Who was answered meanwhile waits no more; who was not, waits on the own ticket again."""
        answered = self.create_ticket(partner_id=self.wati.id)
        (self.other | answered).merge_into(self.survivor)
        self.agent_says(self.survivor, "Halo")
        self.wait(10)
        self.answer(answered)
        self.wait(10)
        (self.other | answered).unmerge()
        self.assertEqual(self.waits(), [(0, "cancelled", 20), (0, "reached", 10)])
        self.assertEqual(self.clock(self.other).deadline, self.at(80), "pauses while it was merged")
        self.assertEqual(self.clock(answered).state, "reached")
        self.wait(5)
        self.agent_says(self.other, "Halo")
        self.customer_says(self.other, "Masih error")
        self.assertEqual(self.waits(self.other), [(25, "ongoing", False)])
        self.other.merge_into(self.survivor)
        self.wait(5)
        self.other.unmerge()
        self.assertEqual(self.waits(self.other), [(25, "cancelled", 25), (30, "ongoing", False)])
        self.assert_rebuilt(self.survivor | self.other | answered)

    def test_waits_follow_over_several_merges(self):
        """Merged twice on, and the survivors turned round after an undo: each still waits where the work is."""
        third = self.create_ticket(partner_id=self.wati.id)
        self.other.merge_into(third)
        self.wait(1)
        third.merge_into(self.survivor)
        self.agent_says(self.survivor, "Halo")
        self.assertEqual([state for _start, state, _end in self.waits()], ["ongoing", "ongoing"])
        self.wait(4)
        self.answer(self.other)
        self.assertEqual(sorted(state for _start, state, _end in self.waits()), ["ongoing", "reached"])
        third.unmerge()
        self.assertEqual(self.clock(third).state, "ongoing")
        self.survivor.merge_into(third)
        self.answer(third)
        self.assertEqual(self.clock(third).state, "reached")
        self.assert_rebuilt(self.survivor | self.other | third)

    def test_another_customer_of_a_merged_ticket(self):
        """Whose ticket it was turns out after the merge: the survivor's clocks follow at once."""
        unknown = self.create_ticket(partner_id=False)
        self.agent_says(self.survivor, "Halo")
        unknown.merge_into(self.survivor)
        self.assertEqual(self.waits(), [(0, "ongoing", False)])
        self.wait(5)
        unknown.sudo().partner_id = self.customer
        self.customer_says(unknown, "Halo?")
        self.wait(5)
        self.answer(unknown)
        self.assertEqual(self.waits(), [(0, "reached", 10)])
        self.assert_rebuilt(self.survivor | unknown)

    def test_solved_for_all(self):
        """Nobody waits any more once the common problem is solved; who writes again waits again, alone."""
        self.agent_says(self.survivor, "Halo")
        self.other.merge_into(self.survivor)
        self.wait(5)
        self.survivor.with_user(self.users["agent"]).action_solve()
        self.assertEqual(self.waits(), [(0, "cancelled", 5)])
        self.wait(5)
        self.customer_says(self.other, "Belum")
        self.assertEqual(self.waits(), [(0, "cancelled", 5), (10, "ongoing", False)])
        self.assert_all_rebuilt()

    def test_cost_does_not_grow_with_what_was_merged(self):
        """A word on a survivor costs the same few statements, however many tickets are merged into it."""
        row = {"kind": "message_in", "ticket_id": self.survivor.id}

        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Status._read_events([row])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.other.merge_into(self.survivor)
        cost()
        one = cost()
        more = self.env["helpdesk.ticket"].browse(
            [self.create_ticket(partner_id=self.wati.id).id for _number in range(8)]
        )
        more.merge_into(self.survivor)
        self.assertEqual(cost(), one)

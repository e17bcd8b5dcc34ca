from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..models.helpdesk_stage import DONE_KINDS
from .common import HelpdeskCase
from .parallel_common import ParallelCase


@tagged("post_install", "-at_install")
class TestMerge(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a, cls.b, cls.c = (cls.create_ticket(name=name) for name in "ABC")

    def as_agent(self, ticket):
        return ticket.with_user(self.users["agent"])

    def merge(self, source, target):
        return self.as_agent(source).merge_into(self.as_agent(target))

    def message(self, ticket):
        return self.customer_says(ticket, f"I am {ticket.name}")

    def test_everything_moves_and_comes_back(self):
        """R27.b.4: messages, files, activities, mails under way; undo puts each where it was."""
        message = self.message(self.a)
        reply = self.agent_says(self.a, "We look into it")
        outbox = self.env["helpdesk.outbox.message"].search([("message_id", "=", reply.id)])
        self.assertTrue(outbox)
        file = self.env["ir.attachment"].create(
            {"name": "screen.png", "raw": b"x", "res_model": "helpdesk.ticket", "res_id": self.a.id}
        )
        activity = self.a.activity_schedule("mail.mail_activity_data_todo", user_id=self.users["agent"].id)
        event = self.env["helpdesk.inbox.event"].create(
            {"channel_id": self.channel_email.id, "external_id": "test-merge", "ticket_id": self.a.id, "state": "done"}
        )
        stage = self.a.stage_id
        kinds = self.kinds_of(self.a)
        self.merge(self.a, self.b)
        self.assertEqual((message | reply).mapped("res_id"), [self.b.id] * 2)
        self.assertEqual((file.res_id, activity.res_id), (self.b.id, self.b.id))
        self.assertEqual((message | reply).helpdesk_source_id, self.a)
        self.assertEqual((outbox.ticket_id, event.ticket_id), (self.a, self.a), "they keep their number")
        self.assertRecordValues(
            self.a,
            [{"merged_into_id": self.b.id, "survivor_id": self.b.id, "stage_kind": "closed", "solved_date": False}],
        )
        self.assertEqual(self.b.last_customer_message_date, self.a.last_customer_message_date)
        self.assertEqual(self.kinds_of(self.a), [*kinds, "stage_changed", "merged"])
        self.as_agent(self.a).unmerge()
        self.assertEqual((message | reply).mapped("res_id"), [self.a.id] * 2)
        self.assertFalse((message | reply).helpdesk_source_id)
        self.assertEqual((file.res_id, activity.res_id), (self.a.id, self.a.id))
        self.assertRecordValues(
            self.a,
            [
                {
                    "merged_into_id": False,
                    "survivor_id": False,
                    "stage_id": stage.id,
                    "close_date": False,
                    "reopen_count": 0,
                }
            ],
        )
        self.assertEqual(self.kinds_of(self.a), [*kinds, "stage_changed", "merged", "stage_changed", "unmerged"])
        self.assertEqual(self.kinds_of(self.b)[-2:], ["merged", "unmerged"])

    def test_no_word_to_the_customer(self):
        """R27.b.4: a merge sends nothing and leaves no note that undo would have to remove."""
        self.message(self.a)
        self.message(self.b)
        before = self.env["helpdesk.outbox.message"].search_count([])
        count = len(self.a.message_ids | self.b.message_ids)
        self.merge(self.a, self.b)
        self.assertEqual(self.env["helpdesk.outbox.message"].search_count([]), before)
        self.assertEqual(len(self.b.message_ids), count)

    def test_answers_to_a_merged_ticket_arrive_at_the_survivor(self):
        """R27.b.4: also over a chain; the survivor opens again; what came since goes home with its number."""
        self.merge(self.a, self.b)
        self.merge(self.b, self.c)
        self.assertEqual(self.a._reply_targets(), {self.a: self.c})
        self.c.stage_id = self.c._stage_of("waiting_customer")
        late = self.message(self.a)
        self.assertEqual(late.res_id, self.c.id)
        self.assertEqual(self.c.stage_kind, "open")
        own = self.message(self.c)
        self.as_agent(self.a).unmerge()
        self.assertEqual((late.res_id, own.res_id), (self.a.id, self.c.id))

    def test_agents_are_sent_to_the_survivor(self):
        """R27.b.4: nobody talks to a merged ticket by mistake."""
        self.merge(self.a, self.b)
        with self.assertRaisesRegex(UserError, f"merged into {self.b.ticket_ref}"):
            self.agent_says(self.a, "Hello?")

    def test_chain_undone_in_any_order(self):
        """R27.b.4: A → B → C, then either link first, and A on another way back to C."""
        messages = {ticket: self.message(ticket) for ticket in (self.a, self.b, self.c)}
        for order in ((self.a, self.b), (self.b, self.a)):
            with self.subTest(order=order):
                self.merge(self.a, self.b)
                self.merge(self.b, self.c)
                self.assertEqual({message.res_id for message in messages.values()}, {self.c.id})
                for ticket in order:
                    self.as_agent(ticket).unmerge()
                for ticket, message in messages.items():
                    self.assertEqual(message.res_id, ticket.id)
        self.merge(self.a, self.b)
        self.merge(self.b, self.c)
        self.as_agent(self.a).unmerge()
        self.merge(self.a, self.c)
        self.as_agent(self.b).unmerge()
        self.assertEqual(messages[self.a].res_id, self.c.id)
        self.as_agent(self.a).unmerge()
        self.assertEqual(messages[self.a].res_id, self.a.id)

    def test_refusals_say_why(self):
        """R27.b.4: itself, merged twice, a circle, undo of nothing."""
        self.merge(self.a, self.b)
        for source, target, reason in (
            (self.b, self.b, "into itself"),
            (self.a, self.c, f"already merged into {self.b.ticket_ref}"),
            (self.b, self.a, "Undo that first"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                self.merge(source, target)
        with self.assertRaisesRegex(UserError, "is not merged"):
            self.as_agent(self.b).unmerge()

    def test_target_that_was_merged_stands_for_its_survivor(self):
        """R27.b.4: merging into an old number ends in the right place."""
        self.merge(self.a, self.b)
        self.assertEqual(self.merge(self.c, self.a), self.b)
        self.assertEqual(self.c.merged_into_id, self.b)

    def test_rights(self):
        """R27.a.3, R27.b.4: write on all of them, also on the survivor behind a chain, also to undo."""
        foreign = self.create_ticket(product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            self.merge(self.a, foreign)
        with self.assertRaises(AccessError):
            self.merge(foreign, self.a)
        with self.assertRaises(AccessError):
            self.a.with_user(self.users["quality"]).merge_into(self.b.with_user(self.users["quality"]))
        self.b.merge_into(foreign)
        with self.assertRaises(AccessError):
            self.merge(self.a, self.b)
        with self.assertRaises(AccessError):
            self.as_agent(self.b).unmerge()

    def wizard(self, tickets):
        return Form(
            self.env["helpdesk.merge.wizard"]
            .with_user(self.users["agent"])
            .with_context(active_model="helpdesk.ticket", active_ids=tickets.ids)
        )

    def test_selection_of_a_list(self):
        """R27.b.4: the oldest is proposed; nobody is put into copy."""
        other = self.env["res.partner"].create({"name": "Budi", "email": "budi@customer.example"})
        self.c.partner_id = other
        self.a.stage_id = self.a._stage_of("solved")
        self.assertEqual(self.wizard(self.c | self.b | self.a).target_id, self.b, "the oldest that is open")
        self.a.stage_id = self.a._stage_of("open")
        form = self.wizard(self.c | self.b | self.a)
        self.assertEqual(form.target_id, self.a)
        self.assertIn("Budi", form.warnings)
        self.assertIn("Siti", form.warnings)
        form.save().action_merge()
        self.assertEqual((self.b | self.c).merged_into_id, self.a)
        self.assertFalse(self.a.email_cc)

    def test_from_the_form(self):
        """R27.b.4: merge the ticket on the screen into another of the same customer: no talk of copies."""
        form = self.wizard(self.a)
        self.assertFalse(form.target_id or form.outcome)
        form.target_id = self.b
        self.assertFalse(form.warnings)
        self.assertIn(self.b.ticket_ref, form.outcome)
        action = form.save().action_merge()
        self.assertEqual(action["params"]["ticket_ids"], self.b.ids, "the browser reads its messages anew")
        self.assertEqual(action["params"]["next"]["res_id"], self.b.id)
        undone = self.as_agent(self.a).action_unmerge()
        self.assertEqual(set(undone["params"]["ticket_ids"]), set((self.a | self.b).ids))
        self.merge(self.a, self.b)
        self.assertEqual(self.a.merged_into_id, self.b)

    def test_stage_of_a_merged_ticket_is_not_its_own(self):
        """R27.b.4: neither a button nor a drag opens a ticket behind its survivor's back."""
        self.merge(self.a, self.b)
        for change in (
            lambda ticket: ticket.write({"stage_id": ticket._stage_of("open").id}),
            lambda ticket: ticket.action_reopen(),
        ):
            with self.assertRaisesRegex(UserError, self.b.ticket_ref):
                change(self.as_agent(self.a))
        self.assertEqual(self.a.stage_kind, "closed")

    def test_open_ticket_opens_a_survivor_that_was_solved(self):
        """R27.b.4: an open matter is never forgotten behind a done one; undo leaves the survivor open."""
        self.b.stage_id = self.b._stage_of("solved")
        self.merge(self.a, self.b)
        self.assertEqual(self.b.stage_kind, "open")
        self.assertEqual(self.kinds_of(self.b)[-3:], ["stage_changed", "reopened", "merged"])
        self.as_agent(self.a).unmerge()
        self.assertEqual((self.a.stage_kind, self.b.stage_kind), ("new", "open"))

    def test_new_ticket_does_not_wait_with_a_survivor_that_waits(self):
        """R27.b.4: a survivor that waits for its customer would be solved by their silence, and the other with it."""
        self.b.stage_id = self.b._stage_of("waiting_customer")
        self.c.stage_id = self.c._stage_of("waiting_customer")
        self.merge(self.c, self.b)
        self.assertEqual(self.b.stage_kind, "waiting_customer")
        self.merge(self.a, self.b)
        self.assertEqual(self.b.stage_kind, "open")

    def test_open_ticket_is_not_put_to_one_solved_long_ago(self):
        """R27.b.4: refused, with the way that works; two done ones may be merged."""
        self.b.stage_id = self.b._stage_of("solved")
        self.b.solved_date = "2020-01-01 00:00:00"
        with self.assertRaisesRegex(UserError, f"Merge {self.b.ticket_ref} into {self.a.ticket_ref} instead"):
            self.merge(self.a, self.b)
        self.a.stage_id = self.a._stage_of("solved")
        self.merge(self.a, self.b)
        self.assertEqual(self.b.stage_kind, "solved")

    def test_ticket_that_was_done_comes_back_open_when_its_customer_wrote(self):
        """R27.b.4: words that came while it was merged are read; without any it comes back as it was."""
        for words in (False, True):
            with self.subTest(words=words):
                self.a.stage_id = self.a._stage_of("solved")
                self.merge(self.a, self.b)
                if words:
                    self.message(self.a)
                self.as_agent(self.a).unmerge()
                self.assertEqual(self.a.stage_kind, "open" if words else "solved")

    def test_time_of_the_last_words_follows_them(self):
        """R27.b.4: a survivor whose customer never wrote doesn't keep the other's time after undo."""
        self.message(self.a)
        date = self.a.last_customer_message_date
        self.merge(self.a, self.b)
        self.assertEqual(self.b.last_customer_message_date, date)
        self.as_agent(self.a).unmerge()
        self.assertEqual((self.a.last_customer_message_date, self.b.last_customer_message_date), (date, False))

    def test_followers_among_colleagues_move(self):
        """R27.b.4: who watches a ticket watches its survivor, once; citizens are not made to follow another's."""
        colleague, both = self.users["leader"].partner_id, self.users["agent"].partner_id
        self.a.message_subscribe((colleague | both | self.customer).ids)
        self.c.message_subscribe((colleague | both).ids)
        self.b.message_subscribe(both.ids)
        (self.a | self.c).with_user(self.users["agent"]).merge_into(self.as_agent(self.b))
        self.assertEqual(self.b.message_partner_ids, colleague | both)
        self.assertEqual(self.a.message_partner_ids, both | self.customer)
        self.as_agent(self.a).unmerge()
        self.assertEqual(self.a.message_partner_ids, colleague | both | self.customer)
        self.assertEqual(self.b.message_partner_ids, both)

    def test_hand_overs_are_taken_back_and_resumed(self):
        """R27.a.2, R27.b.4: the next tier doesn't wait for a ticket that went elsewhere; undo hands it over again."""
        escalation = self.as_agent(self.a).escalate(self.team_l2, "Data salah").sudo()
        for accepted in (False, True):
            with self.subTest(accepted=accepted):
                if accepted:
                    escalation.with_user(self.users["expert"]).accept()
                state, stage = escalation.state, self.a.stage_id
                self.a.merge_into(self.b)
                self.assertEqual(escalation.state, "withdrawn")
                self.assertFalse(self.a._current_escalations())
                self.a.unmerge()
                self.assertRecordValues(escalation, [{"state": state, "ended_date": False}])
                self.assertEqual((self.a._current_escalations(), self.a.stage_id), (escalation, stage))

    def test_many_are_merged_in_one_go(self):
        """R27.b.4: ten tickets take as many statements that move something as one."""
        tickets = self.env["helpdesk.ticket"].union(*(self.create_ticket() for _n in range(10)))
        messages = {ticket: self.message(ticket) for ticket in tickets}
        self.env.flush_all()
        move = type(self.env["helpdesk.merge"])._move
        with patch.object(type(self.env["helpdesk.merge"]), "_move", autospec=True, side_effect=move) as moves:
            tickets.with_user(self.users["agent"]).merge_into(self.as_agent(self.b))
        self.assertEqual(moves.call_count, 1)
        self.assertEqual({message.res_id for message in messages.values()}, {self.b.id})
        for ticket in reversed(tickets):
            self.as_agent(ticket).unmerge()
        self.assertEqual({ticket: message.res_id for ticket, message in messages.items()}, {t: t.id for t in tickets})

    def test_wizard_says_what_will_happen(self):
        """R27.b.4: other products, a hand-over, a done survivor; and why it can't be done."""
        self.as_agent(self.a).escalate(self.team_l2, "Data salah")
        self.a.product_id = self.product_b
        self.b.stage_id = self.b._stage_of("solved")
        form = Form(
            self.env["helpdesk.merge.wizard"].with_context(active_model="helpdesk.ticket", active_ids=self.a.ids)
        )
        form.target_id = self.b
        for words in ("Product B", "L2"):
            self.assertIn(words, form.warnings)
        self.assertEqual(form.outcome.count("<li>"), 4, "with a line on the survivor that is opened again")
        self.assertFalse(form.refusal)
        self.b.solved_date = "2020-01-01 00:00:00"
        form.target_id = self.c
        form.target_id = self.b
        self.assertIn(f"{self.b.ticket_ref}", form.refusal)
        self.assertFalse(form.outcome)

    def test_target_is_found_by_number_subject_and_customer(self):
        """R27.b.4: whatever of the other ticket the agent knows."""
        other = self.env["res.partner"].create({"name": "Wahyuningsih Putri", "email": "putri@customer.example"})
        self.c.write({"partner_id": other.id, "name": "Sertifikat ditolak"})
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"]).with_context(helpdesk_name_customer=True)
        for words in (self.c.ticket_ref, "sertifikat", "Wahyuningsih", "putri@customer.example"):
            self.assertIn(self.c.id, [found for found, _name in tickets.name_search(words)], words)
        self.assertIn("Wahyuningsih", dict(tickets.name_search("sertifikat"))[self.c.id])

    def test_cost_does_not_grow_with_the_conversation(self):
        """R27.b.4: a hundred messages cost what one costs."""

        def cost(messages):
            ticket = self.create_ticket()
            self.env["mail.message"].create(
                [{"model": "helpdesk.ticket", "res_id": ticket.id, "body": "x"} for _n in range(messages)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.merge(ticket, self.b)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertLessEqual(cost(100), 28)

    def hang(self, ticket, colleague):
        """What can hang on a ticket: ``{record: how to know which ticket it is on}``."""
        file = self.env["ir.attachment"].create(
            {"name": "x.png", "raw": b"x", "res_model": "helpdesk.ticket", "res_id": ticket.id}
        )
        activity = ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.users["agent"].id)
        ticket.message_subscribe(colleague.ids)
        follower = ticket.message_follower_ids.filtered(lambda follower: follower.partner_id == colleague)
        return [self.message(ticket), file, activity, follower]

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.sampled_from("mmusd"), st.integers(0, 3), st.integers(0, 3)), max_size=14),
        st.permutations(range(4)),
    )
    def test_any_sequence_is_undone_to_the_letter(self, steps, last):
        """R27.b.4: whatever is merged, undone, solved and said, in any order: everything is there once, with the
        survivor, no open ticket lies behind a done one, and full undo in any order brings all home."""
        colleagues = [self.users[login].partner_id for login in ("leader", "supervisor", "expert", "quality")]
        with self.env.cr.savepoint() as savepoint:
            tickets = [self.create_ticket(name=str(number)) for number in range(4)]
            home = {
                record: ticket
                for ticket, colleague in zip(tickets, colleagues, strict=True)
                for record in self.hang(ticket, colleague)
            }
            for step, one, other in steps:
                source, target = tickets[one], tickets[other]
                if step == "s":
                    home[self.message(source)] = source
                elif step == "d" and not source.merged_into_id:
                    source.stage_id = source._stage_of("solved")
                elif step == "u" and source.merged_into_id:
                    source.unmerge()
                elif step == "m" and not source.merged_into_id and target._survivor() != source:
                    was_open = source.stage_kind not in DONE_KINDS
                    survivor = source.merge_into(target)
                    self.assertFalse(was_open and survivor.stage_kind in DONE_KINDS)
                for record, ticket in home.items():
                    self.assertEqual(record.res_id, ticket._survivor().id, record)
                    if record._name == "mail.message":
                        own = ticket if ticket.merged_into_id else ticket.browse()
                        self.assertEqual(record.helpdesk_source_id, own)
            for number in last:
                if tickets[number].merged_into_id:
                    tickets[number].unmerge()
            self.assertEqual({record: record.res_id for record in home}, {r: t.id for r, t in home.items()})
            savepoint.rollback()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestMergeParallel(ParallelCase):
    """Two transactions that have both begun before one of them writes."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            team = env["helpdesk.team"].search([], limit=1)
            tickets = env["helpdesk.ticket"].create([{"name": f"Parallel {n}", "team_id": team.id} for n in (1, 2)])
            self.ids = tickets.ids
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.transaction() as env:
            env.execute_query(SQL("DELETE FROM helpdesk_merge WHERE source_id = ANY(%s) RETURNING id", self.ids))
            env["helpdesk.ticket"].browse(self.ids).unlink()
            self.remove_from_ledger(env, SQL("chain = ANY(%s)", self.ids))

    def merging(self, source_id, target_id):
        """A transaction that merges, and tells whether it could."""

        def merge(env):
            tickets = env["helpdesk.ticket"]
            try:
                tickets.browse(source_id).merge_into(tickets.browse(target_id))
            except UserError:
                return "refused"
            return "merged"

        return lambda: self.replayed(merge)

    def test_into_each_other_at_once(self):
        """R27.b.4: A → B and B → A in two transactions: one merge, one clear refusal, no deadlock, no circle."""
        one, two = self.ids
        outcomes = self.collide(one, self.merging(one, two), self.merging(two, one))
        self.assertEqual(sorted(outcomes), ["merged", "refused"])
        with self.transaction() as env:
            tickets = env["helpdesk.ticket"].browse(self.ids)
            self.assertEqual(len(tickets.merged_into_id), 1)

    def test_reply_while_it_is_merged(self):
        """R27.b.4: a customer's words that arrive during the merge stand with the survivor, under their own number."""
        one, two = self.ids

        def reply(env):
            ticket = env["helpdesk.ticket"].browse(one)
            return ticket.message_post(
                body="Halo?", message_type="comment", subtype_xmlid="mail.mt_comment", helpdesk_direction="in"
            ).id

        outcome, message_id = self.collide(one, self.merging(one, two), lambda: self.replayed(reply))
        self.assertEqual(outcome, "merged")
        with self.transaction() as env:
            message = env["mail.message"].browse(message_id)
            self.assertEqual((message.res_id, message.helpdesk_source_id.id), (two, one))
            env["helpdesk.ticket"].browse(one).unmerge()
            self.assertEqual((message.res_id, message.helpdesk_source_id.id), (one, False))

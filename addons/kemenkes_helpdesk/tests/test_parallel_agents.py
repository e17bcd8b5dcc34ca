from odoo.tests import tagged

from .parallel_common import ParallelHttpCase

TICKET = "helpdesk.ticket"


@tagged("post_install", "-at_install")
class TestParallelAgents(ParallelHttpCase):
    """R27.a.1, R27.b.2: people work on one ticket at the same moment; nobody sees an error page, nothing is lost."""

    def setUp(self):
        super().setUp()
        self.ani, self.budi, self.eko, self.fitri = (self.log_in(name) for name in ("ani", "budi", "eko", "fitri"))

    def press(self, browser, method, name=TICKET, record_id=None):
        return lambda: self.call(browser, name, method, [record_id or self.ticket_id])

    def save(self, browser, seen, **changes):
        values = {**changes, "helpdesk_seen": seen}
        return lambda: self.call(browser, TICKET, "web_save", [self.ticket_id], values, {"name": {}, "priority": {}})

    def write_message(self, browser, body, subtype="mail.mt_comment"):
        data = {"body": body, "message_type": "comment", "subtype_xmlid": subtype}
        params = {"thread_model": TICKET, "thread_id": self.ticket_id, "post_data": data}
        return lambda: self.call_route(browser, "/mail/message/post", params)

    def customer_writes(self, text):
        """The customer's page is open; the form is sent later, by calling what this returns."""
        visitor = self.log_in()
        page = self.get(visitor, self.customer_link)
        hidden = {name: self.hidden(page, name) for name in ("csrf_token", "access_token", "reply_key")}
        path = f"/my/tickets/{self.ticket_id}/reply"
        return lambda: self.send(visitor, path, message=text, **hidden)

    def ticket(self, env):
        return env[TICKET].browse(self.ticket_id)

    def kinds(self, env):
        """The kinds of the ticket's ledger rows, which form a whole chain."""
        events = env["helpdesk.event"]
        self.assertFalse(events.verify([("ticket_id", "=", self.ticket_id)]))
        return events.search([("ticket_id", "=", self.ticket_id)], order="id").mapped("kind")

    def said(self, env, direction):
        messages = env["mail.message"].search(
            [("model", "=", TICKET), ("res_id", "=", self.ticket_id), ("helpdesk_direction", "=", direction)]
        )
        return [message.preview for message in messages.sorted("id")]

    # TAKING AND HANDING OVER

    def test_two_take_the_same_ticket(self):
        """One has it; the other is told who, in words."""
        answers = self.collide(
            self.ticket_id, self.press(self.ani, "action_take"), self.press(self.budi, "action_take")
        )
        with self.transaction() as env:
            ticket = self.ticket(env)
            self.assertIn(ticket.user_id.id, (self.people["ani"], self.people["budi"]))
            self.assertEqual(ticket.stage_kind, "open")
            self.assertEqual(self.kinds(env).count("assigned"), 1)
            winner = ticket.user_id.name
        self.assertEqual([error for _result, error in answers], [None, None])
        notices = [result["params"]["message"] for result, _error in answers if result is not True]
        self.assertEqual(len(notices), 1)
        self.assertIn(winner, notices[0])
        self.assertTrue(self.pauses.called, "the database let only one of them through")

    def test_two_escalate_at_once(self):
        """One hand-over; the other agent reads why there is no second."""
        with self.transaction() as env:
            values = {"ticket_ids": [(6, 0, [self.ticket_id])], "team_id": self.second_id, "reason": "Perlu L2"}
            wizards = [
                env["helpdesk.escalate"].with_user(self.people[name]).create(values).id for name in ("ani", "budi")
            ]
        answers = self.collide(
            self.ticket_id,
            *(
                self.press(browser, "action_escalate", "helpdesk.escalate", wizard)
                for browser, wizard in zip((self.ani, self.budi), wizards, strict=True)
            ),
        )
        errors = [error for _result, error in answers if error]
        self.assertEqual(len(errors), 1)
        with self.transaction() as env:
            ticket = self.ticket(env)
            self.assertIn(ticket.team_id.name, errors[0])
            self.assertEqual((ticket.team_id.id, ticket.stage_kind), (self.second_id, "waiting_internal"))
            self.assertEqual(len(ticket.escalation_ids), 1)
            self.assertEqual(self.kinds(env).count("escalated"), 1)

    def test_two_accept_the_same_escalation(self):
        with self.transaction(self.people["ani"]) as env:
            self.ticket(env).escalate(env["helpdesk.team"].browse(self.second_id), "Perlu L2")
        answers = self.collide(
            self.ticket_id,
            self.press(self.eko, "action_accept_escalation"),
            self.press(self.fitri, "action_accept_escalation"),
        )
        with self.transaction() as env:
            self.assertIn(self.ticket(env).user_id.id, (self.people["eko"], self.people["fitri"]))
            self.assertEqual(self.kinds(env).count("escalation_accepted"), 1)
            winner = self.ticket(env).user_id.name
        errors = [error for _result, error in answers if error]
        self.assertEqual(len(errors), 1)
        self.assertIn(winner, errors[0])

    def test_two_take_the_same_list(self):
        """Chosen in different orders: no deadlock, each ticket with one of them, each told of the other's."""
        ids = [self.ticket_id, *(self.create_another() for _number in range(4))]
        answers = self.collide(
            self.ticket_id,
            lambda: self.call(self.ani, TICKET, "action_take", ids),
            lambda: self.call(self.budi, TICKET, "action_take", ids[::-1]),
        )
        self.assertEqual([error for _result, error in answers], [None, None])
        self.assertEqual([result is True for result, _error in answers].count(True), 1)
        with self.transaction() as env:
            tickets = env[TICKET].browse(ids)
            self.assertEqual(len(tickets.user_id), 1, "the first took them all")
            assigned = [("ticket_id", "in", ids), ("kind", "=", "assigned")]
            self.assertEqual(env["helpdesk.event"].search_count(assigned), 5)

    # MERGING

    def create_another(self):
        with self.transaction() as env:
            return self.ticket(env).copy().id

    def open_merge(self, env, name, source_id, target_id):
        values = {"ticket_ids": [(6, 0, [source_id])], "target_id": target_id}
        return env["helpdesk.merge.wizard"].with_user(self.people[name]).create(values).id

    def test_two_merge_each_into_the_other(self):
        """One merge is made; who comes later reads that it was."""
        other_id = self.create_another()
        with self.transaction() as env:
            wizards = [
                self.open_merge(env, "ani", self.ticket_id, other_id),
                self.open_merge(env, "budi", other_id, self.ticket_id),
            ]
        answers = self.collide(
            self.ticket_id,
            *(
                self.press(browser, "action_merge", "helpdesk.merge.wizard", wizard)
                for browser, wizard in zip((self.ani, self.budi), wizards, strict=True)
            ),
        )
        self.assertEqual(len([error for _result, error in answers if error]), 1, answers)
        with self.transaction() as env:
            tickets = env[TICKET].browse([self.ticket_id, other_id])
            self.assertEqual(len(tickets.filtered("merged_into_id")), 1)
            self.assertFalse(env["helpdesk.event"].verify([("ticket_id", "in", tickets.ids)]))

    def test_two_undo_the_same_merge(self):
        other_id = self.create_another()
        with self.transaction(self.people["ani"]) as env:
            self.ticket(env).merge_into(env[TICKET].browse(other_id))
        answers = self.collide(
            self.ticket_id, self.press(self.ani, "action_unmerge"), self.press(self.budi, "action_unmerge")
        )
        self.assertEqual(len([error for _result, error in answers if error]), 1, answers)
        with self.transaction() as env:
            self.assertFalse(self.ticket(env).merged_into_id)
            self.assertEqual(self.kinds(env).count("unmerged"), 1)

    def test_customer_writes_while_the_ticket_is_merged(self):
        """The words stand on the ticket that goes on, or moved there."""
        other_id = self.create_another()
        with self.transaction() as env:
            wizard = self.open_merge(env, "ani", self.ticket_id, other_id)
        merge = self.press(self.ani, "action_merge", "helpdesk.merge.wizard", wizard)
        self.collide(self.ticket_id, merge, self.customer_writes("Masih gagal"))
        with self.transaction() as env:
            env["helpdesk.inbox.event"]._process_pending()
            survivor = env[TICKET].browse(other_id)
            self.assertEqual(self.ticket(env).merged_into_id, survivor)
            self.assertIn("Masih gagal", survivor.message_ids.mapped("preview"))

    # FIELDS

    def test_two_change_different_fields(self):
        """Both changes are there, and no question is asked."""
        answers = self.collide(
            self.ticket_id,
            self.save(self.ani, {"name": "OTP"}, name="Kode OTP"),
            self.save(self.budi, {"priority": "1"}, priority="3"),
        )
        self.assertEqual([error for _result, error in answers], [None, None])
        with self.transaction() as env:
            self.assertEqual((self.ticket(env).name, self.ticket(env).priority), ("Kode OTP", "3"))

    def test_two_change_the_same_field(self):
        """The later one is told who was faster, and wipes out nothing."""
        answers = self.collide(
            self.ticket_id,
            self.save(self.ani, {"priority": "1"}, priority="2"),
            self.save(self.budi, {"priority": "1"}, priority="3"),
        )
        with self.transaction() as env:
            winner = "Ani" if self.ticket(env).priority == "2" else "Budi"
        errors = [error for _result, error in answers if error]
        self.assertEqual(len(errors), 1)
        self.assertIn(winner, errors[0])

    # THE CONVERSATION

    def test_two_agents_answer_at_once(self):
        """Both answers go out, both are counted, the first one made the first response."""
        self.collide(
            self.ticket_id, self.write_message(self.ani, "Dari Ani"), self.write_message(self.budi, "Dari Budi")
        )
        with self.transaction() as env:
            ticket = self.ticket(env)
            self.assertEqual(sorted(self.said(env, "out")), ["Dari Ani", "Dari Budi"])
            self.assertEqual(ticket.reply_count, 2)
            self.assertEqual(len(env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)])), 2)
            self.assertEqual(self.kinds(env).count("message_out"), 2)

    def test_agent_answers_while_the_customer_writes(self):
        """Neither message is lost, whoever comes first; the customer sees the own words at once."""
        _answer, page = self.collide(
            self.ticket_id, self.write_message(self.ani, "Silakan coba"), self.customer_writes("Masih gagal")
        )
        self.assertIn("Masih gagal", page.text)
        with self.transaction() as env:
            self.assertEqual((self.said(env, "out"), self.said(env, "in")), (["Silakan coba"], ["Masih gagal"]))
            kinds = self.kinds(env)
            self.assertEqual((kinds.count("message_out"), kinds.count("message_in")), (1, 1))
            self.assertEqual(self.ticket(env).stage_kind, "open")

    def test_agent_answers_while_the_job_takes_in_a_message(self):
        """The inbox's own job meets an agent and does its batch again."""
        with self.transaction() as env:
            channel = env["helpdesk.channel"].browse(self.channel_id)
            submission = {"type": "reply", "ticket_id": self.ticket_id, "message": "Masih gagal"}
            event_id = env["helpdesk.inbox.event"]._receive_form(channel, submission, [], "waiting").id

        def work_off():
            with self.transaction() as env:
                env["helpdesk.inbox.event"]._cron_process()

        self.collide(self.ticket_id, self.write_message(self.ani, "Silakan coba"), work_off)
        with self.transaction() as env:
            self.assertEqual(env["helpdesk.inbox.event"].browse(event_id).state, "done")
            self.assertEqual((self.said(env, "out"), self.said(env, "in")), (["Silakan coba"], ["Masih gagal"]))
            kinds = self.kinds(env)
            self.assertEqual((kinds.count("message_out"), kinds.count("message_in")), (1, 1))

    def test_agent_solves_while_the_customer_writes(self):
        """Solved first, the message opens it again; the message first, it is solved with the message in it."""
        with self.transaction(self.people["ani"]) as env:
            self.ticket(env).action_take()
        self.collide(self.ticket_id, self.press(self.ani, "action_solve"), self.customer_writes("Masih gagal"))
        with self.transaction() as env:
            ticket, kinds = self.ticket(env), self.kinds(env)
            self.assertEqual(self.said(env, "in"), ["Masih gagal"])
            reopened = kinds.index("message_in") > kinds.index("solved")
            self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("open", 1) if reopened else ("solved", 0))

    def test_customer_solves_while_the_agent_answers(self):
        visitor = self.log_in()
        page = self.get(visitor, self.customer_link)
        hidden = {name: self.hidden(page, name) for name in ("csrf_token", "access_token")}
        solve = lambda: self.send(visitor, f"/my/tickets/{self.ticket_id}/solve", **hidden)  # noqa: E731
        self.collide(self.ticket_id, self.write_message(self.ani, "Silakan coba"), solve)
        with self.transaction() as env:
            self.assertEqual(self.said(env, "out"), ["Silakan coba"])
            self.assertEqual(self.ticket(env).stage_kind, "solved")
            self.assertEqual(self.kinds(env).count("solved"), 1)

    def test_two_messages_of_the_customer_at_once(self):
        """From the telephone and from the computer: both are there."""
        self.collide(self.ticket_id, self.customer_writes("Satu"), self.customer_writes("Dua"))
        with self.transaction() as env:
            self.assertEqual(sorted(self.said(env, "in")), ["Dua", "Satu"])
            self.assertEqual(self.kinds(env).count("message_in"), 2)

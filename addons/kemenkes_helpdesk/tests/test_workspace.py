from datetime import timedelta
from itertools import chain
from uuid import uuid4

from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..exceptions import TicketAnsweredError
from .common import HelpdeskCase


class WorkspaceCase(HelpdeskCase):
    """An agent in the workspace, with tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.agent = cls.users["agent"]
        cls.workspace = cls.env["helpdesk.workspace"].with_user(cls.agent)

    @classmethod
    def create_tickets(cls, count, **values):
        return cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Tidak bisa masuk {number}",
                    "partner_id": cls.customer.id,
                    "team_id": cls.team_l1.id,
                    "site_id": cls.site.id,
                    "product_id": cls.product_a.id,
                    "channel_id": cls.channel_email.id,
                    **values,
                }
                for number in range(count)
            ]
        )

    def rows(self, key, **options):
        return [row["id"] for row in self.workspace.get_queue_rows(key, **options)["rows"]]


@tagged("post_install", "-at_install")
class TestWorkspaceQueues(WorkspaceCase):
    """R25, R27.a.1: the queues on the left of the workspace."""

    def test_who_works_on_what(self):
        mine = self.create_ticket(user_id=self.agent.id)
        free = self.create_ticket()
        waiting = self.create_ticket(user_id=self.agent.id)
        waiting.action_wait_for_customer()
        solved = self.create_ticket(user_id=self.agent.id)
        solved.action_solve()
        foreign = self.create_ticket(user_id=self.users["leader"].id)
        queues = {key: self.rows(key) for key in ("mine", "team", "mine_waiting", "mine_solved")}
        self.assertEqual(queues["mine"], [mine.id])
        self.assertIn(free.id, queues["team"])
        self.assertEqual(queues["mine_waiting"], [waiting.id])
        self.assertEqual(queues["mine_solved"], [solved.id])
        self.assertNotIn(foreign.id, chain(*queues.values()))
        counts = {queue["key"]: queue["count"] for queue in self.workspace.get_queues()}
        self.assertEqual((counts["mine"], counts["mine_waiting"], counts["mine_solved"]), (1, 1, 1))

    def test_what_is_due_comes_first(self):
        late, soon, never = self.create_tickets(3, user_id=self.agent.id)
        late.next_due_date = "2026-11-24 10:00:00"
        soon.next_due_date = "2026-11-24 12:00:00"
        urgent = self.create_ticket(user_id=self.agent.id, priority="3")
        self.assertEqual(self.rows("mine"), [late.id, soon.id, urgent.id, never.id])

    def test_pages_follow_one_another(self):
        tickets = self.create_tickets(7, user_id=self.agent.id)
        pages = [self.rows("mine", offset=offset, limit=3) for offset in (0, 3, 6)]
        self.assertEqual([len(page) for page in pages], [3, 3, 1])
        self.assertEqual(sorted(chain(*pages)), sorted(tickets.ids))

    def test_found_by_reference_subject_or_customer(self):
        ticket = self.create_ticket(user_id=self.agent.id, name="Sertifikat vaksin hilang")
        self.create_tickets(2, user_id=self.agent.id)
        self.assertEqual(self.rows("mine", search="vaksin"), [ticket.id])
        self.assertEqual(self.rows("mine", search=ticket.ticket_ref), [ticket.id])

    def test_a_row_says_the_last_words(self):
        ticket = self.create_ticket(user_id=self.agent.id)
        self.customer_says(ticket, Markup("<p><b>Kodenya</b> belum <i>masuk</i> juga</p>"))
        row = self.workspace.get_queue_rows("mine")["rows"][0]
        self.assertEqual(row["words"], "Kodenya belum masuk juga")
        self.assertTrue(row["waiting_since"])
        self.assertEqual((row["channel"], row["customer"]), ("email", "Siti Aminah"))

    def test_a_search_is_kept_as_a_view_of_ones_own(self):
        ticket = self.create_ticket(user_id=self.agent.id, name="Sertifikat vaksin hilang")
        self.create_tickets(2, user_id=self.agent.id)
        key = self.workspace.save_view("Vaksin", "mine", "vaksin")
        self.assertEqual(self.rows(key), [ticket.id])
        labels = {queue["key"]: queue["label"] for queue in self.workspace.get_queues()}
        self.assertEqual(labels[key], "Vaksin")
        leader = self.env["helpdesk.workspace"].with_user(self.users["leader"])
        self.assertNotIn(key, {queue["key"] for queue in leader.get_queues()})
        with self.assertRaises(AccessError):
            leader.get_queue_rows(key)
        self.workspace.remove_view(key)
        self.assertNotIn(key, {queue["key"] for queue in self.workspace.get_queues()})

    def test_a_view_that_cannot_be_read_hides_itself(self):
        self.env["ir.filters"].create(
            [
                {"name": name, "model_id": "helpdesk.ticket", "domain": domain, "user_ids": self.agent.ids}
                for name, domain in (("alt", "[('gone_field', '=', 1)]"), ("rusak", "[(("))
            ]
        )
        favourite = self.env["ir.filters"].create(
            {
                "name": "favorit",
                "model_id": "helpdesk.ticket",
                "domain": "[('user_id', '=', uid), ('create_date', '>=', context_today())]",
                "user_ids": self.agent.ids,
            }
        )
        keys = {queue["key"] for queue in self.workspace.get_queues() if queue["label"]}
        self.assertEqual(keys, {f"view_{favourite.id}"})

    def test_nothing_beyond_the_accounts_rights(self):
        self.create_ticket(product_id=self.product_b.id)
        self.assertFalse(self.rows("team"))
        with self.assertRaises(AccessError):
            self.env["helpdesk.workspace"].with_user(self.env.ref("base.public_user")).get_start()

    @warmup
    def test_a_page_costs_the_same_however_long_the_queue_is(self):
        """R27.b.3: pinned, and the same for 10 tickets as for 150."""
        for count in (10, 140):
            self.create_tickets(count, user_id=self.agent.id)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(11):
                self.workspace.get_queue_rows("mine")


@tagged("post_install", "-at_install")
class TestWorkspaceTicket(WorkspaceCase):
    """R23.c.3, R24.b: a ticket in the workspace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(user_id=cls.agent.id, priority="2")

    def test_everything_comes_in_one_answer(self):
        self.customer_says(self.ticket, "Kodenya belum masuk")
        self.agent_says(self.ticket, "Kami periksa")
        answer = self.workspace.get_ticket(self.ticket.id)
        self.assertEqual(answer["ticket"]["subject"], "Cannot log in")
        self.assertEqual(answer["ticket"]["agent"]["id"], self.agent.id)
        self.assertEqual(answer["ticket"]["priority"], 2)
        self.assertTrue(answer["ticket"]["may_write"])
        self.assertEqual(len(answer["message_ids"]), len(answer["store"]["mail.message"]))
        self.assertGreaterEqual(len(answer["message_ids"]), 2)
        self.assertFalse(answer["has_older"])

    def test_the_look_is_in_the_ledger(self):
        self.workspace.get_ticket(self.ticket.id)
        self.assertIn("viewed", self.kinds_of(self.ticket))

    def test_reading_ahead_is_no_look(self):
        self.assertEqual(self.workspace.peek_ticket(self.ticket.id)["ticket"]["id"], self.ticket.id)
        self.assertNotIn("viewed", self.kinds_of(self.ticket))

    def test_placeholders_without_the_customers_link(self):
        values = self.workspace.refresh_ticket(self.ticket.id)["placeholders"]
        self.assertEqual((values["customer"], values["reference"]), ("Siti Aminah", self.ticket.ticket_ref))
        self.assertNotIn("http", values["status_link"])

    def test_only_what_one_may_read(self):
        foreign = self.create_ticket(product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            self.workspace.get_ticket(foreign.id)

    @warmup
    def test_opening_costs_the_same_however_long_the_conversation_is(self):
        """R27.a.1: pinned, and the same for 3 messages as for 43."""
        for count in (3, 40):
            for number in range(count):
                self.customer_says(self.ticket, f"Halo {number}")
            self.env.flush_all()
            self.env.invalidate_all()
            # ten are the panels' of other addons: clocks, calls, ratings, and what hangs on them
            with self.assertQueryCount(52):
                self.workspace.get_ticket(self.ticket.id)


@tagged("post_install", "-at_install")
class TestWorkspaceLive(WorkspaceCase):
    """R27.a.1: workspaces hear of changes as they are committed."""

    def changes(self, act):
        """What the bus is told when ``act`` is committed: ``[(channel, type, payload)]``."""
        sent = []
        bus = self.env.registry["bus.bus"]
        self.patch(bus, "_sendone", lambda _self, channel, kind, payload: sent.append((channel, kind, payload)))
        act()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return [entry for entry in sent if entry[1].startswith(("helpdesk.workspace", "helpdesk.ticket"))]

    def test_the_team_hears_what_changed(self):
        ticket = self.create_ticket()
        self.env.cr.precommit.run()
        told = self.changes(lambda: self.customer_says(ticket, "Halo"))
        channels = {entry[0] for entry in told}
        self.assertIn((self.team_l1, "workspace"), channels)
        self.assertIn(ticket, channels)
        (row,) = next(payload["rows"] for _channel, kind, payload in told if kind == "helpdesk.workspace/tickets")
        self.assertEqual((row["id"], row["team_id"], row["user_id"]), (ticket.id, self.team_l1.id, None))
        self.assertNotIn("Siti", str(told))

    def test_agents_hear_that_their_customer_wrote(self):
        """R25: what the bell rings by is in what is told, whatever else happens at the same time."""
        ticket = self.create_ticket(user_id=self.agent.id)
        self.env.cr.precommit.run()

        def write_and_change():
            self.customer_says(ticket, "Halo")
            ticket.priority = "2"

        told = self.changes(write_and_change)
        [rows] = [payload["rows"] for channel, _kind, payload in told if channel == (self.agent, "workspace")]
        written = self.env["helpdesk.event"].search([("ticket_id", "=", ticket.id), ("kind", "=", "message_in")])
        self.assertEqual([row["customer_wrote"] for row in rows], [fields.Datetime.to_string(written.date)])
        [row] = self.changes(lambda: ticket.write({"priority": "1"}))[0][2]["rows"]
        self.assertNotIn("customer_wrote", row)

    def test_both_teams_hear_of_a_move(self):
        ticket = self.create_ticket()
        self.env.cr.precommit.run()
        told = self.changes(lambda: ticket.write({"team_id": self.team_l2.id}))
        self.assertLessEqual(
            {(self.team_l1, "workspace"), (self.team_l2, "workspace")}, {channel for channel, _kind, _payload in told}
        )

    def test_agents_hear_of_what_is_given_and_taken(self):
        ticket = self.create_ticket(user_id=self.agent.id)
        self.env.cr.precommit.run()
        told = self.changes(lambda: ticket.write({"user_id": self.users["leader"].id}))
        channels = {channel for channel, _kind, _payload in told}
        self.assertLessEqual({(self.agent, "workspace"), (self.users["leader"], "workspace")}, channels)

    def test_many_at_once_are_told_in_one_word(self):
        tickets = self.create_tickets(101)
        self.env.cr.precommit.run()
        told = self.changes(lambda: tickets.write({"user_id": self.agent.id}))
        self.assertEqual({str(payload) for _channel, _kind, payload in told}, {"{'many': True}"})

    def test_who_listens_to_what(self):
        """R7: an agent hears the own teams, and tickets one may read."""
        sockets = self.env["ir.websocket"].with_user(self.agent)
        foreign = self.create_ticket(product_id=self.product_b.id, team_id=self.team_l2.id)
        ticket = self.create_ticket()
        self.assertEqual(sockets._places_to_watch(), [self.agent, self.team_l1])
        self.assertEqual(sockets._tickets_to_watch([ticket.id, foreign.id]), ticket)


@tagged("post_install", "-at_install")
class TestWorkspaceSending(WorkspaceCase):
    """R23.c.3, R27.a.1: nothing typed is lost, nothing is said twice, and colleagues hear of one another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(user_id=cls.agent.id)
        cls.said = cls.customer_says(cls.ticket, "Kodenya belum masuk")

    def send(self, body, login="agent", key=None, seen=None, note=False):
        sending = {"key": key or str(uuid4()), "seen_message_id": seen or self.said.id}
        ticket = self.ticket.with_user(self.users[login]).with_context(helpdesk_sending=sending)
        return ticket.message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note" if note else "mail.mt_comment"
        )

    def test_sent_again_it_is_said_once(self):
        key = str(uuid4())
        first, again = (self.send("Kami periksa", key=key) for _time in range(2))
        self.assertEqual(first, again)
        self.assertEqual(self.kinds_of(self.ticket).count("message_out"), 1)
        self.assertEqual(self.env["helpdesk.outbox.message"].search_count([("message_id", "=", first.id)]), 1)

    def test_a_key_is_ones_own(self):
        key = str(uuid4())
        mine = self.send("Kami periksa", key=key)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.send("Bukan milik saya", key=key, login="leader", seen=mine.id)

    def test_the_second_of_two_agents_is_told(self):
        self.send("Silakan coba lagi", login="leader")
        with self.assertRaises(TicketAnsweredError) as caught:
            self.send("Kami periksa")
        self.assertIn("Test leader", str(caught.exception))
        answered = self.ticket.message_ids[:1]
        self.assertTrue(self.send("Tambahan dari saya", seen=answered.id))

    def test_notes_and_the_customers_words_hinder_nobody(self):
        self.send("Sudah saya cek", login="leader", note=True)
        self.customer_says(self.ticket, "Halo?")
        self.assertTrue(self.send("Kami periksa"))
        self.send("Silakan coba lagi", login="leader", seen=self.ticket.message_ids[:1].id)
        self.assertTrue(self.send("Saya lihat sudah dijawab", note=True))

    def test_a_damaged_key_is_refused(self):
        with self.assertRaises(UserError):
            self.send("Halo", key="<script>")

    def test_drafts_are_kept_and_ones_own(self):
        self.workspace.save_draft(self.ticket.id, "Yth. Ibu Siti,")
        self.workspace.save_draft(self.ticket.id, "Yth. Ibu Siti, kami")
        self.assertEqual(self.workspace.refresh_ticket(self.ticket.id)["draft"], "Yth. Ibu Siti, kami")
        leader = self.env["helpdesk.workspace"].with_user(self.users["leader"])
        self.assertEqual(leader.refresh_ticket(self.ticket.id)["draft"], "")
        self.assertFalse(self.env["helpdesk.draft"].with_user(self.users["leader"]).search([]))
        self.workspace.save_draft(self.ticket.id, " ")
        self.assertFalse(self.env["helpdesk.draft"].search([("ticket_id", "=", self.ticket.id)]))

    def test_what_was_begun_is_erased_with_the_customer(self):
        """UU 27/2022: a draft and an answer for later go too."""
        self.workspace.save_draft(self.ticket.id, "Yth. Ibu Siti")
        later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=1))
        self.workspace.schedule(self.ticket.id, {"body": "<p>Yth. Ibu Siti</p>"}, later)
        self.customer._erase_personal_data("requested")
        self.assertFalse(self.env["helpdesk.draft"].search([("ticket_id", "=", self.ticket.id)]))
        self.assertFalse(self.workspace.refresh_ticket(self.ticket.id)["scheduled"])

    def test_an_answer_for_later_goes_to_the_customer(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        (scheduled,) = self.workspace.schedule(
            self.ticket.id, {"body": "<p>Selamat pagi</p>"}, fields.Datetime.to_string(later)
        )
        self.assertEqual((scheduled["text"], scheduled["is_own"]), ("Selamat pagi", True))
        with freeze_all_time(later + timedelta(minutes=1)):
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.assertEqual(self.kinds_of(self.ticket).count("message_out"), 1)
        self.assertFalse(self.workspace.refresh_ticket(self.ticket.id)["scheduled"])

    def test_taken_back_by_its_author_only(self):
        later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=1))
        file = self.env["ir.attachment"].with_user(self.agent)
        file = file.create({"name": "bukti.txt", "raw": b"1", "res_model": "mail.compose.message", "res_id": 0})
        message = {"body": "<p>Halo</p>", "attachment_ids": file.ids}
        (scheduled,) = self.workspace.schedule(self.ticket.id, message, later)
        self.assertEqual(scheduled["files"], ["bukti.txt"])
        with self.assertRaises(UserError):
            self.env["helpdesk.workspace"].with_user(self.users["leader"]).take_scheduled_back(scheduled["id"])
        taken = self.workspace.take_scheduled_back(scheduled["id"])
        self.assertEqual((taken["text"], taken["attachment_ids"]), ("Halo", file.ids))
        self.assertTrue(file.exists())
        with self.assertRaises(UserError):
            self.workspace.schedule(self.ticket.id, {"body": "<p>Halo</p>"}, "2020-01-01 00:00:00")

    def test_a_macro_is_read_before_it_runs(self):
        macro = self.env["helpdesk.macro"].create(
            {
                "name": "Minta bukti",
                "reply": "<p>{{reference}}: mohon kirim bukti</p>",
                "stage_kind": "waiting_customer",
            }
        )
        self.env["helpdesk.macro"].create({"name": "Produk lain", "product_ids": self.product_b.ids})
        names = [offered["name"] for offered in self.workspace.refresh_ticket(self.ticket.id)["macros"]]
        self.assertIn("Minta bukti", names)
        self.assertNotIn("Produk lain", names)
        preview = self.workspace.preview_macro(self.ticket.id, macro.id)
        self.assertIn(f"{self.ticket.ticket_ref}: mohon kirim bukti", preview["reply"])
        self.assertNotIn("message_out", self.kinds_of(self.ticket))
        answer = self.workspace.run_macro(self.ticket.id, macro.id)
        self.assertEqual(answer["ticket"]["stage_kind"], "waiting_customer")
        self.assertIn("message_out", self.kinds_of(self.ticket))

    def test_who_else_is_there_is_told_to_those_who_look(self):
        sent = []
        self.patch(
            self.env.registry["bus.bus"],
            "_sendone",
            lambda _self, channel, kind, payload: sent.append((channel, payload)),
        )
        self.workspace.announce(self.ticket.id, "typing")
        ((channel, payload),) = sent
        self.assertEqual(channel, self.ticket)
        self.assertEqual((payload["name"], payload["state"]), ("Test agent", "typing"))

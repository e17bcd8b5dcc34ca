import re
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .qa_common import QaCase

# 10:00 in Jakarta, a Tuesday
MORNING = datetime(2026, 3, 3, 3, 0)


class CsatCase(QaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket.reply_count = 1
        cls.requests = cls.env["helpdesk.csat.request"].sudo()

    def solve(self, ticket=None, at=MORNING):
        ticket = ticket or self.ticket
        with freeze_all_time(at):
            ticket.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")
            self.env.flush_all()
        return self.requests.search([("ticket_id", "=", ticket.id)], limit=1)

    def ask(self, at):
        with freeze_all_time(at), self.enter_registry_test_mode():
            self.env.ref("kemenkes_qa.ir_cron_ask").method_direct_trigger()

    def asked(self, ticket=None, at=MORNING):
        request = self.solve(ticket, at)
        self.ask(at + timedelta(hours=2))
        return request


@tagged("post_install", "-at_install")
class TestCsat(CsatCase):
    """R1.b.4, R15: asked once for each solution, on the customer's channel, and credited to who did the work."""

    def test_asked_by_mail_with_stars(self):
        request = self.solve()
        self.assertEqual((request.state, request.send_date), ("planned", MORNING + timedelta(hours=1)))
        self.ask(MORNING + timedelta(minutes=30))
        self.assertEqual(request.state, "planned", "too early")
        self.ask(MORNING + timedelta(hours=2))
        self.assertEqual(request.state, "sent")
        message = self.ticket.message_ids.filtered(lambda message: "/helpdesk/rate?" in (message.body or ""))
        links = re.findall(r'href="[^"]*/helpdesk/rate\?access_token=([^"&]+)&amp;score=(\d)"', message.body)
        self.assertEqual([score for _token, score in links], ["1", "2", "3", "4", "5"])
        self.assertEqual({token for token, _score in links}, {request.token})
        outgoing = self.env["helpdesk.outbox.message"].sudo().search([("message_id", "=", message.id)])
        self.assertEqual(outgoing.recipient, "siti@customer.example")

    def test_not_at_night(self):
        """Solved at 20:30 in Jakarta, an hour later it is night: the question waits for 8:00, 1:00 UTC."""
        self.assertEqual(self.solve(at=datetime(2026, 3, 3, 13, 30)).send_date, datetime(2026, 3, 4, 1, 0))
        papua = self.create_ticket(site_id=self.site_east.id, reply_count=1, user_id=self.users["agent"].id)
        # 6:30 in Jayapura
        self.assertEqual(self.solve(papua, datetime(2026, 3, 3, 20, 30)).send_date, datetime(2026, 3, 3, 23, 0))

    def test_customer_is_left_in_peace(self):
        first = self.asked()
        other = self.create_ticket(reply_count=1, user_id=self.users["agent"].id)
        second = self.asked(other, MORNING + timedelta(days=3))
        self.assertEqual((first.state, second.state, second.left_out_reason), ("sent", "left_out", "asked_lately"))
        third = self.asked(
            self.create_ticket(reply_count=1, user_id=self.users["agent"].id), MORNING + timedelta(days=15)
        )
        self.assertEqual(third.state, "sent")

    def test_opened_again_before_the_question(self):
        request = self.solve()
        self.ticket.stage_id = self.env["helpdesk.stage"]._get_by_kind("open")
        self.assertEqual((request.state, request.left_out_reason), ("left_out", "reopened"))
        again = self.solve(at=MORNING + timedelta(days=1))
        self.assertNotEqual(again, request)
        self.assertEqual(again.state, "planned")

    def test_no_address_no_question(self):
        nobody = self.env["res.partner"].create({"name": "Tanpa surel"})
        silent = self.create_ticket(partner_id=nobody.id, reply_count=1, user_id=self.users["agent"].id)
        self.assertEqual(self.asked(silent).left_out_reason, "unreachable")

    def test_undelivered_is_not_asked(self):
        """A mail that came back counts in no answer rate; the customer may still rate on the page of the ticket."""
        request = self.asked()
        rows = self.env["helpdesk.outbox.message"].sudo().search([("message_id", "=", request.message_id.id)])
        self.assertTrue(rows)
        with freeze_all_time(MORNING + timedelta(hours=3)):
            rows._fail_bounced(self.ticket, [request.message_id.message_id], "", "550 unknown")
            self.assertEqual((request.state, request.left_out_reason), ("left_out", "unreachable"))
            self.assertTrue(self.ticket._rating_link())
            request._answer(4)
        self.assertEqual((request.state, request.left_out_reason), ("answered", False))

    def test_solved_and_opened_again_at_once(self):
        """Read in one batch, only how it ended counts."""
        event = {"kind": "solved", "ticket_id": self.ticket.id, "date": MORNING}
        whose = dict.fromkeys(("agent_id", "team_id", "site_id", "product_id", "category_id"), False)
        event |= whose | {"channel_id": self.ticket.channel_id.id}
        self.requests._read_events([event, {**event, "kind": "reopened"}])
        self.assertFalse(self.requests.search([("ticket_id", "=", self.ticket.id)]))
        self.requests._read_events([event, {**event, "kind": "reopened"}, event])
        self.assertEqual(self.requests.search([("ticket_id", "=", self.ticket.id)]).state, "planned")

    def test_channel_switched_off(self):
        self.channel_email.csat_active = False
        self.assertFalse(self.solve())

    def test_credited_to_who_did_the_work(self):
        """Pain point 30: the agent at the time of solving, not whoever has the ticket when the answer comes."""
        request = self.asked()
        self.ticket.write({"user_id": self.users["expert"].id, "team_id": self.team_l2.id})
        with freeze_all_time(MORNING + timedelta(days=1)):
            request._answer(4, "Terima kasih")
        self.assertEqual((request.agent_id, request.team_id), (self.users["agent"], self.team_l1))
        rating = request.rating_id
        self.assertEqual((rating.rating, rating.rated_partner_id), (4, self.users["agent"].partner_id))
        row = self.env["helpdesk.event"].sudo().search([("ticket_id", "=", self.ticket.id), ("kind", "=", "rated")])
        self.assertEqual((row.agent_id, row.data["score"]), (self.users["agent"], 4))

    def test_changed_mind(self):
        request = self.asked()
        with freeze_all_time(MORNING + timedelta(hours=3)):
            request._answer(2)
            request._answer(2)
            request._answer(5, "Ternyata selesai")
        self.assertEqual((request.score, request.rating_id.rating), (5, 5))
        ratings = self.env["rating.rating"].search_count([("res_id", "=", self.ticket.id)])
        self.assertEqual(ratings, 1, "one answer")
        self.assertEqual(self.kinds_of(self.ticket).count("rated"), 2, "a double click is one answer")
        with freeze_all_time(MORNING + timedelta(hours=28)), self.assertRaisesRegex(UserError, "closed"):
            request._answer(1)

    def test_low_rating_calls_the_leader(self):
        self.team_l1.user_id = self.users["leader"]
        request = self.asked()
        with freeze_all_time(MORNING + timedelta(hours=3)):
            request._answer(1, "Tidak dibantu")
            request._answer(2)
        self.assertEqual(len(self.ticket.activity_ids), 1)
        self.assertEqual(self.ticket.activity_ids.user_id, self.users["leader"])

    def test_low_rating_without_a_leader(self):
        """A supervisor who may read the ticket follows up, the one with the fewest tasks; nobody their own work."""
        other = self.create_user("supervisor_two", "group_supervisor")
        self.create_user("supervisor_far", "group_supervisor", sites=self.site_east)
        followers = []
        for agent in (self.users["agent"], self.users["agent"], other):
            self.team_l1.user_id = agent
            request = self.solve(self.create_ticket(reply_count=1, user_id=agent.id))
            with freeze_all_time(MORNING + timedelta(hours=3)):
                request._answer(1)
            followers.append(request.ticket_id.activity_ids.user_id)
        self.assertEqual(followers[0] | followers[1], self.users["supervisor"] | other, "shared out")
        self.assertEqual(followers[2], self.users["supervisor"])

    def test_reminded_once_then_closed(self):
        request = self.asked()
        self.ask(MORNING + timedelta(days=3))
        self.ask(MORNING + timedelta(days=4))
        said = self.ticket.message_ids.filtered(lambda message: "/helpdesk/rate?" in (message.body or ""))
        self.assertEqual(len(said), 2, "the question, and one reminder")
        self.ask(MORNING + timedelta(days=15))
        self.assertEqual((request.state, request.is_answered), ("expired", 0))

    def test_rating_as_a_message(self):
        """On any channel a message that is nothing but a number answers; the ticket stays solved."""
        for text, score in (("4", 4), (" 5 bintang ", 5), ("⭐⭐⭐", 3), ("2/5", 2)):
            ticket = self.create_ticket(
                reply_count=1,
                user_id=self.users["agent"].id,
                partner_id=self.customer.copy({"email": f"c{score}@customer.example"}).id,
            )
            request = self.asked(ticket)
            with freeze_all_time(MORNING + timedelta(hours=3)):
                self.customer_says(ticket, text)
            self.assertEqual((request.score, ticket.stage_kind), (score, "solved"), text)

    def test_other_messages_open_the_ticket(self):
        request = self.asked()
        with freeze_all_time(MORNING + timedelta(hours=3)):
            self.customer_says(self.ticket, "4 kali saya coba, belum bisa")
        self.assertEqual((request.score, self.ticket.stage_kind), (0, "open"))

    def test_number_without_a_question_is_a_message(self):
        self.customer_says(self.ticket, "4")
        self.assertEqual(self.kinds_of(self.ticket).count("message_in"), 2)

    def test_answer_rate(self):
        """R16.a.2: of those who were asked; who is still to be asked, or was left in peace, lowers nothing."""
        request = self.asked()
        with freeze_all_time(MORNING + timedelta(hours=3)):
            request._answer(5)
        other = self.create_ticket(reply_count=1, user_id=self.users["agent"].id)
        self.assertEqual(self.asked(other).state, "left_out")
        mine = [("agent_id", "=", self.users["agent"].id)]
        self.assertEqual(self.requests._read_group(mine, [], ["is_answered:avg", "__count"]), [(1, 2)])

    def test_target(self):
        """R1.b.4: the figure and its target, from the answers of the period."""
        request = self.asked()
        with freeze_all_time(MORNING + timedelta(hours=3)):
            request._answer(3)
            target = self.env["helpdesk.target"].create(
                {"metric": "csat", "goal": 3.5, "user_id": self.users["agent"].id, "period": "month"}
            )
            self.assertEqual((target.value, target.value_count, target.state), (3, 1, "missed"))
            found = self.requests.search(target._figure_domain(*target._current_period()))
            self.assertEqual(found, request)

    def test_who_sees_answers(self):
        request = self.asked()
        for login in ("agent", "supervisor", "analyst"):
            self.assertTrue(self.requests.with_user(self.users[login]).sudo(False).search([("id", "=", request.id)]))
        stranger = self.create_user("stranger", "group_supervisor", sites=self.site_east)
        self.assertFalse(self.requests.with_user(stranger).sudo(False).search([("id", "=", request.id)]))


@tagged("post_install", "-at_install")
class TestRatePage(CsatCase, HttpCase):
    """R15: the page behind the stars."""

    def setUp(self):
        super().setUp()
        self.request = self.solve(at=datetime.now().replace(microsecond=0) - timedelta(hours=3))
        self.request.write({"state": "sent", "sent_date": datetime.now()})
        self.path = f"/helpdesk/rate?access_token={self.request.token}"

    def send(self, **values):
        page = self.url_open(self.path)
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self.url_open(self.path, data={"csrf_token": csrf, "access_token": self.request.token, **values})

    def test_mail_scanner_does_not_vote(self):
        """Whoever only opens the links, each of them, stores nothing."""
        for score in range(1, 6):
            page = self.url_open(f"{self.path}&score={score}")
            self.assertEqual(page.status_code, 200)
        self.assertEqual((self.request.state, self.request.score), ("sent", 0))

    def test_vote_and_change(self):
        reason = self.env.ref("kemenkes_qa.csat_reason_slow")
        self.assertIn("2", self.send(score="2", feedback="=SUM(A1) <b>lama</b>", reason=str(reason.id)).text)
        self.assertEqual((self.request.score, self.request.reason_ids), (2, reason))
        self.assertEqual(self.request.feedback, "=SUM(A1) <b>lama</b>")
        self.assertIn("&lt;b&gt;lama", self.url_open(self.path).text, "words are shown, not run")
        self.send(score="4")
        self.assertEqual(self.request.score, 4)

    def test_on_the_page_of_the_ticket(self):
        """R15: who filled in a form finds the question on the ticket's page, too; agents find no link there."""
        page = self.url_open(self.ticket.get_portal_url())
        self.assertEqual(page.text.count(f"access_token={self.request.token}&amp;score="), 5)
        self.request.write({"state": "expired"})
        self.assertNotIn(self.request.token, self.url_open(self.ticket.get_portal_url()).text)

    def test_reasons_are_taken_back(self):
        reason = self.env.ref("kemenkes_qa.csat_reason_slow")
        self.send(score="2", reason=str(reason.id))
        self.send(score="2")
        self.assertFalse(self.request.reason_ids)

    def test_bad_input(self):
        self.assertEqual(self.url_open("/helpdesk/rate?access_token=unknown").status_code, 404)
        for score in ("0", "6", "", "a", "²"):
            self.assertEqual(self.send(score=score).status_code, 422, score)
        self.assertEqual(self.request.state, "sent")
        self.request.write({"state": "expired"})
        self.assertNotIn("<form method", self.url_open(self.path).text)

from datetime import datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .clock_common import ClockCase


@tagged("post_install", "-at_install")
class TestTarget(ClockCase):
    """R1.b.1, R1.b.2, R1.b.3: targets set in a form, how they stand now, and one warning for each."""

    def target(self, metric, goal, **values):
        return self.env["helpdesk.target"].create(
            {"metric": metric, "goal": goal, "product_id": self.product_a.id, "period": "day", **values}
        )

    def now_of(self, target):
        """What the screen shows."""
        self.env.flush_all()
        target.invalidate_recordset()
        return round(target.value, 2), target.value_count, target.state

    def answer(self, ticket, minutes):
        self.wait(minutes)
        self.agent_says(ticket, "Hello")

    def test_first_response(self):
        """R1.b.2: the average over tickets, against the target, with a warning in between."""
        target = self.target("first_response", 60, warning_value=30)
        self.assertEqual(self.now_of(target), (0, 0, "none"))
        first, second = self.create_ticket(), self.create_ticket()
        self.answer(first, 20)
        self.assertEqual(self.now_of(target), (20, 1, "good"))
        self.answer(second, 60)
        self.assertEqual(self.now_of(target), (50, 2, "risk"))
        third = self.create_ticket()
        self.answer(third, 140)
        self.assertEqual(self.now_of(target), (80, 3, "missed"))

    def test_first_contact_resolution_of_mail(self):
        """R1.b.3: the share of a day, on e-mail, solved with one reply."""
        target = self.target("first_contact_resolution", 90, channel_kind="email")
        once, twice, form = (
            self.create_ticket(),
            self.create_ticket(),
            self.create_ticket(channel_id=self.channel_form.id),
        )
        for ticket in (once, twice, form):
            self.answer(ticket, 5)
        self.answer(twice, 5)
        for ticket in (once, twice, form):
            ticket.with_user(self.users["agent"]).action_solve()
        self.assertEqual(self.now_of(target), (50, 2, "missed"))
        self.wait(days=1)
        self.assertEqual(self.now_of(target), (0, 0, "none"), "another day, another share")

    def test_service_level_counts_those_who_still_wait(self):
        """R1.b.2: who has waited longer than the limit counts against it; who came just now does not count yet."""
        target = self.target("service_level", 80, answer_seconds=600)
        answered, late = self.create_ticket(), self.create_ticket()
        self.answer(answered, 5)
        self.assertEqual(self.now_of(target), (100, 1, "good"))
        self.wait(6)
        self.create_ticket()
        self.assertEqual(self.now_of(target), (50, 2, "missed"))
        self.answer(late, 1)
        self.assertEqual(self.now_of(target), (50, 2, "missed"))

    def test_backlog_age(self):
        target = self.target("backlog_age", 24)
        self.create_ticket()
        self.wait(hours=10)
        done = self.create_ticket()
        done.with_user(self.users["agent"]).action_solve()
        self.assertEqual(self.now_of(target), (10, 1, "good"))
        self.wait(hours=15)
        self.assertEqual(self.now_of(target), (25, 1, "missed"))

    def test_days_begin_at_midnight_of_the_site(self):
        """R1.b.1: 23.30 in Jakarta is the next day in Jayapura."""
        self.now = datetime(2026, 3, 2, 16, 30)
        jakarta = self.target("first_response", 60, site_id=self.site.id)
        jayapura = self.target("first_response", 60, site_id=self.site_east.id)
        self.assertEqual(jakarta._current_period()[0], datetime(2026, 3, 1, 17, 0))
        self.assertEqual(jayapura._current_period()[0], datetime(2026, 3, 2, 15, 0))
        jakarta.period = "week"
        self.assertEqual(jakarta._current_period()[0], datetime(2026, 3, 1, 17, 0), "the 2nd is a Monday")
        jakarta.period = "month"
        self.assertEqual(jakarta._current_period()[0], datetime(2026, 2, 28, 17, 0))

    def test_warned_once_in_a_period_and_in_one_message(self):
        """R1.b.1: no flood: several targets are one message, a target is told once until it gets worse."""
        leader = self.users["leader"]
        targets = self.target("first_response", 60, warning_value=30, told_user_ids=leader.ids)
        targets |= self.target("service_level", 80, answer_seconds=60, told_user_ids=leader.ids)
        self.answer(self.create_ticket(), 40)
        self.assertEqual(self.told(leader), ["2"])
        self.assertEqual(self.told(leader), [], "told already")
        self.answer(self.create_ticket(), 130)
        self.assertEqual(self.told(leader), ["1"], "from at risk to missed")
        self.answer(self.create_ticket(), 0)
        self.assertEqual(self.told(leader), [])
        self.wait(days=1)
        self.answer(self.create_ticket(), 61)
        self.assertEqual(self.told(leader), ["2"], "a new day")
        rows = self.env["helpdesk.event"].sudo().search([("kind", "=", "target_crossed")])
        self.assertEqual({row.data["target"] for row in rows}, set(targets.ids))

    def told(self, user):
        """What the job tells a user: the number of targets in each message."""
        self.env.flush_all()
        self.env["helpdesk.target"].invalidate_model()
        known = self.env["mail.message"].search([])
        self.env["helpdesk.target"]._cron_check()
        new = self.env["mail.message"].search([]) - known
        mine = new.filtered(lambda message: user.partner_id in message.notified_partner_ids)
        return [str(message.body).count("<li>") and str(str(message.body).count("<li>")) for message in mine]

    def test_bad_values_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "100"):
            self.target("first_contact_resolution", 101)
        with self.assertRaises(ValidationError):
            self.target("first_response", 60, warning_value=90)
        with self.assertRaises(ValidationError):
            self.target("service_level", 80, warning_value=70)

    def test_one_figure_for_everybody(self):
        """R27.a.3: the number is the same for all; the tickets behind it are those one may open."""
        target = self.target("first_response", 60, product_id=self.product_b.id)
        self.users["other"] = self.create_user("other", "group_agent", products=self.product_b)
        hidden = self.create_ticket(product_id=self.product_b.id)
        self.wait(10)
        self.agent_says(hidden, "Hello", login="other")
        seen = target.with_user(self.users["agent"])
        self.assertEqual(self.now_of(seen), (10, 1, "good"))
        action = seen.action_open_records()
        self.assertFalse(self.env["helpdesk.ticket"].with_user(self.users["agent"]).search(action["domain"]))
        self.assertEqual(self.env["helpdesk.ticket"].search(action["domain"]), hidden)

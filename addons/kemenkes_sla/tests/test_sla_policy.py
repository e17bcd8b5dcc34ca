from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestSlaPolicy(SlaCase):
    """R14: what supervisors promise, in a form."""

    def test_a_ticket_gets_a_due_time(self):
        """R14: right at once, in the same transaction."""
        self.create_policy(minutes=60)
        ticket = self.create_ticket()
        self.assertEqual(ticket.next_due_date, self.at(60))
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.deadline, clock.start_date), ("ongoing", self.at(60), self.at(0)))
        self.wait(30)
        self.agent_says(ticket, "Let me see")
        self.assertEqual((clock.state, clock.reached_date, clock.elapsed_seconds), ("reached", self.at(30), 1800))
        self.assertFalse(ticket.next_due_date)
        self.assert_rebuilt(ticket)

    def test_a_supervisor_makes_one_without_code(self):
        """R14: form, switch on, done."""
        with Form(self.env["helpdesk.sla"].with_user(self.users["supervisor"])) as form:
            form.name = "First response"
            form.target = "first_response"
            form.minutes = 45
            with form.warning_ids.new() as warning:
                warning.percent = 50
            form.active = True
        ticket = self.create_ticket()
        self.assertEqual(ticket.next_due_date, self.at(45))
        self.assertEqual(form.record.version_ids.mapped("number"), [1])

    # CONDITIONS

    def test_conditions(self):
        """For each of them: a ticket that has it, and one that has not."""
        tag = self.env["helpdesk.tag"].create({"name": "VIP"})
        group = self.env["res.partner.category"].create({"name": "Hospital"})
        hospital = self.env["res.partner"].create({"name": "RS", "email": "rs@x.example", "category_id": group.ids})
        cases = [
            ({"site_ids": self.site_east.ids}, {"site_id": self.site_east.id}),
            ({"product_ids": self.product_b.ids}, {"product_id": self.product_b.id}),
            ({"channel_ids": self.channel_form.ids}, {"channel_id": self.channel_form.id}),
            ({"team_ids": self.team_l2.ids}, {"team_id": self.team_l2.id}),
            ({"tier": "3"}, {"team_id": self.team_l3.id}),
            ({"category_ids": self.category.ids}, {"category_id": self.category_otp.id}),
            ({"priority": "3"}, {"priority": "3"}),
            ({"tag_ids": tag.ids}, {"tag_ids": tag.ids}),
            ({"partner_category_ids": group.ids}, {"partner_id": hospital.id}),
        ]
        for condition, having in cases:
            with self.subTest(condition=condition):
                policy = self.create_policy(**condition)
                self.assertTrue(self.create_ticket(**having).next_due_date)
                self.assertFalse(self.create_ticket().next_due_date)
                policy.active = False

    def test_the_first_that_fits_decides(self):
        """Order decides among several; targets are independent of each other."""
        self.create_policy(minutes=60, sequence=20)
        self.create_policy(minutes=10, sequence=5, priority="3")
        self.create_policy("full_resolution", minutes=90)
        urgent, usual = self.create_ticket(priority="3"), self.create_ticket()
        self.assertEqual((urgent.next_due_date, usual.next_due_date), (self.at(10), self.at(60)))
        self.assertEqual(usual.sla_status_ids.mapped("target"), ["first_response", "full_resolution"])

    def test_a_new_category_below_counts_at_once(self):
        self.create_policy(category_ids=self.category.ids)
        below = self.env["helpdesk.category"].create({"name": "SMS", "parent_id": self.category_otp.id})
        self.assertTrue(self.create_ticket(category_id=below.id).next_due_date)

    def test_working_hours_of_a_calendar_and_of_the_site(self):
        """Peers' pain points 1 and 3: split days and holidays, in the time zone of the site."""
        calendar = self.env.ref("kemenkes_sla.calendar_government")
        self.create_policy(minutes=60 * 4, hours="calendar", calendar_id=calendar.id)
        # 09.00 to 13.00 with an hour of lunch: 14.00 in Jakarta
        self.assertEqual(self.create_ticket().next_due_date, self.at(60 * 5))
        # 11.00 in Jayapura: one hour, lunch until 13.00, three hours to 16.00
        self.assertEqual(self.create_ticket(site_id=self.site_east.id).next_due_date, self.at(60 * 5))
        self.site_east.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Afternoons",
                "tz": "Asia/Jakarta",
                "attendance_ids": [
                    (5, 0, 0),
                    (0, 0, {"name": "-", "dayofweek": "0", "hour_from": 14, "hour_to": 16}),
                    (0, 0, {"name": "-", "dayofweek": "2", "hour_from": 8, "hour_to": 12}),
                ],
            }
        )
        self.create_policy("full_resolution", minutes=60 * 3, hours="site")
        ticket = self.create_ticket(site_id=self.site_east.id)
        # Monday 14 to 16 in Jayapura, then Wednesday 8 to 9, which is 07.00 in Jakarta
        self.assertEqual(self.clock(ticket, "full_resolution").deadline, self.at(46 * 60))

    def test_public_holidays_are_shipped(self):
        """Idul Fitri 2026: from Tuesday 17 March 16.00 to Wednesday 25 March 07.30."""
        calendar = self.env.ref("kemenkes_sla.calendar_government")
        self.now = self.at(0).replace(day=17, hour=8, minute=30)  # 15.30 in Jakarta
        self.create_policy(minutes=60, hours="calendar", calendar_id=calendar.id)
        due = self.at(0).replace(day=25, hour=1, minute=0)  # 08.00 in Jakarta
        self.assertEqual(self.create_ticket().next_due_date, due)
        years = [day.date_to.year for day in calendar.leave_ids]
        self.assertEqual((years.count(2026), years.count(2027)), (25, 18))
        provisional = calendar.leave_ids.filtered(lambda day: "sementara" in day.name)
        self.assertEqual({day.date_to.year for day in provisional}, {2027})

    # BAD INPUT

    def test_bad_input_is_refused_in_a_sentence(self):
        empty = self.env["resource.calendar"].create({"name": "Empty", "attendance_ids": [(5, 0, 0)]})
        with self.assertRaisesRegex(ValidationError, "no working hours|tidak punya jam kerja"):
            self.create_policy(hours="calendar", calendar_id=empty.id)
        with self.assertRaises(ValidationError):
            self.create_policy(hours="calendar")
        with self.assertRaises(ValidationError):
            self.create_policy("tier_resolution")
        for values in ({"minutes": 0}, {"minutes": -5}, {"goal": 0}, {"goal": 101}, {"target": False}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.create_policy(**{"minutes": 60, "target": "first_response", **values})
        for percent in (0, 101):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.create_policy(warning_ids=[(0, 0, {"percent": percent})])

    def test_a_policy_with_clocks_is_not_deleted(self):
        policy = self.create_policy()
        unused = self.create_policy(priority="3")
        self.create_ticket()
        with self.assertRaises(UserError):
            policy.with_user(self.users["supervisor"]).unlink()
        unused.with_user(self.users["supervisor"]).unlink()

    # VERSIONS

    def test_a_change_is_a_new_version_and_the_past_stays(self):
        """A change of a live policy is for tickets that come in from then on."""
        policy = self.create_policy(minutes=60)
        before = self.create_ticket()
        self.wait(10)
        policy.with_user(self.users["supervisor"]).minutes = 30
        after = self.create_ticket()
        self.assertEqual(sorted(policy.version_ids.mapped("number")), [1, 2])
        self.wait(10)
        self.customer_says(before, "Hello?")
        self.assertEqual((before.next_due_date, after.next_due_date), (self.at(60), self.at(40)))
        self.assertEqual(self.clock(before).version_id.number, 1)
        rows = self.env["helpdesk.event"].sudo().search([("kind", "=", "setting_changed")], limit=2, order="id desc")
        self.assertEqual([row.data["version"] for row in rows], [2, 1])

    def test_what_decides_nothing_makes_no_version(self):
        policy = self.create_policy()
        self.wait(5)
        policy.write({"name": "Other", "description": "Why", "goal": 95})
        self.assertEqual(len(policy.version_ids), 1)
        policy.warning_ids = [(0, 0, {"percent": 80})]
        self.wait(5)
        policy.warning_ids.percent = 70
        self.assertEqual(len(policy.version_ids), 3)

    def test_applied_to_open_tickets_on_request(self):
        """Peers' pain point 2: the policy of running tickets can be changed."""
        policy = self.create_policy(minutes=60)
        running, answered, without = self.create_ticket(), self.create_ticket(), self.create_ticket(priority="3")
        replied = self.create_ticket()
        self.agent_says(replied, "Hello")
        self.agent_says(answered, "Done")
        answered.action_solve()
        self.wait(10)
        policy.minutes = 30
        self.create_policy("full_resolution", minutes=600)
        self.env["helpdesk.sla.apply"].with_user(self.users["supervisor"]).create(
            {"sla_id": policy.id, "scope": "open"}
        ).action_apply()
        self.assertEqual(running.next_due_date, self.at(30))
        self.assertEqual(without.next_due_date, self.at(30))
        self.assertEqual(self.clock(answered).version_id.number, 1)
        self.assertEqual(self.clock(replied).version_id.number, 1)
        self.assert_rebuilt(running | answered | without | replied)

    def test_applied_to_the_past_on_request(self):
        policy = self.create_policy(minutes=60)
        ticket = self.create_ticket()
        self.wait(45)
        self.agent_says(ticket, "Sorry to be late")
        self.assertEqual(self.clock(ticket).state, "reached")
        self.wait(10)
        policy.minutes = 30
        # a real transaction dates the ticket itself
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s", [self.at(0), ticket.id])
        self.env["helpdesk.sla.apply"].with_user(self.users["supervisor"]).create(
            {"sla_id": policy.id, "scope": "since", "since": self.at(0).date()}
        ).action_apply()
        self.assertEqual((self.clock(ticket).state, self.clock(ticket).deadline), ("failed", self.at(30)))
        self.assertEqual(self.breaches(ticket), [("first_response", self.at(30))])
        self.assert_rebuilt(ticket)

    def test_switched_off_leaves_nothing_late(self):
        """Peers' pain point 5: a policy that is off leaves no ticket escalated."""
        policy = self.create_policy(minutes=60)
        other = self.create_policy(minutes=90, sequence=50)
        late, answered = self.create_ticket(), self.create_ticket()
        self.agent_says(answered, "Hello")
        self.wait(70)
        self.sweep()
        self.assertEqual(self.clock(late).state, "failed")
        other.active = False
        policy.active = False
        self.assertEqual(self.clock(late).state, "cancelled")
        self.assertFalse(late.next_due_date)
        self.assertEqual(self.clock(answered).state, "reached")
        self.assertFalse(self.create_ticket().sla_status_ids)
        self.assert_rebuilt(late | answered)

    def test_switched_off_hands_over_to_the_next_policy(self):
        policy = self.create_policy(minutes=60)
        self.create_policy(minutes=90, sequence=50)
        ticket = self.create_ticket()
        self.wait(5)
        policy.active = False
        self.assertEqual(ticket.next_due_date, self.at(90))

    # RIGHTS

    def test_agents_read_and_supervisors_write(self):
        policy = self.create_policy()
        ticket = self.create_ticket()
        self.assertEqual(policy.with_user(self.users["agent"]).minutes, 60)
        with self.assertRaises(AccessError):
            policy.with_user(self.users["agent"]).minutes = 1
        clock = self.clock(ticket)
        self.assertTrue(clock.with_user(self.users["agent"]).deadline)
        with self.assertRaises(AccessError):
            clock.with_user(self.users["manager"]).state = "reached"
        with self.assertRaises(AccessError):
            policy.version_ids.with_user(self.users["manager"]).valid_from = self.at(1)

    def test_clocks_are_seen_with_their_tickets(self):
        """R27.a.3: no clock of a ticket that the account may not see."""
        self.create_policy()
        foreign = self.create_ticket(product_id=self.product_b.id)
        seen = self.Status.with_user(self.users["agent"]).search([("ticket_id", "=", foreign.id)])
        self.assertFalse(seen)
        self.assertTrue(self.clock(foreign))

    # TRIAL

    def test_try_on_the_last_30_days(self):
        """What a policy would have given, before it is switched on."""
        policy = self.create_policy(minutes=30, active=False)
        quick, slow, running, foreign = (
            self.create_ticket(product_id=product.id)
            for product in (self.product_a, self.product_a, self.product_a, self.product_b)
        )
        self.wait(10)
        self.agent_says(quick, "Hello")
        self.wait(40)
        self.agent_says(slow, "Sorry")
        action = policy.with_user(self.users["supervisor"]).action_try()
        trial = self.env["helpdesk.sla.try"].browse(action["res_id"])
        looked_at = trial.ticket_count
        self.assertGreaterEqual(looked_at, 3)
        self.assertEqual((trial.reached_count, trial.failed_count), (1, looked_at - 1))
        self.assertIn(slow, trial.line_ids.ticket_id)
        self.assertNotIn(foreign, trial.line_ids.ticket_id)
        line = trial.line_ids.filtered(lambda line: line.ticket_id == slow)
        self.assertEqual((line.deadline, line.late_seconds), (self.at(30), 20 * 60))
        self.assertFalse((quick | slow | running).sla_status_ids)

    def test_attainment_of_the_last_30_days(self):
        policy = self.create_policy(minutes=30)
        tickets = [self.create_ticket() for _number in range(4)]
        for ticket in tickets[:3]:
            self.agent_says(ticket, "Hello")
        self.wait(31)
        self.agent_says(tickets[3], "Sorry")
        policy.invalidate_recordset()
        self.assertEqual((policy.reached_count, policy.failed_count, policy.attainment), (3, 1, 75))
        self.assertTrue(policy.is_below_goal)
        self.now += timedelta(days=31)
        policy.invalidate_recordset()
        self.assertEqual(policy.reached_count, 0)

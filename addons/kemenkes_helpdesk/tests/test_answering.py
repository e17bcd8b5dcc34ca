from datetime import datetime, timedelta

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from ..tools import language, pattern
from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestPlaceholders(HelpdeskCase):
    """R24.a, R24.b: canned words with placeholders."""

    def test_placeholders_are_filled_when_an_agent_sends(self):
        ticket = self.create_ticket(user_id=self.users["agent"].id)
        message = self.agent_says(ticket, Markup("<p>{{customer}}, your ticket {{ reference }} on {{product}}</p>"))
        self.assertIn(f"Siti Aminah, your ticket {ticket.ticket_ref} on Product A", message.body)

    def test_values_are_escaped_and_foreign_braces_stay(self):
        ticket = self.create_ticket()
        ticket.partner_name = "<script>alert(1)</script>"
        message = self.agent_says(ticket, Markup("<p>{{customer}}: set {{base_url}} in Postman</p>"))
        self.assertNotIn("<script>", message.body)
        self.assertIn("{{base_url}}", message.body)

    def test_a_customer_cannot_use_placeholders(self):
        message = self.customer_says(self.create_ticket(), "What does {{agent}} mean?")
        self.assertIn("{{agent}}", message.body)

    def test_canned_response_with_unknown_placeholder_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "nama_pelanggan"):
            self.env["mail.canned.response"].create({"source": "x", "substitution": "Halo {{nama_pelanggan}}"})

    def test_greeting_goes_by_the_sites_clock(self):
        ticket = self.create_ticket(site_id=self.site_east.id)
        with freeze_all_time(datetime(2026, 3, 2, 1, 30)):  # 10:30 in Jayapura, 08:30 in Jakarta
            self.assertEqual(ticket._placeholder_values()["greeting"], "Good morning")
        with freeze_all_time(datetime(2026, 3, 2, 2, 30)):  # 11:30 in Jayapura, still morning in Jakarta
            self.assertEqual(ticket._placeholder_values()["greeting"], "Good day")


@tagged("post_install", "-at_install")
class TestMacro(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["helpdesk.tag"].create({"name": "Waiting for screenshot"})
        cls.macro = cls.env["helpdesk.macro"].create(
            {
                "name": "Ask for a screenshot",
                "reply": "<p>{{greeting}} {{customer}}, please send a screenshot.</p>",
                "note": "<p>Asked.</p>",
                "stage_kind": "waiting_customer",
                "assign": "me",
                "priority": "2",
                "category_id": cls.category_otp.id,
                "add_tag_ids": [(4, cls.tag.id)],
            }
        )

    def test_macro_changes_and_answers_in_one_click(self):
        """R24.b: an agent runs a macro from the form, reading it first as the customer will."""
        ticket = self.create_ticket()
        wizard = Form(
            self.env["helpdesk.macro.run"]
            .with_user(self.users["agent"])
            .with_context(active_model="helpdesk.ticket", active_ids=ticket.ids)
        )
        wizard.macro_id = self.macro
        self.assertIn("Siti Aminah, please send", wizard.preview)
        wizard.save().action_run()
        self.assertEqual(ticket.stage_kind, "waiting_customer")
        self.assertEqual(ticket.user_id, self.users["agent"])
        self.assertEqual((ticket.priority, ticket.category_id, ticket.tag_ids), ("2", self.category_otp, self.tag))
        reply = ticket.message_ids.filtered(lambda message: message.helpdesk_direction == "out")
        self.assertIn("Siti Aminah, please send", reply.body)
        self.assertEqual(self.env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)]).state, "queued")
        self.assertIn("note", self.kinds_of(ticket))

    def test_macro_of_another_product_is_not_offered_and_not_run(self):
        self.macro.product_ids = self.product_b
        ticket = self.create_ticket()
        wizard = self.env["helpdesk.macro.run"].with_user(self.users["agent"]).new({"ticket_ids": ticket.ids})
        self.assertNotIn(self.macro, wizard.available_macro_ids._origin)
        with self.assertRaises(UserError):
            self.macro.with_user(self.users["agent"]).run(ticket.with_user(self.users["agent"]))

    def test_many_tickets_are_written_at_once(self):
        tickets = self.env["helpdesk.ticket"].concat(*(self.create_ticket() for _index in range(3)))
        self.macro.run(tickets)
        self.assertEqual(set(tickets.mapped("stage_kind")), {"waiting_customer"})


@tagged("post_install", "-at_install")
class TestAutoReply(HelpdeskCase):
    """R24.b, R25.a.2: automatic replies by channel and time of day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.reply = cls.env["helpdesk.auto.reply"].create(
            {
                "name": "Received",
                "channel_kind": "email",
                "body": "<p>{{customer}}, we got {{reference}}.</p>",
            }
        )

    def automatic(self, ticket):
        return ticket.message_ids.filtered(lambda message: message.helpdesk_direction == "auto")

    def test_first_message_is_acknowledged_once(self):
        ticket = self.create_ticket()
        self.customer_says(ticket, "Halo")
        self.assertIn(f"Siti Aminah, we got {ticket.ticket_ref}", self.automatic(ticket).body)
        self.customer_says(ticket, "Halo?")
        self.assertEqual(len(self.automatic(ticket)), 1)
        outbox = self.env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(outbox.recipient, "siti@customer.example")

    def test_an_automatic_reply_is_no_first_response(self):
        """R1.b.2: only a person's words answer a customer."""
        ticket = self.create_ticket()
        self.customer_says(ticket, "Halo")
        self.assertFalse(ticket.first_response_date)
        self.assertEqual(ticket.reply_count, 0)
        self.assertEqual(ticket.stage_kind, "new")

    def test_two_tickets_of_one_customer_within_the_hour_hear_one(self):
        first, second = self.create_ticket(), self.create_ticket()
        self.customer_says(first, "Halo")
        self.customer_says(second, "Halo lagi")
        self.assertEqual(len(self.automatic(first | second)), 1)

    def test_other_channel_hears_nothing(self):
        ticket = self.create_ticket(channel_id=self.channel_form.id)
        self.customer_says(ticket, "Halo")
        self.assertFalse(self.automatic(ticket))

    def test_hours_run_over_midnight_on_the_sites_clock(self):
        self.reply.write({"when": "hours", "hour_from": 22, "hour_to": 6})
        at = self.reply._fits_time
        self.assertTrue(at(datetime(2026, 3, 1, 16, 0), "Asia/Jakarta"))  # 23:00 WIB
        self.assertTrue(at(datetime(2026, 3, 1, 22, 59), "Asia/Jakarta"))  # 05:59 WIB
        self.assertFalse(at(datetime(2026, 3, 1, 23, 0), "Asia/Jakarta"))  # 06:00 WIB
        self.assertFalse(at(datetime(2026, 3, 1, 14, 59), "Asia/Jakarta"))  # 21:59 WIB
        self.assertTrue(at(datetime(2026, 3, 1, 14, 59), "Asia/Makassar"))  # 22:59 WITA
        self.assertFalse(at(datetime(2026, 3, 1, 22, 59), "Asia/Jayapura"))  # 07:59 WIT

    def test_working_hours_and_holidays(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Jakarta",
                "attendance_ids": [
                    (0, 0, {"name": "Mon", "dayofweek": "0", "hour_from": 8, "hour_to": 16, "day_period": "morning"})
                ],
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Nyepi",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 8, 17, 0),
                "date_to": datetime(2026, 3, 9, 16, 59),
            }
        )
        self.reply.write({"when": "outside", "calendar_id": calendar.id})
        at = self.reply._fits_time
        self.assertFalse(at(datetime(2026, 3, 2, 3, 0), "Asia/Jakarta"))  # Monday 10:00
        self.assertTrue(at(datetime(2026, 3, 2, 10, 0), "Asia/Jakarta"))  # Monday 17:00
        self.assertTrue(at(datetime(2026, 3, 9, 3, 0), "Asia/Jakarta"))  # a holiday's Monday 10:00
        with self.assertRaises(ValidationError):
            self.reply.calendar_id = False

    def test_solved_is_said_even_when_the_customer_heard_the_machine(self):
        self.reply.copy({"trigger": "solved", "body": "<p>Solved {{reference}}</p>"})
        ticket = self.create_ticket()
        self.customer_says(ticket, "Halo")
        ticket.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")
        self.assertEqual(len(self.automatic(ticket)), 2)


@tagged("post_install", "-at_install")
class TestKeywordRule(HelpdeskCase):
    """R24.b: keyword detection and automatic tagging."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.keyword.rule"].search([]).active = False
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.tag = cls.env["helpdesk.tag"].create({"name": "OTP test"})
        cls.rule = cls.env["helpdesk.keyword.rule"].create(
            {
                "name": "OTP",
                "words": "otp tidak masuk\nkode  verifikasi",
                "tag_ids": [(4, cls.tag.id)],
                "category_id": cls.category_otp.id,
                "priority": "2",
                "team_id": cls.team_l2.id,
            }
        )

    def test_words_set_tags_category_priority_and_team(self):
        ticket = self.create_ticket()
        self.customer_says(ticket, Markup("<p>Halo, <b>OTP tidak\n masuk</b> terus</p>"))
        self.assertEqual(
            (ticket.tag_ids, ticket.category_id, ticket.priority, ticket.team_id),
            (self.tag, self.category_otp, "2", self.team_l2),
        )
        self.assertIn("fields_changed", self.kinds_of(ticket))

    def test_part_of_a_word_is_no_word(self):
        self.rule.words = "sim"
        ticket = self.create_ticket(name="Tanya")
        self.customer_says(ticket, "Simpan data puskesmas")
        self.assertFalse(ticket.tag_ids)

    def test_later_messages_only_where_the_rule_says_so(self):
        ticket = self.create_ticket(name="Tanya")
        self.customer_says(ticket, "Halo")
        self.customer_says(ticket, "otp tidak masuk")
        self.assertFalse(ticket.tag_ids)
        self.rule.trigger = "message_in"
        self.customer_says(ticket, "otp tidak masuk")
        self.assertEqual(ticket.tag_ids, self.tag)

    def test_channel_product_and_language_limit_a_rule(self):
        for limit in ({"channel_kind": "form"}, {"product_ids": [(4, self.product_b.id)]}, {"language": "en"}):
            rule = self.rule.copy({**limit, "words": "otp tidak masuk"})
            self.rule.active = False
            ticket = self.create_ticket(name="Tanya")
            self.customer_says(ticket, "mohon dibantu, otp tidak masuk ke hp saya")
            self.assertFalse(ticket.tag_ids, limit)
            rule.active = False

    def test_the_first_rule_decides_a_field_and_can_stop_the_rest(self):
        second = self.rule.copy({"name": "Second", "sequence": 20, "priority": "3", "words": "otp"})
        second.category_id = self.category
        ticket = self.create_ticket()
        self.customer_says(ticket, "otp tidak masuk")
        self.assertEqual((ticket.category_id, ticket.priority), (self.category_otp, "2"))
        rules = ticket.env["helpdesk.keyword.rule"].search([])
        texts = {ticket: "otp tidak masuk"}
        self.assertEqual(len(rules._find_matches(texts, ticket)[ticket]), 2)
        self.rule.stop = True
        self.assertEqual(len(rules._find_matches(texts, ticket)[ticket]), 1)

    def test_a_runaway_expression_matches_nothing_and_is_cut_off(self):
        expression, text = "(a|aa)+$", "a" * 80 + "b"
        self.rule.write({"match": "expression", "expression": expression})
        with self.assertRaises(pattern.PatternTimeoutError):
            pattern.find(pattern.compile_expression(expression), text)
        ticket = self.create_ticket(name="x")
        with self.assertLogs("odoo.addons.kemenkes_helpdesk", "WARNING") as logs:
            self.customer_says(ticket, text)
        self.assertIn("took longer", logs.output[0])
        self.assertFalse(ticket.tag_ids)

    def test_bad_patterns_are_refused_in_a_sentence(self):
        for values in (
            {"match": "expression", "expression": "(otp"},
            {"match": "expression", "expression": ".*"},
            {"match": "expression", "expression": False},
            {"match": "words", "words": " \n "},
        ):
            with self.assertRaises(ValidationError):
                self.rule.write(values)

    def test_try_button_changes_nothing(self):
        ticket = self.create_ticket()
        self.rule.active = False
        self.customer_says(ticket, "otp tidak masuk")
        # mail.message's own search reads past what is not flushed yet
        self.env.flush_all()
        wizard = self.env["helpdesk.keyword.test"].with_user(self.users["supervisor"]).create({"rule_id": self.rule.id})
        wizard.action_try()
        self.assertEqual(wizard.line_ids.ticket_id, ticket)
        self.assertEqual(wizard.line_ids.words.lower(), "otp tidak masuk")
        self.assertEqual(wizard.line_ids.category_id, self.category_otp)
        self.assertFalse(ticket.tag_ids)

    def test_rules_cost_the_same_queries_for_one_message_and_for_many(self):
        def queries(count):
            tickets = [self.create_ticket() for _index in range(count)]
            messages = self.env["mail.message"].create(
                [
                    {
                        "model": "helpdesk.ticket",
                        "res_id": ticket.id,
                        "body": "kode verifikasi",
                        "helpdesk_direction": "in",
                    }
                    for ticket in tickets
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["helpdesk.ticket"]._note_customer_messages(dict(zip(tickets, messages, strict=True)))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(20), queries(2) + 2)

    def test_language(self):
        self.assertEqual(language.detect("mohon bantuannya, saya tidak bisa login"), "id")
        self.assertEqual(language.detect("Please help, I cannot log in to my account"), "en")
        self.assertIsNone(language.detect("401 Unauthorized"))


@tagged("post_install", "-at_install")
class TestSilence(HelpdeskCase):
    """R25.a.2: auto close after silence, with a warning first; reopening."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.channel"].search([("id", "!=", cls.channel_email.id)]).write(
            {"silence_warning_days": 0, "close_days": 0}
        )
        cls.channel_email.write(
            {
                "silence_warning_days": 3,
                "silence_solve_days": 2,
                "close_days": 5,
                "silence_warning": "<p>We will close {{reference}}</p>",
            }
        )

    def run_cron(self, day):
        with (
            freeze_all_time(day),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("kemenkes_helpdesk.ir_cron_auto_close").method_direct_trigger()
        self.env.invalidate_all()

    def waiting_ticket(self, day):
        ticket = self.create_ticket()
        ticket.write({"stage_id": ticket._stage_of("waiting_customer").id, "last_agent_message_date": day})
        self.env.flush_all()
        return ticket

    def test_warned_solved_closed(self):
        day = datetime(2026, 3, 2, 3, 0)
        ticket = self.waiting_ticket(day)
        self.run_cron(day + timedelta(days=2, hours=23))
        self.assertFalse(ticket.silence_warning_date)
        self.run_cron(day + timedelta(days=3, hours=1))
        self.assertTrue(ticket.silence_warning_date)
        warning = ticket.message_ids.filtered(lambda message: message.helpdesk_direction == "auto")
        self.assertIn(f"We will close {ticket.ticket_ref}", warning.body)
        self.run_cron(day + timedelta(days=4))
        self.assertEqual(ticket.stage_kind, "waiting_customer")
        self.run_cron(day + timedelta(days=5, hours=2))
        self.assertEqual(ticket.stage_kind, "solved")
        self.run_cron(day + timedelta(days=10, hours=3))
        self.assertEqual(ticket.stage_kind, "closed")

    def test_an_answer_lifts_the_warning(self):
        day = datetime(2026, 3, 2, 3, 0)
        ticket = self.waiting_ticket(day)
        self.run_cron(day + timedelta(days=3, hours=1))
        self.customer_says(ticket, "Masih belum bisa")
        self.assertEqual((ticket.stage_kind, ticket.silence_warning_date), ("open", False))

    def test_reply_within_days_reopens(self):
        ticket = self.create_ticket()
        ticket.stage_id = ticket._stage_of("solved")
        self.assertEqual(ticket._reply_targets(), {ticket: ticket})
        self.customer_says(ticket, "Belum bisa")
        self.assertEqual((ticket.stage_kind, ticket.reopen_count, ticket.solved_date), ("open", 1, False))

    def test_late_reply_makes_a_ticket_that_follows(self):
        """R27.a.1; peers.md, pain point 22: old figures stay as they were."""
        ticket = self.create_ticket()
        ticket.stage_id = ticket._stage_of("solved")
        ticket.solved_date = fields.Datetime.now() - timedelta(days=8)
        target = ticket._reply_targets()[ticket]
        self.assertNotEqual(target, ticket)
        self.assertEqual((target.previous_id, target.partner_id), (ticket, ticket.partner_id))
        self.assertEqual(ticket.stage_kind, "solved")

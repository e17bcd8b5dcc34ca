from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.models.helpdesk_incident_answer import HelpdeskIncidentAnswer

from .common import HelpdeskCase

ANSWER = "<p>{{greeting}} {{customer}}, layanan sudah pulih. Nomor Anda {{reference}}.</p>"


class IncidentCase(HelpdeskCase):
    """Three customers who can't log in, and what a leader does about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("Ani", "Budi", "Citra")
        cls.customers = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name.lower()}@customer.example"} for name in names]
        )
        cls.tickets = cls.env["helpdesk.ticket"].union(
            *[
                cls.create_ticket(name="Tidak bisa login", partner_id=customer.id, category_id=cls.category.id)
                for customer in cls.customers
            ]
        )

    def as_user(self, records, login="leader"):
        return records.with_user(self.users[login])

    def wizard(self, tickets, login="leader"):
        """The wizard as it opens from the list, or from a form."""
        return Form(
            self.env["helpdesk.incident.join"]
            .with_user(self.users[login])
            .with_context(active_model="helpdesk.ticket", active_ids=tickets.ids)
        )

    def open_incident(self, tickets=None, login="leader"):
        wizard = self.wizard(self.tickets if tickets is None else tickets, login)
        wizard.mode = "new"
        wizard.name = "Login gagal"
        action = wizard.save().action_confirm()
        return self.env["helpdesk.ticket"].browse(action["res_id"])

    def answer(self, incident, body=ANSWER, login="leader", **values):
        """Write the answer in the dialog that the button opens, and send it."""
        action = self.as_user(incident, login).action_answer_all()
        dialog = Form(
            self.env[action["res_model"]].with_user(self.users[login]).with_context(**action["context"]),
            view="kemenkes_helpdesk.helpdesk_incident_answer_view_form",
        )
        dialog.body = body
        for name, value in values.items():
            dialog[name] = value
        answer = dialog.save()
        answer.action_send()
        return answer.sudo()

    def work_off(self):
        while self.env["helpdesk.incident.delivery"]._deliver_next():
            pass
        self.env.flush_all()

    def said(self, ticket):
        """What was said to a ticket's customer, with the rows in the outbox that carry it."""
        return self.env["helpdesk.outbox.message"].search([("ticket_id", "=", ticket.id)], order="id")


@tagged("post_install", "-at_install")
class TestIncidentJoin(IncidentCase):
    """R27.b.4: many tickets with the same problem become one incident."""

    def test_open_from_the_list(self):
        incident = self.open_incident()
        self.assertEqual(self.tickets.parent_id, incident)
        self.assertRecordValues(
            self.as_user(incident),
            [
                {
                    "is_incident": True,
                    "product_id": self.product_a.id,
                    "category_id": self.category.id,
                    "team_id": self.team_l1.id,
                    "user_id": self.users["leader"].id,
                    "partner_id": False,
                    "incident_ticket_count": 3,
                    "incident_open_count": 3,
                    "incident_latest_ids": self.tickets.sorted(reverse=True).ids,
                }
            ],
        )
        self.assertEqual(self.kinds_of(incident), ["created", "incident_opened"])
        rows = self.env["helpdesk.event"].search([("kind", "=", "incident_joined")])
        rows = rows.filtered(lambda row: row.ticket_id in self.tickets)
        self.assertEqual((rows.ticket_id, rows.other_ticket_id), (self.tickets, incident))

    def test_similar_tickets_are_proposed_and_added(self):
        late = self.create_ticket(name="Tidak bs login", partner_id=self.customers[0].id)
        same_category = self.create_ticket(name="Layar putih", category_id=self.category.id)
        other = self.create_ticket(name="Sertifikat vaksin salah")
        other_product = self.create_ticket(name="Tidak bisa login", product_id=self.product_b.id)
        solved = self.create_ticket(name="Tidak bisa login")
        solved.action_solve()
        wizard = self.wizard(self.tickets)
        self.assertEqual(wizard.similar_count, 2)
        wizard.name, wizard.add_similar = "Login gagal", True
        wizard.save().action_confirm()
        self.assertTrue(self.tickets.parent_id)
        self.assertEqual((late | same_category).parent_id, self.tickets.parent_id)
        self.assertFalse((other | other_product | solved).parent_id)

    def test_proposed_only_within_the_hours(self):
        self.create_ticket(name="Tidak bisa login").flush_recordset()
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = create_date - interval '3 hours'")
        self.env.invalidate_all()
        wizard = self.wizard(self.tickets)
        wizard.hours = 2
        self.assertEqual(wizard.similar_count, 0)
        wizard.hours = 4
        self.assertEqual(wizard.similar_count, 1)

    def test_more_are_added_from_the_incident(self):
        incident = self.open_incident()
        late = self.create_ticket(name="tidak bisa login")
        wizard = self.wizard(incident)
        self.assertEqual((wizard.mode, wizard.incident_id.id, wizard.similar_count), ("existing", incident.id, 1))
        wizard.add_similar = True
        wizard.save().action_confirm()
        self.assertEqual(late.parent_id, incident)

    def test_the_open_incident_of_the_product_is_proposed(self):
        incident = self.open_incident(self.tickets[:2])
        wizard = self.wizard(self.tickets[2])
        self.assertEqual((wizard.mode, wizard.incident_id.id), ("existing", incident.id))
        incident.stage_id = incident._stage_of("solved")
        self.assertEqual(self.wizard(self.tickets[2]).mode, "new")

    def test_agents_join_but_open_none(self):
        """R7: agents add tickets; team leaders open incidents and answer."""
        incident = self.open_incident(self.tickets[:2])
        self.wizard(self.tickets[2], "agent").save().action_confirm()
        self.assertEqual(self.tickets[2].parent_id, incident)
        with self.assertRaises(AccessError):
            self.as_user(self.env["helpdesk.incident.join"], "agent").create(
                {"mode": "new", "name": "Lain", "team_id": self.team_l1.id, "ticket_ids": self.tickets[2].ids}
            ).action_confirm()
        with self.assertRaises(AccessError):
            self.as_user(incident, "agent").is_incident = False
        with self.assertRaises(AccessError):
            self.as_user(self.tickets[0], "agent").write({"is_incident": True})
        with self.assertRaises(AccessError):
            self.as_user(incident, "leader").incident_notice = "Pulih"
        with self.assertRaises(AccessError):
            self.as_user(self.tickets, "quality").join_incident(self.as_user(incident, "quality"))

    def test_a_child_leaves(self):
        incident = self.open_incident()
        child = self.tickets[0]
        self.as_user(child, "agent").action_leave_incident()
        self.assertFalse(child.parent_id)
        self.assertEqual(self.kinds_of(child)[-2:], ["incident_joined", "incident_left"])
        row = self.env["helpdesk.event"].search([("ticket_id", "=", child.id), ("kind", "=", "incident_left")])
        self.assertEqual(row.other_ticket_id, incident)

    def test_what_can_not_join(self):
        incident = self.open_incident(self.tickets[:1])
        other = self.open_incident(self.tickets[1:2])
        with self.assertRaisesRegex(UserError, self.tickets[1].ticket_ref):
            self.as_user(self.tickets).join_incident(self.as_user(incident))
        with self.assertRaises(ValidationError):
            other.parent_id = incident
        with self.assertRaises(ValidationError):
            self.tickets[2].parent_id = self.create_ticket()
        with self.assertRaises(ValidationError):
            incident.is_incident = False
        merged = self.create_ticket()
        merged.merge_into(self.tickets[2])
        with self.assertRaisesRegex(UserError, merged.ticket_ref):
            merged.join_incident(incident)
        incident.action_close()
        with self.assertRaisesRegex(UserError, incident.ticket_ref):
            self.tickets[2].join_incident(incident)

    def test_filters_of_the_list(self):
        incident = self.open_incident()
        tickets = self.env["helpdesk.ticket"].with_user(self.users["agent"])
        self.assertEqual(tickets.search([("parent_id", "!=", False)]).sudo(), self.tickets.sorted(reverse=True))
        self.assertEqual(tickets.search([("is_incident", "=", True)]).sudo(), incident)

    def test_many_tickets_join_in_few_queries(self):
        """What the first hundred cost, the second hundred costs too: nothing is asked for each ticket."""
        incident = self.open_incident()
        tickets = self.env["helpdesk.ticket"].create(
            [{"name": "Login", "team_id": self.team_l1.id, "product_id": self.product_a.id} for _number in range(40)]
        )
        self.env.flush_all()
        with self.assertQueryCount(22):
            self.as_user(tickets).join_incident(self.as_user(incident))
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestIncidentAnswer(IncidentCase):
    """R27.b.4: one answer to all, to each customer alone, and to nobody twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.incident = cls.env["helpdesk.ticket"].create(
            {
                "name": "Login gagal",
                "is_incident": True,
                "product_id": cls.product_a.id,
                "team_id": cls.team_l1.id,
                "user_id": cls.users["leader"].id,
            }
        )
        cls.tickets.write({"parent_id": cls.incident.id})

    def test_each_customer_alone(self):
        answer = self.answer(self.incident)
        self.assertEqual((answer.ticket_count, answer.waiting_count, answer.progress), (3, 3, 0))
        self.assertFalse(self.said(self.tickets[0]), "the request lists, the machine sends")
        self.work_off()
        answer.invalidate_recordset()
        self.assertEqual((answer.waiting_count, answer.unreachable_count, answer.progress), (0, 0, 100))
        for ticket, customer in zip(self.tickets, self.customers, strict=True):
            outbox = self.said(ticket)
            self.assertEqual(outbox.recipient, customer.email)
            self.assertEqual(outbox.channel_id, ticket.channel_id)
            text = outbox.message_id.body
            self.assertIn(customer.name, text)
            self.assertIn(ticket.ticket_ref, text)
            self.assertNotIn("{{", text)
            self.assertNotIn(self.incident.ticket_ref, text)
            for other in self.customers - customer:
                self.assertNotIn(other.name, text)
            self.assertRecordValues(
                ticket, [{"stage_kind": "open", "reply_count": 1, "user_id": False, "solved_date": False}]
            )
            self.assertTrue(ticket.first_response_date)
            self.assertEqual(outbox.message_id.author_id, self.users["leader"].partner_id)
            self.assertEqual(self.kinds_of(ticket)[-3:], ["message_out", "stage_changed", "incident_answered"])
        self.assertEqual(self.kinds_of(self.incident)[-1], "incident_answered")
        row = self.env["helpdesk.event"].search([("ticket_id", "=", self.tickets[0].id), ("kind", "=", "message_out")])
        self.assertEqual(row.user_id, self.users["leader"])

    def test_in_the_language_of_each(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        speaker = self.create_plain_user("french", "base.group_portal", lang="fr_FR").partner_id
        french = self.create_ticket(partner_id=speaker.id, parent_id=self.incident.id)
        answer = (
            self.env["helpdesk.incident.answer"]
            .with_user(self.users["leader"])
            .create({"incident_id": self.incident.id, "body": "<p>Pulih</p>"})
        )
        answer.update_field_translations("body", {"fr_FR": {"Pulih": "Rétabli"}})
        answer.action_send()
        self.work_off()
        self.assertIn("Rétabli", self.said(french).message_id.body)
        self.assertIn("Pulih", self.said(self.tickets[0]).message_id.body)

    def test_nobody_twice(self):
        """The button pressed again, the job run again, the answer sent by another leader: one message each."""
        answer = self.answer(self.incident)
        self.as_user(answer).action_send()
        self.work_off()
        self.as_user(answer).action_send()
        self.work_off()
        self.assertEqual([len(self.said(ticket)) for ticket in self.tickets], [1, 1, 1])

    def test_a_crash_leaves_what_waits(self):
        """The job dies in the second batch: the first was sent, the next run sends the second."""
        answer = self.answer(self.incident)
        deliveries = self.env["helpdesk.incident.delivery"]
        deliveries._deliver_next(limit=2)
        dies = patch.object(HelpdeskIncidentAnswer, "_speak", side_effect=SystemExit)
        with dies, self.assertRaises(SystemExit), self.env.cr.savepoint():
            deliveries._deliver_next(limit=2)
        answer.invalidate_recordset()
        self.assertEqual(answer.waiting_count, 1)
        self.work_off()
        self.assertEqual([len(self.said(ticket)) for ticket in self.tickets], [1, 1, 1])

    def test_one_bad_ticket_stops_nobody(self):
        answer = self.answer(self.incident)
        render = HelpdeskIncidentAnswer._render

        def fails_for_budi(this, ticket):
            if ticket.partner_name == "Budi":
                raise ValueError("broken")
            return render(this, ticket)

        with patch.object(HelpdeskIncidentAnswer, "_render", fails_for_budi), self.assertLogs(level="WARNING"):
            self.work_off()
        answer.invalidate_recordset()
        self.assertEqual((answer.failed_count, answer.waiting_count), (1, 0))
        self.assertEqual([len(self.said(ticket)) for ticket in self.tickets], [1, 0, 1])

    def test_who_can_not_be_reached_is_told_of(self):
        unknown = self.create_ticket(partner_id=False, partner_phone="081200003333", parent_id=self.incident.id)
        unknown.partner_id = False
        answer = self.answer(self.incident)
        self.work_off()
        answer.invalidate_recordset()
        self.assertEqual((answer.ticket_count, answer.unreachable_count), (4, 1))
        self.said(self.tickets[0]).state = "sent"
        self.said(self.tickets[1]).state = "delivered"
        incident = self.as_user(self.incident)
        self.assertEqual(incident.incident_reached_count, 2)

    def test_solve_all_with_the_answer(self):
        self.answer(self.incident, solve_tickets=True)
        self.work_off()
        self.assertEqual(set(self.tickets.mapped("stage_kind")), {"solved"})
        self.assertEqual(self.incident.stage_kind, "new")
        self.assertIn("solved", self.kinds_of(self.tickets[0]))

    def test_solving_the_incident_proposes_to_solve_its_tickets(self):
        action = self.as_user(self.incident).action_solve()
        self.assertEqual(action["res_model"], "helpdesk.incident.answer")
        self.assertEqual(self.incident.stage_kind, "new")
        dialog = Form(
            self.as_user(self.env["helpdesk.incident.answer"]).with_context(**action["context"]),
            view="kemenkes_helpdesk.helpdesk_incident_answer_view_form",
        )
        answer = dialog.save()
        answer.action_send()
        self.work_off()
        self.assertEqual(self.incident.stage_kind, "solved")
        self.assertEqual(set(self.tickets.mapped("stage_kind")), {"solved"})
        self.assertFalse(self.said(self.tickets[0]), "solved without a word")
        self.assertIs(self.as_user(self.incident).action_solve(), True)

    def test_solving_the_incident_alone(self):
        action = self.as_user(self.incident).action_solve()
        answer = self.as_user(self.env["helpdesk.incident.answer"]).with_context(**action["context"]).create({})
        answer.action_solve_incident_alone()
        self.assertEqual(self.incident.stage_kind, "solved")
        self.assertEqual(set(self.tickets.mapped("stage_kind")), {"new"})
        self.assertFalse(answer.exists())

    def test_an_agent_solves_the_incident_alone(self):
        self.assertIs(self.as_user(self.incident, "agent").action_solve(), True)
        self.assertEqual(self.incident.stage_kind, "solved")

    def test_later_tickets_get_the_latest_answer(self):
        self.answer(self.incident, "<p>Sedang diperbaiki</p>")
        self.answer(self.incident, "<p>Sudah pulih, {{customer}}</p>")
        self.work_off()
        late, later = self.create_ticket(name="Login?"), self.create_ticket(name="Login?")
        self.as_user(late, "agent").join_incident(self.as_user(self.incident, "agent"))
        self.work_off()
        self.assertFalse(self.said(late), "not wished for")
        self.as_user(self.incident).answer_joining = True
        self.as_user(later, "agent").join_incident(self.as_user(self.incident, "agent"))
        self.work_off()
        self.assertIn("Sudah pulih, Siti Aminah", self.said(later).message_id.body)

    def test_who_leaves_before_it_goes_out_does_not_get_it(self):
        self.answer(self.incident)
        leaving = self.tickets[0]
        self.as_user(leaving, "agent").action_leave_incident()
        self.work_off()
        self.assertEqual([len(self.said(ticket)) for ticket in self.tickets], [0, 1, 1])

    def test_merged_tickets(self):
        """The same customer twice is answered once; another customer's merged ticket under its own number."""
        again = self.create_ticket(partner_id=self.customers[0].id, parent_id=self.incident.id)
        again.merge_into(self.tickets[0])
        self.tickets[1].merge_into(self.tickets[2])
        answer = self.answer(self.incident)
        self.work_off()
        recipients = (
            self.env["helpdesk.outbox.message"]
            .search([("message_id", "in", answer.env["helpdesk.incident.delivery"].search([]).message_id.ids)])
            .mapped("recipient")
        )
        self.assertEqual(sorted(recipients), sorted(self.customers.mapped("email")))

    def test_nonsense_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "kustomer"):
            self.answer(self.incident, "<p>{{kustomer}}</p>")
        with self.assertRaises(UserError):
            self.answer(self.incident, "<p><br></p>")
        empty = self.env["helpdesk.ticket"].create({"name": "Leer", "is_incident": True, "team_id": self.team_l1.id})
        empty.product_id = self.product_a
        with self.assertRaises(UserError):
            self.answer(empty)
        with self.assertRaises(ValidationError):
            self.as_user(self.env["helpdesk.incident.answer"]).create(
                {"incident_id": self.tickets[0].id, "body": ANSWER}
            )
        answer = self.answer(self.incident)
        with self.assertRaises(UserError):
            self.as_user(answer).body = "<p>Anders</p>"
        with self.assertRaises(UserError):
            self.as_user(answer).unlink()

    def test_agents_do_not_answer_to_all(self):
        """R7: team leaders and supervisors do."""
        with self.assertRaises(AccessError):
            self.answer(self.incident, login="agent")
        draft = self.env["helpdesk.incident.answer"].create({"incident_id": self.incident.id, "body": ANSWER})
        with self.assertRaises(AccessError):
            self.as_user(draft, "agent").action_send()
        self.answer(self.incident, login="supervisor")
        self.work_off()
        self.assertTrue(self.said(self.tickets[0]))


@tagged("post_install", "-at_install")
class TestIncidentRights(IncidentCase):
    """R27.a.3, R27.b.4: an incident opens no ticket to anybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["agent_b"] = cls.create_user("agent_b", "group_agent", products=cls.product_b)
        cls.incident = cls.env["helpdesk.ticket"].create(
            {"name": "Jaringan putus", "is_incident": True, "team_id": cls.team_l1.id, "description": "Rahasia kantor"}
        )
        cls.of_b = cls.create_ticket(name="Product B", product_id=cls.product_b.id, partner_id=cls.customers[2].id)
        (cls.tickets | cls.of_b).write({"parent_id": cls.incident.id})

    def test_agents_see_only_the_children_of_their_product(self):
        for login, seen in (
            ("agent", self.tickets),
            ("agent_b", self.of_b),
            ("operation_manager", self.tickets | self.of_b),
        ):
            with self.subTest(login=login):
                self.env.invalidate_all()  # each is a request of its own
                incident = self.as_user(self.incident, login)
                self.assertEqual(incident.incident_ticket_count, len(seen))
                action = incident.action_view_incident_tickets()
                self.assertEqual(incident.search(action["domain"]).sudo(), seen.sorted(reverse=True))
                self.assertEqual(incident.child_ids.sudo(), seen.sorted(reverse=True))

    def test_an_answer_goes_to_the_children_that_the_sender_sees(self):
        answer = self.answer(self.incident)
        self.work_off()
        deliveries = self.env["helpdesk.incident.delivery"]
        self.assertEqual(
            deliveries.search([("answer_id", "=", answer.id)]).ticket_id, self.tickets.sorted(reverse=True)
        )
        self.assertFalse(self.said(self.of_b))
        self.assertFalse(self.as_user(deliveries, "agent_b").search([("answer_id", "=", answer.id)]))

    def test_an_incident_that_one_may_not_see_can_not_be_joined(self):
        hidden = self.env["helpdesk.ticket"].create(
            {"name": "B", "is_incident": True, "team_id": self.team_l1.id, "product_id": self.product_b.id}
        )
        ticket = self.create_ticket()
        with self.assertRaises(AccessError):
            self.as_user(ticket, "agent").join_incident(self.as_user(hidden, "agent"))
        with self.assertRaises(AccessError):
            self.as_user(ticket, "agent").write({"parent_id": hidden.id})
        with self.assertRaises(AccessError):
            self.answer(hidden)

    def test_similar_tickets_of_another_product_are_not_proposed(self):
        self.create_ticket(name="Tidak bisa login", product_id=self.product_b.id)
        self.assertEqual(self.wizard(self.create_ticket(name="Tidak bisa login"), "agent").similar_count, 0)


@tagged("post_install", "-at_install")
class TestIncidentNotice(IncidentCase, HttpCase):
    """R24.a: whoever is about to write reads on the public form that the trouble is known."""

    def page(self, code):
        return self.url_open(f"/helpdesk/form/{code}").text

    def test_notice_on_the_forms(self):
        wizard = self.wizard(self.tickets, "supervisor")
        wizard.mode, wizard.name = "new", "Rahasia kantor"
        wizard.notice = "Login <b>gagal</b>, sedang kami perbaiki."
        incident = self.env["helpdesk.ticket"].browse(wizard.save().action_confirm()["res_id"])
        notice = "Login &lt;b&gt;gagal&lt;/b&gt;, sedang kami perbaiki."
        for code in (self.product_a.code, self.site.code):
            page = self.page(code)
            self.assertIn(notice, page)
            self.assertNotIn(incident.ticket_ref, page)
            self.assertNotIn("Rahasia kantor", page)
        self.assertIn("Product A", self.page(self.site.code).split('id="kh-notices"')[1].split("<form")[0])
        self.assertNotIn("kh-notices", self.page(self.product_b.code))
        self.assertEqual(self.kinds_of(incident)[:2], ["created", "incident_opened"])
        incident.with_user(self.users["supervisor"]).incident_notice = "Hampir pulih"
        self.assertEqual(self.kinds_of(incident)[-1], "fields_changed")
        self.assertIn("Hampir pulih", self.page(self.product_a.code))
        incident.action_solve()
        self.env["helpdesk.ticket"].browse(incident.id)._go_to("solved", from_kinds=("new", "open"))
        self.assertNotIn("kh-notices", self.page(self.product_a.code))

    def test_customers_hear_nothing_of_the_incident(self):
        """The child's own page tells of neither parent nor siblings."""
        incident = self.open_incident()
        incident.with_user(self.users["leader"]).message_post(body="Basis data mati", subtype_xmlid="mail.mt_note")
        self.answer(incident)
        self.work_off()
        child = self.tickets[0]
        page = self.url_open(child.get_portal_url()).text
        self.assertIn("layanan sudah pulih", page)
        for secret in (incident.ticket_ref, incident.name, "Basis data mati", "Budi", self.tickets[1].ticket_ref):
            self.assertNotIn(secret, page)

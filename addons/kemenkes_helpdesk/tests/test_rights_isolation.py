import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase

SECRET = "RAHASIA-B"
LIST_ROLES = ("agent", "expert", "leader", "supervisor", "quality", "analyst", "trainer", "admin_support", "viewer")
ALL_ROLES = ("operation_manager", "manager")


class IsolationCase(HelpdeskCase):
    """One ticket of product A, one of product B with everything that can hang on a ticket, all marked ``SECRET``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket_a = cls.create_ticket(name="Ticket A")
        cls.ticket_b = cls.create_ticket(name=f"Ticket {SECRET}", description=SECRET, product_id=cls.product_b.id)
        cls.message_b = cls.ticket_b.message_post(
            body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment", author_id=cls.customer.id
        )
        cls.file_b = cls.env["ir.attachment"].create(
            {"name": f"{SECRET}.txt", "raw": SECRET.encode(), "res_model": "helpdesk.ticket", "res_id": cls.ticket_b.id}
        )
        cls.message_b.attachment_ids = cls.file_b
        cls.escalation_b = cls.env["helpdesk.escalation"].create(
            {"ticket_id": cls.ticket_b.id, "to_team_id": cls.team_l3.id, "reason": SECRET}
        )
        cls.outbox_b = cls.env["helpdesk.outbox.message"].create(
            {
                "ticket_id": cls.ticket_b.id,
                "message_id": cls.message_b.id,
                "channel_id": cls.channel_email.id,
                "recipient": f"{SECRET.lower()}@customer.example",
            }
        )
        cls.inbox_b = cls.env["helpdesk.inbox.event"].create(
            {"channel_id": cls.channel_email.id, "external_id": SECRET, "ticket_id": cls.ticket_b.id}
        )

    def setUp(self):
        super().setUp()
        # refusals are what is expected here
        self.enterContext(
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.http")
        )


@tagged("post_install", "-at_install")
class TestRightsTickets(IsolationCase):
    """R27.a.3: who sees a ticket at all."""

    def sees(self, user, ticket):
        found = bool(self.env["helpdesk.ticket"].with_user(user).search([("id", "=", ticket.id)]))
        self.assertEqual(found, ticket.with_user(user).has_access("read"), "search and read disagree")
        return found

    def test_product_in_list(self):
        """R27.a.3, R6: a role sees the products in its list, managers see all."""
        for role in LIST_ROLES:
            with self.subTest(role):
                self.assertTrue(self.sees(self.users[role], self.ticket_a))
                self.assertFalse(self.sees(self.users[role], self.ticket_b))
        for role in ALL_ROLES:
            self.assertTrue(self.sees(self.users[role], self.ticket_b))

    def test_without_product(self):
        ticket = self.create_ticket(product_id=False)
        self.assertTrue(self.sees(self.users["agent"], ticket))
        elsewhere = self.create_user("elsewhere", "group_agent", sites=self.site_east)
        self.assertFalse(self.sees(elsewhere, ticket))

    def test_site_or_team(self):
        """R23.a.2, R5: the site opens a ticket, and so does the team that it was handed to."""
        elsewhere = self.create_user("elsewhere", "group_expert", sites=self.site_east)
        self.assertFalse(self.sees(elsewhere, self.ticket_a))
        self.ticket_a.team_id = self.team_l2
        elsewhere.helpdesk_team_ids = self.team_l2
        self.assertTrue(self.sees(elsewhere, self.ticket_a))
        self.ticket_a.product_id = self.product_b
        self.assertFalse(self.sees(elsewhere, self.ticket_a), "a team does not open another product")

    def test_assigned_agent_always_sees(self):
        """R5: an agent who was lent sees what is assigned to them, and only as long as it is."""
        self.ticket_b.user_id = self.users["agent"]
        self.assertTrue(self.sees(self.users["agent"], self.ticket_b))
        self.ticket_b.user_id = False
        self.assertFalse(self.sees(self.users["agent"], self.ticket_b))

    def test_empty_lists_open_nothing(self):
        nobody = self.create_user("nobody", "group_supervisor", products=self.product_a[:0], sites=self.site[:0])
        self.assertFalse(self.env["helpdesk.ticket"].with_user(nobody).search_count([]))

    def test_change_of_access_holds_at_once(self):
        """R5, R22: given and taken from the account's side and from the product's, site's and team's side."""
        agent = self.users["agent"]
        changes = [
            (
                agent,
                {"helpdesk_product_ids": [(4, self.product_b.id)]},
                {"helpdesk_product_ids": [(3, self.product_b.id)]},
            ),
            (self.product_b, {"user_ids": [(4, agent.id)]}, {"user_ids": [(3, agent.id)]}),
        ]
        for record, give, take in changes:
            self.assertFalse(self.sees(agent, self.ticket_b))
            record.write(give)
            self.assertTrue(self.sees(agent, self.ticket_b))
            record.write(take)
            self.assertFalse(self.sees(agent, self.ticket_b))
        self.team_l1.member_ids -= agent
        self.assertTrue(self.sees(agent, self.ticket_a))
        self.site.user_ids -= agent
        self.assertFalse(self.sees(agent, self.ticket_a))
        self.team_l1.member_ids += agent
        self.assertTrue(self.sees(agent, self.ticket_a))

    def test_archived_product_keeps_its_rights(self):
        self.product_a.active = False
        self.assertTrue(self.sees(self.users["agent"], self.ticket_a))

    def test_customers_own_tickets(self):
        """Customers have pages, and no rights on the model; should another addon give them some, the rule holds."""
        customer = self.create_plain_user("test_citizen", "base.group_portal")
        own = self.create_ticket(partner_id=customer.partner_id.id, product_id=self.product_b.id)
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].with_user(customer).search([])
        self.env["ir.model.access"].create(
            {
                "name": "test",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "group_id": self.env.ref("base.group_portal").id,
                "perm_read": True,
            }
        )
        colleague = self.env["res.partner"].create({"name": "Colleague", "parent_id": customer.partner_id.id})
        self.assertEqual(self.env["helpdesk.ticket"].with_user(customer).search([]), own)
        self.assertFalse(self.sees(customer, self.create_ticket(partner_id=colleague.id)))
        # customers are merged by SQL: the cached rule must not remember the old customer
        own.partner_id = self.customer
        self.assertFalse(self.sees(customer, own))

    def test_nobody_deletes_tickets(self):
        for role, user in self.users.items():
            with self.subTest(role), self.assertRaises(AccessError):
                self.ticket_a.with_user(user).unlink()

    def test_readers_do_not_write(self):
        """R6, R7: quality, analysts, trainers and viewers change nothing on a ticket."""
        for role in ("quality", "analyst", "trainer", "admin_support", "viewer"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.ticket_a.with_user(self.users[role]).write({"name": "Changed"})

    def test_agent_gives_no_ticket_to_a_strange_product(self):
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].with_user(self.users["agent"]).create(
                {"name": "New", "team_id": self.team_l1.id, "product_id": self.product_b.id}
            )

    def test_supervisor_does_not_hand_out_products(self):
        """R27.a.3: supervisors edit products, but not who sees them."""
        product = self.product_b.with_user(self.users["supervisor"])
        product.description = "Edited"
        with self.assertRaises(AccessError):
            product.write({"user_ids": [(4, self.users["supervisor"].id)]})


@tagged("post_install", "-at_install")
class TestRightsPaths(IsolationCase):
    """R27.a.3: an account without product B does not get at a ticket of product B by any path."""

    def for_each_role(self):
        for role in LIST_ROLES:
            yield self.env(user=self.users[role])

    def test_search(self):
        for env in self.for_each_role():
            tickets = env["helpdesk.ticket"]
            self.assertFalse(tickets.search([("name", "ilike", SECRET)]))
            self.assertFalse(tickets.name_search(SECRET))
            self.assertFalse(tickets.search_read([("product_id", "=", self.product_b.id)], ["name"]))
            self.assertFalse(tickets.search_count([("ticket_ref", "=", self.ticket_b.ticket_ref)]))

    def test_read(self):
        for env in self.for_each_role():
            ticket = env["helpdesk.ticket"].browse(self.ticket_b.id)
            for read in (ticket.read, lambda t=ticket: t.web_read({"name": {}})):
                with self.assertRaises(AccessError):
                    read()

    def test_export(self):
        for env in self.for_each_role():
            env.user.sudo().group_ids += self.env.ref("base.group_allow_export")
            with self.assertRaises(AccessError):
                env["helpdesk.ticket"].browse(self.ticket_b.id).export_data(["name"])

    def test_groups(self):
        for env in self.for_each_role():
            tickets = env["helpdesk.ticket"]
            groups = tickets.formatted_read_group([], ["product_id"], ["__count", "id:array_agg"])
            self.assertNotIn(self.ticket_b.id, [ticket_id for group in groups for ticket_id in group["id:array_agg"]])

    def test_chatter(self):
        """Following a ticket, being mentioned and having written on it do not open the door."""
        for env in self.for_each_role():
            partner = env.user.partner_id
            self.ticket_b.message_subscribe(partner.ids)
            mention = self.ticket_b.message_post(body=SECRET, partner_ids=partner.ids)
            own = self.ticket_b.message_post(body=SECRET, author_id=partner.id)
            messages = env["mail.message"]
            self.assertFalse(messages.search([("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket_b.id)]))
            self.assertFalse(messages.search([("body", "ilike", SECRET)]))
            for message in self.message_b | mention | own:
                self.assertFalse(message.with_env(env).has_access("read"))
                with self.assertRaises(AccessError):
                    message.with_env(env).read(["body"])
            self.assertFalse(mention.notified_partner_ids & partner)
            with self.assertRaises(AccessError):
                self.ticket_b.with_env(env).message_post(body="note", subtype_xmlid="mail.mt_note")

    def test_followers(self):
        self.ticket_b.message_subscribe(self.customer.ids)
        for env in self.for_each_role():
            if env.user.share:
                continue
            self.assertFalse(
                env["mail.followers"].search([("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket_b.id)])
            )
            with self.assertRaises(AccessError):
                self.ticket_b.message_follower_ids.with_env(env).read(["partner_id"])

    def test_activities(self):
        for env in self.for_each_role():
            if env.user.share:
                continue
            activity = self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": self.ticket_b.id,
                    "user_id": self.users["manager"].id,
                    "summary": SECRET,
                    "date_deadline": fields.Date.today() + timedelta(days=1),
                }
            )
            self.env.cr.execute("UPDATE mail_activity SET user_id = %s WHERE id = %s", [env.uid, activity.id])
            self.env.invalidate_all()
            self.assertFalse(env["mail.activity"].search([("res_id", "=", self.ticket_b.id)]))
            with self.assertRaises(AccessError):
                activity.with_env(env).read(["summary", "res_name"])

    def test_attachments(self):
        for env in self.for_each_role():
            files = env["ir.attachment"]
            self.assertFalse(self.file_b.with_env(env).has_access("read"))
            if not env.user.share:
                self.assertFalse(files.search([("name", "ilike", SECRET)]))
                self.assertFalse(
                    files.search([("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket_b.id)])
                )

    def test_what_belongs_to_a_ticket(self):
        for env in self.for_each_role():
            for record in (self.escalation_b, self.outbox_b, self.inbox_b):
                self.assertFalse(record.with_env(env).has_access("read"), record)
                if record.with_env(env).browse().has_access("read"):
                    self.assertFalse(record.with_env(env).search([("id", "=", record.id)]), record)

    def test_ledger(self):
        """R27.b.2: supervisors read the log of their products."""
        events = self.env["helpdesk.event"].with_user(self.users["supervisor"])
        self.assertTrue(events.search([("ticket_id", "=", self.ticket_a.id)]))
        self.assertFalse(events.search([("ticket_id", "=", self.ticket_b.id)]))

    def test_ratings(self):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": self.ticket_b.id,
                "rating": 1,
                "feedback": SECRET,
            }
        )
        for env in self.for_each_role():
            if not env.user.share:
                self.assertFalse(env["rating.rating"].search([("feedback", "ilike", SECRET)]))
            self.assertFalse(rating.with_env(env).has_access("read"))

    def test_name_on_other_records(self):
        """A ticket that another one points to is named by its number, not by its subject."""
        self.ticket_a.previous_id = self.ticket_b
        for env in self.for_each_role():
            [values] = self.ticket_a.with_env(env).read(["previous_id"])
            self.assertEqual(values["previous_id"], (self.ticket_b.id, f"[{self.ticket_b.ticket_ref}]"))
        [values] = self.ticket_a.with_user(self.users["manager"]).read(["previous_id"])
        self.assertIn(SECRET, values["previous_id"][1])

    def test_by_way_of_the_customer(self):
        """The same customer writes about both products."""
        for env in self.for_each_role():
            found = env["helpdesk.ticket"].search([("partner_id", "=", self.customer.id)])
            self.assertEqual(found, self.ticket_a.with_env(env))
            if not env.user.share:
                messages = env["mail.message"].search([("author_id", "=", self.customer.id)])
                self.assertNotIn(self.ticket_b.id, messages.mapped("res_id"))


@tagged("post_install", "-at_install")
class TestRightsWeb(IsolationCase, HttpCase):
    """R27.a.3: the same over the network."""

    def setUp(self):
        super().setUp()
        self.users["agent"].password = "agent-password"
        self.authenticate("test_agent", "agent-password")

    def assert_shut(self, response):
        self.assertNotIn(SECRET, response.text)
        self.assertNotEqual(response.status_code, 500)

    def test_address_of_attachment(self):
        token = self.file_b.generate_access_token()[0]
        for address in (
            "/web/content/%s",
            "/web/content/%s?download=true",
            "/web/image/%s",
            "/web/content/%s?access_token=x",
        ):
            self.assert_shut(self.url_open(address % self.file_b.id))
        # who was given the file by a signed link gets it
        self.assertIn(SECRET, self.url_open(f"/web/content/{self.file_b.id}?access_token={token}").text)
        self.users["agent"].helpdesk_product_ids += self.product_b
        self.assertIn(SECRET, self.url_open(f"/web/content/{self.file_b.id}").text)

    def test_attachment_of_a_message(self):
        self.assert_shut(self.url_open(f"/web/content/mail.message/{self.message_b.id}/body"))

    def test_address_of_ticket(self):
        for address in (
            f"/mail/view?model=helpdesk.ticket&res_id={self.ticket_b.id}",
            f"/mail/message/{self.message_b.id}",
            f"/my/tickets/{self.ticket_b.id}",
        ):
            self.assert_shut(self.url_open(address))

    def test_chatter_of_ticket(self):
        result = self.make_jsonrpc_request(
            "/mail/data",
            {"fetch_params": [["mail.thread", {"thread_model": "helpdesk.ticket", "thread_id": self.ticket_b.id,
                                              "request_list": ["followers", "attachments", "activities"]}]]},
        )  # fmt: skip
        self.assertNotIn(SECRET, json.dumps(result))
        result = self.make_jsonrpc_request(
            "/mail/thread/messages", {"thread_model": "helpdesk.ticket", "thread_id": self.ticket_b.id}
        )
        # without access to the thread Odoo falls back to whatever messages the account may read
        self.assertNotIn(self.message_b.id, result["messages"])
        self.assertNotIn(SECRET, json.dumps(result))

    def test_api(self):
        """R23.c.2: the open interface knows no more than the screen."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.users["agent"])
            .sudo()
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )
        self.env.flush_all()
        for method, body in (
            ("search_read", {"domain": [], "fields": ["name", "description"]}),
            ("read", {"ids": [self.ticket_b.id], "fields": ["name"]}),
            ("web_read", {"ids": [self.ticket_b.id], "specification": {"name": {}}}),
            ("export_data", {"ids": [self.ticket_b.id], "fields_to_export": ["name"]}),
            ("name_search", {"name": SECRET}),
            ("message_post", {"ids": [self.ticket_b.id], "body": "note"}),
        ):
            with self.subTest(method):
                self.assert_shut(self._call_api(key, method, body))
        answer = self._call_api(key, "read", {"ids": [self.ticket_a.id], "fields": ["name"]})
        self.assertEqual(answer.json()[0]["name"], "Ticket A")

    def _call_api(self, key, method, body):
        return self.url_open(
            f"/json/2/helpdesk.ticket/{method}",
            data=json.dumps(body),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )


@tagged("post_install", "-at_install")
class TestRightsConversation(IsolationCase):
    """R27.b.2: what was said stays as it was said; who may say what to whom."""

    def test_message_of_customer_stays(self):
        message = self.customer_says(self.ticket_a, "Halo")
        for role in ("agent", "supervisor", "manager"):
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    message.with_user(self.users[role]).write({"body": "Changed"})
                with self.assertRaises(AccessError):
                    message.with_user(self.users[role]).unlink()
                with self.assertRaises(UserError):
                    self.ticket_a.with_user(self.users[role])._message_update_content(message, body="Changed")

    def test_reply_stays(self):
        reply = self.agent_says(self.ticket_a, "Baik")
        with self.assertRaises(AccessError):
            reply.with_user(self.users["agent"]).write({"body": "Changed"})
        with self.assertRaises(AccessError):
            reply.with_user(self.users["agent"]).unlink()
        with self.assertRaises(UserError):
            self.ticket_a.with_user(self.users["agent"])._message_update_content(reply, body="")

    def test_note_is_its_authors(self):
        note = self.ticket_a.with_user(self.users["agent"]).message_post(
            body="Note", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        with self.assertRaises(AccessError):
            note.with_user(self.users["supervisor"]).write({"body": "Changed"})
        self.ticket_a.with_user(self.users["agent"])._message_update_content(note, body="Mended")
        self.assertIn("Mended", note.body)
        with self.assertRaises(AccessError):
            note.with_user(self.users["agent"]).unlink()

    def test_readers_write_notes_but_not_to_customers(self):
        """R6, R7: also in Odoo's chatter, which posts in sudo."""
        for role in ("quality", "analyst", "trainer"):
            ticket = self.ticket_a.with_user(self.users[role])
            with self.subTest(role):
                ticket.message_post(body="Note", subtype_xmlid="mail.mt_note")
                for thread in (ticket, ticket.sudo()):
                    with self.assertRaises(AccessError):
                        thread.message_post(body="Halo", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertFalse(self.ticket_a.reply_count)

    def test_nobody_speaks_as_a_customer(self):
        with self.assertRaises(AccessError):
            self.ticket_a.with_user(self.users["agent"]).message_post(body="Puas!", author_id=self.customer.id)

    def test_followers_with_access_are_told(self):
        self.ticket_a.message_subscribe((self.users["expert"] | self.users["supervisor"]).partner_id.ids)
        self.users["supervisor"].helpdesk_product_ids = False
        message = self.agent_says(self.ticket_a, "Baik")
        self.assertIn(self.users["expert"].partner_id, message.notified_partner_ids)
        self.assertNotIn(self.users["supervisor"].partner_id, message.notified_partner_ids)

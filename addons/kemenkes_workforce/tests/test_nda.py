import json
import re
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..tools import table_file
from .people_common import PDF, PeopleCase

SECRET = "RAHASIA"
LAST_DAY = date(2026, 11, 30)
# The provider's roles need an agreement; Pusdatin's (expert, viewer) and those who sign for the provider do not.
NEEDY = ("agent", "leader", "supervisor", "quality", "analyst", "trainer", "admin_support")
FREE = ("expert", "operation_manager", "manager", "viewer")


@tagged("post_install", "-at_install")
class TestNdaRights(PeopleCase):
    """R8, R9: no valid agreement, no tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(name=SECRET)
        cls.mine = cls.create_ticket(name=SECRET, user_id=cls.users["agent"].id)

    def setUp(self):
        super().setUp()
        self.enterContext(
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.http")
        )

    def sees(self, user):
        found = bool(self.env["helpdesk.ticket"].with_user(user).search([("name", "=", SECRET)]))
        self.assertEqual(found, self.ticket.with_user(user).has_access("read"), "search and read disagree")
        return found

    def test_who_needs_one(self):
        """R8: the provider's roles; Pusdatin's accounts see their tickets without."""
        for role in NEEDY:
            self.assertFalse(self.sees(self.users[role]), role)
        for role in FREE:
            self.assertTrue(self.sees(self.users[role]), role)
        for role in NEEDY:
            self.give_nda(self.users[role])
            self.assertTrue(self.sees(self.users[role]), role)

    def test_roles_are_configured(self):
        """R8: who needs one is a setting, and holds at once; also for the role that has no lists."""
        rules = self.env["helpdesk.nda.rule"].search([])
        rules.filtered(lambda rule: rule.role == "quality").required = False
        self.assertTrue(self.sees(self.users["quality"]))
        manager = rules.filtered(lambda rule: rule.role == "operation_manager")
        manager.required = True
        self.assertFalse(self.sees(self.users["operation_manager"]))
        self.assertFalse(self.env["helpdesk.event"].with_user(self.users["operation_manager"]).search_count([]))
        manager.unlink()
        self.assertTrue(self.sees(self.users["operation_manager"]))

    def test_a_role_by_another_way(self):
        """A group of one's own that contains the agent's is no way around it."""
        group = self.env["res.groups"].create(
            {"name": "Own", "implied_ids": [(4, self.env.ref("kemenkes_helpdesk.group_agent").id)]}
        )
        user = self.create_user("sideways", "group_user")
        user.group_ids = group
        self.assertFalse(self.sees(user))

    def test_signed_revoked_renewed_hold_at_once(self):
        agent = self.users["agent"]
        nda = self.give_nda(agent, sign=False)
        self.assertFalse(self.sees(agent), "a paper that nobody has signed opens nothing")
        nda.action_sign()
        self.assertTrue(self.sees(agent))
        nda._revoke("Shared a screenshot")
        self.assertFalse(self.sees(agent))
        self.give_nda(agent)
        self.assertTrue(self.sees(agent))
        events = self.env["helpdesk.event"].search([("kind", "=", "nda_changed"), ("target_user_id", "=", agent.id)])
        self.assertEqual([event.data["state"] for event in events.sorted("id")], ["signed", "revoked", "signed"])

    def test_midnight_of_the_site(self):
        """R9: it ends with the day where the agent works: WIT is two hours before WIB. No job has to run."""
        zones = {"Asia/Jakarta": 17, "Asia/Makassar": 16, "Asia/Jayapura": 15}
        for zone, midnight in zones.items():
            site = self.env["helpdesk.site"].create({"name": zone, "code": f"nda-{zone[5:].lower()}", "timezone": zone})
            agent = self.create_user(f"nda-{zone[5:].lower()}", "group_agent", sites=self.site | site)
            self.give_nda(agent, date(2026, 11, 1), LAST_DAY, site=site)
            begins = datetime(2026, 10, 31, midnight)
            ends = datetime(2026, 11, 30, midnight)
            second = timedelta(seconds=1)
            for moment, wanted in (
                (begins - second, False),
                (begins, True),
                (ends - second, True),
                (ends, False),
            ):
                with self.subTest(zone, moment=moment), freeze_all_time(moment):
                    self.env.invalidate_all()
                    self.assertEqual(self.sees(agent), wanted)

    def test_a_site_that_moves_its_clock(self):
        agent = self.users["agent"]
        self.give_nda(agent, date(2026, 11, 1), LAST_DAY)
        with freeze_all_time(datetime(2026, 11, 30, 16, 30)):
            self.assertTrue(self.sees(agent))
            self.site.timezone = "Asia/Jayapura"
            self.assertFalse(self.sees(agent))

    def test_a_renewal_leaves_no_gap(self):
        agent = self.users["agent"]
        first = self.give_nda(agent, date(2026, 11, 1), LAST_DAY)
        with freeze_all_time(datetime(2026, 11, 20)):
            following = self.env["helpdesk.nda"].browse(first.action_renew()["res_id"])
        self.assertEqual(following.valid_from, date(2026, 12, 1))
        self.assertEqual(following.valid_to, date(2027, 11, 30))
        following.write({"document": PDF, "signed_date": date(2026, 11, 20)})
        following.action_sign()
        for hour in (16, 17, 18):
            with freeze_all_time(datetime(2026, 11, 30, hour)):
                self.assertTrue(self.sees(agent), hour)

    def test_asking_costs_no_query(self):
        """It is asked whenever rights are, so the answer comes from a cache; a change empties it."""
        agent = self.users["agent"]
        nda = self.give_nda(agent)
        self.assertTrue(agent._is_admitted())
        with self.assertQueryCount(0):
            self.assertTrue(agent._is_admitted())
        nda._revoke("Test")
        self.assertFalse(agent._is_admitted())

    # PATHS

    def test_every_path_in_the_server(self):
        """R9: lists, reading by id, search, groups, export, writing, own tickets, and all that hangs on them."""
        self.message = self.mine.message_post(body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment")
        file = self.env["ir.attachment"].create(
            {"name": f"{SECRET}.txt", "raw": b"x", "res_model": "helpdesk.ticket", "res_id": self.mine.id}
        )
        self.message.attachment_ids = file
        self.mine.message_subscribe((self.users["agent"] | self.users["supervisor"]).partner_id.ids)
        for role in ("agent", "supervisor", "analyst"):
            env = self.env(user=self.users[role])
            env.user.sudo().group_ids += self.env.ref("base.group_allow_export")
            tickets = env["helpdesk.ticket"]
            mine = tickets.browse(self.mine.id)
            self.assertFalse(tickets.search([]))
            self.assertFalse(tickets.name_search(SECRET))
            self.assertFalse(tickets.search_count([("ticket_ref", "=", self.mine.ticket_ref)]))
            self.assertFalse(tickets.formatted_read_group([], ["product_id"], ["__count"]))
            self.assertFalse(env["mail.message"].search([("model", "=", "helpdesk.ticket")]))
            self.assertFalse(env["ir.attachment"].search([("res_model", "=", "helpdesk.ticket")]))
            self.assertFalse(env["mail.followers"].search([("res_model", "=", "helpdesk.ticket")]))
            for attempt in (
                lambda mine=mine: mine.read(["name"]),
                lambda mine=mine: mine.web_read({"name": {}}),
                lambda mine=mine: mine.export_data(["name"]),
                lambda mine=mine: mine.write({"priority": "3"}),
                lambda mine=mine: mine.message_post(body="note", subtype_xmlid="mail.mt_note"),
                lambda env=env: self.message.with_env(env).read(["body"]),
                lambda env=env: file.with_env(env).read(["name"]),
                lambda tickets=tickets: tickets.create({"name": "New", "team_id": self.team_l1.id}),
                lambda mine=mine: mine.action_reveal_personal_data(),
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_all_that_hangs_on_tickets(self):
        """R9: whatever addon brings it, a record with a ticket is shut like the ticket."""
        for rule in self.env["helpdesk.nda.rule"].search([]):
            rule.required = True
        self.env["helpdesk.escalation"].create(
            {"ticket_id": self.ticket.id, "to_team_id": self.team_l2.id, "reason": SECRET}
        )
        for role in (*NEEDY, "operation_manager"):
            env = self.env(user=self.users[role])
            for name, model in sorted(env.registry.items()):
                field = model._fields.get("ticket_id")
                hangs = field and field.store and field.comodel_name == "helpdesk.ticket"
                # handling times are the agents' own work, and name a ticket by its number alone
                if not hangs or model._abstract or model._transient or name == "helpdesk.handling":
                    continue
                if env[name].has_access("read"):
                    self.assertFalse(env[name].search_count([("ticket_id", "!=", False)]), (name, role))

    def test_nobody_shut_out_gets_work(self):
        """R9: the distribution hands nothing to whoever may not see it."""
        people = self.users["agent"] | self.users["leader"]
        self.give_nda(self.users["leader"])
        self.assertEqual(people.sudo()._can_take_work(), self.users["leader"])

    def test_nobody_shut_out_is_told(self):
        """R9: neither mail, nor inbox, nor the bus; those with an agreement hear of it."""
        self.give_nda(self.users["leader"])
        people = self.users["agent"] | self.users["leader"]
        self.ticket.message_subscribe(people.partner_id.ids)
        message = self.ticket.message_post(
            body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=people.partner_id.ids
        )
        self.assertEqual(message.notified_partner_ids & people.partner_id, self.users["leader"].partner_id)
        sent = []

        def note(users, *args, **kwargs):
            sent.extend(users)

        self.team_l2.member_ids = people
        with patch.object(self.registry["res.users"], "_bus_send", note):
            self.ticket.escalate(self.team_l2, "Perlu L2")
        self.assertIn(self.users["leader"], sent)
        self.assertNotIn(self.users["agent"], sent)

    # THE PAPER

    def test_what_was_signed_stays(self):
        nda = self.give_nda(self.users["agent"]).with_user(self.users["admin_support"])
        for vals in ({"valid_to": date(2030, 1, 1)}, {"document": PDF}, {"user_id": self.users["leader"].id}):
            with self.assertRaises(UserError):
                nda.write(vals)
        with self.assertRaises(UserError):
            nda.unlink()

    def test_what_is_missing_is_named(self):
        nda = self.give_nda(self.users["agent"], sign=False, document=False, signatory=False)
        with self.assertRaisesRegex(UserError, "Signed document.*Signed for the provider by|Dokumen.*"):
            nda.action_sign()
        with self.assertRaises(ValidationError):
            nda.document = b"PGh0bWw+"  # <html>
        with self.assertRaises(UserError):
            nda._revoke("never signed")

    def test_who_keeps_them(self):
        """R7: admin support files agreements; an agent reads their own and changes none."""
        own, other = self.give_nda(self.users["agent"]), self.give_nda(self.users["leader"])
        as_agent = self.env["helpdesk.nda"].with_user(self.users["agent"])
        self.assertEqual(as_agent.search([]) & (own | other), own)
        draft = self.give_nda(self.users["agent"], sign=False)
        with self.assertRaises(AccessError):
            draft.with_user(self.users["agent"]).action_sign()
        far = self.create_user("far", "group_supervisor", sites=self.site_east)
        self.assertFalse(self.env["helpdesk.nda"].with_user(far).search([]) & (own | other))
        wizard = self.env["helpdesk.nda.revoke"].with_user(self.users["admin_support"])
        wizard.create({"nda_id": own.id, "reason": "Left"}).action_revoke()
        self.assertEqual(own.status, "revoked")

    def test_states_in_lists(self):
        today = date(2026, 11, 20)
        agent = self.users["agent"]
        made = {
            "valid": self.give_nda(agent, date(2026, 1, 1), date(2026, 12, 31)),
            "ending": self.give_nda(agent, date(2026, 1, 1), date(2026, 12, 10)),
            "expired": self.give_nda(agent, date(2026, 1, 1), date(2026, 11, 19)),
            "upcoming": self.give_nda(agent, date(2026, 11, 21), date(2026, 12, 10)),
            "draft": self.give_nda(agent, sign=False),
        }
        everything = self.env["helpdesk.nda"].concat(*made.values())
        with freeze_all_time(datetime.combine(today, datetime.min.time())):
            everything.invalidate_recordset(["status"])
            for status, nda in made.items():
                self.assertEqual(nda.status, status)
                found = self.env["helpdesk.nda"].search([("status", "=", status), ("id", "in", everything.ids)])
                self.assertEqual(found, nda, status)
            self.assertEqual(agent.nda_state, "valid")

    # REMINDERS

    def test_reminders(self):
        """R8: 30, 7 and 1 day before the end and when it has ended, each once; none where the renewal is signed."""
        self.env["helpdesk.nda"].search([]).reminded_days = 0
        nda = self.give_nda(self.users["agent"], date(2026, 1, 1), LAST_DAY)
        renewed = self.give_nda(self.users["leader"], date(2026, 1, 1), LAST_DAY)
        self.give_nda(self.users["leader"], date(2026, 12, 1), date(2027, 1, 1), previous_id=renewed.id)
        told = {}
        for day in [date(2026, 10, 15) + timedelta(days=number) for number in range(60)]:
            for hour in (1, 9):
                with freeze_all_time(datetime(day.year, day.month, day.day, hour)):
                    self.env.invalidate_all()
                    before = self.messages(nda)
                    self.env["helpdesk.nda"]._cron_remind()
                    for message in self.messages(nda) - before:
                        told.setdefault(day, []).append(message)
        self.assertEqual(list(told), [date(2026, 10, 31), date(2026, 11, 23), date(2026, 11, 29), date(2026, 12, 1)])
        receivers = {partner for messages in told.values() for m in messages for partner in m.partner_ids}
        self.assertIn(self.users["agent"].partner_id, receivers)
        self.assertIn(self.users["admin_support"].partner_id, receivers)
        self.assertFalse(self.messages(renewed))

    def messages(self, nda):
        return self.env["mail.message"].search(
            [("model", "=", "helpdesk.nda"), ("res_id", "=", nda.id), ("message_type", "=", "user_notification")]
        )

    def test_notice_on_the_screen(self):
        """R8: days are those of the agent's site: at 02.00 in Jakarta it is the day before in UTC still."""
        agent = self.users["agent"]
        notice = self.env["res.users"].with_user(agent).get_nda_notice
        today = date(2026, 3, 4)
        with freeze_all_time(datetime(2026, 3, 3, 19, 0)):
            self.assertEqual(notice()["state"], "missing")
            self.give_nda(agent, today - timedelta(days=9), today + timedelta(days=5))
            self.env.invalidate_all()
            self.assertEqual((notice()["state"], notice()["days_left"]), ("ending", 5))
            self.give_nda(agent, today, today + timedelta(days=300))
            self.env.invalidate_all()
            self.assertEqual(notice(), {})


@tagged("post_install", "-at_install")
class TestNdaWeb(PeopleCase, HttpCase):
    """R9: the same over the network; R8: what Pusdatin sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(name=SECRET)
        cls.file = cls.env["ir.attachment"].create(
            {"name": "x.txt", "raw": SECRET.encode(), "res_model": "helpdesk.ticket", "res_id": cls.ticket.id}
        )
        cls.agent = cls.users["agent"]
        cls.agent.password = "agent-password"
        cls.agent.group_ids += cls.env.ref("base.group_allow_export")

    def everywhere(self, key):
        """What each address answers to somebody who is logged in, or comes with a key."""
        ticket = self.ticket
        export = {
            "model": "helpdesk.ticket", "fields": [{"name": "name", "label": "Name"}], "ids": False, "domain": [],
            "groupby": [], "import_compat": False, "context": {},
        }  # fmt: skip
        call = {"model": "helpdesk.ticket", "method": "web_search_read", "args": [],
                "kwargs": {"domain": [], "specification": {"name": {}}}}  # fmt: skip
        csrf = re.search(r'csrf_token: "([^"]+)"', self.url_open("/odoo").text)[1]
        return {
            "attachment": self.url_open(f"/web/content/{self.file.id}").text,
            "list": json.dumps(self.rpc("/web/dataset/call_kw", call)),
            "thread": json.dumps(
                self.rpc("/mail/thread/messages", {"thread_model": "helpdesk.ticket", "thread_id": ticket.id})
            ),
            "export": self.url_open("/web/export/csv", data={"data": json.dumps(export), "csrf_token": csrf}).text,
            "api": self.api(key, "search_read", {"domain": [], "fields": ["name"]}).text,
            "api by id": self.api(key, "read", {"ids": ticket.ids, "fields": ["name"]}).text,
        }

    def rpc(self, path, params):
        answer = self.url_open(
            path, data=json.dumps({"jsonrpc": "2.0", "params": params}), headers={"Content-Type": "application/json"}
        )
        return answer.json().get("result", {})

    def api(self, key, method, body):
        headers = {
            "Authorization": f"bearer {key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": self.env.cr.dbname,
        }
        return self.url_open(f"/json/2/helpdesk.ticket/{method}", data=json.dumps(body), headers=headers)

    def test_every_path(self):
        """R9: with the agreement each path shows the ticket, without it none does, in the same session."""
        today = fields.Date.context_today(self.agent)
        nda = self.give_nda(self.agent, today, today + timedelta(days=9))
        self.ticket.message_post(body=SECRET, message_type="comment", subtype_xmlid="mail.mt_comment")
        key = self.env["res.users.apikeys"].with_user(self.agent).sudo()._generate(
            "rpc", "test", fields.Datetime.now() + timedelta(days=1)
        )  # fmt: skip
        self.env.flush_all()
        self.authenticate("test_agent", "agent-password")
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"):
            open_paths = self.everywhere(key)
            self.assertIn(self.ticket.message_ids[0].id, self.thread_ids())
            nda._revoke("Test")
            self.env.flush_all()
            shut = self.everywhere(key)
        for path, answer in open_paths.items():
            if path != "thread":
                self.assertIn(SECRET, answer, path)
        for path, answer in shut.items():
            self.assertNotIn(SECRET, answer, path)
        self.assertNotIn(self.ticket.message_ids[0].id, self.thread_ids())

    def thread_ids(self):
        return self.rpc("/mail/thread/messages", {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}).get(
            "messages", []
        )

    def test_what_pusdatin_sees(self):
        """R8: everybody of the viewer's sites who needs an agreement, with the document; nobody of other sites."""
        nda = self.give_nda(self.agent)
        self.users["leader"].name = "=HYPERLINK(1)"
        far = self.create_user("far", "group_agent", sites=self.site_east)
        far_nda = self.give_nda(far, site=self.site_east)
        self.users["viewer"].password = "viewer-password"
        self.authenticate("test_viewer", "viewer-password")
        page = self.url_open("/my/helpdesk/agreements").text
        for name in (self.agent.name, nda.name, self.users["supervisor"].name):
            self.assertIn(name, page)
        for name in (far.name, self.users["expert"].name):
            self.assertNotIn(name, page)
        only = self.url_open("/my/helpdesk/agreements?state=valid").text
        self.assertIn(self.agent.name, only)
        self.assertNotIn(self.users["supervisor"].name, only)
        document = self.url_open(f"/my/helpdesk/agreements/{nda.id}/document")
        self.assertEqual(document.content, b"%PDF-1.4 signed")
        self.assertEqual(self.url_open(f"/my/helpdesk/agreements/{far_nda.id}/document").status_code, 404)
        table = self.url_open("/my/helpdesk/agreements.csv").content.decode("utf-8-sig")
        self.assertIn(nda.name, table)
        self.assertIn("'=HYPERLINK(1)", table)
        workbook = self.url_open("/my/helpdesk/agreements.xlsx")
        self.assertTrue(workbook.content.startswith(b"PK"))
        self.assertIn("attachment", workbook.headers["Content-Disposition"])

    def test_pages_are_pusdatins(self):
        self.give_nda(self.agent)
        self.authenticate("test_agent", "agent-password")
        for path in ("/my/helpdesk/agreements", "/my/helpdesk/agreements.csv"):
            self.assertEqual(self.url_open(path).status_code, 404)

    def test_table_keeps_text(self):
        content = table_file.to_csv([("Name", 10)], [["@x"], ["Ani"], [3], [None]]).decode("utf-8-sig")
        self.assertEqual(content.splitlines(), ["Name", "'@x", "Ani", "3", '""'])

import contextlib

from odoo import Command
from odoo.exceptions import AccessDenied
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import convert_file, mute_logger

from odoo.addons.kemenkes_helpdesk.tests.test_ledger import TICKET, LedgerCase


class AccountCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "ledger_user", password="ledger_user_1", groups="kemenkes_helpdesk.group_operation_manager"
        )

    def last(self, kind, **domain):
        conditions = [("kind", "=", kind), *((name, "=", value) for name, value in domain.items())]
        return self.Event.search(conditions, order="id desc", limit=1)


@tagged("post_install", "-at_install")
class TestLedgerRights(AccountCase):
    def test_groups_given_and_taken_from_the_user(self):
        """R27.b.2: rights given to an account and taken away are in the ledger, with the ids."""
        group = self.env.ref("kemenkes_helpdesk.group_quality")
        self.user.write({"group_ids": [Command.link(group.id)]})
        event = self.last("rights_changed", target_user_id=self.user.id)
        self.assertEqual(event.data["field"], "group_ids")
        self.assertEqual((event.data["added"], event.data["removed"]), ([group.id], []))
        self.assertIn(group.name, event.description)
        self.user.write({"group_ids": [Command.unlink(group.id)]})
        event = self.last("rights_changed", target_user_id=self.user.id)
        self.assertEqual((event.data["added"], event.data["removed"]), ([], [group.id]))

    def test_nothing_changed_nothing_noted(self):
        """R27.b.2: writing the rights an account has already is no change."""
        count = self.Event.search_count([])
        self.user.write({"group_ids": [Command.link(self.env.ref("kemenkes_helpdesk.group_operation_manager").id)]})
        self.assertEqual(self.Event.search_count([]), count)

    def test_members_from_the_other_end(self):
        """R27.b.2: the same right given from the group's, product's, site's or team's form is noted too."""
        product = self.env["helpdesk.product"].create({"name": "P", "code": "ledger-p"})
        team = self.env["helpdesk.team"].create({"name": "T", "site_id": self.site.id})
        group = self.env.ref("kemenkes_helpdesk.group_trainer")
        for record, name in ((product, "user_ids"), (self.site, "user_ids"), (team, "member_ids"), (group, "user_ids")):
            with self.subTest(model=record._name):
                record.write({name: [Command.link(self.user.id)]})
                data = self.last("rights_changed").data
                self.assertEqual((data["model"], data["record"]), (record._name, record.id))
                self.assertEqual(data["added"], [self.user.id])

    def test_account_made_archived_and_back(self):
        """R27.b.2: an account's life is in the ledger."""
        user = new_test_user(self.env, "ledger_new", groups="base.group_user")
        self.assertTrue(self.last("user_created", target_user_id=user.id))
        self.assertTrue(self.last("rights_changed", target_user_id=user.id).data["added"])
        user.active = False
        self.assertTrue(self.last("user_archived", target_user_id=user.id))
        user.active = True
        self.assertEqual(self.last("rights_changed", target_user_id=user.id).data, {"field": "active", "new": True})

    def test_password_changed(self):
        """R27.b.2: that a password changed is noted, what it is is not."""
        self.user.write({"password": "another_long_one"})
        self.assertEqual(self.last("rights_changed", target_user_id=self.user.id).data, {"field": "password"})

    def test_api_key(self):
        """R27.b.2: making and removing an API key is noted."""
        keys = self.env["res.users.apikeys"].with_user(self.user)
        keys.sudo()._generate(None, "key", None)
        event = self.last("rights_changed", target_user_id=self.user.id)
        self.assertEqual(event.data, {"model": "res.users.apikeys", "added": 1})
        keys.sudo().search([("user_id", "=", self.user.id)]).unlink()
        event = self.last("rights_changed", target_user_id=self.user.id)
        self.assertEqual(event.data, {"model": "res.users.apikeys", "removed": 1})

    def test_export(self):
        """R27.b.2: an export is noted with what and how much, and only for the helpdesk's data."""
        tickets = self.create_tickets(3).with_user(self.user)
        tickets.export_data(["name", "ticket_ref"])
        event = self.last("exported")
        self.assertEqual(event.user_id, self.user)
        self.assertEqual(event.data, {"model": "helpdesk.ticket", "count": 3, "fields": 2})
        count = self.Event.search_count([])
        self.env["res.lang"].search([]).export_data(["name"])
        self.assertEqual(self.Event.search_count([]), count)

    def test_view_once_in_a_while(self):
        """R27.b.2: opening a ticket is noted once, by each account; a list is not."""
        tickets = self.create_tickets(2)
        tickets.with_user(self.user).web_read({"name": {}})
        self.assertFalse(self.last("viewed", ticket_id=tickets[0].id))
        ticket = tickets[0]
        for _look in range(2):
            ticket.with_user(self.user).web_read({"name": {}, "description": {}})
        seen = self.Event.search([("kind", "=", "viewed"), ("ticket_id", "=", ticket.id)])
        self.assertEqual(seen.user_id, self.user)
        self.assertEqual(len(seen), 1)

    def test_attachments(self):
        """R27.b.2: files that come to a ticket or leave it are noted; other files are not."""
        ticket = self.create_tickets()
        upload = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a", "res_model": "mail.compose.message"})
        self.assertFalse(self.last("attachment_added", ticket_id=ticket.id))
        upload.write({"res_model": "helpdesk.ticket", "res_id": ticket.id})
        self.assertEqual(self.last("attachment_added", ticket_id=ticket.id).data, {"attachment": upload.id})
        upload.unlink()
        self.assertTrue(self.last("attachment_removed", ticket_id=ticket.id))

    def test_descriptions(self):
        """R27.b.2: each row reads as a sentence, also when what it tells of was deleted."""
        stage = self.env["helpdesk.stage"].search([], limit=1)
        rows = [
            {"kind": "stage_changed", "ticket_id": TICKET, "data": {"old": stage.id, "new": 999_999}},
            {"kind": "priority_changed", "ticket_id": TICKET, "data": {"old": "0", "new": "3"}},
            {"kind": "exported", "data": {"count": 3}},
            {"kind": "solved", "ticket_id": TICKET},
        ]
        found = self.Event.browse(self.Event._record(rows)).mapped("description")
        self.assertEqual(
            found,
            [f"Stage changed: {stage.name} → #999999", "Priority changed: Low → Urgent", "Exported: count 3", "Solved"],
        )

    def test_check_names_row_and_ticket(self):
        """R27.b.2: the check on the screen says in words which row of which ticket was changed."""
        ticket = self.create_tickets()
        check = self.env["helpdesk.event.check"].with_user(self.user).create({})
        check.action_check()
        self.assertEqual(check.state, "whole")
        self.assertEqual(check.event_count, self.Event.search_count([]))
        event = self.Event.search([("ticket_id", "=", ticket.id)], limit=1)
        with self.tampering() as execute:
            execute("UPDATE helpdesk_event SET team_id = 1 WHERE id = %s", [event.id])
        check.action_check()
        self.assertEqual(check.state, "broken")
        self.assertIn(f"Row {event.id}, ticket {ticket.ticket_ref}: changed.", check.result)

    def test_settings_are_audited(self):
        """R27.b.2: who changed a setting is logged by auditlog, a channel's secrets are not."""
        self.team.with_user(self.env.ref("base.user_admin")).write({"name": "Renamed"})
        lines = self.env["auditlog.log.line"].search(
            [("log_id.res_id", "=", self.team.id), ("field_name", "=", "name")]
        )
        self.assertTrue(lines.filtered(lambda line: line.log_id.model_id.model == "helpdesk.team"))
        channel = self.env["helpdesk.channel"].create({"name": "C", "team_id": self.team.id, "site_id": self.site.id})
        channel.write({"access_token": "very-secret", "name": "D"})
        lines = self.env["auditlog.log.line"].search([("log_id.res_id", "=", channel.id)])
        self.assertIn("D", " ".join(line.new_value or "" for line in lines))
        self.assertNotIn("very-secret", " ".join(line.new_value or "" for line in lines))

    def test_rules_of_auditlog_are_on(self):
        """R27.b.2: also those that an update brings; what an administrator has switched off stays off."""
        names = self.env["ir.model.data"].search([("model", "=", "auditlog.rule"), ("module", "=like", "kemenkes%")])
        rules = self.env["auditlog.rule"].browse(names.mapped("res_id"))
        self.assertEqual(set(rules.mapped("state")), {"confirmed"})
        addons = sorted(set(names.mapped("module")))
        off = rules[0]
        off.set_to_draft()
        names.filtered(lambda name: name.res_id == rules[1].id).unlink()
        rules[1].set_to_draft()
        rules[1].unlink()
        self.env.flush_all()
        later = "UPDATE auditlog_rule SET write_date = create_date + interval '1 second' WHERE id = %s"
        self.env.cr.execute(later, [off.id])
        self.env.invalidate_all()
        for addon in addons:
            convert_file(self.env, addon, "data/auditlog_rule_data.xml", {}, mode="update")
        again = self.env["ir.model.data"].search([("model", "=", "auditlog.rule"), ("module", "=like", "kemenkes%")])
        states = {rule: rule.state for rule in self.env["auditlog.rule"].browse(again.mapped("res_id"))}
        self.assertEqual(len(states), len(rules))
        self.assertEqual([rule for rule, state in states.items() if state != "confirmed"], [off])


@tagged("post_install", "-at_install")
class TestLedgerLogin(AccountCase, HttpCase):
    def test_log_in_and_out(self):
        """R27.b.2: logging in and out is noted, in the account's own name."""
        self.authenticate(None, None)
        self.url_login("ledger_user_1")
        event = self.last("logged_in", user_id=self.user.id)
        self.assertEqual(event.real_user_id, self.user)
        self.assertEqual(event.data, {"method": "password", "second_factor_pending": False})
        self.url_open("/web/session/logout", allow_redirects=False)
        event = self.last("logged_out")
        self.assertEqual((event.user_id, event.real_user_id), (self.user, self.user))

    def test_failed_log_in(self):
        """R27.b.2: a failed log-in stays though its request is rolled back; what was typed is not kept."""
        self.authenticate(None, None)
        with mute_logger("odoo.addons.base.models.res_users"):
            self.url_login("wrong")
            event = self.last("login_failed", user_id=self.user.id)
            self.assertEqual(event.real_user_id, self.env.ref("base.public_user"))
            self.assertEqual(event.data, {"known": True})
            self.url_login("wrong", login="nobody_of_that_name")
        event = self.last("login_failed")
        self.assertEqual(event.user_id, self.env.ref("base.public_user"))
        self.assertEqual(event.data, {"known": False})

    def url_login(self, password, login="ledger_user"):
        from odoo import http

        data = {"login": login, "password": password, "csrf_token": http.Request.csrf_token(self)}
        return self.url_open("/web/login", data=data, allow_redirects=False)

    def test_failed_rpc(self):
        """R27.b.2: a wrong password by RPC is noted too."""
        # not assertRaises: it would roll back what the other cursor of the test wrote
        with contextlib.suppress(AccessDenied):
            self.env["res.users"]._check_uid_passwd(self.user.id, "wrong")
            self.fail("A wrong password was accepted.")
        self.assertTrue(self.last("login_failed", user_id=self.user.id))

    def test_view_in_a_read_only_request(self):
        """R27.b.2: opening the form in the browser, a read-only request, is noted without replaying it."""
        ticket = self.create_tickets()
        self.authenticate("ledger_user", "ledger_user_1")
        params = {"model": ticket._name, "method": "web_read", "args": [ticket.ids, {"name": {}}], "kwargs": {}}
        with self.assertNoLogs("odoo.http", "WARNING"):
            self.make_jsonrpc_request("/web/dataset/call_kw/helpdesk.ticket/web_read", params)
        event = self.last("viewed", ticket_id=ticket.id)
        self.assertEqual((event.user_id, event.real_user_id), (self.user, self.user))

    def test_download(self):
        """R27.b.2: fetching a ticket's file is noted once, in the name of who did it."""
        ticket = self.create_tickets()
        values = {"name": "a.txt", "raw": b"a", "res_model": ticket._name, "res_id": ticket.id}
        attachment = self.env["ir.attachment"].create(values)
        self.authenticate("ledger_user", "ledger_user_1")
        for _piece in range(2):
            self.assertEqual(self.url_open(f"/web/content/{attachment.id}?download=true").content, b"a")
        fetched = self.Event.search([("kind", "=", "attachment_downloaded"), ("ticket_id", "=", ticket.id)])
        self.assertEqual(fetched.mapped("real_user_id"), self.user)
        self.assertEqual(len(fetched), 1)
        self.assertEqual(fetched.data, {"attachment": attachment.id})

    def test_becoming_the_superuser_does_not_hide_who(self):
        """R27.b.2: who switches to the superuser is still the real user of what follows."""
        self.user.group_ids += self.env.ref("base.group_system")
        self.authenticate("ledger_user", "ledger_user_1")
        self.url_open("/web/become", allow_redirects=False)
        team = self.team
        args = [[team.id], {"member_ids": [[4, self.user.id]]}]
        params = {"model": team._name, "method": "write", "args": args, "kwargs": {}}
        self.make_jsonrpc_request("/web/dataset/call_kw/helpdesk.team/write", params)
        event = self.last("rights_changed")
        self.assertEqual(event.user_id, self.env.ref("base.user_root"))
        self.assertEqual(event.real_user_id, self.user)

    def test_no_session_id_in_auditlog(self):
        """R27.b.2: auditlog keeps a digest, not the session's id."""
        session = self.authenticate("ledger_user", "ledger_user_1")
        self.user.group_ids += self.env.ref("kemenkes_helpdesk.group_manager")
        args = [[self.team.id], {"name": "Renamed"}]
        params = {"model": "helpdesk.team", "method": "write", "args": args, "kwargs": {}}
        self.make_jsonrpc_request("/web/dataset/call_kw/helpdesk.team/write", params)
        names = self.env["auditlog.http.session"].search([("user_id", "=", self.user.id)]).mapped("name")
        self.assertTrue(names)
        self.assertNotIn(session.sid, names)
        self.assertFalse([name for name in names if session.sid[:20] in name])

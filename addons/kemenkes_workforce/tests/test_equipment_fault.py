from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .people_common import PeopleCase

REPORTED = datetime(2026, 11, 27, 20, 0)


@tagged("post_install", "-at_install")
class TestEquipmentFault(PeopleCase):
    """R19: what an agent works with is repaired or replaced within 24 hours."""

    def report(self, moment=REPORTED, by="agent", name="No sound"):
        faults = self.env["maintenance.request"].with_user(self.users[by]).with_context(helpdesk_fault=True)
        view = "kemenkes_workforce.maintenance_request_view_form_fault"
        with freeze_all_time(moment), Form(faults, view) as form:
            form.name = name
        return form.record

    def at(self, moment, fault):
        with freeze_all_time(moment):
            fault.invalidate_recordset(["fault_state"])
            return fault.fault_state

    def test_the_clock(self):
        """R19: 24 hours by the clock, day and night, across midnight."""
        fault = self.report()
        self.assertEqual(fault.helpdesk_site_id, self.site)
        self.assertEqual(fault.owner_user_id, self.users["agent"])
        self.assertEqual(fault.due_date, datetime(2026, 11, 28, 20, 0))
        for hours, state in (
            (0, "open"),
            (19.9, "open"),
            (20, "soon"),
            (23.9, "soon"),
            (24, "overdue"),
            (99, "overdue"),
        ):
            moment = REPORTED + timedelta(hours=hours)
            self.assertEqual(self.at(moment, fault), state, hours)
            with freeze_all_time(moment):
                found = self.env["maintenance.request"].search([("fault_state", "=", state)])
                self.assertIn(fault, found)
                others = {"open", "soon", "overdue", "in_time", "late"} - {state}
                self.assertNotIn(fault, found.search([("fault_state", "in", list(others))]))

    def test_mended(self):
        """R19: repaired or replaced, in time or late, with figures that can be added up."""
        in_time, late = self.report(name="In time"), self.report(name="Late")
        with freeze_all_time(REPORTED + timedelta(hours=24)):
            in_time.with_user(self.users["admin_support"]).action_repaired()
            self.env.flush_all()
        with freeze_all_time(REPORTED + timedelta(hours=30)):
            late.with_user(self.users["admin_support"]).action_replaced()
            self.env.flush_all()
        self.assertEqual((in_time.outcome, in_time.mending_hours, in_time.in_time_percent), ("repaired", 24, 100))
        self.assertEqual((late.outcome, late.mending_hours, late.in_time_percent), ("replaced", 30, 0))
        self.assertEqual((in_time.fault_state, late.fault_state), ("in_time", "late"))
        ((share, hours),) = self.env["maintenance.request"]._read_group(
            [("id", "in", (in_time | late).ids)], [], ["in_time_percent:avg", "mending_hours:avg"]
        )
        self.assertEqual((share, hours), (50, 27))
        with self.assertRaises(UserError):
            late.action_repaired()

    def test_opened_again(self):
        """It was not mended after all: the clock has run all the time."""
        fault = self.report()
        with freeze_all_time(REPORTED + timedelta(hours=3)):
            fault.action_repaired()
            fault.stage_id = self.env["maintenance.stage"].search([("done", "=", False)], limit=1)
        self.assertFalse(fault.mended_date)
        self.assertEqual(self.at(REPORTED + timedelta(hours=25), fault), "overdue")

    def test_who_sees_which(self):
        """R7: an agent their own, a leader the site's, admin support all; other maintenance is no fault."""
        own, of_leader = self.report(), self.report(by="leader")
        plain = self.env["maintenance.request"].create({"name": "The lift"})
        everything = own | of_leader | plain
        for role, wanted in (("agent", own), ("leader", own | of_leader), ("admin_support", own | of_leader)):
            found = self.env["maintenance.request"].with_user(self.users[role]).search([("id", "in", everything.ids)])
            self.assertEqual(found, wanted, role)
        far = self.create_user("far", "group_team_leader", sites=self.site_east)
        self.assertFalse(self.env["maintenance.request"].with_user(far).search([("id", "in", everything.ids)]))
        self.assertFalse(plain.fault_state)

    def test_warnings(self):
        """R19: told before it is too late, and once more when it is; not again."""
        self.env["maintenance.request"].search([("helpdesk_site_id", "!=", False)]).unlink()
        self.report()
        told = []
        for hours in (1, 19, 20, 21, 24, 25, 48):
            before = self.notices()
            with freeze_all_time(REPORTED + timedelta(hours=hours)):
                self.env.invalidate_all()
                self.env["maintenance.request"]._cron_warn()
            if self.notices() > before:
                told.append(hours)
        self.assertEqual(told, [20, 24])

    def notices(self):
        partner = self.users["admin_support"].partner_id
        return self.env["mail.message"].search_count(
            [("partner_ids", "in", partner.ids), ("message_type", "=", "user_notification")]
        )

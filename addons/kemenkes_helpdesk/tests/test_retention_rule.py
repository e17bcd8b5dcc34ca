from datetime import datetime
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .common import HelpdeskCase

MOMENT = datetime(2026, 3, 3, 3, 0)


@tagged("post_install", "-at_install")
class TestRetentionRule(HelpdeskCase):
    """UU 27/2022: data is kept no longer than its purpose needs; a rule erases it, figures and the log stay whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = (
            cls.env["helpdesk.retention.rule"]
            .with_user(cls.users["manager"])
            .create({"name": "Two years", "months": 24, "product_ids": cls.product_a.ids})
        )
        cls.old = cls.customer_of("Lama", months=25)
        cls.fresh = cls.customer_of("Baru", months=23)
        cls.waiting = cls.customer_of("Menunggu", months=25, kind="open")
        cls.other_product = cls.customer_of("Lain", months=25)
        cls.closed_ticket(cls.other_product, 30, product_id=cls.product_b.id)
        cls.kept = cls.customer_of("Sengketa", months=25)
        cls.kept.write({"keeps_personal_data": True, "keep_reason": "Dispute"})

    @classmethod
    def customer_of(cls, name, months, kind="closed"):
        customer = cls.env["res.partner"].create({"name": name, "email": f"{name.lower()}@customer.example"})
        cls.closed_ticket(customer, months, kind)
        return customer

    @classmethod
    def closed_ticket(cls, customer, months, kind="closed", **values):
        values = {"product_id": cls.product_a.id, "partner_id": customer.id, **values}
        with freeze_all_time(MOMENT - relativedelta(months=months)):
            ticket = cls.create_ticket(**values)
            ticket.stage_id = cls.env["helpdesk.stage"]._get_by_kind(kind)
            cls.env.flush_all()
        return ticket

    def night(self):
        with freeze_all_time(MOMENT), self.enter_registry_test_mode():
            self.env.ref("kemenkes_helpdesk.ir_cron_retention").method_direct_trigger()
        self.env.invalidate_all()

    def test_what_goes(self):
        with freeze_all_time(MOMENT):
            self.assertEqual(self.rule._due_customers(), self.old)
        self.night()
        self.assertEqual(self.old.email, "lama@customer.example", "a rule erases before it is switched on")
        self.assertEqual(self.rule.due_count, 1)
        self.rule.is_on = True
        self.night()
        self.assertFalse(self.old.email)
        self.assertTrue(self.old.erasure_date)
        self.assertEqual((self.rule.erased_count, self.rule.due_count), (1, 0))
        for customer in (self.fresh, self.waiting, self.other_product, self.kept):
            self.assertTrue(customer.email, customer.name)
        self.assertFalse(self.env["helpdesk.event"].verify(), "the log's chain is broken")
        self.night()
        self.assertEqual(self.rule.erased_count, 1, "erased twice")

    def test_opening_the_list_goes_through_no_tickets(self):
        """The figure is last night's; pressing it finds those of now."""
        with patch.object(self.registry["helpdesk.retention.rule"], "_due_customers", side_effect=AssertionError):
            self.rule.web_search_read([], {"name": {}, "due_count": {}})
        reader = self.rule.with_user(self.users["operation_manager"])
        with freeze_all_time(MOMENT):
            action = reader.action_open_due()
        self.assertEqual((action["domain"][0][2], reader.due_count), (self.old.ids, 1))

    def test_what_must_be_kept(self):
        with self.assertRaisesRegex(UserError, "must be kept"):
            self.kept._erase_personal_data("requested")

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.users["operation_manager"]).is_on = True

    def test_register(self):
        """UU 27/2022, article 31: the register of processing is shipped, read by managers, kept by administrators."""
        entries = self.env["helpdesk.processing"].with_user(self.users["operation_manager"]).search([])
        self.assertGreaterEqual(len(entries), 5)
        self.assertTrue(all(entry.purpose and entry.retention and entry.categories for entry in entries))
        with self.assertRaises(AccessError):
            entries[0].purpose = "Other"
        due = entries[0].with_user(self.users["manager"])
        due.review_date = "2020-01-01"
        self.assertTrue(due.is_review_due)

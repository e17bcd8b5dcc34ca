from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..tools.export_datasets import DATASETS


@tagged("post_install", "-at_install")
class TestDatabaseLoginForm(HelpdeskCase):
    """R12: log-ins to the database are made by administrators; what they may read is tests/tooling's to prove."""

    def create_login(self, **values):
        logins = self.env["helpdesk.database.login"].with_user(self.users["manager"])
        return logins.create({"name": "Metabase", **values})

    def test_without_the_databases_administrator_nothing_is_made(self):
        login = self.create_login()
        self.assertIn("pusdatin_login.sql", login.obstacle)
        with self.assertRaises(UserError):
            login.action_create_login()
        self.assertEqual((login.state, login.role_name), ("draft", False))
        self.env["helpdesk.database.login"]._cron_watch()

    def test_administrators_only(self):
        login = self.create_login()
        for role in ("supervisor", "analyst", "admin_support", "operation_manager", "viewer"):
            with self.assertRaises(AccessError):
                login.with_user(self.users[role]).action_create_login()
            with self.assertRaises(AccessError):
                login.with_user(self.users[role]).action_revoke()

    def test_limits(self):
        login = self.create_login()
        for values in ({"connection_limit": 0}, {"connection_limit": 21}, {"statement_seconds": 3601}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                login.sudo().write(values)
                login.flush_recordset()
        login.sudo().state = "active"
        with self.assertRaises(UserError):
            login.expiry_date = fields.Date.today()
        with self.assertRaises(UserError):
            login.unlink()

    def test_a_list_does_not_become_empty_by_itself(self):
        """An empty list opens everything: what stands in one is not deleted."""
        product = self.env["helpdesk.product"].create({"name": "Percobaan", "code": "test-percobaan"})
        site = self.env["helpdesk.site"].create({"name": "Percobaan", "code": "test-percobaan"})
        self.create_login(product_ids=product.ids, site_ids=site.ids)
        self.env.flush_all()
        for record in (product, site):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                record.unlink()

    def test_a_view_for_each_dataset_under_its_columns(self):
        """Names stay: who reads downloads and who reads views means the same."""
        self.env.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'pusdatin'"
        )
        found = set(self.env.cr.fetchall())
        self.assertEqual(found, {(dataset.name, column.name) for dataset in DATASETS for column in dataset.columns})

    def test_name_of_the_role(self):
        login = self.create_login(name="Dinkes “Jawa”; DROP ROLE odoo --")
        self.assertRegex(login._prepare_role_name(), r"^pusdatin_[a-z0-9_]{1,40}$")
        login.name = "データ"
        self.assertRegex(login._prepare_role_name(), r"^pusdatin_login_[0-9a-f]{8}$")

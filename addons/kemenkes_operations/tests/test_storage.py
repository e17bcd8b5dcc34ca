from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

from ..models import helpdesk_storage_sample

TODAY = date(2026, 3, 30)  # a Monday


@tagged("post_install", "-at_install")
class TestStorage(HelpdeskCase):
    """R17: storage use is shown, forecast and warned about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = cls.env["helpdesk.storage.sample"]
        cls.samples.search([]).unlink()

    def history(self, name, sizes, capacity=0, kind="disk"):
        """One sample a day, the last one today."""
        self.samples.search([("name", "=", name)]).unlink()
        self.samples.create(
            [
                {"date": TODAY - timedelta(days=days), "kind": kind, "name": name, "size": size, "capacity": capacity}
                for days, size in enumerate(reversed(sizes))
            ]
        )
        return self.env["helpdesk.storage.report"].search([("name", "=", name)])

    def test_a_straight_line(self):
        """10 MB a day: 300 a month, and 1,000 MB of room are full in a hundred days."""
        row = self.history("data", [4000 + 10 * day for day in range(101)], capacity=6000)
        self.assertEqual((row.size, row.date), (5000, TODAY))
        self.assertAlmostEqual(row.growth_month, 300, places=3)
        self.assertAlmostEqual(row.size_year, 8650, places=3)
        self.assertAlmostEqual(row.used_share, 5 / 6, places=4)
        self.assertEqual(row.full_date, TODAY + timedelta(days=100))

    def test_what_grew_long_ago_does_not_count(self):
        row = self.history("data", [100 * day for day in range(50)] + [5000] * 120, capacity=6000)
        self.assertAlmostEqual(row.growth_month, 0)
        self.assertFalse(row.full_date)

    def test_one_sample_and_none(self):
        self.assertFalse(self.env["helpdesk.storage.report"].search([]))
        row = self.history("data", [10], capacity=100)
        self.assertFalse(row.growth_month)
        self.assertFalse(row.full_date)

    @settings(max_examples=25, deadline=None)
    @given(sizes=st.lists(st.floats(0, 1e7), min_size=2, max_size=8), capacity=st.floats(0, 1e8))
    def test_a_date_is_told_only_where_it_grows_and_never_in_the_past(self, sizes, capacity):
        row = self.history("data", sizes, capacity=capacity)
        if row.full_date:
            self.assertGreaterEqual(row.full_date, TODAY)
            self.assertGreater(row.growth_month, 0)

    def test_a_sample_of_everything(self):
        """Disk, database, files, tables and each site; a second sample on one day replaces the first."""
        ticket = self.create_ticket()
        self.env["ir.attachment"].create(
            {"name": "a.bin", "raw": b"x" * 2**20, "res_model": "helpdesk.ticket", "res_id": ticket.id}
        )
        self.env.flush_all()
        self.samples._take(TODAY)
        self.samples._take(TODAY)
        found = self.samples.search([])
        self.assertEqual(set(found.mapped("kind")), {"disk", "database", "files", "table", "site"})
        site = found.filtered(lambda sample: sample.site_id == self.site)
        self.assertEqual((round(site.size, 1), site.row_count), (1.0, 1))
        database = found.filtered(lambda sample: sample.kind == "database")
        self.assertEqual(database.capacity, 2048 * 1024)
        self.assertLessEqual(sum(found.filtered(lambda sample: sample.kind == "table").mapped("size")), database.size)

    def test_administrators_are_told_on_mondays(self):
        self.history("data", [100, 110, 120], capacity=500)
        told = []
        manager = self.users["manager"]

        def note(user, subject, lines):
            if user == manager:
                told.append((subject, lines))

        with (
            patch.object(self.registry["res.users"], "_notify_in_one", note),
            patch.object(helpdesk_storage_sample.HelpdeskStorageSample, "_take", lambda self, day: None),
        ):
            for day in (TODAY, TODAY + timedelta(days=1)):
                with freeze_time(day):
                    self.samples._cron_sample()
        # in the manager's language
        self.assertEqual([[line.split()[0], line.split()[-1]] for _subject, (line,) in told], [["data:", "2026-05-07"]])

    def test_nobody_changes_a_sample(self):
        self.history("data", [1, 2])
        for role in ("manager", "operation_manager"):
            sample = self.samples.with_user(self.users[role]).search([("name", "=", "data")], limit=1)
            with self.assertRaises(AccessError):
                sample.size = 0

import csv
import gc
import io
import os
import tempfile
import weakref
import zipfile
from contextlib import closing
from datetime import datetime, timedelta
from unittest.mock import patch

import openpyxl
import pandas as pd
import xlrd
import xlwt
from psycopg2.errors import SerializationFailure

from odoo import fields, sql_db
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_dashboard.controllers.export import STREAMS
from odoo.addons.kemenkes_dashboard.models.helpdesk_export import KEEP_TRIES
from odoo.addons.kemenkes_dashboard.tools import export_file
from odoo.addons.kemenkes_dashboard.tools.export_datasets import BY_NAME, DATASETS
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase
from odoo.addons.kemenkes_helpdesk.tools.personal_data import MASK

EVIL = ("=1+1", "+62811", "-2+3", "@SUM(A1)", "\t=1", "\r=1")
MOMENT = datetime(2026, 11, 27, 9, 30, 5)
DICTIONARY = ("Data dictionary", [("Column", "Meaning"), ("a", "first")])


@tagged("post_install", "-at_install")
class TestExportFile(TransactionCase):
    """R12: files that spreadsheets and programs open as they were meant."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, kind, rows, labels=("a", "b", "c", "d", "e"), is_indonesian=False):  # pylint: disable=method-required-super
        writer = export_file.WRITERS[kind](os.path.join(self.folder, "x"), labels, is_indonesian, DICTIONARY)
        writer.write(rows)
        writer.close()
        return writer.parts

    def rows(self):
        plain = [['Budi; "x"\nbaris dua, é😀', 12, 3.5, MOMENT, True], [None, 0, -1.25, None, False]]
        return plain + [[text, 1, 1.0, MOMENT, True] for text in EVIL]

    def test_csv(self):
        (path,) = self.write("csv", self.rows())
        with path.open(newline="", encoding="utf-8") as file:
            read = list(csv.reader(file))
        self.assertEqual(read[1], ['Budi; "x"\nbaris dua, é😀', "12", "3.5", "2026-11-27 09:30:05", "1"])
        self.assertEqual(read[2], ["", "0", "-1.25", "", "0"])
        self.assertEqual([row[0] for row in read[3:]], [f"'{text}" for text in EVIL])
        frame = pd.read_csv(path)
        self.assertEqual((len(frame), frame["b"].sum()), (8, 18))

    def test_indonesian_csv(self):
        (path,) = self.write("csv", self.rows(), is_indonesian=True)
        self.assertTrue(path.read_bytes().startswith(b"\xef\xbb\xbf"))
        frame = pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig")
        self.assertEqual(list(frame.columns), list("abcde"))
        self.assertEqual((frame["c"][0], frame["d"][0]), (3.5, "27/11/2026 09:30:05"))

    def test_xlsx(self):
        (path,) = self.write("xlsx", self.rows())
        book = openpyxl.load_workbook(path)
        sheet = book["Data"]
        self.assertEqual([cell.value for cell in sheet[1]], list("abcde"))
        self.assertEqual(sheet["B2"].value, 12)
        self.assertEqual((sheet["C2"].value, sheet["D2"].value, sheet["E2"].value), (3.5, MOMENT, True))
        # none is a formula ("f"), whatever it looks like
        self.assertEqual({cell.data_type for cell in sheet["A"]} - {"n"}, {"s"})
        self.assertEqual(sheet.max_row, 9)
        self.assertEqual(book["Data dictionary"]["A2"].value, "a")
        self.assertEqual(len(pd.read_excel(path, sheet_name="Data")), 8)

    def test_xls(self):
        (path,) = self.write("xls", self.rows())
        book = xlrd.open_workbook(path)
        sheet = book.sheet_by_name("Data")
        self.assertEqual(sheet.nrows, 9)
        self.assertEqual(sheet.cell_value(1, 1), 12)
        self.assertEqual(xlrd.xldate_as_datetime(sheet.cell_value(1, 3), book.datemode), MOMENT)
        self.assertEqual({cell.ctype for cell in sheet.col(0)[3:]}, {xlrd.XL_CELL_TEXT})
        self.assertEqual(len(pd.read_excel(path, sheet_name="Data", engine="xlrd")), 8)

    def test_more_rows_than_the_format_holds(self):
        with patch.object(export_file.XlsFile, "max_rows", 4):
            parts = self.write("xls", [[count] for count in range(8)], labels=("a",))
        self.assertEqual(len(parts), 3)
        archive = zipfile.ZipFile(export_file.pack(parts))
        numbers = []
        for name in archive.namelist():
            sheet = xlrd.open_workbook(file_contents=archive.read(name)).sheet_by_index(0)
            self.assertEqual(sheet.cell_value(0, 0), "a")
            numbers += sheet.col_values(0)[1:]
        self.assertEqual(numbers, list(range(8)))
        self.assertEqual((export_file.XLS_ROWS, export_file.XLSX_ROWS), (65_536, 1_048_576))

    def test_a_part_is_forgotten_once_it_is_saved(self):
        """Memory does not grow with the parts of an XLS, however late Python looks for circles by itself."""
        alive, add_sheet = [], xlwt.Workbook.add_sheet

        def watch(book, *args):
            sheet = add_sheet(book, *args)
            alive.append(weakref.ref(sheet))
            return sheet

        gc.disable()
        self.addCleanup(gc.enable)
        with patch.object(xlwt.Workbook, "add_sheet", watch), patch.object(export_file.XlsFile, "max_rows", 4):
            self.write("xls", [[count] for count in range(8)], labels=("a",))
        self.assertEqual([sheet() for sheet in alive], [None] * 6)

    def test_strange_text(self):
        """Letters that XML can't hold, and more of them than a cell holds: no file is broken by them."""
        for kind in ("xlsx", "xls"):
            (path,) = self.write(kind, [["a\x00b\x1bc", 1], ["😀" * 40_000, 2]], labels=("a", "b"))
            frame = pd.read_excel(path, sheet_name="Data", engine={"xls": "xlrd"}.get(kind))
            self.assertEqual(frame["a"][0], "abc")
            self.assertTrue(frame["a"][1].endswith("[…]"))

    def test_without_rows(self):
        for kind in export_file.WRITERS:
            (path,) = self.write(kind, [])
            self.assertTrue(path.stat().st_size)


class ExportCase(HelpdeskCase, HttpCase):
    """Two products' tickets, with personal data, and accounts that download."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        for user in cls.users.values():
            user.password = f"{user.login}-Kata-Sandi-1"
        cls.ticket = cls.create_ticket(name="=HYPERLINK(1)", description="NIK 3171234567890123")
        cls.customer_says(cls.ticket, "Nomor saya 081234567890")
        cls.agent_says(cls.ticket, "Kami periksa")
        cls.ticket.with_user(cls.users["agent"]).message_post(
            body="catatan dalam", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        cls.foreign = cls.create_ticket(product_id=cls.product_b.id)
        cls.env.flush_all()

    def log_in(self, login):
        user = self.users[login]
        self.authenticate(user.login, f"{user.login}-Kata-Sandi-1")

    def fetch(self, path, login=None):
        if login:
            self.log_in(login)
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200, response.text[:300])
        return list(csv.DictReader(io.StringIO(response.text)))

    def run_job(self):
        """What the job does, without its commits: the test's transaction stays one."""
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_options: 60):
            self.env["helpdesk.export"]._cron_run()
        self.env.invalidate_all()

    def make(self, login, **values):
        """Order a download and make it; the export, and the bytes of its file."""
        export = self.env["helpdesk.export"].with_user(self.users[login]).create({"dataset": "tickets", **values})
        self.run_job()
        return export, export.sudo().attachment_id.raw


@tagged("post_install", "-at_install")
class TestExport(ExportCase):
    """R12: Pusdatin and managers download raw data themselves, masked as they see it."""

    def test_rows_and_masks_are_the_receivers(self):
        """R27.a.3: own products only; who sees data masked gets it masked; the ledger knows."""
        for login in ("viewer", "analyst", "operation_manager"):
            with self.subTest(login):
                rows = {row["reference"]: row for row in self.fetch("/helpdesk/export/tickets.csv", login)}
                row = rows[self.ticket.ticket_ref]
                self.assertEqual(self.foreign.ticket_ref in rows, login == "operation_manager")
                self.assertNotIn("siti@customer", str(rows))
                self.assertIn(MASK, row["customer_email"])
                self.assertEqual("3171234567890123" in row["description"], login == "operation_manager")
                self.assertTrue(row["subject"].startswith("'="))
                self.assertEqual(row["product"], "Product A")
                event = self.env["helpdesk.event"].search([("kind", "=", "exported")], order="id desc", limit=1)
                self.assertEqual((event.user_id, event.data["count"]), (self.users[login], len(rows)))
        self.users["analyst"].group_ids += self.env.ref("kemenkes_helpdesk.group_personal_data")
        rows = self.fetch("/helpdesk/export/tickets.csv", "analyst")
        self.assertIn("siti@customer.example", str(rows))

    def test_messages_in_full(self):
        texts = [row["text"] for row in self.fetch("/helpdesk/export/messages.csv", "operation_manager")]
        self.assertIn("Nomor saya 081234567890", texts)
        self.assertIn("catatan dalam", texts)
        rows = self.fetch("/helpdesk/export/messages.csv", "viewer")
        self.assertNotIn("catatan dalam", str(rows))
        self.assertNotIn("081234567890", str(rows))
        self.assertEqual({row["direction"] for row in rows} - {"in", "out", "auto"}, set())

    def test_every_dataset(self):
        # the row that tells of the export is not in the snapshot of the export's transaction; a test has only one
        self.startPatcher(patch.object(self.registry["helpdesk.event"], "_record_apart", lambda *_args: []))
        for dataset in DATASETS:
            with self.subTest(dataset.name):
                self.fetch(f"/helpdesk/export/{dataset.name}.csv", "operation_manager")
                rows = self.url_open(f"/helpdesk/export/{dataset.name}/dictionary.csv").text.splitlines()
                self.assertEqual(len(rows), len(dataset.columns) + 2)

    def test_calls_with_transcripts(self):
        """R28.b.1: what was said, masked as on screens; calls without a ticket by the receiver's lists."""
        line = self.env["helpdesk.channel"].create(
            {
                "name": "Hotline", "kind": "call", "site_id": self.site.id, "team_id": self.team_l1.id,
                "product_id": self.product_a.id,
            }
        )  # fmt: skip
        started = fields.Datetime.now() - timedelta(hours=1)
        call, elsewhere, missed = self.env["helpdesk.call"].sudo().create(
            [
                {
                    "channel_id": line.id, "number": "+6281234567890", "user_id": self.users["agent"].id,
                    "start_date": started, "is_manual": False, "talk_seconds": 75, **values,
                }
                for values in (
                    {"ticket_id": self.ticket.id, "note": "Nomor 081234567890"},
                    {"ticket_id": self.foreign.id},
                    {"state": "missed", "user_id": False},
                )
            ]
        )  # fmt: skip
        self.env["helpdesk.call.transcript"].sudo().create(
            [
                {"call_id": call.id, "engine": engine, "state": "done", "text": text}
                for engine, text in (("one", "NIK saya 3171234567890123"), ("two", "=Terima kasih"))
            ]
        )
        self.env.flush_all()
        for login, ids in (
            ("operation_manager", {call.id, elsewhere.id, missed.id}),
            ("analyst", {call.id, missed.id}),
            ("viewer", {call.id, missed.id}),
        ):
            with self.subTest(login):
                rows = {int(row["id"]): row for row in self.fetch("/helpdesk/export/calls.csv", login)}
                self.assertEqual(rows.keys() & {call.id, elsewhere.id, missed.id}, ids)
                row = rows[call.id]
                self.assertEqual((row["ticket"], row["talk_seconds"]), (self.ticket.ticket_ref, "75"))
                self.assertIn(MASK, row["number"])
                is_masked = login != "operation_manager"
                self.assertEqual("3171234567890123" in row["transcript"], not is_masked)
                self.assertEqual("081234567890" in row["note"], not is_masked)
                self.assertIn("\n=Terima kasih", row["transcript"])

    def test_figures_are_days(self):
        """R27.c.1: the figures behind the reports as raw data; a day is a day, whatever the receiver's clock."""
        self.env["helpdesk.kpi.day"].sudo().create(
            [
                {"date": day, "site_id": self.site.id, "product_id": product.id, "created": created}
                for day, product, created in (
                    ("2026-03-02", self.product_a, 3),
                    ("2026-03-03", self.product_a, 5),
                    ("2026-03-02", self.product_b, 100),
                )
            ]
        )
        self.env.flush_all()
        rows = self.fetch("/helpdesk/export/figures.csv?from=2026-03-02&to=2026-03-02", "viewer")
        self.assertEqual([(row["date"], row["created"]) for row in rows], [("2026-03-02", "3")])
        days = {"date_from": "2026-03-02", "date_to": "2026-03-03"}
        for file_format, engine in (("xlsx", None), ("xls", "xlrd")):
            _export, raw = self.make("viewer", dataset="figures", file_format=file_format, **days)
            frame = pd.read_excel(io.BytesIO(raw), sheet_name="Data", engine=engine)
            self.assertEqual([*frame["date"]], [datetime(2026, 3, 2), datetime(2026, 3, 3)])
            self.assertEqual([*frame["created"]], [3, 5])

    def test_dictionary_page(self):
        self.log_in("viewer")
        page = self.url_open("/my/helpdesk/export/dictionary")
        self.assertEqual(page.status_code, 200)
        for dataset in self.env["helpdesk.export.dataset"].with_user(self.users["viewer"])._datasets():
            self.assertIn(f'id="{dataset.name}"', page.text)
        self.assertNotIn('id="agent_status"', page.text)
        self.log_in("agent")
        self.assertEqual(self.url_open("/my/helpdesk/export/dictionary").status_code, 404)

    def test_who_may_not(self):
        for login in ("agent", "supervisor", "trainer", "admin_support"):
            self.log_in(login)
            self.assertEqual(self.url_open("/helpdesk/export/tickets.csv").status_code, 404, login)
            self.assertEqual(self.url_open("/my/helpdesk/export").status_code, 404, login)
        with self.assertRaises(AccessError):
            self.env["helpdesk.export"].with_user(self.users["agent"]).create({})
        self.log_in("viewer")
        self.assertEqual(self.url_open("/helpdesk/export/agent_status.csv").status_code, 404)
        self.assertEqual(self.url_open("/helpdesk/export/res_users.csv").status_code, 404)

    def test_period_and_filters(self):
        """R27.b.4: days are those of the reader's clock: 20:00 UTC is tomorrow in Jakarta."""
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-03-01 20:00:00' WHERE id = %s", [self.ticket.id]
        )
        for query, found in (
            ("from=2026-03-02&to=2026-03-02", True),
            ("from=2026-03-01&to=2026-03-01", False),
            (f"from=2026-03-02&to=2026-03-02&product={self.product_a.id}", True),
            (f"from=2026-03-02&to=2026-03-02&site={self.site_east.id}", False),
            (f"to=2026-03-02&category={self.category.id}", False),
        ):
            with self.subTest(query):
                rows = self.fetch(f"/helpdesk/export/tickets.csv?{query}", "analyst")
                self.assertEqual(self.ticket.ticket_ref in [row["reference"] for row in rows], found)
        for query in ("from=kemarin", "to=0001-01-01", "product=1;2", "site=-1"):
            self.assertEqual(self.url_open(f"/helpdesk/export/tickets.csv?{query}").status_code, 400)

    def test_made_in_the_background(self):
        for file_format, engine in (("csv", None), ("xlsx", None), ("xls", "xlrd")):
            with self.subTest(file_format):
                export, raw = self.make("analyst", file_format=file_format, date_from=False, date_to=False)
                self.assertEqual((export.state, export.error), ("done", False))
                file = io.BytesIO(raw)
                frame = (
                    pd.read_excel(file, sheet_name="Data", engine=engine) if file_format != "csv" else pd.read_csv(file)
                )
                self.assertEqual(len(frame), export.row_count)
                self.assertEqual(export.row_count, export.expected_count)
                self.assertIn(self.ticket.ticket_ref, list(frame["reference"]))
                self.assertNotIn(self.foreign.ticket_ref, list(frame["reference"]))
        notice = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["analyst"].partner_id.ids)], order="id desc", limit=1
        )
        self.assertIn(export.sudo().token, str(notice.body))

    def test_link_is_its_receivers_and_ends(self):
        export, raw = self.make("viewer", file_format="csv")
        path = f"/helpdesk/export/file/{export.id}/{export.sudo().token}"
        self.log_in("viewer")
        self.assertEqual(self.url_open(path).content, raw)
        # a download that broke off goes on
        part = self.url_open(path, headers={"Range": "bytes=3-9"})
        self.assertEqual((part.status_code, part.content), (206, raw[3:10]))
        # another last letter than the token's, whichever that is
        self.assertEqual(self.url_open(path[:-1] + ("y" if path.endswith("x") else "x")).status_code, 404)
        self.log_in("manager")
        self.assertEqual(self.url_open(path).status_code, 404)
        self.log_in("viewer")
        export.sudo().expiry_date = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 404)
        self.env["helpdesk.export"]._gc_expired()
        self.assertEqual((export.state, export.sudo().attachment_id.id), ("expired", False))

    def test_form_of_the_portal(self):
        self.log_in("viewer")
        page = self.url_open("/my/helpdesk/export")
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "dataset": "messages", "format": "xlsx", "from": "2026-01-01", "to": "2026-12-31"}
        self.assertEqual(self.url_open("/my/helpdesk/export", data=data).status_code, 200)
        export = self.env["helpdesk.export"].search([("user_id", "=", self.users["viewer"].id)])
        self.assertEqual((export.dataset, export.file_format, export.state), ("messages", "xlsx", "queued"))
        self.assertEqual(self.url_open("/my/helpdesk/export", data={**data, "from": "2027-01-01"}).status_code, 422)
        self.assertEqual(self.url_open("/my/helpdesk/export", data={**data, "format": "exe"}).status_code, 400)
        # a viewer can't order what only colleagues may have
        self.assertEqual(
            self.url_open("/my/helpdesk/export", data={**data, "dataset": "agent_status"}).status_code, 422
        )

    def test_not_too_many_at_once(self):
        exports = self.env["helpdesk.export"].with_user(self.users["analyst"])
        exports.create([{} for _count in range(5)])
        with self.assertRaises(ValidationError):
            exports.create({})

    def test_streams_at_once(self):
        """R12: two CSV files run at once; then a program is told when to ask again, a browser's file is ordered."""
        path = "/helpdesk/export/tickets.csv"
        self.log_in("analyst")
        with closing(sql_db.db_connect(self.env.cr.dbname).cursor()) as cr:
            for place in range(STREAMS):
                cr.execute("SELECT pg_advisory_xact_lock(hashtext('helpdesk_export_stream'), %s)", [place])
            answer = self.url_open(path)
            self.assertEqual((answer.status_code, answer.headers["Retry-After"]), (503, "10"))
            answer = self.url_open(path, headers={"Accept": "text/html,*/*"}, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            self.assertEqual(self.env["helpdesk.export"].search([], limit=1).file_format, "csv")
        for _number in range(STREAMS + 1):
            # each gives its place back
            self.assertTrue(self.fetch(path))

    def test_nobody_orders_for_another(self):
        export = (
            self.env["helpdesk.export"].with_user(self.users["analyst"]).create({"user_id": self.users["manager"].id})
        )
        self.assertEqual(export.user_id, self.users["analyst"])
        with self.assertRaises(AccessError):
            export.with_user(self.users["manager"]).read(["state"])

    def test_rights_that_were_lost_meanwhile(self):
        export = self.env["helpdesk.export"].with_user(self.users["analyst"]).create({"file_format": "csv"})
        self.users["analyst"].group_ids -= self.env.ref("kemenkes_helpdesk.group_analyst")
        self.users["analyst"].group_ids += self.env.ref("kemenkes_helpdesk.group_agent")
        self.run_job()
        self.assertEqual(export.sudo().state, "failed")

    def test_missing_rows_are_a_failure(self):
        """The count that was asked first must come: a file with fewer rows is not handed out."""
        datasets = self.registry["helpdesk.export.dataset"]
        whole = datasets._fetch

        def lossy(records, dataset, source):
            for rows in whole(records, dataset, source):
                yield rows[1:]

        with patch.object(datasets, "_fetch", lossy):
            export, raw = self.make("analyst", file_format="csv", date_from=False, date_to=False)
        self.assertEqual((export.state, raw), ("failed", False))
        self.assertTrue(export.error)

    def test_others_write_the_ledger_meanwhile(self):
        """R12: a finished file is entered once more when its row of the ledger met another's, and only so often."""
        exports = self.registry["helpdesk.export"]
        record, tries = exports._record_exported, []

        def meet_others(export):
            tries.append(export)
            if len(tries) in met:
                raise SerializationFailure
            record(export)

        with patch.object(exports, "_record_exported", meet_others):
            met = range(1, KEEP_TRIES)
            export, raw = self.make("analyst", file_format="csv", date_from=False, date_to=False)
            self.assertEqual((export.state, len(tries)), ("done", KEEP_TRIES))
            self.assertEqual(raw.count(b"\n"), export.row_count + 1)
            self.assertEqual(self.env["ir.attachment"].search_count([("res_model", "=", export._name)]), 1)
            met = range(1, 10 * KEEP_TRIES)
            with mute_logger("odoo.addons.kemenkes_dashboard.models.helpdesk_export"):
                export, raw = self.make("analyst", file_format="csv", date_from=False, date_to=False)
            self.assertEqual((export.state, raw, len(tries)), ("failed", False, 2 * KEEP_TRIES))

    def test_dictionary_names_every_column(self):
        self.assertEqual(len(BY_NAME), len(DATASETS))
        for dataset in DATASETS:
            names = [column.name for column in dataset.columns]
            self.assertEqual(len(names), len(set(names)))
            for column in dataset.columns:
                self.assertTrue(self.env["helpdesk.export.dataset"]._meaning(dataset, column).strip(":. "))

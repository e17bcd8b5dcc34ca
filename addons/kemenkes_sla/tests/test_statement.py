import base64
import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .sla_common import SlaCase


@tagged("post_install", "-at_install")
class TestStatement(SlaCase):
    """R14, R25.c.2: the month's contract figures, with the rules used and the breaches, as PDF and XLSX."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.target"].search([]).active = False
        cls.policy = cls.create_policy(minutes=60, name="First response <1h> & more")
        cls.env["helpdesk.target"].create({"metric": "first_response", "goal": 60})

    def setUp(self):
        super().setUp()
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        self.kept, self.broken, self.excused = (self.create_ticket() for _number in range(3))
        self.wait(30)
        self.agent_says(self.kept, "Hello")
        self.wait(90)
        self.agent_says(self.broken, "Sorry")
        self.agent_says(self.excused, "Sorry")
        status = self.Status.search([("ticket_id", "=", self.excused.id), ("sla_id", "=", self.policy.id)])
        excuse = self.env["helpdesk.sla.excuse"].with_user(self.users["leader"])._ask(status, "client", "=1+1 & <b>")
        excuse.with_user(self.users["operation_manager"]).action_approve()
        self.wait(days=31)

    def prepare(self, **values):
        statement = (
            self.env["helpdesk.statement"]
            .with_user(self.users["operation_manager"])
            .create({"month": "2026-03-17", **values})
        )
        statement.action_prepare()
        return statement

    def line(self, statement):
        return statement.line_ids.filtered(lambda line: line.sla_id == self.policy)

    def test_figures_of_the_month(self):
        """R14: met, breached and excused as in the report; R1.b.2: the average against its target."""
        statement = self.prepare()
        self.assertEqual(str(statement.month), "2026-03-01")
        self.assertRecordValues(
            self.line(statement),
            [{"value": 50, "goal": 99, "counted": 2, "breached": 1, "excused": 1, "result": "missed"}],
        )
        average = statement.line_ids - self.line(statement)
        self.assertEqual((average.value, average.goal, average.result), ((30 + 120 + 120) / 3, 60, "missed"))
        self.assertEqual((statement.breach_count, statement.excused_count), (1, 1))
        behind = self.line(statement).action_open_records()
        rows = self.env["helpdesk.sla.attainment"].search(behind["domain"])
        self.assertEqual(rows.ticket_id, self.kept | self.broken | self.excused)

    def test_the_month_is_that_of_jakarta(self):
        """R14: the first of April begins at 17.00 UTC."""
        self.now = self.now.replace(month=3, day=31, hour=16, minute=50)
        self.env["helpdesk.sla.version"].search([]).valid_from = self.at(-1)
        late = self.create_ticket()
        self.wait(5)
        self.agent_says(late, "Hello")
        march = self.prepare()
        self.assertEqual(self.line(march).counted, 3)
        self.assertEqual(march._bounds()[1].isoformat(), "2026-03-31T17:00:00")

    def test_pdf_and_workbook_hold_the_breaches(self):
        """R25.c.2: numbers of tickets, reasons and approvers; no word of a customer, and nothing that runs."""
        import openpyxl

        statement = self.prepare(note="Remark <b>")
        pages = PdfFileReader(io.BytesIO(base64.b64decode(statement.pdf_file))).pages
        text = "".join(page.extract_text() for page in pages)
        workbook = openpyxl.load_workbook(io.BytesIO(base64.b64decode(statement.xlsx_file)))
        cells = [str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]
        for shown in (self.broken.ticket_ref, self.excused.ticket_ref, "Test operation_manager", "Remark <b>"):
            self.assertTrue(any(shown in cell for cell in cells), shown)
            self.assertIn(shown.split()[0], text)
        formula = next(
            cell for sheet in workbook for row in sheet.iter_rows() for cell in row if "=1+1" in str(cell.value)
        )
        self.assertEqual(formula.data_type, "s")
        for hidden in (self.broken.name, self.customer.name, self.customer.email):
            self.assertNotIn(hidden, text)
            self.assertFalse(any(hidden in cell for cell in cells), hidden)

    def breach_cells(self, statement):
        """The sheet of breaches, row by row, without its head."""
        import openpyxl

        workbook = openpyxl.load_workbook(io.BytesIO(base64.b64decode(statement.xlsx_file)))
        return [[cell.value for cell in row] for row in workbook.worksheets[1].iter_rows(min_row=5)]

    def test_each_breach_has_its_reason(self):
        """R14: what the clock waited for, also where nobody asked for an excuse; with one, both."""
        cells = {row[0]: row for row in self.breach_cells(self.prepare().with_context(lang="en_US"))}
        causes = dict(self.Status._fields["cause"]._description_selection(self.env))
        excused = dict(self.env["helpdesk.sla.excuse"]._fields["reason"]._description_selection(self.env))["client"]
        self.assertEqual(cells[self.broken.ticket_ref][6], causes["unassigned"])
        self.assertEqual(cells[self.excused.ticket_ref][6], f"{causes['unassigned']}. {excused}: =1+1 & <b>")

    def test_many_breaches_are_prepared_by_a_job(self):
        """R14: whoever asked is told when it is ready; read and laid out in batches, each breach is there once."""
        self.now = self.at(24 * 60)
        tickets = [self.create_ticket() for _number in range(7)]
        self.wait(61)
        self.sweep()
        self.wait(days=40)
        module = "odoo.addons.kemenkes_sla"
        with (
            patch(f"{module}.models.helpdesk_statement.BREACHES_AT_ONCE", 5),
            patch(f"{module}.models.helpdesk_statement.BATCH", 2),
            patch(f"{module}.report.statement_pdf.BATCH", 2),
        ):
            statement = self.prepare()
            self.assertFalse(statement.pdf_file)
            self.assertEqual(statement.asked_by_id, self.users["operation_manager"])
            with self.assertRaises(UserError):
                statement.action_make_final()
            with self.enter_registry_test_mode():
                self.env.ref("kemenkes_sla.ir_cron_statement").method_direct_trigger()
        self.assertFalse(statement.asked_by_id)
        numbers = [row[0] for row in self.breach_cells(statement)]
        self.assertEqual(sorted(numbers), sorted(one.ticket_ref for one in [self.broken, self.excused, *tickets]))
        pages = PdfFileReader(io.BytesIO(base64.b64decode(statement.pdf_file))).pages
        text = "".join(page.extract_text() for page in pages)
        for ticket in tickets:
            self.assertEqual(text.count(ticket.ticket_ref), 1)
        reader = self.users["operation_manager"]
        name = statement.with_context(lang=reader.lang).display_name
        told = self.env["mail.message"].search([("body", "like", name)])
        self.assertIn(reader.partner_id, told.notified_partner_ids)

    def test_final_stays(self):
        """R14: what was handed out stays, whatever is excused later; opening it again is in the ledger."""
        statement = self.prepare()
        statement.action_make_final()
        for change in (
            statement.action_prepare,
            statement.unlink,
            lambda: statement.write({"note": "x"}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(self.line(statement).value, 50)
        statement.action_make_draft()
        statement.action_prepare()
        rows = self.env["helpdesk.event"].sudo().search([("kind", "=", "statement_changed")], order="id")
        self.assertEqual([row.data["state"] for row in rows], ["final", "draft"])

    def test_only_the_operation_manager_prepares(self):
        """R7: supervisors and analysts read."""
        statement = self.prepare()
        for role in ("supervisor", "analyst"):
            self.assertTrue(statement.with_user(self.users[role]).line_ids)
            with self.assertRaises(AccessError):
                statement.with_user(self.users[role]).action_prepare()
            with self.assertRaises(AccessError):
                statement.with_user(self.users[role]).action_make_final()
        with self.assertRaises(AccessError):
            statement.with_user(self.users["agent"]).read(["pdf_name"])

    def test_nothing_prepared_is_not_final(self):
        statement = self.env["helpdesk.statement"].create({})
        with self.assertRaises(UserError):
            statement.action_make_final()

import io
import json
import zipfile

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .email_common import EmailCase, make_mail


@tagged("post_install", "-at_install")
class TestPortability(EmailCase, HttpCase):
    """UU 27/2022, articles 7 and 13: a customer gets a copy of all that is known, and nothing of anybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mail = make_mail(text="NIK saya 3275014512900004", sender="Budi <budi@rs.example>")
        cls.event = cls.inbox._receive_pushed_email(cls.channel_email, mail)
        cls.inbox._process_pending()
        cls.ticket = cls.event.ticket_id
        cls.ticket.write({"team_id": cls.team_l1.id, "product_id": cls.product_a.id})
        cls.budi = cls.ticket.partner_id
        cls.agent_says(cls.ticket, "Sudah kami perbarui.")
        cls.ticket.message_post(body="Catatan di antara kami", subtype_xmlid="mail.mt_note")
        cls.env["ir.attachment"].create(
            {"name": "../ktp.txt", "res_model": "helpdesk.ticket", "res_id": cls.ticket.id, "raw": b"isi"}
        )
        other = cls.create_ticket(name="Punya Siti")
        cls.customer_says(other, "Kata Siti")
        other.merge_into(cls.ticket)

    def archive(self, login="manager"):
        self.authenticate(f"test_{login}", f"test_{login}")
        return self.url_open(f"/helpdesk/personal-data/{self.budi.id}")

    def test_copy(self):
        answer = self.archive()
        self.assertEqual(answer.status_code, 200)
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        content = json.loads(archive.read("data.json"))
        self.assertEqual(content["person"][0]["email"], "budi@rs.example")
        self.assertEqual([ticket["reference"] for ticket in content["tickets"]], [self.ticket.ticket_ref])
        said = [message["text"] for message in content["messages"]]
        self.assertEqual(said, ["NIK saya 3275014512900004", "Sudah kami perbarui."], "unmasked, and no notes")
        self.assertEqual({row["address"] for row in content["addresses"]}, {"budi@rs.example"})
        self.assertNotIn("Siti", archive.read("data.json").decode())
        page = archive.read("data.html").decode()
        self.assertIn("3275014512900004", page)
        files = [name for name in archive.namelist() if name.startswith("files/")]
        self.assertEqual([archive.read(name) for name in files if name.endswith("ktp.txt")], [b"isi"])
        self.assertFalse([name for name in files if ".." in name], "a file's name leads out of its folder")
        row = self.env["helpdesk.event"].sudo().search([("kind", "=", "exported")], order="id desc", limit=1)
        self.assertEqual((row.user_id, row.data["customer"]), (self.users["manager"], self.budi.id))

    def test_only_administrators(self):
        for login in ("agent", "supervisor", "operation_manager", "admin_support"):
            self.assertEqual(self.archive(login).status_code, 404, login)
            with self.assertRaises(AccessError):
                self.budi.with_user(self.users[login]).action_export_personal_data()
        self.authenticate("test_manager", "test_manager")
        for partner in (self.users["agent"].partner_id, self.env.company.partner_id):
            self.assertEqual(self.url_open(f"/helpdesk/personal-data/{partner.id}").status_code, 404)
        self.assertEqual(self.url_open("/helpdesk/personal-data/999999999").status_code, 404)

    def test_who_looked(self):
        """The access log of one customer, from rows that nobody can change."""
        self.ticket.with_user(self.users["agent"]).action_reveal_personal_data()
        self.env.flush_all()
        action = self.budi.with_user(self.users["manager"]).action_open_personal_data_access()
        rows = self.env["helpdesk.event"].with_user(self.users["manager"]).search(action["domain"])
        self.assertIn(("revealed", self.users["agent"]), [(row.kind, row.user_id) for row in rows])

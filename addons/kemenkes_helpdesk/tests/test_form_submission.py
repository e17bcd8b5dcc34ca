from odoo.tests import BaseCase, tagged

from ..tools import form_submission as form


@tagged("post_install", "-at_install")
class TestFormSubmission(BaseCase):
    """What visitors type (R24.a)."""

    def test_phone_is_read_as_indonesian(self):
        for text in ("0812 3456 7890", "+62 812-3456-7890", "62812 34567890", "(0812) 3456.7890"):
            self.assertEqual(form.clean_phone(text), "+6281234567890", text)
        self.assertEqual(form.clean_phone("+65 6221 1234"), "+6562211234")
        for text in ("", "12", "abc", "0812", "1" * 50):
            self.assertIsNone(form.clean_phone(text), text)

    def test_email(self):
        self.assertEqual(form.clean_email(" Budi@Contoh.ID "), "budi@contoh.id")
        for text in (
            "",
            "budi",
            "budi@salah",
            "a b@c.id",
            "a@b@c.id",
            "a@b..id",
            "x@y.id\nBcc: z@y.id",
            "a" * 250 + "@b.id",
        ):
            self.assertIsNone(form.clean_email(text), text)

    def test_digest_ignores_case_blanks_and_punctuation(self):
        self.assertEqual(form.text_digest("Tidak  BISA masuk!!"), form.text_digest("tidak bisa\nmasuk"))
        self.assertNotEqual(form.text_digest("tidak bisa masuk"), form.text_digest("bisa masuk"))

    def test_file_names(self):
        self.assertEqual(form.clean_file_name("C:\\foto\\layar.png"), "layar.png")
        self.assertEqual(form.clean_file_name("../../etc/passwd"), "passwd")
        self.assertEqual(form.clean_file_name(".."), "file")
        self.assertTrue(form.clean_file_name("a" * 300 + ".pdf").endswith("a.pdf"))
        self.assertEqual(form.extension("foto.PNG"), "png")
        self.assertEqual(form.extension(".png"), "")

    def test_links(self):
        self.assertEqual(form.count_links("lihat https://a.id dan www.b.id atau c.id"), 2)

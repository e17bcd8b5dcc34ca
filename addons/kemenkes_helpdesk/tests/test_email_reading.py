from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_helpdesk.providers import email

NOW = datetime(2026, 11, 24)
GMAIL_ID = (
    "Masih belum bisa.\n\nPada Sen, 23 Nov 2026 pukul 09.00 Halo Kemkes <halo@x.example>\nmenulis:\n\n> Coba lagi.\n"
)
OUTLOOK_ID = (
    "Sudah.\n\nDari: Halo Kemkes\nDikirim: Senin, 23 November 2026 09.00\nKepada: Budi\nPerihal: OTP\n\nCoba lagi.\n"
)
INLINE = "Pada Sen, 23 Nov 2026 Halo <halo@x.example> menulis:\n> Nomor HP?\n0812\n> Alamat?\nJakarta\n"


def read(head, body=b"Halo"):
    return email.parse(head.encode() + b"\n\n" + body, NOW)


@tagged("post_install", "-at_install")
class TestEmailReading(BaseCase):
    """R24.a: raw bytes to neutral records, whatever the sender's program did wrong."""

    def test_head(self):
        mail = read(
            "From: =?utf-8?q?Siti_=22A=22=2C_dr=2E?= <SITI@RS.example>\nTo: halo@x.example, Ani <ani@rs.example>\n"
            "Cc: =?iso-8859-1?q?Andr=E9?= <a@x.example>\nDelivered-To: halo+hd-1-ab@x.example\n"
            "Subject: =?utf-8?b?T1RQIOKAkw==?= gagal\nMessage-ID: <1@x>\nIn-Reply-To: <0@x>\nReferences: <a@x> <0@x>\n"
            "Date: Mon, 23 Nov 2026 09:00:00 +0700"
        )
        self.assertEqual(mail.sender, email.Address("siti@rs.example", 'Siti "A", dr.'))
        self.assertEqual([address.email for address in mail.to], ["halo@x.example", "ani@rs.example"])
        self.assertEqual(mail.cc[0].name, "André")
        self.assertEqual(mail.recipients[0], "halo+hd-1-ab@x.example")
        self.assertEqual(mail.subject, "OTP – gagal")
        self.assertEqual(mail.thread_ids, ["<0@x>", "<a@x>"])
        self.assertEqual(mail.date, datetime(2026, 11, 23, 2))
        self.assertFalse(mail.defects)

    def test_charsets(self):
        """Wrong, unknown and missing charsets are repaired; nothing that a database refuses is left."""
        cases = {
            ("utf-8", "Terima kasih – ya".encode()): "Terima kasih – ya",
            ("us-ascii", "naïve".encode()): "naïve",
            ("iso-8859-1", "caf\xe9 \x93ya\x94".encode("latin-1")): "café “ya”",
            ("utf-8", "caf\xe9".encode("latin-1")): "café",
            ("x-unknown-99", b"ya"): "ya",
            ("hex", b"ya"): "ya",
            ("gb2312", "你好，囧".encode("gb18030")): "你好，囧",
            ("utf-8", b"a\x00b\r\nc"): "ab\nc",
        }
        for (charset, raw), text in cases.items():
            with self.subTest(charset=charset, raw=raw):
                head = f"From: a@x.example\nContent-Type: text/plain; charset={charset}"
                self.assertEqual(read(head, raw).body, [("plain", text)])

    def test_raw_8bit_header(self):
        raw = b"From: a@x.example\nSubject: Obat \xe2\x80\x93 habis\nTo: Andr\xe9 <b@x.example>\n\nya"
        mail = email.parse(raw, NOW)
        self.assertEqual(mail.subject, "Obat – habis")
        self.assertEqual(mail.to[0].name, "André")

    def test_impossible_dates(self):
        for date in ("Mon, 23 Nov 2096 09:00:00 +0700", "Thu, 01 Jan 1970 00:00:00 +0000", "kemarin", "Mon, 99 Foo"):
            with self.subTest(date=date):
                mail = read(f"From: a@x.example\nDate: {date}")
                self.assertIsNone(mail.date)
                self.assertTrue([defect for defect in mail.defects if defect.endswith("Date")])

    def test_parts(self):
        """Of alternatives the HTML is shown; files, inline pictures and forwarded mails are attachments."""
        mail = read(
            'From: a@x.example\nContent-Type: multipart/mixed; boundary="o"',
            b"--o\nContent-Type: multipart/related; boundary=r\n\n"
            b"--r\nContent-Type: multipart/alternative; boundary=i\n\n"
            b"--i\nContent-Type: text/plain\n\nteks\n"
            b"--i\nContent-Type: text/html\n\n<b>teks</b><img src='cid:p1'>\n--i--\n"
            b"--r\nContent-Type: image/png; name=p.png\nContent-ID: <p1>\n"
            b"Content-Transfer-Encoding: base64\n\naGFsbw==\n--r--\n"
            b"--o\nContent-Type: message/rfc822\n\nFrom: b@x.example\nSubject: lama\n\nisi lama\n"
            b"--o\nContent-Type: application/pdf\n"
            b"Content-Disposition: attachment; filename*=utf-8''r%C3%A9s..%2Fum%C3%A9.pdf\n"
            b"\n%PDF\n--o--\n",
        )
        self.assertEqual(mail.body, [("html", "<b>teks</b><img src='cid:p1'>")])
        self.assertEqual(mail.text, "teks")
        self.assertEqual(
            [(file.name, file.cid) for file in mail.attachments],
            [("p.png", "p1"), ("forwarded.eml", ""), ("rés.._umé.pdf", "")],
        )
        self.assertEqual(mail.attachments[0].content, b"halo")

    def test_broken_mime(self):
        """A missing end, a boundary that never comes and a header that is none still give what was written."""
        for raw in (
            b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhalo ini",
            b"From: a@x.example\nContent-Type: multipart/mixed\n\nhalo ini",
            b'From: a@x.example\nContent-Type: text/plain; charset="\nContent-Transfer-Encoding: base64\n\nhalo ini!!',
            b"\r\n\r\nFrom: a@x.example\nthis is no header\n\nhalo ini",
        ):
            with self.subTest(raw=raw):
                mail = email.parse(raw, NOW)
                self.assertTrue(mail.readable)
                self.assertEqual(mail.sender.email, "a@x.example")
                shown = " ".join(text for _kind, text in mail.body)
                files = b" ".join(file.content for file in mail.attachments)
                self.assertTrue("halo ini" in shown or b"halo ini" in files or "no header" in shown, mail)

    def test_never_raises(self):
        deep = b"From: a@x.example\n" + b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2000)
        )
        for raw in (b"", b"\x00\xff\xfe", b"\n\n\n", b"From:" * 1000, deep, bytes(range(256)) * 50):
            mail = email.parse(raw, NOW)
            self.assertIsInstance(mail, email.Mail)
            self.assertTrue(email.fingerprint(raw))
            email.read_headers(raw)
        self.assertFalse(email.parse(b"\x00\xff\xfe", NOW).readable)

    def test_classes(self):
        """RFC 3834, RFC 3464, RFC 5965, and what mail systems write instead."""
        cases = [
            ("Subject: halo", "normal", False),
            ("Subject: Automatic reply: is it me?", "normal", False),
            ("Auto-Submitted: auto-replied", "auto_reply", True),
            ("Auto-Submitted: no", "normal", False),
            ("Auto-Submitted: auto-generated", "normal", True),
            ("Auto-Submitted: auto-generated\nIn-Reply-To: <1@x>", "auto_reply", True),
            ("X-Autoreply: yes", "auto_reply", True),
            ("Precedence: bulk\nSubject: Balasan otomatis: sedang cuti", "auto_reply", True),
            ("Precedence: bulk\nSubject: Buletin", "normal", True),
            ("X-Auto-Response-Suppress: All\nSubject: Out of office", "auto_reply", True),
            ("List-Id: <l.x.example>", "normal", True),
            ("Return-Path: <>\nSubject: Undelivered Mail Returned to Sender", "bounce", True),
        ]
        for head, kind, quiet in cases:
            with self.subTest(head=head):
                mail = read(f"From: a@x.example\n{head}")
                self.assertEqual((mail.kind, mail.no_auto_reply), (kind, quiet))

    def test_bounce(self):
        mail = read(
            'From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"',
            b"--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
            b"Final-Recipient: rfc822; Budi@rs.example\nAction: failed\nStatus: 5.1.1\n"
            b"Diagnostic-Code: smtp; 550 no such user\n\n"
            b"--b\nContent-Type: message/rfc822\n\nFrom: halo@x.example\nMessage-ID: <abc@x.example>\n\nHalo\n--b--\n",
        )
        self.assertEqual(mail.kind, "bounce")
        self.assertEqual(mail.bounce.recipient, "budi@rs.example")
        self.assertEqual(mail.bounce.status, "5.1.1")
        self.assertIn("no such user", mail.bounce.diagnostic)
        self.assertEqual(mail.bounce.original_message_ids, ["<abc@x.example>"])
        self.assertTrue(mail.bounce.failed)

    def test_delay_is_no_failure(self):
        mail = read(
            'From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"',
            b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
            b"Final-Recipient: rfc822; b@x.example\n"
            b"Action: delayed\nStatus: 4.4.1\n--b--\n",
        )
        self.assertFalse(mail.bounce.failed)

    def test_fingerprint(self):
        """One mail through two servers is one; two mails with the same Message-ID are two."""
        raw = b"From: a@x.example\r\nSubject: s\r\nMessage-ID: <1@x>\r\n\r\nhalo\r\n"
        other_way = (
            b"Delivered-To: z@x.example\nReceived: by mx2\nMessage-ID: <1@x>\nFrom: a@x.example\nSubject: s\n\nhalo\n"
        )
        self.assertEqual(email.fingerprint(raw), email.fingerprint(other_way))
        self.assertNotEqual(email.fingerprint(raw), email.fingerprint(raw.replace(b"halo", b"lain")))
        self.assertNotEqual(email.fingerprint(b"satu paragraf\n\nx"), email.fingerprint(b"lain paragraf\n\nx"))

    def test_quotes_of_indonesian_and_english_clients(self):
        english = "Still no.\n\nOn Mon, 23 Nov 2026 at 09:00, Halo <halo@x.example> wrote:\n> Try again.\n"
        original = "Belum.\n\n-----Pesan Asli-----\nDari: Halo\n"
        phone = "Belum bisa.\n\nDikirim dari iPhone saya\n\nPada 23 Nov 2026, Halo menulis:\n\n> Coba\n"
        signature = "Belum.\n-- \nBudi\nRS Sehat\n"
        for text, said in (
            (GMAIL_ID, "Masih belum bisa."),
            (OUTLOOK_ID, "Sudah."),
            (english, "Still no."),
            (original, "Belum."),
            (phone, "Belum bisa."),
            (signature, "Belum."),
        ):
            with self.subTest(text=text):
                shown, folded = email.split_text(text)
                self.assertEqual(shown.strip(), said)
                self.assertEqual(shown + folded, text, "nothing is cut")

    def test_words_that_only_look_like_quotes(self):
        """Answers between the quoted lines, thanks at the end, and mails that are all quote stay visible."""
        for text in (
            INLINE,
            "Pada hari Senin saya menulis: tidak bisa masuk.\nTerima kasih\nBudi\n",
            "> semua kutipan\n",
            "Dari: rumah\nsaya tidak bisa masuk\n",
        ):
            with self.subTest(text=text):
                self.assertEqual(email.split_text(text), (text, ""))

    def test_html_quotes(self):
        outlook = (
            "<div class='WordSection1'><p>Sudah bisa.</p><div><div style='border-top:solid #E1E1E1 1.0pt'>"
            "<p><b>Dari:</b> Halo<br><b>Dikirim:</b> Senin<br><b>Kepada:</b> Budi</p></div></div>"
            "<p>Coba lagi.</p></div>"
        )
        html = email.fold_html(outlook)
        self.assertNotIn(email.fold_html("<p>Sudah bisa.</p>"), "data-o-mail-quote")
        self.assertIn("<p>Sudah bisa.</p>", html)
        self.assertIn('<p data-o-mail-quote="1">Coba lagi.</p>', html)
        plain = "<p>Dari kemarin saya tidak bisa masuk.</p><p>Tolong.</p>"
        self.assertEqual(email.fold_html(plain), plain)
        phone = email.fold_html("<p>Ya.</p><p>Dikirim dari iPhone saya</p>")
        self.assertIn('<p data-o-mail-quote="1">Dikirim dari iPhone saya</p>', phone)

    def test_tokens(self):
        """Only who holds the key makes a token; case doesn't matter, a changed ticket number does."""
        token = email.make_token(b"key", 42)
        self.assertEqual(email.find_tokens(f"<1.2-openerp-{token.upper()}@x> halo+{token}@x"), [token, token])
        self.assertEqual(email.ticket_of_token(b"key", token), 42)
        self.assertIsNone(email.ticket_of_token(b"other key", token))
        self.assertIsNone(email.ticket_of_token(b"key", token.replace("hd-42", "hd-43")))

    def test_subject_references(self):
        self.assertEqual(
            email.read_subject_references("Re: [HD-2026-000007] lama [hd-2026-000123]"),
            ["HD-2026-000123", "HD-2026-000007"],
        )
        self.assertEqual(email.read_subject_references("HD-2026-000123 tanpa kurung"), [])

    def test_thread_index(self):
        """Outlook's conversation goes on: the parent's 22 bytes stay, each answer adds five."""
        first = email.extend_thread_index("")
        second = email.extend_thread_index(first)
        self.assertEqual(len(first), 32)
        self.assertTrue(second.startswith(first[:28]))
        self.assertEqual(len(email.extend_thread_index("not base64!")), 32)

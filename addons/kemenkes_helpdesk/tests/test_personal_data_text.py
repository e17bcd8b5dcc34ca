import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html

from odoo.tests import BaseCase, tagged

from ..tools.personal_data import MASK, mask, mask_handle, mask_html

NIK = "3275014512900004"
DIGITS = st.text("0123456789", min_size=1, max_size=40)
TEXT = st.text(st.one_of(st.sampled_from("0123456789 .-@+()/62abAB•\n"), st.characters(codec="utf-8")), max_size=120)
GAPS = st.lists(st.sampled_from(["", "", " ", ".", "-", " - ", "\u200b", "\u00a0"]), min_size=15, max_size=15)
INLINE = st.sampled_from(["{}", "<b>{}</b>", "<span style='color:red'>{}</span>", "<i></i>{}"])


@tagged("post_install", "-at_install")
class TestMaskText(BaseCase):
    """UU 27/2022: what is found in a text, and how it is hidden."""

    def test_examples(self):
        for text, expected in {
            "NIK 3275014512900004 ya": "NIK 3275••••••••0004 ya",
            "3275 0145 1290 0004": "3275 •••• •••• 0004",
            "3275.014512.900004": "3275.••••••.••0004",
            "budi.s@example.com": "b•••••@example.com",
            "b@x.id": "•@x.id",
            "081234567678": "0812•••••678",
            "0812-3456-7678": "0812-••••-•678",
            "+62 812 3456 7678": "+62 812 •••• •678",
            "(021) 5551234": "(021) 5•••234",
            "+65 9123 4567": "+65 91•• •567",
            "BPJS 0001234567890": "BPJS 0001••••••890",
            "paspor A1234567": "paspor A•••••••",
            "saya HIV dan Hamil": "saya H•• dan H••••",
        }.items():
            with self.subTest(text):
                self.assertEqual(mask(text), expected)

    def test_what_stays(self):
        for text in (
            "Tiket HD-2026-000123 dari 24-11-2026 08:42",
            "2026-11-24 2026-11-25",
            "versi 10.12.1, galat 500, kode 123456",
            "Rp 1.500.000",
            "tbk, hamilton, diagnostik",
            "",
        ):
            with self.subTest(text):
                self.assertEqual(mask(text), text)

    def test_handles(self):
        for handle, expected in {
            "budi@example.com": "b•••@example.com",
            "Budi <budi@x.co>, ani@y.id": "Budi <b•••@x.co>, a••@y.id",
            "+6281234567678": "+62812•••••678",
            "1234567890123": "1234••••••123",
            "budi_77": "b•••_••",
            "B": "B",
        }.items():
            with self.subTest(handle):
                self.assertEqual(mask_handle(handle), expected)

    def test_html(self):
        source = (
            "<p>NIK <b>3275</b>0145<i>1290</i>0004</p><p>0812</p><p>34567678</p>"
            '<a href="mailto:budi@example.com">budi@example.com</a><!-- 3275014512900004 -->'
            '<img src="/web/image/5?access_token=3275014512900004">'
        )
        masked = mask_html(source)
        self.assertIn("<b>3275</b>••••<i>••••</i>0004", masked)
        self.assertIn("<p>0812</p><p>34567678</p>", masked, "two paragraphs are not one number")
        self.assertNotIn("budi@", masked)
        self.assertNotIn("<!--", masked)
        self.assertIn("access_token=3275014512900004", masked)
        self.assertEqual(mask_html("<p>Halo &amp; terima kasih</p>"), "<p>Halo &amp; terima kasih</p>")
        self.assertEqual(mask_html("2 &lt; 3, 081234567678"), "2 &lt; 3, 0812•••••678")

    @settings(deadline=None)
    @given(TEXT)
    def test_property_idempotent_and_as_long(self, text):
        masked = mask(text)
        self.assertEqual(mask(masked), masked)
        self.assertEqual(len(masked), len(text))
        self.assertFalse(re.search(r"\d{16}", masked))

    @settings(deadline=None)
    @given(TEXT, DIGITS, TEXT)
    def test_property_no_long_number_survives(self, before, digits, after):
        self.assertFalse(re.search(r"\d{16}", mask(before + digits + after)))

    @settings(deadline=None)
    @given(GAPS)
    def test_property_nik_in_groups(self, gaps):
        text = NIK[0] + "".join(gap + digit for gap, digit in zip(gaps, NIK[1:], strict=True))
        if all(len(gap) <= 2 for gap in gaps):
            self.assertEqual(mask(f"NIK: {text}!").count(MASK), 8)

    @settings(deadline=None)
    @given(st.lists(st.tuples(INLINE, DIGITS), min_size=1, max_size=12))
    def test_property_html_keeps_its_elements(self, parts):
        source = "<div><p>" + "".join(frame.format(digits) for frame, digits in parts) + "</p><ul><li>x</li></ul></div>"
        masked = mask_html(source)
        before, after = html.fragment_fromstring(source), html.fragment_fromstring(masked)
        self.assertEqual([element.tag for element in before.iter()], [element.tag for element in after.iter()])
        self.assertFalse(re.search(r"\d{16}", after.text_content()))
        self.assertEqual(mask_html(masked), masked)


@tagged("post_install", "-at_install")
class TestMaskPhone(BaseCase):
    """UU 27/2022: a phone number is hidden in whatever form people write it."""

    FORMS = st.sampled_from(["+62{}", "62{}", "0{}", "+62 {}", "(0{})", "0{} (WA)", "WA:0{}", "+62-{}", "tel. 0{}."])

    @settings(deadline=None)
    @given(
        FORMS, st.text("0123456789", min_size=8, max_size=10), st.sampled_from(["", " ", "-", "."]), st.integers(2, 5)
    )
    def test_property_mobile_numbers(self, form, rest, gap, size):
        digits = "8" + rest
        groups = gap.join(digits[start : start + size] for start in range(0, len(digits), size))
        text = form.format(groups)
        masked = mask(text)
        self.assertEqual(len(masked), len(text))
        self.assertLessEqual(sum(character.isdigit() for character in masked), 8, masked)
        self.assertIn(MASK, masked)

    @settings(deadline=None)
    @given(st.text(max_size=60))
    def test_property_handles(self, value):
        masked = mask_handle(value)
        self.assertEqual(len(masked), len(value))
        self.assertEqual(mask_handle(masked), masked)

    @settings(deadline=None)
    @given(st.text("0123456789", min_size=7, max_size=15))
    @example("021123456")
    @example("5551234")
    @example("628123456789")
    def test_property_a_number_as_a_handle(self, digits):
        """Also short ones, as fixed lines have without their area code."""
        self.assertGreaterEqual(mask_handle(digits).count(MASK), 2)

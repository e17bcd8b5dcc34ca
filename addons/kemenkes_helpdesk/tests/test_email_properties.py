import re
import unicodedata
from email.header import Header
from email.utils import formataddr

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from odoo.tests import BaseCase, tagged

from odoo.addons.kemenkes_helpdesk.providers import email
from odoo.addons.kemenkes_helpdesk.tests.email_common import EmailCase, make_mail

PROPERTY = settings(deadline=None)
SECRET = b"key"
WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=10)
ADDRESS = st.builds("{}@{}.example".format, WORD, WORD)
STORABLE = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60)
# What quotes, signatures and heads of quotes are made of, and words that only look like them.
LINE = st.one_of(
    st.sampled_from(
        [
            "",
            "> dikutip",
            ">> dua kali",
            "Terima kasih",
            "-- ",
            "Pada Sen, 23 Nov 2026 pukul 09.00 Halo <halo@x.example> menulis:",
            "Pada Sen, 23 Nov 2026 Halo",
            "<halo@x.example> menulis:",
            "On Mon, 23 Nov 2026, Halo wrote:",
            "-----Pesan Asli-----",
            "Dari: Halo",
            "Dikirim: Senin, 23 November 2026",
            "Kepada: Budi",
            "Dikirim dari iPhone saya",
            "_" * 30,
            "\u2028",
            "a\rb",
        ]
    ),
    STORABLE,
)
TEXT = st.lists(LINE, max_size=14).map("\n".join)
PIECE = st.sampled_from(
    [
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<blockquote>",
        "</blockquote>",
        "<b>",
        "</b>",
        "<br>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<div id='appendonsend'></div>",
        "<div class='moz-cite-prefix'>",
        "<pre class='moz-signature'>",
        "<!-- x -->",
        "<!--",
        "<?xml version='1.0' encoding='utf-8'?>",
        "<",
        "&",
        "&#0;",
        "<o:p>",
        "<style>p {}</style>",
        "Dari: Halo<br>Dikirim: Senin<br>Kepada: Budi",
        "Pada Sen, 23 Nov 2026 Halo menulis:",
        "-----Original Message-----",
        "Dikirim dari iPhone saya",
        "Sudah bisa.",
        "\x00",
    ]
)
HTML = st.lists(st.one_of(PIECE, STORABLE), max_size=20).map("".join)


def words_of(html):
    try:
        return lxml_html.document_fromstring(html.replace("\x00", "")).text_content()
    except (etree.ParserError, ValueError):
        return ""


@tagged("post_install", "-at_install")
class TestEmailProperties(BaseCase):
    """R24.a: whatever a sender's program writes, reading it raises nothing and loses nothing."""

    # QUOTES

    @PROPERTY
    @given(TEXT)
    def test_folding_cuts_nothing(self, text):
        said, folded = email.split_text(text)
        self.assertEqual(said + folded, text)
        self.assertEqual(bool(said.strip()), bool(text.strip()), "something stays visible")
        shown = lxml_html.fragment_fromstring(email.fold_text("x" + text)).text_content()
        self.assertEqual(shown.split(), ("x" + text).split())

    @PROPERTY
    @given(st.lists(st.sampled_from(["> dikutip", ">", "jawaban saya", ""]), min_size=1, max_size=8))
    def test_answers_between_quoted_lines_stay_visible(self, lines):
        attribution = "Pada Sen, 23 Nov 2026 Halo <halo@x.example> menulis:"
        _said, folded = email.split_text("\n".join(["Halo", "", attribution, *lines]))
        if any(line.startswith(">") for line in lines):
            self.assertNotIn("jawaban saya", folded)

    @PROPERTY
    @given(HTML)
    def test_folding_html_cuts_nothing(self, html):
        self.assertEqual(words_of(email.fold_html(html)).split(), words_of(html).split())

    # CHARSETS

    @PROPERTY
    @given(
        st.binary(max_size=80),
        st.one_of(st.none(), STORABLE, st.sampled_from(["utf-16", "hex", "idna", "utf-7", "big5", "undefined"])),
    )
    def test_any_bytes_in_any_charset_become_text(self, raw, charset):
        text, _sure = email.decode_bytes(raw, charset)
        text.encode()
        self.assertFalse([character for character in text if unicodedata.category(character) == "Cs"])
        self.assertNotIn("\x00", text)

    @PROPERTY
    @given(
        st.binary(max_size=80),
        st.sampled_from([None, "", "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "x-unknown", "utf8mb4"]),
    )
    def test_letters_survive_wrong_bytes_between_them(self, raw, charset):
        text, _sure = email.decode_bytes(raw, charset)
        letters = re.compile("[A-Za-z0-9]")
        self.assertEqual(letters.findall(raw.decode("latin-1")), letters.findall(text))

    @PROPERTY
    @given(STORABLE, st.sampled_from([None, "us-ascii", "x-unknown", "utf8mb4", "unicode"]))
    def test_utf8_is_found_out_under_a_wrong_name(self, text, charset):
        self.assertEqual(email.decode_bytes(text.encode(), charset), (text, True))

    @PROPERTY
    @given(st.text("abc ABC 0123.,?!\n", min_size=1), st.sampled_from(["utf-16", "UTF-16LE", "utf-32", "ucs-2"]))
    def test_plain_letters_that_call_themselves_wide(self, text, charset):
        self.assertEqual(email.decode_bytes(text.encode(), charset)[0], text)

    @PROPERTY
    @given(STORABLE.map(lambda text: " ".join(text.split())))
    def test_header_words(self, text):
        self.assertEqual(email.decode_header_value(Header(text, "utf-8").encode()), text)

    @PROPERTY
    @given(st.text(max_size=80))
    @example("=?utf-8?b?====?=")
    @example("=?x?q??=")
    def test_any_header_is_read(self, value):
        self.assertNotIn("\x00", email.decode_header_value(value))

    # ADDRESSES

    @PROPERTY
    @given(st.lists(st.tuples(STORABLE.map(lambda text: " ".join(text.split())), ADDRESS), min_size=1, max_size=5))
    def test_addresses_as_programs_write_them(self, people):
        head = ", ".join(formataddr(person) for person in people)
        mail = email.parse(f"From: a@x.example\nTo: {head}\n\nx".encode())
        self.assertEqual([one.email for one in mail.to], list(dict.fromkeys(address for _name, address in people)))

    @PROPERTY
    @given(
        st.text(st.sampled_from("Budi \"'<>(),;:[]\\ @.é"), max_size=20),
        ADDRESS,
        st.text(st.sampled_from(' ">)];,'), max_size=5),
    )
    @example('"Budi ', "budi@rs.example", "")
    @example("Budi, RS Sehat ", "budi@rs.example", "")
    @example("(Budi ", "budi@rs.example", "")
    def test_an_address_is_found_behind_anything(self, before, address, after):
        mail = email.parse(f"From: {before} <{address}>{after}\n\nx".encode())
        self.assertIn("@", mail.sender.email)

    @PROPERTY
    @given(st.binary(max_size=120))
    def test_any_head_is_read(self, raw):
        mail = email.parse(b"From: " + raw + b"\nTo: " + raw + b"\nReferences: " + raw + b"\n\nx")
        for address in (mail.sender, *mail.to):
            self.assertFalse(re.search(r"\s", address.email))

    # THREADS

    @PROPERTY
    @given(STORABLE, st.integers(1, 10**12 - 1), STORABLE, st.booleans())
    def test_a_token_is_found_anywhere_and_only_ours_counts(self, before, ticket_id, after, is_upper):
        token = email.make_token(SECRET, ticket_id)
        text = f"{before}{token.upper() if is_upper else token} {after}"
        self.assertIn(token, email.find_tokens(text))
        self.assertEqual(email.ticket_of_token(SECRET, token), ticket_id)
        self.assertIsNone(email.ticket_of_token(b"another", token))

    @PROPERTY
    @given(STORABLE)
    def test_nobody_guesses_a_token(self, text):
        self.assertFalse([token for token in email.find_tokens(text) if email.ticket_of_token(SECRET, token)])

    @PROPERTY
    @given(STORABLE, st.lists(st.integers(0, 10**6), min_size=1, max_size=4, unique=True), STORABLE)
    def test_references_in_a_subject(self, before, numbers, after):
        references = [f"HD-2026-{number:06d}" for number in numbers]
        subject = before + " ".join(f"Re: [{reference.lower()}] " for reference in references) + after
        found = email.read_subject_references(subject)
        self.assertEqual([reference for reference in found if reference in references], references[::-1])

    @PROPERTY
    @given(
        st.lists(WORD, min_size=1, max_size=30, unique=True), st.sampled_from(["", " ", "\n ", ",", "\r\n\t", " x "])
    )
    def test_references_in_the_head(self, names, gap):
        ids = [f"<{name}@x.example>" for name in names]
        mail = email.parse(b"From: a@x.example\nReferences: " + gap.join(ids).encode() + b"\n\nx")
        self.assertEqual(mail.thread_ids, ids[::-1])

    @PROPERTY
    @given(st.text(max_size=80))
    def test_any_thread_index_is_extended(self, value):
        self.assertLessEqual(len(email.extend_thread_index(value)), 72)


@tagged("post_install", "-at_install")
class TestEmailFuzz(EmailCase):
    """R24.a: a mail that was damaged on its way is a ticket, or kept and shown; never lost."""

    @settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(["", "Halo\n" * 30, "OTP tidak masuk – tolong é"]),
        st.lists(st.tuples(st.integers(0, 600), st.integers(0, 40), st.binary(max_size=20)), min_size=1, max_size=6),
    )
    @example("", [(5, 7, b"\x95")])
    def test_damaged_mails(self, text, damages):
        raw = make_mail(text=text)
        for start, length, new in damages:
            raw = raw[:start] + new + raw[start + length :]
        event = self.receive(raw)
        self.assertIn(event.state, ("done", "ignored"), event.error)
        self.assertTrue(event.outcome)
        # two that differ only in what transport writes are one mail
        self.assertEqual(email.fingerprint(event._raw()), email.fingerprint(raw))

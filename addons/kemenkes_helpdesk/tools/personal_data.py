"""Find personal data in text and hide it: identity numbers, phone numbers, e-mail addresses, health terms.

Plain Python, no Odoo. Every replacement keeps the length, one bullet for each hidden character: a reader still sees
that two numbers differ and how long an address was, and an HTML document can be masked across its tags.

What is hidden follows UU 27/2022, article 4: identity numbers and contact data are general personal data, health
information is specific personal data.
"""

import re

from lxml import etree, html

MASK = "•"

# Between the digits of a number that people write in groups; never a line break.
_GAP = r"[ \t\u00a0.\-–_/\u200b-\u200d\u2060\ufeff]{0,2}"
# A number that a bullet touches is what is left of a masked one.
_START, _END = r"(?<![\w•])", r"(?![\w•])"

# 16 digits in one run are a NIK, a family card, a bank card: hidden whether they are well formed or not.
_LONG_NUMBER = re.compile(r"\d{16,}")
# In groups, 16 digits may be two dates: hidden when they have a NIK's structure.
_GROUPED_NUMBER = re.compile(rf"{_START}\d(?:{_GAP}\d){{15}}{_END}")
# Province (as the interior ministry numbers them), district, sub-district, day (women: plus 40), month, year, serial.
_NIK = re.compile(
    r"(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])\d{4}"
    r"(?:0[1-9]|[12]\d|3[01]|4[1-9]|[56]\d|7[01])(?:0[1-9]|1[0-2])\d{6}"
)
# JKN / BPJS Kesehatan: 13 digits, the first three zero.
_BPJS = re.compile(rf"{_START}000(?:{_GAP}\d){{10}}{_END}")
# Mobile numbers start with 8 after the prefix, fixed lines with area codes 2 to 7 and 9; other countries need the plus
_PHONE = re.compile(
    rf"(?<![\w•+])(?:(?:\+?62{_GAP}(?:\(0\){_GAP})?|\(?0)(?:8(?:{_GAP}\d){{7,11}}|[2-79]\d(?:\d)?\)?(?:{_GAP}\d){{6,8}})"
    rf"|\+[1-9](?:{_GAP}\d){{7,13}}){_END}"
)
_EMAIL = re.compile(r"(?<![\w.+•-])([\w.+%'-]+)@((?:[\w-]+\.)+[^\W\d_]{2,})")
_PASSPORT = re.compile(rf"{_START}[A-Z]{{1,2}}\d{{6,7}}{_END}")

# Terms that tell of somebody's health once they stand beside a name.
HEALTH_TERMS = {
    "infection": """
        hiv, aids, odha, odhiv, arv, antiretroviral, viral load, cd4, sifilis, syphilis, gonore, gonorrhea, herpes,
        hepatitis, ims, tb, tbc, tuberkulosis, tuberculosis, kusta, lepra, malaria, covid
    """,
    "reproduction": """
        hamil, kehamilan, keguguran, aborsi, melahirkan, kontrasepsi, kb suntik, mandul, infertil, impotensi, menopause
    """,
    "mind": """
        depresi, skizofrenia, bipolar, bunuh diri, gangguan jiwa, odgj, psikosis, autis, autisme, adhd,
        demensia, alzheimer
    """,
    "chronic illness": """
        kanker, tumor, kemoterapi, diabetes, kencing manis, hipertensi, stroke, sakit jantung, penyakit jantung,
        gagal ginjal, cuci darah, hemodialisis, epilepsi, ayan, asma, lupus, talasemia, thalassemia, hemofilia, stunting
    """,
    "finding": "diagnosis, diagnosa, didiagnosis, didiagnosa, hasil lab, resep obat",
    "conduct and violence": """
        narkoba, napza, rehabilitasi, kecanduan, metadon, kdrt, pemerkosaan, kekerasan seksual
    """,
}
_TERMS = sorted((term.strip() for terms in HEALTH_TERMS.values() for term in terms.split(",")), key=len, reverse=True)
_HEALTH = re.compile(rf"{_START}(?:{'|'.join(map(re.escape, _TERMS))}){_END}", re.IGNORECASE)
_HINT = re.compile(rf"\d|@|{_HEALTH.pattern}", re.IGNORECASE)

# What is masked, for PostgreSQL, which keeps it from readers who search. It hides no less than ``mask``; terms stand
# apart from numbers, because only they are found in any case.
SQL_NUMBERS = "|".join(
    pattern.pattern for pattern in (_EMAIL, _LONG_NUMBER, _GROUPED_NUMBER, _BPJS, _PHONE, _PASSPORT)
).replace(r"[^\W\d_]", "[[:alpha:]]")  # PostgreSQL 13 knows no negated class in brackets
SQL_HEALTH_TERMS = _HEALTH.pattern
# The same terms as a text search query: far quicker for telling whether a text holds one.
SQL_HEALTH_QUERY = " | ".join(" <-> ".join(f"'{word}'" for word in term.split()) for term in _TERMS)

# Links to customers' pages; those of pictures and files stay, the browser of a reader needs them.
_CUSTOMER_LINK = re.compile(r"(/(?:my|helpdesk)/[^\s\"'<>]*?access_token=)([\w-]+)")

# Elements within a line; the others stand on lines of their own: a number does not go on across their edges.
INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "kbd", "mark", "o:p", "s", "small",
          "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr"}  # fmt: skip
_UNREAD = {"script", "style", "head", "title"}
_TEXT_ATTRIBUTES = ("href", "title", "alt")


def mask(text):
    """``text`` with its personal data hidden, as long as before.

    :param str text: plain text
    :return: such as ``"NIK 3275••••••••0004, b•••@example.com, 0812••••678"``; masking it again changes nothing
    """
    if not text or not _HINT.search(text):
        return text
    # what one pass leaves beside what it hides may be a number of its own
    while (masked := _mask_once(text)) != text:
        text = masked
    return text


def mask_html(source):
    """``source`` with the personal data of its text hidden; its elements stay as they are.

    Numbers are found across inline tags. Links that hold personal data lose it too; comments are dropped.

    :param str source: HTML, sanitised, a fragment or a document
    :return: HTML
    """
    if not source or (not _HINT.search(source) and "&#" not in source):
        return source
    try:
        root = html.fragment_fromstring(source, create_parent="div")
    except etree.ParserError:
        return mask(source)
    pieces = list(_pieces(root))
    text = "".join(piece if isinstance(piece, str) else _get(*piece) for piece in pieces)
    masked, position = mask(text), 0
    for piece in pieces:
        if isinstance(piece, str):
            position += len(piece)
            continue
        length = len(_get(*piece))
        _set(*piece, masked[position : position + length])
        position += length
    _mask_attributes(root)
    inner = [etree.tostring(child, encoding="unicode", method="html") for child in root]
    return _escape(root.text or "") + "".join(inner)


def hide_link_tokens(source):
    """``source`` (text or HTML) without the tokens of customers' signed links: who has one acts as the customer."""
    if not source or "access_token=" not in source:
        return source
    return _CUSTOMER_LINK.sub(lambda match: match[1] + MASK * len(match[2]), source)


def drop_link_tokens(source):
    """``source`` (text or HTML) with its links to customers' pages as for anybody: who follows them has to log in."""
    if not source or "access_token=" not in source:
        return source
    return _CUSTOMER_LINK.sub(lambda match: re.sub(r"[?&](?:amp;)?access_token=$", "", match[1]), source)


def mask_handle(value):
    """An address, number or account id with its middle hidden: ``"b•••@example.com"``, ``"+62812••••678"``, ``"n•••"``.

    :param str value: one handle, or several with commas between
    """
    if not value:
        return value
    return "".join(part if part == "," else _mask_one_handle(part) for part in re.split("(,)", value))


def _mask_one_handle(value):
    masked = mask(value)
    if masked != value or MASK in value:
        return masked
    digits = sum(character.isdigit() for character in value)
    if digits >= 7 and digits >= len(value.strip()) / 2:
        return _hide_number(value, 4)
    head = len(value) - len(value.lstrip()) + 1
    return value[:head] + "".join(MASK if character.isalnum() else character for character in value[head:])


def _mask_once(text):
    text = _EMAIL.sub(_hide_email, text)
    text = _LONG_NUMBER.sub(lambda match: _hide_digits(match[0], 4, 4), text)
    text = _GROUPED_NUMBER.sub(_hide_nik, text)
    text = _BPJS.sub(lambda match: _hide_digits(match[0], 4, 3), text)
    text = _PHONE.sub(_hide_phone, text)
    text = _PASSPORT.sub(lambda match: match[0][0] + MASK * (len(match[0]) - 1), text)
    return _HEALTH.sub(lambda match: match[0][0] + re.sub(r"\w", MASK, match[0][1:]), text)


def _hide_email(match):
    local, domain = match[1], match[2]
    # a single letter would be the whole name
    kept = local[0] if len(local) > 1 else ""
    return f"{kept}{MASK * (len(local) - len(kept))}@{domain}"


def is_nik(digits):
    """Whether 16 digits are built as a NIK is: province, district, date of birth, serial number.

    :param str digits: without anything between them
    """
    return bool(_NIK.fullmatch(digits))


def _hide_nik(match):
    if not _NIK.fullmatch(re.sub(r"\D", "", match[0])):
        return match[0]
    return _hide_digits(match[0], 4, 4)


def _hide_phone(match):
    return _hide_number(match[0], 5 if re.match(r"\+?62", match[0]) else 4)


def _hide_number(text, first):
    """All but the ``first`` and the last three digits; of a short number, which that would show almost whole, fewer."""
    count = sum(character.isdigit() for character in text)
    return _hide_digits(text, first, 3) if count >= 10 else _hide_digits(text, 2, 2)


def _hide_digits(text, first, last):
    """All digits but the ``first`` and the ``last`` ones become bullets; what stands between them stays."""
    count, position, result = sum(character.isdigit() for character in text), 0, []
    for character in text:
        if character.isdigit():
            position += 1
            if first < position <= count - last:
                character = MASK  # noqa: PLW2901
        result.append(character)
    return "".join(result)


def _escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieces(element):
    """The texts in reading order: ``(element, "text" or "tail")``, and line breaks at the edges of blocks."""
    block = element.tag not in INLINE
    if block:
        yield "\n"
    if element.tag not in _UNREAD:
        yield element, "text"
    for child in element:
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield child, "tail"
    if block:
        yield "\n"


def _get(element, part):
    return getattr(element, part) or ""


def _set(element, part, text):
    if text:
        setattr(element, part, text)


def _mask_attributes(root):
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            element.drop_tree()
            continue
        for name in _TEXT_ATTRIBUTES:
            value = element.get(name)
            # links inside Odoo hold ids and access tokens
            if value and not value.startswith(("/", "#")):
                element.set(name, mask(value))

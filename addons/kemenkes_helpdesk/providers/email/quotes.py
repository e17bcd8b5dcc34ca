"""Which part of a mail is what was said before: quotes and signatures of Indonesian and English clients.

Nothing is cut: the parts are only marked, and Odoo's web client folds what carries the mark.
"""

import html as html_escape
import re

from lxml import etree
from lxml import html as lxml_html

MARK = "data-o-mail-quote"

# "Pada Sen, 3 Nov 2025 pukul 09.12 Budi <b@x.id> menulis:", "On Mon, 3 Nov 2025, Budi wrote:"; two lines at most
ATTRIBUTION = re.compile(
    r"^[ \t]*(?:Pada|On)\s[^\n]{3,300}(?:\n[^\n]{0,300})?(?:menulis|wrote)\s*:[ \t]*$", re.MULTILINE | re.IGNORECASE
)
ORIGINAL = re.compile(
    r"^[ \t]*[-_]{2,}\s*"
    r"(?:Pesan Asli|Pesan Terusan|Pesan yang diteruskan|Original Message|Forwarded message)\s*[-_]{2,}",
    re.MULTILINE | re.IGNORECASE,
)
# the head that Outlook puts above the quote: From/Dari first, Sent/Dikirim/Date and To/Kepada within the next lines
OUTLOOK_HEAD = re.compile(
    r"^[ \t>*_]*(?:Dari|From)\s*:[^\n]*\n(?:[^\n]*\n){0,3}?[ \t>*]*(?:Dikirim|Terkirim|Sent|Tanggal|Date)\s*:[^\n]*\n"
    r"(?:[^\n]*\n){0,3}?[ \t>*]*(?:Kepada|Ke|Untuk|To)\s*:",
    re.MULTILINE | re.IGNORECASE,
)
OUTLOOK_RULE = re.compile(r"^_{20,}\s*$", re.MULTILINE)
SENT_FROM = re.compile(
    r"^[ \t]*(?:Dikirim (?:dari|menggunakan|melalui|lewat)|Terkirim dari|Dapatkan Outlook untuk"
    r"|Sent from(?: my)?|Get Outlook for)\b[^\n]{0,80}$",
    re.MULTILINE | re.IGNORECASE,
)
SIGNATURE = re.compile(r"^--[ \t]?$", re.MULTILINE)
HTML_HINT = re.compile(
    r"appendonsend|moz-cite-prefix|moz-signature|Dari\b|From\b|Dikirim|Sent from|Terkirim|menulis|wrote"
    r"|Pesan Asli|Original Message",
    re.IGNORECASE,
)
BLOCKS = ("p", "div", "table", "td", "body", "span", "font", "b", "blockquote")


def split_text(text):
    """Where the earlier conversation or the signature begins.

    :param str text: plain text body
    :return: ``(said, folded)``, together exactly ``text``
    """
    starts = [
        match.start() for match in (ORIGINAL.search(text), OUTLOOK_HEAD.search(text), SIGNATURE.search(text)) if match
    ]
    starts += [match.start() for match in ATTRIBUTION.finditer(text) if _quotes_to_the_end(text[match.end() :])]
    starts += [match.start() for match in SENT_FROM.finditer(text) if _ends_after(text[match.end() :])]
    start = min(starts, default=len(text))
    rules = [match.start() for match in OUTLOOK_RULE.finditer(text, 0, start) if not text[match.end() : start].strip()]
    start = min([start, *rules])
    if not text[:start].strip():
        return text, ""
    return text[:start], text[start:]


def _quotes_to_the_end(rest):
    """An answer between or below the quoted lines must stay visible."""
    lines = [line for line in rest.splitlines() if line.strip()]
    if not any(line.lstrip().startswith(">") for line in lines):
        return True
    return all(line.lstrip().startswith(">") for line in _without_signature(lines))


def _without_signature(lines):
    for number, line in enumerate(lines):
        if SIGNATURE.match(line) or SENT_FROM.match(line):
            return lines[:number]
    return lines


def _ends_after(rest):
    """Whether only an earlier conversation follows a "sent from my phone" line."""
    head = rest.lstrip()[:400]
    return (
        not head
        or head.startswith(">")
        or any(pattern.match(head) for pattern in (ATTRIBUTION, ORIGINAL, OUTLOOK_HEAD, OUTLOOK_RULE))
    )


def fold_text(text):
    """Plain text as HTML in which the earlier conversation carries the mark.

    :param str text: plain text body
    :return: HTML, escaped
    """
    said, folded = split_text(text)
    if not folded:
        return f"<pre>{html_escape.escape(said)}</pre>"
    return f'<pre>{html_escape.escape(said)}<span {MARK}="1">{html_escape.escape(folded)}</span></pre>'


def fold_html(html):
    """Mark the earlier conversation in an HTML body, for the clients that Odoo itself doesn't know.

    :param str html: body as the sender wrote it, not sanitised yet
    :return: the same HTML with marks; unchanged where nothing is found or the HTML can't be read
    """
    if not HTML_HINT.search(html):
        return html
    try:
        root = lxml_html.document_fromstring(html.replace("\x00", ""))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html
    marked = [_mark_from(element) for element in list(root.iter(*BLOCKS)) if _starts_quote(element)]
    marked += [_mark(element) for element in root.iter("p", "div", "span") if _is_footer(element)]
    return lxml_html.tostring(root, encoding="unicode") if marked else html


def _starts_quote(element):
    if element.get("id") == "appendonsend" or "moz-cite-prefix" in (element.get("class") or ""):
        return True
    if element.tag == "body" or len(element) > 40:
        return False
    text = element.text_content().strip()[:1500]
    if len(text) < 5 or (not HTML_HINT.match(text[:40].lstrip("-_* >")) and not ATTRIBUTION.match(text)):
        return False
    lines = re.sub(r"\s*(Dari|From|Dikirim|Terkirim|Sent|Tanggal|Date|Kepada|Ke|Untuk|To)\s*:", r"\n\1:", text).strip()
    return bool(OUTLOOK_HEAD.match(lines) or ORIGINAL.match(text) or (ATTRIBUTION.fullmatch(" ".join(text.split()))))


def _is_footer(element):
    if "moz-signature" in (element.get("class") or ""):
        return True
    text = element.text_content().strip() if len(element) < 4 else ""
    return 0 < len(text) < 120 and bool(SENT_FROM.fullmatch(text))


def _mark_from(element):
    """Mark an element and all that follows it, unless nothing was said before it."""
    while not _has_text_before(element) and element.getparent() is not None and element.getparent().tag != "body":
        element = element.getparent()
    if not _has_text_before(element):
        return element
    _mark(element)
    for sibling in element.itersiblings():
        _mark(sibling)
    return element


def _has_text_before(element):
    parent = element.getparent()
    if parent is None:
        return False
    if (parent.text or "").strip():
        return True
    return any(
        (sibling.tail or "").strip() or (isinstance(sibling.tag, str) and sibling.text_content().strip())
        for sibling in element.itersiblings(preceding=True)
    )


def _mark(element):
    if isinstance(element.tag, str):
        element.set(MARK, "1")
    return element

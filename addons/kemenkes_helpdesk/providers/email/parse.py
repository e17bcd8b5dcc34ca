"""Raw bytes to a :class:`Mail`. The standard library's lenient ``compat32`` policy does the MIME; what it
leaves open (charsets, dates, addresses, broken parts) is repaired here."""

import hashlib
import re
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from lxml import etree
from lxml import html as lxml_html

from . import classify
from .charset import clean, decode_bytes, decode_header_value
from .mail import Address, Attachment, Mail

MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
ADDRESS = re.compile(r"[^\s<>\",;:()\[\]\\]+@[^\s<>\",;:()\[\]\\]+")
BASE64_DEFECTS = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)
OLDEST = datetime(1990, 1, 1)
MAX_FUTURE = timedelta(days=1)
MAX_REFERENCES = 32
MAX_SUBJECT = 500
MAX_PARTS = 500
# Lines that may separate parts: each costs the library more than its length, and a mail has room for a million.
MAX_SEPARATORS = 10_000
# Blank lines and a byte order mark before the head.
LEADING = b"\r\n \t\xef\xbb\xbf"
# Without any of these it is no mail.
MAIL_HEADERS = {"from", "to", "date", "subject", "received", "message-id", "mime-version"}
IDENTITY_HEADERS = ("from", "subject", "date")
FILE_NAME_UNSAFE = re.compile(r"[\x00-\x1f/\\]+")
MAX_TEXT = 100_000
LINE_BREAKERS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "pre")


def parse(raw, now=None):
    """Read a mail.

    :param bytes raw: RFC 5322 message as it came in; anything is accepted
    :param datetime now: UTC without zone, for judging the Date header; the clock's time without it
    :return: :class:`Mail`; what can't be read is named in ``defects`` and leaves its field empty
    """
    mail = Mail()
    try:
        message = _take_apart(raw)
        _read_head(mail, message, now or datetime.now(timezone.utc).replace(tzinfo=None))
        classify.classify(mail, message)
        _read_body(mail, message)
    except Exception as error:  # noqa: BLE001 - the raw mail is kept, a reader must never lose one
        mail = read_headers(raw)
        mail.defects.append(f"{type(error).__name__}: {clean(str(error))[:200]}")
        mail.readable = False
        return mail
    mail.readable = any(name.lower() in MAIL_HEADERS for name in message)
    return mail


def _take_apart(raw):
    """The library's message.

    :raise ValueError: it has so many parts that nobody wrote it
    """
    if raw.count(b"\n--") > MAX_SEPARATORS:
        raise ValueError("too many parts")
    return message_from_bytes(raw.lstrip(LEADING))


def read_headers(raw):
    """Only the head of a mail, for routing: much cheaper than :func:`parse`.

    :param bytes raw: RFC 5322 message
    :return: :class:`Mail` without body and class
    """
    mail = Mail()
    try:
        _read_head(mail, BytesHeaderParser().parsebytes(_head_of(raw)), datetime.now(timezone.utc).replace(tzinfo=None))
    except Exception as error:  # noqa: BLE001 - as in parse
        mail.defects.append(f"{type(error).__name__}: {clean(str(error))[:200]}")
        mail.readable = False
    return mail


def _head_of(raw):
    return re.split(rb"\r?\n\r?\n", raw.lstrip(LEADING), maxsplit=1)[0] + b"\n\n"


def fingerprint(raw):
    """An id by which one mail is known again, whichever mailbox or server it comes through.

    Message-ID alone does not do: broken senders give many mails the same one. Transport headers differ
    between two copies of one mail, so only what the writer wrote counts.

    :param bytes raw: RFC 5322 message
    :return: ``"<message id> digest"``, or ``"digest"`` without a Message-ID
    """
    head, _separator, body = raw.lstrip(LEADING).replace(b"\r\n", b"\n").partition(b"\n\n")
    message_id, written = "", []
    try:
        headers = BytesHeaderParser().parsebytes(head + b"\n\n")
        message_id = _message_id(headers)
        written = [decode_header_value(_get(headers, name)) for name in IDENTITY_HEADERS]
    except Exception:  # noqa: BLE001 - no readable head: all of it is the identity
        written = []
    if not message_id and not any(written):
        return hashlib.sha256(raw).hexdigest()[:32]
    digest = hashlib.sha256(b"".join(body.split()))
    for value in written:
        digest.update(b"\0" + value.encode())
    return f"{message_id} {digest.hexdigest()[:32]}".strip()


# HEAD


def _read_head(mail, message, now):
    mail.message_id = _message_id(message)
    mail.in_reply_to = _message_ids(_get(message, "in-reply-to"))[:MAX_REFERENCES]
    mail.references = _message_ids(_get(message, "references"))[-MAX_REFERENCES:]
    mail.subject = decode_header_value(_get(message, "subject"))[:MAX_SUBJECT]
    mail.to = _addresses(message, "to")
    mail.cc = _addresses(message, "cc")
    mail.sender = _sender(message)
    mail.delivered_to = _envelope(message)
    mail.date = _date(mail, message, now)
    mail.thread_index = "".join(_get(message, "thread-index").split())[:2000]
    mail.loop_tag = _get(message, classify.LOOP_HEADER).strip()
    if not mail.message_id:
        mail.defects.append("no Message-ID")


def _get(message, name):
    """First header of a name as text with raw bytes as surrogates; "" where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return str(value)
    return ""


def _get_all(message, *names):
    return [str(value) for key, value in message.raw_items() if key.lower() in names]


def _message_id(message):
    value = decode_header_value(_get(message, "message-id"))
    found = MESSAGE_ID.search(value)
    return found[0] if found else value[:900]


def _message_ids(value):
    # long ids come as encoded words from programs that fold every header alike
    return MESSAGE_ID.findall(decode_header_value(value))


def _addresses(message, *names):
    found = {}
    for value in _get_all(message, *names):
        for address in _split_addresses(value):
            found.setdefault(address.email, address)
    return list(found.values())


def _split_addresses(value):
    """Addresses of one header. Names are decoded after splitting: an encoded comma is no separator."""
    value = " ".join(value.split())
    if not value.isascii():
        value = decode_bytes(value.encode("utf-8", "surrogateescape"))[0]
    found = []
    for name, email in _pairs(value):
        matched = ADDRESS.search(email) or ADDRESS.search(name)
        if matched:
            shown = "" if ADDRESS.fullmatch(name) else decode_header_value(name).strip("'\" ")
            found.append(Address(_normalize(matched[0]), shown[:200]))
    # a quote or bracket that never ends hides what stands behind it
    return found or [Address(_normalize(email)) for email in ADDRESS.findall(value)]


def _pairs(value):
    try:
        return getaddresses([value], strict=False)  # novermin
    except TypeError:  # Python before the strict argument
        return getaddresses([value])


def _normalize(email):
    return clean(email).strip(".'").lower()


def _sender(message):
    for name in ("from", "sender", "reply-to", "return-path"):
        for address in _addresses(message, name):
            return address
    return Address("")


def _envelope(message):
    names = (
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "resent-to",
        "resent-cc",
    )
    return [address.email for address in _addresses(message, *names)]


def _date(mail, message, now):
    value = _get(message, "date")
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value)
        if date.tzinfo:
            date = date.astimezone(timezone.utc).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError, IndexError):
        mail.defects.append("unreadable Date")
        return None
    if not OLDEST <= date <= now + MAX_FUTURE:
        mail.defects.append("impossible Date")
        return None
    return date


# BODY


def _read_body(mail, message):
    parts = _leaves(message, mail)
    plain = [part for part in parts if part.subtype == "plain"]
    html = [part for part in parts if part.subtype == "html"]
    mail.body = [(part.subtype, part.text) for part in parts if part.subtype and part.shown]
    mail.text = "\n".join(part.text for part in plain).strip()[:MAX_TEXT]
    if not mail.text:
        mail.text = "\n".join(_html_to_text(part.text) for part in html).strip()[:MAX_TEXT]


def _html_to_text(html):
    try:
        root = lxml_html.document_fromstring(html[: 5 * MAX_TEXT])
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    etree.strip_elements(root, "style", "script", "head", "title", etree.Comment, with_tail=False)
    for element in root.iter(*LINE_BREAKERS):
        element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in root.text_content().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Part:
    __slots__ = ("shown", "subtype", "text")

    def __init__(self, subtype, text, shown):
        self.subtype, self.text, self.shown = subtype, text, shown


def _leaves(message, mail):
    """Texts of a message in order; files go to ``mail.attachments``.

    Of a multipart/alternative the HTML is shown and the plain text kept aside.
    """
    parts = []
    count = 0
    stack = [(message, None)]
    while stack:
        part, alternative = stack.pop()
        count += 1
        if count > MAX_PARTS:
            mail.defects.append("too many parts")
            break
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            group = {} if part.get_content_type() == "multipart/alternative" else alternative
            stack.extend((child, group) for child in reversed(part.get_payload()))
            continue
        text = _read_leaf(part, mail)
        if text is None:
            continue
        parts.append(text)
        if alternative is not None:
            _choose(alternative, text)
    return parts


def _choose(alternative, part):
    if part.subtype == "html" and part.text.strip():
        for plain in alternative.get("plain", []):
            plain.shown = False
        alternative["html"] = True
    elif part.subtype == "plain":
        part.shown = not alternative.get("html")
        alternative.setdefault("plain", []).append(part)


def _read_leaf(part, mail):
    content_type = part.get_content_type()
    name = _file_name(part)
    cid = decode_header_value(_get(part, "content-id")).strip("<> ")
    disposition = _get(part, "content-disposition").strip().lower()
    is_file = name or disposition.startswith("attachment")
    if content_type in ("text/plain", "text/html") and not is_file:
        text, sure = decode_bytes(_payload(part), part.get_param("charset") and _charset(part))
        if not sure:
            mail.defects.append("characters of an unknown charset replaced")
        return _Part(content_type.partition("/")[2], text, True)
    content = _payload(part)
    if content or name:
        mail.attachments.append(Attachment(name or _default_name(content_type), content, content_type, cid))
    return None


def _charset(part):
    charset = part.get_param("charset")
    # RFC 2231 continuation: (charset, language, value)
    return charset[2] if isinstance(charset, tuple) else charset


def _payload(part):
    if part.is_multipart():
        return b"\n".join(child.as_bytes() for child in part.get_payload())
    payload = part.get_payload(decode=True)
    if part.get_content_maintype() == "text" and any(isinstance(defect, BASE64_DEFECTS) for defect in part.defects):
        # called base64, and is none
        payload = part.get_payload().encode("utf-8", "surrogateescape")
    return payload if payload is not None else b""


def _file_name(part):
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        return "attachment"
    name = FILE_NAME_UNSAFE.sub("_", decode_header_value(name))
    return name.strip(" .")[:200]


def _default_name(content_type):
    return {"message/rfc822": "forwarded.eml", "text/calendar": "invite.ics"}.get(content_type, "attachment")

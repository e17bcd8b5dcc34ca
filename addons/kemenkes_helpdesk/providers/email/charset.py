"""Bytes to text, whatever the sender says or does not say about their charset."""

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

# What senders write, and the superset that browsers read it as (WHATWG Encoding Standard, section 4.2).
ALIASES = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "unicode": "utf-8",
    "utf": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ansi": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "windows-874": "cp874",
    "tis-620": "cp874",
}
# Codecs of text that can't replace what they can't read: of host names, and the one that reads nothing.
NO_CHARSETS = ("idna", "punycode", "undefined")
WIDE = ("utf-16", "utf-32")
# PostgreSQL stores no NUL, no text holds lone surrogates, and the other controls only break screens.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=")


def decode_bytes(raw, charset=None):
    """Text of ``raw``, never an error and never a character that a database refuses.

    :param bytes raw: what was sent
    :param str charset: what the sender calls its encoding; wrong, unknown and missing names are repaired
    :return: ``(text, sure)``: ``sure`` is False when characters had to be guessed or replaced
    """
    name = _codec(charset)
    if name and name.startswith(WIDE) and raw.isascii() and b"\0" not in raw:
        name = None  # only called so: in it each of these letters would have a zero beside it
    for codec in filter(None, (name, "utf-8")):
        try:
            return clean(raw.decode(codec)), True
        except (UnicodeError, ValueError):
            continue
    return clean(raw.decode(name if name not in (None, "utf-8") else "cp1252", "replace")), False


def _codec(charset):
    name = (charset or "").strip().strip("\"'").lower()
    name = ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # codecs such as "hex" or "rot13" are no charsets
    return codec.name if codec._is_text_encoding and codec.name not in NO_CHARSETS else None


def clean(text):
    """``text`` without the characters that can't be stored, line ends as in Unix."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNSTORABLE.sub("", text) if UNSTORABLE.search(text) else text


def decode_header_value(value):
    """A header as people read it: encoded words (RFC 2047) and raw 8-bit bytes decoded, unfolded.

    :param str value: header as the standard library's ``compat32`` policy keeps it (bytes as surrogates)
    """
    if not value:
        return ""
    if not value.isascii():
        value = decode_bytes(value.encode("utf-8", "surrogateescape"))[0]
    if "=?" in value:
        value = _decode_words(value)
    return " ".join(clean(value).split())


def _decode_words(value):
    value = value.replace("\r", "").replace("\n", "")
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError):
        return ENCODED_WORD.sub(_decode_word, value)
    text = []
    for chunk, charset in chunks:
        text.append(chunk if isinstance(chunk, str) else _decode_chunk(chunk, charset))
    return "".join(text)


def _decode_chunk(chunk, charset):
    if charset is None:
        # decode_header keeps what stands between encoded words in raw-unicode-escape
        return chunk.decode("raw-unicode-escape", "replace")
    return decode_bytes(chunk, charset.partition("*")[0])[0]


def _decode_word(match):
    try:
        return "".join(_decode_chunk(chunk, charset) for chunk, charset in decode_header(match[0]))
    except (HeaderParseError, ValueError):
        return match[0]

"""E-mail: raw bytes to neutral records and back, with nothing of Odoo."""

from .charset import decode_bytes, decode_header_value
from .classify import AUTO_REPLY, BOUNCE, FEEDBACK, LOOP_HEADER, NORMAL
from .mail import Address, Attachment, Bounce, Mail
from .parse import fingerprint, parse, read_headers
from .quotes import fold_html, fold_text, split_text
from .thread import (
    extend_thread_index,
    find_tokens,
    make_loop_tag,
    make_token,
    read_subject_references,
    ticket_of_token,
)

__all__ = [
    "AUTO_REPLY",
    "BOUNCE",
    "FEEDBACK",
    "LOOP_HEADER",
    "NORMAL",
    "Address",
    "Attachment",
    "Bounce",
    "Mail",
    "decode_bytes",
    "decode_header_value",
    "extend_thread_index",
    "find_tokens",
    "fingerprint",
    "fold_html",
    "fold_text",
    "make_loop_tag",
    "make_token",
    "parse",
    "read_headers",
    "read_subject_references",
    "split_text",
    "ticket_of_token",
]

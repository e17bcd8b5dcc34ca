"""How a reply finds its ticket: signed tokens, references in the subject, Outlook's Thread-Index."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import struct
import time

TOKEN = re.compile(r"hd-(\d{1,12})-([0-9a-f]{20})(?![0-9a-f])", re.IGNORECASE)
SUBJECT_REFERENCE = re.compile(r"\[\s*([A-Z]{2,10}-\d{4}-\d{3,12})\s*\]")

MAX_THREAD_INDEX = 47


def make_token(secret, ticket_id):
    """Token that only this server can make: goes into Message-ID, Reply-To and nowhere that is public.

    :param bytes secret: the server's key
    :param int ticket_id: the ticket that answers belong to
    :return: ``"hd-<ticket id>-<20 hexadecimal digits>"``; lower case, so that mail systems may fold case
    """
    signature = hmac.new(secret, f"reply:{ticket_id}".encode(), hashlib.sha256).hexdigest()[:20]
    return f"hd-{ticket_id}-{signature}"


def make_loop_tag(secret):
    """What every mail of this server carries in its head, so that one that comes back is known as our own."""
    return hmac.new(secret, b"loop", hashlib.sha256).hexdigest()[:20]


def find_tokens(text):
    """Everything in ``text`` that looks like a token, not verified yet."""
    return [match[0].lower() for match in TOKEN.finditer(text)]


def ticket_of_token(secret, token):
    """The ticket id a token was made for, or None where it is not ours.

    :param bytes secret: the server's key
    :param str token: from :func:`find_tokens`
    """
    match = TOKEN.fullmatch(token)
    if not match:
        return None
    ticket_id = int(match[1])
    return ticket_id if hmac.compare_digest(make_token(secret, ticket_id), token.lower()) else None


def read_subject_references(subject):
    """Ticket references in square brackets, the last one first: that is the one nearest to the writer's own."""
    return list(dict.fromkeys(reversed(SUBJECT_REFERENCE.findall(subject.upper()))))


def extend_thread_index(thread_index):
    """Outlook's conversation id for an answer: the parent's with one 5-byte child block added.

    Layout: MS-OXOMSG section 2.2.1.3, PidTagConversationIndex: 22 bytes header, 5 bytes for each answer.

    :param str thread_index: base64 of the parent's index; a new conversation starts where it is unusable
    """
    try:
        parent = base64.b64decode(thread_index, validate=True)
    except (binascii.Error, ValueError):
        parent = b""
    if len(parent) < 22:
        # FILETIME: 100 ns steps since 1601, of which the header keeps the upper 6 bytes
        filetime = int((time.time() + 11644473600) * 10_000_000)
        return base64.b64encode(struct.pack(">Q", filetime)[:6] + os.urandom(16)).decode()
    # the head is what Outlook sorts by; longer values would be folded, and it doesn't unfold them
    return base64.b64encode(parent[:MAX_THREAD_INDEX] + os.urandom(5)).decode()

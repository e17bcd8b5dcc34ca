"""What a visitor typed into a web form, cleaned and checked. Plain Python, no Odoo.

Errors are codes, one for each field; who shows them puts them into the reader's language.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

import phonenumbers

COUNTRY = "ID"
NAME_MAX = 100
SUBJECT_MAX = 150
MESSAGE_MAX = 10_000
MESSAGE_MIN = 3
EMAIL_MAX = 254
PHONE_MAX = 40
FILE_NAME_MAX = 120

# For the page: how many characters each field takes.
LIMITS = {"name": NAME_MAX, "email": EMAIL_MAX, "phone": PHONE_MAX, "subject": SUBJECT_MAX, "message": MESSAGE_MAX}

# Deliberately simple: the proof of an address is the mail that arrives. One "@", no blanks, a dotted domain.
EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\].]{2,}")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
WORDS = re.compile(r"\w+")


@dataclass
class Submission:
    """A cleaned submission; ``errors`` is ``{field: code}`` and empty when it can be taken in."""

    name: str = ""
    email: str = ""
    phone: str = ""
    subject: str = ""
    message: str = ""
    errors: dict = field(default_factory=dict)


def clean_line(text, limit):
    """``text`` on one line, without control characters, cut to ``limit`` characters."""
    text = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text or ""
    )
    return " ".join(text.split())[:limit]


def clean_text(text, limit):
    """``text`` with its lines kept, without other control characters (NUL can't be stored), cut to ``limit``."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return text.strip()[:limit]


def clean_email(text):
    """The address in lower case, or None when it can't be one."""
    text = (text or "").strip().lower()
    if len(text) > EMAIL_MAX or not EMAIL.fullmatch(text) or ".." in text:
        return None
    return text


def clean_phone(text):
    """The number in E.164 (``+628...``), read as Indonesian unless it says otherwise; None when it can't be one."""
    try:
        number = phonenumbers.parse((text or "")[:PHONE_MAX], COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read(values):
    """Clean and check the fields that need no look into the database.

    :param values: mapping with ``name``, ``email``, ``phone``, ``subject``, ``message``, ``consent``
    :rtype: Submission
    """
    submission = Submission(
        name=clean_line(values.get("name"), NAME_MAX),
        subject=clean_line(values.get("subject"), SUBJECT_MAX),
        message=clean_text(values.get("message"), MESSAGE_MAX + 1),
    )
    errors = submission.errors
    if not submission.name:
        errors["name"] = "name_missing"
    _read_contact(values, submission)
    if not submission.subject:
        errors["subject"] = "subject_missing"
    if len(submission.message) < MESSAGE_MIN:
        errors["message"] = "message_short" if submission.message else "message_missing"
    elif len(submission.message) > MESSAGE_MAX:
        errors["message"] = "message_long"
    if not values.get("consent"):
        errors["consent"] = "consent_missing"
    return submission


def _read_contact(values, submission):
    email, phone = (values.get("email") or "").strip(), (values.get("phone") or "").strip()
    if not email and not phone:
        submission.errors["email"] = "contact_missing"
    if email:
        submission.email = clean_email(email) or ""
        if not submission.email:
            submission.errors["email"] = "email_invalid"
    if phone:
        submission.phone = clean_phone(phone) or ""
        if not submission.phone:
            submission.errors["phone"] = "phone_invalid"


def count_links(text):
    """How many web addresses ``text`` holds."""
    return len(LINK.findall(text or ""))


def text_digest(text):
    """A digest that is the same for texts with the same words, whatever their case, blanks and punctuation."""
    words = " ".join(WORDS.findall(unicodedata.normalize("NFKC", text or "").casefold()))
    return hashlib.sha256(words.encode()).hexdigest()


def clean_file_name(name):
    """A file's name without folders and control characters, its ending kept when it must be cut."""
    name = clean_line(re.split(r"[/\\]", name or "")[-1], 1000).strip(". ") or "file"
    if len(name) <= FILE_NAME_MAX:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:FILE_NAME_MAX]
    return f"{stem[: FILE_NAME_MAX - len(extension) - 1]}.{extension}"


def extension(name):
    """The ending of a file's name in lower case, without the dot; "" where there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""

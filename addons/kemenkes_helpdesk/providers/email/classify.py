"""What sort of mail it is: a person's, a machine's answer, a delivery report."""

import re
from email import message_from_string

from .charset import clean, decode_bytes, decode_header_value
from .mail import Bounce

NORMAL = "normal"
AUTO_REPLY = "auto_reply"
BOUNCE = "bounce"
FEEDBACK = "feedback"
LOOP_HEADER = "x-kemenkes-helpdesk"
AUTO_REPLY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-autoreply-from",
    "x-mail-autoreply",
)
ROBOTS = re.compile(
    r"^(mailer[-_]?daemon|post[-_]?master|mail[-_]?robot|mdaemon|bounces?|no-?bounces?)([-+._].*)?@", re.IGNORECASE
)
VACATION_SUBJECT = re.compile(
    r"out of (the )?office|auto(matic)?[- ]?(reply|response|responder)|vacation|on leave|away from"
    r"|balasan otomatis|jawaban otomatis|sedang cuti|di luar kantor|tidak di kantor",
    re.IGNORECASE,
)
BOUNCE_SUBJECT = re.compile(
    r"undeliver|returned mail|failure notice|non[- ]?deliver|returning message|could not be delivered|not delivered"
    r"|delivery (status|failure|has failed|failed|problem|report|notification|delayed|unsuccessful)"
    r"|mail (delivery|system|error)"
    r"|message (delivery|status|frozen)|rejected|bounce|tidak terkirim|gagal terkirim|gagal mengirim",
    re.IGNORECASE,
)
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
ADDRESS = re.compile(r"[\w.+=/'-]+@[\w.-]+\.[\w-]+")
MESSAGE_ID_LINE = re.compile(r"^(?:X-Microsoft-Original-)?Message-I[dD]:\s*(<[^<>\s]+>)", re.MULTILINE | re.IGNORECASE)


def classify(mail, message):
    """Set ``kind``, ``bounce`` and ``no_auto_reply`` of ``mail``.

    :param Mail mail: its head is read already
    :param email.message.Message message: the same mail, parsed
    """
    headers = {key.lower(): str(value).strip().lower() for key, value in reversed(list(message.raw_items()))}
    mail.no_auto_reply = _no_auto_reply(headers)
    report = _report_type(message)
    if report == "feedback-report":
        mail.kind = FEEDBACK
        mail.bounce = _read_bounce(message)
    elif report == "disposition-notification":
        mail.kind = AUTO_REPLY
    elif report == "delivery-status" or _is_bounce(mail, message, headers):
        mail.kind = BOUNCE
        mail.bounce = _read_bounce(message)
    elif _is_auto_reply(mail, headers):
        mail.kind = AUTO_REPLY
    mail.no_auto_reply = mail.no_auto_reply or mail.kind != NORMAL


def _report_type(message):
    if message.get_content_type() == "multipart/report":
        declared = message.get_param("report-type")
        if isinstance(declared, str) and declared:
            return declared.lower()
    for part in message.walk():
        content_type = part.get_content_type()
        if content_type == "message/feedback-report":
            return "feedback-report"
        if content_type == "message/disposition-notification":
            return "disposition-notification"
        if content_type in ("message/delivery-status", "message/global-delivery-status"):
            return "delivery-status"
    return "delivery-status" if message.get_content_type() == "multipart/report" else ""


def _is_bounce(mail, message, headers):
    if headers.get("x-failed-recipients"):
        return True
    if BOUNCE_SUBJECT.search(mail.subject) and _is_from_robot(mail, headers):
        return True
    if not ROBOTS.match(mail.sender.email) or _is_auto_reply(mail, headers):
        return False
    # a subject in another language: the report then holds the mail it is about, or a status
    return mail.sender.email.startswith("mailer") or _holds_report(message)


def _is_from_robot(mail, headers):
    """A mail without a sender's address is a robot's: people have one."""
    return (
        not mail.sender.email
        or bool(ROBOTS.match(mail.sender.email))
        or headers.get("return-path") == "<>"
        or "mail delivery" in mail.sender.name.lower()
    )


def _holds_report(message):
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            return True
        if part.get_content_type() == "text/plain" and re.search(
            rb"\b5\d\d[ -]\d\.\d|\b5\.\d\.\d\b", part.get_payload(decode=True) or b""
        ):
            return True
    return False


def _is_auto_reply(mail, headers):
    """RFC 3834 says Auto-Submitted; the rest is what mail systems wrote before and instead of it."""
    submitted = headers.get("auto-submitted", "").partition(";")[0].strip()
    if submitted.startswith(("auto-replied", "auto-notified")):
        return True
    if any(name in headers for name in AUTO_REPLY_HEADERS):
        return True
    if headers.get("precedence", "") in ("auto_reply", "auto-reply"):
        return True
    if submitted not in ("", "no") and mail.thread_ids:
        return True
    # the subject alone proves nothing: people write "automatic reply" too
    from_machine = mail.no_auto_reply or headers.get("return-path") == "<>" or "x-loop" in headers
    return from_machine and bool(VACATION_SUBJECT.search(mail.subject))


def _no_auto_reply(headers):
    submitted = headers.get("auto-submitted", "").partition(";")[0].strip()
    suppress = headers.get("x-auto-response-suppress", "")
    return (
        submitted not in ("", "no")
        or any(word in suppress for word in ("all", "oof", "autoreply"))
        or headers.get("precedence", "") in ("bulk", "junk", "list", "auto_reply", "auto-reply")
        or "list-id" in headers
        or "list-unsubscribe" in headers
        or "feedback-id" in headers
        or headers.get("return-path") == "<>"
    )


def _read_bounce(message):
    bounce = Bounce()
    texts = []
    for part in message.walk():
        content_type = part.get_content_type()
        if content_type in ("message/delivery-status", "message/global-delivery-status", "message/feedback-report"):
            _read_status_fields(bounce, part)
        elif content_type == "message/rfc822" and part.is_multipart():
            _read_original(bounce, part.get_payload()[0].items())
        elif content_type == "text/rfc822-headers":
            text = decode_bytes(part.get_payload(decode=True) or b"")[0]
            _read_original(bounce, message_from_string(text).items())
        elif content_type.startswith("text/") and not texts:
            texts.append(decode_bytes(part.get_payload(decode=True) or b"")[0][:20000])
    _complete_from_text(bounce, "\n".join(texts), message)
    return bounce


def _read_status_fields(bounce, part):
    blocks = part.get_payload() if part.is_multipart() else []
    if not blocks:
        text = decode_bytes(part.get_payload(decode=True) or b"")[0]
        blocks = [message_from_string(block) for block in text.split("\n\n")]
    for block in blocks:
        fields = {key.lower(): decode_header_value(str(value)) for key, value in reversed(block.items())}
        recipient = fields.get("final-recipient") or fields.get("original-recipient") or fields.get("original-rcpt-to")
        if recipient and not bounce.recipient:
            found = ADDRESS.search(recipient)
            bounce.recipient = found[0].lower() if found else ""
        bounce.action = bounce.action or fields.get("action", "").lower().strip()
        bounce.status = bounce.status or "".join(STATUS.findall(fields.get("status", ""))[:1])
        bounce.diagnostic = bounce.diagnostic or fields.get("diagnostic-code", "")[:500]


def _read_original(bounce, headers):
    for key, value in headers:
        if key.lower() in ("message-id", "x-microsoft-original-message-id"):
            bounce.original_message_ids += re.findall(
                r"<[^<>\s]+>", clean(str(value).encode("utf-8", "replace").decode())
            )


def _complete_from_text(bounce, text, message):
    """Reports in plain prose: the failed address, the status and the original's head stand in the text."""
    failed = decode_header_value(str(message.get("x-failed-recipients", "")))
    if not bounce.recipient:
        found = ADDRESS.search(failed) or ADDRESS.search(text)
        bounce.recipient = found[0].lower() if found else ""
    if not bounce.status:
        bounce.status = "".join(STATUS.findall(text)[:1])
    if not bounce.diagnostic:
        bounce.diagnostic = next((line.strip() for line in text.splitlines() if STATUS.search(line)), "")[:500]
    bounce.original_message_ids += MESSAGE_ID_LINE.findall(text)
    # a report answers the mail it is about, though few say so
    for name in ("in-reply-to", "references"):
        bounce.original_message_ids += re.findall(r"<[^<>\s]+>", decode_header_value(str(message.get(name, ""))))
    bounce.original_message_ids = list(dict.fromkeys(bounce.original_message_ids))

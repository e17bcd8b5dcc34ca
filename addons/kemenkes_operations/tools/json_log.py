"""One JSON object a line in the server's log, with the request's id and the ticket it was about.

Switched on by the environment: ``HELPDESK_LOG_FORMAT=json``. Each request has an id, the proxy's ``X-Request-ID`` or a
new one; the answer carries it too, so that a person can name it.
"""

import contextlib
import json
import logging
import os
import re
import threading
import uuid
from datetime import datetime, timezone

from . import answers

VARIABLE = "HELPDESK_LOG_FORMAT"
# What somebody else wrote goes into the log only where it can't be mistaken for anything.
GOOD_ID = re.compile(r"[0-9A-Za-z_.-]{8,64}")
# Addresses that open something by themselves: the part which is a secret is left out.
SECRET = re.compile(
    r"(/helpdesk/(?:webhook|embed|rate)/|(?:access_token|token|password|api_key|code)=)[^\s/?&\"'#]+", re.IGNORECASE
)


def start():
    """Give every request an id; with the setting, write the log as JSON."""
    answers.add_step(_begin_request)
    if os.environ.get(VARIABLE) == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonFormatter())


def _begin_request(environ):
    """An id on the thread, and on the answer."""
    thread = threading.current_thread()
    thread.helpdesk_ticket = None
    thread.helpdesk_request = identifier = _identifier(environ.get("HTTP_X_REQUEST_ID", ""))
    return lambda headers: [*headers, ("X-Request-ID", identifier)]


def _identifier(given):
    return given if GOOD_ID.fullmatch(given) else uuid.uuid4().hex


def note_ticket(ticket_id):
    """From now on the lines of this request, or of this job, are about a ticket.

    :param int ticket_id: None for none
    """
    threading.current_thread().helpdesk_ticket = ticket_id


@contextlib.contextmanager
def about_ticket(ticket_id):
    """The lines of a block are about a ticket."""
    thread = threading.current_thread()
    before = getattr(thread, "helpdesk_ticket", None)
    thread.helpdesk_ticket = ticket_id
    try:
        yield
    finally:
        thread.helpdesk_ticket = before


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON. Fields that are empty are left out."""

    def format(self, record):
        thread = threading.current_thread()
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": logging.getLevelName(record.levelno),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "database": getattr(record, "dbname", None),
            "process": record.process,
            "request": getattr(thread, "helpdesk_request", None),
            "user": getattr(thread, "uid", None),
            "ticket": getattr(thread, "helpdesk_ticket", None),
            "performance": getattr(record, "perf_info", None),
            "error": redact(self.formatException(record.exc_info)) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False, default=str)


def redact(text):
    """A line without the secrets that stand in addresses."""
    return SECRET.sub(r"\1…", text)

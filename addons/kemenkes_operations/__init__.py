from . import controllers, models
from .tools import error_answers, json_log, security_headers, session_cookie


def post_load():
    """Every answer of this process has an id and what browsers protect by, and tells nothing of the inside."""
    json_log.start()
    security_headers.start()
    session_cookie.start()
    error_answers.start()

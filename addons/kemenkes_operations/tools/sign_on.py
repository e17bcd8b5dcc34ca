"""What a browser's session remembers between the way to an identity provider and the way back."""

import secrets
import time

SESSION_KEY = "helpdesk_single_sign_on"
STATE_KEY = "b"
VALID_SECONDS = 600


def ask(session):
    """The secrets of this session's log-in: made where there are none that hold yet.

    :return: dict ``nonce``, ``binding``, ``time``
    """
    asked = session.get(SESSION_KEY)
    if not _holds(asked):
        session[SESSION_KEY] = asked = {
            "nonce": secrets.token_urlsafe(24),
            "binding": secrets.token_urlsafe(24),
            "time": time.time(),
        }
    return asked


def take(session):
    """The secrets, which from then on are used up; None where there are none that hold."""
    asked = session.pop(SESSION_KEY, None)
    return asked if _holds(asked) else None


def _holds(asked):
    return bool(asked) and time.time() - asked["time"] < VALID_SECONDS

"""What an answer tells of an error: words that were written for people, and nothing of the server's inside.

Odoo sends every browser the traceback, and the message of any exception, which may hold a query with its values. Both
stand in the server's log, under the number that the answer tells. On a developer's machine (``dev_mode``) answers stay
as Odoo makes them.
"""

import threading

from werkzeug.exceptions import HTTPException

import odoo.http
from odoo.exceptions import RedirectWarning, UserError
from odoo.http import SessionExpiredException, request
from odoo.tools import config
from odoo.tools.translate import get_translation

MODULE = "kemenkes_operations"
FOR_PEOPLE = (UserError, RedirectWarning, SessionExpiredException, HTTPException)
_whole = odoo.http.serialize_exception


# pylint: disable=prefer-env-translation
def _(text):
    """Mark a text for translation; it is translated where somebody reads it."""
    return text


UNEXPECTED = _("Something went wrong on the server. Administrators find what under number %s in its log.")


def start():
    """Tell nothing of the inside from now on."""
    odoo.http.serialize_exception = serialize


def serialize(exception, *, message=None, arguments=None):
    """An exception as browsers and programs get it; stands in for Odoo's function of the same arguments.

    :param Exception exception: what went wrong
    :param str message: words for people in the place of the exception's own
    :param arguments: in the place of the exception's own
    :rtype: dict
    """
    answer = _whole(exception, message=message, arguments=arguments)
    if config["dev_mode"]:
        return answer
    answer["debug"] = ""
    if message is None and not isinstance(exception, FOR_PEOPLE):
        answer.update(message=_words(), arguments=[], context={})
    return answer


def _words():
    number = getattr(threading.current_thread(), "helpdesk_request", "–")
    # the transaction may be broken: the language as the request has it, without asking the database
    lang = (request.env.context.get("lang") if request and request.env else None) or "en_US"
    return get_translation(MODULE, lang, UNEXPECTED, (number,))

"""The headers by which browsers protect: on every answer of the process, files and errors included.

A controller that sets its own header keeps it. Of the content security policy it keeps what it states; what it does not
state is added, so that a page that says who may frame it still says what it may load.
"""

import os
import re

from . import answers

CONTENT_SECURITY_POLICY = "Content-Security-Policy"
# Odoo compiles its templates in the browser and starts its pages by scripts in them: without these two none works.
SCRIPTS = "'self' 'unsafe-inline' 'unsafe-eval' blob:"
POLICY = {
    "default-src": "'self'",
    "script-src": SCRIPTS,
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "frame-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
# What "default-src" does not stand in for.
ALONE = ("base-uri", "form-action", "frame-ancestors")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Other sites whose scripts, frames, pictures and answers pages need, by blanks: a captcha, a map.
SITES_VARIABLE = "HELPDESK_TRUSTED_SITES"
WIDENED = ("script-src", "frame-src", "img-src", "connect-src", "style-src")
# Files of tickets have an address by their number; faces of colleagues and what belongs to a page stay.
NUMBERED_FILE = re.compile(r"/web/(?:content|image)/\d")
TEXTS = ("text/html", "application/json", "text/csv")


def start():
    """Protect every answer from now on."""
    answers.add_step(_protect_each)


def _protect_each(environ):
    path = environ.get("PATH_INFO", "")
    return lambda headers: keep_out_of_caches(path, protect(headers))


def keep_out_of_caches(path, headers):
    """Pages, answers and the files of tickets are not kept on a computer that others use next.

    :param str path: that was asked for
    :param list headers: ``(name, value)`` of the answer
    :return: list of the same form
    """
    given = {name.lower(): value for name, value in headers}
    cached = given.get("cache-control", "")
    if cached:
        is_kept = "private" in cached and NUMBERED_FILE.match(path)
    else:
        is_kept = given.get("content-type", "").startswith(TEXTS)
    if not is_kept:
        return headers
    rest = [(name, value) for name, value in headers if name.lower() != "cache-control"]
    return [*rest, ("Cache-Control", "no-store")]


def protect(headers):
    """Add what is missing.

    :param list headers: ``(name, value)`` of an answer
    :return: list of the same form
    """
    given = {name.lower(): value for name, value in headers}
    rest = [(name, value) for name, value in headers if name.lower() != CONTENT_SECURITY_POLICY.lower()]
    rest += [(name, value) for name, value in HEADERS.items() if name.lower() not in given]
    return [*rest, (CONTENT_SECURITY_POLICY, content_policy(given.get(CONTENT_SECURITY_POLICY.lower(), "")))]


def content_policy(own):
    """A page's own policy with what it does not state.

    :param str own: the header's value; empty for none
    """
    stated = {part.split()[0].lower() for part in own.split(";") if part.strip()}
    # who says what is allowed by default has thought of everything that falls back on it
    missing = [name for name in POLICY if name not in stated and ("default-src" not in stated or name in ALONE)]
    added = [f"{name} {_sources(name)}" for name in missing]
    return "; ".join([part.strip() for part in own.split(";") if part.strip()] + added)


def _sources(name):
    sites = os.environ.get(SITES_VARIABLE, "").replace(";", " ").replace(",", " ").split()
    return " ".join([POLICY[name], *sites]) if name in WIDENED else POLICY[name]

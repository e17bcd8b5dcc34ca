"""The session's cookie behind TLS: under a name with ``__Host-``, which browsers take from this very host by TLS only.

A page of another host of the same domain, or one without TLS, could otherwise plant a session of its own here. Odoo
reads and writes ``session_id``; the name is changed on the way in and out. Without TLS (a developer's machine) it
stays. Every other cookie gets ``Secure`` and ``SameSite`` on the way out.
"""

from odoo.tools import config

from . import answers

NAME = "session_id"
PROTECTED_NAME = f"__Host-{NAME}"


def start():
    """Protect the cookies of every answer from now on."""
    answers.add_step(protect_each)


def protect_each(environ):
    """Give Odoo the session's cookie under the name it knows.

    :param dict environ: of WSGI
    :return: function that changes the answer's headers
    """
    if not is_by_tls(environ):
        return list
    environ["HTTP_COOKIE"] = read(environ.get("HTTP_COOKIE", ""))
    return protect


def is_by_tls(environ):
    """Whether the browser asked by TLS, as the proxy says where there is one."""
    if config["proxy_mode"] and environ.get("HTTP_X_FORWARDED_HOST"):
        return environ.get("HTTP_X_FORWARDED_PROTO") == "https"
    return environ.get("wsgi.url_scheme") == "https"


def read(header):
    """The browser's cookies as Odoo knows them; a session under the unprotected name is not believed.

    :param str header: ``name=value; name=value``
    """
    cookies = [part.strip().partition("=") for part in header.split(";") if part.strip()]
    names = {PROTECTED_NAME: NAME}
    return "; ".join(f"{names.get(name, name)}={value}" for name, _equals, value in cookies if name != NAME)


def protect(headers):
    """The headers of an answer with its cookies protected.

    :param list headers: ``(name, value)``
    :return: list of the same form
    """
    return [(name, _protect_one(value)) if name.lower() == "set-cookie" else (name, value) for name, value in headers]


def _protect_one(cookie):
    given, *attributes = [part.strip() for part in cookie.split(";")]
    name, _equals, value = given.partition("=")
    stated = {attribute.partition("=")[0].lower() for attribute in attributes}
    if name == NAME:
        given = f"{PROTECTED_NAME}={value}"
        # a cookie with this prefix is the whole host's, or browsers refuse it
        attributes = [one for one in attributes if one.partition("=")[0].lower() not in ("domain", "path")] + ["Path=/"]
    if "secure" not in stated:
        attributes.append("Secure")
    if "samesite" not in stated:
        attributes.append("SameSite=Lax")
    return "; ".join([given, *attributes])

"""Outside services as plain Python: no import of Odoo, no exception on bad input, no call to the outside.

How to write a provider
=======================

One module ``providers/<kind>.py`` named after the kind of channel. It imports only from this package, relatively. All
its functions are pure: settings and bytes in, records out. It offers the functions of its service among these:

``handshake(account, query) -> Reply``
    Answer to a GET on the webhook's address. ``query`` is ``{name: value}``. Webhook services only.
``verify(account, headers, raw) -> Verdict``
    Whether ``raw``, the untouched bytes of the request, come from the service. ``headers`` have lower-case names. In
    constant time, fail closed: no secret configured is FORGED. Use :func:`reading.is_signed` and
    :func:`reading.same`.
``parse(account, raw) -> tuple[Incoming, ...]``
    Every item of every entry as a record, in the order of the payload. One bad item becomes :class:`Unsupported` and
    harms no other. Unknown kinds are :class:`Unsupported`. What is no news (our own echo with our reference is still
    a record) may be left out only where the service sends it as filler. ``channel`` and ``account_ref`` say for which
    account an item is where the address serves several.
``limits(account) -> Limits``
    What the service takes.
``text_length(account, text) -> int``
    How long a text is as the service counts, where ``len`` or the length in bytes is not it.
``build(account, outgoing, done=()) -> Call | Fault | None``
    The next request for something to send. ``done`` holds the :class:`Accepted` of the steps before it (also those of
    an attempt that was cut short); None: nothing is left to do. A picture on WhatsApp is two: upload, send. A long
    text is several. A :class:`Fault` where the service can't do it at all.
``read_answer(account, call, answer) -> Accepted | Fault``
    What the answer to a call of ``build`` means. ``answer.status`` 0 is "nothing came back": Retry.LATER.
``check_sent(account, outgoing) -> Call`` and ``read_check_sent(account, outgoing, answer) -> Accepted | None``
    Where the service has no idempotency key but can be asked whether a message arrived: after a lost answer this is
    asked before the message is sent again. None: it is not there.
``media_request(account, media, answer=None) -> Call | Fault``
    How to fetch a file. A call with ``expects="json"`` is run and its answer handed back as ``answer`` for the next
    one; a call with ``expects="file"`` is the file. Without this function ``media.url`` is fetched as it is.
``pull(account, what, cursor) -> Call`` and ``read_pull(account, what, cursor, answer) -> Pulled | Fault``
    Asking for pages of something; the cursor of a first time is ``{}``. ``PULLS`` names what there is:
    ``{"reviews": seconds between two pulls, "templates": 86400, ...}``.
    ``messages`` (what webhooks may have missed), ``reviews``, ``templates`` are understood.
``profile(account, handle) -> Call`` and ``read_profile(account, handle, answer) -> Person | Fault``
    The name behind an id, where messages do not bring it.
``token_call(account) -> Call | None`` and ``read_token(account, answer) -> Token | Fault``
    Getting or renewing a short-lived access token; the engine keeps it and puts it into ``Account.access_token``.
    ``TOKEN_MARGIN`` (seconds) says how long before its end it is renewed.
``renew_call(account) -> Call | None`` and ``read_renewed(account, answer) -> Token | Fault``
    Replacing a long-lived access token every ``RENEW_DAYS`` days, while the old one still serves.
``post_call(account, post_id, mention="") -> Call`` and ``read_post(account, post_id, mention, answer) -> Post | Fault``
    The public post under which something was said, where webhooks bring its id only.
``health_call(account) -> Call`` and ``read_health(account, answer) -> Health | Fault``
    "Test connection", and the daily look whether our subscription still stands.
``subscribe(account, address) -> Call`` and ``read_subscribe(account, answer) -> Accepted | Fault``
    Entering the webhook's address at the service, where that goes by request.

``FETCHES_FILES``: true where the service fetches files from an address of ours and takes no uploads.

``OPTIONS``: ``{name: (label, is_secret)}`` of what :attr:`Account.options` may hold for this kind.

Wrap any number of calls into one account by :func:`load`: ``load("whatsapp").parse(account, raw)``. Who receives uses
:func:`parse`, :func:`batch_key` and :func:`verify` of this module instead: they hold even if a provider is wrong.
"""

import hashlib
import importlib
import logging

from .records import Reply, Unsupported, Verdict

_logger = logging.getLogger(__name__)

# Kinds of channel that have a provider here; other addons add theirs with :func:`register`.
_modules = {
    kind: f"{__name__}.{kind}"
    for kind in ("whatsapp", "messenger", "facebook", "instagram", "x", "telegram", "playstore", "appstore", "call")
}


def register(kind, module):
    """Add a provider of another addon.

    :param str kind: kind of channel
    :param str module: name of the module to import
    """
    _modules[kind] = module


def kinds():
    """The kinds of channel that have a provider."""
    return tuple(kind for kind in _modules if load(kind))


def load(kind):
    """The provider of a kind of channel, None where there is none."""
    name = _modules.get(kind)
    if not name:
        return None
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # the module itself or a package around it; what a module that is there misses is its own mistake
        if not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def can(kind, function):
    """Whether the provider of a kind offers a function.

    :param str function: such as ``handshake``
    """
    return hasattr(load(kind), function)


def handshake(account, query):
    """Answer to a GET on the webhook of an account."""
    if not can(account.kind, "handshake"):
        return Reply(404)
    try:
        return load(account.kind).handshake(account, query)
    except Exception:
        _logger.warning("The handshake of a channel of kind %s failed.", account.kind, exc_info=True)
        return Reply(403)


def verify(account, headers, raw):
    """Whether a request comes from the service; closed where that can't be told.

    :param dict headers: of the request, names in any case
    :param bytes raw: the body, untouched
    """
    if not can(account.kind, "verify"):
        return Verdict.FORGED
    try:
        verdict = load(account.kind).verify(account, {name.lower(): value for name, value in headers.items()}, raw)
    except Exception:
        _logger.warning("A signature of kind %s could not be checked.", account.kind, exc_info=True)
        return Verdict.FORGED
    return verdict if isinstance(verdict, Verdict) else Verdict.FORGED


def parse(account, raw):
    """The records of a payload. What a provider chokes on is one :class:`Unsupported`; nothing is lost, nothing raised.

    :param bytes raw: the body
    """
    try:
        return tuple(load(account.kind).parse(account, raw))
    except Exception:
        _logger.warning("A payload of kind %s could not be read.", account.kind, exc_info=True)
        return (Unsupported(key=digest(raw), what="unreadable"),)


def batch_key(records, raw):
    """The id under which a batch is stored: that of its items,
    so the same items in another wrapping are the same batch.

    :param records: what :func:`parse` made of it
    :param bytes raw: the body, for a batch without items
    """
    keys = sorted({f"{record.channel}|{record.account_ref}|{record.item_key}" for record in records})
    if not keys:
        return f"body:{digest(raw)}"
    if len(records) == 1 and len(records[0].item_key) <= 200:
        return records[0].item_key
    return "items:" + digest("\n".join(keys).encode("utf-8", "surrogatepass"))


def digest(raw):
    """SHA-256 of bytes, in hex."""
    return hashlib.sha256(raw).hexdigest()

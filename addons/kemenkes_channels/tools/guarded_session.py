"""HTTP to addresses that strangers wrote: never into a network that is not public.

The address is looked up once, every result is judged, and the connection goes to the very address that was judged: a
name that answers differently the second time (DNS rebinding) gains nothing. Redirects make new connections, so they
are judged too. No proxy of the environment is used: it would look the name up for itself.
"""

import ipaddress
import socket

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

MAX_REDIRECTS = 3
# Carriers that reach inner networks by an outer address: 6to4, Teredo, NAT64.
TUNNELS = tuple(ipaddress.ip_network(network) for network in ("2002::/16", "2001::/32", "64:ff9b::/96"))


class PrivateAddressError(NewConnectionError):
    """The host stands in a network that is not public."""


def is_public(address):
    """Whether an IP address is one of the internet.

    :param str address: as :func:`socket.getaddrinfo` gives it
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped:
        parsed = mapped
    if any(parsed.version == network.version and parsed in network for network in TUNNELS):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def resolve(host, port, allowed=()):
    """The addresses of a host that may be reached, in the order of the resolver.

    :param allowed: :mod:`ipaddress` networks that may be reached although they are not public
    :raise OSError: no such host
    :return: list of :func:`socket.getaddrinfo` results; empty where one of them may not be reached
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not all(is_public(result[4][0]) or _is_listed(result[4][0], allowed) for result in found):
        return []
    return found


def _is_listed(address, networks):
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in networks)


def connect(found, timeout):
    """A connection to the first address that answers.

    :param found: what :func:`resolve` gave, not empty
    :param float timeout: seconds for each address, and of the connection afterwards
    :raise OSError: none answers
    """
    failure = None
    for family, kind, protocol, _name, address in found:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
            continue
        return connection
    raise failure


class _Guarded:
    """Connections that go only to public addresses, and to networks that are listed."""

    allowed = ()

    def _new_conn(self):
        host = self.host.strip("[]").rstrip(".")
        try:
            found = resolve(host, self.port, self.allowed)
        except OSError as error:
            raise NewConnectionError(self, f"no such host: {error}") from error
        if not found:
            raise PrivateAddressError(self, "the host is not in the public internet")
        try:
            return connect(found, self.timeout if isinstance(self.timeout, int | float) else 10)
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error


class _GuardedHTTPConnection(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    pass


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTPConnection


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPSConnection


def open_pool(allowed=(), **settings):
    """A urllib3 pool of guarded connections, for libraries that take one.

    :param allowed: as of :func:`resolve`
    :param settings: of :class:`urllib3.PoolManager`
    """
    listed = {"allowed": tuple(allowed)}
    pool = PoolManager(**settings)
    pool.pool_classes_by_scheme = {
        scheme: type(base.__name__, (base,), {"ConnectionCls": type("Listed", (base.ConnectionCls,), listed)})
        for scheme, base in (("http", _GuardedHTTPPool), ("https", _GuardedHTTPSPool))
    }
    return pool


class GuardedAdapter(HTTPAdapter):
    """``requests`` with guarded connections."""

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}


def open_session():
    """A session that reaches only the public internet, without proxies, cookies of others, or endless redirects."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = MAX_REDIRECTS
    session.mount("http://", GuardedAdapter())
    session.mount("https://", GuardedAdapter())
    return session

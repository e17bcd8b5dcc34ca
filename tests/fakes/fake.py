"""What every outside service that we play has: accounts, requests it got, errors on demand, and a citizen's view."""

import collections
import itertools
import time
from dataclasses import dataclass, field

import requests


@dataclass
class Account:
    """One account of the helpdesk at the service, and where its webhooks go."""

    kind: str
    account_ref: str
    webhook: str = ""
    secret: str = ""
    verify_token: str = ""
    token: str = ""
    name: str = "Halo Kemkes"


@dataclass
class Taken:
    """A request that the helpdesk made."""

    method: str
    path: str
    query: dict
    headers: dict
    json: object = None
    form: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)


@dataclass
class Reply:
    """An answer of the service: ``body`` is JSON, or bytes with their type."""

    body: object = None
    status: int = 200
    headers: dict = field(default_factory=dict)
    mimetype: str = "application/json"


# No webhook tells of reviews.
STORE_NOTE = (
    "Helpdesk mengambil ulasan setiap 5 menit. Tanpa menunggu: Konfigurasi › Kanal › kanal ini, "
    "Pengambilan dan biaya › Ambil sekarang. Ulasan dengan 1 bintang menjadi tiket; yang lain ada di Helpdesk › Ulasan."
)
# A fault: the request is carried out, its answer gets lost on the way back.
LOST = object()


@dataclass
class Entry:
    """One thing said or written, as the citizen's page shows it.

    :param str by: citizen, helpdesk, or other (somebody else, such as the post that is commented)
    :param str parent: id of the entry that this one answers in a tree
    :param str quote: text of the entry that this one quotes in a chat
    :param list media: ``{"type", "url", "name"}``
    :param str state: how far a message of the helpdesk got, or how long ago its window closed
    :param list marks: edited, deleted, hidden, private …
    """

    id: str
    by: str
    name: str
    text: str = ""
    at: float = 0.0
    parent: str = ""
    quote: str = ""
    media: list = field(default_factory=list)
    buttons: list = field(default_factory=list)
    reaction: str = ""
    state: str = ""
    stars: int = 0
    marks: list = field(default_factory=list)


@dataclass
class Room:
    """A place where citizens meet the helpdesk, as the page offers it.

    :param tuple actions: what a citizen can do here, names of the fake's ``do_<action>`` methods
    :param str note: what the page says above the composer
    """

    kind: str
    title: str
    account_ref: str
    actions: tuple = ("text",)
    tree: bool = False
    note: str = ""


@dataclass(frozen=True)
class Citizen:
    """Somebody who writes."""

    id: str
    name: str


class Fake:
    """A service that is played. A subclass sets ``key``, ``kinds`` and ``routes`` and offers ``rooms``.

    ``kinds`` are the kinds of channel whose accounts it has.
    ``routes`` are ``(method, path with <names>, name of the method that answers)``; the method gets the
    :class:`Taken` and the names as keywords, and returns a :class:`Reply`. ``do_<action>(room, citizen, values)``
    lets a citizen act; ``entries(room, citizen)`` is what that citizen sees.

    Ids are counted from ``first_number``: of a service that starts anew beside the same helpdesk none may come twice.
    """

    key = ""
    kinds = ()
    routes = ()

    def __init__(self, courier, base="http://localhost", clock=time.time, first_number=1):
        self.courier = courier
        self.base = f"{base}/{self.key}"
        self.clock = clock
        self.accounts = {}
        self.taken = []
        self.faults = collections.deque()
        self._numbers = itertools.count(first_number)

    # ACCOUNTS

    def add_account(self, account):
        """Open an account; ``(kind, account_ref)`` names it."""
        self.accounts[account.kind, account.account_ref] = account
        return account

    def number(self):
        """The next number; ids of a service are made of them."""
        return next(self._numbers)

    # WHAT GOES WRONG

    def fail_next(self, *replies):
        """Answer the next requests with these, whatever they ask; None is a cut connection, LOST a lost answer."""
        self.faults.extend(replies)

    def fault_named(self, name):
        """The reply behind a name on the citizen's page, such as ``token`` or ``rate``."""
        return {"server": Reply({"error": "unavailable"}, 503), "cut": None, "lost": LOST}[name]

    def fault_names(self):
        """Names that :meth:`fault_named` knows."""
        return ("server", "cut", "lost")

    def answer(self, method_name, taken, names):
        """Answer one request, noting it."""
        self.taken.append(taken)
        has_fault = bool(self.faults)
        fault = self.faults.popleft() if has_fault else None
        if has_fault and fault is not LOST:
            return fault
        reply = getattr(self, method_name)(taken, **names)
        return None if fault is LOST else reply

    # THE CITIZEN

    def rooms(self):
        """Rooms of all accounts."""
        return []

    def room(self, kind):
        """The room of a kind of channel."""
        return next(room for room in self.rooms() if room.kind == kind)

    def entries(self, room, citizen):
        """What ``citizen`` sees in ``room``, oldest first."""
        raise NotImplementedError

    def act(self, kind, citizen, action, values):
        """Let a citizen do something; the webhook goes to the courier.

        :raise KeyError: the room does not offer the action
        """
        room = self.room(kind)
        if action not in room.actions:
            raise KeyError(action)
        return getattr(self, f"do_{action}")(room, citizen, values)

    # THE HANDSHAKE

    def handshake(self, account, query):
        """Ask the helpdesk's address whether it is ours, as Meta and X do before the first webhook."""
        return requests.get(account.webhook, params=query, timeout=20)

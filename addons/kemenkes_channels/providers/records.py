"""The neutral records between the outside services and the helpdesk.

A provider (one module of this package) turns a service's payload into the incoming records below, and an
:class:`Outgoing` into the service's HTTP requests. Whoever stores, routes, sends and shows knows only these classes.

Rules that hold for all of them:

* All are frozen; sequences are tuples; an unknown text is ``""``, an unknown time ``None``.
* Times are UTC without a zone, as Odoo stores them.
* Ids are text, also where a service sends numbers.
* ``key`` is what makes an incoming record unique on its account: the same happening delivered twice, in whatever
  batch, has the same ``key``, and another happening never has it. The table in each service's section of the manual
  says which one.
* Nothing here imports Odoo or does input or output.
"""

from __future__ import annotations

import json as json_codec
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

# THE ACCOUNT


@dataclass(frozen=True)
class Account:
    """Settings of one configured account, as plain data; what is secret never shows in a ``repr``.

    :param kind: kind of channel: whatsapp, messenger, facebook, instagram, x, telegram, playstore, appstore, call ...
    :param account_ref: the account's id outside: phone number id, page id, user id, bot id, package name, app id
    :param verify_token: what the service sends back in the handshake or as a static header
    :param app_secrets: keys of the signature, the current one first; several while one is being rotated
    :param access_token: what requests carry
    :param api_host: base address instead of the service's own, such as ``http://127.0.0.1:9100`` for a stand-in
    :param options: what one kind only needs, by name: ``api_version``, ``business_id``, ``login``, ``app_id``,
        ``refresh_token``, ``client_id``, ``key_id``, ``private_key`` ...; each provider's docstring lists its own
    """

    kind: str
    account_ref: str = ""
    verify_token: str = field(default="", repr=False)
    app_secrets: tuple[str, ...] = field(default=(), repr=False)
    access_token: str = field(default="", repr=False)
    api_host: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def base(self, address):
        """The base address requests start with, without a closing slash.

        :param str address: the service's own, such as ``https://graph.facebook.com``
        """
        return (self.api_host or address).rstrip("/")


# THE WEBHOOK


class Verdict(Enum):
    """What a signature check says."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"  # answered 401
    FORGED = "forged"  # answered 403


@dataclass(frozen=True)
class Reply:
    """What the webhook answers to a handshake."""

    status: int
    body: str = ""
    content_type: str = "text/plain"


# PARTS OF WHAT COMES IN


@dataclass(frozen=True)
class Handle:
    """One id of a person. ``kind`` is a kind of ``helpdesk.identity``: whatsapp, messenger, x, email, phone ..."""

    kind: str
    value: str


@dataclass(frozen=True)
class Person:
    """Who wrote, as far as the service tells.

    :param handles: the ids, the most lasting first (WhatsApp: business-scoped id, then number); the first known one
        decides whose they all are
    :param name: the name shown to others
    :param username: such as ``@rina``, without saying it is unique
    :param phone: in E.164 where the service vouches for it
    """

    handles: tuple[Handle, ...] = ()
    name: str = ""
    username: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True)
class Media:
    """A file that is still outside. One of ``ref`` and ``url`` says where.

    :param kind: image, video, audio, voice, sticker, document
    :param ref: the id by which the service gives it out
    :param url: where it lies; it may expire within minutes
    :param sha256: in lower-case hex, ``""`` where unknown
    :param size: in bytes, 0 where unknown
    """

    kind: str
    ref: str = ""
    url: str = ""
    mime_type: str = ""
    name: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Location:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class ContactCard:
    """A contact the customer sent."""

    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


@dataclass(frozen=True)
class Post:
    """The public post under which something was said."""

    external_id: str = ""
    text: str = ""
    url: str = ""
    author: str = ""


@dataclass(frozen=True)
class Choice:
    """A button or a line of a list: one we offer, or the one the customer chose. ``payload`` comes back to us."""

    title: str
    payload: str = ""
    description: str = ""


@dataclass(frozen=True)
class Referral:
    """Where the customer came from: an advertisement, a link with a reference of ours."""

    source: str = ""
    reference: str = ""
    title: str = ""
    url: str = ""


# WHAT COMES IN


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What all incoming records have.

    :param key: see the rules above
    :param date: when it happened, by the service's clock
    :param channel: the kind of channel it is for, ``""`` for that of the account it came in by. A Page's webhook
        brings comments (facebook) and private messages (messenger) to one address.
    :param account_ref: the account it is for, ``""`` for the one it came in by. A webhook may serve several numbers
        or pages.
    """

    record: ClassVar[str] = ""

    key: str
    date: datetime | None = None
    channel: str = ""
    account_ref: str = ""

    @property
    def item_key(self):
        """``key`` with the kind of record before it: unique per account."""
        return f"{self.record}:{self.key}"


@dataclass(frozen=True, kw_only=True)
class Message(Incoming):
    """Something said: a private message, a comment, a mention.

    :param external_id: the id by which quotes, edits, reactions and statuses refer to it
    :param sender: the customer; also where ``is_echo``, then it is the one written to
    :param conversation: what it belongs to: for private messages the id of the conversation or of the person, for
        comments the id of the top comment
    :param kind: text, media, sticker, location, contact, choice, comment, mention, story, call ... (shown, and counted)
    :param is_public: everybody can read it
    :param is_echo: written in the account's own name by somebody outside the helpdesk (a tool of the service, another
        app)
    :param is_standby: another application holds the conversation: recorded, not answered
    :param own_reference: where an echo carries what we set as :attr:`Outgoing.reference`: it is ours
    :param reply_to: ``external_id`` of the quoted message, or of the comment answered
    :param choice: the button or line the customer chose
    :param buttons: what an echo offered
    """

    record: ClassVar[str] = "message"

    external_id: str
    sender: Person = Person()
    conversation: str = ""
    text: str = ""
    kind: str = "text"
    is_public: bool = False
    is_echo: bool = False
    is_standby: bool = False
    is_forwarded: bool = False
    own_reference: str = ""
    media: tuple[Media, ...] = ()
    reply_to: str = ""
    post: Post | None = None
    choice: Choice | None = None
    buttons: tuple[Choice, ...] = ()
    location: Location | None = None
    contacts: tuple[ContactCard, ...] = ()
    referral: Referral | None = None
    album: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Reaction(Incoming):
    """An emoji on a message. ``emoji`` is ``""`` where the reaction was taken back."""

    record: ClassVar[str] = "reaction"

    message_id: str
    sender: Person = Person()
    emoji: str = ""


@dataclass(frozen=True, kw_only=True)
class Edit(Incoming):
    """New words of a message that is there already; its first version may come later."""

    record: ClassVar[str] = "edit"

    message_id: str
    sender: Person = Person()
    text: str = ""
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deletion(Incoming):
    """The writer (or the service) took a message away."""

    record: ClassVar[str] = "deletion"

    message_id: str
    sender: Person = Person()


@dataclass(frozen=True, kw_only=True)
class Visibility(Incoming):
    """A comment was hidden from, or shown again to, the public."""

    record: ClassVar[str] = "visibility"

    message_id: str
    is_hidden: bool


@dataclass(frozen=True, kw_only=True)
class Status(Incoming):
    """How far one message of ours got.

    :param message_id: the id the service gave it when it took it
    :param state: sent, delivered, read, failed
    :param reference: what we set as :attr:`Outgoing.reference`, where the service gives it back
    :param fault: why it failed
    """

    record: ClassVar[str] = "status"

    message_id: str
    state: str
    recipient: Person = Person()
    reference: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, kw_only=True)
class Watermark(Incoming):
    """The customer got or read everything of ours up to a time.

    :param state: delivered or read
    :param until: up to and including this time
    :param message_ids: the ids, where the service names them
    """

    record: ClassVar[str] = "watermark"

    state: str
    until: datetime | None = None
    sender: Person = Person()
    conversation: str = ""
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonEvent(Incoming):
    """Something about the customer that is no message.

    :param kind: referral, opt_in, opt_out, blocked, unblocked, started
    """

    record: ClassVar[str] = "person_event"

    kind: str
    sender: Person = Person()
    conversation: str = ""
    referral: Referral | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class IdentityChange(Incoming):
    """A person goes on under other ids (a new number); both belong to one customer."""

    record: ClassVar[str] = "identity_change"

    before: tuple[Handle, ...]
    person: Person


@dataclass(frozen=True, kw_only=True)
class Control(Incoming):
    """Who answers a conversation has changed.

    :param owner: ``us``, ``other`` or ``nobody``
    :param name: who the other one is, where known
    :param summary: what was said so far, in the other one's words
    """

    record: ClassVar[str] = "control"

    owner: str
    sender: Person = Person()
    conversation: str = ""
    name: str = ""
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class AccountNotice(Incoming):
    """News about the account itself: quality, limits, a lock, a revoked permission.

    :param level: info, warning, error (error: nothing can be sent until somebody acts)
    :param text: in the service's words
    """

    record: ClassVar[str] = "account_notice"

    kind: str
    level: str = "info"
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Template(Incoming):
    """A message text the service has approved (or not), or news of one.

    :param state: approved, pending, rejected, paused, disabled, deleted
    :param body: with ``{{1}}`` or ``{{name}}`` where values go; ``""`` in news that only bring the state
    :param parameters: the places of ``body`` in order: ``"1"``, ``"2"`` or names
    """

    record: ClassVar[str] = "template"

    name: str
    language: str = ""
    external_id: str = ""
    category: str = ""
    state: str = ""
    header: str = ""
    body: str = ""
    footer: str = ""
    parameters: tuple[str, ...] = ()
    buttons: tuple[Choice, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Review(Incoming):
    """A review in an app store in its current version; ``date`` is when it was last changed.

    :param stars: 1 to 5
    :param text: as shown; ``original_text`` where that is a translation
    :param reply: what the developer's answer says now, ``""`` for none
    """

    record: ClassVar[str] = "review"

    external_id: str
    sender: Person = Person()
    stars: int = 0
    title: str = ""
    text: str = ""
    original_text: str = ""
    language: str = ""
    territory: str = ""
    app_version: str = ""
    os_version: str = ""
    device: str = ""
    helpful_count: int = 0
    unhelpful_count: int = 0
    created_date: datetime | None = None
    reply: str = ""
    reply_id: str = ""
    reply_date: datetime | None = None
    reply_state: str = ""


@dataclass(frozen=True)
class Recording:
    """A call's recording, still at the telephone system. ``seconds`` is its length, 0 where unknown."""

    external_id: str
    media: Media
    seconds: int = 0


@dataclass(frozen=True)
class Segment:
    """A stretch of speech. ``start`` and ``stop`` in seconds from the beginning, ``speaker`` as the source names it."""

    start: float
    stop: float
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Transcript:
    """What was said on a call.

    :param engine: what heard it
    :param confidence: 0 to 1; None where the source tells none
    :param text: the whole, where the source gives no segments
    """

    engine: str
    language: str = ""
    confidence: float | None = None
    segments: tuple[Segment, ...] = ()
    text: str = ""

    def whole_text(self):
        """The words, one segment a line."""
        return "\n".join(segment.text for segment in self.segments) or self.text


@dataclass(frozen=True, kw_only=True)
class CallEvent(Incoming):
    """A step in a telephone call, in the order of ``sequence``; steps come in any order and more than once.

    :param event: ringing, answered, transferred, hold, unhold, missed, ended, recording, transcript
    :param sequence: rises within a call; 0 where the source tells none
    :param direction: inbound or outbound, ``""`` where the step does not tell
    :param sender: the customer, whoever called
    :param number: the customer's, as the telephone system writes it; ``""``: withheld
    :param line: our number
    :param queue: that the caller waited in
    :param ivr_path: keys that the caller pressed
    :param extension: of the agent's telephone; ``login`` the agent's name at the telephone system
    :param reason: why it ended or was missed
    :param is_announced: whether the caller was told of the recording
    :param reference: what we set as :attr:`Outgoing.reference`, where we asked for the call
    """

    record: ClassVar[str] = "call"

    event: str
    call_id: str
    sequence: int = 0
    direction: str = ""
    sender: Person = Person()
    number: str = ""
    line: str = ""
    queue: str = ""
    ivr_path: tuple[str, ...] = ()
    extension: str = ""
    login: str = ""
    duration_seconds: int = 0
    talk_seconds: int = 0
    hold_seconds: int = 0
    wait_seconds: int = 0
    reason: str = ""
    is_announced: bool | None = None
    recording: Recording | None = None
    transcript: Transcript | None = None
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Unsupported(Incoming):
    """What could not be read or has no place, kept and shown; never a reason to raise.

    :param what: its name in the service's words, such as ``order``
    :param raw: the part of the payload
    :param sender: where known: then it is shown in the conversation, else only in the inbox
    """

    record: ClassVar[str] = "unsupported"

    what: str
    raw: Any = None
    external_id: str = ""
    sender: Person = Person()
    conversation: str = ""
    is_public: bool = False


# WHAT GOES OUT


@dataclass(frozen=True)
class OutgoingFile:
    """A file to send.

    ``content`` is called when the bytes are needed, so that building a request reads nothing in vain.

    :param url: a public address from which a service that takes no uploads (Instagram, Facebook comments) fetches it
    """

    name: str
    mime_type: str
    size: int
    content: Any = field(repr=False, default=None)
    url: str = field(repr=False, default="")

    def read(self):  # pylint: disable=method-required-super
        return self.content() if callable(self.content) else self.content


@dataclass(frozen=True)
class OutgoingTemplate:
    """An approved template with its values, in the order of :attr:`Template.parameters`."""

    name: str
    language: str
    parameters: tuple[tuple[str, str], ...] = ()
    header_parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outgoing:
    """One thing to do at the service in the account's name.

    :param action: ``message`` (also a comment or the answer to a review), ``edit``, ``delete``, ``hide``, ``unhide``,
        ``like``,
        ``unlike``, ``react`` (``text`` is the emoji, none takes it back), ``mark_read``, ``typing``, ``pass_control``,
        ``take_control``, ``dial`` (ring the telephone ``target`` and then call ``recipient``)
    :param reference: ours, the same in every attempt; put where the service gives it back
    :param recipient: whom it goes to: the id the customer's last message came from
    :param conversation: that of the customer's last message
    :param target: the id of the message, comment or review that ``action`` is about: what a public answer answers,
        what is edited, deleted, hidden
    :param reply_to: the private message to quote
    :param is_public: answer in public below ``target``; else privately
    :param is_private_reply: answer a public ``target`` with a private message
    :param tag: ``human_agent`` to write outside the window where the service allows it
    """

    action: str = "message"
    reference: str = ""
    recipient: str = ""
    conversation: str = ""
    target: str = ""
    reply_to: str = ""
    text: str = ""
    files: tuple[OutgoingFile, ...] = ()
    template: OutgoingTemplate | None = None
    buttons: tuple[Choice, ...] = ()
    list_title: str = ""
    is_public: bool = False
    is_private_reply: bool = False
    tag: str = ""


@dataclass(frozen=True)
class Call:
    """One HTTP request. Only whoever runs it does input and output.

    :param step: a word of the provider's own by which ``read_answer`` knows what was asked: ``upload``, ``send`` ...
    :param json: sent as JSON; ``form`` url-encoded or as fields beside ``files``; at most one of ``json``, ``form``,
        ``body``
    :param files: ``(field, name, bytes, MIME type)``
    :param expects: ``json``, or ``file``: the answer is a file and is stored under the limits of media
    :param is_repeatable: doing it twice does no harm, so a lost answer is no question
    :param is_trusted: the address was made from settings; False where it came from a payload: then no private
        network, no redirect to one
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = None
    form: Mapping[str, str] | None = None
    body: bytes | None = None
    files: tuple[tuple[str, str, bytes, str], ...] = field(default=(), repr=False)
    step: str = "send"
    expects: str = "json"
    is_repeatable: bool = False
    is_trusted: bool = True


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` 0: nothing came back (``lost`` says whether the request may have arrived)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    lost: bool = False

    def header(self, name):
        """The value of a header, whatever its case, ``""`` for none."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")

    def json(self):
        """The body as JSON; None where it is none."""
        try:
            return json_codec.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Accepted:
    """A step was done.

    :param step: that of the call
    :param external_id: the id of the message, comment or answer made; ``""`` for steps that make none (an upload)
    :param value: what a later step needs, such as the id of the uploaded file
    :param rest_seconds: how long the account should rest before its next request, for a rate limit is near
    """

    step: str = "send"
    external_id: str = ""
    value: str = ""
    rest_seconds: float = 0


class Retry(Enum):
    """What a fault asks for."""

    LATER = "later"
    NEVER = "never"
    PERSON = "person"


class Reason(Enum):
    """Why something failed, each shown to agents in a sentence of their language."""

    WINDOW_CLOSED = "window_closed"  # the customer has not written for too long
    NOT_OURS = "not_ours"  # another application holds the conversation
    NO_RECIPIENT = "no_recipient"  # no such person, or not on this service
    REFUSED = "refused"  # the person blocked us or takes no messages
    OPTED_OUT = "opted_out"
    UNDELIVERABLE = "undeliverable"
    GONE = "gone"  # the comment, post or review answered is no longer there
    NOT_MENTIONED = "not_mentioned"  # X: only who mentioned us may be answered
    DUPLICATE = "duplicate"  # the same words again
    TOO_LONG = "too_long"
    MEDIA = "media"  # type or size of a file
    TEMPLATE = "template"  # unknown, paused, disabled, wrong values
    BAD_REQUEST = "bad_request"
    RATE = "rate"  # too many requests
    UNAVAILABLE = "unavailable"  # the service is down or can't be reached
    TOKEN = "token"  # noqa: S105 - no secret: expired, revoked, wrong
    PERMISSION = "permission"
    PAYMENT = "payment"
    ACCOUNT = "account"  # locked, restricted, not registered
    UNSUPPORTED = "unsupported"  # the service can't do this at all
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """Why a step failed and what to do.

    :param retry: LATER: wait and do it again by itself; NEVER: this message will not go; PERSON: it could go after
        somebody acts (new token, a template instead, payment)
    :param reason: in one word; the agent reads a sentence made of it
    :param detail: the service's own words, shown below; no secrets, no request
    :param code: the service's error number(s), for whoever looks it up
    :param seconds: how long to wait before trying again; None: the usual back-off
    :param only_recipient: of :attr:`Reason.RATE`: too many to this person; answers to others may go
    :param stops_account: nothing else of this account can go either: it is paused and its keepers are told
    """

    retry: Retry
    reason: Reason = Reason.UNKNOWN
    detail: str = ""
    code: str = ""
    seconds: float | None = None
    stops_account: bool = False
    only_recipient: bool = False


# WHAT AN ACCOUNT CAN DO


@dataclass(frozen=True)
class MediaLimit:
    """Types and size of one kind of file that can be sent. ``types`` empty: any."""

    size: int
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What the service takes; asked before an agent sends.

    :param text_length: the longest text; 0: no limit known
    :param text_unit: characters, bytes (UTF-8), or weighted (X counts a URL as 23, an emoji as 2)
    :param public_text_length: that of public answers where it differs; 0: the same
    :param caption_length: the longest text beside a file; 0: as ``text_length``
    :param media: by kind (image, video, audio, document, sticker); a kind that is missing can't be sent
    :param window_seconds: how long after the customer's last message anything may be said; 0: no window
    :param tag_window_seconds: how long with the tag ``human_agent``; 0: no such tag
    :param has_templates: outside the window an approved template may be sent
    :param button_count: how many buttons; 0: none
    :param per_second: messages the account may send a second; 0: no limit
    :param pair_seconds: seconds between two messages to one person; 0: no limit
    :param actions: of :attr:`Outgoing.action`, those the service can do
    :param has_private_reply: a public message can be answered privately
    :param one_answer: a second answer replaces the first (app stores)
    """

    text_length: int = 0
    text_unit: str = "characters"
    public_text_length: int = 0
    caption_length: int = 0
    media: Mapping[str, MediaLimit] = field(default_factory=dict)
    window_seconds: int = 0
    tag_window_seconds: int = 0
    has_templates: bool = False
    button_count: int = 0
    per_second: float = 0
    pair_seconds: float = 0
    actions: tuple[str, ...] = ("message",)
    has_private_reply: bool = False
    one_answer: bool = False


# PULLING


@dataclass(frozen=True)
class Pulled:
    """One page of something asked for.

    :param records: incoming records
    :param cursor: what the next page, or the next pull, starts from; plain JSON values
    :param has_more: ask again at once
    """

    records: tuple[Incoming, ...] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    has_more: bool = False


@dataclass(frozen=True)
class Token:
    """A token that was got or renewed.

    ``seconds``: how long it lives, 0 for ever. The refresh token replaces the old one.
    """

    access_token: str = field(repr=False)
    seconds: int = 0
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Health:
    """What "test connection" found: the account answers, under this name."""

    name: str = ""
    detail: str = ""
    token_expiry: datetime | None = None
    is_subscribed: bool | None = None

"""The neutral records that a mail is read into."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """A person's address: ``email`` in lower case, ``name`` decoded and possibly empty."""

    email: str
    name: str = ""


@dataclass(slots=True)
class Attachment:
    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    cid: str = ""


@dataclass(slots=True)
class Bounce:
    """What a delivery report says (RFC 3464)."""

    recipient: str = ""
    status: str = ""
    action: str = ""
    diagnostic: str = ""
    original_message_ids: list[str] = field(default_factory=list)

    @property
    def failed(self):
        """Whether the message will not arrive; a delay or a success is only news."""
        return self.action not in ("delayed", "delivered", "relayed", "expanded")


@dataclass(slots=True)
class Mail:
    """One mail, as far as it could be read. ``defects`` names what was wrong with it."""

    message_id: str = ""
    in_reply_to: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    subject: str = ""
    sender: Address = Address("")
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    delivered_to: list[str] = field(default_factory=list)
    date: datetime | None = None
    # ("plain" or "html", text), in order; of alternatives only the richest
    body: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    thread_index: str = ""
    loop_tag: str = ""
    kind: str = "normal"
    # no machine may answer this mail, though a person wrote or wanted it
    no_auto_reply: bool = False
    bounce: Bounce | None = None
    defects: list[str] = field(default_factory=list)
    readable: bool = True

    @property
    def recipients(self):
        """Every address the mail was for, the envelope's first, each once."""
        headed = [address.email for address in (*self.to, *self.cc)]
        return list(dict.fromkeys([*self.delivered_to, *headed]))

    @property
    def thread_ids(self):
        """Message-IDs of what this mail answers, the nearest first."""
        return list(dict.fromkeys([*self.in_reply_to, *reversed(self.references)]))

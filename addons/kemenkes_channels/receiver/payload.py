"""One payload on its way to the inbox, as the database and the spool take it."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Payload:
    """What a service brought, verified.

    ``key`` is the same for a repeat. ``received`` is UTC, without a zone, as Odoo writes times.
    """

    channel_id: int
    key: str
    raw: bytes
    headers: dict
    received: datetime

    def to_line(self):
        """One line of text, without its end."""
        return json.dumps(
            {
                "channel_id": self.channel_id,
                "key": self.key,
                "raw": base64.b64encode(self.raw).decode(),
                "headers": self.headers,
                "received": self.received.isoformat(),
            }
        )

    @classmethod
    def from_line(cls, line):
        """The payload of :meth:`to_line`.

        :raise ValueError: the line is none
        """
        try:
            values = json.loads(line)
            return cls(
                channel_id=values["channel_id"],
                key=values["key"],
                raw=base64.b64decode(values["raw"]),
                headers=values["headers"],
                received=datetime.fromisoformat(values["received"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a payload") from error

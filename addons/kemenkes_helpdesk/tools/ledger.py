"""Canonical form and hash of a ledger row: plain Python, no Odoo, so that an auditor can run it on a dump.

The bytes that are hashed for one row, format ``helpdesk.event/1``:

* the format's name, then one line for each column of :data:`COLUMNS` in that order, joined by a line feed, UTF-8;
* ``int``: decimal digits; ``time``: ``YYYY-MM-DDTHH:MM:SS.ffffff`` in UTC; ``text``: an equals sign and the text;
  ``hash``: lower case hexadecimal digits;
* ``json``: the text PostgreSQL prints for ``jsonb`` (keys sorted by length, then by bytes; ``", "`` and ``": "``);
* a column without value is an empty line.

The hash is SHA-256 over these bytes, and ``previous_hash`` is one of the columns: that makes the chain. None of this
depends on a version of Odoo, Python or PostgreSQL. A new column means a new format name, never a change to this one.
:func:`canonical_sql` is the same in SQL, for checking millions of rows inside the server.
"""

import hashlib
import math
import re
from decimal import Decimal

FORMAT = "helpdesk.event/1"

COLUMNS = {
    "id": "int",
    "xact": "int",
    "chain": "int",
    "sequence": "int",
    "kind": "text",
    "date": "time",
    "recorded_date": "time",
    "user_id": "int",
    "real_user_id": "int",
    "target_user_id": "int",
    "ticket_id": "int",
    "other_ticket_id": "int",
    "message_id": "int",
    "team_id": "int",
    "agent_id": "int",
    "site_id": "int",
    "product_id": "int",
    "channel_id": "int",
    "category_id": "int",
    "tier": "int",
    "stage_id": "int",
    "stage_kind": "text",
    "data": "json",
    "previous_hash": "hash",
}

# Codes and field names pass, names of people with a blank, addresses and telephone numbers do not.
CODE = re.compile(r"[A-Za-z0-9_.]{1,64}", re.ASCII)
LONG_NUMBER = re.compile(r"[0-9]{5}", re.ASCII)
# Ids and seconds fit; a telephone number or a NIK (16 digits) does not.
MAX_NUMBER = 2**31 - 1
MAX_ITEMS = 1000
MAX_DEPTH = 4
DECIMALS = 6


def check_data(value, depth=0):
    """Refuse what does not belong in a ledger that is kept for ever: anything but numbers, codes and lists of them.

    :raise ValueError: naming the offending kind of value, never the value itself
    """
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            raise ValueError("A number in the ledger is an id, a count or seconds; this one is out of range.")
    elif isinstance(value, str):
        check_code(value)
    elif isinstance(value, dict | list | tuple) and depth < MAX_DEPTH and len(value) <= MAX_ITEMS:
        if isinstance(value, dict):
            for key in value:
                check_code(key)
            value = value.values()
        for item in value:
            check_data(item, depth + 1)
    else:
        raise ValueError(f"A {type(value).__name__} can't be kept in the ledger's data, or it is too large.")


def check_code(value):
    """Refuse a text that is not a short code (field name, state, model name)."""
    if not isinstance(value, str) or not CODE.fullmatch(value) or LONG_NUMBER.search(value):
        raise ValueError("A text in the ledger's data is a short code such as 'waiting_customer'.")


def dump_json(value):
    """``value`` as PostgreSQL prints it after a cast to ``jsonb``, so that Python and SQL hash the same bytes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # adding 0.0 turns -0.0 into 0.0; Decimal writes no exponent, as PostgreSQL's numeric does
        return format(Decimal(repr(round(value, DECIMALS) + 0.0)), "f")
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: (len(item[0]), item[0]))
        return "{" + ", ".join(f'"{key}": {dump_json(item)}' for key, item in items) + "}"
    return "[" + ", ".join(map(dump_json, value)) + "]"


def _time(value):
    return value.isoformat(timespec="microseconds")


_WRITERS = {"int": str, "text": "={}".format, "time": _time, "json": dump_json, "hash": bytes.hex}
_COLUMN_WRITERS = [(name, _WRITERS[kind]) for name, kind in COLUMNS.items()]


def canonical(row):
    """The bytes that are hashed for ``row``.

    :param dict row: one value (or None) for each of :data:`COLUMNS`; times naive in UTC, hashes as bytes
    :rtype: bytes
    """
    lines = [FORMAT]
    for name, write in _COLUMN_WRITERS:
        value = row[name]
        lines.append("" if value is None else write(value))
    return "\n".join(lines).encode()


def row_hash(row):
    """SHA-256 of the canonical form of ``row``, 32 bytes."""
    return hashlib.sha256(canonical(row)).digest()


_SQL_FORMS = {
    "int": "{}::text",
    "text": "'=' || {}",
    "time": """to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.US')""",
    "json": "{}::text",
    "hash": "encode({}, 'hex')",
}


def canonical_sql(alias):
    """SQL expression for the canonical form (type ``bytea``) of the row of ``helpdesk_event`` named ``alias``."""
    lines = [f"COALESCE({_SQL_FORMS[kind].format(f'{alias}.{name}')}, '')" for name, kind in COLUMNS.items()]
    return f"convert_to('{FORMAT}' || E'\\n' || " + " || E'\\n' || ".join(lines) + ", 'UTF8')"

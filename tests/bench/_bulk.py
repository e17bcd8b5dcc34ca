"""Tables filled with millions of rows: without indexes, foreign keys and triggers, which are made again afterwards."""

import csv
import io
import json

INDEXES = """
    SELECT pg_get_indexdef(indexrelid), indexrelid::regclass
      FROM pg_index WHERE indrelid = %s::regclass
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY indexrelid
"""
KEYS = """
    SELECT quote_ident(conname), pg_get_constraintdef(oid)
      FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname
"""
SPECIAL = frozenset((bytes, list))


def strip(cursor, tables):
    """Take indexes, foreign keys and triggers off ``tables``; primary keys and constraints stay.

    :return: SQL that makes the indexes again, a list; SQL that makes keys and triggers again, a list
    """
    indexes, keys = [], []
    for table in tables:
        cursor.execute(INDEXES, [table])
        for definition, name in cursor.fetchall():
            indexes.append(definition)
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(KEYS, [table])
        for name, definition in cursor.fetchall():
            keys.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        keys.append(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return indexes, keys


def copy(cursor, table, columns, rows):
    """COPY ``rows`` (of numbers, texts that are not empty, times, bytes, lists of numbers, True, False or None)."""
    file = io.StringIO()
    # what is no text and no number is rare: the rest goes through csv's own C code
    csv.writer(file).writerows([_plain(value) if type(value) in SPECIAL else value for value in row] for row in rows)
    file.seek(0)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", file)


def copy_lines(cursor, table, columns, lines):
    """COPY ``lines`` of its text format, in which nothing between two tabs is NULL."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT text, NULL '')"
    cursor.copy_expert(statement, io.StringIO("".join(lines)))


def _plain(value):
    return rf"\x{value.hex()}" if isinstance(value, bytes) else json.dumps(value)

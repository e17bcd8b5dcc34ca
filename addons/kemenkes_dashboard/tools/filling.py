"""Filling empty tables with millions of rows."""

from contextlib import contextmanager

from odoo.tools import SQL

# Sorting and grouping all rows of years at once, for this transaction alone.
WORK_MEMORY = "256MB"


@contextmanager
def indexed_afterwards(cursor, tables):
    """Indexes of ``tables`` are dropped, and made again when all rows are there: sorted once, not row by row.

    Nobody else can use the tables until the transaction ends; if it fails, the indexes are as they were.

    :param cursor: of the database
    :param tables: names of tables, empty ones; their primary keys stay
    """
    cursor.execute(
        "SELECT set_config('work_mem', %s, true), set_config('maintenance_work_mem', %s, true)",
        [WORK_MEMORY, WORK_MEMORY],
    )
    cursor.execute(
        """
        SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
          FROM pg_index index
         WHERE index.indrelid = ANY(%s::regclass[]) AND NOT index.indisprimary
        """,
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    yield
    for _name, definition in indexes:
        cursor.execute(definition)  # pylint: disable=sql-injection

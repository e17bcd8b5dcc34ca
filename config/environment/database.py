"""Databases of one server, each with its folder of files: make, copy, remove.

A database carries a comment that says what it is finished for; a copy that was cut off has none.
"""

import csv
import os
import shutil

from . import places, postgres, process

FILESTORE = places.DATA / "filestore"
PSQL = (postgres.program("psql"), "-X", "-v", "ON_ERROR_STOP=1")


def rows(server, name, statement):
    """Result of one SQL statement as lists of strings."""
    printed = process.answer(
        [*PSQL, "--csv", "-t", "-d", name, "-c", statement],
        f"ask the database {name}",
        env=server.environment,
    )
    # A row of one NULL is an empty line, which csv reads as a row of nothing.
    return [row or [""] for row in csv.reader(printed.splitlines())]


def execute(server, name, *statements):
    """Run SQL statements one after the other, each in a transaction of its own."""
    commands = [word for statement in statements for word in ("-c", statement)]
    process.answer([*PSQL, "-q", "-d", name, *commands], f"change the database {name}", env=server.environment)


def names(server, prefix):
    """Databases whose name begins with `prefix`."""
    found = rows(server, "postgres", f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')")
    return sorted(name for (name,) in found)


def comment(server, name):
    """What the database is finished for; None when it is not there or was cut off."""
    statement = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    found = rows(server, "postgres", statement)
    return found[0][0] or None if found else None


def set_comment(server, name, text):
    """Note what the database is finished for."""
    quoted = text.replace("'", "''")
    execute(server, "postgres", f"COMMENT ON DATABASE {name} IS '{quoted}'")


def create(server, name):
    """An empty database, as Odoo wants it."""
    remove(server, name)
    execute(server, "postgres", f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'")


def copy(server, source, target):
    """A copy of `source` with its files. Files are linked, not copied: Odoo never writes into an existing one."""
    remove(server, target)
    execute(server, "postgres", f"CREATE DATABASE {target} TEMPLATE {source}")
    if (FILESTORE / source).exists():
        shutil.copytree(FILESTORE / source, FILESTORE / target, copy_function=os.link)


def rename(server, source, target):
    """Give a database and its files another name; `target` must not exist."""
    shutil.rmtree(FILESTORE / target, ignore_errors=True)
    if (FILESTORE / source).exists():
        (FILESTORE / source).rename(FILESTORE / target)
    execute(server, "postgres", f"ALTER DATABASE {source} RENAME TO {target}")


def remove(server, name):
    """Remove a database and its files, whoever is connected."""
    execute(server, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def relax(server, name):
    """Trade the last seconds before a power cut for speed: for copies that live as long as a test run."""
    execute(server, "postgres", f"ALTER DATABASE {name} SET synchronous_commit = off")

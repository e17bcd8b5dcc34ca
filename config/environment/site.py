"""The database `kemenkes` that `make run` serves: made once with demo data, then only ever updated.

Its comment holds what is installed in it, as JSON; where that is missing (a restored backup) everything is updated.
"""

import json

from . import addons, database, marker, oca, odoo_command, odoo_source, snapshot
from .step import Step

NAME = "kemenkes"
UNFINISHED = "kemenkes_unfinished"


def create_step(server):
    """The database, copied under another name first so that it appears only when it is complete."""
    return Step(f"database {NAME}", lambda: NAME in database.names(server, NAME), lambda: _create(server))


def update_step(server):
    """The addons that changed since the database saw them last."""
    return Step(f"addons in {NAME} up to date", lambda: _recorded(server) == _present(), lambda: _update(server))


def _create(server):
    database.copy(server, snapshot.demo_name(), UNFINISHED)
    database.rename(server, UNFINISHED, NAME)
    _record(server)


def _update(server):
    recorded, present = _recorded(server), _present()
    installed = {
        name for (name,) in database.rows(server, NAME, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    }
    changed = [name for name, value in present["addons"].items() if recorded["addons"].get(name) != value]
    new = [name for name in changed if name not in installed]
    old = (
        ["base"] if recorded["foundation"] != present["foundation"] else [name for name in changed if name in installed]
    )
    arguments = [word for option, names in (("-i", new), ("-u", old)) if names for word in (option, ",".join(names))]
    if arguments:
        odoo_command.change_modules(NAME, "update", *arguments)
    _record(server)


def _present():
    """What the files on disk would install."""
    return {
        "foundation": marker.digest(odoo_source.source().identity, oca.PRODUCT.key),
        "addons": {addon.name: addon.fingerprint() for addon in addons.discover()},
    }


def _recorded(server):
    """What the database says is installed in it."""
    try:
        return json.loads(database.comment(server, NAME) or "")
    except ValueError:
        return {"foundation": None, "addons": {}}


def _record(server):
    database.set_comment(server, NAME, json.dumps(_present()))

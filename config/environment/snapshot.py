"""Databases kept to be copied: a copy takes a second, an installation a minute.

Three layers, each a copy of the one before, each named after the hash of what it holds:
`kemenkes_base_*` the modules ours depend on; `kemenkes_snapshot_*` our addons, without demo data; `kemenkes_demo_*`
their demo data. A layer is built again when something in its hash changes; the old one is dropped then.
"""

from pathlib import Path

from . import addons, database, marker, oca, odoo_command, odoo_source, places
from .problem import Problem
from .step import Step

BASE = "kemenkes_base_"
SNAPSHOT = "kemenkes_snapshot_"
DEMO = "kemenkes_demo_"
FINISHED = "finished"
LOAD_DEMO = Path(__file__).parent / "in_odoo" / "load_demo.py"
# Loaded into the base so that the translations of Odoo's own modules are there. English is not switched on: with both,
# citizens whose browser speaks English, as many in Indonesia do, would get English pages; administrators can add it.
LANGUAGES = "id_ID"
# The way a layer is built; raise it when that changes.
RECIPE = "1"


def base_name():
    """Name of the layer with the modules ours depend on."""
    depends = addons.foreign_dependencies(addons.discover())
    return BASE + marker.digest(RECIPE, odoo_source.source().identity, oca.PRODUCT.key, LANGUAGES, *depends)


def name():
    """Name of the layer with our addons."""
    own = addons.discover()
    return SNAPSHOT + marker.digest(base_name(), *(part for addon in own for part in (addon.name, addon.fingerprint())))


def demo_name():
    """Name of the layer with our addons' demo data."""
    return DEMO + marker.digest(name(), *(addon.demo_fingerprint() for addon in addons.discover()))


def base_step(server):
    """The layer with the modules ours depend on; not needed where the next one is there."""
    return Step(
        "database with the modules ours depend on",
        lambda: _is_finished(server, base_name()) or _is_finished(server, name()),
        lambda: _build_base(server),
    )


def step(server):
    """The layer with our addons."""
    return Step("database with our addons", lambda: _is_finished(server, name()), lambda: _build(server))


def demo_step(server):
    """The layer with our addons' demo data."""
    return Step("database with demo data", lambda: _is_finished(server, demo_name()), lambda: _build_demo(server))


def _is_finished(server, layer):
    return database.comment(server, layer) == FINISHED


def _build_base(server):
    depends = addons.foreign_dependencies(addons.discover()) or ["base"]
    database.create(server, base_name())
    odoo_command.change_modules(base_name(), "install-base", "-i", ",".join(depends), "--load-language", LANGUAGES)
    _check_installed(server, base_name(), depends, "install-base")
    _finish(server, base_name(), BASE)


def _build(server):
    own = [addon.name for addon in addons.discover()]
    database.copy(server, base_name(), name())
    if own:
        odoo_command.change_modules(name(), "install-own", "-i", ",".join(own))
    _check_installed(server, name(), own, "install-own")
    _finish(server, name(), SNAPSHOT)


def _build_demo(server):
    own = [addon.name for addon in addons.discover() if addon.demo]
    database.copy(server, name(), demo_name())
    if own:
        odoo_command.run_script(demo_name(), LOAD_DEMO, "load the demo data", {"HELPDESK_ADDONS": ",".join(own)})
    _finish(server, demo_name(), DEMO)


def _check_installed(server, layer, modules, log_name):
    """Odoo only logs a line about a module that it cannot find or install."""
    statement = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    missing = sorted(set(modules) - {module for (module,) in database.rows(server, layer, statement)})
    if missing:
        log = places.shown(places.LOG / f"{log_name}.log")
        raise Problem(f"not installed: {', '.join(missing)} (see {log}; is each dependency in config/oca.txt?)")


def _finish(server, layer, prefix):
    """Mark the layer as complete and drop the older ones of its kind."""
    for older in database.names(server, prefix):
        if older != layer:
            database.remove(server, older)
    database.set_comment(server, layer, FINISHED)

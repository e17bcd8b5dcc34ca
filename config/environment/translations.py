"""Brings the translations of our addons up to date with their terms, and lists the terms that have none."""

import subprocess

from . import addons, odoo_command, places, postgres, setup, snapshot


def run(_arguments):
    """Set up, export each addon's terms from the snapshot, update its i18n folder. Exit code 1 when a term has none."""
    with setup.one_at_a_time():
        setup.prepare()
        with postgres.running() as server:
            setup.prepare_snapshot(server)
            exported = [f"{addon.name}={_export(addon.name)}" for addon in addons.discover()]
    command = [str(places.PYTHON), "-m", "config.environment.translation_files", *exported]
    return subprocess.run(command, cwd=places.ROOT, check=False).returncode


def _export(addon):
    terms = places.STATE / f"{addon}-terms.pot"
    odoo_command.run(
        ["i18n", "export", "-d", snapshot.name(), "-l", "pot", "-o", str(terms), addon],
        f"export-{addon}",
        f"export the terms of {addon}",
    )
    return terms

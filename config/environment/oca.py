"""Addons of the Odoo Community Association, installed as wheels into a folder of their own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import marker, places, python_packages
from .step import Step


@dataclass(frozen=True)
class Collection:
    """A pinned list of wheels and the folder they are installed to."""

    title: str
    pins: Path
    folder: Path

    @property
    def addons(self):
        """Folder to put on Odoo's addons path."""
        return self.folder / "odoo" / "addons"

    @property
    def key(self):
        """Changes with the pins."""
        return marker.digest(self.pins.read_bytes())

    def has_pins(self):
        """Whether the list names anything."""
        return any(line.strip() and not line.startswith("#") for line in self.pins.read_text().splitlines())


PRODUCT = Collection("OCA addons", places.CONFIG / "oca.txt", places.OCA)
BENCH = Collection("OCA addons to compare with", places.CONFIG / "oca-bench.txt", places.VAR / "oca-bench")


def collection_step(collection):
    """One collection of addons."""
    note = collection.pins.stem
    return Step(
        collection.title,
        lambda: marker.read(note) == collection.key and collection.folder.exists(),
        lambda: _install(collection, note),
    )


def _install(collection, note):
    marker.remove(note)
    unfinished = collection.folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "odoo" / "addons").mkdir(parents=True)
    if collection.has_pins():
        shutil.rmtree(unfinished)
        python_packages.pip_install(["--no-deps", "--target", str(unfinished), "-r", str(collection.pins)], note)
    shutil.rmtree(collection.folder, ignore_errors=True)
    unfinished.rename(collection.folder)
    marker.write(note, collection.key)

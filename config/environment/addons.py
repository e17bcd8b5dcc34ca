"""The project's own addons: found by their manifests, told apart by the hash of what a database holds of them."""

import ast
from dataclasses import dataclass
from pathlib import Path

from . import marker, places

# Parts of an addon that leave nothing in a database.
NOT_IN_DATABASE = {"tests", "static", "demo", "guides", "__pycache__", "readme"}


@dataclass(frozen=True)
class Addon:
    """One addon of this project."""

    name: str
    folder: Path
    depends: tuple
    demo: tuple

    def fingerprint(self):
        """Changes when a database that holds this addon needs an update."""
        return _hash(self.folder, self._installed_files())

    def demo_fingerprint(self):
        """Changes when the demo data changes."""
        return _hash(self.folder, (self.folder / "demo").rglob("*"))

    def has_tests(self):
        """Whether Odoo finds tests in it."""
        return (self.folder / "tests" / "__init__.py").exists()

    def _installed_files(self):
        for path in self.folder.rglob("*"):
            if not NOT_IN_DATABASE.intersection(path.relative_to(self.folder).parts):
                yield path


def _hash(folder, paths):
    files = sorted(path for path in paths if path.is_file() and path.suffix != ".pyc")
    return marker.digest(*(part for path in files for part in (str(path.relative_to(folder)), path.read_bytes())))


def discover(folder=places.ADDONS):
    """Every addon in `folder` that can be installed, in order of name."""
    found = []
    for manifest in sorted(folder.glob("*/__manifest__.py")):
        content = ast.literal_eval(manifest.read_text())
        if content.get("installable", True):
            depends, demo = tuple(content.get("depends", ["base"])), tuple(content.get("demo", []))
            found.append(Addon(manifest.parent.name, manifest.parent, depends, demo))
    return found


def foreign_dependencies(addons):
    """Names of the modules that `addons` depend on and that are not ours."""
    own = {addon.name for addon in addons}
    return sorted({name for addon in addons for name in addon.depends} - own)

"""Odoo 19 itself: a folder that is there (ODOO_SOURCE), Debian's package unpacked without root, or a git clone."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import machine, marker, places, process
from .problem import Problem
from .step import Step

SERIES = "19.0"
PACKAGE = "odoo-19"
PACKAGE_SUITE = "unstable"
# The package links to files of these by relative links, so they are unpacked into the same folder.
LINKED_PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
# Listed in a manifest but left out of the package: without it every page logs an error and every browser test fails.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
REPOSITORY = "https://github.com/odoo/odoo.git"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DOWNLOADS = places.VAR / "downloads"


@dataclass(frozen=True)
class OdooSource:
    """Where the parts of one Odoo are: `python_path` to import `odoo`, `addons` folders, `script` that starts it."""

    python_path: Path
    addons: tuple
    script: Path

    @property
    def identity(self):
        """Changes when this Odoo is exchanged for another one."""
        release = self.python_path / "odoo" / "release.py"
        return marker.digest(str(self.python_path), str(release.stat().st_mtime_ns), release.read_bytes())


def source_step():
    """Odoo's source, fetched unless ODOO_SOURCE names a folder that has it."""
    given = os.environ.get("ODOO_SOURCE")
    if given:
        return Step(f"Odoo {SERIES} in {given}", lambda: bool(_checked(Path(given))), lambda: None)
    return Step(f"Odoo {SERIES}", lambda: find(places.ODOO) is not None, _fetch)


def source():
    """The Odoo in use."""
    return _checked(Path(os.environ.get("ODOO_SOURCE") or places.ODOO))


def _checked(folder):
    found = find(folder)
    if found is None:
        raise Problem(f"no Odoo {SERIES} in {folder}: it has neither odoo-bin nor usr/bin/odoo with odoo/release.py")
    return found


def find(folder):
    """The OdooSource in `folder` (a clone, or an unpacked package), or None."""
    folder = folder.resolve()
    unpacked = folder / "usr/lib/python3/dist-packages"
    candidates = (
        OdooSource(folder, (folder / "odoo/addons", folder / "addons"), folder / "odoo-bin"),
        OdooSource(unpacked, (unpacked / "odoo/addons",), folder / "usr/bin/odoo"),
    )
    for candidate in candidates:
        release = candidate.python_path / "odoo/release.py"
        if release.exists() and candidate.script.exists() and "version_info = (19, 0" in release.read_text():
            return candidate
    return None


def _fetch():
    mirror = debian_mirror() if shutil.which("apt-get") else None
    unfinished = places.ODOO.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    if mirror:
        _fetch_package(mirror, unfinished)
    else:
        _clone(unfinished)
    shutil.rmtree(places.ODOO, ignore_errors=True)
    unfinished.rename(places.ODOO)


def debian_mirror(targets=None, release=None):
    """(address, suite) of the Debian mirror this machine's apt uses; None where it uses none.

    `targets` is what `apt-get indextargets` prints, `release` the machine's os-release; both are asked when not given.
    """
    release = release or machine.os_release()
    if release.get("ID") != "debian":
        return None
    suite = release.get("VERSION_CODENAME", PACKAGE_SUITE)
    if targets is None:
        targets = process.answer(
            ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
            "ask apt for its mirror",
        )
    known = [line.split() for line in targets.splitlines() if len(line.split()) == 3]
    for address, name, component in known:
        if component == "main" and name in (suite, "stable", "oldstable", "testing", "sid", "unstable"):
            return address, name
    return None


def _fetch_package(mirror, folder):
    """Download the package and what it links to with lists of our own, then unpack all of it into `folder`."""
    _download(mirror)
    for package in sorted(DOWNLOADS.glob("*.deb")):
        process.run(["dpkg", "-x", str(package), str(folder)], "odoo-unpack", f"unpack {package.name}")
    left_out = folder / "usr/lib/python3/dist-packages/odoo/addons" / LEFT_OUT
    left_out.parent.mkdir(parents=True, exist_ok=True)
    left_out.touch()


def _download(mirror):
    address, suite = mirror
    apt = DOWNLOADS / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    lines = [f"deb {signed}{address} {name} main" for name in dict.fromkeys((PACKAGE_SUITE, suite))]
    (apt / "sources.list").write_text("\n".join(lines) + "\n")
    settings = {
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": apt / "cache",
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "60",
        "APT::Sandbox::User": "",
        # What the package links to comes from the machine's own suite; only Odoo itself is missing there.
        "APT::Default-Release": suite,
    }
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    for words in (["update"], ["download", PACKAGE, *LINKED_PACKAGES]):
        process.run(
            ["apt-get", *options, *words],
            f"odoo-{words[0]}",
            "download Odoo from the Debian mirror (is there a network?)",
            cwd=DOWNLOADS,
        )
    wanted = {PACKAGE, *LINKED_PACKAGES}
    missing = wanted - {re.split("_", package.name)[0] for package in DOWNLOADS.glob("*.deb")}
    if missing:
        raise Problem(f"could not download from the Debian mirror: {', '.join(sorted(missing))}")


def _clone(folder):
    process.run(
        ["git", "clone", "--depth", "1", "--branch", SERIES, REPOSITORY, str(folder)],
        "odoo-clone",
        "clone Odoo (is there a network?)",
    )

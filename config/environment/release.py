"""A release: one version for all addons, what changed, wheels, an image.

`make release ARGS=1.4.0` names it (19.0.1.4.0: Odoo's number, then ours), commits and tags it, then builds; without
arguments `make release` builds what is there. Wheels are OCA's, `odoo-addon-...`: pip installs them beside Odoo.
"""

import datetime as dt
import os
import re
import shutil
import subprocess

from . import addons, places, process, python_packages, setup
from .problem import Problem
from .step import say

ODOO = "19.0"
CHANGELOG = places.ROOT / "CHANGELOG.md"
COMING = "## Unreleased"
DIST = places.VAR / "dist"
IMAGE = "kemenkes-helpdesk"
NUMBER = re.compile(r"\d+\.\d+\.\d+")
MANIFEST_VERSION = re.compile(r'(?m)^(    "version": ")([^"]+)(",)$')
SUBJECT = "Release"
# A wheel has the manifest's version, not one counted from commits.
WHEEL_VARIABLES = {"WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none"}


def run(arguments):
    """Name a release (one argument, `1.4.0`), or none; then build wheels and the image. The exit code."""
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT))
    if arguments:
        name(arguments[0], dt.datetime.now(dt.timezone.utc).date())
    DIST.mkdir(parents=True, exist_ok=True)
    for addon in addons.discover():
        say(f"  {places.shown(build_wheel(addon.folder, DIST))}")
    _build_image()
    return 0


def name(number, day):
    """Write a version into all manifests and the changelog, commit and tag it.

    :param str number: ours, for instance 1.4.0
    :param date day: of the release
    :raise Problem: not a number above the last one, uncommitted changes, or nothing is said to have changed
    """
    if _git("status", "--porcelain"):
        raise Problem("there are uncommitted changes: commit them first")
    version = _next_version(number, current())
    CHANGELOG.write_text(with_release(CHANGELOG.read_text(), version, day))
    for manifest in manifests():
        manifest.write_text(with_version(manifest.read_text(), version))
    _git("commit", "--all", "--quiet", "--message", f"{SUBJECT} {version}")
    _git("tag", "--annotate", "--message", f"{SUBJECT} {version}", f"v{version}")
    say(f"  {version} is named; tell the others: git push --follow-tags")


def manifests():
    """The manifest of each addon."""
    return [addon.folder / "__manifest__.py" for addon in addons.discover()]


def current():
    """The version that the addons have.

    :raise Problem: they differ
    """
    versions = {MANIFEST_VERSION.search(manifest.read_text())[2] for manifest in manifests()}
    if len(versions) > 1:
        raise Problem(f"the addons have different versions: {', '.join(sorted(versions))}")
    return versions.pop()


def previous():
    """The commit of the release before the addons' version.

    :raise Problem: git knows of none
    """
    pattern = f"^{SUBJECT} {re.escape(ODOO)}"
    for line in _git("log", "--format=%H %s", f"--grep={pattern}").splitlines():
        commit, subject = line.split(" ", 1)
        if subject != f"{SUBJECT} {current()}":
            return commit
    raise Problem("no release before this one: name a commit (ARGS=<commit>)")


def with_version(text, version):
    """A manifest's text with another version."""
    return MANIFEST_VERSION.sub(rf"\g<1>{version}\g<3>", text)


def with_release(text, version, day):
    """The changelog's text with what was unreleased under a version.

    :raise Problem: nothing is written there
    """
    before, found, rest = text.partition(f"{COMING}\n")
    said = rest.split("\n## ")[0].strip()
    if not found or not said:
        raise Problem(f"{CHANGELOG.name} says nothing under '{COMING}'")
    return f"{before}{COMING}\n\n## {version} ({day.isoformat()})\n{rest}"


def _next_version(number, before):
    if not NUMBER.fullmatch(number):
        raise Problem(f"a version is three numbers, for instance 1.4.0, not {number}")
    version = f"{ODOO}.{number}"
    if _parts(version) <= _parts(before):
        raise Problem(f"{version} does not come after {before}")
    return version


def _parts(version):
    return [int(part) for part in version.split(".")]


def build_wheel(folder, target):
    """Build the wheel of one addon.

    :param Path folder: the addon
    :param Path target: where the wheel goes
    :return: the wheel
    """
    before = set(target.glob("*.whl"))
    process.run(
        [*python_packages.PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(folder)],
        f"wheel-{folder.name}",
        f"build the wheel of {folder.name}",
        env={**os.environ, **WHEEL_VARIABLES},
    )
    made = set(target.glob(f"odoo_addon_{folder.name}-*.whl"))
    return max(made - before or made, key=lambda wheel: wheel.stat().st_mtime_ns)


def _build_image():
    if not _has_docker():
        say("  no image: no Docker engine is here")
        return
    words = ["docker", "build", "--file", "docker/Dockerfile", "--tag", f"{IMAGE}:{current()}", "."]
    process.run(words, "image", "build the image", cwd=places.ROOT)
    say(f"  {IMAGE}:{current()}")


def _has_docker():
    if not shutil.which("docker"):
        return False
    return not subprocess.run(["docker", "info"], capture_output=True, check=False).returncode


def _git(*words):
    return process.answer(["git", *words], f"git {words[0]}", cwd=places.ROOT).strip()

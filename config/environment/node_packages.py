"""Packages of npm, each at one exact version in a folder of its own; where none comes, one does without."""

import shutil

from . import marker, places, process
from .problem import Problem
from .step import Step, carry_out, say

PRETTIER = "prettier@3.10.1"
# Finds what shuts people out of a page.
AXE = "axe-core@4.14.1"


def prepare(package):
    """Install one; whether it is there."""
    name = package.split("@")[0]
    if not shutil.which("npm"):
        say(f"  {name}: not there, it needs Node.js and npm")
        return False
    try:
        carry_out([Step(name, lambda: _is_there(name, package), lambda: _install(name, package))])
    except Problem as problem:
        say(f"  {name}: not there, {problem}")
        return False
    return True


def folder(package):
    """Where its files are."""
    name = package.split("@")[0]
    return places.NODE / name / "node_modules" / name


def _is_there(name, package):
    # an older checkout has them all in one folder
    return marker.read(name) == package and folder(package).is_dir()


def _install(name, package):
    prefix = places.NODE / name
    prefix.mkdir(parents=True, exist_ok=True)
    words = ["npm", "install", "--no-save", "--fetch-retries", "1", "--prefix", str(prefix), package]
    process.run(words, "npm", f"install {name}")
    marker.write(name, package)

"""Headless Chromium and fonts, for the tests that use a browser."""

import shutil
import subprocess

from . import machine
from .step import Step

PROGRAMS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-liberation")


def step():
    """A browser that Odoo's tests find, and a font to draw with."""
    return Step("Chromium and fonts", _is_there, lambda: machine.install_system_packages(PACKAGES))


def _is_there():
    return any(map(shutil.which, PROGRAMS)) and _has_fonts()


def _has_fonts():
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list"], capture_output=True, check=False).stdout.strip())

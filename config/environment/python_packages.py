"""The virtual environment and the pinned packages in it."""

import subprocess
import sys

from . import machine, marker, places, process
from .problem import Problem
from .step import Step

PRODUCT = places.ROOT / "requirements.txt"
DEVELOPMENT = places.ROOT / "requirements-dev.txt"
PIP = [
    str(places.PYTHON),
    "-m",
    "pip",
    "--disable-pip-version-check",
    "--no-input",
    "--retries",
    "2",
    "--timeout",
    "60",
]


def venv_step():
    """The virtual environment, made anew when the Python version changes."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Step(
        f"virtual environment, Python {version}",
        lambda: marker.read("venv") == version and places.PYTHON.exists(),
        lambda: _make_venv(version),
    )


def requirements_step(requirements):
    """The packages of one requirements file."""
    name = requirements.stem
    key = marker.digest(requirements.read_bytes(), sys.version)
    return Step(
        f"Python packages of {requirements.name}",
        lambda: marker.read(name) == key,
        lambda: _install(requirements, name, key),
    )


def _make_venv(version):
    for name in ("venv", PRODUCT.stem, DEVELOPMENT.stem):
        marker.remove(name)
    if not _has_ensurepip():
        machine.install_system_packages([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
    process.run([sys.executable, "-m", "venv", "--clear", str(places.VENV)], "venv", "make the virtual environment")
    marker.write("venv", version)


def _has_ensurepip():
    """Debian ships Python without it; it comes with the package python3-venv."""
    return not subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode


def _install(requirements, name, key):
    pip_install(["-r", str(requirements)], name)
    marker.write(name, key)


def pip_install(arguments, log_name):
    """Run pip's install in the virtual environment."""
    try:
        process.run([*PIP, "install", *arguments], log_name, "install Python packages")
    except Problem as problem:
        raise Problem(f"{problem}. Is there a network, and does pip reach its index?") from None

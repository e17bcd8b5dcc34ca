"""What this machine must offer before anything is fetched, and how a missing system package is had."""

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from . import places
from .problem import Problem

OLDEST_PYTHON = (3, 10)
NEWEST_PYTHON = (3, 13)
SPACE_FOR_SETUP = 5 * 2**30
SPACE_FOR_WORK = 2**29


def check_python(version=sys.version_info):
    """Refuse a Python that Odoo 19 does not support."""
    if not OLDEST_PYTHON <= tuple(version[:2]) <= NEWEST_PYTHON:
        raise Problem(
            f"Python {version[0]}.{version[1]} is not supported: use 3.10 to 3.13,"
            " for example `make run PYTHON=python3.12`"
        )


def check_space():
    """Refuse a disk on which the set-up, or work after it, would run out of room."""
    needed = SPACE_FOR_WORK if places.PYTHON.exists() and places.OCA.exists() else SPACE_FOR_SETUP
    folder = next(place for place in (places.VAR, *places.VAR.parents) if place.exists())
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            f"only {free / 2**30:.1f} GB free in {folder}, {needed / 2**30:.1f} GB are needed:"
            " free some, or name another folder with HELPDESK_VAR=<folder>"
        )


def check_port(port):
    """Refuse a port that another program listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Problem(f"port {port} needs root: choose one above 1023 with HELPDESK_PORT=<port>") from None
            raise Problem(
                f"port {port} is taken by another program: stop it, or choose another port with HELPDESK_PORT=<port>"
            ) from None


def free_port():
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wanted_port():
    """The port of the web server: HELPDESK_PORT, else 8069."""
    text = os.environ.get("HELPDESK_PORT") or "8069"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"HELPDESK_PORT={text} is not a port number")
    return int(text)


def receiver_port():
    """The port of the webhook receiver: RECEIVER_PORT, else 8075, else any that is free."""
    wanted = int(os.environ.get("RECEIVER_PORT") or "8075")
    try:
        check_port(wanted)
    except Problem:
        return free_port()
    return wanted


def install_system_packages(packages):
    """Install Debian or Ubuntu packages, as root or through a sudo that asks no password; else name the command."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    by_hand = Problem(f"missing on this machine: {' '.join(packages)}. Install with: sudo {' '.join(command)}")
    if not shutil.which("apt-get"):
        raise by_hand
    rights = _root_prefix()
    if rights is None:
        raise by_hand
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = places.LOG / "system-packages.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        for words in (["apt-get", "update"], command):
            subprocess.run([*rights, *words], env=environment, stdout=output, stderr=subprocess.STDOUT, check=False)
    if subprocess.run(["dpkg", "-s", *packages], capture_output=True, check=False).returncode:
        raise by_hand


def root_words():
    """Words to put before a command that needs root, none where it cannot be had."""
    return _root_prefix() or []


def _root_prefix():
    """Words to put before a command that needs root; None where it cannot be had without asking."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
        return ["sudo", "-n"]
    return None


def os_release(path="/etc/os-release"):
    """The machine's own description as a dictionary, empty where there is none."""
    if not Path(path).exists():
        return {}
    pairs = (line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)
    return {name: value.strip('"') for name, value in pairs}

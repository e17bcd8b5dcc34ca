"""Plays the outside services for whoever tries the helpdesk by hand: `tests/fakes`."""

import os
import subprocess

from . import machine, odoo_command, places, setup

PORT = "9100"


def run(arguments):
    """Set up, then play until Ctrl-C. The exit code."""
    with setup.one_at_a_time():
        setup.prepare()
    helpdesk = f"http://localhost:{machine.wanted_port()}"
    port = os.environ.get("FAKES_PORT", PORT)
    command = [str(places.PYTHON), "-m", "tests.fakes", "--port", port, "--helpdesk", helpdesk, *arguments]
    return subprocess.run(command, env=odoo_command.environment(), cwd=places.ROOT, check=False).returncode

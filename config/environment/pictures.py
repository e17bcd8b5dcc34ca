"""Takes the pictures of the guides from the running product, on a copy of the demo database that goes away again."""

import os
import subprocess

from . import browser, database, machine, odoo_command, places, postgres, python_packages, setup, snapshot
from .step import carry_out

NAME = "kemenkes_pictures"


def run(names):
    """Take all pictures, or those named `guide/picture`. The exit code."""
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT), browser.step())
    with postgres.running() as server:
        with setup.one_at_a_time():
            setup.prepare_snapshot(server)
            carry_out([snapshot.demo_step(server)])
        odoo_command.write_conf(server)
        database.copy(server, snapshot.demo_name(), NAME)
        environment = odoo_command.environment()
        environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], str(places.ROOT)))
        port = str(machine.free_port())
        command = [str(places.PYTHON), "-m", "tests.pictures", "--database", NAME, "--port", port, *names]
        try:
            return subprocess.run(command, env=environment, cwd=places.ROOT, check=False).returncode
        finally:
            database.remove(server, NAME)

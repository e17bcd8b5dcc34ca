"""The load test: `make load`. Its people are in tests/load/locustfile.py, its table is printed by tests/load/run.py."""

import os
import subprocess

from . import database, generate, odoo_command, places, postgres, rehearsal, setup
from .problem import Problem

FOLDER = rehearsal.FOLDER / "load"


def run(_arguments):
    """People at work on the generated database. The exit code."""
    with setup.one_at_a_time():
        setup.prepare(rehearsal.venv_step())
    with postgres.running() as server:
        if not database.names(server, generate.NAME):
            raise Problem("make the database first: scripts/generate 100000")
        odoo_command.write_conf(server)
        variables = {"LOAD_DATABASE": generate.NAME, "LOAD_FOLDER": str(FOLDER)}
        environment = {**odoo_command.environment(), **server.environment, **variables}
        environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], str(places.ROOT)))
        command = [str(places.PYTHON), "-m", "tests.load.run"]
        return subprocess.run(command, env=environment, cwd=places.ROOT, check=False).returncode

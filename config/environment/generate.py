"""A database as years of work would leave it, for load tests: `scripts/generate 1000000`."""

import os
import subprocess

from . import database, odoo_command, places, postgres, setup, snapshot
from .problem import Problem
from .step import say

NAME = "kemenkes_generated"
COUNT = "1000000"


def run(arguments):
    """Make the database `kemenkes_generated` with so many tickets. The exit code."""
    count = (arguments or [COUNT])[0].replace(",", "").replace("_", "")
    if not count.isdigit():
        raise Problem(f"how many tickets? {count} is no number")
    with setup.one_at_a_time():
        setup.prepare()
    with postgres.running() as server:
        with setup.one_at_a_time():
            setup.prepare_snapshot(server)
        odoo_command.write_conf(server)
        database.copy(server, snapshot.name(), NAME)
        database.relax(server, NAME)
        variables = {"GENERATE_DATABASE": NAME, "GENERATE_TICKETS": count}
        environment = {**odoo_command.environment(), **variables}
        command = [str(places.PYTHON), str(places.TESTS / "load" / "generate.py")]
        code = subprocess.run(command, env=environment, cwd=places.ROOT, check=False).returncode
        if not code:
            say(f"in the database {NAME}: {os.path.relpath(places.ROOT / 'scripts/odoo')} server -d {NAME}")
        return code

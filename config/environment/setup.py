"""The set-up that the commands share, as lists of steps."""

import contextlib
import fcntl

from . import machine, oca, odoo_command, odoo_source, places, postgres, python_packages, snapshot
from .step import carry_out


@contextlib.contextmanager
def one_at_a_time():
    """Let only one command at a time set up this folder; others wait."""
    places.make_folders()
    with (places.STATE / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(*more_steps):
    """Everything that needs no running database server."""
    machine.check_python()
    machine.check_space()
    places.make_folders()
    carry_out(
        [
            python_packages.venv_step(),
            python_packages.requirements_step(python_packages.PRODUCT),
            odoo_source.source_step(),
            oca.collection_step(oca.PRODUCT),
            *more_steps,
            postgres.step(),
        ]
    )


def prepare_snapshot(server):
    """A database with our addons, ready to be copied."""
    odoo_command.write_conf(server)
    carry_out([snapshot.base_step(server), snapshot.step(server)])

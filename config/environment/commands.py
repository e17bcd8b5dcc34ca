"""What each command of `__main__` does, step by step."""

import contextlib
import subprocess
import sys

from . import (
    bench,
    database,
    fakes,
    generate,
    lint,
    load,
    machine,
    odoo_command,
    pictures,
    postgres,
    rehearsal,
    release,
    serve,
    setup,
    site,
    snapshot,
    speech,
    suite,
    translations,
)
from .step import carry_out


def run(_arguments):
    """Set up and serve."""
    port = machine.wanted_port()
    machine.check_port(port)
    with setup.one_at_a_time():
        setup.prepare()
    with postgres.running() as server:
        with setup.one_at_a_time():
            _prepare_site(server)
        return serve.serve(server, port)


def set_up(_arguments):
    """Set up without serving."""
    with setup.one_at_a_time():
        setup.prepare()
        with postgres.running() as server:
            _prepare_site(server)
    return 0


def _prepare_site(server):
    creation = site.create_step(server)
    if not creation.done():
        setup.prepare_snapshot(server)
        carry_out([snapshot.demo_step(server)])
    odoo_command.write_conf(server)
    carry_out([creation, site.update_step(server)])


def odoo(arguments):
    """Odoo's command line."""
    _prepare_aside()
    with postgres.running() as server:
        odoo_command.write_conf(server)
        return odoo_command.pass_through(arguments)


def psql(arguments):
    """PostgreSQL's client on the server in use."""
    _prepare_aside()
    with postgres.running() as server:
        return subprocess.run(
            [*database.PSQL, *(arguments or [site.NAME])], env=server.environment, check=False
        ).returncode


def _prepare_aside():
    """Set up with the progress on stderr: what the program itself prints may go into a file."""
    with contextlib.redirect_stdout(sys.stderr), setup.one_at_a_time():
        setup.prepare()


COMMANDS = {
    "run": run,
    "fakes": fakes.run,
    "speech": speech.run,
    "setup": set_up,
    "test": suite.run,
    "odoo": odoo,
    "psql": psql,
    "lint": lint.run,
    "format": lint.mend,
    "bench": bench.run,
    "generate": generate.run,
    "load": load.run,
    "drill": rehearsal.failover,
    "drill-restore": rehearsal.restore,
    "drill-upgrade": rehearsal.upgrade,
    "release": release.run,
    "translate": translations.run,
    "pictures": pictures.run,
}

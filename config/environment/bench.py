"""Runs the measurements in tests/bench: each file gets a database of its own and prints its table."""

import os
import subprocess

from . import database, machine, oca, odoo_command, places, postgres, python_packages, setup, snapshot
from .problem import Problem
from .step import Step, carry_out, say

FOLDER = places.TESTS / "bench"
PREFIX = "kemenkes_bench_"
PEER = "kemenkes_peer"
PEER_MODULES = "helpdesk_mgmt,helpdesk_mgmt_sla"


def run(names):
    """Run the named measurements (files of tests/bench without .py), or all. The exit code."""
    machine.check_python()
    files = _files(names)
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT), oca.collection_step(oca.BENCH))
    with postgres.running() as server:
        with setup.one_at_a_time():
            setup.prepare_snapshot(server)
        odoo_command.write_conf(server, (oca.PRODUCT, oca.BENCH))
        carry_out([peer_step(server)])
        codes = [_run_file(server, file) for file in files]
    return max(codes, default=0)


def _files(names):
    wanted = [FOLDER / f"{name}.py" for name in names] or sorted(FOLDER.glob("[!_]*.py"))
    missing = [file.stem for file in wanted if not file.exists()]
    if missing:
        raise Problem(f"no such measurement in tests/bench: {', '.join(missing)}")
    return wanted


def peer_step(server):
    """The database in which the peer, OCA's helpdesk, is installed; ours excludes it, so it has one of its own."""
    key = f"{oca.BENCH.key} {snapshot.base_name()}"
    return Step(
        f"database {PEER} with {PEER_MODULES}",
        lambda: database.comment(server, PEER) == key,
        lambda: _build_peer(server, key),
    )


def _build_peer(server, key):
    database.create(server, PEER)
    odoo_command.change_modules(PEER, "install-peer", "-i", PEER_MODULES)
    database.set_comment(server, PEER, key)


def _run_file(server, file):
    say(f"\n{file.stem}")
    own, peer = f"{PREFIX}{file.stem}", f"{PREFIX}{file.stem}_peer"
    database.copy(server, snapshot.name(), own)
    database.copy(server, PEER, peer)
    variables = {"BENCH_DATABASE": own, "BENCH_PEER_DATABASE": peer, "BENCH_PORT": str(machine.free_port())}
    environment = {**odoo_command.environment(), **variables}
    environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], str(places.ROOT)))
    try:
        return subprocess.run([str(places.PYTHON), str(file)], env=environment, cwd=places.ROOT, check=False).returncode
    finally:
        database.remove(server, own)
        database.remove(server, peer)

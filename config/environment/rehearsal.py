"""What the rehearsals need besides the product: engines for several machines, in folders of their own under VAR/drill.

Debian's packages are unpacked, not installed: no root is needed, and no service starts by itself.
"""

import os
import shutil
import subprocess
import sys

from . import machine, marker, odoo_command, places, postgres, process, python_packages, release, setup, snapshot
from .problem import Problem
from .step import Step, carry_out

FOLDER = places.VAR / "drill"
VENV = FOLDER / "venv"
PROGRAMS = FOLDER / "programs"
REQUIREMENTS = places.ROOT / "requirements-drill.txt"
# With the libraries that a small machine lacks.
PACKAGES = (
    "etcd-server",
    "haproxy",
    "libopentracing-c-wrapper0",
    "libopentracing1",
    "liblua5.3-0",
    "libpopt0",
    "rsync",
)


def failover(arguments):
    """Standby and failover: the exit code of tests/drill/failover.py."""
    return _rehearse("failover", arguments)


def restore(arguments):
    """Backup and restore: the exit code of tests/drill/restore.py."""
    return _rehearse("restore", arguments)


def upgrade(arguments):
    """The release before, brought up to date under load: the exit code of tests/drill/upgrade.py."""
    variables = {"DRILL_FOLDER": str(FOLDER / "upgrade"), "PYTHONPATH": str(places.ROOT)}
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT))
    revision = arguments or [release.previous()]
    command = [str(places.PYTHON), "-m", "tests.drill.upgrade", *revision]
    return subprocess.run(command, env={**os.environ, **variables}, cwd=places.ROOT, check=False).returncode


def _rehearse(name, arguments):
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT), venv_step(), _programs_step())
    with postgres.running() as server:
        with setup.one_at_a_time():
            setup.prepare_snapshot(server)
            carry_out([snapshot.demo_step(server)])
        odoo_command.write_conf(server)
        variables = {"DRILL_FOLDER": str(FOLDER / name), "DRILL_SOURCE": snapshot.demo_name()}
        command = [str(places.PYTHON), "-m", f"tests.drill.{name}", *arguments]
        environment = {**odoo_command.environment(), **variables}
        environment["PYTHONPATH"] = os.pathsep.join((environment["PYTHONPATH"], str(places.ROOT)))
        return subprocess.run(command, env=environment, cwd=places.ROOT, check=False).returncode


def venv_step():
    """The virtual environment with the engines and Locust, apart from the product's."""
    key = marker.digest(REQUIREMENTS.read_bytes(), sys.version)
    return Step("engines from PyPI", lambda: marker.read("drill-venv") == key, lambda: _make_venv(key))


def _make_venv(key):
    python = _reachable_python()
    process.run(
        [python, "-m", "venv", "--clear", "--without-pip", str(VENV)], "drill-venv", "make a virtual environment"
    )
    # without what packages ask for: the list is complete, and psycopg2 would have to be compiled
    words = [*python_packages.PIP, "--python", str(VENV / "bin/python"), "install", "--no-deps", "-r"]
    process.run([*words, str(REQUIREMENTS)], "drill-packages", "install the rehearsals' Python packages")
    marker.write("drill-venv", key)


def _reachable_python():
    """A Python that PostgreSQL's user can run as well: Patroni runs as that user."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            result = subprocess.run([python, "-c", ""], check=False, **postgres.as_server_user())
        except OSError:
            continue
        if not result.returncode:
            return python
    raise Problem("PostgreSQL's user can't run this Python, and there is no /usr/bin/python3")


def _programs_step():
    key = marker.digest(*PACKAGES)
    return Step("engines from Debian", lambda: marker.read("drill-programs") == key, lambda: _fetch(key))


def _fetch(key):
    if not shutil.which("apt-get"):
        raise Problem(f"the rehearsals need Debian's or Ubuntu's packages {', '.join(PACKAGES)}")
    downloads = FOLDER / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    options = ["-o", "APT::Sandbox::User="]
    try:
        process.run(["apt-get", *options, "download", *PACKAGES], "drill-download", "download engines", cwd=downloads)
    except Problem:
        # a new machine knows no packages before it has their list
        process.run([*machine.root_words(), "apt-get", "update"], "drill-update", "read the list of packages")
        process.run(["apt-get", *options, "download", *PACKAGES], "drill-download", "download engines", cwd=downloads)
    shutil.rmtree(PROGRAMS, ignore_errors=True)
    for package in sorted(downloads.glob("*.deb")):
        process.run(["dpkg", "-x", str(package), str(PROGRAMS)], "drill-unpack", f"unpack {package.name}")
    marker.write("drill-programs", key)

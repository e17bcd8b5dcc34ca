"""What is missing on a machine is said in one line, before anything is fetched."""

import os
import shutil
import socket
import subprocess
import sys
from typing import NamedTuple

import pytest

from config.environment import machine, places
from config.environment.problem import Problem


class Usage(NamedTuple):
    """As shutil.disk_usage returns it."""

    total: int
    used: int
    free: int


def command(*words, **variables):
    """Run one of the project's commands as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "config.environment", *words],
        cwd=places.ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_line(result, words):
    assert result.returncode != 0
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert words in result.stderr


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 18), (3, 14, 0)])
def test_unsupported_python(version):
    with pytest.raises(Problem, match=rf"Python {version[0]}\.{version[1]} is not supported"):
        machine.check_python(version)


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 13, 9)])
def test_supported_python(version):
    machine.check_python(version)


PRETEND = """
import sys
sys.version_info = (3, 9, 1)
from config.environment.__main__ import main
sys.exit(main(["run"]))
"""


@pytest.mark.parametrize("name", ["python3.8", "python3.9", "python3.14"])
def test_old_python_says_so_itself(name):
    """The check itself runs on the Python that is not supported; this one pretends where the machine has none."""
    program = shutil.which(name)
    there = program and not subprocess.run([program, "--version"], capture_output=True, check=False).returncode
    words = [program, "-m", "config.environment", "run"] if there else [sys.executable, "-c", PRETEND]
    result = subprocess.run(words, cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert_one_line(result, "is not supported")


def test_busy_port():
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        assert_one_line(command("run", HELPDESK_PORT=str(port)), f"port {port} is taken")


def test_port_that_is_no_number():
    assert_one_line(command("run", HELPDESK_PORT="http"), "HELPDESK_PORT=http is not a port number")


def test_full_disk(monkeypatch):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _folder: Usage(10, 10, 2**28))
    with pytest.raises(Problem, match=r"only 0\.2 GB free"):
        machine.check_space()


def test_full_disk_in_the_middle(monkeypatch, capsys):
    """A disk that fills up during the work is one line too."""
    from config.environment import __main__, commands

    def fill(_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(commands.COMMANDS, "run", fill)
    assert __main__.main(["run"]) == 1
    assert capsys.readouterr().err == "error: [Errno 28] No space left on device\n"


def test_database_url_that_is_none():
    assert_one_line(command("setup", DATABASE_URL="mysql://somewhere"), "DATABASE_URL must look like")


def test_odoo_source_without_odoo(tmp_path):
    assert_one_line(command("setup", ODOO_SOURCE=str(tmp_path)), "no Odoo 19.0 in")


def test_unknown_command_shows_usage():
    result = command("frobnicate")
    assert result.returncode == 2
    assert "usage:" in result.stdout

"""A measurement that is an acceptance run: a program of tests/acceptance on the measurements' database."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "acceptance"


def run(name, *words):
    """Run tests/acceptance/``name``.py with the database and ``words``; its exit code."""
    command = [sys.executable, str(FOLDER / f"{name}.py"), "--database", os.environ["BENCH_DATABASE"], *words]
    return subprocess.run(command, check=False).returncode

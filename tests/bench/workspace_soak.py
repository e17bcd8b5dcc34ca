"""Thousands of messages while one agent works in one page: tests/acceptance/workspace_soak.py."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "acceptance" / "workspace_soak.py"


def main():
    command = [sys.executable, str(SCRIPT), "--database", os.environ["BENCH_DATABASE"]]
    command += ["--port", os.environ["BENCH_PORT"], "--messages", os.environ.get("BENCH_MESSAGES", "5000")]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

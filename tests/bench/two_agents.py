"""Two agents on one ticket, a line that is cut and a server that is killed: tests/acceptance/two_agents.py."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "acceptance" / "two_agents.py"


def main():
    command = [sys.executable, str(SCRIPT), "--database", os.environ["BENCH_DATABASE"]]
    command += ["--port", os.environ["BENCH_PORT"], "--cut", os.environ.get("BENCH_CUT", "60")]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

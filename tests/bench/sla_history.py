"""A random history of 10,000 tickets: every clock rebuilt from the ledger is the stored one."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "acceptance" / "sla_history.py"


def main():
    command = [sys.executable, str(SCRIPT), "--database", os.environ["BENCH_DATABASE"]]
    command += ["--tickets", os.environ.get("BENCH_TICKETS", "10000"), "--seed", os.environ.get("BENCH_SEED", "1")]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

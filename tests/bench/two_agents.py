"""Two agents on one ticket, a line that is cut and a server that is killed: tests/acceptance/two_agents.py."""

import os
import sys

import _acceptance as acceptance


def main():
    words = ["--port", os.environ["BENCH_PORT"], "--cut", os.environ.get("BENCH_CUT", "60")]
    return acceptance.run("two_agents", *words)


if __name__ == "__main__":
    sys.exit(main())

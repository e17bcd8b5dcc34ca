"""Thousands of messages while one agent works in one page: tests/acceptance/workspace_soak.py."""

import os
import sys

import _acceptance as acceptance


def main():
    words = ["--port", os.environ["BENCH_PORT"], "--messages", os.environ.get("BENCH_MESSAGES", "5000")]
    return acceptance.run("workspace_soak", *words)


if __name__ == "__main__":
    sys.exit(main())

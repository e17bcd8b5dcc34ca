"""A random history of 10,000 tickets: every clock rebuilt from the ledger is the stored one."""

import os
import sys

import _acceptance as acceptance


def main():
    words = ["--tickets", os.environ.get("BENCH_TICKETS", "10000"), "--seed", os.environ.get("BENCH_SEED", "1")]
    return acceptance.run("sla_history", *words)


if __name__ == "__main__":
    sys.exit(main())

"""Command line of the receiver."""

# first of all: what is imported later must wait without blocking
from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402

from .server import serve  # noqa: E402
from .spool import Spool, SpoolTaken  # noqa: E402
from .store import Store  # noqa: E402


def main():
    """Read the settings and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="receiver", description="The helpdesk's webhook receiver.")
    parser.add_argument("--host", default=os.environ.get("RECEIVER_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("RECEIVER_PORT", "8075")))
    parser.add_argument("--dsn", default=os.environ.get("RECEIVER_DSN", ""), help="database, as libpq takes it")
    parser.add_argument("--connections", type=int, default=4, help="to the database, at most")
    parser.add_argument(
        "--spool",
        default=os.environ.get("RECEIVER_SPOOL"),
        help="folder where payloads wait while the database is away; each receiver has its own",
    )
    parser.add_argument(
        "--spool-megabytes", type=int, default=int(os.environ.get("RECEIVER_SPOOL_MEGABYTES", "2048")), help="at most"
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        spool = Spool(options.spool, options.spool_megabytes * 1024 * 1024) if options.spool else None
    except (OSError, SpoolTaken) as error:
        parser.exit(1, f"receiver: the spool can't be used: {error}\n")
    serve(options.host, options.port, Store(options.dsn, options.connections, spool))


main()

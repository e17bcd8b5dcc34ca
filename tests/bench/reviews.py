"""Every text of the file HELPDESK_REVIEWS through the web form of a server: tests/acceptance/reviews_as_forms.py."""

import os
import subprocess
import sys
import time
from pathlib import Path

import requests

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from config.environment import odoo_command

SCRIPT = Path(__file__).parents[1] / "acceptance" / "reviews_as_forms.py"
START_SECONDS = 120


def allow_many(database):
    """One machine fills in all the forms: let its address, and its speed, pass."""
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        env["helpdesk.channel"].search([("kind", "=", "form")]).write({"form_rate_limit": 0, "form_min_seconds": 0})


def wait_for(address):
    """:raise SystemExit: nobody answers"""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            return requests.get(f"{address}/web/health", timeout=10).raise_for_status()
        except requests.RequestException:
            time.sleep(0.5)
    raise SystemExit("The server does not answer.")


def main():
    if not os.environ.get("HELPDESK_REVIEWS"):
        print("left out: HELPDESK_REVIEWS names no CSV file")
        return 0
    database, port = os.environ["BENCH_DATABASE"], os.environ["BENCH_PORT"]
    allow_many(database)
    options = ("-d", database, "--http-interface", "127.0.0.1", "--http-port", port, "--log-level", "error")
    server = subprocess.Popen(odoo_command.words("server", *options))
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        command = [sys.executable, str(SCRIPT), address, os.environ["HELPDESK_REVIEWS"]]
        return subprocess.run(command, check=False).returncode
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())

"""An upgrade, rehearsed: the release before this one with its demo data, webhooks all the time, then these files.

Everything runs in DRILL_FOLDER, as on a customer's machine: the old release is taken from git and set up by its own
commands; then these commands bring its database up to date while the old receiver goes on accepting. Prints and keeps
a table; ends with 1 when something is lost, doubled or broken. The release is the argument, any name of git's for it.
"""

import configparser
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

from config.environment import machine, places
from tests.load import whatsapp

from . import load, site

FOLDER = Path(os.environ["DRILL_FOLDER"])
OLD = FOLDER / "old"
VAR = FOLDER / "var"
HERE = Path(__file__).parent
DATABASE = "kemenkes"
UNDER_LOAD_SECONDS = 5
PATIENCE_SECONDS = 180
STILL_WAITING = "SELECT count(*) FROM helpdesk_inbox_event WHERE state IN ('new', 'failed')"
BROUGHT = "SELECT external_id FROM helpdesk_channel_message WHERE external_id LIKE 'wamid.gladi.%'"
NOT_INSTALLED = "SELECT name FROM ir_module_module WHERE state NOT IN ('installed', 'uninstalled', 'uninstallable')"


def commands(root, *words, **options):
    """One command of a release's own environment, on the rehearsal's folder.

    :param Path root: the release
    """
    environment = environment_of(root, **options.pop("variables", {}))
    return subprocess.run(
        [sys.executable, "-m", "config.environment", *words], cwd=root, env=environment, check=True, **options
    )


def environment_of(root, **more):
    """Variables of the commands of a release."""
    inherited = {name: value for name, value in os.environ.items() if name != "ODOO_RC"}
    return {**inherited, "HELPDESK_VAR": str(VAR), "PYTHONPATH": str(root), **more}


def shell(root, script, **variables):
    """Run a Python file in Odoo's shell; what it prints as its last line, as JSON."""
    with Path(script).open() as text:
        words = ("odoo", "shell", "-d", DATABASE, "--no-http", "--log-level", "error")
        result = commands(root, *words, stdin=text, stdout=subprocess.PIPE, text=True, variables=variables)
    return json.loads([line for line in result.stdout.splitlines() if line.startswith("{")][-1])


def rows(query):
    """Result of a query as tuples of strings."""
    words = ("psql", "-X", "-A", "-t", "-F", "\t", "-d", DATABASE, "-c", query)
    printed = commands(places.ROOT, *words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return [tuple(line.split("\t")) for line in printed.splitlines() if line]


def take_from_git(revision):
    """The files of a release, without what git knows of others."""
    OLD.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=places.ROOT, check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(OLD)], input=archive.stdout, check=True)


def receiver_of(root):
    """The light receiver of a release, as its own service: it does not stop when Odoo is exchanged."""
    conf = configparser.RawConfigParser()
    conf.read(VAR / "odoo.conf")
    parts = {"host": "db_host", "port": "db_port", "user": "db_user", "password": "db_password"}
    known = {name: conf["options"].get(option) for name, option in parts.items()}
    words = " ".join(f"{name}={value}" for name, value in known.items() if value and value != "False")
    port = machine.free_port()
    path = os.pathsep.join((str(root / "addons/kemenkes_channels"), os.environ["PYTHONPATH"]))
    program = [VAR / "venv/bin/python", "-m", "receiver", "--port", port, "--spool", FOLDER / "spool"]
    program += ["--dsn", f"{words} dbname={DATABASE}"]
    environment = {**os.environ, "PYTHONPATH": path}
    return site.Program("receiver", program, FOLDER, env=environment), port


def wait_until(holds, what):
    """Until something holds; ends the rehearsal when it does not come."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.5)
    sys.exit(f"waited {PATIENCE_SECONDS} s in vain for: {what}")


def answers(address):
    """Whether somebody answers there."""
    try:
        return urllib.request.urlopen(address, timeout=5).status == 200
    except OSError:
        return False


def main():
    [revision] = sys.argv[1:]
    site.fresh_folder(FOLDER)
    table = site.Table(f"Upgrade from {revision}", FOLDER / "report.txt")
    take_from_git(revision)
    commands(OLD, "setup")
    cast = shell(OLD, HERE / "in_odoo_channel.py", DRILL_NUMBER=whatsapp.NUMBER, DRILL_SECRET=whatsapp.SECRET)
    shell(OLD, HERE / "in_odoo_work.py", DRILL_TICKETS="10")
    before = rows(site.COUNTS)
    # the embedded database server runs as long as a command uses it; in production it always runs
    words = [sys.executable, "-m", "config.environment", "psql", "-d", "postgres", "-c", "SELECT pg_sleep(86400)"]
    database = site.Program("database", words, FOLDER, env=environment_of(places.ROOT), cwd=places.ROOT).start()
    receiver, port = receiver_of(OLD)
    receiver.start()
    services = load.Services(port, cast["token"])
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/helpdesk/webhook-health"), "the receiver")
        services.start()
        time.sleep(UNDER_LOAD_SECONDS)
        start = time.monotonic()
        commands(places.ROOT, "setup")
        end = time.monotonic()
        table.row("database brought up to date in", f"{end - start:.0f} s")
        table.row("longest time no webhook was accepted meanwhile", f"{services.longest_gap(start, end):.1f} s")
        look(table, before)
        serve(table, services)
    finally:
        services.stop()
        receiver.stop()
        database.stop()
    return table.write()


def look(table, before):
    """What was there is there, in modules that are whole."""
    found = rows(site.COUNTS)
    kept = all(int(old) <= int(new) for old, new in zip(before[0], found[0], strict=True))
    table.row("tickets, messages, ledger rows, attachments before", ", ".join(before[0]))
    table.row("and after", ", ".join(found[0]), kept)
    stuck = rows(NOT_INSTALLED)
    table.row("modules left between two states", len(stuck), not stuck)
    state = shell(places.ROOT, HERE / "in_odoo_verify.py")
    broken, missing = state["broken_ledger_rows"], state["missing_files"]
    table.row("rows of the ledger whose chain is broken", broken, not broken)
    table.row("attachments without their file", missing, not missing)


def serve(table, services):
    """People log in, and what was accepted meanwhile comes in, once each."""
    port = machine.free_port()
    ports = {"HELPDESK_PORT": str(port), "RECEIVER_PORT": str(machine.free_port())}
    environment = environment_of(places.ROOT, **ports)
    words = [sys.executable, "-m", "config.environment", "run"]
    odoo = site.Program("odoo", words, FOLDER, env=environment, cwd=places.ROOT).start()
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/web/health"), "Odoo")
        is_in = site.Browser(url).log_in("manajer1@demo.kemenkes.example", "demo")
        table.row("log-in works", "yes" if is_in else "no", is_in)
        services.stop()
        wait_until(lambda: not list((FOLDER / "spool").glob("*.batch")), "the receiver's spool")
        wait_until(lambda: rows(STILL_WAITING) == [("0",)], "the inbox")
    finally:
        odoo.stop()
    found = Counter(id_ for (id_,) in rows(BROUGHT))
    accepted = {what for _at, what in services.accepted}
    table.row("webhooks accepted", len(accepted), len(accepted) > 0)
    lost = accepted - set(found)
    table.row("webhooks lost", len(lost), not lost)
    doubled = [id_ for id_, count in found.items() if count > 1]
    table.row("webhooks doubled", len(doubled), not doubled)


if __name__ == "__main__":
    sys.exit(main())

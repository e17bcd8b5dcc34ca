"""Serves the database `kemenkes` in the foreground, with the light webhook receiver, and tells who can log in."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import database, machine, odoo_command, places, process, site
from .problem import Problem
from .step import say

SECONDS_TO_START = 120
# One demo user for each role, a role being the groups of the project's addons that were given to the user directly.
LOGINS = """
    WITH demo AS (
        SELECT u.id, u.login, min(g.sequence) AS rank, string_agg(g.name ->> 'en_US', ', ' ORDER BY g.sequence) AS role
          FROM res_users u
          JOIN res_groups_users_rel given ON given.uid = u.id
          JOIN res_groups g ON g.id = given.gid
          JOIN ir_model_data name ON name.model = 'res.groups' AND name.res_id = g.id
         WHERE u.active AND u.login LIKE '%@demo.kemenkes.example' AND starts_with(name.module, 'kemenkes_')
         GROUP BY u.id)
    SELECT login, role FROM (SELECT DISTINCT ON (role) * FROM demo ORDER BY role, id) first ORDER BY rank, login
"""


def serve(server, port):
    """Start Odoo and the receiver, print the logins once Odoo answers, stay until it ends. Returns Odoo's exit code."""
    log = places.LOG / "odoo.log"
    say(f"  working  web server on port {port} ...")
    started = time.monotonic()
    arguments = ["server", "-d", site.NAME, "--http-port", str(port)]
    with log.open("a") as output:
        odoo = subprocess.Popen(
            odoo_command.words(*arguments),
            env=odoo_command.environment(),
            cwd=places.ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    receiver_port = machine.receiver_port()
    receiver = _start_receiver(server, receiver_port)
    try:
        _wait_until_it_answers(odoo, port, log)
        say(f"  done     web server ({time.monotonic() - started:.1f} s)")
        _print_logins(server, port, log)
        say(f"  webhooks are taken in at http://localhost:{receiver_port}/helpdesk/webhook/<token> as well\n")
        return odoo.wait()
    finally:
        _stop(receiver)
        _stop(odoo)


def _start_receiver(server, port):
    """Start the program that takes webhooks in, whatever Odoo does; it waits for the database by itself."""
    log = places.LOG / "receiver.log"
    paths = (str(places.ADDONS / "kemenkes_channels"), odoo_command.environment()["PYTHONPATH"])
    environment = {
        **odoo_command.environment(),
        **server.environment,
        "PYTHONPATH": os.pathsep.join(paths),
        "RECEIVER_DSN": f"dbname={site.NAME}",
        "RECEIVER_PORT": str(port),
        "RECEIVER_SPOOL": str(places.VAR / "spool"),
    }
    with log.open("a") as output:
        return subprocess.Popen(
            [str(places.PYTHON), "-m", "receiver"],
            env=environment,
            cwd=places.ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait_until_it_answers(odoo, port, log):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if odoo.poll() is not None:
            reason = process.last_words(log.read_text(errors="replace"))
            raise Problem(f"the web server ended: {reason} (whole output: {places.shown(log)})")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise Problem(f"the web server did not answer in {SECONDS_TO_START} s (its output: {places.shown(log)})")


def _print_logins(server, port, log):
    address = f"http://localhost:{port}"
    say(f"\nKemenkes Helpdesk is at {address} (log: {places.shown(log)}; Ctrl-C stops it)\n")
    users = database.rows(server, site.NAME, LOGINS) or [["admin", "Administrator"]]
    width = max(len(login) for login, _role in users)
    for login, role in users:
        password = "admin" if login == "admin" else "demo"
        say(f"  {login:<{width}}  password {password}  {role}")
    say("")


def _stop(program):
    """End a program in order; Ctrl-C has reached it as well."""
    if program.poll() is not None:
        return
    program.send_signal(signal.SIGTERM)
    try:
        program.wait(timeout=15)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()

"""The commands behind the Makefile: `python3 -m config.environment COMMAND [ARGUMENTS]`."""

import signal
import sys

from . import machine
from .problem import Problem

USAGE = """usage: python3 -m config.environment COMMAND [ARGUMENTS]
  run               set up, then serve on http://localhost:8069 (HELPDESK_PORT)
  fakes             play the outside services, with a page to write as a citizen (HELPDESK_PORT, FAKES_PORT)
  test [WHAT ...]   set up, then all tests; or those of an addon (kemenkes_helpdesk), of a class
                    (kemenkes_helpdesk:TestTicket), a method (kemenkes_helpdesk:TestTicket.test_merge), a file
                    (kemenkes_helpdesk/tests/test_ticket.py) or a pytest path (tests/tooling)
  odoo ARGUMENTS    Odoo's command line with this project's settings
  psql ARGUMENTS    PostgreSQL's client on the same server
  lint              ruff, pylint-odoo, prettier
  format            mend what ruff and prettier can mend themselves
  bench [NAME ...]  the measurements in tests/bench
  drill             failover: kills and cuts off a database under load, prints what was lost and how long it took
  drill-restore     backup and restore into a scratch folder, verified
  drill-upgrade [COMMIT]  the release before, brought up to date under load, and what was lost
  release [NUMBER]  name a release (1.4.0): versions, changelog, commit and tag; then wheels and image
  generate [COUNT]  the database kemenkes_generated with a million tickets, or so many
  load              agents, viewers, citizens, services at work on that database (LOAD_USERS, LOAD_MINUTES)
  translate         bring the translations (i18n) up to date with the terms, and list what has none
  pictures [NAME]   the pictures of the guides, taken from the running product; or agent/workspace for one
  setup             only what `run` would set up"""


def main(words):
    """Run one command; its exit code. A Problem is one line on stderr."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        machine.check_python()
        return _command(words)
    except (Problem, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        return 128 + signal.SIGINT


def _command(words):
    # Imported only now: on an unsupported Python these files would not even compile.
    from . import commands

    command = commands.COMMANDS.get(words[0] if words else "")
    if command is None:
        print(USAGE)
        return 2
    return command(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

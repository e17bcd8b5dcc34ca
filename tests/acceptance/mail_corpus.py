"""Feed every file of a folder through the mail entrance, twice, and account for each; then show what Odoo alone keeps.

    ODOO_RC=odoo.conf python tests/acceptance/mail_corpus.py --database NAME [folder]

The folder is also taken from HELPDESK_MAIL_CORPUS. Any file counts as a mail, readable or not. The database is one that
may be filled with tickets; the same mails become leads through Odoo's own gateway, one by one, for comparison. Ends
with 1 when a mail was lost or doubled.
"""

import argparse
import collections
import logging
import os
import sys
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

ADDRESS = "Halo Kemkes <halo@helpdesk.example>"
OUTCOMES = ("ticket", "reply", "bounce", "auto_reply", "unparsable", "loop", "duplicate")


def read_files(folder):
    """``{path: bytes}`` of all files below a folder, in order."""
    return {path: path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def feed(env, raws):
    """Take mails in and work them off: the inbox event of each file."""
    channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
    channel.email_from = ADDRESS
    events = {}
    for path, raw in raws.items():
        events[path] = env["helpdesk.inbox.event"]._receive_pushed_email(channel, raw)
        env.cr.commit()
    while env["helpdesk.inbox.event"]._process_pending():
        env.cr.commit()
    return events


def account(events, raws):
    """Counts by set of files; a file is lost when it is nowhere, or nobody sees it."""
    table = collections.defaultdict(collections.Counter)
    seen = set()
    for path, event in events.items():
        row = table[path.relative_to(os.path.commonpath(raws)).parts[0]]
        row["files"] += 1
        kept = event.exists() and event.state in ("done", "ignored") and (event in seen or event._raw() == raws[path])
        shown = event.outcome not in ("ticket", "reply", "unparsable") or event.message_id.res_id == event.ticket_id.id
        row["same as another file" if event in seen else event.outcome if kept and shown else "lost"] += 1
        seen.add(event)
    return table


def feed_odoo(env, raws):
    """What Odoo's own gateway makes of the same mails: Counter of outcomes."""
    env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "1000000")
    messages = env["mail.message"]
    outcomes = collections.Counter()
    for raw in raws.values():
        before = messages.search_count([("model", "=", "crm.lead")])
        try:
            with env.cr.savepoint():
                # the model of a mailbox that is not the helpdesk's: our inbox lets it pass
                env["mail.thread"].message_process("crm.lead", raw.replace(b"halo@helpdesk.example", b"x@x.example"))
        except Exception as error:  # noqa: BLE001 - what it raises is the result
            outcomes[f"raises {type(error).__name__}"] += 1
            continue
        kept = messages.search_count([("model", "=", "crm.lead")]) > before
        outcomes["a record" if kept else "nothing"] += 1
        env.cr.commit()
    return outcomes


def print_table(table):
    columns = ["files", *OUTCOMES, "same as another file", "lost"]
    total = sum(table.values(), collections.Counter())
    print(f"{'':24}" + "".join(f"{column.replace('same as another file', 'same'):>12}" for column in columns))
    for name, row in [*sorted(table.items()), ("all", total)]:
        print(f"{name:24}" + "".join(f"{row[column]:12}" for column in columns))
    return total


def print_odoo(title, outcomes):
    """Which share of the mails leaves no record in Odoo alone."""
    total = outcomes.total()
    without = total - outcomes["a record"]
    share = f"{without} of {total} leave no record ({100 * without / total:.0f} %)"
    print(f"Odoo's own gateway, {title}: {share}: {dict(outcomes)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("HELPDESK_MAIL_CORPUS"))
    parser.add_argument("--database", required=True)
    options = parser.parse_args()
    if not options.folder:
        parser.error("give a folder of mails, or set HELPDESK_MAIL_CORPUS")
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.ERROR)
    raws = read_files(options.folder)
    with Registry(options.database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        events = feed(env, raws)
        total = print_table(account(events, raws))
        tickets, messages, rows = _count(env)
        feed(env, raws)
        doubled = [after - before for before, after in zip((tickets, messages, rows), _count(env), strict=True)]
        print(f"\nfed a second time: {doubled[0]} new tickets, {doubled[1]} new messages, {doubled[2]} new events")
        print_odoo("all files", feed_odoo(env, raws))
        people = {
            path: raws[path] for path in {event: path for path, event in events.items() if event.ticket_id}.values()
        }
        env["crm.lead"].search([]).unlink()
        print_odoo("what became a ticket or a message here, each once", feed_odoo(env, people))
    return 1 if total["lost"] or any(doubled) else 0


def _count(env):
    inbox = env["helpdesk.inbox.event"].search_count([])
    messages = env["mail.message"].search_count([("model", "=", "helpdesk.ticket")])
    return env["helpdesk.ticket"].with_context(active_test=False).search_count([]), messages, inbox


if __name__ == "__main__":
    sys.exit(main())

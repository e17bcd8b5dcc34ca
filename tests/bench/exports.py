"""Raw data of a million tickets as CSV and XLSX, and parts of XLS: seconds, rows, and the memory while it is written,
beside Odoo's own export of a list over a smaller number of the same tickets, in the same run."""

import csv
import io
import logging
import os
import shutil
import sys
import tempfile
import time
import traceback
import types
import zipfile
from pathlib import Path
from unittest.mock import patch

import psutil

import odoo
from odoo import sql_db
from odoo.http import _request_stack
from odoo.modules.registry import Registry
from odoo.tools import config

sys.path.insert(0, os.path.dirname(__file__))
import _tickets as tickets

TICKETS = int(os.environ.get("BENCH_TICKETS", "1000000"))
# XLS is written in parts of 65,536 rows; Odoo's own export reads all rows into memory.
XLS_TICKETS = int(os.environ.get("BENCH_XLS_TICKETS", "150000"))
LIST_TICKETS = int(os.environ.get("BENCH_LIST_TICKETS", "20000"))
# Growth of memory from the first tenth of the rows to the last, for any number of rows.
MEMORY_GOAL = 100
DAYS = 365
# The columns of the dataset that the tickets' list can export as well.
LIST_FIELDS = (
    "ticket_ref", "name", "description", "partner_name", "partner_email", "partner_phone", "site_id", "product_id",
    "channel_id", "team_id", "category_id", "user_id", "tier", "priority", "stage_id", "stage_kind", "create_date",
    "assign_date", "first_response_date", "solved_date", "close_date", "first_response_seconds", "resolution_seconds",
    "handling_seconds", "reply_count", "reopen_count",
)  # fmt: skip


def fill(env):
    """Tickets of a year, without what hangs on them: the dataset of tickets is read from their table alone."""
    people = tickets.make_people(env)
    teams = env["helpdesk.team"].search([], order="id")
    env.flush_all()
    cursor = env.cr
    cursor.execute("SELECT setseed(0.7)")
    cursor.execute("ALTER TABLE helpdesk_ticket DISABLE TRIGGER USER")
    cursor.execute(
        """
        INSERT INTO helpdesk_ticket (ticket_ref, name, description, active, access_token, partner_name, partner_email,
                                     partner_phone, team_id, tier, site_id, user_id, product_id, category_id,
                                     channel_id, priority, stage_id, stage_kind, holder, create_date, write_date,
                                     create_uid, write_uid, color, assign_date, first_response_date,
                                     first_response_seconds, solved_date, resolution_seconds, close_date,
                                     handling_seconds, reply_count, reopen_count)
        SELECT 'E-' || number, 'Kode OTP tidak masuk ' || number,
               'Sudah tiga kali meminta kode, tidak ada yang masuk ke 08123456' || 1000 + number %% 9000,
               true, md5(number::text), 'Siti Aminah ' || number, 'siti' || number || '@surel.example',
               '+62812' || 10000000 + number, team.id, team.tier, team.site_id, %(agent)s,
               (%(products)s::int[])[1 + number %% cardinality(%(products)s::int[])],
               (%(categories)s::int[])[1 + number %% cardinality(%(categories)s::int[])],
               (%(channels)s::int[])[1 + number %% cardinality(%(channels)s::int[])], '1', stage.id, stage.kind,
               'people', made, made, 1, 1, 0, made, made + interval '20 min', 1200, made + interval '20 hours', 72000,
               made + interval '3 days', 600, 2, 0
          FROM (SELECT number, date_trunc('second', now() AT TIME ZONE 'UTC')
                               - number * interval '1 day' * %(days)s / %(count)s AS made
                  FROM generate_series(1, %(count)s) number) numbered
          JOIN helpdesk_team team ON team.id = (%(teams)s::int[])[1 + number %% cardinality(%(teams)s::int[])]
          JOIN (SELECT id, kind FROM helpdesk_stage WHERE kind = 'closed' LIMIT 1) stage ON true
        """,
        {
            "count": TICKETS,
            "days": DAYS,
            "agent": people["agent"].id,
            "teams": teams.ids,
            "products": env["helpdesk.product"].search([]).ids,
            "categories": env["helpdesk.category"].search([]).ids,
            "channels": env["helpdesk.channel"].search([]).ids,
        },
    )
    cursor.execute("ALTER TABLE helpdesk_ticket ENABLE TRIGGER USER")
    tickets.vacuum(cursor, "helpdesk_ticket")


def apart(work):
    """``work(env)`` in a process of its own, so that its memory is its own.

    :return: what it printed as its last line's numbers
    """
    sql_db.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            with Registry(os.environ["BENCH_DATABASE"]).cursor() as cursor:
                env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"lang": "en_US"})
                os.write(writer, " ".join(map(str, work(env))).encode())
            status = 0
        finally:
            if status:
                # the process ends without Python's own last words
                traceback.print_exc()
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as told:
        numbers = [float(number) for number in told.read().split()]
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a measurement failed")
    return numbers


def memory():
    return psutil.Process().memory_info().rss / 1024 / 1024


def make_export(file_format, rows):
    """Seconds, rows, MB of the file, and the memory at each tenth of the rows, of one download."""

    def work(env):
        from odoo.addons.kemenkes_dashboard.tools import export_file

        last = env["helpdesk.ticket"].search([], order="id", offset=rows, limit=1).id or 2**31 - 1
        export = env["helpdesk.export"].create(
            {"dataset": "tickets", "file_format": file_format, "date_from": False, "date_to": False}
        )
        datasets = env.registry["helpdesk.export.dataset"]
        rights = datasets._rights
        curve, seen = [memory()], [0]
        writer = export_file.WRITERS[file_format]
        write = writer.write

        def watched(self, batch):
            write(self, batch)
            seen[0] += len(batch)
            if seen[0] * 10 // rows >= len(curve):
                curve.append(memory())

        folder = Path(tempfile.mkdtemp())
        try:
            with (
                patch.object(writer, "write", watched),
                patch.object(
                    datasets, "_rights", lambda *args: odoo.tools.SQL("%s AND t.id < %s", rights(*args), last)
                ),
            ):
                start = time.perf_counter()
                path = export._write_file(folder)
                spent = time.perf_counter() - start
            count = count_lines(path) if file_format == "csv" else export.row_count
            return spent, count, path.stat().st_size / 1024 / 1024, *curve
        finally:
            shutil.rmtree(folder)

    return apart(work)


def count_lines(path):
    if zipfile.is_zipfile(path):
        raise SystemExit("a CSV has no parts")
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _row in csv.reader(file)) - 1


def make_list_export(file_format):
    """The same of Odoo's own export of a list."""

    def work(env):
        from odoo.addons.web.controllers.export import CSVExport, ExcelExport

        # its writer asks the request for the decimals of currencies; no session, so no log-in is looked for
        _request_stack.push(types.SimpleNamespace(env=env, db=None))
        before = memory()
        start = time.perf_counter()
        rows = env["helpdesk.ticket"].search([], order="id", limit=LIST_TICKETS).export_data(LIST_FIELDS)["datas"]
        exporter = ExcelExport() if file_format == "xlsx" else CSVExport()
        content = exporter.from_data([{"name": name, "type": "char"} for name in LIST_FIELDS], LIST_FIELDS, rows)
        size = len(content if isinstance(content, bytes) else io.StringIO(content).getvalue().encode())
        return time.perf_counter() - start, len(rows), size / 1024 / 1024, before, memory()

    return apart(work)


def show(name, numbers):
    """A line of the table; rows a second and how much memory grew while it was written."""
    spent, count, size, *curve = numbers
    grown = max(curve) - (curve[1] if len(curve) > 2 else curve[0])
    print(
        f"  {name:28}{count:10.0f} rows {spent:7.1f} s {count / spent:8.0f} rows/s {size:7.1f} MB, "
        f"memory +{max(curve) - curve[0]:.0f} MB: {' '.join(f'{step:.0f}' for step in curve)}"
    )
    return count / spent, grown


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    with Registry(os.environ["BENCH_DATABASE"]).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {"no_reset_password": True})
        start = time.perf_counter()
        fill(env)
        print(f"{TICKETS} tickets made in {time.perf_counter() - start:.0f} s; load {os.getloadavg()[0]:.1f}")
    ours, grown = {}, []
    for file_format, rows in (("csv", TICKETS), ("xlsx", TICKETS), ("xls", min(TICKETS, XLS_TICKETS))):
        numbers = make_export(file_format, rows)
        if numbers[1] != rows:
            raise SystemExit(f"{numbers[1]:.0f} rows of {rows}")
        ours[file_format], more = show(f"raw data, {file_format}", numbers)
        if file_format != "xls":
            grown.append(more)
    for file_format in ("csv", "xlsx"):
        theirs, _more = show(f"Odoo's list, {file_format}", make_list_export(file_format))
        print(f"  {file_format}: {ours[file_format] / theirs:.1f} times the rows a second")
    held = max(grown) < MEMORY_GOAL
    print(f"memory grows by less than {MEMORY_GOAL} MB over all rows: {'yes' if held else 'NO'} ({max(grown):.0f} MB)")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

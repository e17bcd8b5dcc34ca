"""A table as a file: plain Python, no Odoo. Text stays text; nothing that somebody typed is run as a formula."""

import csv
import io

import xlsxwriter

XLSX_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A cell that begins so is run by spreadsheets that open a CSV; an apostrophe in front makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_xlsx(title, columns, rows):
    """A workbook of one sheet.

    :param str title: of the sheet, at most 31 characters are kept
    :param list columns: of ``(name, width in characters)``
    :param list rows: of lists of str, int, float or None
    :return: bytes
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, XLSX_OPTIONS) as workbook:
        sheet = workbook.add_worksheet(title[:31])
        head = workbook.add_format({"bold": True, "bg_color": "#e9e6f0", "bottom": 1})
        for column, (name, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    return target.getvalue()


def to_csv(columns, rows):
    """The same table as CSV, UTF-8 with a byte order mark, so that spreadsheets read the letters right.

    :param columns: as for :func:`to_xlsx`
    :param rows: as for :func:`to_xlsx`
    :return: bytes
    """
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([name for name, _width in columns])
    writer.writerows([_defused(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _defused(cell):
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell

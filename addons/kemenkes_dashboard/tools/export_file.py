"""Rows written as CSV, XLSX or XLS, one after the other, in memory that does not grow with them.

Each writer is made with a path, told the columns, given rows, and closed; then ``parts`` holds the files. Text that a
spreadsheet would run as a formula is made harmless: a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a
return gets an apostrophe in CSV, and is text in XLSX and XLS.
"""

import csv
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
import xlwt

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# What a cell of a spreadsheet holds at most; the rest is cut, and said to be.
CELL_LENGTH = 32_767
CUT = " […]"
XLS_ROWS = 65_536
XLSX_ROWS = 1_048_576
# Letters that XML, and so XLSX, can't hold.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
# XLS breaks long texts in pieces of UTF-16, and readers stumble over a letter of two units that is broken.
_WIDE = re.compile("[\U00010000-\U0010ffff]")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "zip": "application/zip",
}


def defuse(text):
    """The text as a cell of a CSV file: never a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class CsvText:
    """Rows as lines of CSV, for whoever sends them on at once.

    :param bool is_indonesian: semicolons between values, commas in decimal numbers, a mark at the beginning by which
        spreadsheet programs know UTF-8
    """

    def __init__(self, is_indonesian):
        self.is_indonesian = is_indonesian
        self._lines = []
        self._writer = csv.writer(self, delimiter=";" if is_indonesian else ",")

    def write(self, line):  # pylint: disable=method-required-super
        """What :mod:`csv` calls."""
        self._lines.append(line)

    def begin(self, labels):
        """The first line, as bytes."""
        mark = "\ufeff" if self.is_indonesian else ""
        return mark.encode() + self.encode([labels])

    def encode(self, rows):
        """Rows as bytes."""
        for row in rows:
            self._writer.writerow([self._cell(value) for value in row])
        text = "".join(self._lines)
        self._lines.clear()
        return text.encode()

    def _cell(self, value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, str):
            return defuse(value)
        if isinstance(value, datetime):
            return value.strftime("%d/%m/%Y %H:%M:%S" if self.is_indonesian else "%Y-%m-%d %H:%M:%S")
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y" if self.is_indonesian else "%Y-%m-%d")
        if isinstance(value, float):
            return str(value).replace(".", ",") if self.is_indonesian else str(value)
        return value


class CsvFile:
    """A CSV file."""

    suffix = "csv"

    def __init__(self, path, labels, is_indonesian, _dictionary):
        self.parts = [Path(f"{path}.csv")]
        self._text = CsvText(is_indonesian)
        self._file = self.parts[0].open("wb")
        self._file.write(self._text.begin(labels))

    def write(self, rows):  # pylint: disable=method-required-super
        """Add rows."""
        self._file.write(self._text.encode(rows))

    def close(self):
        """Finish."""
        self._file.close()


class _Parts:
    """Files of a format that holds so many rows a sheet and no more: one after another.

    :param path: of the first file, without the ending
    :param labels: of the columns
    :param dictionary: ``(heading, rows)`` of the sheet that explains the columns
    """

    max_rows = 0

    def __init__(self, path, labels, _is_indonesian, dictionary):
        self.parts = []
        self._path, self._labels, self._dictionary = path, labels, dictionary
        self._row = self.max_rows

    def write(self, rows):  # pylint: disable=method-required-super
        """Add rows."""
        for row in rows:
            if self._row >= self.max_rows:
                self._next_part()
            for column, value in enumerate(row):
                if value is not None:
                    self._write_cell(self._row, column, value)
            self._row += 1
            self._end_row()

    def close(self):
        """Finish; without any row there is a file with the headings."""
        if not self.parts:
            self._next_part()
        self._save()

    def _next_part(self):
        if self.parts:
            self._save()
        ending = f"-{len(self.parts) + 1}" if self.parts else ""
        self.parts.append(Path(f"{self._path}{ending}.{self.suffix}"))
        self._open(self.parts[-1])
        self._row = 1

    def _end_row(self):
        pass


class XlsxFile(_Parts):
    """XLSX in constant memory."""

    suffix = "xlsx"
    max_rows = XLSX_ROWS

    def _open(self, path):
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(path, options)
        bold = self._book.add_format({"bold": True, "bg_color": "#DDEBE9", "text_wrap": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        heading, rows = self._dictionary
        # the sheets are written one after the other: the explanation first, it is short
        explanation = self._book.add_worksheet(heading[:31])
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                explanation.write_string(number, column, value, bold if not number else None)
        explanation.set_column(0, 3, 30)
        self._sheet = self._book.add_worksheet("Data")
        self._sheet.activate()
        self._sheet.freeze_panes(1, 0)
        for column, label in enumerate(self._labels):
            self._sheet.write_string(0, column, label, bold)

    def _write_cell(self, row, column, value):
        if isinstance(value, str):
            self._sheet.write_string(row, column, _cell_text(value))
        elif isinstance(value, datetime):
            self._sheet.write_datetime(row, column, value, self._moment)
        elif isinstance(value, date):
            self._sheet.write_datetime(row, column, value, self._day)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value)
        else:
            self._sheet.write_number(row, column, value)

    def _save(self):
        self._book.close()


class XlsFile(_Parts):
    """XLS (Excel 97), in parts of the format's row limit."""

    suffix = "xls"
    max_rows = XLS_ROWS

    def _open(self, path):
        self._book = xlwt.Workbook(encoding="utf-8")
        bold = xlwt.easyxf("font: bold on")
        self._moment = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
        self._day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        self._sheet = self._book.add_sheet("Data")
        for column, label in enumerate(self._labels):
            self._sheet.write(0, column, label, bold)
        heading, rows = self._dictionary
        self._explanation = self._book.add_sheet(heading[:31])
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                self._explanation.write(number, column, value, bold if not number else xlwt.Style.default_style)

    def _write_cell(self, row, column, value):
        if isinstance(value, str):
            self._sheet.write(row, column, _cell_text(_WIDE.sub("\ufffd", value)))
        elif isinstance(value, datetime):
            self._sheet.write(row, column, value, self._moment)
        elif isinstance(value, date):
            self._sheet.write(row, column, value, self._day)
        else:
            self._sheet.write(row, column, value)

    def _end_row(self):
        if self._row % 1000 == 0:
            self._sheet.flush_row_data()

    def _save(self):
        self._book.save(str(self.parts[-1]))
        # a book, its sheets and their rows point at each other; beside all that a server holds, Python would look for
        # such circles much later, and each part would be added to those before it
        for circle in (self._sheet, self._explanation, self._book):
            vars(circle).clear()


def _cell_text(text):
    text = text.translate(_CONTROLS)
    # the format counts in units of UTF-16
    if len(text.encode("utf-16-le")) // 2 <= CELL_LENGTH:
        return text
    shortened = text.encode("utf-16-le")[: (CELL_LENGTH - len(CUT)) * 2].decode("utf-16-le", "ignore")
    return shortened + CUT


WRITERS = {"csv": CsvFile, "xlsx": XlsxFile, "xls": XlsFile}


def pack(parts):
    """One file of the parts: the part itself, or a ZIP archive of several.

    :return: path
    """
    if len(parts) == 1:
        return parts[0]
    path = parts[0].with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, part.name)
            part.unlink()
    return path

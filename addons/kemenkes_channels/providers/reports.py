"""Reports that people download from a store's console and upload here: CSV in whatever coding, checked row by row."""

import csv
import io
from dataclasses import dataclass

from . import reading
from .records import Review

# A report of one app and month has some thousand rows; this stops a wrong file, not a real one.
MAX_ROWS = 500_000
# A cell of a review is some thousand characters.
csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Problem:
    """Why a row, or the whole file, can't be taken.

    :param line: line of the file, the heading is 1; 0 for the whole file
    :param code: encoding, empty, columns, broken, other_app, stars, date, too_many, no_id
    :param value: what stands there
    """

    line: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Report:
    """What a file holds.

    :param skipped: rows with stars only: they have no id and can't be told apart
    """

    reviews: tuple[Review, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: int = 0


class RowError(ValueError):
    """A row can't be taken; ``code`` and ``value`` as in :class:`Problem`."""

    def __init__(self, code, value=""):
        super().__init__(code)
        self.code, self.value = code, value[:100]


class RowSkipped(Exception):  # noqa: N818 - not an error
    """A row that is no review with words."""


def read(raw, columns, read_row):
    """Read a report.

    :param bytes raw: the file
    :param tuple columns: names that the heading must have
    :param read_row: function of ``{column: text}`` that gives a Review, or raises RowError or RowSkipped
    :return: Report
    """
    text = _decode(raw)
    if text is None:
        return Report(problems=(Problem(0, "encoding"),))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        heading = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        return Report(problems=(Problem(1, "broken", str(error)),))
    if not any(heading):
        return Report(problems=(Problem(0, "empty"),))
    missing = [name for name in columns if name not in heading]
    if missing:
        return Report(problems=(Problem(1, "columns", ", ".join(missing)),))
    return _read_rows(reader, heading, read_row)


def _read_rows(reader, heading, read_row):
    reviews, problems, skipped = [], [], 0
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(reviews) >= MAX_ROWS:
                problems.append(Problem(reader.line_num, "too_many", str(MAX_ROWS)))
                break
            cells = {name: _clean(cell) for name, cell in zip(heading, row)}  # noqa: B905 - short rows are filled up
            try:
                reviews.append(read_row({**dict.fromkeys(heading, ""), **cells}))
            except RowSkipped:
                skipped += 1
            except RowError as error:
                problems.append(Problem(reader.line_num, error.code, error.value))
    except csv.Error as error:
        problems.append(Problem(reader.line_num, "broken", str(error)))
    return Report(tuple(reviews), tuple(problems), skipped)


def _decode(raw):
    """Text of a file in UTF-16 (with its mark, or told by its zero bytes) or UTF-8; None where it is neither."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        coding = "utf-16"
    elif raw[1:2] == b"\x00":
        coding = "utf-16-le"
    elif raw[:1] == b"\x00":
        coding = "utf-16-be"
    else:
        coding = "utf-8-sig"
    try:
        return raw.decode(coding)
    except UnicodeDecodeError:
        return None


def _delimiter(text):
    """What separates the columns of the heading: Excel in Indonesian saves CSV with semicolons."""
    heading = text.split("\n", 1)[0]
    return max(",;\t", key=heading.count)


def _clean(cell):
    return cell.replace("\x00", "\ufffd")


def stars(text):
    """1 to 5.

    :raise RowError: anything else
    """
    number = text.strip()
    if number not in ("1", "2", "3", "4", "5"):
        raise RowError("stars", text)
    return int(number)


def millis(row, column):
    """Milliseconds since 1970, 0 for an empty cell.

    :raise RowError: no number, or no time of this world
    """
    text = row.get(column, "").strip()
    if not text:
        return 0
    number = reading.whole(text)
    if time_of(number) is None:
        raise RowError("date", text)
    return number


def time_of(number):
    """UTC of milliseconds since 1970, None for 0."""
    return reading.time_of_seconds(number, per_second=1000)

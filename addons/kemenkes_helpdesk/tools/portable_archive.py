"""What is known of one person as an archive that people and programs can read: plain Python, no Odoo."""

import json
import zipfile
from html import escape
from typing import NamedTuple

STYLE = (
    "body{font-family:sans-serif;margin:2rem;color:#12343b}table{border-collapse:collapse;margin-bottom:2rem}"
    "th,td{border:1px solid #c9d6d5;padding:.35rem .6rem;text-align:left;vertical-align:top;white-space:pre-wrap}"
    "th{background:#e6f4f2}"
)


class Section(NamedTuple):
    """One kind of records.

    :param title: in the reader's language
    :param columns: ``{key: label in the reader's language}``
    :param rows: list of ``{key: text, number or None}``
    """

    title: str
    columns: dict
    rows: list


def write(target, title, sections, files):
    """Write the archive: ``data.json`` for programs, ``data.html`` for people, and the files.

    :param target: a file open for writing bytes
    :param str title: in the reader's language
    :param dict sections: ``{key: Section}``
    :param files: iterable of ``(name, function that returns bytes)``
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        content = {key: section.rows for key, section in sections.items()}
        archive.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=2))
        archive.writestr("data.html", _page(title, sections.values()))
        for number, (name, read) in enumerate(files, start=1):
            archive.writestr(f"files/{number:04}-{_safe(name)}", read())


def _safe(name):
    """A file's name without what a system could take for a folder or refuse."""
    kept = "".join(c if c.isalnum() or c in " .-_()" else "_" for c in name or "")
    return kept.strip(" .")[-100:] or "file"


def _page(title, sections):
    parts = [f"<h2>{escape(section.title)} ({len(section.rows)})</h2>{_table(section)}" for section in sections]
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    )


def _table(section):
    if not section.rows:
        return "<p>–</p>"
    head = "".join(f"<th>{escape(label)}</th>" for label in section.columns.values())
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(row.get(key))}</td>' for key in section.columns)}</tr>" for row in section.rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value):
    return "" if value is None else escape(str(value))

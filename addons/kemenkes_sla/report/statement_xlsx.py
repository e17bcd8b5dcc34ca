"""A contract statement as a workbook: plain Python, XlsxWriter, no Odoo; a sheet for each section."""

import io

import xlsxwriter

# Text stays text: nothing that somebody typed is run as a formula or opened as a link.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SHEET_NAME_LENGTH = 31


def render(document):
    """The bytes of the workbook.

    :param dict document: as :func:`.statement_pdf.render` takes it
    :return: bytes
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        formats = {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format({"bold": True, "bg_color": "#e9e6f0", "bottom": 1, "text_wrap": True}),
            "cell": workbook.add_format({"valign": "top", "text_wrap": True}),
            "marked": workbook.add_format({"valign": "top", "text_wrap": True, "font_color": "#b00020"}),
        }
        for section in document["sections"]:
            _sheet(workbook, section, document, formats)
    return target.getvalue()


def _sheet(workbook, section, document, formats):
    sheet = workbook.add_worksheet(section["title"][:SHEET_NAME_LENGTH])
    sheet.write_string(0, 0, f"{document['title']}: {section['title']}", formats["title"])
    sheet.write_string(1, 0, document["prepared"])
    for column, (name, width) in enumerate(zip(section["columns"], section["widths"], strict=True)):
        sheet.set_column(column, column, width * 1.2)
        sheet.write_string(3, column, name, formats["head"])
    for number, (row, marked) in enumerate(section["rows"](), start=4):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell, formats["marked" if marked else "cell"])
    sheet.freeze_panes(4, 0)
    sheet.autofilter(3, 0, 3 + section["count"], len(section["columns"]) - 1)
    if document["note"] and section is document["sections"][0]:
        sheet.write_string(section["count"] + 5, 0, document["note"], formats["cell"])

"""A report as a workbook with a chart of its own: plain Python, XlsxWriter, no Odoo."""

import io

import xlsxwriter

# Text stays text: nothing that somebody typed is run as a formula or opened as a link.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CHART_TYPES = {"bar": "column", "line": "line", "pie": "pie"}
FORMATS = {"percent": '0.0"%"', "count": "#,##0", "minutes": "#,##0.0", "hours": "#,##0.0", "score": "0.00"}
HEAD_ROW = 4


def render(document):
    """The bytes of the workbook.

    :param dict document: as of ``helpdesk.report._document``
    :return: bytes
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        sheet = workbook.add_worksheet(document["sheet"])
        _write_head(workbook, sheet, document)
        last = _write_rows(workbook, sheet, document)
        if document["chart"] in CHART_TYPES and document["rows"]:
            _add_chart(workbook, sheet, document, last)
    return target.getvalue()


def _write_head(workbook, sheet, document):
    sheet.write_string(0, 0, document["title"], workbook.add_format({"bold": True, "font_size": 16}))
    sheet.write_string(1, 0, document["subtitle"])
    sheet.write_string(2, 0, document["prepared"], workbook.add_format({"font_color": "#5f6b76"}))
    head = workbook.add_format({"bold": True, "bg_color": "#DDEBE9", "bottom": 1, "text_wrap": True, "valign": "top"})
    for column, label in enumerate([*document["dimensions"], *(name for name, _unit in document["measures"])]):
        sheet.write_string(HEAD_ROW, column, label, head)
    sheet.set_column(0, len(document["dimensions"]) - 1, 28)
    sheet.set_column(len(document["dimensions"]), len(document["dimensions"]) + len(document["measures"]) - 1, 16)
    sheet.freeze_panes(HEAD_ROW + 1, len(document["dimensions"]))


def _write_rows(workbook, sheet, document):
    plain = {unit: workbook.add_format({"num_format": code}) for unit, code in FORMATS.items()}
    strong = {unit: workbook.add_format({"num_format": code, "bold": True, "top": 1}) for unit, code in FORMATS.items()}
    bold = workbook.add_format({"bold": True, "top": 1})
    row = HEAD_ROW
    for labels, values in document["rows"]:
        row += 1
        _write_row(sheet, row, document, labels, values, None, plain)
    last = row
    for label, values in document["totals"]:
        row += 1
        _write_row(sheet, row, document, [label], values, bold, strong)
    return last


def _write_row(sheet, row, document, labels, values, text_format, number_formats):
    for column in range(len(document["dimensions"])):
        sheet.write_string(row, column, labels[column] if column < len(labels) else "", text_format)
    for column, (value, (_name, unit)) in enumerate(zip(values, document["measures"], strict=True)):
        place = column + len(document["dimensions"])
        if value is None:
            sheet.write_blank(row, place, None, number_formats[unit])
        else:
            sheet.write_number(row, place, value, number_formats[unit])


def _add_chart(workbook, sheet, document, last):
    chart = workbook.add_chart({"type": CHART_TYPES[document["chart"]]})
    first_measure = len(document["dimensions"])
    unit = document["measures"][0][1]
    for column, (name, other) in enumerate(document["measures"]):
        if other != unit or (document["chart"] == "pie" and column):
            continue
        chart.add_series(
            {
                "name": name,
                "categories": [document["sheet"], HEAD_ROW + 1, 0, last, first_measure - 1],
                "values": [document["sheet"], HEAD_ROW + 1, first_measure + column, last, first_measure + column],
            }
        )
    chart.set_size({"width": 720, "height": 320})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(HEAD_ROW, first_measure + len(document["measures"]) + 1, chart)

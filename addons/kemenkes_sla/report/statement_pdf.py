"""A contract statement as a PDF: plain Python, ReportLab, no Odoo.

Odoo's own reports need a patched wkhtmltopdf, which is not to be had; ReportLab is among Odoo's own packages.
"""

import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

MARGIN = 14 * mm
HEAD_COLOR = colors.HexColor("#e9e6f0")
LINE_COLOR = colors.HexColor("#c9c9c9")
MARK_COLOR = colors.HexColor("#b00020")
_SAMPLES = getSampleStyleSheet()
CELL = ParagraphStyle("cell", parent=_SAMPLES["BodyText"], fontSize=8, leading=10, spaceBefore=0)
MARKED_CELL = ParagraphStyle("marked", parent=CELL, textColor=MARK_COLOR)
HEAD_CELL = ParagraphStyle("head", parent=CELL, fontName="Helvetica-Bold")


def render(document):
    """The bytes of the PDF.

    :param dict document: texts ``title``, ``subtitle``, ``prepared``, ``note`` and ``decimal_point``, and ``sections``,
        a list of dicts with ``title``, ``columns`` (texts), ``widths`` (percent), ``rows`` (lists of text or number)
        and ``marked`` (a bool for each row)
    :return: bytes
    """
    target = io.BytesIO()
    pdf = SimpleDocTemplate(
        target,
        pagesize=landscape(A4),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 4 * mm,
        title=document["title"],
        author=document["subtitle"],
    )
    story = [
        Paragraph(escape(document["title"]), _SAMPLES["Title"]),
        Paragraph(escape(document["subtitle"]), _SAMPLES["Heading3"]),
        Paragraph(escape(document["prepared"]), CELL),
    ]
    for section in document["sections"]:
        story += _section(section, pdf.width, document["decimal_point"])
        if section is document["sections"][0] and document["note"]:
            story += [Spacer(1, 3 * mm), *(Paragraph(escape(line), CELL) for line in document["note"].splitlines())]
    footer = _footer(document["title"])
    pdf.build(story, onFirstPage=footer, onLaterPages=footer)
    return target.getvalue()


def _section(section, width, decimal_point):
    head = [Paragraph(escape(column), HEAD_CELL) for column in section["columns"]]
    rows = [
        [Paragraph(escape(_text(cell, decimal_point)), MARKED_CELL if marked else CELL) for cell in row]
        for row, marked in zip(section["rows"], section["marked"], strict=True)
    ]
    title = Paragraph(f"{escape(section['title'])} ({len(rows)})", _SAMPLES["Heading2"])
    if not rows:
        return [title, Paragraph("–", CELL)]
    total = sum(section["widths"])
    widths = [width * share / total for share in section["widths"]]
    table = LongTable([head, *rows], colWidths=widths, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), HEAD_COLOR),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE_COLOR),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return [title, table]


def _text(cell, decimal_point):
    return f"{cell:g}".replace(".", decimal_point) if isinstance(cell, float) else str(cell)


def _footer(title):
    def draw(canvas, pdf):
        canvas.saveState()
        canvas.setFont("Helvetica", 7)
        canvas.drawString(MARGIN, MARGIN, title)
        canvas.drawRightString(pdf.pagesize[0] - MARGIN, MARGIN, str(canvas.getPageNumber()))
        canvas.restoreState()

    return draw

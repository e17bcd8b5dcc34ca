"""A contract statement as a PDF: plain Python, ReportLab, no Odoo.

Odoo's own reports need a patched wkhtmltopdf, which is not to be had; ReportLab is among Odoo's own packages.
"""

import io
import itertools
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import ActionFlowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

MARGIN = 14 * mm
HEAD_COLOR = colors.HexColor("#e9e6f0")
LINE_COLOR = colors.HexColor("#c9c9c9")
MARK_COLOR = colors.HexColor("#b00020")
_SAMPLES = getSampleStyleSheet()
CELL = ParagraphStyle("cell", parent=_SAMPLES["BodyText"], fontSize=8, leading=10, spaceBefore=0)
MARKED_CELL = ParagraphStyle("marked", parent=CELL, textColor=MARK_COLOR)
HEAD_CELL = ParagraphStyle("head", parent=CELL, fontName="Helvetica-Bold")
TABLE_STYLE = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), HEAD_COLOR),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE_COLOR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)
# Rows of a table; a longer one is several, each with its head.
BATCH = 500


def render(document):
    """The bytes of the PDF; rows are laid out as they come, a batch at a time.

    :param dict document: texts ``title``, ``subtitle``, ``prepared``, ``note`` and ``decimal_point``, and ``sections``,
        a list of dicts with ``title``, ``columns`` (texts), ``widths`` (percent), ``count`` (of rows) and ``rows``, a
        function that returns an iterator of ``(list of text or number, whether the row is marked)``; perhaps a
        ``drawing`` that is shown above the rows
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
    story = []
    story.append(_Rest(story, _flowables(document, pdf.width)))
    footer = _footer(document["title"])
    pdf.build(story, onFirstPage=footer, onLaterPages=footer)
    return target.getvalue()


class _Rest(ActionFlowable):
    """What is still to come: adds the next piece to the story when the one before has been laid out."""

    def __init__(self, story, flowables):
        super().__init__()
        self._story, self._flowables = story, flowables

    def apply(self, _pdf):
        piece = next(self._flowables, None)
        if piece is not None:
            self._story[:0] = [*piece, self]


def _flowables(document, width):
    """Pieces of the story, each a list."""
    yield [
        Paragraph(escape(document["title"]), _SAMPLES["Title"]),
        Paragraph(escape(document["subtitle"]), _SAMPLES["Heading3"]),
        Paragraph(escape(document["prepared"]), CELL),
    ]
    for section in document["sections"]:
        yield from _section(section, width, document["decimal_point"])
        if section is document["sections"][0] and document["note"]:
            yield [Spacer(1, 3 * mm), *(Paragraph(escape(line), CELL) for line in document["note"].splitlines())]


def _section(section, width, decimal_point):
    if section.get("drawing"):
        yield [Spacer(1, 3 * mm), section["drawing"]]
    title = Paragraph(f"{escape(section['title'])} ({section['count']})", _SAMPLES["Heading2"])
    rows = section["rows"]()
    first = list(itertools.islice(rows, BATCH))
    if not first:
        yield [title, Paragraph("–", CELL)]
        return
    total = sum(section["widths"])
    widths = [width * share / total for share in section["widths"]]
    yield [title, _table(section["columns"], widths, first, decimal_point)]
    while batch := list(itertools.islice(rows, BATCH)):
        yield [_table(section["columns"], widths, batch, decimal_point)]


def _table(columns, widths, rows, decimal_point):
    head = [Paragraph(escape(column), HEAD_CELL) for column in columns]
    cells = [
        [Paragraph(escape(_text(cell, decimal_point)), MARKED_CELL if marked else CELL) for cell in row]
        for row, marked in rows
    ]
    table = LongTable([head, *cells], colWidths=widths, repeatRows=1)
    table.setStyle(TABLE_STYLE)
    return table


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

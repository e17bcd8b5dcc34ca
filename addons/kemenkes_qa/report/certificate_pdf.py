"""The certificate of a course as a PDF of one page: plain Python, ReportLab, no Odoo."""

import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

GREEN = colors.HexColor("#0b7a75")
DARK = colors.HexColor("#12343b")
GREY = colors.HexColor("#52686a")
WIDTH, HEIGHT = landscape(A4)
EDGE = 11 * mm
TEXT_WIDTH = WIDTH - 70 * mm
# A name or title this long still fits; longer ones are set smaller.
LONG = 34


def render(document):
    """The bytes of the PDF.

    :param dict document: texts ``issuer``, ``title``, ``given_to``, ``name``, ``reason``, ``course``, ``number``,
        ``footer``, and ``facts``, a list of ``(label, value)``
    :return: bytes
    """
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT))
    canvas.setTitle(f"{document['title']} {document['number']}")
    canvas.setAuthor(document["issuer"])
    _draw_frame(canvas)
    top = HEIGHT - 42 * mm
    top = _draw_line(canvas, document["issuer"], top, 12, GREY)
    top = _draw_line(canvas, document["title"], top - 6 * mm, 36, GREEN, is_bold=True)
    top = _draw_line(canvas, document["given_to"], top - 11 * mm, 12, GREY)
    top = _draw_line(canvas, document["name"], top - 4 * mm, 30, DARK, is_bold=True)
    top = _draw_line(canvas, document["reason"], top - 7 * mm, 12, GREY)
    _draw_line(canvas, document["course"], top - 4 * mm, 20, DARK, is_bold=True)
    _draw_facts(canvas, document["facts"])
    _draw_line(canvas, document["footer"], 21 * mm, 8, GREY)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw_frame(canvas):
    canvas.setStrokeColor(GREEN)
    canvas.setLineWidth(2.5)
    canvas.rect(EDGE, EDGE, WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE)
    canvas.setLineWidth(0.6)
    inner = EDGE + 2.5 * mm
    canvas.rect(inner, inner, WIDTH - 2 * inner, HEIGHT - 2 * inner)


def _draw_line(canvas, text, top, size, color, is_bold=False):
    """Draw centred text, on several lines where it is long; where the next may begin."""
    size = size * 0.75 if size > 15 and len(text) > LONG else size
    style = ParagraphStyle(
        "line",
        fontName="Helvetica-Bold" if is_bold else "Helvetica",
        fontSize=size,
        leading=size * 1.2,
        alignment=TA_CENTER,
        textColor=color,
    )
    paragraph = Paragraph(escape(text), style)
    _width, height = paragraph.wrap(TEXT_WIDTH, HEIGHT)
    paragraph.drawOn(canvas, (WIDTH - TEXT_WIDTH) / 2, top - height)
    return top - height


def _draw_facts(canvas, facts):
    """Labels and values side by side, above the footer."""
    column = TEXT_WIDTH / max(1, len(facts))
    for place, (label, value) in enumerate(facts):
        middle = (WIDTH - TEXT_WIDTH) / 2 + column * (place + 0.5)
        canvas.setFillColor(GREY)
        canvas.setFont("Helvetica", 9)
        canvas.drawCentredString(middle, 40 * mm, label)
        canvas.setFillColor(DARK)
        canvas.setFont("Helvetica-Bold", 12)
        canvas.drawCentredString(middle, 34 * mm, value)

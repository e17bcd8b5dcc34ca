"""The chart of a report: one drawing of ReportLab for the PDF and, as SVG, for the screen. Plain Python, no Odoo."""

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib import colors

WIDTH, HEIGHT = 720, 250
PALETTE = [colors.HexColor(code) for code in ("#2f7fb8", "#e08a1e", "#1e7f5c", "#8a5fb0", "#b03a2e", "#5f6b76")]
GRID = colors.HexColor("#dfe6ea")
TEXT = colors.HexColor("#4a5560")
MAX_SERIES = len(PALETTE)
# So many labels stand below an axis without running into one another.
MAX_LABELS = 14
MAX_SLICES = 8
LABEL_LENGTH = 18


def draw(kind, labels, series):
    """A chart.

    :param str kind: bar, line or pie; a pie shows the first series
    :param list labels: of the rows
    :param list series: ``[(name, [number or None])]``, a value for each label
    :return: ReportLab ``Drawing``
    """
    drawing = Drawing(WIDTH, HEIGHT)
    series = [(name, values) for name, values in series if any(value is not None for value in values)][:MAX_SERIES]
    if not series:
        return drawing
    if kind == "pie":
        _add_pie(drawing, labels, series[0][1])
        return drawing
    chart = VerticalBarChart() if kind == "bar" else HorizontalLineChart()
    chart.x, chart.y, chart.width, chart.height = 44, 46, WIDTH - 60, HEIGHT - 78
    # where there is no figure a line goes on to the next one
    nothing = 0 if kind == "bar" else None
    chart.data = [tuple(nothing if value is None else value for value in values) for _name, values in series]
    step = -(-len(labels) // MAX_LABELS)
    chart.categoryAxis.categoryNames = [
        _shorten(label) if number % step == 0 else "" for number, label in enumerate(labels)
    ]
    _style_axes(chart, max((value or 0 for values in chart.data for value in values), default=0))
    for number, color in enumerate(PALETTE[: len(series)]):
        if kind == "bar":
            chart.bars[number].fillColor = color
            chart.bars[number].strokeColor = None
        else:
            chart.lines[number].strokeColor = color
            chart.lines[number].strokeWidth = 2
            chart.lines[number].symbol = makeMarker("FilledCircle", size=4) if len(labels) <= MAX_LABELS else None
    if kind == "bar":
        chart.groupSpacing, chart.barSpacing = 6, 1
    drawing.add(chart)
    _add_legend(drawing, [name for name, _values in series])
    return drawing


def to_svg(drawing):
    """The drawing as SVG, bytes."""
    svg = renderSVG.drawToString(drawing)
    return svg.encode() if isinstance(svg, str) else svg


def _style_axes(chart, highest):
    axis = chart.valueAxis
    axis.valueMin = 0
    axis.valueMax = highest * 1.08 or 1
    axis.visibleGrid, axis.gridStrokeColor, axis.gridStrokeWidth = True, GRID, 0.5
    axis.strokeColor, axis.labels.fillColor, axis.labels.fontSize = None, TEXT, 8
    axis.labelTextFormat = "%g"
    axis.maximumTicks = 6
    below = chart.categoryAxis
    below.strokeColor, below.visibleTicks = GRID, False
    below.labels.fillColor, below.labels.fontSize, below.labels.dy = TEXT, 7, -4
    if len(below.categoryNames) > MAX_LABELS // 2:
        below.labels.angle, below.labels.boxAnchor, below.labels.dx = 25, "ne", 4


def _add_pie(drawing, labels, values):
    parts = sorted(((value or 0, label) for label, value in zip(labels, values, strict=True)), reverse=True)
    shown, rest = parts[:MAX_SLICES], sum(value for value, _label in parts[MAX_SLICES:])
    if rest:
        shown.append((rest, "…"))
    shown = [(value, label) for value, label in shown if value > 0]
    if not shown:
        return
    pie = Pie()
    pie.x, pie.y, pie.width, pie.height = 60, 20, HEIGHT - 40, HEIGHT - 40
    pie.data = [value for value, _label in shown]
    pie.slices.strokeColor, pie.slices.strokeWidth = colors.white, 1
    names = []
    for number, (value, label) in enumerate(shown):
        pie.slices[number].fillColor = PALETTE[number % len(PALETTE)].clone(alpha=1 - 0.35 * (number // len(PALETTE)))
        names.append((pie.slices[number].fillColor, f"{_shorten(label)}: {value:g}"))
    drawing.add(pie)
    legend = _legend(names)
    legend.x, legend.y, legend.columnMaximum, legend.boxAnchor = HEIGHT + 60, HEIGHT / 2, 10, "w"
    drawing.add(legend)


def _add_legend(drawing, names):
    legend = _legend([(PALETTE[number], name) for number, name in enumerate(names)])
    legend.x, legend.y, legend.columnMaximum, legend.boxAnchor = 44, HEIGHT - 8, 1, "nw"
    legend.deltax, legend.autoXPadding = 90, 12
    drawing.add(legend)


def _legend(pairs):
    legend = Legend()
    legend.alignment, legend.fontSize, legend.fillColor = "right", 8, TEXT
    legend.dx = legend.dy = 7
    legend.strokeColor, legend.strokeWidth = None, 0
    legend.colorNamePairs = pairs
    return legend


def _shorten(label):
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1]}…"

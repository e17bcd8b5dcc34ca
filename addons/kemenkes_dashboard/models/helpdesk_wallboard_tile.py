import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.indicators import INDICATORS

KINDS = [
    ("service_level", "Service level now"),
    ("waiting", "Waiting"),
    ("longest_wait", "Longest wait"),
    ("open", "Open tickets"),
    ("agents", "Agents by status"),
    ("today", "A figure of today against its target"),
    ("hours", "Tickets of today by hour"),
    ("teams", "Teams at a glance"),
    ("channels", "Waiting by channel"),
    ("moods", "Negative messages by product"),
    ("topics", "Topics that rise this week"),
    ("alerts", "Alerts"),
    ("text", "A text of your own"),
]
TODAY_FIGURES = ("created", "solved", "message_out", "reopened", "escalated", *INDICATORS)
UNIT = re.compile(r"\s*\([^)]*\)$")
# Kind, columns, rows, figure of today.
DEFAULT_TILES = (
    ("service_level", 1, 2, False),
    ("waiting", 1, 1, False),
    ("longest_wait", 1, 1, False),
    ("agents", 1, 2, False),
    ("today", 1, 1, "created"),
    ("today", 1, 1, "solved"),
    ("teams", 2, 2, False),
    ("hours", 1, 2, False),
    ("alerts", 1, 2, False),
    ("today", 1, 1, "first_response_minutes"),
    ("today", 1, 1, "sla_percent"),
    ("today", 1, 1, "csat_score"),
    ("today", 1, 1, "negative_percent"),
)


class HelpdeskWallboardTile(models.Model):
    """A tile of a wallboard: what it shows, how large, and whether of all or of one team or product."""

    _name = "helpdesk.wallboard.tile"
    _description = "Tile of a Wallboard"
    _order = "wallboard_id, sequence, id"

    wallboard_id = fields.Many2one("helpdesk.wallboard", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, "Shows", required=True)
    figure = fields.Selection(
        lambda self: self._selection_figure(), help="Of today, at the sites; the target is the one set for this figure."
    )
    title = fields.Char(translate=True, help="Empty: what it shows.")
    text = fields.Text(translate=True)
    width = fields.Integer("Columns", required=True, default=1)
    height = fields.Integer("Rows", required=True, default=1)
    team_id = fields.Many2one("helpdesk.team", ondelete="cascade", help="Empty: all of the wallboard.")
    product_id = fields.Many2one("helpdesk.product", ondelete="cascade", help="Empty: all of the wallboard.")

    _size_range = models.Constraint(
        "CHECK(width BETWEEN 1 AND 8 AND height BETWEEN 1 AND 6)", "A tile is 1 to 8 columns wide and 1 to 6 rows high."
    )

    @api.model
    def _selection_figure(self):
        report = self.env["helpdesk.kpi.report"]
        return [(name, report._label(name)) for name in TODAY_FIGURES]

    @api.model
    def _default_tiles(self):
        return [
            (
                0,
                0,
                {"sequence": 10 * number, "kind": kind, "width": width, "height": height, "figure": figure},
            )
            for number, (kind, width, height, figure) in enumerate(DEFAULT_TILES, start=1)
        ]

    @api.depends("kind", "figure", "title", "text")
    def _compute_display_name(self):
        for tile in self:
            tile.display_name = tile._title() or tile.text

    def _title(self):
        """What stands over the tile, in the language of the environment."""
        if self.title or self.kind == "text":
            return self.title or ""
        if self.kind == "today" and self.figure:
            # the unit stands beside the figure
            return UNIT.sub("", self.env["helpdesk.kpi.report"]._label(self.figure))
        return dict(self._fields["kind"]._description_selection(self.env)).get(self.kind, "")

    @api.constrains("kind", "figure", "text")
    def _check_content(self):
        for tile in self:
            if tile.kind == "today" and not tile.figure:
                raise ValidationError(self.env._("Say which figure of today the tile shows."))
            if tile.kind == "text" and not tile.text:
                raise ValidationError(self.env._("Write the text that the tile shows."))

    @api.constrains("team_id", "wallboard_id")
    def _check_team(self):
        for tile in self.sudo():  # a team that one may not see is still there
            if tile.team_id and tile.team_id.site_id not in tile.wallboard_id.site_ids:
                raise ValidationError(self.env._("%s is a team of another site.", tile.team_id.name))

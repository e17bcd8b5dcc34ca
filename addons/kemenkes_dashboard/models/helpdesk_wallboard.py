from odoo import api, fields, models
from odoo.exceptions import ValidationError

LANGUAGES = [("id_ID", "Indonesian"), ("en_US", "English")]
# Beyond this nobody reads them from their chairs.
MOST_TILES = 24


class HelpdeskWallboard(models.Model):
    """What a screen on the wall of the operations room shows (R18.b): tiles that supervisors arrange (R23.b.2).

    A wallboard shows numbers, names of teams, products and targets, and nothing about a person: whoever walks through
    the room may read it, and the screen itself is logged in nowhere (``helpdesk.wallboard.screen``).
    """

    _name = "helpdesk.wallboard"
    _description = "Wallboard"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    site_ids = fields.Many2many(
        "helpdesk.site", string="Sites", required=True, default=lambda self: self.env.user.helpdesk_site_ids[:1]
    )
    team_ids = fields.Many2many(
        "helpdesk.team", string="Teams", domain="[('site_id', 'in', site_ids)]", help="Empty: all of the sites."
    )
    # an empty list shows every product: the last one must not go by being deleted
    product_ids = fields.Many2many("helpdesk.product", string="Products", ondelete="restrict", help="Empty: all.")
    lang = fields.Selection(LANGUAGES, "Language", required=True, default="id_ID")
    theme = fields.Selection([("dark", "Dark"), ("light", "Light")], required=True, default="dark")
    column_count = fields.Integer("Columns", required=True, default=4)
    # taking a tile away is quicker than thinking of it
    tile_ids = fields.One2many(
        "helpdesk.wallboard.tile",
        "wallboard_id",
        "Tiles",
        copy=True,
        default=lambda self: self.env["helpdesk.wallboard.tile"]._default_tiles(),
    )
    screen_ids = fields.One2many("helpdesk.wallboard.screen", "wallboard_id", "Screens")
    screen_count = fields.Integer("Screens that show it", compute="_compute_screen_count")

    _columns_range = models.Constraint("CHECK(column_count BETWEEN 1 AND 8)", "A wallboard has one to eight columns.")

    @api.depends("screen_ids.active")
    def _compute_screen_count(self):
        counts = dict(
            self.env["helpdesk.wallboard.screen"]._read_group(
                [("wallboard_id", "in", self.ids)], ["wallboard_id"], ["__count"]
            )
        )
        for wallboard in self:
            wallboard.screen_count = counts.get(wallboard._origin, 0)

    @api.constrains("site_ids")
    def _check_sites(self):
        """Nobody puts on a wall what they don't watch themselves."""
        watched = self.env.user._floor_sites()
        for wallboard in self:
            # sudo: a site that one may not see is still there
            foreign = wallboard.sudo().site_ids - watched
            # constraints run as sudo, whoever writes: who it is tells the machine from a person
            if foreign and not self.env.user._is_superuser():
                raise ValidationError(self.env._("You don't watch %s.", ", ".join(foreign.mapped("name"))))

    @api.constrains("team_ids", "site_ids")
    def _check_teams(self):
        for wallboard in self.sudo():  # as above
            foreign = wallboard.team_ids.filtered(lambda team, sites=wallboard.site_ids: team.site_id not in sites)
            if foreign:
                raise ValidationError(self.env._("%s is a team of another site.", ", ".join(foreign.mapped("name"))))

    @api.constrains("tile_ids", "column_count")
    def _check_tiles(self):
        for wallboard in self:
            if len(wallboard.tile_ids) > MOST_TILES:
                raise ValidationError(self.env._("A wallboard has at most %s tiles.", MOST_TILES))

    def action_add_screen(self):
        """A new screen that shows this wallboard: give it a name, then make its link.

        :return: an action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Screen"),
            "res_model": "helpdesk.wallboard.screen",
            "views": [(False, "form")],
            "context": {"default_wallboard_id": self.id},
        }

    def action_open_screens(self):
        """The screens that show this wallboard.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_dashboard.helpdesk_wallboard_screen_action")
        return {**action, "domain": [("wallboard_id", "=", self.id)], "context": {"default_wallboard_id": self.id}}

    def action_preview(self):
        """Show the wallboard in this browser, as a screen would.

        :return: an action
        """
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/helpdesk/wallboard/preview/{self.id}", "target": "new"}

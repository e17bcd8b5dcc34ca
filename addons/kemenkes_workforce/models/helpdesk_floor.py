from odoo import api, fields, models
from odoo.tools.image import base64_to_image

LEAST_CELLS, MOST_CELLS = 4, 120


class HelpdeskFloor(models.Model):
    """A room or storey of a site on a plan: a picture of one's own, or a grid (R24.c, R25.b.2).

    The plan is divided into cells, to which the editor snaps. Seats stand on it by shares of its width and height, so
    they stay where they are when it is drawn larger or smaller.
    """

    _name = "helpdesk.floor"
    _description = "Floor"
    _order = "site_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    site_id = fields.Many2one("helpdesk.site", required=True, index=True, default=lambda self: self._default_site())
    image = fields.Image(
        "Picture of the plan", max_width=2560, max_height=2560, help="Lies under the seats. Empty: a grid."
    )
    column_count = fields.Integer("Columns", required=True, default=32)
    row_count = fields.Integer(
        "Rows",
        compute="_compute_row_count",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="With a picture, as many as give its proportions.",
    )
    seat_ids = fields.One2many("helpdesk.seat", "floor_id", "Seats")
    seat_count = fields.Integer("Number of seats", compute="_compute_seat_count")

    _size = models.Constraint(
        f"CHECK(column_count BETWEEN {LEAST_CELLS} AND {MOST_CELLS}"
        f" AND row_count BETWEEN {LEAST_CELLS} AND {MOST_CELLS})",
        f"A plan has {LEAST_CELLS} to {MOST_CELLS} columns and rows.",
    )

    @api.model
    def _default_site(self):
        return self.env.user.helpdesk_site_ids[:1] or self.env["helpdesk.site"].search([], limit=1)

    @api.depends("image", "column_count")
    def _compute_row_count(self):
        for floor in self:
            if floor.image:
                width, height = base64_to_image(floor.with_context(bin_size=False).image).size
                rows = round(floor.column_count * height / width)
                floor.row_count = min(max(rows, LEAST_CELLS), MOST_CELLS)
            else:
                floor.row_count = floor.row_count or 18

    @api.depends("seat_ids")
    def _compute_seat_count(self):
        counts = dict(self.env["helpdesk.seat"]._read_group([("floor_id", "in", self.ids)], ["floor_id"], ["__count"]))
        for floor in self:
            floor.seat_count = counts.get(floor, 0)

    def action_arrange_seats(self):
        """Open the editor of the plan.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("kemenkes_workforce.helpdesk_floor_arrange_action")
        return {**action, "name": self.display_name, "context": {"active_id": self.id}}

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskSeat(models.Model):
    """A place to work at: free for whoever comes, or dedicated to one agent (R23.c.3, R25.b.1).

    Where it stands on the plan of its floor is kept as shares of the plan's width and height.
    """

    _name = "helpdesk.seat"
    _description = "Seat"
    _order = "site_id, name"

    name = fields.Char(required=True, help="What stands on the desk, e.g. A12.")
    active = fields.Boolean(default=True)
    floor_id = fields.Many2one("helpdesk.floor", index=True, ondelete="restrict")
    site_id = fields.Many2one(
        "helpdesk.site",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Dedicated to",
        domain=[("share", "=", False)],
        help="Empty: anybody of the site may sit here.",
    )
    equipment = fields.Text(help="What stands on it: computer, headset, telephone.")
    position_x = fields.Float(
        "From the left", default=0.5, aggregator=None, help="Middle of the seat, as a share of the plan's width."
    )
    position_y = fields.Float(
        "From the top", default=0.5, aggregator=None, help="Middle of the seat, as a share of the plan's height."
    )

    _name_unique = models.UniqueIndex(
        "(site_id, name) WHERE active", "Another seat of this site already has this name."
    )
    _user_unique = models.UniqueIndex(
        "(user_id) WHERE active AND user_id IS NOT NULL", "This agent has a seat already: free that one first."
    )
    _on_plan = models.Constraint(
        "CHECK(position_x BETWEEN 0 AND 1 AND position_y BETWEEN 0 AND 1)", "A seat stands on the plan."
    )

    @api.model_create_multi
    def create(self, vals_list):
        # a seat that was just taken away, in the same save of the plan, leaves its name and its agent free
        self.flush_model(["active", "name", "site_id", "user_id"])
        return super().create(vals_list)

    @api.depends("floor_id")
    def _compute_site_id(self):
        for seat in self:
            seat.site_id = seat.floor_id.site_id or seat.site_id

    @api.constrains("floor_id", "site_id")
    def _check_site(self):
        for seat in self:
            if seat.floor_id and seat.floor_id.site_id != seat.site_id:
                raise ValidationError(self.env._("Seat %s stands on a floor of another site.", seat.name))

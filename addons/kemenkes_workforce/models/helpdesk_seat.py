from odoo import fields, models


class HelpdeskSeat(models.Model):
    """A place to work at: free for whoever comes, or dedicated to one agent (R23.c.3, R25.b.1)."""

    _name = "helpdesk.seat"
    _description = "Seat"
    _order = "site_id, name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    site_id = fields.Many2one("helpdesk.site", required=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Dedicated to", index="btree_not_null", help="Empty: anybody of the site may sit here."
    )

    _name_unique = models.UniqueIndex("(site_id, name)", "Another seat of this site already has this name.")

from odoo import fields, models

from odoo.addons.base.models.res_partner import _tz_get

from .helpdesk_access_mixin import ACCESS_LIST_GROUPS


class HelpdeskSite(models.Model):
    _name = "helpdesk.site"
    _description = "Helpdesk Site"
    _inherit = ["helpdesk.form.mixin", "helpdesk.event.membership.mixin", "helpdesk.access.mixin"]
    _order = "sequence, name"
    _ledger_memberships = ("user_ids",)

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name in lower case, used in the address of the site's web form.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    timezone = fields.Selection(_tz_get, required=True, default="Asia/Jakarta")
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        domain="[('flexible_hours', '=', False)]",
        help="Hours of the site's own time zone. Empty: around the clock.",
    )
    team_ids = fields.One2many("helpdesk.team", "site_id", string="Teams")
    user_ids = fields.Many2many(
        "res.users",
        "helpdesk_site_user_rel",
        "site_id",
        "user_id",
        string="Users with access",
        groups=ACCESS_LIST_GROUPS,
    )

    _code_unique = models.Constraint("UNIQUE(code)", "Another site already has this code.")
    _code_format = models.Constraint(
        "CHECK(code ~ '^[a-z0-9][a-z0-9-]*$')",
        "The code may hold only lower case letters, digits and hyphens.",
    )

    def _working_time(self):
        """Arithmetic with the site's working hours in its time zone; see :meth:`resource.calendar._working_time`."""
        self.ensure_one()
        return self.resource_calendar_id._working_time(self.timezone)

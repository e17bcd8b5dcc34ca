from odoo import fields, models

from .helpdesk_access_mixin import ACCESS_LIST_GROUPS


class HelpdeskProduct(models.Model):
    """An application of the ministry about which people write in."""

    _name = "helpdesk.product"
    _description = "Helpdesk Product"
    _inherit = ["image.mixin", "helpdesk.form.mixin", "helpdesk.event.membership.mixin", "helpdesk.access.mixin"]
    _order = "sequence, name"
    _ledger_memberships = ("user_ids",)

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="Short name in lower case, used in the address of the product's web form.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    description = fields.Text(translate=True)
    team_id = fields.Many2one("helpdesk.team", "First team", help="New tickets about the product go to this team.")
    escalation_team_id = fields.Many2one("helpdesk.team", "Escalation team")
    user_ids = fields.Many2many(
        "res.users",
        "helpdesk_product_user_rel",
        "product_id",
        "user_id",
        string="Users with access",
        groups=ACCESS_LIST_GROUPS,
    )

    _code_unique = models.Constraint("UNIQUE(code)", "Another product already has this code.")
    _code_format = models.Constraint(
        "CHECK(code ~ '^[a-z0-9][a-z0-9-]*$')",
        "The code may hold only lower case letters, digits and hyphens.",
    )

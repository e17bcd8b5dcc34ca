import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.kemenkes_helpdesk.models.res_users_account import ROLES

DEFAULT_REMIND_DAYS = "30, 7, 1"


class HelpdeskNdaRule(models.Model):
    """Which role works under a confidentiality agreement, and when its end is announced (R8)."""

    _name = "helpdesk.nda.rule"
    _inherit = ["helpdesk.remembered.mixin"]
    _description = "Who Needs a Confidentiality Agreement"
    _order = "sequence, id"
    _rec_name = "role"

    sequence = fields.Integer(default=10)
    role = fields.Selection(ROLES, required=True)
    required = fields.Boolean("Needs an agreement", help="Without a valid one the account sees no ticket at all.")
    validity_months = fields.Integer("Valid for (months)", default=12, help="Proposed for a new agreement.")
    remind_days = fields.Char(
        "Remind (days before)",
        default=DEFAULT_REMIND_DAYS,
        required=True,
        help="Numbers with commas, such as 30, 7, 1.",
    )

    _role_unique = models.Constraint("UNIQUE(role)", "There is a rule for this role already.")
    _validity_positive = models.Constraint("CHECK(validity_months > 0)", "An agreement is valid for a month or more.")

    @api.constrains("remind_days")
    def _check_remind_days(self):
        for rule in self:
            if not re.fullmatch(r"\s*\d{1,3}\s*(,\s*\d{1,3}\s*)*", rule.remind_days):
                raise ValidationError(self.env._("Write days as numbers with commas, such as 30, 7, 1."))

    @api.model
    @tools.ormcache()
    def _required_by_group(self):
        """``((group id, whether its role needs an agreement), ...)``, the highest role first."""
        # sudo: asked for everybody, whenever rights are
        required = {rule.role for rule in self.sudo().search([("required", "=", True)])}
        groups = self.env["res.users"]._helpdesk_role_groups()
        return tuple((group.id, role in required) for role, group in reversed(groups.items()))

    def _remind_days(self):
        """The days before the end on which it is announced, the last one first."""
        return sorted(int(day) for day in (self.remind_days or DEFAULT_REMIND_DAYS).split(","))

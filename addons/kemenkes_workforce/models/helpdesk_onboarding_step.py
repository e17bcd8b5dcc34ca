from odoo import fields, models

from odoo.addons.kemenkes_helpdesk.models.res_users_account import ROLES

# What the product sees by itself; the others are ticked by hand.
PROOFS = [
    ("manual", "Ticked by hand"),
    ("account", "The account is open"),
    ("nda", "The agreement is valid"),
    ("logged_in", "Has logged in"),
    ("second_factor", "Second factor is on"),
]


class HelpdeskOnboardingStep(models.Model):
    """One line of the checklist for new colleagues of a role."""

    _name = "helpdesk.onboarding.step"
    _description = "Step of the Onboarding"
    _order = "sequence, id"

    name = fields.Char("What is to be done", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    role = fields.Selection(ROLES, "Only for", help="Empty: for every role.")
    responsible_role = fields.Selection(ROLES, "Done by", required=True, default="admin_support")
    days = fields.Integer("Days after the start", help="Negative: before the first working day.")
    proof = fields.Selection(PROOFS, "Done when", required=True, default="manual")

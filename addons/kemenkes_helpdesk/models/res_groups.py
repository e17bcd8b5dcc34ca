from odoo import models


class ResGroups(models.Model):
    _name = "res.groups"
    _inherit = ["res.groups", "helpdesk.event.membership.mixin"]

    _ledger_memberships = ("user_ids", "implied_ids")
